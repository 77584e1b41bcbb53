/* SPDX-License-Identifier: GPL-2.0 */
/*
 * member.h - network namespaces whose packets a domain resolves
 */
#ifndef _SAL_MEMBER_H
#define _SAL_MEMBER_H

#include <linux/list.h>
#include <linux/types.h>

#include <uapi/linux/sal.h>

#include "path.h"

struct net;
struct netlink_ext_ack;
struct nlattr;
struct sal_domain;
struct sal_txn;

/**
 * struct sal_member - a namespace attached to a domain
 * @domain: whose tables resolve its packets; holds a reference
 * @net: the namespace, without a reference: a held namespace would never
 *	exit. Its pre_exit detaches the member, so @net is there under
 *	sal_mutex while the member is in the domain's table, and under RCU for
 *	whoever found the member in its &sal_net.
 * @id: number in the domain
 * @route: what is done about routes. sal_mutex.
 * @dead: detached; nothing is held for it any more. Set under sal_mutex.
 * @has_held: a packet that it routes was held once
 * @paths: how its packets get to where they go
 * @joining: in &sal_txn.members, as long as it is but planned: its hooks are
 *	there and do nothing. sal_mutex.
 * @rcu: for freeing
 * @name: unique in the domain
 */
struct sal_member {
	struct sal_domain *domain;
	struct net *net;
	u32 id;
	u32 route;
	bool dead;
	bool has_held;
	struct sal_paths paths;
	struct list_head joining;
	struct rcu_head rcu;
	char name[SAL_LABEL_MAX + 1];
};

/* all under sal_mutex */

/**
 * sal_member_add() - plan to attach a namespace to a domain
 * @t: transaction
 * @net: namespace; the caller keeps it alive meanwhile
 * @name: name of the member
 * @route: enum sal_route. Routes are the caller's to make, after it let go
 *	of sal_mutex: see route.h.
 * @extack: what is wrong
 *
 * Return: the member, or an ERR_PTR: EEXIST, EBUSY, ENOSPC, EINVAL, ENOMEM.
 */
struct sal_member *sal_member_add(struct sal_txn *t, struct net *net,
				  const char *name, u32 route,
				  struct netlink_ext_ack *extack);

/* steps of sal_txn_commit() and sal_txn_abort() */
void sal_members_join(struct sal_txn *t);
void sal_members_forget(struct sal_txn *t);

/**
 * sal_member_del() - detach a namespace
 * @m: member; not to be touched by the caller afterwards
 *
 * Its hooks go, packets held for it are dropped and counted, its flows are
 * collected soon after.
 */
void sal_member_del(struct sal_member *m);

struct sal_member *sal_member_find(struct sal_domain *d, const char *name);
/* the membership of a namespace in any domain, planned or not, or NULL */
struct sal_member *sal_member_of(struct net *net);

#endif /* _SAL_MEMBER_H */
