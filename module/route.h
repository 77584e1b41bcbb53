/* SPDX-License-Identifier: GPL-2.0 */
/*
 * route.h - a member's routes to the VIP pools
 *
 * A route goes through the kernel's own rtnetlink, which takes RTNL; so all
 * of these are called without sal_mutex.
 */
#ifndef _SAL_ROUTE_H
#define _SAL_ROUTE_H

#include <linux/types.h>

#include "addr.h"

struct net;
struct sal_domain;

/* protocol number of our routes, see rtnetlink(7) */
#define SAL_RTPROT	83

/* is there any route to the prefix's first address? RCU or not */
bool sal_route_exists(struct net *net, const struct sal_prefix *pfx);

/* add a route to a pool where there is none; 0 where there is one already */
int sal_route_add(struct net *net, const struct sal_prefix *pfx);

/* take our route to a pool back; 0 where there is none */
int sal_route_del(struct net *net, const struct sal_prefix *pfx);

/* a domain ends: have its members' routes taken back, later; before the
 * members go, under sal_mutex
 */
void sal_route_domain_exit(struct sal_domain *d);
/* wait until they have been; after the last domain has ended */
void sal_route_exit(void);

#endif /* _SAL_ROUTE_H */
