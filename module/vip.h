/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vip.h - virtual addresses and prefixes of them, the longest match first
 */
#ifndef _SAL_VIP_H
#define _SAL_VIP_H

#include <linux/list.h>
#include <linux/rhashtable.h>

#include "addr.h"
#include "addrhint.h"

struct netlink_ext_ack;
struct sal_service;

/* what one takes, with its place among those of its service */
#define SAL_VIP_SIZE	(sizeof(struct sal_vip) + sizeof(struct sal_vip *))

/**
 * struct sal_vip - one virtual address or prefix
 * @node: in the table of the domain
 * @pfx: the prefix, and the key
 * @svc: whose it is; NULL as long as it is but planned: packets do not see it
 *	then. Never NULL again afterwards. Written under sal_mutex, read under
 *	RCU; a service lives one RCU grace period longer than its VIPs.
 * @next: whose it is to be when the transaction is done, NULL for nobody's;
 *	outside of one the same as @svc. sal_mutex.
 * @touched: in &sal_txn.vips. sal_mutex.
 * @rcu: for freeing, when it is touched no more
 */
struct sal_vip {
	struct rhash_head node;
	struct sal_prefix pfx;
	struct sal_service __rcu *svc;
	struct sal_service *next;
	union {
		struct list_head touched;
		struct rcu_head rcu;
	};
};

/**
 * struct sal_vip_table - prefixes to services
 * @table: &struct sal_vip by prefix
 * @lengths: which lengths are in use, so that a lookup probes only these;
 *	IPv4 from bit 96 on with its own word. Written under sal_mutex, read
 *	without.
 * @lengths4: likewise for IPv4, bit n for a length of n
 * @whole: addresses that are a prefix of their own
 * @count: how many prefixes have each length, IPv4 behind IPv6. sal_mutex.
 */
struct sal_vip_table {
	struct rhashtable table;
	unsigned long lengths[BITS_TO_LONGS(129)];
	u64 lengths4;
	struct sal_addrhint whole;
	u32 count[SAL_AF_NUM][129];
};

int sal_vip_table_init(struct sal_vip_table *t);
void sal_vip_table_destroy(struct sal_vip_table *t);

int sal_vip_init(void);
void sal_vip_exit(void);

/* in no table; NULL for lack of memory */
struct sal_vip *sal_vip_alloc(const struct sal_prefix *pfx);
/* out of its table; readers may be looking at it */
void sal_vip_free(struct sal_vip *vip);

/* writers hold sal_mutex */
int sal_vip_insert(struct sal_vip_table *t, struct sal_vip *vip);
void sal_vip_remove(struct sal_vip_table *t, struct sal_vip *vip);
/* of the same prefix, in one step; cannot fail where @old is there */
int sal_vip_replace(struct sal_vip_table *t, struct sal_vip *old,
		    struct sal_vip *vip);

/* readers are under RCU or hold sal_mutex; this finds what is planned, too */
struct sal_vip *sal_vip_get(struct sal_vip_table *t,
			    const struct sal_prefix *pfx);
struct sal_vip *sal_vip_lookup(struct sal_vip_table *t,
			       const struct in6_addr *addr);
/* in a table of rules: at least so long, of the 128 */
struct sal_vip *sal_vip_lookup_least(struct sal_vip_table *t,
				     const struct in6_addr *addr, u8 least);

/* the same as it will be when the transaction is done; sal_mutex */
struct sal_vip *sal_vip_lookup_next(struct sal_vip_table *t,
				    const struct in6_addr *addr);

#ifdef DEBUG
int sal_vip_selftest(void);
#else
static inline int sal_vip_selftest(void)
{
	return 0;
}
#endif

#endif /* _SAL_VIP_H */
