// SPDX-License-Identifier: GPL-2.0
/*
 * direct.c - conversations with endpoints' own addresses
 *
 * Those that there were lately are remembered, for a service's to begin otherwise; and
 * one that begins beside a service's has a flow.
 *
 * Of a slot's 32 bits the upper 22 are the conversation's mark, the lower 10 say
 * when it was seen last, in units of 4 s. So one that was not seen for 68 minutes
 * is taken for a recent one, if nobody has had its slot since.
 */
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/random.h>

#include "cell.h"
#include "direct.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "flow_table.h"
#include "home.h"
#include "member.h"
#include "peer.h"
#include "revtable.h"
#include "service.h"
#include "track.h"

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

/* --- a flow for one --------------------------------------------------------- */

static bool flow_is_direct_at(const struct sal_flow *f,
			      const struct sal_reverse *rev)
{
	if (f->kind != SAL_FLOW_DIRECT)
		return false;
	for (; rev; rev = sal_reverse_next(rev))
		if (rev->ep->svc->id == f->key.svc)
			return true;
	return false;
}

/* the client's no more, but what the client sends would be taken for its for a while */
static struct sal_flow *flow_that_left(const struct sal_member *m,
				       const struct sal_service *svc,
				       const struct sal_conv *conv)
{
	struct in6_addr name;
	struct sal_flow *f;

	if (sal_peer_name(m->domain, &conv->client, &name) == SAL_PEER_PLAIN)
		return NULL;
	f = sal_flow_find(m->domain, &name, svc, &conv->ports);
	return f && sal_home_has_left(m, f, conv) ? f : NULL;
}

/*
 * The client's flow with a service there by the ports of a direct conversation;
 * the service's goes to @port. If there is none, the one that may begin is to
 * know of this conversation.
 */
static struct sal_flow *flow_direct_rival(const struct sal_member *m,
					  const struct sal_reverse *rev,
					  const struct sal_conv *conv,
					  __be16 *port)
{
	struct sal_conv with = *conv;
	struct sal_flow *f;
	enum sal_peer is;
	bool other;

	for (; rev; rev = sal_reverse_next(rev)) {
		with.ports.port = sal_port_in(rev->ep, conv->ports.port);
		f = sal_flow_reverse_as(m, conv->place, rev->ep->svc, &conv->client,
					&with.ports, &is, &other);
		if (unlikely(!f && other))
			f = flow_that_left(m, rev->ep->svc, &with);
		if (unlikely(f)) {
			*port = with.ports.port;
			return f;
		}
		/* a request that was translated elsewhere comes by, too */
		if (unlikely(!other))
			sal_direct_note(m, rev->ep->svc, &with);
	}
	return NULL;
}

struct sal_flow *sal_flow_direct(const struct sal_member *m,
				 struct sal_reverse *rev,
				 const struct sal_conv *conv,
				 const struct sal_packet *pkt)
{
	struct sal_cell *cell;
	struct sal_flow *f;
	__be16 port;

	f = sal_flow_lookup_alt(m, conv);
	if (f && flow_is_direct_at(f, rev) &&
	    !(sal_track_is_open(pkt) && sal_track_closed(f)))
		return f;
	/* the address was another service's, or a VIP; or it begins anew */
	if (f)
		sal_flow_remove(m->domain, f);
	/* a connection that runs with its own port goes on with that */
	if (sal_track_is_stray(pkt))
		return NULL;
	f = flow_direct_rival(m, rev, conv, &port);
	if (likely(!f))
		return NULL;
	/* any of the service will do, as packets do not go where it points */
	cell = rcu_dereference(f->cell);
	if (!sal_cell_get(cell))
		return NULL;
	return sal_flow_make(m, cell->svc, conv, port, cell, SAL_FLOW_DIRECT);
}
