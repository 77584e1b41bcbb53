// SPDX-License-Identifier: GPL-2.0
/*
 * hold.c - packets that wait while a service has no usable endpoint
 *
 * A service has a gate for each family. It closes with the last usable
 * endpoint; packets are then queued, within bounds, for at most the hold
 * time each. When an endpoint comes the gate does not open at once, it is
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
 *
 * A held packet keeps no device, route or conntrack entry. It keeps the
 * sender's socket where that holds its namespace (that is the back-pressure a
 * sender expects), for the hold time at most; else it is orphaned.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/workqueue.h>
#include <net/sock.h>

#include "compat.h"
#include "datapath.h"
#include "domain.h"
#include "guest.h"
#include "hold.h"
#include "member.h"
#include "net.h"
#include "room.h"
#include "rule.h"
#include "service.h"
#include "stats.h"
#include "trace.h"
#include "vip.h"
#include "xlat.h"

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

static void hold_push(struct sal_hold *h, enum sal_af af,
		      struct sal_held *held)
{
	list_add_tail(&held->list, &h->q->held[af]);
	sal_lane_add(&h->q->lanes, &held->lane);
	h->packets++;
	h->bytes += held->lane.size;
}

static void hold_push_front(struct sal_hold *h, enum sal_af af,
			    struct sal_held *held)
{
	list_add(&held->list, &h->q->held[af]);
	sal_lane_add_first(&h->q->lanes, &held->lane);
	h->packets++;
	h->bytes += held->lane.size;
}

void sal_hold_unlink(struct sal_hold *h, struct sal_held *held)
{
	list_del(&held->list);
	sal_lane_del(&h->q->lanes, &held->lane);
	h->packets--;
	h->bytes -= held->lane.size;
}

static struct sal_held *hold_pop(struct sal_hold *h, enum sal_af af)
{
	struct sal_held *held = sal_hold_first(h, af);

	if (held)
		sal_hold_unlink(h, held);
	return held;
}

static struct sal_held *hold_pop_expired(struct sal_hold *h, enum sal_af af,
					 unsigned long now)
{
	struct sal_held *held = sal_hold_first(h, af);

	if (!held || time_before(now, held->deadline))
		return NULL;
	sal_hold_unlink(h, held);
	return held;
}

static void hold_work(struct work_struct *work);

/*
 * Most services never hold a packet, so what holds them is made for the first
 * one. BH off or on, RCU.
 */
static struct sal_hold_queue *hold_queue_alloc(struct sal_service *svc)
{
	struct sal_domain *d = svc->domain;
	struct sal_hold_queue *q;
	struct mem_cgroup *old;
	int af;

	if (!sal_guest_charge(d, SAL_SHARE_TABLES, sizeof(*q)))
		return NULL;
	old = sal_domain_charge(d);
	q = kzalloc_obj(*q, GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);
	sal_domain_uncharge(old);
	if (!q) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*q));
		return NULL;
	}
	q->svc = svc;
	for (af = 0; af < SAL_AF_NUM; af++)
		INIT_LIST_HEAD(&q->held[af]);
	sal_lanes_init(&q->lanes);
	INIT_DELAYED_WORK(&q->work, hold_work);
	return q;
}

static void hold_queue_free(struct sal_domain *d, struct sal_hold_queue *q)
{
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*q));
	kfree(q);
}

/* the lock of the queue is held, and the service is not dead */
static void hold_queue_publish(struct sal_service *svc,
			       struct sal_hold_queue *q)
{
	struct sal_domain *d = svc->domain;

	WRITE_ONCE(svc->hold.q, q);
	spin_lock(&d->queues_lock);
	list_add_tail_rcu(&q->list, &d->queues);
	spin_unlock(&d->queues_lock);
	/* A purge of a member sees the queue, or we see that the member is
	 * dead. Pairs with sal_hold_purge().
	 */
	smp_mb();
}

/*
 * First without the lock of the queue, to have one where the service has none;
 * then hold_queue_give() with it; then hold_queue_discard() what was not needed.
 */
static struct sal_hold_queue *hold_queue_prepare(struct sal_service *svc)
{
	return likely(READ_ONCE(svc->hold.q)) ? NULL : hold_queue_alloc(svc);
}

/* false where it has none, as there was no memory, or it is dead */
static bool hold_queue_give(struct sal_service *svc, struct sal_hold_queue **q)
{
	if (svc->dead)
		return false;
	if (svc->hold.q)
		return true;
	if (!*q)
		return false;
	hold_queue_publish(svc, *q);
	*q = NULL;
	return true;
}

static void hold_queue_discard(struct sal_service *svc,
			       struct sal_hold_queue *q)
{
	if (q)
		hold_queue_free(svc->domain, q);
}

static void hold_free(struct sal_domain *d, struct sal_held *held)
{
	sal_room_give_back(d, held->lane.size);
	kfree(held);
}

static void hold_drop(struct sal_domain *d, struct sal_held *held,
		      enum sal_reason reason)
{
	sal_count(d, reason);
	kfree_skb_reason(held->skb, SKB_DROP_REASON_NETFILTER_DROP);
	hold_free(d, held);
}

static void hold_drop_list(struct sal_service *svc, struct list_head *list,
			   enum sal_reason reason)
{
	struct sal_held *held, *next;

	list_for_each_entry_safe(held, next, list, list)
		hold_drop(svc->domain, held, reason);
}

static struct sal_held *hold_alloc(const struct sal_spot *spot,
				   struct sk_buff *skb,
				   const struct sal_packet *pkt)
{
	struct mem_cgroup *old;
	struct sal_held *held;

	old = sal_domain_charge(spot->member->domain);
	held = kmalloc_obj(*held, GFP_ATOMIC | __GFP_ACCOUNT);
	sal_domain_uncharge(old);
	if (!held)
		return NULL;
	held->skb = skb;
	held->member = spot->member;
	held->iif = spot->iif;
	held->af = spot->af;
	held->lane.conv = sal_lane_conv(pkt);
	held->lane.size = skb->truesize + sizeof(*held);
	return held;
}

/* nothing that a namespace's exit would wait for */
static void hold_strip(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	if (!sk || !sk_fullsock(sk) || !sk->sk_net_refcnt)
		skb_orphan(skb);
	skb_dst_drop(skb);
	/* that it is not to be tracked is a mark, and no reference */
	if ((skb_get_nfct(skb) & NFCT_INFOMASK) != IP_CT_UNTRACKED)
		nf_reset_ct(skb);
	skb->dev = NULL;
}

static bool hold_releasing(const struct sal_service *svc)
{
	return svc->gate[SAL_V4] == SAL_GATE_RELEASING ||
	       svc->gate[SAL_V6] == SAL_GATE_RELEASING;
}

static bool hold_is_off(const struct sal_service *svc, enum sal_af af)
{
	return READ_ONCE(svc->gate[af]) == SAL_GATE_CLOSED &&
	       !READ_ONCE(svc->hold.paused) &&
	       (!READ_ONCE(svc->conf.hold_packets) ||
		!READ_ONCE(svc->conf.hold_time));
}

/* before memory is taken for nothing; a pause may end between two looks */
static bool hold_is_off_now(struct sal_service *svc, enum sal_af af)
{
	bool off;

	if (likely(!hold_is_off(svc, af)))
		return false;
	spin_lock_bh(&svc->hold.lock);
	off = hold_is_off(svc, af);
	spin_unlock_bh(&svc->hold.lock);
	return off;
}

/* why packets begin to wait */
static enum sal_hold_cause hold_cause(const struct sal_hold *h)
{
	if (h->paused)
		return SAL_HOLD_CAUSE_TRANSACTION;
	return h->frozen ? SAL_HOLD_CAUSE_FREEZE : SAL_HOLD_CAUSE_NO_ENDPOINT;
}

static enum sal_hold_result hold_admit(struct sal_service *svc,
				       enum sal_af af, struct sal_held *held,
				       struct sal_hold_queue **q,
				       struct list_head *evicted)
{
	enum sal_hold_result res;
	struct sal_hold *h = &svc->hold;
	unsigned long time;

	if (svc->dead)
		return SAL_HOLD_OFF;
	if (svc->gate[af] == SAL_GATE_OPEN)
		return SAL_HOLD_OPEN;
	if (hold_is_off(svc, af))
		return SAL_HOLD_OFF;
	if (!hold_queue_give(svc, q))
		return SAL_HOLD_NOMEM;
	/* after that: see hold_queue_publish() */
	if (READ_ONCE(held->member->dead))
		return SAL_HOLD_OFF;
	res = sal_room_make(svc, held, evicted);
	if (res != SAL_HELD) {
		sal_episode_count(svc, af, SAL_FATE_REFUSED, 0);
		return res;
	}

	time = msecs_to_jiffies(READ_ONCE(svc->conf.hold_time));
	held->deadline = jiffies + time;
	hold_strip(held->skb);
	if (held->iif && !READ_ONCE(held->member->has_held))
		WRITE_ONCE(held->member->has_held, true);
	hold_push(h, af, held);
	sal_episode_begin(svc, af, hold_cause(h));
	h->q->cpu = raw_smp_processor_id();
	trace_sal_hold(held->skb, svc);
	/*
	 * Behind others it is not the first to expire. Where it is the only
	 * one, the work may still be armed for one that has left; or to
	 * release what the other family has, which must not be put off.
	 */
	if (h->packets == 1 && !hold_releasing(svc))
		mod_delayed_work(system_highpri_wq, &h->q->work, time);
	else
		queue_delayed_work(system_highpri_wq, &h->q->work, time);
	return SAL_HELD;
}

enum sal_hold_result sal_hold_packet(struct sal_service *svc,
				     const struct sal_spot *spot,
				     struct sk_buff *skb,
				     const struct sal_packet *pkt)
{
	enum sal_hold_result res;
	struct sal_hold_queue *q;
	struct sal_held *held;
	LIST_HEAD(evicted);

	if (hold_is_off_now(svc, spot->af))
		return SAL_HOLD_OFF;
	held = hold_alloc(spot, skb, pkt);
	if (!held)
		return SAL_HOLD_NOMEM;
	q = hold_queue_prepare(svc);
	spin_lock_bh(&svc->hold.lock);
	res = hold_admit(svc, spot->af, held, &q, &evicted);
	spin_unlock_bh(&svc->hold.lock);
	hold_queue_discard(svc, q);
	hold_drop_list(svc, &evicted, SAL_R_HOLD_EVICTED);
	if (res != SAL_HELD)
		kfree(held);
	return res;
}

/* gates stay closed, and no packet is too old */
static bool hold_is_shut(const struct sal_hold *h)
{
	return h->paused || h->frozen;
}

static void hold_run(struct sal_hold_queue *q)
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
		hold_run(svc->hold.q);
	spin_unlock(&svc->hold.lock);
}

static void hold_set_open(struct sal_service *svc, enum sal_af af)
{
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
		hold_run(h->q);
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
		hold_run(h->q);
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
		hold_push_front(h, af, held);
	else
		sal_episode_count(svc, af, SAL_FATE_PURGED, 0);
	spin_unlock_bh(&h->lock);
	if (dead)
		hold_drop(svc->domain, held, SAL_R_HOLD_PURGED);
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
		hold_free(svc->domain, held);
		return true;
	}
	if (time_before(jiffies, held->deadline)) {
		hold_put_back(svc, af, held);
		return false;
	}
	hold_count(svc, af, SAL_FATE_EXPIRED, 0);
	sal_release_expired(svc, held, af);
	hold_free(svc->domain, held);
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
		held = hold_pop(h, af);
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
		held = hold_pop_expired(&svc->hold, af, jiffies);
	if (held)
		sal_episode_count(svc, af, SAL_FATE_EXPIRED, 0);
	spin_unlock(&svc->hold.lock);
	if (held) {
		sal_release_expired(svc, held, af);
		hold_free(svc->domain, held);
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

static void hold_work(struct work_struct *work)
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
		hold_run(h->q);
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
		hold_run(h->q);
	spin_unlock(&h->lock);
	spin_unlock_bh(&sal_lock);
}

/* whose is a held packet now? */
static struct sal_service *hold_owner(struct sal_domain *d,
				      const struct sal_held *held,
				      enum sal_af af)
{
	struct sal_packet pkt;

	if (!sal_packet_addrs(held->skb, af, &pkt))
		return NULL;
	return sal_rule_owner(d, &pkt.dst);
}

/* A rule may be about that VIP, too, but not about its conversations that there
 * are: that is for the release to see.
 */
static bool hold_is_of_vip(struct sal_service *svc,
			   const struct sal_held *held, enum sal_af af)
{
	const struct sal_vip *vip;
	struct sal_packet pkt;

	if (!sal_packet_addrs(held->skb, af, &pkt))
		return false;
	vip = sal_vip_lookup(&svc->domain->vips, &pkt.dst);
	return vip && rcu_dereference(vip->svc) == svc;
}

static void hold_take_strays(struct sal_service *svc, enum sal_af af,
			     struct list_head *strays)
{
	struct sal_hold *h = &svc->hold;
	struct sal_held *held, *next;
	struct sal_service *owner;

	if (!h->q)
		return;
	list_for_each_entry_safe(held, next, &h->q->held[af], list) {
		owner = hold_owner(svc->domain, held, af);
		if (!owner || owner == svc || hold_is_of_vip(svc, held, af))
			continue;
		sal_hold_unlink(h, held);
		sal_episode_count(svc, af, SAL_FATE_RELEASED, held->skb->len);
		list_add_tail(&held->list, strays);
	}
}

/*
 * As hold_admit() has it, but it has been admitted. A service that has the VIP by
 * a shorter prefix need not be part of the transaction: it goes on, and lets what
 * comes to it wait until what it is given here has left.
 */
static void hold_push_in(struct sal_service *svc, enum sal_af af,
			 struct sal_held *held)
{
	struct sal_hold *h = &svc->hold;
	unsigned long latest;

	latest = jiffies + msecs_to_jiffies(READ_ONCE(svc->conf.hold_time));
	if (time_after(held->deadline, latest))
		held->deadline = latest;
	hold_push_front(h, af, held);
	sal_episode_begin(svc, af, SAL_HOLD_CAUSE_TRANSACTION);
	h->q->cpu = raw_smp_processor_id();
	if (svc->gate[af] == SAL_GATE_OPEN) {
		h->q->opener[af] = SAL_HOLD_CAUSE_TRANSACTION;
		WRITE_ONCE(svc->gate[af], SAL_GATE_RELEASING);
		h->q->released[af] = 0;
	}
	if (!h->paused)
		hold_run(h->q);
}

static void hold_take_in(struct sal_service *svc, enum sal_af af,
			 struct sal_held *held)
{
	struct sal_hold_queue *q = hold_queue_prepare(svc);
	bool taken;

	spin_lock(&svc->hold.lock);
	taken = hold_queue_give(svc, &q);
	if (taken)
		hold_push_in(svc, af, held);
	spin_unlock(&svc->hold.lock);
	hold_queue_discard(svc, q);
	if (!taken)
		hold_drop(svc->domain, held, SAL_R_NO_MEMORY);
}

void sal_hold_rehome(struct sal_service *svc)
{
	struct sal_held *held, *next;
	LIST_HEAD(strays);
	int af;

	lockdep_assert_held(&sal_mutex);
	for (af = 0; af < SAL_AF_NUM; af++) {
		rcu_read_lock();
		spin_lock_bh(&svc->hold.lock);
		hold_take_strays(svc, af, &strays);
		spin_unlock_bh(&svc->hold.lock);
		local_bh_disable();
		list_for_each_entry_safe_reverse(held, next, &strays, list) {
			list_del(&held->list);
			hold_take_in(hold_owner(svc->domain, held, af), af,
				     held);
		}
		local_bh_enable();
		rcu_read_unlock();
	}
}

static void hold_take_unowned(struct sal_service *svc, enum sal_af af,
			      struct list_head *list)
{
	struct sal_hold *h = &svc->hold;
	struct sal_held *held, *next;

	if (!h->q)
		return;
	list_for_each_entry_safe(held, next, &h->q->held[af], list) {
		if (hold_owner(svc->domain, held, af))
			continue;
		sal_hold_unlink(h, held);
		sal_episode_count(svc, af, SAL_FATE_RELEASED, held->skb->len);
		list_add_tail(&held->list, list);
	}
}

void sal_hold_let_go(struct sal_service *svc)
{
	struct sal_held *held, *next;
	LIST_HEAD(list);
	int af;

	lockdep_assert_held(&sal_mutex);
	for (af = 0; af < SAL_AF_NUM; af++) {
		rcu_read_lock();
		spin_lock_bh(&svc->hold.lock);
		hold_take_unowned(svc, af, &list);
		spin_unlock_bh(&svc->hold.lock);
		list_for_each_entry_safe(held, next, &list, list) {
			list_del(&held->list);
			/* what is sent is received as they are enabled again */
			local_bh_disable();
			if (sal_release(svc, held, af))
				hold_free(svc->domain, held);
			else
				hold_drop(svc->domain, held,
					  SAL_R_HOLD_PURGED);
			local_bh_enable();
		}
		rcu_read_unlock();
	}
}

static void hold_purge(struct sal_service *svc, const struct sal_member *m)
{
	struct sal_hold *h = &svc->hold;
	struct sal_held *held, *next;
	LIST_HEAD(list);
	int af;

	spin_lock_bh(&h->lock);
	for (af = 0; af < SAL_AF_NUM; af++)
		list_for_each_entry_safe(held, next, &h->q->held[af], list)
			if (held->member == m) {
				sal_hold_unlink(h, held);
				sal_episode_count(svc, af, SAL_FATE_PURGED, 0);
				list_add_tail(&held->list, &list);
			}
	spin_unlock_bh(&h->lock);
	hold_drop_list(svc, &list, SAL_R_HOLD_PURGED);
}

/* queues come without sal_mutex, but do not go */
void sal_hold_purge(const struct sal_member *m)
{
	struct sal_domain *d = m->domain;
	struct sal_hold_queue *q;

	lockdep_assert_held(&sal_mutex);
	/* @dead was set before. Pairs with hold_queue_publish(). */
	smp_mb();
	list_for_each_entry_rcu(q, &d->queues, list,
				lockdep_is_held(&sal_mutex)) {
		hold_purge(q->svc, m);
		cond_resched();
	}
}

void sal_hold_init(struct sal_service *svc)
{
	spin_lock_init(&svc->hold.lock);
}

static void hold_queue_end(struct sal_domain *d, struct sal_hold_queue *q)
{
	int af;

	spin_lock_bh(&d->queues_lock);
	list_del_rcu(&q->list);
	spin_unlock_bh(&d->queues_lock);
	cancel_delayed_work_sync(&q->work);
	spin_lock_bh(&q->svc->hold.lock);
	for (af = 0; af < SAL_AF_NUM; af++)
		sal_episode_end(q->svc, af, SAL_HOLD_CAUSE_DELETED);
	spin_unlock_bh(&q->svc->hold.lock);
}

/* the lock is held; no lane is asked for any more */
static void hold_take_all(struct sal_service *svc, struct list_head *list)
{
	struct sal_hold_queue *q = svc->hold.q;
	const struct sal_held *held;
	int af;

	for (af = 0; af < SAL_AF_NUM; af++) {
		list_for_each_entry(held, &q->held[af], list)
			sal_episode_count(svc, af, SAL_FATE_PURGED, 0);
		list_splice_tail_init(&q->held[af], list);
	}
	sal_lanes_init(&q->lanes);
}

void sal_hold_destroy(struct sal_service *svc)
{
	struct sal_hold *h = &svc->hold;
	LIST_HEAD(list);
	int af;

	lockdep_assert_held(&sal_mutex);
	/* once is enough: its queue is in no list any more */
	if (svc->dead)
		return;
	spin_lock_bh(&h->lock);
	WRITE_ONCE(svc->dead, true);
	for (af = 0; af < SAL_AF_NUM; af++)
		WRITE_ONCE(svc->gate[af], SAL_GATE_CLOSED);
	if (h->q)
		hold_take_all(svc, &list);
	h->packets = 0;
	h->bytes = 0;
	spin_unlock_bh(&h->lock);
	hold_drop_list(svc, &list, SAL_R_HOLD_PURGED);
	/* a dead service gets none any more */
	if (h->q)
		hold_queue_end(svc->domain, h->q);
}

void sal_hold_free(struct sal_service *svc)
{
	if (svc->hold.q)
		hold_queue_free(svc->domain, svc->hold.q);
}

#include "selftest/hold.c"
