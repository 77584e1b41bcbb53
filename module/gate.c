// SPDX-License-Identifier: GPL-2.0
/*
 * gate.c - whether packets of a service go on or wait, and letting go what waits
 *
 * A service has a gate for each family. It closes with the last usable
 * endpoint. When one comes the gate does not open at once, it is
 * *releasing*: one work sends what is queued, the oldest first, and newer
 * packets queue behind. The gate opens, under the lock, when the queue is
 * empty and what was sent has left the backlog of this CPU, so that a newer
 * packet cannot overtake it there. The work runs on the CPU that the latest
 * packet came from, as that is where the next one will come from, too.
 *
 * The gate may close and open again while the work has a packet in its hand, or
 * waits for the backlog: an empty queue alone is no reason to open it, so the
 * work is *busy* for a family from its first packet until it has looked at the
 * gate for the last time. And newer packets may come faster than they can be
 * sent: after a while of that the gate opens all the same, which is counted, as
 * packets then overtake those that are left.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/netdevice.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "datapath.h"
#include "domain.h"
#include "hold.h"
#include "hold_queue.h"
#include "member.h"
#include "net.h"
#include "path.h"
#include "service.h"
#include "stats.h"
#include "trace.h"

/* how often the backlog is looked at before the gate opens all the same */
#define HOLD_DRAIN_TRIES	200
/* how often as many packets as the queue has room for are released before it is
 * plain that newer ones come as fast
 */
#define HOLD_TURNS		16
/* the least room that there is taken to be after a pause */
#define HOLD_LENT		256U
/* packets released before that is looked at */
#define HOLD_CHUNK		256

/* gates stay closed, and no packet is too old */
static bool hold_is_shut(const struct sal_hold *h)
{
	return h->paused || h->frozen;
}

void sal_hold_run(struct sal_hold_queue *q)
{
	int cpu = q->cpu;

	if (!cpu_online(cpu))
		cpu = WORK_CPU_UNBOUND;
	mod_delayed_work_on(cpu, system_highpri_wq, &q->work, 0);
}

void sal_hold_close(struct sal_service *svc, enum sal_af af)
{
	lockdep_assert_held(&sal_lock);
	spin_lock(&svc->hold.lock);
	WRITE_ONCE(svc->gate[af], SAL_GATE_CLOSED);
	svc->hold.lent[af] = svc->hold.paused;
	/* what was about to leave waits for its deadline again */
	if (sal_hold_first(&svc->hold, af) && !svc->dead)
		sal_hold_run(svc->hold.q);
	spin_unlock(&svc->hold.lock);
}

static void hold_set_open(struct sal_service *svc, enum sal_af af)
{
	/* what was released is not to be overtaken: before the gate is seen to be open */
	sal_paths_void();
	WRITE_ONCE(svc->gate[af], SAL_GATE_OPEN);
	svc->hold.lent[af] = false;
}

static void hold_open(struct sal_service *svc, enum sal_af af,
		      enum sal_hold_cause cause)
{
	struct sal_hold *h = &svc->hold;

	if (svc->dead || hold_is_shut(h) || svc->gate[af] != SAL_GATE_CLOSED)
		return;
	if (!h->q) {
		hold_set_open(svc, af);
	} else if (list_empty(&h->q->held[af]) && !h->q->busy[af]) {
		hold_set_open(svc, af);
		sal_episode_end(svc, af, cause);
	} else {
		h->q->opener[af] = cause;
		WRITE_ONCE(svc->gate[af], SAL_GATE_RELEASING);
		h->q->released[af] = 0;
		sal_hold_run(h->q);
	}
}

void sal_hold_open(struct sal_service *svc, enum sal_af af)
{
	lockdep_assert_held(&sal_lock);
	spin_lock(&svc->hold.lock);
	hold_open(svc, af, SAL_HOLD_CAUSE_ENDPOINT_UP);
	spin_unlock(&svc->hold.lock);
}

/*
 * Only the oldest packet is looked at for whether its time is over, so no
 * newer one may have an earlier deadline: a time that was made shorter holds
 * for those that wait, too.
 */
static void hold_clamp(struct sal_hold *h, enum sal_af af,
		       unsigned long latest)
{
	struct sal_held *held;

	list_for_each_entry(held, &h->q->held[af], list)
		if (time_after(held->deadline, latest))
			held->deadline = latest;
}

void sal_hold_kick(struct sal_service *svc)
{
	struct sal_hold *h = &svc->hold;
	unsigned long latest;
	int af;

	spin_lock_bh(&h->lock);
	latest = jiffies + msecs_to_jiffies(READ_ONCE(svc->conf.hold_time));
	for (af = 0; h->packets && af < SAL_AF_NUM; af++)
		hold_clamp(h, af, latest);
	if (h->packets)
		sal_hold_run(h->q);
	spin_unlock_bh(&h->lock);
}

/*
 * Sent packets sit in this CPU's backlog until its receive softirq has run;
 * with bottom halves enabled again it mostly has. Where there still is
 * something to be polled, ksoftirqd owes it: let it.
 */
static void hold_wait_backlog(struct sal_service *svc)
{
	int tries = HOLD_DRAIN_TRIES;
	bool pending;

	do {
		pending = !list_empty(&get_cpu_ptr(&softnet_data)->poll_list);
		put_cpu_ptr(&softnet_data);
		if (!pending)
			return;
		usleep_range(50, 100);
	} while (--tries);
	sal_count(svc->domain, SAL_R_RELEASE_UNDRAINED);
}

/* is there anything to release? */
static bool hold_begin(struct sal_service *svc, enum sal_af af)
{
	struct sal_hold *h = &svc->hold;
	bool busy;

	spin_lock_bh(&h->lock);
	busy = svc->gate[af] == SAL_GATE_RELEASING;
	h->q->busy[af] = busy;
	spin_unlock_bh(&h->lock);
	return busy;
}

static bool hold_outrun(const struct sal_service *svc, enum sal_af af)
{
	u32 room = READ_ONCE(svc->conf.hold_packets);

	if (svc->hold.lent[af])
		room = max(room, HOLD_LENT);
	return svc->gate[af] == SAL_GATE_RELEASING &&
	       svc->hold.q->released[af] / HOLD_TURNS > room;
}

/* true where nothing is to be released any more, the gate open or closed */
static bool hold_finish(struct sal_service *svc, enum sal_af af)
{
	struct sal_hold *h = &svc->hold;
	bool done, outrun;

	spin_lock_bh(&h->lock);
	done = svc->gate[af] == SAL_GATE_CLOSED || !sal_hold_first(h, af);
	outrun = !done && hold_outrun(svc, af);
	if (svc->gate[af] == SAL_GATE_RELEASING && (done || outrun))
		hold_set_open(svc, af);
	h->q->busy[af] = !done;
	if (done && svc->gate[af] == SAL_GATE_OPEN)
		sal_episode_end(svc, af, h->q->opener[af]);
	spin_unlock_bh(&h->lock);
	if (outrun)
		sal_count(svc->domain, SAL_R_RELEASE_UNDRAINED);
	return done;
}

/* the endpoint that let it be released has gone again */
static void hold_put_back(struct sal_service *svc, enum sal_af af,
			  struct sal_held *held)
{
	struct sal_hold *h = &svc->hold;
	bool dead;

	spin_lock_bh(&h->lock);
	dead = svc->dead || READ_ONCE(held->member->dead);
	if (!dead)
		sal_hold_push_front(h, af, held);
	else
		sal_episode_count(svc, af, SAL_FATE_PURGED, 0);
	spin_unlock_bh(&h->lock);
	if (dead)
		sal_held_drop(svc->domain, held, SAL_R_HOLD_PURGED);
}

static void hold_count(struct sal_service *svc, enum sal_af af,
		       enum sal_fate fate, u32 bytes)
{
	spin_lock_bh(&svc->hold.lock);
	sal_episode_count(svc, af, fate, bytes);
	spin_unlock_bh(&svc->hold.lock);
}

/* true where it has left, one way or the other */
static bool hold_release_held(struct sal_service *svc, enum sal_af af,
			      struct sal_held *held)
{
	u32 bytes = held->skb->len;

	if (sal_release(svc, held, af)) {
		hold_count(svc, af, SAL_FATE_RELEASED, bytes);
		sal_held_free(svc->domain, held);
		return true;
	}
	if (time_before(jiffies, held->deadline)) {
		hold_put_back(svc, af, held);
		return false;
	}
	hold_count(svc, af, SAL_FATE_EXPIRED, 0);
	sal_release_expired(svc, held, af);
	sal_held_free(svc->domain, held);
	return true;
}

/* true where there may be more to release */
static bool hold_release_one(struct sal_service *svc, enum sal_af af)
{
	struct sal_hold *h = &svc->hold;
	struct sal_held *held = NULL;
	bool more = false;

	/* the member is there as long as we are in this read side */
	rcu_read_lock();
	local_bh_disable();
	spin_lock(&h->lock);
	/* open where newer packets came as fast: the rest leaves all the same */
	if (svc->gate[af] != SAL_GATE_CLOSED)
		held = sal_hold_pop(h, af);
	if (held)
		h->q->released[af]++;
	spin_unlock(&h->lock);
	if (held)
		more = hold_release_held(svc, af, held);
	local_bh_enable();
	rcu_read_unlock();
	return more;
}

static void hold_release_some(struct sal_service *svc, enum sal_af af)
{
	unsigned int n = HOLD_CHUNK;

	while (n-- && hold_release_one(svc, af))
		cond_resched();
}

static void hold_release(struct sal_service *svc, enum sal_af af)
{
	do {
		hold_release_some(svc, af);
		hold_wait_backlog(svc);
		cond_resched();
	} while (!hold_finish(svc, af));
}

static bool hold_expire_one(struct sal_service *svc, enum sal_af af)
{
	struct sal_held *held = NULL;

	rcu_read_lock();
	local_bh_disable();
	spin_lock(&svc->hold.lock);
	if (svc->gate[af] == SAL_GATE_CLOSED && !hold_is_shut(&svc->hold))
		held = sal_hold_pop_expired(&svc->hold, af, jiffies);
	if (held)
		sal_episode_count(svc, af, SAL_FATE_EXPIRED, 0);
	spin_unlock(&svc->hold.lock);
	if (held) {
		sal_release_expired(svc, held, af);
		sal_held_free(svc->domain, held);
	}
	local_bh_enable();
	rcu_read_unlock();
	return held;
}

/* for the oldest packet that is left, and for what is to be told yet */
static void hold_rearm(struct sal_service *svc)
{
	struct sal_hold *h = &svc->hold;
	unsigned long delay = MAX_JIFFY_OFFSET;
	int af;

	spin_lock_bh(&h->lock);
	for (af = 0; af < SAL_AF_NUM && !svc->dead; af++) {
		struct sal_held *held = sal_hold_first(h, af);

		delay = min(delay, sal_episode_due(svc, af));
		if (!held || hold_is_shut(h))
			continue;
		if (time_after(held->deadline, jiffies))
			delay = min(delay, held->deadline - jiffies);
		else
			delay = 0;
	}
	if (delay != MAX_JIFFY_OFFSET)
		queue_delayed_work(system_highpri_wq, &h->q->work, delay);
	spin_unlock_bh(&h->lock);
}

void sal_hold_work(struct work_struct *work)
{
	struct sal_hold_queue *q = container_of(to_delayed_work(work),
						struct sal_hold_queue, work);
	struct sal_service *svc = q->svc;
	int af;

	for (af = 0; af < SAL_AF_NUM; af++) {
		if (hold_begin(svc, af))
			hold_release(svc, af);
		while (hold_expire_one(svc, af))
			cond_resched();
	}
	hold_rearm(svc);
}

/* --- while a transaction is being done -------------------------------------- */

void sal_hold_pause(struct sal_service *svc)
{
	struct sal_hold *h = &svc->hold;
	int af;

	lockdep_assert_held(&sal_mutex);
	spin_lock_bh(&h->lock);
	WRITE_ONCE(h->paused, true);
	for (af = 0; af < SAL_AF_NUM; af++) {
		WRITE_ONCE(svc->gate[af], SAL_GATE_CLOSED);
		h->lent[af] = true;
	}
	spin_unlock_bh(&h->lock);
}

/*
 * Whether there is an endpoint does not change under sal_lock. In one step: who
 * finds the gate closed and no pause is to hold nothing where that is off.
 */
void sal_hold_resume(struct sal_service *svc)
{
	struct sal_hold *h = &svc->hold;
	int af;

	lockdep_assert_held(&sal_mutex);
	spin_lock_bh(&sal_lock);
	spin_lock(&h->lock);
	WRITE_ONCE(h->paused, false);
	for (af = 0; af < SAL_AF_NUM; af++) {
		if (svc->usable[af])
			hold_open(svc, af, SAL_HOLD_CAUSE_TRANSACTION);
		/* frozen yet: its own bounds are for what comes */
		if (!svc->usable[af] || h->frozen)
			h->lent[af] = false;
	}
	if (h->packets && !svc->dead)
		sal_hold_run(h->q);
	spin_unlock(&h->lock);
	spin_unlock_bh(&sal_lock);
}

/* --- while somebody wants packets to wait ------------------------------------ */

void sal_hold_freeze(struct sal_service *svc)
{
	struct sal_hold *h = &svc->hold;
	int af;

	lockdep_assert_held(&sal_mutex);
	spin_lock_bh(&h->lock);
	WRITE_ONCE(h->frozen, true);
	for (af = 0; af < SAL_AF_NUM; af++)
		WRITE_ONCE(svc->gate[af], SAL_GATE_CLOSED);
	spin_unlock_bh(&h->lock);
}

/* as sal_hold_resume() */
void sal_hold_thaw(struct sal_service *svc)
{
	struct sal_hold *h = &svc->hold;
	int af;

	lockdep_assert_held(&sal_mutex);
	spin_lock_bh(&sal_lock);
	spin_lock(&h->lock);
	WRITE_ONCE(h->frozen, false);
	for (af = 0; af < SAL_AF_NUM; af++)
		if (svc->usable[af])
			hold_open(svc, af, SAL_HOLD_CAUSE_THAW);
	/* of the others some may be too old by now */
	if (h->packets && !svc->dead)
		sal_hold_run(h->q);
	spin_unlock(&h->lock);
	spin_unlock_bh(&sal_lock);
}
