/* SPDX-License-Identifier: GPL-2.0 */
/*
 * policy.h - which services may call which
 *
 * A client is who it is an endpoint of. Of the policies that are about it and
 * the service that it asks the most specific one decides: from its service to
 * that one, from its service to any, from any to that one; then the domain's
 * default. A client in several services is any of them: of policies that are
 * as specific, one that denies decides.
 *
 * This is looked at when a flow begins. The collector removes flows that would
 * not begin now.
 */
#ifndef _SAL_POLICY_H
#define _SAL_POLICY_H

#include <linux/rhashtable.h>

#include <uapi/linux/sal.h>

struct in6_addr;
struct netlink_ext_ack;
struct sal_domain;
struct sal_service;

/**
 * struct sal_policy_key - who may call whom
 * @from: number of the client's service, 0 for any
 * @to: number of the service that is called, 0 for any
 */
struct sal_policy_key {
	u32 from;
	u32 to;
};

/**
 * struct sal_policy - a policy
 * @node: in &sal_domain.policies
 * @key: what it is about; never changes
 * @access: enum sal_access. Written under sal_mutex, read under RCU.
 * @id: number in the domain
 * @from: service of @key, or NULL for any. It takes the policy along. sal_mutex.
 * @to: likewise
 * @rcu: for freeing
 */
struct sal_policy {
	struct rhash_head node;
	struct sal_policy_key key;
	u32 access;
	u32 id;
	struct sal_service *from;
	struct sal_service *to;
	struct rcu_head rcu;
};

/* may a client not call a service? @by: the policy that says so or the contrary,
 * NULL for the default; may be NULL. What waits for an answer to an upcall is
 * not denied: what it is let go to then is subject to policies. RCU.
 */
bool sal_policy_denies(struct sal_domain *d, const struct in6_addr *client,
		       const struct sal_service *svc,
		       const struct sal_policy **by);

/* all under sal_mutex; NULL is any service, but not for both */

/**
 * sal_policy_set() - add or change a policy
 * @d: domain
 * @from: the client's service, or NULL
 * @to: the service that is called, or NULL
 * @access: enum sal_access
 * @replace: there may be one already
 * @extack: what is wrong
 *
 * Return: 0, EEXIST, EINVAL, ENOSPC, ENOMEM.
 */
int sal_policy_set(struct sal_domain *d, struct sal_service *from,
		   struct sal_service *to, u32 access, bool replace,
		   struct netlink_ext_ack *extack);
/* 0 or ENOENT */
int sal_policy_del(struct sal_domain *d, const struct sal_service *from,
		   const struct sal_service *to,
		   struct netlink_ext_ack *extack);
/* the domain's default */
void sal_policy_set_default(struct sal_domain *d, u32 access);
/* a service goes, and its policies with it */
void sal_policy_forget(struct sal_service *svc);
/* all go, as all services will */
void sal_policies_flush(struct sal_domain *d);

int sal_policy_table_init(struct sal_domain *d);
void sal_policy_table_destroy(struct sal_domain *d);

#endif /* _SAL_POLICY_H */
