// SPDX-License-Identifier: GPL-2.0
/*
 * hold.c - packets that wait while the gate of their service is closed
 *
 * They are queued, within bounds, for at most the hold time each; gate.c says
 * when they go on.
 *
 * A held packet keeps no device, route or conntrack entry. It keeps the
 * sender's socket where that holds its namespace (that is the back-pressure a
 * sender expects), for the hold time at most; else it is orphaned.
 */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include <net/sock.h>

#include "compat.h"
#include "datapath.h"
#include "domain.h"
#include "guest.h"
#include "hold.h"
#include "hold_queue.h"
#include "member.h"
#include "net.h"
#include "room.h"
#include "service.h"
#include "stats.h"
#include "trace.h"

static void hold_push(struct sal_hold *h, enum sal_af af,
		      struct sal_held *held)
{
	list_add_tail(&held->list, &h->q->held[af]);
	sal_lane_add(&h->q->lanes, &held->lane);
	h->packets++;
	h->bytes += held->lane.size;
}

void sal_hold_push_front(struct sal_hold *h, enum sal_af af,
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

struct sal_held *sal_hold_pop(struct sal_hold *h, enum sal_af af)
{
	struct sal_held *held = sal_hold_first(h, af);

	if (held)
		sal_hold_unlink(h, held);
	return held;
}

struct sal_held *sal_hold_pop_expired(struct sal_hold *h, enum sal_af af,
				      unsigned long now)
{
	struct sal_held *held = sal_hold_first(h, af);

	if (!held || time_before(now, held->deadline))
		return NULL;
	sal_hold_unlink(h, held);
	return held;
}

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
	INIT_DELAYED_WORK(&q->work, sal_hold_work);
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

struct sal_hold_queue *sal_hold_queue_prepare(struct sal_service *svc)
{
	return likely(READ_ONCE(svc->hold.q)) ? NULL : hold_queue_alloc(svc);
}

bool sal_hold_queue_give(struct sal_service *svc, struct sal_hold_queue **q)
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

void sal_hold_queue_discard(struct sal_service *svc,
			    struct sal_hold_queue *q)
{
	if (q)
		hold_queue_free(svc->domain, q);
}

void sal_held_free(struct sal_domain *d, struct sal_held *held)
{
	sal_room_give_back(d, held->lane.size);
	kfree(held);
}

void sal_held_drop(struct sal_domain *d, struct sal_held *held,
		   enum sal_reason reason)
{
	sal_count(d, reason);
	kfree_skb_reason(held->skb, SKB_DROP_REASON_NETFILTER_DROP);
	sal_held_free(d, held);
}

static void hold_drop_list(struct sal_service *svc, struct list_head *list,
			   enum sal_reason reason)
{
	struct sal_held *held, *next;

	list_for_each_entry_safe(held, next, list, list)
		sal_held_drop(svc->domain, held, reason);
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
	if (!sal_hold_queue_give(svc, q))
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
	q = sal_hold_queue_prepare(svc);
	spin_lock_bh(&svc->hold.lock);
	res = hold_admit(svc, spot->af, held, &q, &evicted);
	spin_unlock_bh(&svc->hold.lock);
	sal_hold_queue_discard(svc, q);
	hold_drop_list(svc, &evicted, SAL_R_HOLD_EVICTED);
	if (res != SAL_HELD)
		kfree(held);
	return res;
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
