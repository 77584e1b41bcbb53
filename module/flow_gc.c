// SPDX-License-Identifier: GPL-2.0
/*
 * flow_gc.c - the collector: who has been silent for too long, and what became idle
 */
#include <linux/rhashtable.h>
#include <linux/time64.h>
#include <linux/workqueue.h>

#include "affinity.h"
#include "cell.h"
#include "compat.h"
#include "domain.h"
#include "flow.h"
#include "flow_table.h"
#include "home.h"
#include "policy.h"
#include "service.h"
#include "track.h"

/* flows looked at before the collector lets others run */
#define GC_CHUNK		1024
/* how often it goes on */
#define GC_PERIOD		(2 * HZ)
/* how far: all flows that there are in so many times, but at least so many chunks. To look at
 * one takes 0.1 to 0.2 us, as it is in no cache any more, so a million of them all of every
 * two seconds would be a tenth of a CPU's time. Where that would be too late it looks at all
 * of them each time.
 */
#define GC_TURNS		4
#define GC_CHUNKS_MIN		128
/* they are all met once more by then */
#define GC_ALL			(GC_TURNS * GC_PERIOD)

/* it is there for late replies */
static bool flow_past_is_over(const struct sal_flow *f)
{
	return READ_ONCE(f->kind) == SAL_FLOW_PAST && !sal_flow_in_grace(f) &&
	       !sal_cell_remembers(rcu_dereference(f->cell));
}

/* a policy has come since, or its client has become an endpoint */
static bool flow_is_denied(struct sal_domain *d, const struct sal_flow *f,
			   const struct sal_service *svc)
{
	return READ_ONCE(f->kind) == SAL_FLOW_SERVICE &&
	       sal_policy_denies(d, &f->client, svc, NULL);
}

static bool flow_is_over(struct sal_domain *d, const struct sal_flow *f)
{
	const struct sal_service *svc = sal_flow_service(f);
	u32 timeout = READ_ONCE(svc->conf.timeout[sal_track_timeout(f)]);

	if (READ_ONCE(svc->dead) || sal_flow_idle(f) >= timeout)
		return true;
	/* who it is to be with has to be let first */
	if (unlikely(sal_home_awaited(d, f)))
		return false;
	return !sal_flow_member(d, f) || flow_past_is_over(f) ||
	       flow_is_denied(d, f, svc);
}

/*
 * Bind a flow to a current cell of the endpoint it is bound to, so that cells
 * which came with migrations die out. Not while a former endpoint's replies
 * may be under way: only the old cell knows of it. That is looked at here to
 * spare the lock, and under the lock to be sure.
 */
static void flow_settle(struct sal_flow *f)
{
	struct sal_cell *cell = rcu_dereference(f->cell);
	struct sal_cell *to;

	if (READ_ONCE(cell->slot) >= 0 || sal_cell_remembers(cell))
		return;
	to = sal_cell_settle(cell, &f->cell);
	if (to)
		sal_cell_put(to);
}

static void flow_go_on(struct sal_domain *d, struct sal_flow *f)
{
	f = sal_home_find(d, f);
	/* memory may be there the next time */
	if (IS_ERR(f))
		return;
	flow_settle(f);
	sal_affinity_keep(f);
}

static void flow_end(struct sal_domain *d, struct sal_flow *f)
{
	sal_affinity_ended(f);
	sal_flow_remove(d, f);
}

/* true when the end of the table was reached */
static bool gc_chunk(struct sal_domain *d)
{
	unsigned int n = GC_CHUNK;
	struct sal_flow *f;
	bool end = false;

	sal_compat_walk_start(&d->gc_iter);
	while (n--) {
		f = rhashtable_walk_next(&d->gc_iter);
		if (!f) {
			end = true;
			break;
		}
		/* a resize: what it repeats or skips is seen the next time */
		if (IS_ERR(f))
			continue;
		if (flow_is_over(d, f))
			flow_end(d, f);
		else
			flow_go_on(d, f);
	}
	rhashtable_walk_stop(&d->gc_iter);
	return end;
}

static void gc_leave(struct sal_domain *d)
{
	if (d->gc_walks)
		rhashtable_walk_exit(&d->gc_iter);
	d->gc_walks = false;
}

/* from where it was, or from the first flow on */
static void gc_enter(struct sal_domain *d, bool anew)
{
	if (anew)
		gc_leave(d);
	if (d->gc_walks)
		return;
	rhashtable_walk_enter(&d->flows, &d->gc_iter);
	d->gc_walks = true;
	d->gc_chunks = GC_CHUNKS_MIN;
}

/* what goes meanwhile does not make it slower */
static unsigned int gc_chunks(struct sal_domain *d)
{
	unsigned int n = atomic_read(&d->n_flows) / GC_TURNS / GC_CHUNK + 1;

	d->gc_chunks = max(d->gc_chunks, n);
	return d->gc_chunks;
}

/* Flows that are over may be what newcomers have no room for; and a client that goes on is soon
 * taken for one that has gone where that is short. It is not unlearnt that there was such a
 * service.
 */
static bool gc_hurries(const struct sal_domain *d)
{
	u32 max = READ_ONCE(d->limits.flows);

	return READ_ONCE(d->gc_soon) ||
	       atomic_read(&d->n_flows) > max - max / 8;
}

static void gc_end(struct sal_domain *d)
{
	gc_leave(d);
	sal_affinity_collect(d);
	d->gc_then = jiffies;
}

static void gc_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, gc);
	bool all, end;
	unsigned int left;

	/* what whoever asks has done before is seen */
	all = xchg(&d->gc_all, false) || gc_hurries(d);
	gc_enter(d, all);
	/* it may have grown, or been resized, which is to begin anew */
	all = all || time_after_eq(jiffies, d->gc_then + GC_ALL);
	left = gc_chunks(d);
	while (!(end = gc_chunk(d)) && (all || --left))
		cond_resched();
	if (end)
		gc_end(d);
	sal_home_tell(d);
	if (!READ_ONCE(d->dead))
		queue_delayed_work(system_power_efficient_wq, &d->gc,
				   GC_PERIOD);
}

void sal_flow_collect(struct sal_domain *d)
{
	xchg(&d->gc_all, true);
	if (!READ_ONCE(d->dead))
		mod_delayed_work(system_power_efficient_wq, &d->gc, 0);
}

void sal_flow_gc_init(struct sal_domain *d)
{
	d->gc_then = jiffies;
	INIT_DELAYED_WORK(&d->gc, gc_work);
	queue_delayed_work(system_power_efficient_wq, &d->gc, GC_PERIOD);
}

void sal_flow_gc_exit(struct sal_domain *d)
{
	cancel_delayed_work_sync(&d->gc);
	gc_leave(d);
}
