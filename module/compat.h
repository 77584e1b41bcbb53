/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - what older kernels call otherwise
 *
 * The module is written for the newest kernel that is supported; here is what
 * the oldest one (6.12) lacks, and nowhere else.
 */
#ifndef _SAL_COMPAT_H
#define _SAL_COMPAT_H

#include <linux/netfilter_ipv6.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/netdev_rx_queue.h>
#include <net/route.h>

/* 7.0 */
#ifndef kzalloc_obj
#define kmalloc_obj(p, gfp)	kmalloc(sizeof(p), gfp)
#define kzalloc_obj(p, gfp)	kzalloc(sizeof(p), gfp)
#define kvzalloc_obj(p, gfp)	kvzalloc(sizeof(p), gfp)
#define kzalloc_objs(p, n, gfp)	kcalloc(n, sizeof(p), gfp)
#endif

/* an errno or a drop reason, both not 0; RCU. 6.13: a DSCP of its own type */
static inline int sal_compat_route_input4(struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	return ip_route_input_noref(skb, iph->daddr, iph->saddr, iph->tos,
				    skb->dev);
#else
	return ip_route_input_noref(skb, iph->daddr, iph->saddr,
				    ip4h_dscp(iph), skb->dev);
#endif
}

/* in between it was exported */
static inline void sal_compat_route_input6(struct sk_buff *skb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	nf_get_ipv6_ops()->route_input(skb);
#else
	ip6_route_input(skb);
#endif
}

/* does a namespace forward IPv6 packets that come by a device? RCU. Since 6.17
 * a device may do so on its own.
 */
static inline bool sal_compat_forwards6(const struct net *net,
					const struct net_device *dev)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);

	if (!idev || READ_ONCE(idev->cnf.disable_ipv6))
		return false;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	if (READ_ONCE(idev->cnf.force_forwarding))
		return true;
#endif
	return READ_ONCE(net->ipv6.devconf_all->forwarding);
}

/*
 * Go on with a walk, under RCU from here on: true where the table was replaced meanwhile,
 * and it begins anew. Not all kernels of 6.12 forget the object at which it was, which may
 * have been freed, and then rhashtable_walk_next() and _peek() begin with that.
 */
static inline bool sal_compat_walk_start(struct rhashtable_iter *iter)
	__acquires(RCU)
{
	if (!rhashtable_walk_start_check(iter))
		return false;
	iter->p = NULL;
	return true;
}

/* a code point to look up a route with; 6.18: of its own type */
static inline void sal_compat_set_dscp(struct flowi4 *fl4, u8 dscp)
{
#ifdef flowi4_dscp
	fl4->flowi4_dscp = inet_dsfield_to_dscp(dscp);
#else
	fl4->flowi4_tos = dscp;
#endif
}

#ifdef CONFIG_RPS
/* has a queue a table of where flows are received? 7.2: no pointer */
static inline bool sal_compat_has_rps_flows(const struct netdev_rx_queue *rxq)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	return rcu_access_pointer(rxq->rps_flow_table);
#else
	return READ_ONCE(rxq->rps_flow_table);
#endif
}
#endif

/* does somebody take packets of one protocol, by whatever device they come? RCU. Older
 * kernels have a table of these for all namespaces, and do not show it.
 */
static inline bool sal_compat_has_protocols(const struct net *net)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	return false;
#else
	return !list_empty(&net->ptype_specific);
#endif
}

/* does somebody capture what a device sends or receives? RCU. 6.15 */
static inline bool sal_compat_is_tapped(const struct net_device *dev)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	return dev_nit_active((struct net_device *)dev);
#else
	return dev_nit_active_rcu(dev);
#endif
}

/* a device has sent a packet; before 6.18 veth counted in lstats; BH off */
static inline void sal_compat_count_sent(struct net_device *dev,
					 unsigned int len)
{
	if (dev->pcpu_stat_type == NETDEV_PCPU_STAT_TSTATS)
		dev_sw_netstats_tx_add(dev, 1, len);
	else if (dev->pcpu_stat_type == NETDEV_PCPU_STAT_LSTATS)
		dev_lstats_add(dev, len);
}

#endif /* _SAL_COMPAT_H */
