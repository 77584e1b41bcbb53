// SPDX-License-Identifier: GPL-2.0
/*
 * vip.c - longest prefix match: one hash table, probed for each length in use
 *
 * A domain uses few lengths (one, most of the time), so a lookup is about one
 * probe; an address with its full length is tried first.
 */
#include <linux/bitops.h>
#include <linux/jhash.h>
#include <linux/slab.h>

#include "net.h"
#include "vip.h"

/* strangers may own a domain, too, and say what is in it: the seed is a secret, and is
 * another one when too many have come to one place
 */
static inline u32 vip_hash(const void *data, u32 len, u32 seed)
{
	const struct sal_prefix *pfx = data;
	const u32 *w = (__force const u32 *)pfx->addr.s6_addr32;

	if (ipv6_addr_v4mapped(&pfx->addr))
		return jhash_2words(w[3], pfx->len, seed);
	return jhash2(w, sizeof(pfx->addr) / sizeof(u32), seed ^ pfx->len);
}

static inline int vip_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sal_prefix *a = &((const struct sal_vip *)obj)->pfx;
	const struct sal_prefix *b = arg->key;

	return !(ipv6_addr_equal(&a->addr, &b->addr) && a->len == b->len);
}

static const struct rhashtable_params vip_params = {
	.head_offset		= offsetof(struct sal_vip, node),
	.key_offset		= offsetof(struct sal_vip, pfx),
	.key_len		= offsetofend(struct sal_prefix, len),
	.hashfn			= vip_hash,
	.obj_cmpfn		= vip_cmp,
	.automatic_shrinking	= true,
};

static struct kmem_cache *vip_cache;

int __init sal_vip_init(void)
{
	vip_cache = kmem_cache_create("sal_vip", sizeof(struct sal_vip), 0,
				      SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return vip_cache ? 0 : -ENOMEM;
}

/* all RCU callbacks have run */
void sal_vip_exit(void)
{
	kmem_cache_destroy(vip_cache);
}

struct sal_vip *sal_vip_alloc(const struct sal_prefix *pfx)
{
	struct sal_vip *vip = kmem_cache_zalloc(vip_cache, GFP_KERNEL);

	if (!vip)
		return NULL;
	vip->pfx = *pfx;
	INIT_LIST_HEAD(&vip->touched);
	return vip;
}

static void vip_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(vip_cache, container_of(rcu, struct sal_vip, rcu));
}

void sal_vip_free(struct sal_vip *vip)
{
	call_rcu(&vip->rcu, vip_free_rcu);
}

int sal_vip_table_init(struct sal_vip_table *t)
{
	memset(t, 0, sizeof(*t));
	return rhashtable_init(&t->table, &vip_params);
}

void sal_vip_table_destroy(struct sal_vip_table *t)
{
	rhashtable_destroy(&t->table);
}

#define VIP_WHOLE	128

static void vip_length_use(struct sal_vip_table *t, enum sal_af af, u8 len)
{
	if (t->count[af][len]++)
		return;
	if (af == SAL_V4)
		WRITE_ONCE(t->lengths4, t->lengths4 | BIT_ULL(len - 96));
	else
		set_bit(len, t->lengths);
}

static void vip_length_unuse(struct sal_vip_table *t, enum sal_af af, u8 len)
{
	if (--t->count[af][len])
		return;
	if (af == SAL_V4)
		WRITE_ONCE(t->lengths4, t->lengths4 & ~BIT_ULL(len - 96));
	else
		clear_bit(len, t->lengths);
}

static void vip_forget(struct sal_vip_table *t, const struct sal_prefix *pfx)
{
	if (pfx->len == VIP_WHOLE)
		sal_addrhint_del(&t->whole, &pfx->addr);
}

int sal_vip_insert(struct sal_vip_table *t, struct sal_vip *vip)
{
	const struct sal_prefix *pfx = &vip->pfx;
	int err;

	if (pfx->len == VIP_WHOLE)
		sal_addrhint_add(&t->whole, &pfx->addr);
	err = rhashtable_lookup_insert_fast(&t->table, &vip->node, vip_params);
	if (!err)
		vip_length_use(t, sal_addr_af(&pfx->addr), pfx->len);
	else
		vip_forget(t, pfx);
	return err;
}

void sal_vip_remove(struct sal_vip_table *t, struct sal_vip *vip)
{
	if (rhashtable_remove_fast(&t->table, &vip->node, vip_params))
		return;
	vip_forget(t, &vip->pfx);
	vip_length_unuse(t, sal_addr_af(&vip->pfx.addr), vip->pfx.len);
}

int sal_vip_replace(struct sal_vip_table *t, struct sal_vip *old,
		    struct sal_vip *vip)
{
	return rhashtable_replace_fast(&t->table, &old->node, &vip->node,
				       vip_params);
}

struct sal_vip *sal_vip_get(struct sal_vip_table *t,
			    const struct sal_prefix *pfx)
{
	return rhashtable_lookup_fast(&t->table, pfx, vip_params);
}

/**
 * enum vip_want - which entries a lookup is about
 * @VIP_NOW: those that packets see
 * @VIP_NEXT: those that there will be when the transaction is done
 * @VIP_ANY: all; rules are not planned
 */
enum vip_want {
	VIP_NOW,
	VIP_NEXT,
	VIP_ANY,
};

static __always_inline bool vip_is_wanted(const struct sal_vip *vip,
					  enum vip_want want)
{
	switch (want) {
	case VIP_NOW:
		return rcu_access_pointer(vip->svc);
	case VIP_NEXT:
		return vip->next;
	case VIP_ANY:
		break;
	}
	return true;
}

static __always_inline struct sal_vip *vip_probe(struct sal_vip_table *t,
						 const struct in6_addr *addr,
						 u8 len, enum vip_want want)
{
	struct sal_prefix key = { .len = len };
	struct sal_vip *vip;

	/* most are whole */
	if (likely(len == VIP_WHOLE)) {
		if (!sal_addrhint_may(&t->whole, addr))
			return NULL;
		key.addr = *addr;
	} else {
		ipv6_addr_prefix(&key.addr, addr, len);
	}
	vip = rhashtable_lookup(&t->table, &key, vip_params);
	return vip && vip_is_wanted(vip, want) ? vip : NULL;
}

/* @least: the shortest length that counts */
static __always_inline struct sal_vip *vip_lookup4(struct sal_vip_table *t,
						   const struct in6_addr *addr,
						   u8 least, enum vip_want want)
{
	u64 lengths = READ_ONCE(t->lengths4) >> (least - 96) << (least - 96);

	while (lengths) {
		unsigned int len = fls64(lengths) - 1;
		struct sal_vip *vip = vip_probe(t, addr, len + 96, want);

		if (vip)
			return vip;
		lengths &= ~BIT_ULL(len);
	}
	return NULL;
}

static __always_inline struct sal_vip *vip_lookup6(struct sal_vip_table *t,
						   const struct in6_addr *addr,
						   u8 least, enum vip_want want)
{
	int word;

	for (word = ARRAY_SIZE(t->lengths) - 1; word >= 0; word--) {
		unsigned long lengths = READ_ONCE(t->lengths[word]);

		while (lengths) {
			unsigned int bit = __fls(lengths);
			unsigned int len = word * BITS_PER_LONG + bit;
			struct sal_vip *vip;

			if (len < least)
				return NULL;
			vip = vip_probe(t, addr, len, want);
			if (vip)
				return vip;
			lengths &= ~BIT(bit);
		}
	}
	return NULL;
}

/**
 * sal_vip_lookup() - the longest prefix that has an address
 * @t: table
 * @addr: address, v4-mapped for IPv4
 *
 * RCU.
 *
 * Return: the prefix, or NULL.
 */
struct sal_vip *sal_vip_lookup(struct sal_vip_table *t,
			       const struct in6_addr *addr)
{
	return sal_addr_af(addr) == SAL_V4 ?
	       vip_lookup4(t, addr, 96, VIP_NOW) :
	       vip_lookup6(t, addr, 0, VIP_NOW);
}

/**
 * sal_vip_lookup_least() - the longest prefix that has an address
 * @t: table, of rules
 * @addr: address, v4-mapped for IPv4
 * @least: shortest length that counts, of the 128; 0 for any
 *
 * RCU.
 *
 * Return: the prefix, or NULL.
 */
struct sal_vip *sal_vip_lookup_least(struct sal_vip_table *t,
				     const struct in6_addr *addr, u8 least)
{
	return sal_addr_af(addr) == SAL_V4 ?
	       vip_lookup4(t, addr, max_t(u8, least, 96), VIP_ANY) :
	       vip_lookup6(t, addr, least, VIP_ANY);
}

/**
 * sal_vip_lookup_next() - the same, when the transaction is done
 * @t: table
 * @addr: address, v4-mapped for IPv4
 *
 * sal_mutex.
 *
 * Return: the prefix, or NULL.
 */
struct sal_vip *sal_vip_lookup_next(struct sal_vip_table *t,
				    const struct in6_addr *addr)
{
	struct sal_vip *vip;

	lockdep_assert_held(&sal_mutex);
	rcu_read_lock();
	vip = sal_addr_af(addr) == SAL_V4 ?
	      vip_lookup4(t, addr, 96, VIP_NEXT) :
	      vip_lookup6(t, addr, 0, VIP_NEXT);
	rcu_read_unlock();
	return vip;
}

#include "selftest/vip.c"
