// SPDX-License-Identifier: GPL-2.0
/*
 * selftest/csum.c - rewritten packets against checksums computed from scratch
 */
#ifdef DEBUG

#include <linux/random.h>
#include <linux/slab.h>
#include <net/ip6_checksum.h>

#define CSUM_TEST_ROUNDS	2000
#define CSUM_TEST_MAX		96

static __init unsigned int csum_test_l3len(enum sal_af af)
{
	return af == SAL_V4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

static __init __sum16 csum_test_icmp(const struct sk_buff *skb, enum sal_af af)
{
	unsigned int off = csum_test_l3len(af);
	unsigned int len = skb->len - off;
	__wsum sum = csum_partial(skb->data + off, len, 0);

	if (af == SAL_V4)
		return csum_fold(sum);
	return csum_ipv6_magic(&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr,
			       len, IPPROTO_ICMPV6, sum);
}

static __init bool csum_test_right(const struct sk_buff *skb, enum sal_af af)
{
	if (af == SAL_V4 && ip_fast_csum(ip_hdr(skb), 5))
		return false;
	return !csum_test_icmp(skb, af);
}

/* an echo request of random content, right checksums */
static __init struct sk_buff *csum_test_packet(enum sal_af af,
					       struct sal_packet *pkt)
{
	unsigned int off = csum_test_l3len(af);
	unsigned int len;
	struct icmphdr *icmph;
	struct sk_buff *skb;

	len = off + sizeof(*icmph) + get_random_u32_below(CSUM_TEST_MAX);
	skb = alloc_skb(len, GFP_KERNEL);
	if (!skb)
		return NULL;
	get_random_bytes(skb_put(skb, len), len);
	skb_reset_network_header(skb);
	if (af == SAL_V4) {
		ip_hdr(skb)->ihl = 5;
		ip_hdr(skb)->version = 4;
		ip_hdr(skb)->check = 0;
		ip_hdr(skb)->check = ip_fast_csum(ip_hdr(skb), 5);
	}
	icmph = (void *)(skb->data + off);
	icmph->checksum = 0;
	icmph->checksum = csum_test_icmp(skb, af);

	memset(pkt, 0, sizeof(*pkt));
	sal_packet_addrs(skb, af, pkt);
	pkt->off = off;
	pkt->id = icmph->un.echo.id;
	return skb;
}

static __init void csum_test_target(enum sal_af af, struct in6_addr *to)
{
	if (af == SAL_V4)
		sal_addr_set4(to, (__force __be32)get_random_u32());
	else
		get_random_bytes(to, sizeof(*to));
}

static __init bool csum_test_one(enum sal_af af)
{
	struct in6_addr to, back;
	struct sal_packet pkt;
	struct sk_buff *skb;
	bool ok;

	skb = csum_test_packet(af, &pkt);
	if (!skb)
		return false;
	csum_test_target(af, &to);
	back = pkt.src;

	ok = csum_test_right(skb, af) &&
	     !sal_xlat_dst(skb, af, &pkt, &to,
			   (__force __be16)get_random_u16()) &&
	     csum_test_right(skb, af) &&
	     !sal_xlat_src(skb, af, &pkt, &to, pkt.id) &&
	     csum_test_right(skb, af) &&
	     !sal_xlat_src(skb, af, &pkt, &back, pkt.id) &&
	     csum_test_right(skb, af);
	sal_packet_addrs(skb, af, &pkt);
	ok = ok && ipv6_addr_equal(&pkt.src, &back) &&
	     ipv6_addr_equal(&pkt.dst, &to);
	kfree_skb(skb);
	return ok;
}

int __init sal_csum_selftest(void)
{
	bool ok = true;
	int i;

	for (i = 0; i < CSUM_TEST_ROUNDS && ok; i++)
		ok = csum_test_one(i & 1 ? SAL_V6 : SAL_V4);
	pr_info("sal: selftest csum: %s\n", ok ? "pass" : "FAIL");
	return ok ? 0 : -EINVAL;
}

#endif
