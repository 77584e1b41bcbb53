// SPDX-License-Identifier: GPL-2.0
/*
 * guest.c - what domains of user namespaces share
 */
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "domain.h"
#include "guest.h"

/* of the machine's memory, for each kind of share */
#define GUEST_PART	32

/* what a hash table takes for an object: it grows at three quarters, to twice
 * the size, and shrinks at less than a third
 */
#define GUEST_NODE	(4 * sizeof(void *))

/* bytes that all guests have of each kind */
static atomic64_t guest_used[SAL_SHARE_NUM];

bool sal_guest_owns(const struct net *net)
{
	return net->user_ns != &init_user_ns;
}

static u64 guest_max(void)
{
	return (u64)totalram_pages() * PAGE_SIZE / GUEST_PART;
}

static size_t guest_size(enum sal_share share, size_t size)
{
	return share == SAL_SHARE_TABLES ? size + GUEST_NODE : size;
}

static bool guest_take(enum sal_share share, size_t size)
{
	size = guest_size(share, size);
	if (atomic64_add_return(size, &guest_used[share]) <= guest_max())
		return true;
	atomic64_sub(size, &guest_used[share]);
	return false;
}

static void guest_give(enum sal_share share, size_t size)
{
	atomic64_sub(guest_size(share, size), &guest_used[share]);
}

static int guest_take_object(size_t size, struct netlink_ext_ack *extack)
{
	if (guest_take(SAL_SHARE_TABLES, size))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "domains of user namespaces have used up their share of memory");
	return -ENOSPC;
}

bool sal_guest_charge(const struct sal_domain *d, enum sal_share share,
		      size_t size)
{
	return likely(!d->guest) || guest_take(share, size);
}

void sal_guest_uncharge(const struct sal_domain *d, enum sal_share share,
			size_t size)
{
	if (unlikely(d->guest))
		guest_give(share, size);
}

int sal_guest_charge_object(const struct sal_domain *d, size_t size,
			    struct netlink_ext_ack *extack)
{
	return likely(!d->guest) ? 0 : guest_take_object(size, extack);
}

int sal_guest_charge_net(const struct net *net, size_t size,
			 struct netlink_ext_ack *extack)
{
	return sal_guest_owns(net) ? guest_take_object(size, extack) : 0;
}

void sal_guest_uncharge_net(const struct net *net, size_t size)
{
	if (sal_guest_owns(net))
		guest_give(SAL_SHARE_TABLES, size);
}

void sal_guest_exit(void)
{
	int i;

	for (i = 0; i < SAL_SHARE_NUM; i++)
		WARN_ON_ONCE(atomic64_read(&guest_used[i]));
}
