// SPDX-License-Identifier: GPL-2.0
/*
 * direct.c - conversations with endpoints' own addresses that there were lately
 *
 * Of a slot's 32 bits the upper 22 are the conversation's mark, the lower 10 say
 * when it was seen last, in units of 4 s. So one that was not seen for 68 minutes
 * is taken for a recent one, if nobody has had its slot since.
 */
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/random.h>

#include "direct.h"
#include "domain.h"
#include "flow.h"
#include "member.h"
#include "service.h"

#define DIRECT_TIME	1023U
#define DIRECT_UNIT	4
/* a minute */
#define DIRECT_LIFE	(60 / DIRECT_UNIT)

/* who talks to an endpoint of a service, as a flow with it would have it */
struct direct_key {
	struct in6_addr client;
	u32 member;
	u32 svc;
	__be16 id;
	__be16 port;
	u8 proto;
	u8 place;
	u8 pad[2];
};

/* the set, and the conversation's mark in @mark */
static u32 *direct_set(struct sal_domain *d, const struct direct_key *key,
		       u32 *mark)
{
	struct sal_direct *tab = &d->direct;
	u32 hash;

	BUILD_BUG_ON(DIRECT_LIFE >= DIRECT_TIME);
	/* hashed as it lies there: no holes */
	BUILD_BUG_ON(sizeof(*key) != 32);
	hash = jhash(key, sizeof(*key), tab->seed);
	*mark = hash & ~DIRECT_TIME;
	return tab->slots[hash_32(hash, ilog2(SAL_DIRECT_SETS))];
}

static u32 direct_now(void)
{
	return sal_flow_now() / DIRECT_UNIT & DIRECT_TIME;
}

static u32 direct_age(u32 val)
{
	return (direct_now() - val) & DIRECT_TIME;
}

/* of a conversation as packets have it */
static struct direct_key direct_key(const struct sal_member *m,
				    const struct sal_service *svc,
				    const struct sal_conv *conv, u8 place)
{
	return (struct direct_key) {
		.client	= conv->client,
		.member	= m->id,
		.svc	= svc->id,
		.id	= conv->ports.id,
		.port	= conv->ports.port,
		.proto	= conv->ports.proto,
		.place	= place,
	};
}

void sal_direct_note(const struct sal_member *m, const struct sal_service *svc,
		     const struct sal_conv *conv)
{
	const struct direct_key key = direct_key(m, svc, conv, conv->place);
	u32 mark, val, age, most = 0;
	u32 *set, *slot = NULL;
	int i;

	set = direct_set(m->domain, &key, &mark);
	for (i = 0; i < SAL_DIRECT_WAYS; i++) {
		val = READ_ONCE(set[i]);
		/* one that is free is older than all */
		age = val ? direct_age(val) : DIRECT_TIME + 1;
		if ((val & ~DIRECT_TIME) == mark) {
			slot = age ? &set[i] : NULL;
			break;
		}
		if (age > most) {
			most = age;
			slot = &set[i];
		}
	}
	if (slot)
		WRITE_ONCE(*slot, mark | direct_now());
}

static bool direct_has(struct sal_domain *d, const struct direct_key *key)
{
	u32 mark, val;
	u32 *set;
	int i;

	set = direct_set(d, key, &mark);
	for (i = 0; i < SAL_DIRECT_WAYS; i++) {
		val = READ_ONCE(set[i]);
		if ((val & ~DIRECT_TIME) == mark)
			return direct_age(val) <= DIRECT_LIFE;
	}
	return false;
}

bool sal_direct_lately(struct sal_domain *d, const struct sal_flow *f)
{
	const struct direct_key key = {
		.client	= f->client,
		.member	= f->member,
		.svc	= f->key.svc,
		.id	= f->key.id,
		.port	= f->key.port,
		.proto	= f->key.proto,
		.place	= f->place,
	};

	return direct_has(d, &key);
}

/* the request was met where it came into the namespace of the endpoint */
bool sal_direct_is_answer(const struct sal_member *m,
			  const struct sal_service *svc,
			  const struct sal_conv *conv)
{
	const struct direct_key key = direct_key(m, svc, conv,
						 SAL_PLACEMENT_ROUTER);

	return direct_has(m->domain, &key);
}

void sal_direct_init(struct sal_domain *d)
{
	d->direct.seed = get_random_u32();
}
