// SPDX-License-Identifier: GPL-2.0
/*
 * pmtu.c - what a client's kernel has to know of the path to an endpoint
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "pmtu.h"
#include "xlat.h"

/* these two find the quoted header at skb->data */

static void pmtu_update4(struct net *net, struct sk_buff *skb, u32 mtu,
			 const struct sal_quote *q)
{
	__skb_pull(skb, q->off);
	ipv4_update_pmtu(skb, net, mtu, l3mdev_master_ifindex_rcu(skb->dev),
			 q->proto);
	__skb_push(skb, q->off);
}

static void pmtu_update6(struct net *net, struct sk_buff *skb, __be32 mtu,
			 const struct sal_quote *q)
{
	__skb_pull(skb, q->off);
	ip6_update_pmtu(skb, net, mtu, l3mdev_master_ifindex_rcu(skb->dev), 0,
			sock_net_uid(net, NULL));
	__skb_push(skb, q->off);
}

void sal_pmtu_note(struct net *net, struct sk_buff *skb, enum sal_af af,
		   const struct sal_packet *pkt, const struct sal_quote *q)
{
	const struct icmp6hdr *icmp6h;
	const struct icmphdr *icmph;

	/* TCP looks at sequence numbers before it believes that, and then sends
	 * smaller segments
	 */
	if (q->proto == IPPROTO_TCP || !pskb_may_pull(skb, q->l4off) ||
	    nf_checksum(skb, NF_INET_LOCAL_IN, pkt->off, pkt->proto,
			af == SAL_V4 ? AF_INET : AF_INET6))
		return;
	if (af == SAL_V4) {
		icmph = (void *)(skb->data + pkt->off);
		if (icmph->type == ICMP_DEST_UNREACH &&
		    icmph->code == ICMP_FRAG_NEEDED)
			pmtu_update4(net, skb, ntohs(icmph->un.frag.mtu), q);
	} else {
		icmp6h = (void *)(skb->data + pkt->off);
		if (icmp6h->icmp6_type == ICMPV6_PKT_TOOBIG)
			pmtu_update6(net, skb, icmp6h->icmp6_mtu, q);
	}
}
