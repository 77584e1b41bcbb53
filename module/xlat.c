// SPDX-License-Identifier: GPL-2.0
/*
 * xlat.c - reading and rewriting headers
 *
 * Offsets are from the network header, which at our hooks is where skb->data
 * is.
 */
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "csum.h"
#include "xlat.h"

static enum sal_kind packet_kind4(u8 type)
{
	switch (type) {
	case ICMP_ECHO:
		return SAL_KIND_REQUEST;
	case ICMP_ECHOREPLY:
		return SAL_KIND_REPLY;
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return SAL_KIND_ERROR;
	case ICMP_REDIRECT:
	case ICMP_TIMESTAMPREPLY:
	case ICMP_INFO_REPLY:
	case ICMP_ADDRESSREPLY:
	case ICMP_EXT_ECHOREPLY:
		return SAL_KIND_ANSWER;
	}
	return SAL_KIND_OTHER;
}

static enum sal_kind packet_kind6(u8 type)
{
	switch (type) {
	case ICMPV6_ECHO_REQUEST:
		return SAL_KIND_REQUEST;
	case ICMPV6_ECHO_REPLY:
		return SAL_KIND_REPLY;
	case NDISC_ROUTER_SOLICITATION:
	case NDISC_ROUTER_ADVERTISEMENT:
	case NDISC_NEIGHBOUR_SOLICITATION:
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case NDISC_REDIRECT:
		return SAL_KIND_NEIGHBOUR;
	case ICMPV6_NI_REPLY:
	case ICMPV6_EXT_ECHO_REPLY:
		return SAL_KIND_ANSWER;
	}
	return type < 128 ? SAL_KIND_ERROR : SAL_KIND_OTHER;
}

static void packet_icmp(struct sk_buff *skb, enum sal_af af,
			struct sal_packet *pkt)
{
	struct icmphdr buf, *icmph;

	/* both families' echo headers look the same */
	icmph = skb_header_pointer(skb, pkt->off, sizeof(buf), &buf);
	if (!icmph) {
		pkt->kind = SAL_KIND_MALFORMED;
		return;
	}
	pkt->kind = af == SAL_V4 ? packet_kind4(icmph->type) :
				   packet_kind6(icmph->type);
	pkt->sport = pkt->kind == SAL_KIND_REPLY ? 0 : icmph->un.echo.id;
	pkt->dport = pkt->kind == SAL_KIND_REPLY ? icmph->un.echo.id : 0;
}

static void packet_udp(struct sk_buff *skb, struct sal_packet *pkt)
{
	struct udphdr buf, *uh;

	uh = skb_header_pointer(skb, pkt->off, sizeof(buf), &buf);
	if (!uh) {
		pkt->kind = SAL_KIND_MALFORMED;
		return;
	}
	pkt->kind = SAL_KIND_DATA;
	pkt->sport = uh->source;
	pkt->dport = uh->dest;
}

static void packet_tcp(struct sk_buff *skb, struct sal_packet *pkt)
{
	struct tcphdr buf, *th;

	th = skb_header_pointer(skb, pkt->off, sizeof(buf), &buf);
	if (!th || th->doff < sizeof(*th) / 4) {
		pkt->kind = SAL_KIND_MALFORMED;
		return;
	}
	pkt->kind = SAL_KIND_DATA;
	pkt->sport = th->source;
	pkt->dport = th->dest;
	pkt->tcp_flags = tcp_flag_byte(th);
}

static __always_inline void packet_transport(struct sk_buff *skb,
					     enum sal_af af,
					     struct sal_packet *pkt)
{
	switch (pkt->proto) {
	case IPPROTO_UDP:
		packet_udp(skb, pkt);
		break;
	case IPPROTO_TCP:
		packet_tcp(skb, pkt);
		break;
	case IPPROTO_ICMP:
		if (af == SAL_V4)
			packet_icmp(skb, af, pkt);
		break;
	case IPPROTO_ICMPV6:
		if (af == SAL_V6)
			packet_icmp(skb, af, pkt);
		break;
	}
}

/* nobody has compiled the options of what a raw socket made */
static bool packet_routed4(const struct sk_buff *skb, unsigned int len)
{
	u8 buf[MAX_IPOPTLEN], *opt;
	unsigned int i = 0;

	len -= sizeof(struct iphdr);
	opt = skb_header_pointer(skb, sizeof(struct iphdr), len, buf);
	while (opt && i < len && opt[i] != IPOPT_END) {
		if (opt[i] == IPOPT_LSRR || opt[i] == IPOPT_SSRR)
			return true;
		if (opt[i] == IPOPT_NOOP)
			i++;
		else if (i + 1 < len && opt[i + 1] >= 2)
			i += opt[i + 1];
		else
			break;
	}
	return false;
}

static void packet_parse4(struct sk_buff *skb, struct sal_packet *pkt)
{
	const struct iphdr *iph = ip_hdr(skb);

	pkt->kind = SAL_KIND_OTHER;
	pkt->proto = iph->protocol;
	/* a raw socket may have made it */
	if (iph->ihl < 5 || iph->version != 4) {
		pkt->kind = SAL_KIND_MALFORMED;
		return;
	}
	if (iph->ihl > 5 && packet_routed4(skb, iph->ihl * 4)) {
		pkt->kind = SAL_KIND_ROUTED;
		return;
	}
	if (ip_is_fragment(iph)) {
		pkt->kind = SAL_KIND_FRAGMENT;
		return;
	}
	pkt->off = iph->ihl * 4;
	packet_transport(skb, SAL_V4, pkt);
}

static bool packet_routed6(const struct sk_buff *skb, int flags)
{
	unsigned int off = 0;

	if (flags & IP6_FH_F_AUTH ||
	    ipv6_find_hdr(skb, &off, NEXTHDR_ROUTING, NULL, NULL) >= 0)
		return true;
	off = 0;
	return ipv6_find_hdr(skb, &off, NEXTHDR_DEST, NULL, NULL) >= 0 &&
	       ipv6_find_tlv(skb, off, IPV6_TLV_HAO) >= 0;
}

static void packet_parse6(struct sk_buff *skb, struct sal_packet *pkt)
{
	unsigned int off = 0;
	unsigned short frag = 0;
	int flags = 0;
	int proto;

	pkt->kind = SAL_KIND_OTHER;
	proto = ipv6_find_hdr(skb, &off, -1, &frag, &flags);
	if (proto < 0) {
		pkt->kind = SAL_KIND_MALFORMED;
		return;
	}
	pkt->proto = proto;
	if (off > sizeof(struct ipv6hdr) && packet_routed6(skb, flags)) {
		pkt->kind = SAL_KIND_ROUTED;
		return;
	}
	if (flags & IP6_FH_F_FRAG) {
		pkt->kind = SAL_KIND_FRAGMENT;
		return;
	}
	pkt->off = off;
	packet_transport(skb, SAL_V6, pkt);
}

void sal_packet_parse(struct sk_buff *skb, enum sal_af af,
		      struct sal_packet *pkt)
{
	if (af == SAL_V4)
		packet_parse4(skb, pkt);
	else
		packet_parse6(skb, pkt);
}

/* --- rewriting -------------------------------------------------------------- */

unsigned int sal_xlat_sum_offset(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return offsetof(struct tcphdr, check);
	case IPPROTO_UDP:
		return offsetof(struct udphdr, check);
	}
	/* both families' ICMP have it in the same place */
	return offsetof(struct icmphdr, checksum);
}

/* what of a transport header is read or written */
static unsigned int xlat_len(u8 proto)
{
	return max(sal_xlat_sum_offset(proto) + sizeof(__sum16),
		   sizeof(struct icmphdr));
}

/*
 * Does the checksum sum over the pseudo header alone, so that a device, or who
 * segments the packet, is to add the rest? Then it is another's complement, and
 * ports are not in it. What the packet says of itself is of the innermost header,
 * and of datagrams that wait to be segmented it says nothing where the device
 * does not sum (udp_send_skb(), __udp_gso_segment(); a tunnel's: udp_set_csum()).
 */
static bool xlat_is_partial(const struct sk_buff *skb,
			    const struct sal_packet *pkt)
{
	unsigned int type = skb_is_gso(skb) ? skb_shinfo(skb)->gso_type : 0;

	if (pkt->proto == IPPROTO_UDP && !(type & SKB_GSO_FRAGLIST)) {
		if (type & (SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM))
			return type & SKB_GSO_UDP_TUNNEL_CSUM;
		if (type & SKB_GSO_UDP_L4)
			return true;
	}
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) ==
	       skb_network_offset(skb) + (int)pkt->off;
}

/* NULL where the sender has left it out, which UDP may; a partial one is not 0 */
static __sum16 *xlat_sum(struct sk_buff *skb, const struct sal_packet *pkt)
{
	__sum16 *sum = (void *)(skb_network_header(skb) + pkt->off +
				sal_xlat_sum_offset(pkt->proto));

	return pkt->proto == IPPROTO_UDP && !*sum ? NULL : sum;
}

static void xlat_ports(struct sk_buff *skb, const struct sal_packet *pkt,
		       __sum16 *sum, __be16 sport, __be16 dport)
{
	void *l4 = skb_network_header(skb) + pkt->off;
	struct icmphdr *icmph = l4;
	__be16 *ports = l4;

	switch (pkt->kind) {
	case SAL_KIND_DATA:
		sal_csum_set_port(skb, sum, &ports[0], sport);
		sal_csum_set_port(skb, sum, &ports[1], dport);
		break;
	case SAL_KIND_REPLY:
		sal_csum_set_port(skb, sum, &icmph->un.echo.id, dport);
		break;
	default:
		sal_csum_set_port(skb, sum, &icmph->un.echo.id, sport);
	}
}

static __always_inline void
xlat_headers(struct sk_buff *skb, enum sal_af af, const struct sal_packet *pkt,
	     __sum16 *sum, bool src, const struct in6_addr *to, __be16 sport,
	     __be16 dport)
{
	if (af == SAL_V4)
		/* ICMP does not sum over addresses there */
		sal_csum_set4(skb, pkt->proto == IPPROTO_ICMP ? NULL : sum,
			      src ? &ip_hdr(skb)->saddr : &ip_hdr(skb)->daddr,
			      sal_addr_get4(to));
	else
		sal_csum_set6(skb, sum, src ? &ipv6_hdr(skb)->saddr :
					      &ipv6_hdr(skb)->daddr, to);
	xlat_ports(skb, pkt, sum, sport, dport);
	/* 0 would say that there is none */
	if (pkt->proto == IPPROTO_UDP && sum && !*sum)
		*sum = CSUM_MANGLED_0;
}

/* every packet of a flow comes here: the callers have a copy each */
static __always_inline int xlat(struct sk_buff *skb, enum sal_af af,
				const struct sal_packet *pkt, bool src,
				const struct in6_addr *to, __be16 sport,
				__be16 dport)
{
	u8 summed = skb->ip_summed;
	bool partial, said;
	__sum16 *sum;

	if (skb_ensure_writable(skb, pkt->off + xlat_len(pkt->proto)))
		return -ENOMEM;
	partial = xlat_is_partial(skb, pkt);
	sum = xlat_sum(skb, pkt);
	/* what a device has summed up would not be so any more */
	if (unlikely(!sum && summed == CHECKSUM_COMPLETE))
		summed = CHECKSUM_NONE;
	/* the kernel's helpers go by what the packet says */
	said = summed == CHECKSUM_PARTIAL;
	if (unlikely(partial != said))
		skb->ip_summed = partial ? CHECKSUM_PARTIAL : CHECKSUM_NONE;
	xlat_headers(skb, af, pkt, sum, src, to, sport, dport);
	skb->ip_summed = summed;
	return 0;
}

int sal_xlat_dst(struct sk_buff *skb, enum sal_af af,
		 const struct sal_packet *pkt, const struct in6_addr *dst,
		 __be16 sport, __be16 dport)
{
	return xlat(skb, af, pkt, false, dst, sport, dport);
}

int sal_xlat_src(struct sk_buff *skb, enum sal_af af,
		 const struct sal_packet *pkt, const struct in6_addr *src,
		 __be16 sport, __be16 dport)
{
	return xlat(skb, af, pkt, true, src, sport, dport);
}

#include "selftest/csum.c"
