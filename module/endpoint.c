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
 * is freed after an RCU grace period. What leads to that is in endpoint_txn.c.
 */
#include <linux/jiffies.h>
#include <linux/net_namespace.h>
#include <linux/rculist.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "cell.h"
#include "compat.h"
#include "cover.h"
#include "domain.h"
#include "drain.h"
#include "endpoint.h"
#include "flow.h"
#include "guest.h"
#include "net.h"
#include "revtable.h"
#include "service.h"

/* what an endpoint takes, with all the current cells that it may have */
#define ENDPOINT_SIZE	(sizeof(struct sal_endpoint) + \
			 SAL_AF_NUM * SAL_CELLS_ALL * sizeof(struct sal_cell) + \
			 sizeof(struct sal_drain) + sal_traffic_size())

/* how long a ghost is there at least, in seconds */
#define ENDPOINT_HAUNTS	60
/* how often ghosts are looked at, in jiffies */
#define ENDPOINT_REAP	(5 * HZ)

void sal_endpoint_carry(const struct sal_endpoint *ep, enum sal_direction dir,
			unsigned int bytes)
{
	bool off = sal_counting_begin();

	sal_traffic_add(ep->traffic, dir, bytes);
	sal_traffic_add(ep->svc->traffic, dir, bytes);
	sal_counting_end(off);
}

struct sal_endpoint *sal_endpoint_covered(struct sal_domain *d,
					  const struct sal_prefix *pfx)
{
	lockdep_assert_held(&sal_mutex);
	/* one address needs no walk */
	if (pfx->len == 128)
		return sal_reverse_of(d, NULL, &pfx->addr);
	return sal_cover_find(d, pfx);
}

static void endpoint_free(struct sal_endpoint *ep)
{
	sal_guest_uncharge(ep->svc->domain, SAL_SHARE_TABLES, ENDPOINT_SIZE);
	sal_service_put(ep->svc);
	free_percpu(ep->traffic);
	kfree(ep->drain);
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
	spin_lock_bh(&sal_lock);
	for (af = 0; af < SAL_AF_NUM; af++)
		sal_cells_detach(ep, af);
	spin_unlock_bh(&sal_lock);
	/* by who has let go of a flow before that */
	sal_drain_forget(ep);
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

void sal_endpoint_haunt(struct sal_endpoint *ep)
{
	struct sal_domain *d = ep->svc->domain;

	/* memory stays bounded: beyond the limit the oldest goes at once */
	if (d->n_ghosts >= d->limits.endpoints)
		endpoint_reap(list_first_entry(&d->ghosts, struct sal_endpoint,
					       ghost));
	ep->until = jiffies + max(msecs_to_jiffies(ep->svc->conf.grace),
				  (unsigned long)ENDPOINT_HAUNTS * HZ);
	list_add_tail(&ep->ghost, &d->ghosts);
	d->n_ghosts++;
	schedule_delayed_work(&d->reap, ENDPOINT_REAP);
}

static struct sal_endpoint *endpoint_alloc(struct sal_service *svc,
					   const struct sal_endpoint_req *req,
					   struct netlink_ext_ack *extack)
{
	struct sal_domain *d = svc->domain;
	struct sal_endpoint *ep;
	int err, af;

	err = sal_service_equip(svc, extack);
	if (err)
		return ERR_PTR(err);
	err = sal_guest_charge_object(d, ENDPOINT_SIZE, extack);
	if (err)
		return ERR_PTR(err);
	ep = kzalloc_obj(*ep, GFP_KERNEL_ACCOUNT);
	if (ep)
		ep->traffic = sal_traffic_alloc();
	if (!ep || !ep->traffic) {
		kfree(ep);
		sal_guest_uncharge(d, SAL_SHARE_TABLES, ENDPOINT_SIZE);
		NL_SET_ERR_MSG(extack, "out of memory");
		return ERR_PTR(-ENOMEM);
	}

	strscpy(ep->name, req->name, sizeof(ep->name));
	ep->has = req->has;
	ep->absent = req->absent;
	ep->port = req->port;
	if (ep->port)
		ep->shift = ep->port - sal_service_next_conf(svc)->port;
	ep->pending = true;
	ep->plan = SAL_PLAN_ADD;
	ep->weight = req->weight;
	ep->want_weight = req->weight;
	ep->tier = req->tier;
	ep->want_tier = req->tier;
	ep->max_flows = req->max_flows;
	ep->want_max_flows = req->max_flows;
	ep->state = req->state;
	ep->want_state = req->state;
	sal_lease_init(ep, req->lease);
	INIT_LIST_HEAD(&ep->in_service);
	INIT_LIST_HEAD(&ep->in_net);
	INIT_LIST_HEAD(&ep->in_moved);
	INIT_LIST_HEAD(&ep->recheck);
	INIT_LIST_HEAD(&ep->ghost);
	INIT_LIST_HEAD(&ep->touched);
	for (af = 0; af < SAL_AF_NUM; af++) {
		INIT_LIST_HEAD(&ep->cells[af]);
		ep->rev[af].addr = req->addr[af];
		ep->rev[af].ep = ep;
		ep->rev[af].pending = true;
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

	ep->local = net || ep->absent;
	spin_lock_bh(&sal_lock);
	if (net) {
		WRITE_ONCE(ep->net, net);
		list_add_rcu(&ep->in_net, &sal_net(net)->endpoints);
	}
	list_add_tail_rcu(&ep->in_service, &ep->svc->endpoints);
	spin_unlock_bh(&sal_lock);
	sal_cover_add(ep);

	d->n_endpoints++;
	return 0;
}

struct sal_endpoint *sal_endpoint_make(struct sal_service *svc,
				       const struct sal_endpoint_req *req,
				       struct netlink_ext_ack *extack)
{
	struct sal_endpoint *ep;
	int err;

	lockdep_assert_held(&sal_mutex);
	ep = endpoint_alloc(svc, req, extack);
	if (IS_ERR(ep))
		return ep;
	err = endpoint_insert(ep, req->net);
	if (!err)
		return ep;
	if (err == -ENOENT)
		NL_SET_ERR_MSG(extack,
			       "the network namespace is being deleted");
	else
		NL_SET_ERR_MSG(extack, "out of memory");
	endpoint_free(ep);
	return ERR_PTR(err);
}

void sal_endpoint_remove(struct sal_endpoint *ep, enum sal_cause cause)
{
	int af;

	lockdep_assert_held(&sal_mutex);
	spin_lock_bh(&sal_lock);
	WRITE_ONCE(ep->dead, true);
	sal_lease_end(ep);
	for (af = 0; af < SAL_AF_NUM; af++)
		sal_cells_leave(ep, af, cause);
	if (ep->net)
		list_del_rcu(&ep->in_net);
	list_del_init(&ep->recheck);
	WRITE_ONCE(ep->net, NULL);
	list_del_rcu(&ep->in_service);
	spin_unlock_bh(&sal_lock);
	sal_drain_end(ep, cause);
	xa_erase(&ep->svc->domain->endpoints, ep->id);
	sal_cover_del(ep);
}

/* a reader of the reverse table may be looking at it */
void sal_endpoint_vanish(struct sal_endpoint *ep)
{
	struct sal_domain *d = ep->svc->domain;
	int af;

	for (af = 0; af < SAL_AF_NUM; af++)
		sal_reverse_remove(d, &ep->rev[af]);
	sal_endpoint_remove(ep, SAL_CAUSE_ENDPOINT_DEL);
	d->n_endpoints--;
	list_del_init(&ep->touched);
	call_rcu(&ep->rcu, endpoint_free_rcu);
}

struct sal_endpoint *sal_endpoint_find(struct sal_service *svc,
				       const char *name)
{
	struct sal_endpoint *ep;

	lockdep_assert_held(&sal_mutex);
	list_for_each_entry(ep, &svc->endpoints, in_service)
		if (ep->plan != SAL_PLAN_DEL && !strcmp(ep->name, name))
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
