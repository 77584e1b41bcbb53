// SPDX-License-Identifier: GPL-2.0
/*
 * endpoint_txn.c - how endpoints come, change and go: plans, and what is done
 *
 * See txn.h for the order of all, and endpoint.c for what becomes of those that
 * have gone.
 */
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "home.h"
#include "link.h"
#include "net.h"
#include "prefix.h"
#include "revtable.h"
#include "service.h"
#include "vip.h"

/* --- plans ------------------------------------------------------------------ */

static int endpoint_check_addr(struct sal_service *svc,
			       const struct in6_addr *addr,
			       const struct sal_endpoint *self,
			       struct netlink_ext_ack *extack)
{
	struct sal_domain *d = svc->domain;
	struct sal_endpoint *ep;
	struct sal_vip *vip;
	int err;

	err = sal_prefix_check_endpoint(addr, extack);
	if (err)
		return err;

	vip = sal_vip_lookup_next(&d->vips, addr);
	if (vip) {
		NL_SET_ERR_MSG_FMT(extack,
				   "address is covered by a VIP of '%.40s'",
				   vip->next->name);
		return -EADDRINUSE;
	}
	/* other services' may be there, too */
	ep = sal_reverse_of(d, svc, addr);
	if (ep && ep == self)
		return 0;
	if (!ep && sal_reverse_is_full(d, addr)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "the address has its limit of %u endpoints",
				   SAL_AT_ADDRESS_MAX);
		return -ENOSPC;
	}
	if (!ep)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "address is in use by endpoint '%.18s' of '%.18s'",
			   ep->name, svc->name);
	return -EADDRINUSE;
}

static int endpoint_check_port(const struct sal_service *svc, u16 port,
			       struct netlink_ext_ack *extack)
{
	const struct sal_service_conf *conf = sal_service_next_conf(svc);

	if (!port)
		return 0;
	if (!conf->port) {
		NL_SET_ERR_MSG_FMT(extack,
				   "service '%.40s' has no port that could be another there",
				   svc->name);
		return -EOPNOTSUPP;
	}
	if (port + conf->port_end - conf->port > U16_MAX) {
		NL_SET_ERR_MSG_FMT(extack,
				   "the ports of service '%.40s' do not fit behind it",
				   svc->name);
		return -ERANGE;
	}
	return 0;
}

int sal_endpoint_check(struct sal_service *svc,
		       const struct sal_endpoint_req *req,
		       const struct sal_endpoint *self,
		       struct netlink_ext_ack *extack)
{
	struct sal_domain *d = svc->domain;
	int err, af;

	lockdep_assert_held(&sal_mutex);
	if (!self && sal_endpoint_find(svc, req->name)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "'%.24s' has an endpoint '%.24s' already",
				   svc->name, req->name);
		return -EEXIST;
	}
	if (!req->has) {
		NL_SET_ERR_MSG(extack, "an endpoint needs an address");
		return -EINVAL;
	}
	err = endpoint_check_port(svc, req->port, extack);
	if (err)
		return err;
	for (af = 0; af < SAL_AF_NUM; af++) {
		if (!(req->has & BIT(af)))
			continue;
		err = endpoint_check_addr(svc, &req->addr[af], self, extack);
		if (err)
			return err;
	}
	if (!self && d->n_endpoints >= d->limits.endpoints) {
		NL_SET_ERR_MSG_FMT(extack,
				   "the domain has its limit of %u endpoints",
				   d->limits.endpoints);
		return -ENOSPC;
	}
	return 0;
}

/* @ep has an address that @old, whose place it takes, has as well */
static bool endpoint_shares(const struct sal_endpoint *ep, enum sal_af af)
{
	return ep->old && ep->has & BIT(af) &&
	       sal_endpoint_has(ep->old, sal_endpoint_addr(ep, af));
}

/* memory for the way back; those that it shares with @old it takes over */
static int endpoint_plan_addrs(struct sal_endpoint *ep)
{
	int err, af;

	for (af = 0; af < SAL_AF_NUM; af++) {
		if (!(ep->has & BIT(af)))
			continue;
		if (endpoint_shares(ep, af)) {
			sal_reverse_inherit(&ep->rev[af], &ep->old->rev[af]);
			/* by another port it is another place */
			if (ep->shift != ep->old->shift)
				ep->rev[af].num = ep->id;
			continue;
		}
		ep->rev[af].num = ep->id;
		err = sal_reverse_insert(ep->svc->domain, &ep->rev[af]);
		if (err)
			return err;
	}
	return 0;
}

/* @old: whose place it takes, or NULL */
static struct sal_endpoint *endpoint_plan(struct sal_txn *t,
					  struct sal_service *svc,
					  const struct sal_endpoint_req *req,
					  struct sal_endpoint *old,
					  struct netlink_ext_ack *extack)
{
	struct sal_endpoint *ep;
	int err;

	ep = sal_endpoint_make(svc, req, extack);
	if (IS_ERR(ep))
		return ep;
	sal_txn_touch_endpoint(t, ep);
	ep->old = old;
	ep->lease.start = req->renew;
	if (old)
		old->heir = ep;
	err = endpoint_plan_addrs(ep);
	if (!err)
		err = sal_drain_plan(ep, req->state, &req->drain);
	if (!err)
		err = sal_link_plan(ep);
	if (err) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return ERR_PTR(err);
	}
	return ep;
}

struct sal_endpoint *sal_endpoint_create(struct sal_txn *t,
					 struct sal_service *svc,
					 const struct sal_endpoint_req *req,
					 struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&sal_mutex);
	err = sal_endpoint_check(svc, req, NULL, extack);
	if (err)
		return ERR_PTR(err);
	return endpoint_plan(t, svc, req, NULL, extack);
}

static bool endpoint_same_place(const struct sal_endpoint *ep,
				const struct sal_endpoint_req *req)
{
	int af;

	if (ep->has != req->has || ep->net != req->net ||
	    ep->absent != req->absent || ep->port != req->port)
		return false;
	for (af = 0; af < SAL_AF_NUM; af++)
		if (ep->has & BIT(af) &&
		    !ipv6_addr_equal(sal_endpoint_addr(ep, af),
				     &req->addr[af]))
			return false;
	return true;
}

static void endpoint_plan_del(struct sal_txn *t, struct sal_endpoint *ep,
			      enum sal_cause cause)
{
	ep->plan = SAL_PLAN_DEL;
	ep->cause = cause;
	ep->svc->domain->n_endpoints--;
	sal_txn_touch_endpoint(t, ep);
}

/* whose place a planned one was to take stands alone again */
static void endpoint_cancel(struct sal_endpoint *ep)
{
	if (ep->old)
		ep->old->heir = NULL;
	sal_link_forget(ep);
	sal_endpoint_vanish(ep);
}

static struct sal_endpoint *
endpoint_move_house(struct sal_txn *t, struct sal_endpoint *ep,
		    const struct sal_endpoint_req *req,
		    struct netlink_ext_ack *extack)
{
	struct sal_service *svc = ep->svc;
	struct sal_endpoint *old = ep;
	int err;

	err = sal_endpoint_check(svc, req, ep, extack);
	if (err)
		return ERR_PTR(err);
	if (ep->plan == SAL_PLAN_ADD) {
		old = ep->old;
		endpoint_cancel(ep);
	} else {
		endpoint_plan_del(t, ep, SAL_CAUSE_ENDPOINT_DEL);
	}
	return endpoint_plan(t, svc, req, old, extack);
}

struct sal_endpoint *sal_endpoint_change(struct sal_txn *t,
					 struct sal_endpoint *ep,
					 const struct sal_endpoint_req *req,
					 struct netlink_ext_ack *extack)
{
	bool look = ep->want_state != req->state ||
		    (req->renew && READ_ONCE(ep->lease.expired));

	lockdep_assert_held(&sal_mutex);
	if (!endpoint_same_place(ep, req))
		return endpoint_move_house(t, ep, req, extack);
	if (ep->plan == SAL_PLAN_KEEP)
		ep->plan = SAL_PLAN_SET;
	sal_txn_touch_endpoint(t, ep);
	ep->want_weight = req->weight;
	ep->want_tier = req->tier;
	ep->want_max_flows = req->max_flows;
	ep->want_state = req->state;
	ep->lease.want = req->lease;
	ep->lease.start = req->renew;
	if (sal_drain_plan(ep, req->state, &req->drain) ||
	    (look && sal_link_plan(ep))) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return ERR_PTR(-ENOMEM);
	}
	return ep;
}

bool sal_endpoint_renew(struct sal_txn *t, struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	if (ep->plan != SAL_PLAN_KEEP || READ_ONCE(ep->lease.expired))
		return false;
	if (!t->several)
		return sal_lease_renew(ep);
	sal_txn_touch_endpoint(t, ep);
	ep->lease.start = true;
	return true;
}

void sal_endpoint_delete(struct sal_txn *t, struct sal_endpoint *ep,
			 enum sal_cause cause)
{
	lockdep_assert_held(&sal_mutex);
	if (ep->plan == SAL_PLAN_ADD)
		endpoint_cancel(ep);
	else
		endpoint_plan_del(t, ep, cause);
}

void sal_endpoint_forget(struct sal_endpoint *ep)
{
	switch (ep->plan) {
	case SAL_PLAN_ADD:
		endpoint_cancel(ep);
		return;
	case SAL_PLAN_DEL:
		ep->svc->domain->n_endpoints++;
		break;
	case SAL_PLAN_KEEP:
	case SAL_PLAN_SET:
		break;
	}
	sal_endpoint_settle(ep);
}

/* --- what was planned is done ----------------------------------------------- */

static bool endpoint_is_taken(const struct sal_endpoint *ep, enum sal_af af)
{
	return sal_reverse_leaving(ep->svc->domain, ep->svc,
				   sal_endpoint_addr(ep, af));
}

/*
 * @late: where one of the same service that goes has it until it has gone; and
 * where one of another service did, whose ghost it is now
 */
static void endpoint_admit(struct sal_endpoint *ep, bool late)
{
	int af;

	if (ep->plan != SAL_PLAN_ADD)
		return;
	for (af = 0; af < SAL_AF_NUM; af++)
		if (ep->rev[af].linked && (late || !endpoint_is_taken(ep, af)))
			sal_reverse_admit(ep->svc->domain, &ep->rev[af]);
}

void sal_endpoint_admit(struct sal_endpoint *ep)
{
	endpoint_admit(ep, false);
}

void sal_endpoint_admit_late(struct sal_endpoint *ep)
{
	endpoint_admit(ep, true);
}

static void endpoint_move_cells(struct sal_endpoint *old,
				struct sal_endpoint *ep)
{
	struct sal_moved moved = {};
	int af;

	spin_lock_bh(&sal_lock);
	for (af = 0; af < SAL_AF_NUM; af++)
		if (ep->usable[af])
			sal_cells_move_all(old, ep, af, &moved);
	/* and what it has opened */
	sal_home_inherit(old, ep);
	spin_unlock_bh(&sal_lock);
}

/* in one step; needs no memory, and cannot fail */
static void endpoint_take_addrs(struct sal_endpoint *ep)
{
	int af;

	for (af = 0; af < SAL_AF_NUM; af++)
		if (endpoint_shares(ep, af))
			sal_reverse_replace(ep->svc->domain, &ep->old->rev[af],
					    &ep->rev[af]);
}

/*
 * Flows move before the addresses that both have do: a reply meanwhile is a
 * late one of the old endpoint.
 */
static void endpoint_inherit(struct sal_endpoint *ep)
{
	endpoint_move_cells(ep->old, ep);
	endpoint_take_addrs(ep);
}

static void endpoint_set_state(struct sal_endpoint *ep, u32 state)
{
	spin_lock_bh(&sal_lock);
	WRITE_ONCE(ep->state, state);
	spin_unlock_bh(&sal_lock);
}

/*
 * Who puts it there has a right over its namespace and over the domain's; so the
 * latter gets an ID for readers to know the former by.
 */
static void endpoint_introduce(struct sal_endpoint *ep)
{
	ep->svc->n_endpoints++;
	if (ep->net)
		peernet2id_alloc(ep->svc->domain->net, ep->net, GFP_KERNEL);
}

void sal_endpoint_arrive(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	if (ep->plan != SAL_PLAN_DEL)
		sal_lease_apply(ep);
	if (ep->plan != SAL_PLAN_ADD && ep->plan != SAL_PLAN_SET)
		return;
	WRITE_ONCE(ep->weight, ep->want_weight);
	WRITE_ONCE(ep->tier, ep->want_tier);
	WRITE_ONCE(ep->max_flows, ep->want_max_flows);
	if (ep->plan == SAL_PLAN_ADD)
		endpoint_introduce(ep);
	else if (ep->want_state == SAL_ENDPOINT_STATE_DOWN)
		return;
	endpoint_set_state(ep, ep->want_state);
	sal_link_apply(ep);
	if (ep->old)
		endpoint_inherit(ep);
	sal_drain_apply(ep);
}

static bool endpoint_departs(const struct sal_endpoint *ep)
{
	if (ep->plan == SAL_PLAN_DEL)
		return true;
	return ep->plan == SAL_PLAN_SET &&
	       ep->want_state == SAL_ENDPOINT_STATE_DOWN &&
	       ep->state != SAL_ENDPOINT_STATE_DOWN;
}

/* flows of those that go, go to those that stay */
void sal_endpoint_warn_off(struct sal_endpoint *ep)
{
	if (!endpoint_departs(ep))
		return;
	spin_lock_bh(&sal_lock);
	WRITE_ONCE(ep->leaving, true);
	spin_unlock_bh(&sal_lock);
}

static void endpoint_down(struct sal_endpoint *ep)
{
	int af;

	endpoint_set_state(ep, SAL_ENDPOINT_STATE_DOWN);
	spin_lock_bh(&sal_lock);
	for (af = 0; af < SAL_AF_NUM; af++)
		sal_cells_leave(ep, af, SAL_CAUSE_ENDPOINT_DOWN);
	spin_unlock_bh(&sal_lock);
	sal_link_apply(ep);
	sal_drain_apply(ep);
}

void sal_endpoint_depart(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	if (!endpoint_departs(ep))
		return;
	if (ep->plan == SAL_PLAN_SET) {
		endpoint_down(ep);
		WRITE_ONCE(ep->leaving, false);
	} else {
		ep->left = ep->net;
		sal_endpoint_remove(ep, ep->cause);
		ep->svc->n_endpoints--;
	}
}

void sal_endpoint_tell(struct sal_endpoint *ep)
{
	u8 cmd = SAL_CMD_ENDPOINT_SET_NTF;

	/* a lease was renewed */
	if (ep->plan == SAL_PLAN_KEEP)
		return;
	if (ep->plan == SAL_PLAN_ADD && !ep->old)
		cmd = SAL_CMD_ENDPOINT_ADD_NTF;
	else if (ep->plan == SAL_PLAN_DEL)
		cmd = SAL_CMD_ENDPOINT_DEL_NTF;
	sal_drain_tell(ep, true);
	/* what happens from now on is told, and nothing before */
	spin_lock_bh(&sal_lock);
	if (!ep->heir)
		sal_event_endpoint(ep, ep->left ?: ep->net, cmd);
	ep->pending = false;
	spin_unlock_bh(&sal_lock);
	sal_drain_tell(ep, false);
}

/* the heir of one that goes knows it no more */
void sal_endpoint_settle(struct sal_endpoint *ep)
{
	bool gone = ep->dead;

	lockdep_assert_held(&sal_mutex);
	sal_link_forget(ep);
	list_del_init(&ep->touched);
	ep->want_weight = ep->weight;
	ep->want_tier = ep->tier;
	ep->want_max_flows = ep->max_flows;
	ep->want_state = ep->state;
	sal_lease_settle(ep);
	sal_drain_settle(ep);
	ep->heir = NULL;
	ep->old = NULL;
	ep->left = NULL;
	ep->plan = SAL_PLAN_KEEP;
	if (gone)
		sal_endpoint_haunt(ep);
}
