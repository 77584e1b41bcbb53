// SPDX-License-Identifier: GPL-2.0
/*
 * service_txn.c - how services come, change and go: plans, and what is done
 *
 * See txn.h for the order of all, and service.c for what becomes of those that have
 * gone.
 */
#include <net/netlink.h>

#include "affinity.h"
#include "alias.h"
#include "domain.h"
#include "endpoint.h"
#include "guest.h"
#include "net.h"
#include "path.h"
#include "prefix.h"
#include "service.h"
#include "txn.h"
#include "vip.h"

/* --- VIPs, as they are planned ---------------------------------------------- */

static int service_check_vip(struct sal_service *svc,
			     const struct sal_prefix *pfx,
			     struct netlink_ext_ack *extack)
{
	struct sal_endpoint *ep;
	struct sal_vip *vip;
	int err;

	err = sal_prefix_check(pfx, "a VIP", extack);
	if (err)
		return err;
	vip = sal_vip_get(&svc->domain->vips, pfx);
	if (vip && vip->next && vip->next != svc) {
		NL_SET_ERR_MSG_FMT(extack, "VIP is in use by service '%.50s'",
				   vip->next->name);
		return -EADDRINUSE;
	}
	ep = sal_endpoint_covered(svc->domain, pfx);
	if (ep) {
		NL_SET_ERR_MSG_FMT(extack,
				   "VIP covers the address of endpoint '%.18s' of '%.18s'",
				   ep->name, ep->svc->name);
		return -EADDRINUSE;
	}
	return 0;
}

/* packets do not see it before the commit */
static struct sal_vip *service_new_vip(struct sal_txn *t,
				       const struct sal_prefix *pfx,
				       struct netlink_ext_ack *extack)
{
	struct sal_domain *d = t->d;
	struct sal_vip *vip;
	int err;

	err = sal_guest_charge_object(d, SAL_VIP_SIZE, extack);
	if (err)
		return ERR_PTR(err);
	vip = sal_vip_alloc(pfx);
	if (!vip)
		goto err_charge;
	if (sal_vip_insert(&d->vips, vip))
		goto err_free;
	return vip;

err_free:
	sal_vip_free(vip);
err_charge:
	sal_guest_uncharge(d, SAL_SHARE_TABLES, SAL_VIP_SIZE);
	NL_SET_ERR_MSG(extack, "out of memory");
	return ERR_PTR(-ENOMEM);
}

static int service_take_vip(struct sal_txn *t, struct sal_service *svc,
			    const struct sal_prefix *pfx,
			    struct netlink_ext_ack *extack)
{
	struct sal_vip *vip = sal_vip_get(&t->d->vips, pfx);

	if (!vip)
		vip = service_new_vip(t, pfx, extack);
	if (IS_ERR(vip))
		return PTR_ERR(vip);
	vip->next = svc;
	sal_txn_touch_vip(t, vip);
	svc->want->vips[svc->want->n_vips++] = vip;
	return 0;
}

static void service_leave_vips(struct sal_txn *t, struct sal_vip *const *vips,
			       u32 n)
{
	while (n--)
		sal_txn_leave_vip(t, vips[n]);
}

/* so many VIPs are to have room when the transaction is done */
static int service_room(struct sal_service_want *want, u32 n,
			struct netlink_ext_ack *extack)
{
	kfree(want->array);
	want->array = NULL;
	want->set_vips = true;
	if (n < 2)
		return 0;
	want->array = kcalloc(n, sizeof(*want->array), GFP_KERNEL_ACCOUNT);
	if (want->array)
		return 0;
	NL_SET_ERR_MSG(extack, "out of memory");
	return -ENOMEM;
}

/* what it leaves it may take again */
static int service_set_vips(struct sal_txn *t, struct sal_service *svc,
			    const struct sal_prefix *pfx, u32 n,
			    struct netlink_ext_ack *extack)
{
	struct sal_service_want *want = svc->want;
	int err;
	u32 i;

	err = service_room(want, n, extack);
	if (err)
		return err;
	service_leave_vips(t, want->vips, want->n_vips);
	want->n_vips = 0;
	for (i = 0; i < n && !err; i++) {
		err = service_check_vip(svc, &pfx[i], extack);
		if (!err)
			err = service_take_vip(t, svc, &pfx[i], extack);
	}
	return err;
}

/* its own: those of the request, or those it has */
static u32 service_own_vips(struct sal_service *svc,
			    const struct sal_service_req *req,
			    struct sal_prefix *pfx)
{
	struct sal_service_want *want = svc->want;
	u32 i;

	if (!req->set_vips) {
		for (i = 0; i < want->n_own; i++)
			pfx[i] = want->vips[i]->pfx;
		return want->n_own;
	}
	want->derived = !req->n_vips;
	if (req->n_vips) {
		memcpy(pfx, req->vips, req->n_vips * sizeof(*pfx));
		return req->n_vips;
	}
	pfx->len = 128;
	sal_service_derive_id(svc->domain, svc->name, &pfx->addr);
	return 1;
}

static bool service_has_id(const struct sal_prefix *pfx, u32 n,
			   const struct in6_addr *id)
{
	while (n--)
		if (pfx[n].len == 128 && ipv6_addr_equal(&pfx[n].addr, id))
			return true;
	return false;
}

/* and those of its aliases, where they are not among its own */
static u32 service_alias_vips(const struct sal_service_want *want,
			      struct sal_prefix *pfx, u32 n)
{
	u32 own = n, i;

	for (i = 0; i < want->n_aliases; i++) {
		if (service_has_id(pfx, own, &want->aliases[i]->id))
			continue;
		pfx[n].addr = want->aliases[i]->id;
		pfx[n++].len = 128;
	}
	return n;
}

static int service_set_req_vips(struct sal_txn *t, struct sal_service *svc,
				const struct sal_service_req *req,
				struct netlink_ext_ack *extack)
{
	struct sal_service_want *want = svc->want;
	struct sal_prefix *pfx;
	u32 n, own;
	int err;

	own = req->set_vips ? max(req->n_vips, 1U) : want->n_own;
	pfx = kcalloc(own + want->n_aliases, sizeof(*pfx), GFP_KERNEL);
	if (!pfx) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	n = service_own_vips(svc, req, pfx);
	want->n_own = n;
	n = service_alias_vips(want, pfx, n);
	err = service_set_vips(t, svc, pfx, n, extack);
	kfree(pfx);
	return err;
}

/* what it is called, and what it is asked by */
static int service_set_names(struct sal_txn *t, struct sal_service *svc,
			     const struct sal_service_req *req,
			     struct netlink_ext_ack *extack)
{
	int err = 0;

	if (req->set_aliases)
		err = sal_aliases_plan(t, svc, req->aliases, req->n_aliases,
				       extack);
	if (!err && (req->set_aliases || req->set_vips))
		err = service_set_req_vips(t, svc, req, extack);
	return err;
}

static struct sal_vip *service_first(struct sal_vip *const *vips, u32 n,
				     enum sal_af af)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (vips[i]->pfx.len == 128 &&
		    sal_addr_af(&vips[i]->pfx.addr) == af)
			return vips[i];
	return NULL;
}

/* before old VIPs go, and after new ones have come */
static void service_set_face(struct sal_service *svc,
			     struct sal_vip *const *vips, u32 n)
{
	int af;

	for (af = 0; af < SAL_AF_NUM; af++)
		rcu_assign_pointer(svc->face[af], service_first(vips, n, af));
}

/* --- plans ------------------------------------------------------------------ */

/* endpoints that have ports of their own have them in terms of the first one */
static int service_check_ports(struct sal_service *svc,
			       const struct sal_service_conf *conf,
			       struct netlink_ext_ack *extack)
{
	const struct sal_service_conf *was = sal_service_next_conf(svc);
	const struct sal_endpoint *ep;

	list_for_each_entry(ep, &svc->endpoints, in_service) {
		if (!ep->port || !sal_endpoint_stays(ep))
			continue;
		if (conf->port != was->port) {
			NL_SET_ERR_MSG_FMT(extack,
					   "endpoint '%.24s' has a port of its own: it goes first",
					   ep->name);
			return -EBUSY;
		}
		if (ep->port + conf->port_end - conf->port > U16_MAX) {
			NL_SET_ERR_MSG_FMT(extack,
					   "so many ports do not fit behind that of endpoint '%.24s'",
					   ep->name);
			return -ERANGE;
		}
	}
	return 0;
}

static void service_set_conf(struct sal_service *svc,
			     const struct sal_service_conf *conf)
{
	unsigned int i;

	WRITE_ONCE(svc->conf.hold_packets, conf->hold_packets);
	WRITE_ONCE(svc->conf.hold_bytes, conf->hold_bytes);
	WRITE_ONCE(svc->conf.hold_time, conf->hold_time);
	WRITE_ONCE(svc->conf.hold_share, conf->hold_share);
	WRITE_ONCE(svc->conf.on_empty, conf->on_empty);
	WRITE_ONCE(svc->conf.late, conf->late);
	WRITE_ONCE(svc->conf.grace, conf->grace);
	WRITE_ONCE(svc->conf.proto, conf->proto);
	WRITE_ONCE(svc->conf.port, conf->port);
	WRITE_ONCE(svc->conf.port_end, conf->port_end);
	WRITE_ONCE(svc->conf.stray, conf->stray);
	WRITE_ONCE(svc->conf.tcp, conf->tcp);
	WRITE_ONCE(svc->conf.sched, conf->sched);
	WRITE_ONCE(svc->conf.affinity, conf->affinity);
	if (conf->affinity && conf->affinity < SAL_AFFINITY_SHORT)
		WRITE_ONCE(svc->domain->gc_soon, true);
	if (svc->conf.direct != conf->direct) {
		WRITE_ONCE(svc->conf.direct, conf->direct);
		/* what goes round while it is off closes no path */
		sal_paths_void();
	}
	for (i = 0; i < SAL_TIMEOUT_NUM; i++)
		WRITE_ONCE(svc->conf.timeout[i], conf->timeout[i]);
}

static void service_unwant(struct sal_service *svc)
{
	if (svc->want) {
		kfree(svc->want->alias_array);
		kfree(svc->want->array);
	}
	kfree(svc->want);
	svc->want = NULL;
}

/* what it is to be, as it is until a request says otherwise */
static int service_want(struct sal_service *svc, struct netlink_ext_ack *extack)
{
	struct sal_service_want *want;

	if (svc->want)
		return 0;
	want = kzalloc_obj(*want, GFP_KERNEL);
	if (!want) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	want->conf = svc->conf;
	want->n_vips = svc->n_vips;
	want->n_own = svc->n_own;
	want->derived = svc->derived;
	want->n_aliases = svc->n_aliases;
	if (svc->n_aliases)
		memcpy(want->aliases, svc->aliases,
		       svc->n_aliases * sizeof(*want->aliases));
	memcpy(want->vips, svc->vips, svc->n_vips * sizeof(*want->vips));
	svc->want = want;
	return 0;
}

static int service_insert(struct sal_service *svc,
			  struct netlink_ext_ack *extack)
{
	struct sal_domain *d = svc->domain;
	int err;

	err = xa_alloc_cyclic(&d->services, &svc->id, svc,
			      XA_LIMIT(1, U32_MAX), &d->next_service,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		goto err_nomem;
	err = sal_service_enter_name(svc);
	if (err)
		goto err_number;
	d->n_services++;
	return 0;

err_number:
	xa_erase(&d->services, svc->id);
err_nomem:
	NL_SET_ERR_MSG(extack, "out of memory");
	return err;
}

static struct sal_service *service_make(struct sal_domain *d,
					const struct sal_service_req *req,
					struct netlink_ext_ack *extack)
{
	struct sal_service *svc;
	int err;

	svc = sal_service_alloc(d, req->name, extack);
	if (IS_ERR(svc))
		return svc;
	err = service_want(svc, extack);
	if (!err)
		err = service_insert(svc, extack);
	if (err) {
		service_unwant(svc);
		sal_service_put(svc);
		return ERR_PTR(err);
	}
	svc->plan = SAL_PLAN_ADD;
	return svc;
}

struct sal_service *sal_service_create(struct sal_txn *t,
				       const struct sal_service_req *req,
				       struct netlink_ext_ack *extack)
{
	struct sal_domain *d = t->d;
	struct sal_service *svc;
	int err;

	lockdep_assert_held(&sal_mutex);
	svc = sal_service_find(d, req->name);
	if (svc)
		return ERR_PTR(sal_service_taken(svc, req->name, extack));
	if (d->n_services >= d->limits.services) {
		NL_SET_ERR_MSG_FMT(extack,
				   "the domain has its limit of %u services",
				   d->limits.services);
		return ERR_PTR(-ENOSPC);
	}
	svc = service_make(d, req, extack);
	if (IS_ERR(svc))
		return svc;
	sal_txn_touch_service(t, svc);
	svc->want->conf = req->conf;
	err = service_set_names(t, svc, req, extack);
	return err ? ERR_PTR(err) : svc;
}

int sal_service_change(struct sal_txn *t, struct sal_service *svc,
		       const struct sal_service_req *req,
		       struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&sal_mutex);
	err = service_check_ports(svc, &req->conf, extack);
	if (err)
		return err;
	err = service_want(svc, extack);
	if (err)
		return err;
	if (svc->plan == SAL_PLAN_KEEP)
		svc->plan = SAL_PLAN_SET;
	sal_txn_touch_service(t, svc);
	svc->want->conf = req->conf;
	return service_set_names(t, svc, req, extack);
}

/* as if it had never been; its endpoints and VIPs have gone or will */
static void service_cancel(struct sal_service *svc)
{
	struct sal_domain *d = svc->domain;

	sal_service_leave_name(svc);
	xa_erase(&d->services, svc->id);
	d->n_services--;
	list_del_init(&svc->touched);
	service_unwant(svc);
	sal_hold_destroy(svc);
	sal_service_put(svc);
}

void sal_service_delete(struct sal_txn *t, struct sal_service *svc)
{
	struct sal_endpoint *ep, *next;

	lockdep_assert_held(&sal_mutex);
	list_for_each_entry_safe(ep, next, &svc->endpoints, in_service) {
		if (ep->plan != SAL_PLAN_DEL)
			sal_endpoint_delete(t, ep, SAL_CAUSE_ENDPOINT_DEL);
		cond_resched();
	}
	sal_aliases_leave(t, svc);
	if (svc->want)
		service_leave_vips(t, svc->want->vips, svc->want->n_vips);
	else
		service_leave_vips(t, svc->vips, svc->n_vips);
	if (svc->plan == SAL_PLAN_ADD) {
		service_cancel(svc);
		return;
	}
	svc->plan = SAL_PLAN_DEL;
	svc->domain->n_services--;
	sal_txn_touch_service(t, svc);
}

void sal_service_forget(struct sal_service *svc)
{
	switch (svc->plan) {
	case SAL_PLAN_ADD:
		service_cancel(svc);
		return;
	case SAL_PLAN_DEL:
		svc->domain->n_services++;
		break;
	case SAL_PLAN_KEEP:
	case SAL_PLAN_SET:
		break;
	}
	sal_service_settle(svc);
}

/* --- what was planned is done ----------------------------------------------- */

static void service_take_array(struct sal_service *svc,
			       struct sal_service_want *want)
{
	if (svc->vips != &svc->vip)
		kfree(svc->vips);
	svc->vips = want->array ?: &svc->vip;
	want->array = NULL;
}

static void service_set_aliases(struct sal_service *svc,
				struct sal_service_want *want)
{
	if (!want->set_aliases)
		return;
	kfree(svc->aliases);
	svc->aliases = want->alias_array;
	want->alias_array = NULL;
	svc->n_aliases = want->n_aliases;
	memcpy(svc->aliases, want->aliases,
	       want->n_aliases * sizeof(*svc->aliases));
}

static void service_set(struct sal_service *svc, struct sal_service_want *want)
{
	service_set_conf(svc, &want->conf);
	service_set_aliases(svc, want);
	if (!want->set_vips)
		return;
	service_set_face(svc, want->vips, want->n_vips);
	rcu_assign_pointer(svc->first, want->vips[0]);
	service_take_array(svc, want);
	memcpy(svc->vips, want->vips, want->n_vips * sizeof(*svc->vips));
	svc->n_vips = want->n_vips;
	svc->n_own = want->n_own;
	svc->derived = want->derived;
}

void sal_service_apply(struct sal_service *svc)
{
	lockdep_assert_held(&sal_mutex);
	switch (svc->plan) {
	case SAL_PLAN_ADD:
	case SAL_PLAN_SET:
		service_set(svc, svc->want);
		break;
	case SAL_PLAN_DEL:
		WRITE_ONCE(svc->ending, true);
		service_set_face(svc, NULL, 0);
		svc->n_vips = 0;
		svc->n_aliases = 0;
		break;
	case SAL_PLAN_KEEP:
		break;
	}
}

void sal_service_settle(struct sal_service *svc)
{
	lockdep_assert_held(&sal_mutex);
	list_del_init(&svc->touched);
	service_unwant(svc);
	svc->plan = SAL_PLAN_KEEP;
	WRITE_ONCE(svc->txn, 0);
}
