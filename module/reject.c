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
#include <net/net_namespace.h>

#include "reject.h"

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
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0);
	else
		reject6(net, skb, ICMPV6_PARAMPROB, ICMPV6_UNK_NEXTHDR,
			offsetof(struct ipv6hdr, nexthdr));
}

void sal_reject_host(struct net *net, struct sk_buff *skb, enum sal_af af)
{
	if (af == SAL_V4)
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else
		reject6(net, skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
}
