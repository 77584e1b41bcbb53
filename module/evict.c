// SPDX-License-Identifier: GPL-2.0
/*
 * evict.c - which flow gives way to a new one where there is no room for both
 */
#include <linux/rhashtable.h>

#include "domain.h"
#include "evict.h"
#include "flow.h"
#include "track.h"

/* so many flows are looked at; more, where all of those are assured */
#define EVICT_FLOWS	64
#define EVICT_FLOWS_MAX	256
/* so many places where there may be some: a table that has been fuller shrinks */
#define EVICT_BUCKETS	4096

static bool evict_better(const struct sal_flow *f, const struct sal_flow *than)
{
	if (sal_track_assured(f))
		return false;
	return !than || sal_flow_idle(f) > sal_flow_idle(than);
}

static struct sal_flow *evict_look(const struct bucket_table *tbl, u32 *hash)
{
	struct sal_flow *f, *best = NULL;
	unsigned int looked = 0, i;
	struct rhash_head *pos;

	for (i = 0; i < min(tbl->size, EVICT_BUCKETS); i++) {
		if (looked >= (best ? EVICT_FLOWS : EVICT_FLOWS_MAX))
			break;
		rht_for_each_entry_rcu(f, pos, tbl, *hash & (tbl->size - 1),
				       node) {
			looked++;
			if (evict_better(f, best))
				best = f;
		}
		(*hash)++;
	}
	return best;
}

struct sal_flow *sal_evict_choose(struct sal_domain *d)
{
	const struct bucket_table *tbl = rcu_dereference(d->flows.tbl);
	u32 hash = atomic_read(&d->evict_hand);
	struct sal_flow *best = NULL;

	/* where it is just being resized, some are in the new one already */
	for (; tbl && !best; tbl = rcu_dereference(tbl->future_tbl))
		best = evict_look(tbl, &hash);
	/* who comes next goes on behind it; two at once may begin together */
	atomic_set(&d->evict_hand, hash);
	return best;
}
