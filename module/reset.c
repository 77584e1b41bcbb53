// SPDX-License-Identifier: GPL-2.0
/*
 * reset.c - an answer to a TCP segment that belongs to no connection
 *
 * RFC 9293, 3.5.2: if the segment has an acknowledgment, the RST has that as its
 * sequence number; else it has 0, and acknowledges the segment.
 *
 * The kernel's own (nf_reject_ipv4, nf_reject_ipv6) are modules that a plain insmod
 * would not find.
 */
#include <linux/netfilter/nf_conntrack_common.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/tcp.h>

#include "reset.h"
#include "xlat.h"

/* payload, and one each for SYN and FIN */
static u32 reset_seg_len(const struct sk_buff *skb, const struct tcphdr *th,
			 unsigned int off)
{
	return skb->len - off - th->doff * 4 + th->syn + th->fin;
}

static void reset_tcp(struct sk_buff *nskb, const struct sk_buff *skb,
		      const struct tcphdr *old, unsigned int off)
{
	struct tcphdr *th;

	skb_set_transport_header(nskb, nskb->len);
	th = skb_put_zero(nskb, sizeof(*th));
	th->source = old->dest;
	th->dest = old->source;
	th->doff = sizeof(*th) / 4;
	th->rst = 1;
	if (old->ack) {
		th->seq = old->ack_seq;
		return;
	}
	th->ack = 1;
	th->ack_seq = htonl(ntohl(old->seq) + reset_seg_len(skb, old, off));
}

static void reset_ip4(struct sk_buff *nskb, const struct sal_packet *pkt)
{
	struct tcphdr *th = tcp_hdr(nskb);
	struct iphdr *iph = ip_hdr(nskb);

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->ttl = IPDEFTTL;
	iph->frag_off = htons(IP_DF);
	iph->protocol = IPPROTO_TCP;
	iph->saddr = sal_addr_get4(&pkt->dst);
	iph->daddr = sal_addr_get4(&pkt->src);
	th->check = tcp_v4_check(sizeof(*th), iph->saddr, iph->daddr,
				 csum_partial(th, sizeof(*th), 0));
}

static void reset_ip6(struct sk_buff *nskb, const struct sal_packet *pkt)
{
	struct ipv6hdr *iph = ipv6_hdr(nskb);
	struct tcphdr *th = tcp_hdr(nskb);

	ip6_flow_hdr(iph, 0, 0);
	iph->payload_len = htons(sizeof(*th));
	iph->nexthdr = IPPROTO_TCP;
	iph->hop_limit = IPV6_DEFAULT_HOPLIMIT;
	iph->saddr = pkt->dst;
	iph->daddr = pkt->src;
	th->check = csum_ipv6_magic(&iph->saddr, &iph->daddr, sizeof(*th),
				    IPPROTO_TCP,
				    csum_partial(th, sizeof(*th), 0));
}

static struct sk_buff *reset_make(const struct sk_buff *skb, enum sal_af af,
				  const struct sal_packet *pkt)
{
	unsigned int len = af == SAL_V4 ? sizeof(struct iphdr) :
					  sizeof(struct ipv6hdr);
	struct tcphdr buf, *old;
	struct sk_buff *nskb;

	old = skb_header_pointer(skb, pkt->off, sizeof(buf), &buf);
	if (!old || old->rst || skb->len < pkt->off + old->doff * 4)
		return NULL;
	nskb = alloc_skb(LL_MAX_HEADER + len + sizeof(*old), GFP_ATOMIC);
	if (!nskb)
		return NULL;
	skb_reserve(nskb, LL_MAX_HEADER);
	skb_reset_network_header(nskb);
	skb_put_zero(nskb, len);
	reset_tcp(nskb, skb, old, pkt->off);
	if (af == SAL_V4)
		reset_ip4(nskb, pkt);
	else
		reset_ip6(nskb, pkt);
	nskb->mark = skb->mark;
	/* conntrack has not seen what it answers, and would call it invalid */
	skb_set_nfct(nskb, IP_CT_UNTRACKED);
	nskb->protocol = htons(af == SAL_V4 ? ETH_P_IP : ETH_P_IPV6);
	return nskb;
}

/* the VRF that the client is in, or 0 */
static int reset_l3mdev(const struct sk_buff *skb)
{
	const struct net_device *dev = skb_dst(skb) ? skb_dst(skb)->dev :
						      skb->dev;

	return dev ? l3mdev_master_ifindex_rcu(dev) : 0;
}

static struct dst_entry *reset_route4(struct net *net,
				      const struct sk_buff *skb,
				      const struct sal_packet *pkt)
{
	struct flowi4 fl4 = {
		.daddr		= sal_addr_get4(&pkt->src),
		.saddr		= sal_addr_get4(&pkt->dst),
		.flowi4_mark	= skb->mark,
		.flowi4_l3mdev	= reset_l3mdev(skb),
		/* the VIP is none of this host's addresses */
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;

	rt = ip_route_output_key(net, &fl4);
	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *reset_route6(struct net *net,
				      const struct sk_buff *skb,
				      const struct sal_packet *pkt)
{
	struct flowi6 fl6 = {
		.daddr		= pkt->src,
		.saddr		= pkt->dst,
		.flowi6_mark	= skb->mark,
		.flowi6_l3mdev	= reset_l3mdev(skb),
	};
	struct dst_entry *dst;

	dst = ip6_route_output(net, NULL, &fl6);
	if (!dst->error)
		return dst;
	dst_release(dst);
	return NULL;
}

void sal_reset_send(struct net *net, const struct sk_buff *skb, enum sal_af af,
		    const struct sal_packet *pkt)
{
	struct dst_entry *dst;
	struct sk_buff *nskb;

	dst = af == SAL_V4 ? reset_route4(net, skb, pkt) :
			     reset_route6(net, skb, pkt);
	if (!dst)
		return;
	nskb = reset_make(skb, af, pkt);
	if (!nskb) {
		dst_release(dst);
		return;
	}
	skb_dst_set(nskb, dst);
	if (af == SAL_V4)
		ip_local_out(net, NULL, nskb);
	else
		ip6_local_out(net, NULL, nskb);
}
