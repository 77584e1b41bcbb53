// SPDX-License-Identifier: GPL-2.0
/*
 * selftest/csum.c - rewritten packets against checksums computed from scratch
 */
#ifdef DEBUG

#include <linux/random.h>
#include <linux/slab.h>
#include <net/ip6_checksum.h>

#define CSUM_TEST_ROUNDS	1000
#define CSUM_TEST_MAX		96

/**
 * enum csum_test_form - what a packet's checksum is
 * @CSUM_TEST_FULL: there, and what the packet says is nothing
 * @CSUM_TEST_ABSENT: the sender has made none, which UDP may leave out
 * @CSUM_TEST_COMPLETE: there, and the device has summed up all of the packet
 * @CSUM_TEST_PARTIAL: over the pseudo header alone, the device is to do the rest
 * @CSUM_TEST_SEGMENTS: that, and who segments it is to do the rest
 * @CSUM_TEST_INNER: there; what the packet says is of another packet within
 * @CSUM_TEST_LIST: there, of the first of several datagrams
 * @CSUM_TEST_TUNNEL: of a tunnel of segments, which has none
 * @CSUM_TEST_TUNNEL_SUM: the same, and who segments it is to do the rest
 * @CSUM_TEST_ABSENT_COMPLETE: none, and the device has summed up all of the packet
 */
enum csum_test_form {
	CSUM_TEST_FULL,
	CSUM_TEST_ABSENT,
	CSUM_TEST_COMPLETE,
	CSUM_TEST_PARTIAL,
	CSUM_TEST_SEGMENTS,
	CSUM_TEST_INNER,
	CSUM_TEST_LIST,
	CSUM_TEST_TUNNEL,
	CSUM_TEST_TUNNEL_SUM,
	CSUM_TEST_ABSENT_COMPLETE,
};

static __init unsigned int csum_test_l3len(enum sal_af af)
{
	return af == SAL_V4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

/* of the transport header and all behind it; 0 where it is right */
static __init __sum16 csum_test_l4(const struct sk_buff *skb, enum sal_af af,
				   u8 proto)
{
	unsigned int off = csum_test_l3len(af);
	unsigned int len = skb->len - off;
	__wsum sum = csum_partial(skb->data + off, len, 0);

	if (af == SAL_V6)
		return csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
				       &ipv6_hdr(skb)->daddr, len, proto, sum);
	if (proto == IPPROTO_ICMP)
		return csum_fold(sum);
	return csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, len,
				 proto, sum);
}

static __init __sum16 *csum_test_sum(const struct sk_buff *skb,
				     enum sal_af af, u8 proto)
{
	return (void *)(skb->data + csum_test_l3len(af) +
			sal_xlat_sum_offset(proto));
}

/* as the device, or who segments it, would complete it */
static __init bool csum_test_completed(struct sk_buff *skb, enum sal_af af,
				       u8 proto)
{
	__sum16 *sum = csum_test_sum(skb, af, proto);
	unsigned int off = csum_test_l3len(af);
	__sum16 was = *sum;
	bool ok;

	*sum = csum_fold(csum_partial(skb->data + off, skb->len - off, 0));
	ok = !csum_test_l4(skb, af, proto);
	*sum = was;
	return ok;
}

static __init bool csum_test_right(struct sk_buff *skb, enum sal_af af,
				   u8 proto, enum csum_test_form form)
{
	if (af == SAL_V4 && ip_fast_csum(ip_hdr(skb), 5))
		return false;
	switch (form) {
	case CSUM_TEST_ABSENT_COMPLETE:
		/* it is not so any more, and must not be said to be */
		if (skb->ip_summed != CHECKSUM_NONE)
			return false;
		fallthrough;
	case CSUM_TEST_ABSENT:
	case CSUM_TEST_TUNNEL:
		return !*csum_test_sum(skb, af, proto);
	case CSUM_TEST_PARTIAL:
	case CSUM_TEST_SEGMENTS:
	case CSUM_TEST_TUNNEL_SUM:
		return csum_test_completed(skb, af, proto);
	case CSUM_TEST_COMPLETE:
		if (csum_fold(csum_sub(skb->csum, skb_checksum(skb, 0, skb->len,
							       0))))
			return false;
		break;
	default:
		break;
	}
	/* 0 would say that there is none */
	return !csum_test_l4(skb, af, proto) &&
	       (proto != IPPROTO_UDP || *csum_test_sum(skb, af, proto));
}

static __init __sum16 csum_test_pseudo(const struct sk_buff *skb,
				       enum sal_af af, u8 proto)
{
	unsigned int len = skb->len - csum_test_l3len(af);

	return af == SAL_V6 ?
	       ~csum_ipv6_magic(&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr,
				len, proto, 0) :
	       ~csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, len,
				  proto, 0);
}

/* what the packet says of itself */
static __init void csum_test_say(struct sk_buff *skb, enum csum_test_form form)
{
	unsigned int type = 0;

	switch (form) {
	case CSUM_TEST_COMPLETE:
	case CSUM_TEST_ABSENT_COMPLETE:
		skb->ip_summed = CHECKSUM_COMPLETE;
		break;
	case CSUM_TEST_PARTIAL:
		skb->ip_summed = CHECKSUM_PARTIAL;
		break;
	case CSUM_TEST_SEGMENTS:
		type = SKB_GSO_UDP_L4;
		break;
	case CSUM_TEST_LIST:
		type = SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST;
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		break;
	case CSUM_TEST_TUNNEL:
		type = SKB_GSO_UDP_TUNNEL | SKB_GSO_TCPV4;
		break;
	case CSUM_TEST_TUNNEL_SUM:
		type = SKB_GSO_UDP_TUNNEL_CSUM | SKB_GSO_UDP_L4;
		break;
	default:
		break;
	}
	if (form == CSUM_TEST_INNER || form == CSUM_TEST_TUNNEL ||
	    form == CSUM_TEST_TUNNEL_SUM) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start += sizeof(struct udphdr);
	}
	skb_shinfo(skb)->gso_size = !!type;
	skb_shinfo(skb)->gso_type = type;
}

static __init void csum_test_make(struct sk_buff *skb, enum sal_af af,
				  u8 proto, enum csum_test_form form)
{
	__sum16 *sum = csum_test_sum(skb, af, proto);

	*sum = 0;
	skb->csum_start = skb_headroom(skb) + csum_test_l3len(af);
	csum_test_say(skb, form);
	switch (form) {
	case CSUM_TEST_ABSENT:
	case CSUM_TEST_TUNNEL:
	case CSUM_TEST_ABSENT_COMPLETE:
		break;
	case CSUM_TEST_PARTIAL:
	case CSUM_TEST_SEGMENTS:
	case CSUM_TEST_TUNNEL_SUM:
		*sum = csum_test_pseudo(skb, af, proto);
		break;
	default:
		*sum = csum_test_l4(skb, af, proto);
		if (!*sum)
			*sum = CSUM_MANGLED_0;
	}
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = skb_checksum(skb, 0, skb->len, 0);
}

static __init void csum_test_headers(struct sk_buff *skb, enum sal_af af,
				     struct sal_packet *pkt,
				     enum csum_test_form form)
{
	__be16 *ports = (void *)(skb->data + pkt->off);

	if (af == SAL_V4) {
		ip_hdr(skb)->ihl = 5;
		ip_hdr(skb)->version = 4;
		ip_hdr(skb)->protocol = pkt->proto;
		ip_hdr(skb)->check = 0;
		ip_hdr(skb)->check = ip_fast_csum(ip_hdr(skb), 5);
	}
	csum_test_make(skb, af, pkt->proto, form);
	sal_packet_addrs(skb, af, pkt);
	pkt->kind = SAL_KIND_DATA;
	if (pkt->proto == IPPROTO_ICMP || pkt->proto == IPPROTO_ICMPV6) {
		pkt->kind = SAL_KIND_REQUEST;
		pkt->sport = ports[2];
		return;
	}
	pkt->sport = ports[0];
	pkt->dport = ports[1];
}

/* random, but for headers and checksums */
static __init struct sk_buff *csum_test_packet(enum sal_af af, u8 proto,
					       struct sal_packet *pkt,
					       enum csum_test_form form)
{
	struct sk_buff *skb;
	unsigned int len;

	memset(pkt, 0, sizeof(*pkt));
	pkt->proto = proto;
	pkt->off = csum_test_l3len(af);
	len = pkt->off + sizeof(struct tcphdr) +
	      get_random_u32_below(CSUM_TEST_MAX);
	skb = alloc_skb(len, GFP_KERNEL);
	if (!skb)
		return NULL;
	get_random_bytes(skb_put(skb, len), len);
	skb_reset_network_header(skb);
	csum_test_headers(skb, af, pkt, form);
	return skb;
}

static __init void csum_test_target(enum sal_af af, struct in6_addr *to)
{
	if (af == SAL_V4)
		sal_addr_set4(to, (__force __be32)get_random_u32());
	else
		get_random_bytes(to, sizeof(*to));
}

static __init __be16 csum_test_port(void)
{
	return (__force __be16)get_random_u16();
}

/* there, on with other ports, and back */
static __init bool csum_test_xlat(struct sk_buff *skb, enum sal_af af,
				  const struct sal_packet *pkt,
				  enum csum_test_form form)
{
	struct sal_packet now = *pkt;
	struct in6_addr to;

	csum_test_target(af, &to);
	if (sal_xlat_dst(skb, af, pkt, &to, csum_test_port(),
			 csum_test_port()) ||
	    !csum_test_right(skb, af, pkt->proto, form))
		return false;
	if (sal_xlat_src(skb, af, pkt, &to, csum_test_port(),
			 csum_test_port()) ||
	    !csum_test_right(skb, af, pkt->proto, form))
		return false;
	if (sal_xlat_src(skb, af, pkt, &pkt->src, pkt->sport, pkt->dport) ||
	    !csum_test_right(skb, af, pkt->proto, form))
		return false;
	sal_packet_addrs(skb, af, &now);
	return ipv6_addr_equal(&now.src, &pkt->src) &&
	       ipv6_addr_equal(&now.dst, &to);
}

static __init bool csum_test_one(enum sal_af af, u8 proto,
				 enum csum_test_form form)
{
	struct sal_packet pkt;
	struct sk_buff *skb;
	bool ok;

	skb = csum_test_packet(af, proto, &pkt, form);
	if (!skb)
		return false;
	ok = csum_test_xlat(skb, af, &pkt, form);
	kfree_skb(skb);
	return ok;
}

/* --- ICMP errors ------------------------------------------------------------ */

/* an error of @af that quotes the first @len bytes of @quoted */
static __init struct sk_buff *csum_test_error(enum sal_af af,
					      const struct sk_buff *quoted,
					      unsigned int len,
					      struct sal_packet *pkt)
{
	struct icmphdr *icmph;
	struct sk_buff *skb;

	memset(pkt, 0, sizeof(*pkt));
	pkt->off = csum_test_l3len(af);
	pkt->proto = af == SAL_V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	skb = alloc_skb(pkt->off + sizeof(*icmph) + len, GFP_KERNEL);
	if (!skb)
		return NULL;
	get_random_bytes(skb_put(skb, pkt->off + sizeof(*icmph)),
			 pkt->off + sizeof(*icmph));
	skb_put_data(skb, quoted->data, len);
	skb_reset_network_header(skb);
	csum_test_headers(skb, af, pkt, CSUM_TEST_FULL);
	return skb;
}

/* the quoted packet, where it is whole, is still right; and so is the error */
static __init bool csum_test_quote(struct sk_buff *skb, struct sk_buff *quoted,
				   enum sal_af af, unsigned int len,
				   const struct sal_packet *inner,
				   const struct sal_packet *pkt)
{
	struct sal_error_to to;
	struct sal_quote q = {
		.src	= inner->src,
		.dst	= inner->dst,
		.off	= pkt->off + sizeof(struct icmphdr),
		.l4off	= pkt->off + sizeof(struct icmphdr) + inner->off,
		.sport	= inner->sport,
		.dport	= inner->dport,
		.proto	= inner->proto,
	};

	sal_error_keep(&to, pkt, &q);
	csum_test_target(af, &to.src);
	csum_test_target(af, &to.dst);
	csum_test_target(af, &to.q_src);
	csum_test_target(af, &to.q_dst);
	to.q_sport = csum_test_port();
	to.q_dport = csum_test_port();
	if (sal_xlat_error(skb, af, pkt, &q, &to) ||
	    !csum_test_right(skb, af, pkt->proto, CSUM_TEST_FULL))
		return false;
	if (len < quoted->len)
		return true;
	memcpy(quoted->data, skb->data + q.off, len);
	return csum_test_right(quoted, af, inner->proto, CSUM_TEST_FULL);
}

/* whole, or cut off behind eight bytes of its transport header */
static __init bool csum_test_quoted(enum sal_af af, u8 proto, bool cut)
{
	struct sk_buff *quoted, *skb = NULL;
	struct sal_packet inner, pkt;
	unsigned int len;
	bool ok = false;

	quoted = csum_test_packet(af, proto, &inner, CSUM_TEST_FULL);
	if (!quoted)
		return false;
	len = cut ? inner.off + 8 : quoted->len;
	skb = csum_test_error(af, quoted, len, &pkt);
	if (skb)
		ok = csum_test_quote(skb, quoted, af, len, &inner, &pkt);
	kfree_skb(skb);
	kfree_skb(quoted);
	return ok;
}

static __init bool csum_test_round(enum sal_af af)
{
	const u8 protos[] = {
		af == SAL_V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
		IPPROTO_UDP,
		IPPROTO_TCP,
	};
	enum csum_test_form form;
	int i;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		if (!csum_test_one(af, protos[i], CSUM_TEST_FULL) ||
		    !csum_test_one(af, protos[i], CSUM_TEST_COMPLETE) ||
		    !csum_test_quoted(af, protos[i], true) ||
		    !csum_test_quoted(af, protos[i], false))
			return false;
	for (form = 0; form <= CSUM_TEST_ABSENT_COMPLETE; form++)
		if (!csum_test_one(af, IPPROTO_UDP, form))
			return false;
	return csum_test_one(af, IPPROTO_TCP, CSUM_TEST_PARTIAL);
}

int __init sal_csum_selftest(void)
{
	bool ok = true;
	int i;

	for (i = 0; i < CSUM_TEST_ROUNDS && ok; i++)
		ok = csum_test_round(i & 1 ? SAL_V6 : SAL_V4);
	pr_info("sal: selftest csum: %s\n", ok ? "pass" : "FAIL");
	return ok ? 0 : -EINVAL;
}

#endif
