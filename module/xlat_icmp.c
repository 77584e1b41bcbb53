// SPDX-License-Identifier: GPL-2.0
/*
 * xlat_icmp.c - ICMP errors: the packet they quote
 *
 * An error about a flow quotes the request as the endpoint's side saw it. The
 * client must see what it sent: the VIP, and its own id.
 */
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "csum.h"
#include "xlat.h"

int sal_quote_addrs(const struct sk_buff *skb, enum sal_af af,
		    const struct sal_packet *pkt, struct sal_quote *q)
{
	q->off = pkt->off + sizeof(struct icmphdr);
	if (af == SAL_V4) {
		struct iphdr buf, *iph;

		iph = skb_header_pointer(skb, q->off, sizeof(buf), &buf);
		if (!iph || iph->ihl < 5 || iph->version != 4)
			return -EBADMSG;
		/* only a first fragment has an ICMP header to look at */
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

int sal_quote_parse(const struct sk_buff *skb, enum sal_af af,
		    struct sal_quote *q)
{
	struct icmphdr buf, *icmph;

	if (af == SAL_V6 && quote_skip_exthdr(skb, q))
		return -EBADMSG;
	if (q->proto != (af == SAL_V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return -ENOENT;
	icmph = skb_header_pointer(skb, q->l4off, sizeof(buf), &buf);
	if (!icmph)
		return -EBADMSG;
	if (icmph->type != (af == SAL_V4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST))
		return -ENOENT;
	q->id = icmph->un.echo.id;
	return 0;
}

static void error_quote4(struct sk_buff *skb, const struct sal_quote *q,
			 const struct in6_addr *vip, __be16 cid)
{
	struct icmphdr *icmph = (void *)(skb_network_header(skb) + q->l4off);
	struct iphdr *iph = (void *)(skb_network_header(skb) + q->off);

	sal_csum_set4(iph, &iph->daddr, sal_addr_get4(vip));
	sal_csum_quoted_set_id(&icmph->checksum, &icmph->un.echo.id, cid);
}

static void error_quote6(struct sk_buff *skb, const struct sal_quote *q,
			 const struct in6_addr *vip, __be16 cid)
{
	struct icmp6hdr *icmph = (void *)(skb_network_header(skb) + q->l4off);
	struct ipv6hdr *iph = (void *)(skb_network_header(skb) + q->off);

	sal_csum_quoted_set6(&icmph->icmp6_cksum, &iph->daddr, vip);
	sal_csum_quoted_set_id(&icmph->icmp6_cksum, &icmph->icmp6_identifier,
			       cid);
}

int sal_xlat_error(struct sk_buff *skb, enum sal_af af,
		   const struct sal_packet *pkt, const struct sal_quote *q,
		   const struct in6_addr *vip, __be16 cid)
{
	bool own = ipv6_addr_equal(&pkt->src, &q->dst);
	struct icmp6hdr *icmph;

	if (skb_ensure_writable(skb, q->l4off + sizeof(struct icmphdr)))
		return -ENOMEM;
	if (af == SAL_V4) {
		error_quote4(skb, q, vip, cid);
		if (own)
			sal_csum_set4(ip_hdr(skb), &ip_hdr(skb)->saddr,
				      sal_addr_get4(vip));
		return 0;
	}
	error_quote6(skb, q, vip, cid);
	icmph = (void *)(skb_network_header(skb) + pkt->off);
	if (own)
		sal_csum_set6(skb, &icmph->icmp6_cksum, &ipv6_hdr(skb)->saddr,
			      vip);
	return 0;
}

int sal_xlat_error_peer(struct sk_buff *skb, enum sal_af af,
			const struct sal_packet *pkt,
			const struct sal_quote *q,
			const struct in6_addr *client)
{
	struct icmp6hdr *icmph, *quoted;
	struct ipv6hdr *iph6;
	struct iphdr *iph;

	if (skb_ensure_writable(skb, q->l4off + sizeof(struct icmphdr)))
		return -ENOMEM;
	if (af == SAL_V4) {
		iph = (void *)(skb_network_header(skb) + q->off);
		sal_csum_set4(iph, &iph->saddr, sal_addr_get4(client));
		sal_csum_set4(ip_hdr(skb), &ip_hdr(skb)->daddr,
			      sal_addr_get4(client));
		return 0;
	}
	iph6 = (void *)(skb_network_header(skb) + q->off);
	quoted = (void *)(skb_network_header(skb) + q->l4off);
	sal_csum_quoted_set6(&quoted->icmp6_cksum, &iph6->saddr, client);
	icmph = (void *)(skb_network_header(skb) + pkt->off);
	sal_csum_set6(skb, &icmph->icmp6_cksum, &ipv6_hdr(skb)->daddr,
		      client);
	return 0;
}
