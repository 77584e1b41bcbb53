// SPDX-License-Identifier: GPL-2.0
/*
 * sched.c - weighted round robin over the usable endpoints of a service
 *
 * Runs once for each new flow, so a walk over the service's endpoints is
 * cheaper than a table that every change of theirs would have to rebuild,
 * perhaps where memory cannot be had.
 */
#include <linux/rculist.h>

#include "endpoint.h"
#include "net.h"
#include "sched.h"
#include "service.h"

struct sal_endpoint *sal_sched_pick(struct sal_service *svc, enum sal_af af)
{
	struct sal_endpoint *ep, *last = NULL;
	u32 total = 0;
	u32 n;

	list_for_each_entry_rcu(ep, &svc->endpoints, in_service,
				lockdep_is_held(&sal_lock)) {
		u32 weight = READ_ONCE(ep->weight);

		if (!READ_ONCE(ep->usable[af]))
			continue;
		if (total > U32_MAX - weight)
			break;
		total += weight;
	}
	if (!total)
		return NULL;

	n = (u32)atomic_inc_return(&svc->turn[af]) % total;
	list_for_each_entry_rcu(ep, &svc->endpoints, in_service,
				lockdep_is_held(&sal_lock)) {
		u32 weight = READ_ONCE(ep->weight);

		if (!READ_ONCE(ep->usable[af]))
			continue;
		last = ep;
		if (n < weight)
			break;
		n -= weight;
	}
	/* where it changed between the walks, any usable one is right */
	return last;
}
