// SPDX-License-Identifier: GPL-2.0
/*
 * lease.c - endpoints that are usable only as long as somebody says so
 *
 * DOC: locking and lifetime
 *
 * Leases that run are in a queue of their domain, all under sal_lock. One work
 * for each domain comes when the first of them expires, or before: a renewal
 * moves its place in the queue and leaves the work alone, which then finds
 * nothing due and goes back to sleep. The work takes sal_lock alone, as a
 * notifier does, and lets the endpoint's cells go; so it can be waited for
 * anywhere but under sal_lock. What is in the queue is no reference: an
 * endpoint leaves it in the section of sal_lock that takes it out of its tables,
 * and the queue is empty when the domain's work is cancelled, which then arms
 * itself no more.
 *
 * A renewal of one that has expired is a change of the endpoint, planned as
 * others are (endpoint_txn.c), as it becomes usable.
 */
#include <linux/ktime.h>

#include "domain.h"
#include "endpoint.h"
#include "lease.h"
#include "link.h"
#include "net.h"
#include "service.h"

/* never before the time: a tick has mostly begun */
static unsigned long lease_delay(ktime_t at, ktime_t now)
{
	s64 ns = ktime_to_ns(ktime_sub(at, now));

	return ns > 0 ? nsecs_to_jiffies(ns) + 1 : 0;
}

static void lease_arm(struct sal_leases *l, ktime_t now)
{
	const struct timerqueue_node *first = timerqueue_getnext(&l->queue);

	lockdep_assert_held(&sal_lock);
	if (!first || first->expires >= l->armed)
		return;
	l->armed = first->expires;
	mod_delayed_work(system_power_efficient_wq, &l->work,
			 lease_delay(first->expires, now));
}

static struct sal_endpoint *lease_first_due(struct sal_leases *l)
{
	struct timerqueue_node *first = timerqueue_getnext(&l->queue);

	if (!first || first->expires > ktime_get())
		return NULL;
	return container_of(first, struct sal_endpoint, lease.node);
}

/* one at a time: those who wait for sal_lock come between */
static bool lease_expire_one(struct sal_leases *l)
{
	struct sal_endpoint *ep;

	spin_lock_bh(&sal_lock);
	ep = lease_first_due(l);
	if (ep) {
		timerqueue_del(&l->queue, &ep->lease.node);
		WRITE_ONCE(ep->lease.expired, true);
		sal_link_lease_expired(ep);
	} else {
		l->armed = KTIME_MAX;
		lease_arm(l, ktime_get());
	}
	spin_unlock_bh(&sal_lock);
	return ep;
}

static void lease_work_fn(struct work_struct *work)
{
	struct sal_leases *l = container_of(to_delayed_work(work),
					    struct sal_leases, work);

	while (lease_expire_one(l))
		cond_resched();
}

void sal_leases_init(struct sal_domain *d)
{
	timerqueue_init_head(&d->leases.queue);
	d->leases.armed = KTIME_MAX;
	INIT_DELAYED_WORK(&d->leases.work, lease_work_fn);
}

void sal_leases_exit(struct sal_domain *d)
{
	cancel_delayed_work_sync(&d->leases.work);
	WARN_ON_ONCE(timerqueue_getnext(&d->leases.queue));
}

void sal_lease_init(struct sal_endpoint *ep, u32 ms)
{
	timerqueue_init(&ep->lease.node);
	ep->lease.want = ms;
	ep->lease.start = true;
}

static void lease_run_until(struct sal_endpoint *ep, ktime_t at, ktime_t now)
{
	struct sal_leases *l = &ep->svc->domain->leases;

	sal_lease_end(ep);
	ep->lease.node.expires = at;
	timerqueue_add(&l->queue, &ep->lease.node);
	lease_arm(l, now);
}

static void lease_run(struct sal_endpoint *ep)
{
	ktime_t now = ktime_get();

	WRITE_ONCE(ep->lease.expired, false);
	lease_run_until(ep, ktime_add_ms(now, ep->lease.time), now);
}

bool sal_lease_renew(struct sal_endpoint *ep)
{
	bool runs;

	lockdep_assert_held(&sal_mutex);
	spin_lock_bh(&sal_lock);
	runs = !ep->lease.expired;
	if (runs)
		lease_run(ep);
	spin_unlock_bh(&sal_lock);
	return runs;
}

/* one that takes another's place has its time, unless it is given its own */
static const struct sal_endpoint *lease_from(const struct sal_endpoint *ep)
{
	return ep->old && !ep->lease.start ? ep->old : ep;
}

bool sal_lease_fails(const struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_lock);
	return !ep->lease.start && lease_from(ep)->lease.expired;
}

static void lease_begin(struct sal_endpoint *ep)
{
	if (ep->lease.time) {
		lease_run(ep);
		return;
	}
	sal_lease_end(ep);
	WRITE_ONCE(ep->lease.expired, false);
}

static void lease_inherit(struct sal_endpoint *ep)
{
	const struct sal_lease *old = &ep->old->lease;

	WRITE_ONCE(ep->lease.expired, old->expired);
	if (ep->lease.time && !old->expired)
		lease_run_until(ep, old->node.expires, ktime_get());
}

void sal_lease_apply(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	spin_lock_bh(&sal_lock);
	WRITE_ONCE(ep->lease.time, ep->lease.want);
	if (ep->lease.start && ep->lease.expired && !ep->link)
		/* it expired after it was planned */
		sal_link_again(ep);
	if (ep->lease.start)
		lease_begin(ep);
	else if (ep->old)
		lease_inherit(ep);
	spin_unlock_bh(&sal_lock);
}

void sal_lease_settle(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	ep->lease.want = ep->lease.time;
	ep->lease.start = false;
}

void sal_lease_end(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_lock);
	if (timerqueue_node_queued(&ep->lease.node))
		timerqueue_del(&ep->svc->domain->leases.queue,
			       &ep->lease.node);
}

u32 sal_lease_left(const struct sal_endpoint *ep)
{
	s64 ms = 0;

	spin_lock_bh(&sal_lock);
	if (!ep->lease.expired)
		ms = ktime_ms_delta(ep->lease.node.expires, ktime_get());
	spin_unlock_bh(&sal_lock);
	return max(ms, 0);
}
