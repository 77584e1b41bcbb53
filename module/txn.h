/* SPDX-License-Identifier: GPL-2.0 */
/*
 * txn.h - changes of services and endpoints: planned one by one, done together
 */
#ifndef _SAL_TXN_H
#define _SAL_TXN_H

#include <linux/list.h>
#include <linux/types.h>

struct sal_domain;
struct sal_endpoint;
struct sal_member;
struct sal_service;
struct sal_vip;

/**
 * DOC: transactions
 *
 * Every change of services and endpoints is *planned* first: it is checked
 * against what there will be when all that was planned before is done, and
 * memory for it is had. That may fail, and then all of it is forgotten
 * (sal_txn_abort()): what was touched is as it was, what was made goes. Then it
 * is done (sal_txn_commit()), which cannot fail. From the first plan to the end
 * of either sal_mutex is held, so no other request sees what is planned; the
 * data path does not see it, because new VIPs belong to nobody, new endpoints
 * are not usable and not in the way back (&sal_reverse.pending), and new
 * members have no &sal_net.member.
 *
 * A request on its own is a transaction, and what is done for one object is done
 * in an order in which packets may see each step. With several objects there is
 * no such order. Then the packets of all services that are touched wait in their
 * hold queues meanwhile (sal_hold_pause()).
 */

/**
 * enum sal_plan - what is to become of an object
 * @SAL_PLAN_KEEP: it stays as it is, though it may be touched
 * @SAL_PLAN_ADD: it is new; nobody sees it yet
 * @SAL_PLAN_SET: it changes
 * @SAL_PLAN_DEL: it goes
 */
enum sal_plan {
	SAL_PLAN_KEEP,
	SAL_PLAN_ADD,
	SAL_PLAN_SET,
	SAL_PLAN_DEL,
};

/**
 * struct sal_txn - a transaction; lives on the stack of who holds sal_mutex
 * @d: domain
 * @several: it is of several requests
 * @paused: packets of what is touched wait while it is done
 * @id: its number when it is being done; 0 for a request on its own
 * @services: what is touched, in the order in which it was first, through
 *	&sal_service.touched
 * @endpoints: likewise, through &sal_endpoint.touched
 * @vips: likewise, through &sal_vip.touched
 * @aliases: likewise, through &sal_alias.touched
 * @members: new members, through &sal_member.joining
 */
struct sal_txn {
	struct sal_domain *d;
	bool several;
	bool paused;
	u32 id;
	struct list_head services;
	struct list_head endpoints;
	struct list_head vips;
	struct list_head aliases;
	struct list_head members;
};

/* all under sal_mutex */

/* @several: of several requests, whose packets must not see a part */
void sal_txn_begin(struct sal_txn *t, struct sal_domain *d, bool several);
void sal_txn_touch_service(struct sal_txn *t, struct sal_service *svc);
void sal_txn_touch_endpoint(struct sal_txn *t, struct sal_endpoint *ep);
void sal_txn_touch_vip(struct sal_txn *t, struct sal_vip *vip);
/* it is to be nobody's; one that nobody has seen is gone at once */
void sal_txn_leave_vip(struct sal_txn *t, struct sal_vip *vip);

/* do all that was planned; may sleep */
void sal_txn_commit(struct sal_txn *t);
/* forget it */
void sal_txn_abort(struct sal_txn *t);

#endif /* _SAL_TXN_H */
