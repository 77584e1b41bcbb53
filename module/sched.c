// SPDX-License-Identifier: GPL-2.0
/*
 * sched.c - the endpoints that flows may go to, and who chooses among them
 */
#include <linux/err.h>
#include <linux/rculist.h>

#include "endpoint.h"
#include "flow.h"
#include "net.h"
#include "sched.h"
#include "service.h"

static const struct sal_sched_ops * const sched_ops[] = {
	[SAL_SCHED_WRR] = &sal_sched_wrr,
	[SAL_SCHED_LC] = &sal_sched_lc,
	[SAL_SCHED_P2C] = &sal_sched_p2c,
	[SAL_SCHED_MAGLEV] = &sal_sched_maglev,
};

bool sal_sched_takes(const struct sal_endpoint *ep, enum sal_af af)
{
	u32 max = READ_ONCE(ep->max_flows);

	return READ_ONCE(ep->usable[af]) && READ_ONCE(ep->weight) &&
	       READ_ONCE(ep->state) != SAL_ENDPOINT_STATE_DRAINING &&
	       (!max || (u32)atomic_read(&ep->n_flows) < max);
}

static bool sched_may(const struct sal_sched_pool *pool,
		      const struct sal_endpoint *ep)
{
	if (pool->moving && READ_ONCE(ep->leaving))
		return false;
	return pool->any ? READ_ONCE(ep->usable[pool->af]) :
			   sal_sched_takes(ep, pool->af);
}

bool sal_sched_has(const struct sal_sched_pool *pool,
		   const struct sal_endpoint *ep)
{
	return sched_may(pool, ep) && READ_ONCE(ep->tier) == pool->tier;
}

u32 sal_sched_weight(const struct sal_endpoint *ep)
{
	return READ_ONCE(ep->weight) ?: 1;
}

static bool sched_gather(struct sal_sched_pool *pool)
{
	struct sal_endpoint *ep;

	pool->n = 0;
	pool->usable = false;
	list_for_each_entry_rcu(ep, &pool->svc->endpoints, in_service,
				lockdep_is_held(&sal_lock)) {
		u32 tier = READ_ONCE(ep->tier);
		u32 weight = sal_sched_weight(ep);

		pool->usable |= READ_ONCE(ep->usable[pool->af]);
		if (!sched_may(pool, ep) || (pool->n && tier > pool->tier))
			continue;
		if (!pool->n || tier < pool->tier) {
			pool->tier = tier;
			pool->n = 0;
			pool->total = 0;
		}
		/* 65537 endpoints of the largest weight */
		if (pool->total > U32_MAX - weight)
			continue;
		pool->total += weight;
		pool->n++;
	}
	return pool->n;
}

struct sal_endpoint *sal_sched_at(const struct sal_sched_pool *pool, u32 n,
				  u32 *left)
{
	struct sal_endpoint *ep, *last = NULL;

	*left = 1;
	list_for_each_entry_rcu(ep, &pool->svc->endpoints, in_service,
				lockdep_is_held(&sal_lock)) {
		u32 weight = sal_sched_weight(ep);

		if (!sal_sched_has(pool, ep))
			continue;
		last = ep;
		if (n < weight) {
			*left = weight - n;
			break;
		}
		n -= weight;
	}
	return last;
}

/* (flows + 1) / weight */
bool sal_sched_less(const struct sal_endpoint *a, const struct sal_endpoint *b)
{
	u64 load_a = (u64)atomic_read(&a->n_flows) + 1;
	u64 load_b = (u64)atomic_read(&b->n_flows) + 1;

	return load_a * sal_sched_weight(b) < load_b * sal_sched_weight(a);
}

struct sal_endpoint *sal_sched_pick(struct sal_service *svc,
				    const struct sal_conv *conv)
{
	const struct sal_sched_ops *ops = sched_ops[READ_ONCE(svc->conf.sched)];
	struct sal_sched_pool pool = {
		.svc	= svc,
		.af	= sal_addr_af(&conv->vip),
	};
	struct sal_endpoint *ep;

	ep = ops->find ? ops->find(svc, pool.af, conv) : NULL;
	if (ep)
		return ep;
	if (!sched_gather(&pool))
		return ERR_PTR(pool.usable ? -EUSERS : -EAGAIN);
	return ops->pick(&pool, conv) ?: ERR_PTR(-EAGAIN);
}

/* --- flows that lose their endpoint ------------------------------------------ */

static struct sal_endpoint *sched_begin(struct sal_sched_run *run)
{
	struct sal_sched_pool *pool = &run->pool;
	u32 turn;

	pool->svc = run->svc;
	pool->af = run->af;
	pool->moving = true;
	pool->any = false;
	if (!sched_gather(pool)) {
		pool->any = !run->willing;
		if (!pool->any || !sched_gather(pool))
			return NULL;
	}
	turn = (u32)atomic_inc_return(&run->svc->spread->turn[run->af]);
	return sal_sched_at(pool, turn % pool->total, &run->left);
}

static struct sal_endpoint *sched_after(const struct sal_sched_run *run)
{
	struct sal_endpoint *ep = run->ep;

	list_for_each_entry_continue(ep, &run->svc->endpoints, in_service)
		if (sal_sched_has(&run->pool, ep))
			return ep;
	list_for_each_entry(ep, &run->svc->endpoints, in_service)
		if (sal_sched_has(&run->pool, ep))
			return ep;
	return NULL;
}

struct sal_endpoint *sal_sched_next(struct sal_sched_run *run)
{
	lockdep_assert_held(&sal_lock);
	if (run->ep) {
		atomic_inc(&run->svc->spread->turn[run->af]);
		if (run->left && sal_sched_has(&run->pool, run->ep)) {
			run->left--;
			return run->ep;
		}
		run->ep = sched_after(run);
		run->left = run->ep ? sal_sched_weight(run->ep) : 0;
	}
	/* the first one, or all of the pool are full by now */
	if (!run->ep)
		run->ep = sched_begin(run);
	if (run->ep)
		run->left--;
	return run->ep;
}
