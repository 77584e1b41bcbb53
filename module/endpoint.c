// SPDX-License-Identifier: GPL-2.0
/*
 * endpoint.c - instances of a service
 *
 * An endpoint dies in two steps. Deleting it takes its flows away and removes
 * it from everything a user sees; as a *ghost* it stays in the reverse table
 * for as long as its replies may come, so that they are known for what they
 * are: late ones while its service's grace time lasts, stale ones afterwards,
 * and nothing that a client should see with an address that it never asked. A
 * new endpoint with the same address takes the ghost's place at once. Then it
 * is freed after an RCU grace period.
 */
#include <linux/jiffies.h>
#include <linux/net_namespace.h>
#include <linux/rculist.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "cell.h"
#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "flow.h"
#include "guest.h"
#include "link.h"
#include "net.h"
#include "prefix.h"
#include "revtable.h"
#include "service.h"

/* what an endpoint takes, with its current cells */
#define ENDPOINT_SIZE	(sizeof(struct sal_endpoint) + \
			 SAL_AF_NUM * SAL_CELLS * sizeof(struct sal_cell))

/* how often ghosts are looked at, in jiffies */
#define ENDPOINT_REAP	(5 * HZ)

struct sal_endpoint *sal_reverse_covered(struct sal_domain *d,
					 const struct sal_prefix *pfx)
{
	struct sal_endpoint *ep;
	unsigned long id;
	int af;

	af = sal_addr_af(&pfx->addr);
	xa_for_each(&d->endpoints, id, ep)
		if (ep->has & BIT(af) &&
		    ipv6_prefix_equal(&pfx->addr, sal_endpoint_addr(ep, af),
				      pfx->len))
			return ep;
	return NULL;
}

static void endpoint_free(struct sal_endpoint *ep)
{
	sal_guest_uncharge(ep->svc->domain, SAL_SHARE_TABLES, ENDPOINT_SIZE);
	sal_service_put(ep->svc);
	kfree(ep);
}

static void endpoint_free_rcu(struct rcu_head *rcu)
{
	endpoint_free(container_of(rcu, struct sal_endpoint, rcu));
}

/* the end of a ghost */
static void endpoint_reap(struct sal_endpoint *ep)
{
	struct sal_domain *d = ep->svc->domain;
	int af;

	for (af = 0; af < SAL_AF_NUM; af++)
		sal_reverse_remove(d, &ep->rev[af]);
	list_del(&ep->ghost);
	d->n_ghosts--;
	call_rcu(&ep->rcu, endpoint_free_rcu);
}

/* ghosts of services with different grace times are not in order */
void sal_endpoint_reap_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, reap);
	struct sal_endpoint *ep, *next;

	mutex_lock(&sal_mutex);
	list_for_each_entry_safe(ep, next, &d->ghosts, ghost)
		if (time_after_eq(jiffies, ep->until))
			endpoint_reap(ep);
	if (!list_empty(&d->ghosts))
		schedule_delayed_work(&d->reap, ENDPOINT_REAP);
	mutex_unlock(&sal_mutex);
}

void sal_endpoint_reap_all(struct sal_domain *d)
{
	struct sal_endpoint *ep, *next;

	lockdep_assert_held(&sal_mutex);
	list_for_each_entry_safe(ep, next, &d->ghosts, ghost)
		endpoint_reap(ep);
}

static void endpoint_haunt(struct sal_endpoint *ep)
{
	struct sal_domain *d = ep->svc->domain;

	/* memory stays bounded: beyond the limit the oldest goes at once */
	if (d->n_ghosts >= d->limits.endpoints)
		endpoint_reap(list_first_entry(&d->ghosts, struct sal_endpoint,
					       ghost));
	ep->until = jiffies + max(msecs_to_jiffies(ep->svc->conf.grace),
				  (unsigned long)SAL_FLOW_IDLE * HZ);
	list_add_tail(&ep->ghost, &d->ghosts);
	d->n_ghosts++;
	schedule_delayed_work(&d->reap, ENDPOINT_REAP);
}

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

	rcu_read_lock();
	vip = sal_vip_lookup(&d->vips, addr);
	if (vip) {
		NL_SET_ERR_MSG_FMT(extack,
				   "address is covered by a VIP of '%.40s'",
				   vip->svc->name);
		err = -EADDRINUSE;
	}
	rcu_read_unlock();
	if (err)
		return err;

	/* other services' may be there, too */
	ep = sal_reverse_of(d, svc, addr);
	if (!ep || ep == self)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "address is in use by endpoint '%.18s' of '%.18s'",
			   ep->name, svc->name);
	return -EADDRINUSE;
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

static struct sal_endpoint *endpoint_alloc(struct sal_service *svc,
					   const struct sal_endpoint_req *req,
					   struct netlink_ext_ack *extack)
{
	struct sal_domain *d = svc->domain;
	struct sal_endpoint *ep;
	int err, af;

	err = sal_guest_charge_object(d, ENDPOINT_SIZE, extack);
	if (err)
		return ERR_PTR(err);
	ep = kzalloc_obj(*ep, GFP_KERNEL_ACCOUNT);
	if (!ep) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, ENDPOINT_SIZE);
		NL_SET_ERR_MSG(extack, "out of memory");
		return ERR_PTR(-ENOMEM);
	}

	strscpy(ep->name, req->name, sizeof(ep->name));
	ep->has = req->has;
	ep->weight = req->weight;
	ep->state = req->state;
	INIT_LIST_HEAD(&ep->in_service);
	INIT_LIST_HEAD(&ep->in_net);
	INIT_LIST_HEAD(&ep->in_moved);
	INIT_LIST_HEAD(&ep->recheck);
	INIT_LIST_HEAD(&ep->ghost);
	for (af = 0; af < SAL_AF_NUM; af++) {
		INIT_LIST_HEAD(&ep->cells[af]);
		ep->rev[af].addr = req->addr[af];
		ep->rev[af].ep = ep;
	}
	sal_service_get(svc);
	ep->svc = svc;
	return ep;
}

static int endpoint_number(struct sal_domain *d, struct sal_endpoint *ep)
{
	int err;

	err = xa_alloc_cyclic(&d->endpoints, &ep->id, ep,
			      XA_LIMIT(1, SAL_ENDPOINT_ID_MAX),
			      &d->next_endpoint,
			      GFP_KERNEL_ACCOUNT);
	return err < 0 ? err : 0;
}

/*
 * Put into all tables but the reverse one. A namespace whose pre_exit has
 * begun takes nobody any more; one whose pre_exit begins later finds the
 * endpoint in its list, as its second half needs sal_mutex.
 */
static int endpoint_insert(struct sal_endpoint *ep, struct net *net)
{
	struct sal_domain *d = ep->svc->domain;
	int err;

	if (net && READ_ONCE(sal_net(net)->exiting))
		return -ENOENT;
	err = endpoint_number(d, ep);
	if (err)
		return err;

	ep->local = net;
	spin_lock_bh(&sal_lock);
	if (net) {
		WRITE_ONCE(ep->net, net);
		list_add_rcu(&ep->in_net, &sal_net(net)->endpoints);
	}
	list_add_tail_rcu(&ep->in_service, &ep->svc->endpoints);
	spin_unlock_bh(&sal_lock);

	ep->svc->n_endpoints++;
	d->n_endpoints++;
	return 0;
}

static bool endpoint_shares(const struct sal_endpoint *ep,
			    const struct sal_endpoint *old, enum sal_af af)
{
	return old && ep->has & old->has & BIT(af) &&
	       ipv6_addr_equal(sal_endpoint_addr(ep, af),
			       sal_endpoint_addr(old, af));
}

/*
 * All addresses but those that @old, which it is to replace, has as well. These
 * come later, but flows may come to it before.
 */
static int endpoint_link_addrs(struct sal_endpoint *ep,
			       const struct sal_endpoint *old)
{
	struct sal_domain *d = ep->svc->domain;
	int err, af;

	for (af = 0; af < SAL_AF_NUM; af++) {
		if (!(ep->has & BIT(af)))
			continue;
		if (endpoint_shares(ep, old, af)) {
			sal_reverse_inherit(&ep->rev[af], &old->rev[af]);
			continue;
		}
		ep->rev[af].num = ep->id;
		err = sal_reverse_insert(d, &ep->rev[af]);
		if (err)
			return err;
	}
	return 0;
}

/* and those, in its place: that needs no memory, and cannot fail */
static void endpoint_take_addrs(struct sal_endpoint *ep,
				struct sal_endpoint *old)
{
	int af;

	for (af = 0; af < SAL_AF_NUM; af++)
		if (endpoint_shares(ep, old, af))
			sal_reverse_replace(ep->svc->domain, &old->rev[af],
					    &ep->rev[af]);
}

/* out of everything but the reverse table */
static void endpoint_remove(struct sal_endpoint *ep, enum sal_cause cause)
{
	struct sal_domain *d = ep->svc->domain;
	int af;

	spin_lock_bh(&sal_lock);
	WRITE_ONCE(ep->dead, true);
	for (af = 0; af < SAL_AF_NUM; af++)
		sal_cells_leave(ep, af, cause);
	if (ep->net)
		list_del_rcu(&ep->in_net);
	list_del_init(&ep->recheck);
	WRITE_ONCE(ep->net, NULL);
	list_del_rcu(&ep->in_service);
	spin_unlock_bh(&sal_lock);

	xa_erase(&d->endpoints, ep->id);
	ep->svc->n_endpoints--;
	d->n_endpoints--;
}

void sal_endpoint_delete(struct sal_endpoint *ep, enum sal_cause cause)
{
	struct net *net = ep->net;

	lockdep_assert_held(&sal_mutex);
	endpoint_remove(ep, cause);
	sal_domain_changed(ep->svc->domain);
	sal_event_endpoint(ep, net, SAL_CMD_ENDPOINT_DEL_NTF);
	endpoint_haunt(ep);
}

/* not yet announced, and nobody can have sent a reply from it */
static void endpoint_undo(struct sal_endpoint *ep)
{
	endpoint_remove(ep, SAL_CAUSE_ENDPOINT_DEL);
	endpoint_haunt(ep);
}

static struct sal_endpoint *endpoint_make(struct sal_service *svc,
					  const struct sal_endpoint_req *req,
					  const struct sal_endpoint *self,
					  struct netlink_ext_ack *extack)
{
	struct sal_endpoint *ep;
	int err;

	err = sal_endpoint_check(svc, req, self, extack);
	if (err)
		return ERR_PTR(err);
	ep = endpoint_alloc(svc, req, extack);
	if (IS_ERR(ep))
		return ep;
	err = endpoint_insert(ep, req->net);
	if (err) {
		if (err == -ENOENT)
			NL_SET_ERR_MSG(extack,
				       "the network namespace is being deleted");
		else
			NL_SET_ERR_MSG(extack, "out of memory");
		endpoint_free(ep);
		return ERR_PTR(err);
	}
	return ep;
}

/*
 * Who puts it there has a right over its namespace and over the domain's; so the
 * latter gets an ID for readers to know the former by.
 */
static void endpoint_introduce(const struct sal_endpoint *ep)
{
	if (ep->net)
		peernet2id_alloc(ep->svc->domain->net, ep->net, GFP_KERNEL);
}

struct sal_endpoint *sal_endpoint_create(struct sal_service *svc,
					 const struct sal_endpoint_req *req,
					 struct netlink_ext_ack *extack)
{
	struct sal_endpoint *ep;
	int err;

	lockdep_assert_held(&sal_mutex);
	ep = endpoint_make(svc, req, NULL, extack);
	if (IS_ERR(ep))
		return ep;

	/* replies must be known before the first request can arrive */
	err = endpoint_link_addrs(ep, NULL);
	if (!err)
		err = sal_link_check(ep);
	if (err) {
		NL_SET_ERR_MSG(extack, "out of memory");
		endpoint_undo(ep);
		return ERR_PTR(err);
	}
	endpoint_introduce(ep);
	sal_domain_changed(svc->domain);
	sal_event_endpoint(ep, ep->net, SAL_CMD_ENDPOINT_ADD_NTF);
	return ep;
}

static bool endpoint_same_place(const struct sal_endpoint *ep,
				const struct sal_endpoint_req *req)
{
	int af;

	if (ep->has != req->has || ep->net != req->net)
		return false;
	for (af = 0; af < SAL_AF_NUM; af++)
		if (ep->has & BIT(af) &&
		    !ipv6_addr_equal(sal_endpoint_addr(ep, af),
				     &req->addr[af]))
			return false;
	return true;
}

static void endpoint_set_state(struct sal_endpoint *ep, u32 state)
{
	int af;

	if (ep->state == state)
		return;
	spin_lock_bh(&sal_lock);
	ep->state = state;
	if (state == SAL_ENDPOINT_STATE_DOWN)
		for (af = 0; af < SAL_AF_NUM; af++)
			sal_cells_leave(ep, af, SAL_CAUSE_ENDPOINT_DOWN);
	spin_unlock_bh(&sal_lock);
	/* it is what was asked for; if it takes memory, then when there is */
	if (sal_link_check(ep))
		sal_link_later(ep);
}

static void endpoint_move_cells(struct sal_endpoint *old,
				struct sal_endpoint *ep)
{
	struct sal_moved moved = {};
	LIST_HEAD(none);
	int af;

	spin_lock_bh(&sal_lock);
	for (af = 0; af < SAL_AF_NUM; af++)
		if (ep->usable[af])
			sal_cells_move(old, ep, af, &none, &moved);
	spin_unlock_bh(&sal_lock);
}

/*
 * Flows move before the addresses that both have do: a reply meanwhile is a
 * late one of the old endpoint.
 */
static struct sal_endpoint *
endpoint_move_house(struct sal_endpoint *old,
		    const struct sal_endpoint_req *req,
		    struct netlink_ext_ack *extack)
{
	struct sal_endpoint *ep;
	int err;

	ep = endpoint_make(old->svc, req, old, extack);
	if (IS_ERR(ep))
		return ep;
	err = endpoint_link_addrs(ep, old);
	if (!err)
		err = sal_link_check(ep);
	if (err) {
		NL_SET_ERR_MSG(extack, "out of memory");
		endpoint_undo(ep);
		return ERR_PTR(err);
	}
	endpoint_move_cells(old, ep);
	endpoint_take_addrs(ep, old);
	endpoint_remove(old, SAL_CAUSE_ENDPOINT_DEL);
	endpoint_haunt(old);
	endpoint_introduce(ep);
	return ep;
}

struct sal_endpoint *sal_endpoint_change(struct sal_endpoint *ep,
					 const struct sal_endpoint_req *req,
					 struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&sal_mutex);
	if (!endpoint_same_place(ep, req)) {
		ep = endpoint_move_house(ep, req, extack);
		if (IS_ERR(ep))
			return ep;
	} else {
		WRITE_ONCE(ep->weight, req->weight);
		endpoint_set_state(ep, req->state);
	}
	sal_domain_changed(ep->svc->domain);
	sal_event_endpoint(ep, ep->net, SAL_CMD_ENDPOINT_SET_NTF);
	return ep;
}

struct sal_endpoint *sal_endpoint_find(struct sal_service *svc,
				       const char *name)
{
	struct sal_endpoint *ep;

	lockdep_assert_held(&sal_mutex);
	list_for_each_entry(ep, &svc->endpoints, in_service)
		if (!strcmp(ep->name, name))
			return ep;
	return NULL;
}

void sal_endpoint_count(struct sal_endpoint *ep, struct sal_moved *count)
{
	int af;

	memset(count, 0, sizeof(*count));
	spin_lock_bh(&sal_lock);
	for (af = 0; af < SAL_AF_NUM; af++)
		sal_cells_count(ep, af, count);
	spin_unlock_bh(&sal_lock);
}
