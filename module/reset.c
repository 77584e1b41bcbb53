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

static void reset_tcp(struct tcphdr *th, const struct sk_buff *skb,
		      const struct tcphdr *old, unsigned int off)
{
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

/* room for an answer, whose TCP header has ports and nothing else yet */
static struct sk_buff *reset_alloc(enum sal_af af, const struct sal_packet *pkt)
{
	unsigned int len = af == SAL_V4 ? sizeof(struct iphdr) :
					  sizeof(struct ipv6hdr);
	struct sk_buff *nskb;
	struct tcphdr *th;

	nskb = alloc_skb(LL_MAX_HEADER + len + sizeof(*th), GFP_ATOMIC);
	if (!nskb)
		return NULL;
	skb_reserve(nskb, LL_MAX_HEADER);
	skb_reset_network_header(nskb);
	skb_put_zero(nskb, len);
	skb_set_transport_header(nskb, len);
	th = skb_put_zero(nskb, sizeof(*th));
	th->source = pkt->dport;
	th->dest = pkt->sport;
	th->doff = sizeof(*th) / 4;
	return nskb;
}

/* the other headers, and the sum */
static void reset_finish(struct sk_buff *nskb, enum sal_af af,
			 const struct sal_packet *pkt)
{
	if (af == SAL_V4)
		reset_ip4(nskb, pkt);
	else
		reset_ip6(nskb, pkt);
	/* conntrack has not seen what it answers, and would call it invalid */
	skb_set_nfct(nskb, IP_CT_UNTRACKED);
	nskb->protocol = htons(af == SAL_V4 ? ETH_P_IP : ETH_P_IPV6);
}

static struct sk_buff *reset_make(const struct sk_buff *skb, enum sal_af af,
				  const struct sal_packet *pkt)
{
	struct tcphdr buf, *old;
	struct sk_buff *nskb;

	old = skb_header_pointer(skb, pkt->off, sizeof(buf), &buf);
	if (!old || old->rst || skb->len < pkt->off + old->doff * 4)
		return NULL;
	nskb = reset_alloc(af, pkt);
	if (!nskb)
		return NULL;
	reset_tcp(tcp_hdr(nskb), skb, old, pkt->off);
	reset_finish(nskb, af, pkt);
	nskb->mark = skb->mark;
	return nskb;
}

/* what no connection accepts: only its acknowledgment, of numbers that are nobody's */
static struct sk_buff *reset_make_ask(enum sal_af af,
				      const struct sal_packet *pkt)
{
	struct sk_buff *nskb = reset_alloc(af, pkt);
	struct tcphdr *th;

	if (!nskb)
		return NULL;
	th = tcp_hdr(nskb);
	th->ack = 1;
	th->seq = (__force __be32)get_random_u32();
	th->ack_seq = (__force __be32)get_random_u32();
	reset_finish(nskb, af, pkt);
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
				      const struct sal_packet *pkt, u32 mark,
				      int l3mdev)
{
	struct flowi4 fl4 = {
		.daddr		= sal_addr_get4(&pkt->src),
		.saddr		= sal_addr_get4(&pkt->dst),
		.flowi4_mark	= mark,
		.flowi4_l3mdev	= l3mdev,
		/* the VIP is none of this host's addresses */
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;

	rt = ip_route_output_key(net, &fl4);
	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *reset_route6(struct net *net,
				      const struct sal_packet *pkt, u32 mark,
				      int l3mdev)
{
	struct flowi6 fl6 = {
		.daddr		= pkt->src,
		.saddr		= pkt->dst,
		.flowi6_mark	= mark,
		.flowi6_l3mdev	= l3mdev,
	};
	struct dst_entry *dst;

	dst = ip6_route_output(net, NULL, &fl6);
	if (!dst->error)
		return dst;
	dst_release(dst);
	return NULL;
}

/* takes the packet, which may be NULL */
static void reset_out(struct net *net, enum sal_af af,
		      const struct sal_packet *pkt, struct sk_buff *nskb,
		      int l3mdev)
{
	struct dst_entry *dst;

	if (!nskb)
		return;
	dst = af == SAL_V4 ? reset_route4(net, pkt, nskb->mark, l3mdev) :
			     reset_route6(net, pkt, nskb->mark, l3mdev);
	if (!dst) {
		kfree_skb(nskb);
		return;
	}
	skb_dst_set(nskb, dst);
	if (af == SAL_V4)
		ip_local_out(net, NULL, nskb);
	else
		ip6_local_out(net, NULL, nskb);
}

void sal_reset_send(struct net *net, const struct sk_buff *skb, enum sal_af af,
		    const struct sal_packet *pkt)
{
	reset_out(net, af, pkt, reset_make(skb, af, pkt), reset_l3mdev(skb));
}

void sal_reset_ask(struct net *net, const struct in6_addr *src, __be16 sport,
		   const struct in6_addr *dst, __be16 dport)
{
	/* what it would answer */
	const struct sal_packet pkt = {
		.src	= *dst,
		.dst	= *src,
		.sport	= dport,
		.dport	= sport,
	};
	enum sal_af af = sal_addr_af(dst);

	reset_out(net, af, &pkt, reset_make_ask(af, &pkt), 0);
}
