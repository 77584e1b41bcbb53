// SPDX-License-Identifier: GPL-2.0
/*
 * cut.c - TCP flows that are being reset
 */
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>

#include "cell.h"
#include "compat.h"
#include "cut.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "member.h"
#include "net.h"
#include "reset.h"
#include "track.h"

/* flows looked at between two chances to do something else */
#define CUT_CHUNK	32
/* how often both sides are asked */
#define CUT_ASKS	4
/* a pass that comes while flows are added to the table may miss some */
#define CUT_PASSES	(CUT_ASKS + 2)
/* Between two passes. A socket answers what it does not accept every half second
 * (net.ipv4.tcp_invalid_ratelimit).
 */
#define CUT_PERIOD	(HZ * 11 / 20)
/* and at least, whatever is cut meanwhile */
#define CUT_GAP		(HZ / 20)

/* in the name of the service, and of the client */
static void cut_ask(const struct sal_member *m, const struct sal_flow *f)
{
	const struct sal_endpoint *ep = sal_flow_endpoint(f);
	u32 marks = atomic_read(&f->marks);

	if (!(marks & SAL_MARK_GONE_CLIENT))
		sal_reset_ask(m->net, &f->vip, sal_flow_near_port(f),
			      &f->client, f->cid);
	if (ep && !(marks & SAL_MARK_GONE_SERVER))
		sal_reset_ask(m->net, &f->client, f->key.id,
			      sal_endpoint_addr(ep, sal_addr_af(&f->client)),
			      sal_flow_far_port(f, ep));
}

/* which period it is; differences survive its wrap. Those of 32-bit jiffies would not. */
static u8 cut_now(void)
{
	return div_u64(get_jiffies_64(), CUT_PERIOD);
}

static void cut_one(struct sal_domain *d, struct sal_flow *f)
{
	const struct sal_cell *cell = rcu_dereference(f->cell);
	u8 last = READ_ONCE(cell->cut);
	const struct sal_member *m;

	if (likely(!last) || READ_ONCE(f->kind) == SAL_FLOW_DIRECT)
		return;
	m = sal_flow_member(d, f);
	if ((s8)(cut_now() - last) >= 0 || !m || sal_track_gone(f)) {
		sal_flow_remove(d, f);
		return;
	}
	if (READ_ONCE(f->kind) == SAL_FLOW_PAST)
		return;
	/* each is received when softirqs may run again, so backlogs stay short */
	local_bh_disable();
	cut_ask(m, f);
	local_bh_enable();
}

/* true when the end of the table was reached */
static bool cut_chunk(struct sal_domain *d, struct rhashtable_iter *iter)
{
	unsigned int n = CUT_CHUNK;
	struct sal_flow *f;
	bool end = false;

	sal_compat_walk_start(iter);
	while (n-- && !end) {
		f = rhashtable_walk_next(iter);
		if (!f)
			end = true;
		else if (!IS_ERR(f))
			cut_one(d, f);
	}
	rhashtable_walk_stop(iter);
	return end;
}

static void cut_pass(struct sal_domain *d)
{
	struct rhashtable_iter iter;

	rhashtable_walk_enter(&d->flows, &iter);
	while (!cut_chunk(d, &iter))
		cond_resched();
	rhashtable_walk_exit(&iter);
}

static void cut_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, cuts.work);
	bool more;

	WRITE_ONCE(d->cuts.begun, jiffies);
	cut_pass(d);
	spin_lock_bh(&sal_lock);
	more = --d->cuts.left;
	spin_unlock_bh(&sal_lock);
	if (more && !READ_ONCE(d->dead))
		queue_delayed_work(system_power_efficient_wq, &d->cuts.work,
				   CUT_PERIOD);
}

/* at once, unless somebody cuts and cuts */
static unsigned long cut_delay(const struct sal_domain *d)
{
	return time_before(jiffies, READ_ONCE(d->cuts.begun) + CUT_GAP) ?
	       CUT_GAP : 0;
}

u8 sal_cut_soon(struct sal_domain *d)
{
	u8 last;

	lockdep_assert_held(&sal_lock);
	/* one that runs has perhaps passed by */
	d->cuts.left = CUT_PASSES + 1;
	if (!READ_ONCE(d->dead))
		mod_delayed_work(system_power_efficient_wq, &d->cuts.work,
				 cut_delay(d));
	last = cut_now() + CUT_ASKS;
	return last ?: 1;
}

void sal_cuts_init(struct sal_domain *d)
{
	INIT_DELAYED_WORK(&d->cuts.work, cut_work);
	d->cuts.begun = jiffies - CUT_GAP;
}

void sal_cuts_exit(struct sal_domain *d)
{
	cancel_delayed_work_sync(&d->cuts.work);
}
