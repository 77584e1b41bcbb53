/* SPDX-License-Identifier: GPL-2.0 */
/*
 * drain.h - endpoints that keep their flows and get no new ones, until they have none
 *
 * A drain begins with the state draining. When the last flow has gone the endpoint
 * is drained. It may have a deadline, at which the flows that are left move to the
 * other endpoints, or are reset.
 */
#ifndef _SAL_DRAIN_H
#define _SAL_DRAIN_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/timerqueue.h>
#include <linux/workqueue.h>

#include <uapi/linux/sal.h>

struct sal_domain;
struct sal_endpoint;

/**
 * enum sal_drain_phase - how far a drain is
 * @SAL_DRAIN_NOT: there is none
 * @SAL_DRAIN_ON: there are flows, or it was not looked yet whether there are
 * @SAL_DRAIN_DONE: there are none
 */
enum sal_drain_phase {
	SAL_DRAIN_NOT,
	SAL_DRAIN_ON,
	SAL_DRAIN_DONE,
};

/**
 * struct sal_drains - the drains of a domain
 * @looks: endpoints to be looked at, through &sal_drain.look. @lock.
 * @lock: nests inside locks of cells
 * @look: looks at them
 * @queue: drains with a deadline, through &sal_drain.node. sal_mutex.
 * @deadline: comes at the first of them
 */
struct sal_drains {
	struct list_head looks;
	spinlock_t lock;	/* @looks */
	struct work_struct look;
	struct timerqueue_head queue;
	struct delayed_work deadline;
};

/**
 * struct sal_drain_want - what a request says of a deadline
 * @deadline: in ms, 0 for none
 * @then: enum sal_drain_then
 * @set: it says anything
 */
struct sal_drain_want {
	u32 deadline;
	u32 then;
	bool set;
};

/**
 * struct sal_drain - the drain of an endpoint; all but @look under sal_mutex
 * @ep: the endpoint; never changes
 * @node: in &sal_drains.queue while there is a deadline; when something is to be
 *	done, by ktime_get()
 * @look: in &sal_drains.looks, whose lock guards it
 * @begun: when it began
 * @due: when the deadline comes
 * @took: how long it took, in ms, once it is over
 * @deadline: how long it may take, in ms; 0 for ever. Read by events without.
 * @then: enum sal_drain_then; likewise
 * @flows: flows as it began
 * @moved: flows that were moved, or reset, at the deadline
 * @late: the deadline has come
 * @want: planned: the deadline
 * @tells: planned: @step is to be told
 * @step: enum sal_drain_step
 * @cause: enum sal_cause
 */
struct sal_drain {
	struct sal_endpoint *ep;
	struct timerqueue_node node;
	struct list_head look;
	ktime_t begun;
	ktime_t due;
	u64 took;
	u32 deadline;
	u32 then;
	u32 flows;
	u32 moved;
	bool late;
	struct sal_drain_want want;
	bool tells;
	u8 step;
	u8 cause;
};

void sal_drains_init(struct sal_domain *d);
/* its endpoints have gone; may sleep, without sal_mutex */
void sal_drains_exit(struct sal_domain *d);

/* look soon at one whose flows have become none, or are some again; the lock of a
 * cell may be held
 */
void sal_drain_look(struct sal_endpoint *ep);

/* memory for it, where it may be needed; and what the request says. sal_mutex. 0 or
 * ENOMEM.
 */
int sal_drain_plan(struct sal_endpoint *ep, u32 state,
		   const struct sal_drain_want *want);

/* what is planned is done, its state is set and flows of @old are its own; the
 * second time as it is told, before or after the endpoint's own event; then the plan
 * is over. sal_mutex.
 */
void sal_drain_apply(struct sal_endpoint *ep);
void sal_drain_tell(struct sal_endpoint *ep, bool before);
void sal_drain_settle(struct sal_endpoint *ep);

/* it is deleted, and no cell points to it any more; sal_mutex */
void sal_drain_end(struct sal_endpoint *ep, enum sal_cause cause);

/* nobody looks at it any more; its cells do not either, or are about not to */
void sal_drain_forget(struct sal_endpoint *ep);

/* its state as users see it; any context */
u32 sal_drain_state(const struct sal_endpoint *ep);

/* for how long it has been draining, or how long that took; what is left until the
 * deadline. In ms; sal_mutex.
 */
u64 sal_drain_time(const struct sal_endpoint *ep);
u32 sal_drain_left(const struct sal_endpoint *ep);

#endif /* _SAL_DRAIN_H */
