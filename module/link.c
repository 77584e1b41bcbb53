// SPDX-License-Identifier: GPL-2.0
/*
 * link.c - whether the addresses of endpoints are there
 *
 * Bad news is acted upon where it is heard: notifiers run with RTNL held or
 * in atomic context, so they take sal_lock alone, set the fault and let the
 * endpoint's cells go; those that are told beforehand may then wait for packets
 * that are under way. Good news, or news that is not clear, puts the endpoint
 * on a list; a work looks at its addresses under sal_mutex, and makes it usable.
 *
 * What is told of with RTNL held may not be done yet: a device on its way down is
 * still seen running. It is done when RTNL was free once, and the news is
 * *settled* then. A look at an endpoint of which there is news that was not when
 * the look began is done again, later.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/net_namespace.h>
#include <net/route.h>

#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "link.h"
#include "net.h"
#include "path.h"
#include "service.h"

/* how often an address is looked at that is there and cannot be used yet, as
 * duplicate address detection still tests it
 */
#define LINK_POLL	(HZ / 20 ?: 1)

static LIST_HEAD(link_list);	/* &sal_endpoint.recheck; sal_lock */
static u64 link_news;		/* number of the last; sal_lock */
static u64 link_settled;	/* all up to this; sal_lock */
static bool link_exiting;	/* written once, before notifiers go */
static void link_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(link_work, link_work_fn);

static void link_hear(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_lock);
	ep->news = ++link_news;
}

static void link_recheck(struct sal_endpoint *ep, unsigned long delay)
{
	lockdep_assert_held(&sal_lock);
	if (list_empty(&ep->recheck))
		list_add_tail(&ep->recheck, &link_list);
	if (delay)
		queue_delayed_work(system_power_efficient_wq, &link_work,
				   delay);
	else
		mod_delayed_work(system_power_efficient_wq, &link_work, 0);
}

/*
 * The carrier is there before others have been told of it (a bridge at the
 * other end of the cable does not forward yet); the operational state comes
 * with the news.
 */
static u32 link_probe_dev(const struct net_device *dev)
{
	if (!dev)
		return SAL_FAULT_ADDRESS;
	if (!netif_running(dev) || !netif_oper_up(dev))
		return SAL_FAULT_DEVICE;
	return 0;
}

/*
 * Who adds an address tells of it before there is a route to it, so that what
 * comes then is lost; and a look need not come after the news.
 */
static u32 link_probe4(struct net *net, const struct in6_addr *addr)
{
	__be32 addr4 = sal_addr_get4(addr);
	struct net_device *dev;
	u32 fault;

	dev = __ip_dev_find(net, addr4, false);
	fault = link_probe_dev(dev);
	if (!fault && inet_addr_type_dev_table(net, dev, addr4) != RTN_LOCAL)
		fault = SAL_FAULT_ADDRESS;
	return fault;
}

static bool link_routed6(struct net *net, const struct net_device *dev,
			 const struct in6_addr *addr)
{
	struct flowi6 fl6 = { .daddr = *addr, .flowi6_oif = dev->ifindex };
	struct dst_entry *dst;
	bool local;

	dst = ip6_route_output(net, NULL, &fl6);
	local = !dst->error && dst_rt6_info(dst)->rt6i_flags & RTF_LOCAL;
	dst_release(dst);
	return local;
}

static u32 link_probe6(struct net *net, const struct in6_addr *addr)
{
	struct net_device *dev;
	u32 fault;

	/* with ipv6.disable=1 there are not even tables to look in */
	if (!ipv6_mod_enabled())
		return SAL_FAULT_ADDRESS;
	dev = ipv6_dev_find(net, addr, NULL);
	fault = link_probe_dev(dev);
	if (!fault && (!ipv6_chk_addr(net, addr, NULL, 0) ||
		       !link_routed6(net, dev, addr)))
		fault = SAL_FAULT_ADDRESS;
	return fault;
}

/* is the address there, but not to be used yet? */
static bool link_soon4(struct net *net, const struct in6_addr *addr)
{
	return __ip_dev_find(net, sal_addr_get4(addr), false);
}

/* it may be tentative, too */
static bool link_soon6(struct net *net, const struct in6_addr *addr)
{
	return ipv6_mod_enabled() &&
	       ipv6_chk_addr_and_flags(net, addr, NULL, true, 0,
				       IFA_F_DADFAILED);
}

static bool link_soon(struct net *net, const struct in6_addr *addr)
{
	return sal_addr_af(addr) == SAL_V4 ? link_soon4(net, addr) :
					     link_soon6(net, addr);
}

/**
 * struct link_look - what a look at an endpoint saw
 * @fault: for each family
 * @again: look again in a while
 */
struct link_look {
	u32 fault[SAL_AF_NUM];
	bool again;
};

static void link_probe(const struct sal_endpoint *ep, struct net *net,
		       struct link_look *look)
{
	int af;

	memset(look, 0, sizeof(*look));
	if (!ep->local)
		return;
	if (!net || READ_ONCE(sal_net(net)->exiting)) {
		for (af = 0; af < SAL_AF_NUM; af++)
			if (ep->has & BIT(af))
				look->fault[af] = SAL_FAULT_NETNS;
		return;
	}
	rcu_read_lock();
	for (af = 0; af < SAL_AF_NUM; af++) {
		const struct in6_addr *addr = sal_endpoint_addr(ep, af);

		if (!(ep->has & BIT(af)))
			continue;
		look->fault[af] = af == SAL_V4 ? link_probe4(net, addr) :
						 link_probe6(net, addr);
		if (look->fault[af] == SAL_FAULT_ADDRESS)
			look->again |= link_soon(net, addr);
	}
	rcu_read_unlock();
}

static bool link_good(const struct sal_endpoint *ep,
		      const struct link_look *look, enum sal_af af)
{
	return ep->has & BIT(af) && ep->state != SAL_ENDPOINT_STATE_DOWN &&
	       !look->fault[af];
}

/**
 * struct sal_link_plan - a look at an endpoint
 * @look: what was seen
 * @settled: which news were as the look began
 */
struct sal_link_plan {
	struct link_look look;
	u64 settled;
};

static void link_add_fault(const struct sal_endpoint *ep,
			   u32 fault[SAL_AF_NUM], u32 add)
{
	int af;

	for (af = 0; af < SAL_AF_NUM; af++)
		if (ep->has & BIT(af))
			fault[af] |= add;
}

static void link_look(struct sal_endpoint *ep, struct sal_link_plan *plan)
{
	struct net *net;

	spin_lock_bh(&sal_lock);
	plan->settled = link_settled;
	net = ep->net;
	spin_unlock_bh(&sal_lock);

	/* sal_mutex keeps the namespace from being freed meanwhile */
	link_probe(ep, net, &plan->look);
}

enum sal_cause sal_link_cause(u32 fault)
{
	if (fault & SAL_FAULT_NETNS)
		return SAL_CAUSE_NETNS;
	if (fault & SAL_FAULT_DEVICE)
		return SAL_CAUSE_DEVICE;
	return fault == SAL_FAULT_LEASE ? SAL_CAUSE_LEASE : SAL_CAUSE_ADDRESS;
}

/* true where anything changed */
static bool link_apply(struct sal_endpoint *ep, struct sal_link_plan *plan)
{
	struct link_look *look = &plan->look;
	bool changed = false;
	int af;

	if (sal_lease_fails(ep))
		link_add_fault(ep, look->fault, SAL_FAULT_LEASE);
	for (af = 0; af < SAL_AF_NUM; af++) {
		bool good = link_good(ep, look, af);

		changed |= ep->fault[af] != look->fault[af] ||
			   ep->usable[af] != good;
		ep->fault[af] = look->fault[af];
		if (good && !ep->usable[af])
			sal_cells_enter(ep, af);
		else if (!good)
			sal_cells_leave(ep, af, sal_link_cause(ep->fault[af]));
	}
	if (look->again)
		link_recheck(ep, LINK_POLL);
	return changed;
}

static bool link_act(struct sal_endpoint *ep, struct sal_link_plan *plan)
{
	bool changed = false;

	spin_lock_bh(&sal_lock);
	if (ep->news <= plan->settled)
		changed = link_apply(ep, plan);
	else
		link_recheck(ep, 0);
	spin_unlock_bh(&sal_lock);
	return changed;
}

int sal_link_plan(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	sal_link_forget(ep);
	ep->link = kzalloc_obj(*ep->link, GFP_KERNEL);
	if (!ep->link)
		return -ENOMEM;
	link_look(ep, ep->link);
	return 0;
}

void sal_link_apply(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	if (!ep->link)
		return;
	link_act(ep, ep->link);
	/* it may be new, and was not told of what is not settled */
	spin_lock_bh(&sal_lock);
	if (link_news != ep->link->settled)
		link_recheck(ep, 0);
	spin_unlock_bh(&sal_lock);
}

void sal_link_forget(struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_mutex);
	kfree(ep->link);
	ep->link = NULL;
}

void sal_link_again(struct sal_endpoint *ep)
{
	link_recheck(ep, 0);
}

void sal_link_lease_expired(struct sal_endpoint *ep)
{
	int af;

	lockdep_assert_held(&sal_lock);
	link_add_fault(ep, ep->fault, SAL_FAULT_LEASE);
	for (af = 0; af < SAL_AF_NUM; af++)
		sal_cells_leave(ep, af, SAL_CAUSE_LEASE);
	if (ep->pending)
		return;
	sal_domain_changed(ep->svc->domain);
	sal_event_endpoint(ep, ep->net, SAL_CMD_ENDPOINT_SET_NTF);
}

static struct sal_endpoint *link_pop(struct list_head *list)
{
	struct sal_endpoint *ep;

	spin_lock_bh(&sal_lock);
	ep = list_first_entry_or_null(list, struct sal_endpoint, recheck);
	if (ep)
		list_del_init(&ep->recheck);
	spin_unlock_bh(&sal_lock);
	return ep;
}

static void link_work_one(struct sal_endpoint *ep)
{
	struct sal_link_plan plan;

	link_look(ep, &plan);
	if (!link_act(ep, &plan))
		return;
	sal_domain_changed(ep->svc->domain);
	sal_event_endpoint(ep, ep->net, SAL_CMD_ENDPOINT_SET_NTF);
}

/* who told the news may have more to tell, too, or others to tell it to */
static u64 link_settle(void)
{
	u64 news;

	spin_lock_bh(&sal_lock);
	news = link_news;
	spin_unlock_bh(&sal_lock);
	rtnl_lock();
	rtnl_unlock();
	return news;
}

/* those that come anew meanwhile have armed the work again */
static void link_work_fn(struct work_struct *work)
{
	u64 settled = link_settle();
	struct sal_endpoint *ep;
	LIST_HEAD(list);

	mutex_lock(&sal_mutex);
	spin_lock_bh(&sal_lock);
	link_settled = settled;
	list_splice_init(&link_list, &list);
	spin_unlock_bh(&sal_lock);
	while ((ep = link_pop(&list)))
		link_work_one(ep);
	mutex_unlock(&sal_mutex);
}

/* true where packets may be on their way to it that should arrive */
static bool link_fail(struct sal_endpoint *ep, enum sal_af af, u32 fault)
{
	bool news = (ep->fault[af] & fault) != fault;
	/* anybody can have a guest, and let all wait for it */
	bool wait = ep->usable[af] && !ep->svc->domain->guest;

	ep->fault[af] |= fault;
	sal_cells_leave(ep, af, sal_link_cause(fault));
	if (!news || ep->pending)
		return wait;
	sal_domain_changed(ep->svc->domain);
	sal_event_endpoint(ep, ep->net, SAL_CMD_ENDPOINT_SET_NTF);
	return wait;
}

static bool link_addr_event_one(struct sal_endpoint *ep, enum sal_af af,
				bool gone)
{
	bool wait = false;

	spin_lock_bh(&sal_lock);
	if (!ep->dead) {
		link_hear(ep);
		if (gone)
			wait = link_fail(ep, af, SAL_FAULT_ADDRESS);
		link_recheck(ep, 0);
	}
	spin_unlock_bh(&sal_lock);
	return wait;
}

/*
 * An address has come or gone; several devices may have had it. True where
 * link_let_arrive() should be called.
 */
static bool link_addr_event(struct net *net, const struct in6_addr *addr,
			    bool gone)
{
	enum sal_af af = sal_addr_af(addr);
	struct sal_endpoint *ep;
	bool wait = false;

	rcu_read_lock();
	list_for_each_entry_rcu(ep, &sal_net(net)->endpoints, in_net)
		if (ep->has & BIT(af) &&
		    ipv6_addr_equal(sal_endpoint_addr(ep, af), addr))
			wait |= link_addr_event_one(ep, af, gone);
	rcu_read_unlock();
	return wait;
}

static bool link_dev_has4(struct net_device *dev, __be32 addr)
{
	const struct in_ifaddr *ifa;
	struct in_device *in_dev;
	bool found = false;

	rcu_read_lock();
	in_dev = __in_dev_get_rcu(dev);
	if (in_dev) {
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			if (ifa->ifa_local == addr)
				found = true;
	}
	rcu_read_unlock();
	return found;
}

static bool link_dev_has(struct net_device *dev, const struct sal_endpoint *ep,
			 enum sal_af af)
{
	const struct in6_addr *addr = sal_endpoint_addr(ep, af);

	if (!(ep->has & BIT(af)))
		return false;
	if (af == SAL_V4)
		return link_dev_has4(dev, sal_addr_get4(addr));
	return ipv6_mod_enabled() && ipv6_chk_addr(dev_net(dev), addr, dev, 1);
}

/* news are only those of a device that has its address: others may come and go all the time,
 * and it would never be settled
 */
static bool link_dev_event_one(struct net_device *dev, struct sal_endpoint *ep,
			       bool down, bool again)
{
	bool wait = false;
	int af;

	spin_lock_bh(&sal_lock);
	if (!ep->dead) {
		for (af = 0; af < SAL_AF_NUM; af++) {
			if (!link_dev_has(dev, ep, af))
				continue;
			link_hear(ep);
			if (down)
				wait |= link_fail(ep, af, SAL_FAULT_DEVICE);
		}
		if (again)
			link_recheck(ep, 0);
	}
	spin_unlock_bh(&sal_lock);
	return wait;
}

/*
 * @again: look again; not while a device is on its way down, as it would still
 * be seen running. True where link_let_arrive() should be called.
 */
static bool link_dev_event(struct net_device *dev, bool down, bool again)
{
	struct sal_endpoint *ep;
	bool wait = false;

	rcu_read_lock();
	list_for_each_entry_rcu(ep, &sal_net(dev_net(dev))->endpoints, in_net)
		wait |= link_dev_event_one(dev, ep, down, again);
	rcu_read_unlock();
	return wait;
}

static void link_netns_exit_one(struct sal_endpoint *ep)
{
	int af;

	spin_lock_bh(&sal_lock);
	if (!ep->dead) {
		link_hear(ep);
		for (af = 0; af < SAL_AF_NUM; af++)
			if (ep->has & BIT(af))
				link_fail(ep, af, SAL_FAULT_NETNS);
	}
	spin_unlock_bh(&sal_lock);
}

void sal_link_netns_exit(struct net *net)
{
	struct sal_net *sn = sal_net(net);
	struct sal_endpoint *ep;

	WRITE_ONCE(sn->exiting, true);
	rcu_read_lock();
	list_for_each_entry_rcu(ep, &sn->endpoints, in_net)
		link_netns_exit_one(ep);
	rcu_read_unlock();
}

/*
 * Packets that were resolved before are on their way, on other CPUs. Nearly all
 * arrive in that time; it is short, as RTNL is held. All devices are said to go
 * down as the notifier goes: none does.
 */
static void link_let_arrive(void)
{
	if (!READ_ONCE(link_exiting))
		synchronize_net();
}

static int link_netdev_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_GOING_DOWN:
		if (link_dev_event(dev, true, false))
			link_let_arrive();
		break;
	case NETDEV_DOWN:
	case NETDEV_UNREGISTER:
		link_dev_event(dev, true, true);
		break;
	case NETDEV_UP:
		link_dev_event(dev, false, true);
		break;
	case NETDEV_CHANGE:
		link_dev_event(dev,
			       netif_running(dev) && !netif_carrier_ok(dev),
			       true);
		break;
	}
	return NOTIFY_DONE;
}

static int link_inetaddr_event(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct in6_addr addr;

	sal_paths_void();
	sal_addr_set4(&addr, ifa->ifa_local);
	if (link_addr_event(dev_net(ifa->ifa_dev->dev), &addr,
			    event == NETDEV_DOWN))
		link_let_arrive();
	return NOTIFY_DONE;
}

static int link_inet6addr_event(struct notifier_block *nb, unsigned long event,
				void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;

	sal_paths_void();
	link_addr_event(dev_net(ifa->idev->dev), &ifa->addr,
			event == NETDEV_DOWN);
	return NOTIFY_DONE;
}

static struct notifier_block link_netdev_nb = {
	.notifier_call = link_netdev_event,
};

/*
 * Before fib_inetaddr_event(), which takes the address's local route: what comes
 * after that is lost. IPv6 takes it before it tells anybody.
 */
static struct notifier_block link_inetaddr_nb = {
	.notifier_call = link_inetaddr_event,
	.priority = 1,
};

static struct notifier_block link_inet6addr_nb = {
	.notifier_call = link_inet6addr_event,
};

int __init sal_link_init(void)
{
	int err;

	err = register_netdevice_notifier(&link_netdev_nb);
	if (err)
		return err;
	err = register_inetaddr_notifier(&link_inetaddr_nb);
	if (err)
		goto err_netdev;
	err = register_inet6addr_notifier(&link_inet6addr_nb);
	if (err)
		goto err_inet;
	return 0;

err_inet:
	unregister_inetaddr_notifier(&link_inetaddr_nb);
err_netdev:
	unregister_netdevice_notifier(&link_netdev_nb);
	return err;
}

bool sal_link_exits(void)
{
	return READ_ONCE(link_exiting);
}

/* before the namespaces let go of the endpoints */
void sal_link_exit(void)
{
	WRITE_ONCE(link_exiting, true);
	unregister_inet6addr_notifier(&link_inet6addr_nb);
	unregister_inetaddr_notifier(&link_inetaddr_nb);
	unregister_netdevice_notifier(&link_netdev_nb);
	cancel_delayed_work_sync(&link_work);
}
