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

/*
 * An address in a packet's own header, and in the checksum of its transport
 * header; NULL where that has none, or none that sums over addresses.
 */
static inline void sal_csum_set4(struct sk_buff *skb, __sum16 *sum,
				 __be32 *addr, __be32 to)
{
	csum_replace4(&ip_hdr(skb)->check, *addr, to);
	if (sum)
		inet_proto_csum_replace4(sum, skb, *addr, to, true);
	*addr = to;
}

static inline void sal_csum_set6(struct sk_buff *skb, __sum16 *sum,
				 struct in6_addr *addr,
				 const struct in6_addr *to)
{
	if (sum)
		inet_proto_csum_replace16(sum, skb, addr->s6_addr32,
					  to->s6_addr32, true);
	*addr = *to;
}

/* a port, or the id of an echo; @sum may be NULL */
static inline void sal_csum_set_port(struct sk_buff *skb, __sum16 *sum,
				     __be16 *port, __be16 to)
{
	if (*port == to)
		return;
	if (sum)
		inet_proto_csum_replace2(sum, skb, *port, to, false);
	*port = to;
}

/*
 * Fields within a packet that an ICMP error quotes: they are the payload of that
 * error, which is what @sum, its own checksum, sums over.
 */
static inline void sal_csum_quoted_set2(struct sk_buff *skb, __sum16 *sum,
					__be16 *field, __be16 to)
{
	inet_proto_csum_replace2(sum, skb, *field, to, false);
	*field = to;
}

static inline void sal_csum_quoted_set4(struct sk_buff *skb, __sum16 *sum,
					__be32 *field, __be32 to)
{
	inet_proto_csum_replace4(sum, skb, *field, to, false);
	*field = to;
}

static inline void sal_csum_quoted_set_sum(struct sk_buff *skb, __sum16 *sum,
					   __sum16 *field, __sum16 to)
{
	inet_proto_csum_replace2(sum, skb, (__force __be16)*field,
				 (__force __be16)to, false);
	*field = to;
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
