/* SPDX-License-Identifier: GPL-2.0 */
/*
 * revhint.h - is anybody at an address? Nearly always nobody is
 *
 * Most packets are of clients that are no endpoints, or for addresses that are
 * no endpoint's, and each is looked for in the reverse table more than once. What
 * is said here in a few instructions is true where it says no.
 */
#ifndef _SAL_REVHINT_H
#define _SAL_REVHINT_H

#include <linux/bitmap.h>
#include <linux/hash.h>

#include "addr.h"

#define SAL_REVHINT_BITS	12

/**
 * struct sal_revhint - addresses of the reverse table, by a hash that anybody can tell
 * @bits: is any of that hash there? Written under sal_mutex, before the first is in
 *	the table and after the last has left it; read without.
 * @count: how many; where it cannot be counted any more it stays. sal_mutex.
 *
 * Who makes collide what he sends gets the look that others are spared.
 */
struct sal_revhint {
	DECLARE_BITMAP(bits, BIT(SAL_REVHINT_BITS));
	u8 count[BIT(SAL_REVHINT_BITS)];
};

static inline u32 sal_revhint_hash(const struct in6_addr *addr)
{
	const __be32 *w = addr->s6_addr32;

	return hash_32((__force u32)(w[0] ^ w[1] ^ w[2] ^ w[3]),
		       SAL_REVHINT_BITS);
}

/* RCU */
static inline bool sal_revhint_may(const struct sal_revhint *hint,
				   const struct in6_addr *addr)
{
	return test_bit(sal_revhint_hash(addr), hint->bits);
}

/* sal_mutex */
static inline void sal_revhint_add(struct sal_revhint *hint,
				   const struct in6_addr *addr)
{
	u32 i = sal_revhint_hash(addr);

	if (hint->count[i] < U8_MAX)
		hint->count[i]++;
	set_bit(i, hint->bits);
}

static inline void sal_revhint_del(struct sal_revhint *hint,
				   const struct in6_addr *addr)
{
	u32 i = sal_revhint_hash(addr);

	if (hint->count[i] < U8_MAX && !--hint->count[i])
		clear_bit(i, hint->bits);
}

#endif /* _SAL_REVHINT_H */
