// SPDX-License-Identifier: GPL-2.0
/*
 * txn.c - changes of services and endpoints: planned one by one, done together
 *
 * The order in which they are done is that of one object, for all objects:
 *
 *	1  namespaces become members
 *	2  VIPs get their services: what is new comes before old goes
 *	3  services get their settings
 *	4  VIPs of nobody go
 *	5  new endpoints are known by their addresses: before the first request
 *	   can arrive replies must be
 *	6  endpoints that come, or are usable now, take flows
 *	7  endpoints that go, or are not usable now, lose theirs to those
 *	8  addresses that the former had from the latter
 *	9  tables of schedulers
 *
 * In a transaction of several requests the packets of all services concerned
 * wait meanwhile. Whoever was inside before has gone after one RCU grace
 * period, and a packet that has found its service before step 2 is in its queue
 * after another one; then it is given to who has its VIP now.
 */
#include <linux/rcupdate.h>

#include "alias.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "flow.h"
#include "guest.h"
#include "member.h"
#include "net.h"
#include "rule.h"
#include "sched_maglev.h"
#include "service.h"
#include "txn.h"
#include "vip.h"

void sal_txn_begin(struct sal_txn *t, struct sal_domain *d, bool several)
{
	lockdep_assert_held(&sal_mutex);
	t->d = d;
	t->several = several;
	t->paused = several;
	t->id = 0;
	INIT_LIST_HEAD(&t->services);
	INIT_LIST_HEAD(&t->endpoints);
	INIT_LIST_HEAD(&t->vips);
	INIT_LIST_HEAD(&t->aliases);
	INIT_LIST_HEAD(&t->members);
}

void sal_txn_touch_service(struct sal_txn *t, struct sal_service *svc)
{
	if (list_empty(&svc->touched))
		list_add_tail(&svc->touched, &t->services);
}

void sal_txn_touch_endpoint(struct sal_txn *t, struct sal_endpoint *ep)
{
	if (list_empty(&ep->touched))
		list_add_tail(&ep->touched, &t->endpoints);
	sal_txn_touch_service(t, ep->svc);
}

void sal_txn_touch_vip(struct sal_txn *t, struct sal_vip *vip)
{
	if (list_empty(&vip->touched))
		list_add_tail(&vip->touched, &t->vips);
}

/* --- VIPs ------------------------------------------------------------------- */

static void txn_free_vip(struct sal_txn *t, struct sal_vip *vip)
{
	list_del_init(&vip->touched);
	sal_vip_remove(&t->d->vips, vip);
	sal_guest_uncharge(t->d, SAL_SHARE_TABLES, SAL_VIP_SIZE);
	sal_vip_free(vip);
}

void sal_txn_leave_vip(struct sal_txn *t, struct sal_vip *vip)
{
	vip->next = NULL;
	if (rcu_access_pointer(vip->svc))
		sal_txn_touch_vip(t, vip);
	else
		txn_free_vip(t, vip);
}

static void txn_give_vips(struct sal_txn *t)
{
	struct sal_vip *vip;

	list_for_each_entry(vip, &t->vips, touched)
		if (vip->next)
			rcu_assign_pointer(vip->svc, vip->next);
}

/* those of nobody go */
static void txn_settle_vips(struct sal_txn *t)
{
	struct sal_vip *vip, *next;

	list_for_each_entry_safe(vip, next, &t->vips, touched) {
		if (vip->next)
			list_del_init(&vip->touched);
		else
			txn_free_vip(t, vip);
	}
}

/* --- commit ----------------------------------------------------------------- */

static void txn_number(struct sal_txn *t)
{
	struct sal_service *svc;

	/* 0 is none */
	t->id = ++t->d->txn_id ?: ++t->d->txn_id;
	list_for_each_entry(svc, &t->services, touched)
		WRITE_ONCE(svc->txn, t->id);
}

static void txn_touch_owner(struct sal_txn *t, struct sal_service *svc)
{
	if (svc)
		sal_txn_touch_service(t, svc);
}

/*
 * Whose VIP is of a shorter prefix gets what is given up, and loses what is new;
 * packets of both keep their order only where both wait.
 */
static void txn_touch_covers(struct sal_txn *t)
{
	struct sal_vip *vip, *now, *then;

	rcu_read_lock();
	list_for_each_entry(vip, &t->vips, touched) {
		now = sal_vip_lookup(&t->d->vips, &vip->pfx.addr);
		then = sal_vip_lookup_next(&t->d->vips, &vip->pfx.addr);
		txn_touch_owner(t, now ? rcu_dereference(now->svc) : NULL);
		txn_touch_owner(t, then ? then->next : NULL);
	}
	rcu_read_unlock();
}

static void txn_pause(struct sal_txn *t)
{
	struct sal_service *svc;

	list_for_each_entry(svc, &t->services, touched)
		sal_hold_pause(svc);
	synchronize_rcu();
}

static void txn_resume(struct sal_txn *t)
{
	struct sal_service *svc;

	synchronize_rcu();
	list_for_each_entry(svc, &t->services, touched)
		sal_hold_rehome(svc);
	sal_rules_settle_now(t->d);
	list_for_each_entry(svc, &t->services, touched)
		if (svc->plan != SAL_PLAN_DEL)
			sal_hold_resume(svc);
}

/* while all of it is still there to be told of */
static void txn_events_before(struct sal_txn *t)
{
	struct sal_service *svc;

	list_for_each_entry(svc, &t->services, touched)
		if (svc->plan == SAL_PLAN_DEL)
			sal_event_service(svc, SAL_CMD_SERVICE_DEL_NTF);
}

static void txn_events_after(struct sal_txn *t)
{
	struct sal_endpoint *ep;
	struct sal_service *svc;

	list_for_each_entry(svc, &t->services, touched) {
		if (svc->plan == SAL_PLAN_ADD)
			sal_event_service(svc, SAL_CMD_SERVICE_ADD_NTF);
		else if (svc->plan == SAL_PLAN_SET)
			sal_event_service(svc, SAL_CMD_SERVICE_SET_NTF);
	}
	list_for_each_entry(ep, &t->endpoints, touched)
		sal_endpoint_tell(ep);
}

static void txn_apply(struct sal_txn *t)
{
	struct sal_endpoint *ep;
	struct sal_service *svc;

	sal_members_join(t);
	sal_aliases_give(t);
	txn_give_vips(t);
	list_for_each_entry(svc, &t->services, touched)
		sal_service_apply(svc);
	sal_aliases_settle(t);
	txn_settle_vips(t);
	if (!t->paused)
		list_for_each_entry(svc, &t->services, touched)
			if (svc->plan == SAL_PLAN_DEL)
				sal_service_end(svc);
	list_for_each_entry(ep, &t->endpoints, touched)
		sal_endpoint_admit(ep);
	list_for_each_entry(ep, &t->endpoints, touched) {
		sal_endpoint_arrive(ep);
		cond_resched();
	}
	list_for_each_entry(ep, &t->endpoints, touched)
		sal_endpoint_warn_off(ep);
	list_for_each_entry(ep, &t->endpoints, touched) {
		sal_endpoint_depart(ep);
		cond_resched();
	}
	list_for_each_entry(ep, &t->endpoints, touched)
		sal_endpoint_admit_late(ep);
	list_for_each_entry(svc, &t->services, touched)
		sal_maglev_refresh(svc);
}

static void txn_end_services(struct sal_txn *t)
{
	struct sal_service *svc, *next;
	bool gone = false;

	list_for_each_entry_safe(svc, next, &t->services, touched) {
		bool set = svc->plan == SAL_PLAN_SET;
		bool del = svc->plan == SAL_PLAN_DEL;

		if (del && t->paused)
			sal_service_end(svc);
		sal_service_settle(svc);
		if (set)
			sal_hold_kick(svc);
		if (del)
			sal_service_put(svc);
		gone |= del;
	}
	if (gone)
		sal_flow_collect(t->d);
}

void sal_txn_commit(struct sal_txn *t)
{
	struct sal_endpoint *ep, *next;
	bool vips = !list_empty(&t->vips);

	lockdep_assert_held(&sal_mutex);
	if (t->several) {
		txn_touch_covers(t);
		txn_number(t);
	}
	/* who waits for an answer comes before who has not waited */
	if (vips && sal_rules_wait(t->d))
		t->paused = true;
	txn_events_before(t);
	if (t->paused)
		txn_pause(t);
	txn_apply(t);
	if (t->paused)
		txn_resume(t);
	else if (vips || !list_empty(&t->endpoints))
		sal_rules_settle(t->d);
	if (!list_empty(&t->services) || !list_empty(&t->endpoints))
		sal_domain_changed(t->d);
	txn_events_after(t);
	list_for_each_entry_safe(ep, next, &t->endpoints, touched)
		sal_endpoint_settle(ep);
	txn_end_services(t);
}

/* --- abort ------------------------------------------------------------------ */

static void txn_forget_vips(struct sal_txn *t)
{
	struct sal_vip *vip;

	list_for_each_entry(vip, &t->vips, touched)
		vip->next = rcu_dereference_protected(vip->svc,
						      lockdep_is_held(&sal_mutex));
	txn_settle_vips(t);
}

/* what was made last goes first, as it may have taken another's place */
void sal_txn_abort(struct sal_txn *t)
{
	struct sal_endpoint *ep, *ep_next;
	struct sal_service *svc, *svc_next;

	lockdep_assert_held(&sal_mutex);
	list_for_each_entry_safe_reverse(ep, ep_next, &t->endpoints, touched)
		sal_endpoint_forget(ep);
	list_for_each_entry_safe_reverse(svc, svc_next, &t->services, touched)
		sal_service_forget(svc);
	txn_forget_vips(t);
	sal_aliases_forget(t);
	sal_members_forget(t);
}
