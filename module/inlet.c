// SPDX-License-Identifier: GPL-2.0
/*
 * inlet.c - devices of routers that have our hook for what they receive
 *
 * There a packet has cost the least. Where a device has none, PRE_ROUTING is the place: see
 * ingress.c for both.
 *
 * To register a hook takes mutexes, so packets ask for that and a work does it. An
 * inlet lives from then until its device is unregistered, or becomes a bridge's port, or its
 * namespace is no member any more: so the device is there as long as it is.
 */
#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "brport.h"
#include "compat.h"
#include "datapath.h"
#include "hooks.h"
#include "inlet.h"
#include "member.h"
#include "net.h"
#include "path.h"
#include "shortcut.h"

/* behind all others; where there are others there is no direct path */
#define INLET_PRI	INT_MAX
/* jiffies between two that a namespace asks for, as each takes RTNL */
#define INLET_PAUSE	(HZ / 5)
/* most that a namespace has */
#define INLETS_MAX	64

/**
 * struct inlet - a device with our hook
 * @list: in inlets
 * @net: its namespace, a member
 * @ops: the hook; with the device
 * @rcu: for freeing
 */
struct inlet {
	struct list_head list;
	struct net *net;
	struct nf_hook_ops ops;
	struct rcu_head rcu;
};

/* guards inlets; nests inside RTNL, and inside sal_mutex */
static DEFINE_MUTEX(inlets_lock);
static LIST_HEAD(inlets);

/* --- what is asked for ------------------------------------------------------ */

/* one at a time: who is not heard asks again by its next packet */
static struct net *inlet_net;
static int inlet_ifindex;
static atomic_t inlet_asked = ATOMIC_INIT(0);

static unsigned int inlet_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

/* is it the only one of a device for what that receives? RCU */
static bool inlet_is_alone(const struct net_device *dev)
{
	const struct nf_hook_entries *e = rcu_dereference(dev->nf_hooks_ingress);

	return e && e->num_hook_entries == 1 && e->hooks[0].hook == inlet_hook;
}

static unsigned int inlet_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct sal_spot spot = { .place = SAL_PLACEMENT_ROUTER };

	if (skb->protocol == htons(ETH_P_IP))
		spot.af = SAL_V4;
	else if (skb->protocol == htons(ETH_P_IPV6))
		spot.af = SAL_V6;
	else
		return NF_ACCEPT;
	spot.member = rcu_dereference(sal_net(state->net)->member);
	spot.iif = skb->dev->ifindex;
	if (!spot.member || !inlet_is_alone(skb->dev))
		return NF_ACCEPT;
	return sal_shortcut_ingress(&spot, skb);
}

static bool inlet_has(const struct net_device *dev)
{
	const struct nf_hook_entries *e = rcu_dereference(dev->nf_hooks_ingress);
	unsigned int i;

	for (i = 0; e && i < e->num_hook_entries; i++)
		if (e->hooks[i].hook == inlet_hook)
			return true;
	return false;
}

static struct inlet *inlet_find(const struct net_device *dev)
{
	struct inlet *in;

	list_for_each_entry(in, &inlets, list)
		if (in->ops.dev == dev)
			return in;
	return NULL;
}

static bool inlet_has_room(const struct net *net)
{
	return READ_ONCE(sal_net(net)->inlets) < INLETS_MAX;
}

/* inlets_lock */
static void inlet_count(struct net *net, int n)
{
	struct sal_net *sn = sal_net(net);

	WRITE_ONCE(sn->inlets, sn->inlets + n);
}

static void inlet_add(struct net *net, struct net_device *dev)
{
	struct inlet *in;

	if (!rcu_access_pointer(sal_net(net)->member) || inlet_find(dev) ||
	    !inlet_has_room(net))
		return;
	in = kzalloc_obj(*in, GFP_KERNEL);
	if (!in)
		return;
	in->net = net;
	in->ops.hook = inlet_hook;
	in->ops.pf = NFPROTO_NETDEV;
	in->ops.hooknum = NF_NETDEV_INGRESS;
	in->ops.priority = INLET_PRI;
	in->ops.dev = dev;
	if (nf_register_net_hook(net, &in->ops)) {
		kfree(in);
		return;
	}
	list_add(&in->list, &inlets);
	inlet_count(net, 1);
}

static void inlet_del(struct inlet *in)
{
	lockdep_assert_held(&inlets_lock);
	nf_unregister_net_hook(in->net, &in->ops);
	list_del(&in->list);
	inlet_count(in->net, -1);
	kfree_rcu(in, rcu);
}

/* Others hand on packets in lists, see ingress_is_listed(), and do not always say so. A
 * bridge does not, whatever its ports do. RCU or RTNL
 */
bool sal_inlet_suits(const struct net_device *dev)
{
	return (sal_wire_is_veth(dev) || netif_is_bridge_master(dev)) &&
	       !rcu_access_pointer(dev->rx_handler);
}

/* under RTNL, as a device is registered then until its notifiers were called */
static void inlet_work_fn(struct work_struct *work)
{
	struct net *net = inlet_net;
	struct net_device *dev;

	rtnl_lock();
	mutex_lock(&inlets_lock);
	dev = __dev_get_by_index(net, inlet_ifindex);
	if (dev && dev->reg_state == NETREG_REGISTERED && sal_inlet_suits(dev))
		inlet_add(net, dev);
	mutex_unlock(&inlets_lock);
	rtnl_unlock();
	put_net(net);
	atomic_set_release(&inlet_asked, 0);
}

static DECLARE_WORK(inlet_work, inlet_work_fn);

/* Nothing of the other family would go straight, and to take a hook away drops what the
 * namespace's queues for programs (NFQUEUE) hold.
 */
static bool inlet_is_barred(const struct net *net)
{
	return sal_hooks_has_others(net, SAL_V4, SAL_PLACEMENT_ROUTER) ||
	       sal_hooks_has_others(net, SAL_V6, SAL_PLACEMENT_ROUTER);
}

void sal_inlet_want(const struct sal_spot *spot, const struct net_device *dev)
{
	struct sal_paths *paths = &spot->member->paths;
	struct net *net = spot->member->net;

	if (sal_path_tick() - READ_ONCE(paths->asked) < INLET_PAUSE ||
	    atomic_read(&inlet_asked) || !sal_inlet_suits(dev))
		return;
	/* for a while, whatever comes of it */
	WRITE_ONCE(paths->asked, sal_path_tick());
	if (inlet_has(dev) || !inlet_has_room(net) || inlet_is_barred(net))
		return;
	/* for the time that the work takes */
	if (!maybe_get_net(net))
		return;
	if (atomic_cmpxchg_acquire(&inlet_asked, 0, 1)) {
		put_net(net);
		return;
	}
	inlet_net = net;
	inlet_ifindex = dev->ifindex;
	schedule_work(&inlet_work);
}

/* --- what ends -------------------------------------------------------------- */

void sal_inlets_del(struct net *net)
{
	struct inlet *in, *next;

	guard(mutex)(&inlets_lock);
	list_for_each_entry_safe(in, next, &inlets, list)
		if (in->net == net)
			inlet_del(in);
}

/* whose packets are a master's: that its ports have no hooks of anybody is asked */
static bool inlet_ends(unsigned long event, const struct net_device *dev)
{
	return event == NETDEV_UNREGISTER ||
	       (event == NETDEV_CHANGEUPPER && netif_is_any_bridge_port(dev));
}

static int inlet_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct inlet *in;

	sal_paths_void();
	if (event == NETDEV_UNREGISTER)
		sal_brport_gone(dev);
	if (!inlet_ends(event, dev))
		return NOTIFY_DONE;
	guard(mutex)(&inlets_lock);
	in = inlet_find(dev);
	if (in)
		inlet_del(in);
	return NOTIFY_DONE;
}

static struct notifier_block inlet_nb = {
	.notifier_call = inlet_event,
};

int __init sal_inlets_init(void)
{
	return register_netdevice_notifier(&inlet_nb);
}

void sal_inlets_stop(void)
{
	/* the work has let go of it, and it is taken for good */
	while (atomic_cmpxchg_acquire(&inlet_asked, 0, 1))
		msleep(20);
}

void sal_inlets_exit(void)
{
	flush_work(&inlet_work);
	unregister_netdevice_notifier(&inlet_nb);
}
