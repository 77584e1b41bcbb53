/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guest.h - what domains of user namespaces share
 *
 * A *guest* is a domain whose network namespace is owned by a user namespace
 * other than the initial one: whoever runs it may be anybody, and may have any
 * number of such. What one of them allocates is charged to a memory cgroup like
 * all else, but that may have no limit, hash tables are charged to nobody, and
 * packets that were received to whom they were sent by. So all guests together
 * have a share of the memory, one for packets that are held, one for tables.
 */
#ifndef _SAL_GUEST_H
#define _SAL_GUEST_H

#include <linux/types.h>

struct net;
struct netlink_ext_ack;
struct sal_domain;

/**
 * enum sal_share - what is bounded for all guests together
 * @SAL_SHARE_HELD: packets that are held
 * @SAL_SHARE_TABLES: objects, their places in hash tables, and requests of
 *	transactions
 * @SAL_SHARE_NUM: how many there are
 */
enum sal_share {
	SAL_SHARE_HELD,
	SAL_SHARE_TABLES,
	SAL_SHARE_NUM
};

/* is a domain of this namespace a guest? */
bool sal_guest_owns(const struct net *net);

/* true where it fits, and for who is no guest; anywhere */
bool sal_guest_charge(const struct sal_domain *d, enum sal_share share,
		      size_t size);
void sal_guest_uncharge(const struct sal_domain *d, enum sal_share share,
			size_t size);
/* an object of a table that a request makes; 0 or ENOSPC, with a text */
int sal_guest_charge_object(const struct sal_domain *d, size_t size,
			    struct netlink_ext_ack *extack);

/* likewise what a request leaves where there may be no domain yet */
int sal_guest_charge_net(const struct net *net, size_t size,
			 struct netlink_ext_ack *extack);
void sal_guest_uncharge_net(const struct net *net, size_t size);

/* all has been given back */
void sal_guest_exit(void);

#endif /* _SAL_GUEST_H */
