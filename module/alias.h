/* SPDX-License-Identifier: GPL-2.0 */
/*
 * alias.h - other names of services
 */
#ifndef _SAL_ALIAS_H
#define _SAL_ALIAS_H

#include <linux/list.h>
#include <linux/rhashtable.h>

#include "addr.h"

struct netlink_ext_ack;
struct sal_domain;
struct sal_service;
struct sal_txn;

/**
 * struct sal_alias - another name of a service
 * @node: in &sal_domain.aliases
 * @svc: whose it is; NULL as long as it is but planned. sal_mutex.
 * @next: whose it is to be when the transaction is done, NULL for nobody's;
 *	outside of one the same as @svc. sal_mutex.
 * @touched: in &sal_txn.aliases. sal_mutex.
 * @rcu: for freeing, when it is touched no more
 * @id: the address that follows from it, and is a VIP of the service
 * @name: the name
 */
struct sal_alias {
	struct rhash_head node;
	struct sal_service *svc;
	struct sal_service *next;
	union {
		struct list_head touched;
		struct rcu_head rcu;
	};
	struct in6_addr id;
	char name[];
};

/* all under sal_mutex */

/* whose alias a name will be when the transaction is done, or NULL */
struct sal_service *sal_alias_find(struct sal_domain *d, const char *name);
/* the alias of a service that has this name, or NULL */
const struct sal_alias *sal_alias_of(const struct sal_service *svc,
				     const char *name);

/**
 * sal_aliases_plan() - a service is to have these aliases, and no others
 * @t: transaction, to be aborted where this fails
 * @svc: service; something is planned for it
 * @names: aliases
 * @n: how many
 * @extack: what is wrong
 *
 * The VIPs that follow from them are the caller's matter.
 *
 * Return: 0, EEXIST, EINVAL, ENOSPC, ENOMEM.
 */
int sal_aliases_plan(struct sal_txn *t, struct sal_service *svc,
		     const char *const *names, u32 n,
		     struct netlink_ext_ack *extack);
/* it is to have none any more */
void sal_aliases_leave(struct sal_txn *t, struct sal_service *svc);

/* the steps of sal_txn_commit() and sal_txn_abort(): they are their services';
 * those of nobody go; what was planned is forgotten
 */
void sal_aliases_give(struct sal_txn *t);
void sal_aliases_settle(struct sal_txn *t);
void sal_aliases_forget(struct sal_txn *t);

int sal_alias_table_init(struct sal_domain *d);

#endif /* _SAL_ALIAS_H */
