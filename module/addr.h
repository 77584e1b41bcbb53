/* SPDX-License-Identifier: GPL-2.0 */
/*
 * addr.h - addresses of both families in one form, and prefixes of them
 *
 * Tables hold IPv4 addresses v4-mapped, so that one key serves both families.
 * A v4-mapped IPv6 address is refused wherever a user gives one, so the two
 * never meet.
 */
#ifndef _SAL_ADDR_H
#define _SAL_ADDR_H

#include <linux/in6.h>
#include <net/ipv6.h>

/**
 * enum sal_af - address family as an index
 * @SAL_V4: IPv4
 * @SAL_V6: IPv6
 * @SAL_AF_NUM: how many there are
 */
enum sal_af {
	SAL_V4,
	SAL_V6,
	SAL_AF_NUM,
};

/**
 * struct sal_prefix - an address prefix
 * @addr: address, v4-mapped for IPv4; bits behind the length are zero
 * @len: length in bits of the 128; an IPv4 /24 has 120
 */
struct sal_prefix {
	struct in6_addr addr;
	u8 len;
};

static inline enum sal_af sal_addr_af(const struct in6_addr *addr)
{
	return ipv6_addr_v4mapped(addr) ? SAL_V4 : SAL_V6;
}

static inline void sal_addr_set4(struct in6_addr *addr, __be32 ip)
{
	ipv6_addr_set_v4mapped(ip, addr);
}

static inline __be32 sal_addr_get4(const struct in6_addr *addr)
{
	return addr->s6_addr32[3];
}

/* length as the user knows it: an IPv4 prefix counts from its own first bit */
static inline u32 sal_prefix_userlen(const struct sal_prefix *pfx)
{
	return sal_addr_af(&pfx->addr) == SAL_V4 ? pfx->len - 96 : pfx->len;
}

#endif /* _SAL_ADDR_H */
