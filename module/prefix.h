/* SPDX-License-Identifier: GPL-2.0 */
/*
 * prefix.h - which addresses may be VIPs and endpoints
 */
#ifndef _SAL_PREFIX_H
#define _SAL_PREFIX_H

#include "addr.h"

struct netlink_ext_ack;

/* may it be @what, a VIP or whatever holds some? 0 or EADDRNOTAVAIL */
int sal_prefix_check(const struct sal_prefix *pfx, const char *what,
		     struct netlink_ext_ack *extack);
/* may there be a rule about it? Not within what stands for no one host.
 * 0 or EADDRNOTAVAIL
 */
int sal_prefix_check_rule(const struct sal_prefix *pfx,
			  struct netlink_ext_ack *extack);
/* is it an address that no rule is about? Any context */
bool sal_prefix_never(const struct in6_addr *addr);
/* may it be an endpoint's address? 0 or EADDRNOTAVAIL */
int sal_prefix_check_endpoint(const struct in6_addr *addr,
			      struct netlink_ext_ack *extack);

#endif /* _SAL_PREFIX_H */
