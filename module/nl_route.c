// SPDX-License-Identifier: GPL-2.0
/*
 * nl_route.c - routes that requests about members and pools entail
 *
 * Routes take RTNL, which is never taken under sal_mutex. So a request notes
 * under sal_mutex what is to be done and where, and does it afterwards:
 *
 *	sal_nl_routes_lock()
 *	mutex_lock(&sal_mutex), change, note, mutex_unlock(&sal_mutex)
 *	sal_nl_routes_apply()
 *	sal_nl_routes_unlock()
 *
 * The outer mutex keeps two requests from doing their second halves in another
 * order than their first. It is taken by requests only, before sal_mutex and
 * before RTNL.
 *
 * Where a domain ends without a request, as its namespace exits or the module
 * is unloaded, a work does the second half. A request waits for it before it
 * does its own: it may have made a member of what the domain has left.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "domain.h"
#include "member.h"
#include "net.h"
#include "nl_util.h"
#include "route.h"

static DEFINE_MUTEX(routes_mutex);

static void routes_work_fn(struct work_struct *work);
static DECLARE_WORK(routes_work, routes_work_fn);
static LIST_HEAD(routes_later);	/* &sal_nl_routes.later */
static DEFINE_SPINLOCK(routes_later_lock);

void sal_nl_routes_lock(void)
{
	mutex_lock(&routes_mutex);
}

void sal_nl_routes_unlock(void)
{
	mutex_unlock(&routes_mutex);
}

/**
 * sal_nl_routes_alloc() - memory for what is to be done about routes
 * @max_nets: in how many namespaces at the most
 * @extack: what is wrong
 *
 * Return: nothing to do yet, or NULL.
 */
struct sal_nl_routes *sal_nl_routes_alloc(u32 max_nets,
					  struct netlink_ext_ack *extack)
{
	struct sal_nl_routes *routes;

	routes = kvzalloc(struct_size(routes, nets, max_nets),
			  GFP_KERNEL_ACCOUNT);
	if (!routes) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return NULL;
	}
	routes->max_nets = max_nets;
	return routes;
}

/**
 * sal_nl_routes_net() - note a namespace
 * @routes: where; there is room
 * @net: namespace; one that exits has no use for routes
 */
void sal_nl_routes_net(struct sal_nl_routes *routes, struct net *net)
{
	if (WARN_ON_ONCE(routes->n_nets == routes->max_nets))
		return;
	net = maybe_get_net(net);
	if (net)
		routes->nets[routes->n_nets++] = net;
}

/**
 * sal_nl_routes_members() - note all namespaces whose routes are our business
 * @routes: where; there is room for all members
 * @d: domain; sal_mutex is held
 */
void sal_nl_routes_members(struct sal_nl_routes *routes, struct sal_domain *d)
{
	struct sal_member *m;
	unsigned long id;

	lockdep_assert_held(&sal_mutex);
	xa_for_each(&d->members, id, m)
		if (m->route == SAL_ROUTE_AUTO)
			sal_nl_routes_net(routes, m->net);
}

/**
 * sal_nl_routes_add() - note pools that there shall be routes to
 * @routes: where
 * @pools: pools
 * @n: how many, up to SAL_POOLS_MAX
 */
void sal_nl_routes_add(struct sal_nl_routes *routes,
		       const struct sal_prefix *pools, u32 n)
{
	memcpy(routes->add, pools, n * sizeof(*pools));
	routes->n_add = n;
}

/**
 * sal_nl_routes_del() - note pools whose routes shall go
 * @routes: where
 * @pools: pools
 * @n: how many, up to SAL_POOLS_MAX
 * @keep: pools whose routes stay though they are among these
 * @n_keep: how many
 */
void sal_nl_routes_del(struct sal_nl_routes *routes,
		       const struct sal_prefix *pools, u32 n,
		       const struct sal_prefix *keep, u32 n_keep)
{
	for (; n--; pools++)
		if (!sal_nl_prefix_in(pools, keep, n_keep))
			routes->del[routes->n_del++] = *pools;
}

/* old routes first: a new pool may be within an old one */
static bool routes_apply_net(const struct sal_nl_routes *routes,
			     struct net *net)
{
	bool failed = false;
	u32 i;

	for (i = 0; i < routes->n_del; i++)
		failed |= sal_route_del(net, &routes->del[i]);
	for (i = 0; i < routes->n_add; i++)
		failed |= sal_route_add(net, &routes->add[i]);
	return failed;
}

static u32 routes_apply(const struct sal_nl_routes *routes)
{
	u32 failed = 0, i;

	for (i = 0; i < routes->n_nets; i++) {
		failed += routes_apply_net(routes, routes->nets[i]);
		cond_resched();
	}
	return failed;
}

/**
 * sal_nl_routes_apply() - do what is to be done about routes
 * @routes: what
 *
 * Without sal_mutex.
 *
 * Return: in how many namespaces a route is missing or has stayed.
 */
u32 sal_nl_routes_apply(const struct sal_nl_routes *routes)
{
	flush_work(&routes_work);
	return routes_apply(routes);
}

/**
 * sal_nl_routes_free() - let go of it all
 * @routes: what; may be NULL
 */
void sal_nl_routes_free(struct sal_nl_routes *routes)
{
	u32 i;

	if (!routes)
		return;
	for (i = 0; i < routes->n_nets; i++)
		put_net(routes->nets[i]);
	kvfree(routes);
}

/* --- a domain ends -------------------------------------------------------- */

static struct sal_nl_routes *routes_pop(void)
{
	struct sal_nl_routes *routes;

	spin_lock(&routes_later_lock);
	routes = list_first_entry_or_null(&routes_later, struct sal_nl_routes,
					  later);
	if (routes)
		list_del(&routes->later);
	spin_unlock(&routes_later_lock);
	return routes;
}

static void routes_work_fn(struct work_struct *work)
{
	struct sal_nl_routes *routes;

	while ((routes = routes_pop())) {
		routes_apply(routes);
		sal_nl_routes_free(routes);
	}
}

/* without memory they stay, and are known by their protocol number */
void sal_route_domain_exit(struct sal_domain *d)
{
	struct sal_nl_routes *routes;

	lockdep_assert_held(&sal_mutex);
	if (!d->n_members || !d->n_pools)
		return;
	routes = sal_nl_routes_alloc(d->n_members, NULL);
	if (!routes)
		return;
	sal_nl_routes_members(routes, d);
	sal_nl_routes_del(routes, d->pools, d->n_pools, NULL, 0);

	spin_lock(&routes_later_lock);
	list_add_tail(&routes->later, &routes_later);
	spin_unlock(&routes_later_lock);
	queue_work(system_long_wq, &routes_work);
}

void sal_route_exit(void)
{
	flush_work(&routes_work);
}
