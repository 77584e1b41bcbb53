// SPDX-License-Identifier: GPL-2.0
/*
 * selftest/vip.c - the prefix table against a list that is walked
 */
#ifdef DEBUG

#include <linux/random.h>

#include "compat.h"

#define VIP_TEST_PREFIXES	400
#define VIP_TEST_LOOKUPS	20000

/* few different bits, so that prefixes nest and addresses hit them */
static __init void vip_test_addr(struct in6_addr *addr, bool v4)
{
	int i;

	memset(addr, 0, sizeof(*addr));
	if (v4) {
		sal_addr_set4(addr, htonl(get_random_u32() & 0x3f0303ff));
		return;
	}
	for (i = 0; i < 4; i++)
		addr->s6_addr32[i] = htonl(get_random_u32() & 0x21000401);
	addr->s6_addr[0] = 0x20;
}

static __init const struct sal_vip *
vip_test_slow(struct sal_vip *const *vips, const struct in6_addr *addr)
{
	const struct sal_vip *best = NULL;
	int i;

	for (i = 0; i < VIP_TEST_PREFIXES; i++) {
		const struct sal_vip *v = vips[i];

		if (!v || !rcu_access_pointer(v->svc) ||
		    sal_addr_af(&v->pfx.addr) != sal_addr_af(addr) ||
		    !ipv6_prefix_equal(&v->pfx.addr, addr, v->pfx.len))
			continue;
		if (!best || v->pfx.len > best->pfx.len)
			best = v;
	}
	return best;
}

static __init int vip_test_fill(struct sal_vip_table *t, struct sal_vip **vips)
{
	int i, err;

	for (i = 0; i < VIP_TEST_PREFIXES; i++) {
		bool v4 = i & 1;
		struct in6_addr addr;
		struct sal_vip *v;

		v = kzalloc_obj(*v, GFP_KERNEL);
		if (!v)
			return -ENOMEM;
		v->pfx.len = v4 ? 96 + get_random_u32_below(33) :
				  get_random_u32_below(129);
		vip_test_addr(&addr, v4);
		ipv6_addr_prefix(&v->pfx.addr, &addr, v->pfx.len);
		/* of a service that nobody looks into; a third is but planned */
		if (i % 3)
			RCU_INIT_POINTER(v->svc, (void *)vips);
		err = sal_vip_insert(t, v);
		if (!err) {
			vips[i] = v;
			continue;
		}
		kfree(v);
		if (err != -EEXIST)
			return err;
	}
	return 0;
}

static __init bool vip_test_compare(struct sal_vip_table *t,
				    struct sal_vip *const *vips)
{
	bool same = true;
	int i;

	rcu_read_lock();
	for (i = 0; i < VIP_TEST_LOOKUPS && same; i++) {
		struct in6_addr addr;

		vip_test_addr(&addr, i & 1);
		same = sal_vip_lookup(t, &addr) == vip_test_slow(vips, &addr);
	}
	rcu_read_unlock();
	return same;
}

static __init void vip_test_remove(struct sal_vip_table *t,
				   struct sal_vip **vips, int step)
{
	int i;

	for (i = 0; i < VIP_TEST_PREFIXES; i += step) {
		if (!vips[i])
			continue;
		sal_vip_remove(t, vips[i]);
		kfree_rcu(vips[i], rcu);
		vips[i] = NULL;
	}
}

static __init bool vip_test_unused(const struct sal_vip_table *t)
{
	return !t->lengths4 &&
	       bitmap_empty(t->lengths, ARRAY_SIZE(t->lengths) *
				       BITS_PER_LONG);
}

int __init sal_vip_selftest(void)
{
	struct sal_vip_table *t;
	struct sal_vip **vips;
	bool ok = false;

	t = kzalloc_obj(*t, GFP_KERNEL);
	vips = kzalloc_objs(*vips, VIP_TEST_PREFIXES, GFP_KERNEL);
	if (!t || !vips || sal_vip_table_init(t))
		goto out;

	ok = !vip_test_fill(t, vips) && vip_test_compare(t, vips);
	vip_test_remove(t, vips, 3);
	ok = ok && vip_test_compare(t, vips);
	vip_test_remove(t, vips, 1);
	ok = ok && vip_test_compare(t, vips) && vip_test_unused(t);
	sal_vip_table_destroy(t);
out:
	kfree(vips);
	kfree(t);
	pr_info("sal: selftest vip: %s\n", ok ? "pass" : "FAIL");
	return ok ? 0 : -EINVAL;
}

#endif
