/* SPDX-License-Identifier: GPL-2.0 */
/*
 * upcall.h - addresses that listeners were asked for
 */
#ifndef _SAL_UPCALL_H
#define _SAL_UPCALL_H

#include <linux/types.h>

struct in6_addr;
struct netlink_ext_ack;
struct sal_domain;
struct sal_member;
struct sal_packet;
struct sal_rule;

/* most addresses asked for at a time, in a domain */
#define SAL_UPCALL_MAX	1024

/* before the first upcall rule; 0 or an errno. sal_mutex */
int sal_upcall_init(struct sal_domain *d, struct netlink_ext_ack *extack);
/* no packet is inside any more */
void sal_upcall_destroy(struct sal_domain *d);

/* is an address asked for already, or can it be? RCU, BH off or on */
bool sal_upcall_has_room(struct sal_domain *d, const struct in6_addr *addr);

/* a packet waits because of a rule: ask, unless that was done; RCU, BH off or on */
void sal_upcall_ask(const struct sal_member *m, const struct sal_rule *rule,
		    const struct sal_packet *pkt);

/* VIPs or rules have changed: what is no upcall rule's any more may be asked for
 * anew if it comes back; sal_mutex
 */
void sal_upcall_forget(struct sal_domain *d);

#endif /* _SAL_UPCALL_H */
