/* SPDX-License-Identifier: GPL-2.0 */
/*
 * csum.h - checksums, the one room for them
 *
 * All updates are incremental (RFC 1624) and keep to what the kernel's own
 * helpers do for CHECKSUM_PARTIAL and CHECKSUM_COMPLETE packets.
 */
#ifndef _SAL_CSUM_H
#define _SAL_CSUM_H

#include <linux/icmpv6.h>
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/checksum.h>

/* an address in an IPv4 header; ICMP does not sum over addresses */
static inline void sal_csum_set4(struct iphdr *iph, __be32 *addr, __be32 to)
{
	csum_replace4(&iph->check, *addr, to);
	*addr = to;
}

/* an address in an IPv6 header, which ICMPv6 sums over */
static inline void sal_csum_set6(struct sk_buff *skb, __sum16 *sum,
				 struct in6_addr *addr,
				 const struct in6_addr *to)
{
	inet_proto_csum_replace16(sum, skb, addr->s6_addr32, to->s6_addr32,
				  true);
	*addr = *to;
}

/* a 16-bit field of a transport header */
static inline void sal_csum_set_id(struct sk_buff *skb, __sum16 *sum,
				   __be16 *id, __be16 to)
{
	if (*id == to)
		return;
	inet_proto_csum_replace2(sum, skb, *id, to, false);
	*id = to;
}

/*
 * The same within a packet that an ICMP error quotes. What changes there and
 * what its own checksum changes by cancel out in the checksum of the error, so
 * that one stays as it is.
 */
static inline void sal_csum_quoted_set6(__sum16 *sum, struct in6_addr *addr,
					const struct in6_addr *to)
{
	int i;

	for (i = 0; i < 4; i++)
		csum_replace4(sum, addr->s6_addr32[i], to->s6_addr32[i]);
	*addr = *to;
}

static inline void sal_csum_quoted_set_id(__sum16 *sum, __be16 *id, __be16 to)
{
	csum_replace2(sum, *id, to);
	*id = to;
}

#ifdef DEBUG
int sal_csum_selftest(void);
#else
static inline int sal_csum_selftest(void)
{
	return 0;
}
#endif

#endif /* _SAL_CSUM_H */
