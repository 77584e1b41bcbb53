/* SPDX-License-Identifier: GPL-2.0 */
/*
 * addrhint.h - is an address in a table? Nearly always it is not
 *
 * Most packets in a member's namespace are none of ours, or of clients that are no
 * endpoints, and each is looked for in more than one table, and in some more than
 * once. What is said here in a few instructions is true where it says no.
 */
#ifndef _SAL_ADDRHINT_H
#define _SAL_ADDRHINT_H

#include <linux/bitmap.h>
#include <linux/hash.h>

#include "addr.h"

#define SAL_ADDRHINT_BITS	12

/**
 * struct sal_addrhint - addresses of a table, by a hash that anybody can tell
 * @bits: is any of that hash there? Written under sal_mutex, before the first is in
 *	the table and after the last has left it; read without.
 * @count: how many; where it cannot be counted any more it stays. sal_mutex.
 *
 * Who makes collide what he sends gets the look that others are spared.
 */
struct sal_addrhint {
	DECLARE_BITMAP(bits, BIT(SAL_ADDRHINT_BITS));
	u8 count[BIT(SAL_ADDRHINT_BITS)];
};

static inline u32 sal_addrhint_hash(const struct in6_addr *addr)
{
	const __be32 *w = addr->s6_addr32;

	return hash_32((__force u32)(w[0] ^ w[1] ^ w[2] ^ w[3]),
		       SAL_ADDRHINT_BITS);
}

/* RCU */
static inline bool sal_addrhint_may(const struct sal_addrhint *hint,
				    const struct in6_addr *addr)
{
	return test_bit(sal_addrhint_hash(addr), hint->bits);
}

/* sal_mutex */
static inline void sal_addrhint_add(struct sal_addrhint *hint,
				    const struct in6_addr *addr)
{
	u32 i = sal_addrhint_hash(addr);

	if (hint->count[i] < U8_MAX)
		hint->count[i]++;
	set_bit(i, hint->bits);
}

static inline void sal_addrhint_del(struct sal_addrhint *hint,
				    const struct in6_addr *addr)
{
	u32 i = sal_addrhint_hash(addr);

	if (hint->count[i] < U8_MAX && !--hint->count[i])
		clear_bit(i, hint->bits);
}

#endif /* _SAL_ADDRHINT_H */
