// SPDX-License-Identifier: GPL-2.0
/*
 * sched_lc.c - weighted least flows
 */
#include <linux/rculist.h>

#include "endpoint.h"
#include "sched.h"
#include "service.h"

static struct sal_endpoint *lc_pick(const struct sal_sched_pool *pool,
				    const struct sal_conv *conv)
{
	struct sal_endpoint *ep, *best = NULL;

	list_for_each_entry_rcu(ep, &pool->svc->endpoints, in_service)
		if (sal_sched_has(pool, ep) &&
		    (!best || sal_sched_less(ep, best)))
			best = ep;
	return best;
}

const struct sal_sched_ops sal_sched_lc = {
	.pick = lc_pick,
};
