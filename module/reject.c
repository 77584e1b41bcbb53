// SPDX-License-Identifier: GPL-2.0
/*
 * reject.c - ICMP errors for packets that the module does not let pass
 *
 * Protocol unreachable is in IPv6 a parameter problem that points at the
 * next-header field (RFC 4443, 3.4).
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/net_namespace.h>
#include <net/route.h>

#include "reject.h"

/* icmp_send() says nothing without a route; behind PRE_ROUTING there is none */
static bool reject_route4(struct net *net, struct sk_buff *skb)
{
	struct flowi4 fl4 = { .daddr = ip_hdr(skb)->saddr };
	struct rtable *rt;

	if (skb_dst(skb))
		return true;
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return false;
	skb_dst_set(skb, &rt->dst);
	return true;
}

static void reject4(struct net *net, struct sk_buff *skb, u8 code)
{
	if (reject_route4(net, skb))
		icmp_send(skb, ICMP_DEST_UNREACH, code, 0);
}

static void reject6(struct net *net, struct sk_buff *skb, u8 type, u8 code,
		    u32 info)
{
	/* a packet on its way out may have no device yet */
	if (!skb->dev)
		skb->dev = net->loopback_dev;
	icmpv6_send(skb, type, code, info);
}

void sal_reject_proto(struct net *net, struct sk_buff *skb, enum sal_af af)
{
	if (af == SAL_V4)
		reject4(net, skb, ICMP_PROT_UNREACH);
	else
		reject6(net, skb, ICMPV6_PARAMPROB, ICMPV6_UNK_NEXTHDR,
			offsetof(struct ipv6hdr, nexthdr));
}

void sal_reject_port(struct net *net, struct sk_buff *skb, enum sal_af af)
{
	if (af == SAL_V4)
		reject4(net, skb, ICMP_PORT_UNREACH);
	else
		reject6(net, skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
}

void sal_reject_host(struct net *net, struct sk_buff *skb, enum sal_af af)
{
	if (af == SAL_V4)
		reject4(net, skb, ICMP_HOST_UNREACH);
	else
		reject6(net, skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
}

void sal_reject_denied(struct net *net, struct sk_buff *skb, enum sal_af af)
{
	if (af == SAL_V4)
		reject4(net, skb, ICMP_PKT_FILTERED);
	else
		reject6(net, skb, ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED,
			0);
}
