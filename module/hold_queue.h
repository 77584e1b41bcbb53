/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hold_queue.h - the queue of packets that wait, for those who put in and take out
 *
 * hold.c, gate.c and hold_rehome.c; for all others there is hold.h. Under the lock of
 * &struct sal_hold unless something else is said.
 */
#ifndef _SAL_HOLD_QUEUE_H
#define _SAL_HOLD_QUEUE_H

#include <linux/types.h>

#include "addr.h"
#include "reason.h"

struct sal_domain;
struct sal_held;
struct sal_hold;
struct sal_hold_queue;
struct sal_service;
struct work_struct;

/* before all others: it was the first, or comes from another service */
void sal_hold_push_front(struct sal_hold *h, enum sal_af af,
			 struct sal_held *held);
/* the first; NULL where there is none */
struct sal_held *sal_hold_pop(struct sal_hold *h, enum sal_af af);
/* the first if its time is over */
struct sal_held *sal_hold_pop_expired(struct sal_hold *h, enum sal_af af,
				      unsigned long now);

/*
 * First, without the lock, to have a queue where the service has none; then
 * sal_hold_queue_give() with it; then, without it, sal_hold_queue_discard() what was
 * not needed.
 */
struct sal_hold_queue *sal_hold_queue_prepare(struct sal_service *svc);
/* false where it has none, as there was no memory, or it is dead */
bool sal_hold_queue_give(struct sal_service *svc, struct sal_hold_queue **q);
void sal_hold_queue_discard(struct sal_service *svc,
			    struct sal_hold_queue *q);

/* of one in no queue, without the lock: its packet goes on, or does not */
void sal_held_free(struct sal_domain *d, struct sal_held *held);
void sal_held_drop(struct sal_domain *d, struct sal_held *held,
		   enum sal_reason reason);

/* gate.c: what lets go, and drops what is over; soon */
void sal_hold_work(struct work_struct *work);
void sal_hold_run(struct sal_hold_queue *q);

#endif /* _SAL_HOLD_QUEUE_H */
