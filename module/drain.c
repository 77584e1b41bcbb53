// SPDX-License-Identifier: GPL-2.0
/*
 * drain.c - endpoints that keep their flows and get no new ones, until they have none
 *
 * DOC: locking and lifetime
 *
 * How many flows an endpoint has is counted where they come and go (cell.c). Who
 * makes it none, or some again, puts the endpoint on a list of its domain, under a
 * lock inside that of the cell; as long as the cell points to the endpoint, that is
 * there, and it is taken off after its cells have gone. A work looks at those on the
 * list under sal_mutex. It waits for an RCU grace period before, as whoever chose
 * the endpoint while it was up may have yet to bind a flow.
 *
 * Deadlines are in a queue of their domain under sal_mutex. At one, the flows move
 * as those of an endpoint that fails do; or they are reset, for which all flows are
 * walked, without sal_mutex.
 * What cannot be done is tried anew each second.
 */
#include <linux/ktime.h>

#include "cell.h"
#include "compat.h"
#include "domain.h"
#include "drain.h"
#include "endpoint.h"
#include "events.h"
#include "flow.h"
#include "link.h"
#include "net.h"
#include "service.h"

/* who takes what nobody took is waited for so long */
#define DRAIN_RETRY_MS	MSEC_PER_SEC
/* flows looked at in one go */
#define DRAIN_CHUNK	256

static struct sal_drains *drain_of(const struct sal_endpoint *ep)
{
	return &ep->svc->domain->drains;
}

static bool drain_is(const struct sal_endpoint *ep, enum sal_drain_phase phase)
{
	return READ_ONCE(ep->drain_phase) == phase;
}

u32 sal_drain_state(const struct sal_endpoint *ep)
{
	if (drain_is(ep, SAL_DRAIN_DONE) && !atomic_read(&ep->n_flows))
		return SAL_ENDPOINT_STATE_DRAINED;
	return READ_ONCE(ep->state);
}

u64 sal_drain_time(const struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	return drain_is(ep, SAL_DRAIN_ON) ?
	       ktime_ms_delta(ktime_get(), ep->drain->begun) : ep->drain->took;
}

u32 sal_drain_left(const struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	return max(ktime_ms_delta(ep->drain->due, ktime_get()), 0);
}

/* --- deadlines -------------------------------------------------------------- */

static void drain_arm(struct sal_drains *dr)
{
	const struct timerqueue_node *first = timerqueue_getnext(&dr->queue);
	unsigned long delay = 0;
	s64 ns;

	lockdep_assert_held(&sal_mutex);
	if (!first)
		return;
	ns = ktime_to_ns(ktime_sub(first->expires, ktime_get()));
	/* never before the time: a tick has mostly begun */
	if (ns > 0)
		delay = nsecs_to_jiffies(ns) + 1;
	mod_delayed_work(system_power_efficient_wq, &dr->deadline, delay);
}

static void drain_dequeue(struct sal_endpoint *ep)
{
	if (timerqueue_node_queued(&ep->drain->node))
		timerqueue_del(&drain_of(ep)->queue, &ep->drain->node);
}

static void drain_queue(struct sal_endpoint *ep, ktime_t at)
{
	struct sal_drains *dr = drain_of(ep);

	drain_dequeue(ep);
	ep->drain->node.expires = at;
	timerqueue_add(&dr->queue, &ep->drain->node);
	drain_arm(dr);
}

static void drain_set_deadline(struct sal_endpoint *ep, u32 ms, u32 then)
{
	struct sal_drain *dr = ep->drain;

	drain_dequeue(ep);
	dr->late = false;
	WRITE_ONCE(dr->deadline, ms);
	WRITE_ONCE(dr->then, then);
	if (!ms)
		return;
	dr->due = ktime_add_ms(ktime_get(), ms);
	drain_queue(ep, dr->due);
}

/* where they are to be reset, those of TCP */
static void drain_move(struct sal_endpoint *ep, struct sal_moved *moved)
{
	int af;

	spin_lock_bh(&sal_lock);
	for (af = 0; af < SAL_AF_NUM; af++) {
		if (ep->drain->then == SAL_DRAIN_THEN_RESET)
			sal_cells_cut(ep, af, moved);
		else
			sal_cells_shed(ep, af, SAL_CAUSE_DEADLINE, moved);
	}
	spin_unlock_bh(&sal_lock);
}

/*
 * What comes next of the conversation begins anew elsewhere. A TCP connection that
 * is being reset ends by itself (cut.c).
 */
static u32 drain_reset_flow(struct sal_domain *d, struct sal_flow *f)
{
	bool past = READ_ONCE(f->kind) == SAL_FLOW_PAST;
	bool cut = READ_ONCE(rcu_dereference(f->cell)->cut);

	if (sal_flow_is_cut(f))
		return 0;
	/* all of a cell that is cut are counted by now */
	return sal_flow_remove(d, f) && !past && !cut;
}

/* true when the end of the table was reached */
static bool drain_reset_chunk(struct sal_domain *d, struct rhashtable_iter *iter,
			      u32 id, u32 *count)
{
	unsigned int n = DRAIN_CHUNK;
	struct sal_flow *f = NULL;

	sal_compat_walk_start(iter);
	while (n--) {
		const struct sal_endpoint *ep;

		f = rhashtable_walk_next(iter);
		if (!f)
			break;
		/* a resize: what is skipped is there the next time */
		if (IS_ERR(f))
			continue;
		ep = sal_flow_endpoint(f);
		if (ep && ep->id == id)
			*count += drain_reset_flow(d, f);
	}
	rhashtable_walk_stop(iter);
	return !f;
}

static u32 drain_reset(struct sal_domain *d, u32 id)
{
	struct rhashtable_iter iter;
	u32 count = 0;

	rhashtable_walk_enter(&d->flows, &iter);
	while (!drain_reset_chunk(d, &iter, id, &count))
		cond_resched();
	rhashtable_walk_exit(&iter);
	return count;
}

/* once, and whenever there was more to be done */
static void drain_acted(struct sal_endpoint *ep, u32 flows)
{
	struct sal_drain *dr = ep->drain;

	dr->moved += flows;
	if (dr->late && !flows)
		return;
	dr->late = true;
	sal_domain_changed(ep->svc->domain);
	sal_event_drain(ep, ep->net, SAL_DRAIN_STEP_DEADLINE,
			SAL_CAUSE_DEADLINE);
}

static struct sal_endpoint *drain_first_due(struct sal_drains *dr)
{
	struct timerqueue_node *first = timerqueue_getnext(&dr->queue);

	if (!first || first->expires > ktime_get())
		return NULL;
	return container_of(first, struct sal_drain, node)->ep;
}

/* true where its flows are to be reset, of which @resets are being reset by now */
static bool drain_act(struct sal_endpoint *ep, u32 *resets)
{
	struct sal_moved moved = {};

	drain_queue(ep, ktime_add_ms(ktime_get(), DRAIN_RETRY_MS));
	/* it is about to be looked at */
	if (!atomic_read(&ep->n_flows))
		return false;
	drain_move(ep, &moved);
	*resets = moved.resets;
	if (ep->drain->then == SAL_DRAIN_THEN_RESET)
		return true;
	drain_acted(ep, moved.flows + moved.resets);
	return false;
}

static void drain_act_reset(struct sal_domain *d, u32 id, u32 resets)
{
	u32 count = resets + drain_reset(d, id);
	struct sal_endpoint *ep;

	mutex_lock(&sal_mutex);
	ep = xa_load(&d->endpoints, id);
	if (ep && drain_is(ep, SAL_DRAIN_ON) && ep->drain->deadline)
		drain_acted(ep, count);
	mutex_unlock(&sal_mutex);
}

/* one at a time: other requests come between */
static bool drain_act_one(struct sal_domain *d)
{
	struct sal_endpoint *ep;
	u32 id = 0, resets;

	mutex_lock(&sal_mutex);
	ep = drain_first_due(&d->drains);
	if (ep && drain_act(ep, &resets))
		id = ep->id;
	if (!ep)
		drain_arm(&d->drains);
	mutex_unlock(&sal_mutex);
	if (id)
		drain_act_reset(d, id, resets);
	return ep;
}

static void drain_deadline_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, drains.deadline);

	while (drain_act_one(d))
		cond_resched();
}

/* --- the last flow ---------------------------------------------------------- */

void sal_drain_look(struct sal_endpoint *ep)
{
	struct sal_drains *dr = drain_of(ep);

	spin_lock_bh(&dr->lock);
	if (list_empty(&ep->drain->look))
		list_add_tail(&ep->drain->look, &dr->looks);
	spin_unlock_bh(&dr->lock);
	queue_work(system_power_efficient_wq, &dr->look);
}

void sal_drain_forget(struct sal_endpoint *ep)
{
	struct sal_drains *dr = drain_of(ep);

	if (!ep->drain)
		return;

	spin_lock_bh(&dr->lock);
	list_del_init(&ep->drain->look);
	spin_unlock_bh(&dr->lock);
}

static struct sal_endpoint *drain_pop(struct sal_drains *dr,
				      struct list_head *list)
{
	struct sal_drain *drain;

	spin_lock_bh(&dr->lock);
	drain = list_first_entry_or_null(list, struct sal_drain, look);
	if (drain)
		list_del_init(&drain->look);
	spin_unlock_bh(&dr->lock);
	return drain ? drain->ep : NULL;
}

static void drain_set_on(struct sal_endpoint *ep)
{
	/* it is there for whoever sees that; pairs with cell_count_at() */
	smp_store_release(&ep->drain_phase, SAL_DRAIN_ON);
}

static void drain_start(struct sal_endpoint *ep)
{
	struct sal_drain *dr = ep->drain;

	dr->begun = ktime_get();
	dr->flows = atomic_read(&ep->n_flows);
	dr->moved = 0;
	atomic_set(&ep->drain_ended, 0);
	drain_set_on(ep);
}

static void drain_stop(struct sal_endpoint *ep, enum sal_drain_phase phase)
{
	ep->drain->took = sal_drain_time(ep);
	drain_set_deadline(ep, 0, 0);
	WRITE_ONCE(ep->drain_phase, phase);
}

/* what has taken the last flow */
static enum sal_cause drain_cause(const struct sal_endpoint *ep)
{
	u32 fault = READ_ONCE(ep->fault[SAL_V4]) | READ_ONCE(ep->fault[SAL_V6]);

	if (ep->drain->moved)
		return SAL_CAUSE_DEADLINE;
	return fault ? sal_link_cause(fault) : SAL_CAUSE_FLOWS_ENDED;
}

static void drain_done(struct sal_endpoint *ep)
{
	WRITE_ONCE(ep->drain_phase, SAL_DRAIN_DONE);
	/* pairs with cell_count(): one of us sees the other */
	smp_mb();
	if (atomic_read(&ep->n_flows)) {
		WRITE_ONCE(ep->drain_phase, SAL_DRAIN_ON);
		/* pairs likewise */
		smp_mb();
		if (!atomic_read(&ep->n_flows))
			sal_drain_look(ep);
		return;
	}
	ep->drain->took = ktime_ms_delta(ktime_get(), ep->drain->begun);
	drain_stop(ep, SAL_DRAIN_DONE);
	sal_domain_changed(ep->svc->domain);
	sal_event_drain(ep, ep->net, SAL_DRAIN_STEP_DRAINED, drain_cause(ep));
}

static void drain_restart(struct sal_endpoint *ep)
{
	drain_start(ep);
	/* pairs with cell_count(), as above */
	smp_mb();
	if (!atomic_read(&ep->n_flows))
		sal_drain_look(ep);
}

static void drain_resume(struct sal_endpoint *ep)
{
	drain_restart(ep);
	sal_domain_changed(ep->svc->domain);
	sal_event_drain(ep, ep->net, SAL_DRAIN_STEP_RESUMED,
			SAL_CAUSE_REQUEST);
}

/* @since: what had begun by then is past its grace period */
static void drain_look_at(struct sal_endpoint *ep, ktime_t since)
{
	bool flows = atomic_read(&ep->n_flows);

	if (drain_is(ep, SAL_DRAIN_ON) && ktime_after(ep->drain->begun, since))
		sal_drain_look(ep);
	else if (drain_is(ep, SAL_DRAIN_ON) && !flows)
		drain_done(ep);
	else if (drain_is(ep, SAL_DRAIN_DONE) && flows)
		drain_resume(ep);
}

static void drain_look_work(struct work_struct *work)
{
	struct sal_drains *dr = container_of(work, struct sal_drains, look);
	struct sal_endpoint *ep;
	LIST_HEAD(list);
	ktime_t since;

	spin_lock_bh(&dr->lock);
	list_splice_init(&dr->looks, &list);
	spin_unlock_bh(&dr->lock);
	since = ktime_get();
	synchronize_rcu();
	mutex_lock(&sal_mutex);
	while ((ep = drain_pop(dr, &list)))
		drain_look_at(ep, since);
	mutex_unlock(&sal_mutex);
}

/* --- what is planned is done ------------------------------------------------- */

static void drain_will_tell(struct sal_endpoint *ep, enum sal_drain_step step,
			    enum sal_cause cause)
{
	ep->drain->tells = true;
	ep->drain->step = step;
	ep->drain->cause = cause;
}

static void drain_begin(struct sal_endpoint *ep)
{
	const struct sal_drain_want *want = &ep->drain->want;

	drain_start(ep);
	drain_set_deadline(ep, want->set ? want->deadline : 0, want->then);
	drain_will_tell(ep, SAL_DRAIN_STEP_BEGUN, SAL_CAUSE_REQUEST);
	/* perhaps it has no flow */
	sal_drain_look(ep);
}

/* one that is drained has nothing that a deadline could be for */
static void drain_change(struct sal_endpoint *ep)
{
	const struct sal_drain_want *want = &ep->drain->want;
	enum sal_drain_step step = SAL_DRAIN_STEP_CHANGED;

	if (drain_is(ep, SAL_DRAIN_DONE) && atomic_read(&ep->n_flows)) {
		/* it has some again, and is about to be looked at */
		drain_restart(ep);
		step = SAL_DRAIN_STEP_RESUMED;
	} else if (!drain_is(ep, SAL_DRAIN_ON) ||
		   (!want->deadline && !ep->drain->deadline)) {
		return;
	}
	drain_set_deadline(ep, want->deadline, want->then);
	drain_will_tell(ep, step, SAL_CAUSE_REQUEST);
}

static void drain_cancel(struct sal_endpoint *ep, enum sal_cause cause)
{
	bool on = drain_is(ep, SAL_DRAIN_ON);

	if (drain_is(ep, SAL_DRAIN_NOT))
		return;
	drain_stop(ep, SAL_DRAIN_NOT);
	if (on)
		drain_will_tell(ep, SAL_DRAIN_STEP_CANCELLED, cause);
}

/* one that takes another's place goes on with its drain */
static void drain_inherit(struct sal_endpoint *ep)
{
	struct sal_endpoint *old = ep->old;
	struct sal_drain *dr = ep->drain;

	if (drain_is(old, SAL_DRAIN_NOT))
		return;
	dr->begun = old->drain->begun;
	dr->took = old->drain->took;
	dr->flows = old->drain->flows;
	dr->moved = old->drain->moved;
	atomic_set(&ep->drain_ended, atomic_read(&old->drain_ended));
	drain_set_on(ep);
	if (old->drain->deadline) {
		drain_set_deadline(ep, old->drain->deadline, old->drain->then);
		dr->due = old->drain->due;
		dr->late = old->drain->late;
		drain_queue(ep, dr->due);
	}
	drain_stop(old, SAL_DRAIN_NOT);
	sal_drain_look(ep);
}

int sal_drain_plan(struct sal_endpoint *ep, u32 state,
		   const struct sal_drain_want *want)
{
	struct sal_drain *dr = ep->drain;
	bool old = ep->old && ep->old->drain;

	lockdep_assert_held(&sal_mutex);
	if (!dr && state != SAL_ENDPOINT_STATE_DRAINING && !old)
		return 0;
	if (!dr) {
		dr = kzalloc_obj(*dr, GFP_KERNEL_ACCOUNT);
		if (!dr)
			return -ENOMEM;
		dr->ep = ep;
		timerqueue_init(&dr->node);
		INIT_LIST_HEAD(&dr->look);
		/* pairs with READ_ONCE() by those who tell of it */
		smp_store_release(&ep->drain, dr);
	}
	dr->want = *want;
	return 0;
}

void sal_drain_apply(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	if (!ep->drain)
		return;
	if (ep->old)
		drain_inherit(ep);
	if (ep->state != SAL_ENDPOINT_STATE_DRAINING)
		drain_cancel(ep, ep->state == SAL_ENDPOINT_STATE_DOWN ?
				 SAL_CAUSE_ENDPOINT_DOWN : SAL_CAUSE_REQUEST);
	else if (drain_is(ep, SAL_DRAIN_NOT))
		drain_begin(ep);
	else if (ep->drain->want.set)
		drain_change(ep);
}

void sal_drain_tell(struct sal_endpoint *ep, bool before)
{
	struct sal_drain *dr = ep->drain;
	bool cancelled;

	if (!dr || !dr->tells)
		return;
	cancelled = dr->step == SAL_DRAIN_STEP_CANCELLED;
	if (before == cancelled)
		sal_event_drain(ep, ep->left ?: ep->net, dr->step, dr->cause);
}

void sal_drain_settle(struct sal_endpoint *ep)
{
	struct sal_drain *dr = ep->drain;

	lockdep_assert_held(&sal_mutex);
	if (!dr)
		return;
	dr->tells = false;
	memset(&dr->want, 0, sizeof(dr->want));
	/* all has been told of it; cells that are cut may point to it yet */
	if (ep->dead) {
		WRITE_ONCE(ep->drain_phase, SAL_DRAIN_NOT);
		sal_drain_forget(ep);
	}
}

void sal_drain_end(struct sal_endpoint *ep, enum sal_cause cause)
{
	lockdep_assert_held(&sal_mutex);
	if (!ep->drain)
		return;
	/* one that is drained is told of as such */
	if (!drain_is(ep, SAL_DRAIN_DONE))
		drain_cancel(ep, cause);
	sal_drain_forget(ep);
}

void sal_drains_init(struct sal_domain *d)
{
	struct sal_drains *dr = &d->drains;

	INIT_LIST_HEAD(&dr->looks);
	spin_lock_init(&dr->lock);
	INIT_WORK(&dr->look, drain_look_work);
	timerqueue_init_head(&dr->queue);
	INIT_DELAYED_WORK(&dr->deadline, drain_deadline_work);
}

void sal_drains_exit(struct sal_domain *d)
{
	cancel_delayed_work_sync(&d->drains.deadline);
	cancel_work_sync(&d->drains.look);
	WARN_ON_ONCE(timerqueue_getnext(&d->drains.queue));
}
