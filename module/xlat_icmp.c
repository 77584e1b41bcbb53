// SPDX-License-Identifier: GPL-2.0
/*
 * xlat_icmp.c - ICMP errors: the packet they quote
 *
 * An error quotes a packet as it was where the error was made. Who gets it must
 * see what it sent itself: so the quoted addresses and ports are translated
 * against the direction of the error.
 */
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "csum.h"
#include "xlat.h"

/* RFC 792 promises so much of the quoted packet's transport header, no more */
#define QUOTE_MIN	8

int sal_quote_addrs(const struct sk_buff *skb, enum sal_af af,
		    const struct sal_packet *pkt, struct sal_quote *q)
{
	q->off = pkt->off + sizeof(struct icmphdr);
	if (af == SAL_V4) {
		struct iphdr buf, *iph;

		iph = skb_header_pointer(skb, q->off, sizeof(buf), &buf);
		if (!iph || iph->ihl < 5 || iph->version != 4)
			return -EBADMSG;
		/* only a first fragment has a transport header to look at */
		if (iph->frag_off & htons(IP_OFFSET))
			return -EBADMSG;
		sal_addr_set4(&q->src, iph->saddr);
		sal_addr_set4(&q->dst, iph->daddr);
		q->proto = iph->protocol;
		q->l4off = q->off + iph->ihl * 4;
	} else {
		struct ipv6hdr buf, *iph;

		iph = skb_header_pointer(skb, q->off, sizeof(buf), &buf);
		if (!iph || iph->version != 6 ||
		    ipv6_addr_v4mapped(&iph->saddr) ||
		    ipv6_addr_v4mapped(&iph->daddr))
			return -EBADMSG;
		q->src = iph->saddr;
		q->dst = iph->daddr;
		q->proto = iph->nexthdr;
		q->l4off = q->off + sizeof(buf);
	}
	return 0;
}

static int quote_skip_exthdr(const struct sk_buff *skb, struct sal_quote *q)
{
	__be16 frag;
	int off;

	off = ipv6_skip_exthdr(skb, q->l4off, &q->proto, &frag);
	if (off < 0 || frag & htons(~0x7))
		return -EBADMSG;
	q->l4off = off;
	return 0;
}

static int quote_icmp(const struct icmphdr *icmph, enum sal_af af,
		      struct sal_quote *q)
{
	u8 request = af == SAL_V4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST;
	u8 reply = af == SAL_V4 ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY;

	if (icmph->type != request && icmph->type != reply)
		return -ENOENT;
	q->reply = icmph->type == reply;
	q->sport = q->reply ? 0 : icmph->un.echo.id;
	q->dport = q->reply ? icmph->un.echo.id : 0;
	return 0;
}

int sal_quote_parse(const struct sk_buff *skb, enum sal_af af,
		    struct sal_quote *q)
{
	__be16 buf[QUOTE_MIN / 2], *l4;

	q->reply = false;
	if (af == SAL_V6 && quote_skip_exthdr(skb, q))
		return -EBADMSG;
	switch (q->proto) {
	case IPPROTO_UDP:
	case IPPROTO_TCP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		break;
	default:
		return -ENOENT;
	}
	l4 = skb_header_pointer(skb, q->l4off, sizeof(buf), buf);
	if (!l4)
		return -EBADMSG;
	if (q->proto == (af == SAL_V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return quote_icmp((const void *)l4, af, q);
	/* the other family's ICMP */
	if (q->proto != IPPROTO_UDP && q->proto != IPPROTO_TCP)
		return -ENOENT;
	q->sport = l4[0];
	q->dport = l4[1];
	return 0;
}

/* --- rewriting -------------------------------------------------------------- */

/* the quoted packet's own checksum; NULL where it is cut off, or left out */
static __sum16 *error_quoted_sum(struct sk_buff *skb, const struct sal_quote *q)
{
	unsigned int off = q->l4off + sal_xlat_sum_offset(q->proto);
	__sum16 *sum = (void *)(skb_network_header(skb) + off);

	if (off + sizeof(*sum) > skb_headlen(skb))
		return NULL;
	return q->proto == IPPROTO_UDP && !*sum ? NULL : sum;
}

static void error_quoted_ports(struct sk_buff *skb, const struct sal_quote *q,
			       const struct sal_error_to *to, __sum16 *outer,
			       __sum16 *inner)
{
	void *l4 = skb_network_header(skb) + q->l4off;
	struct icmphdr *icmph = l4;
	__be16 *ports = l4;

	if (q->proto == IPPROTO_UDP || q->proto == IPPROTO_TCP) {
		csum_replace2(inner, ports[0], to->q_sport);
		csum_replace2(inner, ports[1], to->q_dport);
		sal_csum_quoted_set2(skb, outer, &ports[0], to->q_sport);
		sal_csum_quoted_set2(skb, outer, &ports[1], to->q_dport);
	} else {
		__be16 id = q->reply ? to->q_dport : to->q_sport;

		csum_replace2(inner, icmph->un.echo.id, id);
		sal_csum_quoted_set2(skb, outer, &icmph->un.echo.id, id);
	}
}

static void error_quoted_addr4(struct sk_buff *skb, struct iphdr *iph,
			       __be32 *addr, const struct in6_addr *to,
			       __sum16 *outer, __sum16 *inner)
{
	__be32 new = sal_addr_get4(to);
	__sum16 check = iph->check;

	csum_replace4(&check, *addr, new);
	/* ICMP does not sum over addresses there */
	if (iph->protocol != IPPROTO_ICMP)
		csum_replace4(inner, *addr, new);
	sal_csum_quoted_set4(skb, outer, addr, new);
	sal_csum_quoted_set_sum(skb, outer, &iph->check, check);
}

static void error_quoted_addr6(struct sk_buff *skb, struct in6_addr *addr,
			       const struct in6_addr *to, __sum16 *outer,
			       __sum16 *inner)
{
	int i;

	for (i = 0; i < 4; i++) {
		csum_replace4(inner, addr->s6_addr32[i], to->s6_addr32[i]);
		sal_csum_quoted_set4(skb, outer, &addr->s6_addr32[i],
				     to->s6_addr32[i]);
	}
}

static void error_quoted(struct sk_buff *skb, enum sal_af af,
			 const struct sal_quote *q,
			 const struct sal_error_to *to, __sum16 *outer)
{
	__sum16 *sum = error_quoted_sum(skb, q);
	__sum16 inner = sum ? *sum : 0;

	if (af == SAL_V4) {
		struct iphdr *iph = (void *)(skb_network_header(skb) + q->off);

		error_quoted_addr4(skb, iph, &iph->saddr, &to->q_src, outer,
				   &inner);
		error_quoted_addr4(skb, iph, &iph->daddr, &to->q_dst, outer,
				   &inner);
	} else {
		struct ipv6hdr *iph = (void *)(skb_network_header(skb) +
					       q->off);

		error_quoted_addr6(skb, &iph->saddr, &to->q_src, outer,
				   &inner);
		error_quoted_addr6(skb, &iph->daddr, &to->q_dst, outer,
				   &inner);
	}
	error_quoted_ports(skb, q, to, outer, &inner);
	if (!sum)
		return;
	if (q->proto == IPPROTO_UDP && !inner)
		inner = CSUM_MANGLED_0;
	sal_csum_quoted_set_sum(skb, outer, sum, inner);
}

/* the quoted transport header as far as it may be written */
static int error_writable(struct sk_buff *skb, const struct sal_quote *q)
{
	unsigned int sum = q->l4off + sal_xlat_sum_offset(q->proto) +
			   sizeof(__sum16);

	return skb_ensure_writable(skb, max(q->l4off + QUOTE_MIN,
					    min(sum, skb->len)));
}

int sal_xlat_error(struct sk_buff *skb, enum sal_af af,
		   const struct sal_packet *pkt, const struct sal_quote *q,
		   const struct sal_error_to *to)
{
	__sum16 *outer;

	if (error_writable(skb, q))
		return -ENOMEM;
	outer = (void *)(skb_network_header(skb) + pkt->off +
			 sal_xlat_sum_offset(pkt->proto));
	error_quoted(skb, af, q, to, outer);
	if (af == SAL_V4) {
		sal_csum_set4(skb, NULL, &ip_hdr(skb)->saddr,
			      sal_addr_get4(&to->src));
		sal_csum_set4(skb, NULL, &ip_hdr(skb)->daddr,
			      sal_addr_get4(&to->dst));
	} else {
		sal_csum_set6(skb, outer, &ipv6_hdr(skb)->saddr, &to->src);
		sal_csum_set6(skb, outer, &ipv6_hdr(skb)->daddr, &to->dst);
	}
	return 0;
}
