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

/* the slot, and its mark in @mark */
static u32 *direct_slot(const struct sal_member *m,
			const struct sal_service *svc,
			const struct sal_conv *conv, u32 *mark)
{
	struct sal_direct *tab = &m->domain->direct;
	const u32 ids[] = {
		m->id,
		svc->id,
		(__force u16)conv->ports.id << 16 |
			(__force u16)conv->ports.port,
		conv->ports.proto << 8 | conv->place,
	};
	u32 hash;

	BUILD_BUG_ON(DIRECT_LIFE >= DIRECT_TIME);
	hash = jhash2((__force const u32 *)conv->client.s6_addr32, 4,
		      tab->seed);
	hash = jhash2(ids, ARRAY_SIZE(ids), hash);
	*mark = hash & ~DIRECT_TIME;
	return &tab->slots[hash_32(hash, ilog2(SAL_DIRECT_SLOTS))];
}

static u32 direct_now(void)
{
	return sal_flow_now() / DIRECT_UNIT & DIRECT_TIME;
}

void sal_direct_note(const struct sal_member *m, const struct sal_service *svc,
		     const struct sal_conv *conv)
{
	u32 mark, now = direct_now();
	u32 *slot = direct_slot(m, svc, conv, &mark);
	u32 val = READ_ONCE(*slot);

	if (!val || (val & DIRECT_TIME) != now)
		WRITE_ONCE(*slot, mark | now);
}

bool sal_direct_lately(const struct sal_member *m,
		       const struct sal_service *svc,
		       const struct sal_conv *conv)
{
	u32 mark;
	u32 val = READ_ONCE(*direct_slot(m, svc, conv, &mark));
	u32 age = (direct_now() - val) & DIRECT_TIME;

	return (val & ~DIRECT_TIME) == mark && age <= DIRECT_LIFE;
}

void sal_direct_init(struct sal_domain *d)
{
	d->direct.seed = get_random_u32();
}
