// SPDX-License-Identifier: GPL-2.0
/*
 * hold_rehome.c - packets that wait, and are another service's meanwhile
 */
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "datapath.h"
#include "domain.h"
#include "hold.h"
#include "hold_queue.h"
#include "net.h"
#include "rule.h"
#include "service.h"
#include "stats.h"
#include "vip.h"
#include "xlat.h"

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
	sal_hold_push_front(h, af, held);
	sal_episode_begin(svc, af, SAL_HOLD_CAUSE_TRANSACTION);
	h->q->cpu = raw_smp_processor_id();
	if (svc->gate[af] == SAL_GATE_OPEN) {
		h->q->opener[af] = SAL_HOLD_CAUSE_TRANSACTION;
		WRITE_ONCE(svc->gate[af], SAL_GATE_RELEASING);
		h->q->released[af] = 0;
	}
	if (!h->paused)
		sal_hold_run(h->q);
}

static void hold_take_in(struct sal_service *svc, enum sal_af af,
			 struct sal_held *held)
{
	struct sal_hold_queue *q = sal_hold_queue_prepare(svc);
	bool taken;

	spin_lock(&svc->hold.lock);
	taken = sal_hold_queue_give(svc, &q);
	if (taken)
		hold_push_in(svc, af, held);
	spin_unlock(&svc->hold.lock);
	sal_hold_queue_discard(svc, q);
	if (!taken)
		sal_held_drop(svc->domain, held, SAL_R_NO_MEMORY);
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
				sal_held_free(svc->domain, held);
			else
				sal_held_drop(svc->domain, held,
					      SAL_R_HOLD_PURGED);
			local_bh_enable();
		}
		rcu_read_unlock();
	}
}
