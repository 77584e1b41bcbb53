// SPDX-License-Identifier: GPL-2.0
/*
 * reroute.c - the way of a packet whose destination has changed in LOCAL_OUT
 *
 * What ip_route_me_harder() asks beside the route (what kind of address the source is,
 * the packet's ports, IPsec policies) costs more than that. Where it is without
 * consequence, as there are neither rules nor policies, only the route is asked for.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/sock.h>

#include "compat.h"
#include "datapath.h"
#include "member.h"
#include "reroute.h"

/* is it the destination that says where it goes, and no more than that? */
static bool reroute_is_plain(const struct sal_spot *spot, const struct sk_buff *skb,
			     const struct sock *sk)
{
	const struct net *net = spot->member->net;
	const struct net_device *dev = skb_dst(skb)->dev;

	if (netif_is_l3_master(dev) || netif_is_l3_slave(dev) ||
	    sal_net_has_rules(net, spot->af) || sal_net_has_xfrm(net))
		return false;
#ifdef CONFIG_XFRM
	if (sk && rcu_access_pointer(sk->sk_policy[XFRM_POLICY_OUT]))
		return false;
#endif
	return true;
}

static struct dst_entry *reroute_find4(struct net *net, const struct sk_buff *skb,
				       const struct sock *sk)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct flowi4 fl4 = {
		.daddr		= iph->daddr,
		.saddr		= iph->saddr,
		.flowi4_oif	= sk ? READ_ONCE(sk->sk_bound_dev_if) : 0,
		.flowi4_mark	= skb->mark,
		/* it is sent from there already */
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;

	sal_compat_set_dscp(&fl4, iph->tos & INET_DSCP_MASK);
	rt = ip_route_output_key(net, &fl4);
	return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
}

#if IS_ENABLED(CONFIG_IPV6)
static struct dst_entry *reroute_find6(struct net *net, const struct sk_buff *skb,
				       const struct sock *sk)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.daddr		= ip6h->daddr,
		.saddr		= ip6h->saddr,
		.flowlabel	= ip6_flowinfo(ip6h),
		.flowi6_oif	= sk ? READ_ONCE(sk->sk_bound_dev_if) : 0,
		.flowi6_mark	= skb->mark,
		.flowi6_uid	= sock_net_uid(net, sk),
	};
	struct dst_entry *dst = ip6_route_output(net, sk, &fl6);

	if (dst->error)
		IP6_INC_STATS(net, ip6_dst_idev(dst), IPSTATS_MIB_OUTNOROUTES);
	return dst;
}
#else
static struct dst_entry *reroute_find6(struct net *net, const struct sk_buff *skb,
				       const struct sock *sk)
{
	return ERR_PTR(-EAFNOSUPPORT);
}
#endif

static int reroute_plain(const struct sal_spot *spot, struct sk_buff *skb,
			 const struct sock *sk)
{
	struct net *net = spot->member->net;
	unsigned int room, want;
	struct dst_entry *dst;
	int err;

	dst = spot->af == SAL_V4 ? reroute_find4(net, skb, sk) :
				   reroute_find6(net, skb, sk);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	err = dst->error;
	if (err) {
		dst_release(dst);
		return err;
	}
	want = dst->dev->hard_header_len;
	room = skb_headroom(skb);
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	if (unlikely(room < want))
		return pskb_expand_head(skb, HH_DATA_ALIGN(want - room), 0,
					GFP_ATOMIC);
	return 0;
}

int sal_reroute(const struct sal_spot *spot, struct sk_buff *skb,
		struct sock *sk)
{
	struct net *net = spot->member->net;

	if (spot->place == SAL_PLACEMENT_ROUTER)
		return 0;
	sk = sk_to_full_sk(sk);
	if (likely(reroute_is_plain(spot, skb, sk)))
		return reroute_plain(spot, skb, sk);
	return spot->af == SAL_V4 ?
	       ip_route_me_harder(net, sk, skb, RTN_UNSPEC) :
	       ip6_route_me_harder(net, sk, skb);
}
