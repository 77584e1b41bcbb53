/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rule.h - what becomes of packets for a prefix that need not be a VIP
 *
 * Rules are in a table of their own. They are matched together with VIPs, the
 * longest prefix first; a rule comes before a VIP of the same prefix. So where
 * a VIP matches only rules that are at least as long are looked for, and where
 * there is no rule nothing is.
 */
#ifndef _SAL_RULE_H
#define _SAL_RULE_H

#include <uapi/linux/sal.h>

#include "domain.h"
#include "vip.h"

struct netlink_ext_ack;
struct sal_member;
struct sal_service;
struct sal_upcall;

/**
 * struct sal_rule - what becomes of packets for a prefix
 * @entry: its prefix, in &sal_domain.rule_table
 * @id: number in the domain; one that is replaced hands it on
 * @action: enum sal_action
 * @time: upcall: how long to wait for an answer, in ms
 * @then: upcall: enum sal_on_empty
 * @svc: forward, redirect: the service that it names; upcall: the one that holds
 *	packets for it; else NULL. With a reference.
 * @upcall: upcall: addresses that the domain has asked for; else NULL
 * @asking: upcall: in &sal_domain.asking while packets see it
 *
 * Nothing changes once packets see it. It is freed an RCU grace period after
 * they do not.
 */
struct sal_rule {
	struct sal_vip entry;
	u32 id;
	u32 action;
	u32 time;
	u32 then;
	struct sal_service *svc;
	struct sal_upcall *upcall;
	struct list_head asking;
};

/**
 * struct sal_rule_req - a request for a rule
 * @pfx: prefix
 * @action: enum sal_action
 * @time: as in &struct sal_rule
 * @then: likewise
 * @svc: service that is named, or NULL
 * @replace: one of that prefix may be there
 */
struct sal_rule_req {
	struct sal_prefix pfx;
	u32 action;
	u32 time;
	u32 then;
	struct sal_service *svc;
	bool replace;
};

/**
 * struct sal_rule_end - where rules lead to
 * @action: what becomes of the packet, never SAL_ACTION_REDIRECT
 * @svc: the service that it is for: forward; upcall: that holds it. Else NULL.
 */
struct sal_rule_end {
	u32 action;
	struct sal_service *svc;
};

static inline const struct sal_rule *sal_rule_of(const struct sal_vip *entry)
{
	return entry ? container_of_const(entry, struct sal_rule, entry) : NULL;
}

/**
 * sal_rule_lookup() - the rule that an address is subject to
 * @d: domain
 * @addr: address, v4-mapped for IPv4
 * @vip: the VIP that matches it, or NULL
 *
 * RCU.
 *
 * Return: the rule, or NULL where there is none, or the VIP is the longer match.
 */
static inline const struct sal_rule *
sal_rule_lookup(struct sal_domain *d, const struct in6_addr *addr,
		const struct sal_vip *vip)
{
	if (likely(!READ_ONCE(d->n_rules)))
		return NULL;
	return sal_rule_of(sal_vip_lookup_least(&d->rule_table, addr,
						vip ? vip->pfx.len : 0));
}

/**
 * sal_rule_follow() - where does a rule lead to?
 * @d: domain
 * @rule: rule
 * @end: filled in
 *
 * RCU. However rules and VIPs have changed since they were checked this comes to
 * an end.
 *
 * Return: 0; or ELOOP where there are too many redirect rules.
 */
int sal_rule_follow(struct sal_domain *d, const struct sal_rule *rule,
		    struct sal_rule_end *end);

/* the service that a packet for an address goes to, or that holds it for a rule;
 * NULL where it is nobody's. RCU.
 */
struct sal_service *sal_rule_owner(struct sal_domain *d,
				   const struct in6_addr *addr);

/* the following under sal_mutex */

/* that of a prefix, and the first that names a service; or NULL */
struct sal_rule *sal_rule_find(struct sal_domain *d,
			       const struct sal_prefix *pfx);
struct sal_rule *sal_rule_naming(const struct sal_service *svc);

/* the rule or an ERR_PTR */
struct sal_rule *sal_rule_add(struct sal_domain *d,
			      const struct sal_rule_req *req,
			      struct netlink_ext_ack *extack);
void sal_rule_del(struct sal_domain *d, struct sal_rule *rule);

/* all of a domain; what waits is dropped */
void sal_rules_flush(struct sal_domain *d);
/* packets that wait for answers */
u32 sal_rules_held(struct sal_domain *d);

static inline bool sal_rules_wait(struct sal_domain *d)
{
	return !list_empty(&d->asking) && sal_rules_held(d);
}

/* VIPs, rules or endpoints' addresses have changed: what waits is looked up
 * anew; what was about to, soon. May sleep.
 */
void sal_rules_settle(struct sal_domain *d);
/* likewise, when an RCU grace period has passed since */
void sal_rules_settle_now(struct sal_domain *d);
/* without sal_mutex */
void sal_rules_settle_work(struct work_struct *work);

#endif /* _SAL_RULE_H */
