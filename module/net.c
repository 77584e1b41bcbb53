// SPDX-License-Identifier: GPL-2.0
/*
 * net.c - state for each network namespace, and what its exit undoes
 *
 * A namespace can play three parts at once: it owns tables (domain), its
 * packets are resolved by a domain's tables (member), endpoints live in it.
 * Its exit ends all three, in two halves around the RCU grace period that the
 * core waits between pre_exit and exit:
 *
 *	pre_exit  endpoints fail (their flows move or are held at once), the
 *		  membership ends (hooks go, held packets are purged), the
 *		  domain is emptied and hidden
 *	exit	  no packet can be in our code any more on behalf of this
 *		  namespace: the domain's tables are freed
 */
#include <linux/rtnetlink.h>

#include "domain.h"
#include "endpoint.h"
#include "link.h"
#include "member.h"
#include "net.h"
#include "path.h"
#include "route.h"
#include "service.h"
#include "txn.h"

/* what they guard is said in net.h */
DEFINE_MUTEX(sal_mutex);
DEFINE_SPINLOCK(sal_lock);

unsigned int sal_net_id __read_mostly;

static int __net_init net_init(struct net *net)
{
	struct sal_net *sn = sal_net(net);

	sn->net = net;
	INIT_LIST_HEAD(&sn->endpoints);
	INIT_LIST_HEAD(&sn->open);
	return 0;
}

static struct sal_endpoint *net_first_endpoint(struct sal_net *sn)
{
	struct sal_endpoint *ep;

	spin_lock_bh(&sal_lock);
	ep = list_first_entry_or_null(&sn->endpoints, struct sal_endpoint,
				      in_net);
	spin_unlock_bh(&sal_lock);
	return ep;
}

static void net_end_endpoint(struct sal_endpoint *ep)
{
	struct sal_txn t;

	sal_txn_begin(&t, ep->svc->domain, false);
	sal_endpoint_delete(&t, ep, SAL_CAUSE_NETNS);
	sal_txn_commit(&t);
}

static void __net_exit net_pre_exit(struct net *net)
{
	struct sal_net *sn = sal_net(net);
	struct sal_endpoint *ep;
	struct sal_member *m;

	/* first and without waiting for a mutex: packets must not go there */
	sal_link_netns_exit(net);
	sal_paths_void();

	mutex_lock(&sal_mutex);
	while ((ep = net_first_endpoint(sn))) {
		net_end_endpoint(ep);
		cond_resched();
	}
	m = sal_member_of(net);
	if (m)
		sal_member_del(m);
	if (sn->domain)
		sal_domain_shut(sn->domain);
	mutex_unlock(&sal_mutex);
}

static void __net_exit net_exit(struct net *net)
{
	struct sal_net *sn = sal_net(net);

	if (sn->domain)
		sal_domain_destroy(sn->domain);
	WARN_ON_ONCE(!list_empty(&sn->endpoints));
}

static struct pernet_operations net_ops = {
	.init		= net_init,
	.pre_exit	= net_pre_exit,
	.exit		= net_exit,
	.id		= &sal_net_id,
	.size		= sizeof(struct sal_net),
};

int __init sal_net_init(void)
{
	return register_pernet_subsys(&net_ops);
}

/*
 * Namespaces end in any order; a member that ends before its domain is not on
 * the domain's list any more, and its routes would be forgotten.
 */
static void net_take_routes_back(void)
{
	struct net *net;

	down_read(&net_rwsem);
	mutex_lock(&sal_mutex);
	for_each_net(net)
		if (sal_net(net)->domain)
			sal_route_domain_exit(sal_net(net)->domain);
	mutex_unlock(&sal_mutex);
	up_read(&net_rwsem);
}

void sal_net_exit(void)
{
	net_take_routes_back();
	unregister_pernet_subsys(&net_ops);
}
