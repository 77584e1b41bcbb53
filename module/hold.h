/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hold.h - packets that wait while the gate of their service is closed
 */
#ifndef _SAL_HOLD_H
#define _SAL_HOLD_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "episode.h"
#include "lane.h"

struct sal_domain;
struct sal_member;
struct sal_packet;
struct sal_service;
struct sal_spot;

/**
 * struct sal_held - one held packet
 * @list: in &sal_hold_queue.held
 * @skb: the packet as the client sent it, without device, route, conntrack
 * @member: whose packet it is. The end of the membership purges the queue, so
 *	it is there while the entry is, and for an RCU read side that took
 *	the entry off under the lock.
 * @deadline: jiffies
 * @lane: its place among those of its conversation; its bytes
 * @af: family
 * @iif: number of the device it came by, 0 where it was on its way out. A
 *	number, since a device could not go while it is held.
 */
struct sal_held {
	struct list_head list;
	struct sk_buff *skb;
	struct sal_member *member;
	unsigned long deadline;
	struct sal_lane lane;
	enum sal_af af;
	int iif;
};

/**
 * struct sal_hold_queue - what a service has when it has held a packet once
 * @svc: the service, which it ends with
 * @list: in &sal_domain.queues
 * @held: &struct sal_held for each family, the oldest first
 * @lanes: the same by conversation, both families together
 * @episode: what listeners are told of, for each family
 * @released: packets released since the gate began to, for each family
 * @opener: enum sal_hold_cause: why the gate has begun to open, for each family
 * @untold: for each family, enum sal_fate of the last loss that no event tells of, or 0
 * @busy: the work is not yet done with what it releases, for each family
 * @cpu: where the latest packet came from, and so where they leave: newer
 *	packets of that CPU follow them through the same backlog
 * @work: releases and expires
 */
struct sal_hold_queue {
	struct sal_service *svc;
	struct list_head list;
	struct list_head held[SAL_AF_NUM];
	struct sal_lanes lanes;
	struct sal_episode episode[SAL_AF_NUM];
	u32 released[SAL_AF_NUM];
	u8 opener[SAL_AF_NUM];
	u8 untold[SAL_AF_NUM];
	bool busy[SAL_AF_NUM];
	int cpu;
	struct delayed_work work;
};

/**
 * struct sal_hold - the packets of a service that wait
 * @lock: guards all of it, and &sal_service.gate
 * @packets: how many, both families together
 * @bytes: how much, likewise
 * @paused: a transaction is changing the service: gates are closed and stay so,
 *	and no packet is too old
 * @frozen: somebody wants packets to wait, see freeze.h: gates are closed and stay
 *	so, and no packet is too old
 * @lent: for each family, from a pause until what it held is released: packets do
 *	not wait for want of an endpoint, so none is too much for the service
 * @q: where they are; NULL before the first one, and never changes then
 */
struct sal_hold {
	spinlock_t lock;	/* all below, and the gates */
	u32 packets;
	u32 bytes;
	bool paused;
	bool frozen;
	bool lent[SAL_AF_NUM];
	struct sal_hold_queue *q;
};

/* the oldest packet that waits, or NULL; its lock is held */
static inline struct sal_held *sal_hold_first(const struct sal_hold *h,
					      enum sal_af af)
{
	return h->q ? list_first_entry_or_null(&h->q->held[af],
					       struct sal_held, list) : NULL;
}

/**
 * enum sal_hold_result - what became of a packet that was to be held
 * @SAL_HELD: it is in the queue, and no longer the caller's
 * @SAL_HOLD_OPEN: the gate has just opened: resolve it again
 * @SAL_HOLD_FULL: over a bound of the service, and no conversation has much more
 * @SAL_HOLD_FLOW_FULL: over what one conversation may have of it
 * @SAL_HOLD_DOMAIN_FULL: likewise over a bound of the domain, or of all guests
 * @SAL_HOLD_OFF: the service holds nothing, or is deleted
 * @SAL_HOLD_NOMEM: no memory
 */
enum sal_hold_result {
	SAL_HELD,
	SAL_HOLD_OPEN,
	SAL_HOLD_FULL,
	SAL_HOLD_FLOW_FULL,
	SAL_HOLD_DOMAIN_FULL,
	SAL_HOLD_OFF,
	SAL_HOLD_NOMEM,
};

/* hold a client's packet; RCU, BH off or on */
enum sal_hold_result sal_hold_packet(struct sal_service *svc,
				     const struct sal_spot *spot,
				     struct sk_buff *skb,
				     const struct sal_packet *pkt);

/* a service has no usable endpoint left, or has one again; sal_lock */
void sal_hold_close(struct sal_service *svc, enum sal_af af);
void sal_hold_open(struct sal_service *svc, enum sal_af af);

/* settings have changed: look at the deadlines anew */
void sal_hold_kick(struct sal_service *svc);

/*
 * Packets wait while a transaction is being done, so that none sees a part of
 * it. One RCU grace period after sal_hold_pause() no packet is inside that has
 * not seen the pause. All three under sal_mutex.
 */
void sal_hold_pause(struct sal_service *svc);
/* those whose VIP is another service's now go there, before those that came
 * there since
 */
void sal_hold_rehome(struct sal_service *svc);
void sal_hold_resume(struct sal_service *svc);

/* those that are no service's any more go where rules now say; sal_mutex */
void sal_hold_let_go(struct sal_service *svc);

/* packets wait, whatever endpoints there are; and no longer. sal_mutex. */
void sal_hold_freeze(struct sal_service *svc);
void sal_hold_thaw(struct sal_service *svc);

/* it waits no more; the lock is held */
void sal_hold_unlink(struct sal_hold *h, struct sal_held *held);

/* drop what a member has in the queues of its domain; sal_mutex */
void sal_hold_purge(const struct sal_member *m);

void sal_hold_init(struct sal_service *svc);
/* the service is dead; drops what is left and waits for the work. May sleep. */
void sal_hold_destroy(struct sal_service *svc);
/* RCU has let everyone go */
void sal_hold_free(struct sal_service *svc);

#ifdef DEBUG
int sal_hold_selftest(void);
#else
static inline int sal_hold_selftest(void)
{
	return 0;
}
#endif

#endif /* _SAL_HOLD_H */
