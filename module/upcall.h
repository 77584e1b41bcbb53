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
/* most packets for one of them that wait in the time of its rule */
#define SAL_UPCALL_PACKETS	64

/**
 * enum sal_upcall_place - may a packet wait for an answer?
 * @SAL_UPCALL_NEW: yes, and its address is to be asked for
 * @SAL_UPCALL_ASKED: yes, that was done
 * @SAL_UPCALL_ENOUGH: no, others for its address do
 * @SAL_UPCALL_FULL: no, enough addresses are asked for
 */
enum sal_upcall_place {
	SAL_UPCALL_NEW,
	SAL_UPCALL_ASKED,
	SAL_UPCALL_ENOUGH,
	SAL_UPCALL_FULL,
};

/* before the first upcall rule; 0 or an errno. sal_mutex */
int sal_upcall_init(struct sal_domain *d, struct netlink_ext_ack *extack);
/* no packet is inside any more */
void sal_upcall_destroy(struct sal_domain *d);

/* a packet for an address is about to wait because of a rule; RCU, BH off or on */
enum sal_upcall_place sal_upcall_reserve(const struct sal_rule *rule,
					 const struct in6_addr *addr);

/* it waits, or the rule can hold no more: ask; RCU, BH off or on */
void sal_upcall_ask(const struct sal_member *m, const struct sal_rule *rule,
		    const struct sal_packet *pkt);

/* VIPs or rules have changed: what is no upcall rule's any more may be asked for
 * anew if it comes back; sal_mutex
 */
void sal_upcall_forget(struct sal_domain *d);

#endif /* _SAL_UPCALL_H */
