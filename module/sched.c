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

static bool sched_may(const struct sal_endpoint *ep, enum sal_af af)
{
	return READ_ONCE(ep->usable[af]) && !READ_ONCE(ep->leaving);
}

/* @left: how many turns in a row are its own, this one included */
static struct sal_endpoint *sched_turn(struct sal_service *svc, enum sal_af af,
				       u32 *left)
{
	struct sal_endpoint *ep, *last = NULL;
	u32 total = 0;
	u32 n;

	list_for_each_entry_rcu(ep, &svc->endpoints, in_service,
				lockdep_is_held(&sal_lock)) {
		u32 weight = READ_ONCE(ep->weight);

		if (!sched_may(ep, af))
			continue;
		if (total > U32_MAX - weight)
			break;
		total += weight;
	}
	if (!total)
		return NULL;

	*left = 1;
	n = (u32)atomic_inc_return(&svc->turn[af]) % total;
	list_for_each_entry_rcu(ep, &svc->endpoints, in_service,
				lockdep_is_held(&sal_lock)) {
		u32 weight = READ_ONCE(ep->weight);

		if (!sched_may(ep, af))
			continue;
		last = ep;
		if (n < weight) {
			*left = weight - n;
			break;
		}
		n -= weight;
	}
	/* where it changed between the walks, any usable one is right */
	return last;
}

struct sal_endpoint *sal_sched_pick(struct sal_service *svc, enum sal_af af)
{
	u32 left;

	return sched_turn(svc, af, &left);
}

static struct sal_endpoint *sched_after(const struct sal_sched_run *run)
{
	struct sal_endpoint *ep = run->ep;

	list_for_each_entry_continue(ep, &run->svc->endpoints, in_service)
		if (sched_may(ep, run->af))
			return ep;
	list_for_each_entry(ep, &run->svc->endpoints, in_service)
		if (sched_may(ep, run->af))
			return ep;
	return NULL;
}

struct sal_endpoint *sal_sched_next(struct sal_sched_run *run)
{
	lockdep_assert_held(&sal_lock);
	if (!run->ep) {
		run->ep = sched_turn(run->svc, run->af, &run->left);
	} else {
		atomic_inc(&run->svc->turn[run->af]);
		if (!run->left) {
			run->ep = sched_after(run);
			run->left = run->ep ? run->ep->weight : 0;
		}
	}
	if (run->ep)
		run->left--;
	return run->ep;
}
