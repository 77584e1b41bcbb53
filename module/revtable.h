/* SPDX-License-Identifier: GPL-2.0 */
/*
 * revtable.h - the way back from an address to the endpoints that have it
 *
 * An address may be that of endpoints of several services, one of each. They
 * are a list in the order in which they came; a ghost (see endpoint.c) keeps
 * its place until a new endpoint comes to the address, or until its time is
 * over.
 */
#ifndef _SAL_REVTABLE_H
#define _SAL_REVTABLE_H

#include <linux/compiler.h>
#include <linux/in6.h>
#include <linux/rbtree.h>
#include <linux/rhashtable.h>
#include <linux/types.h>

#include "domain.h"

struct sal_endpoint;
struct sal_service;

/**
 * struct sal_reverse - an endpoint's address in the reverse table
 * @node: in &sal_domain.reverse, where it is the first at its address
 * @addr: the address, and the key; never changes
 * @ep: whose it is; never changes
 * @next: the next one at the same address. Written under sal_mutex, read
 *	under RCU; readers may still go on from one that was removed.
 * @num: tells this endpoint's stay at the address from others. It is the
 *	endpoint's number, or that of the one whose place it took. Written
 *	before readers can find it.
 * @shared: others are at the address, too. Set before they can be found.
 *	Written under sal_mutex, read without.
 * @pending: planned only: packets do not see it. Written under sal_mutex, read
 *	without.
 * @linked: it is in the table. sal_mutex.
 * @in_order: in &sal_domain.addrs, see cover.h. sal_mutex.
 */
struct sal_reverse {
	struct rhash_head node;
	struct in6_addr addr;
	struct sal_endpoint *ep;
	struct sal_reverse __rcu *next;
	u32 num;
	bool shared;
	bool pending;
	bool linked;
	struct rb_node in_order;
};

/* where the hint says that there may be one */
struct sal_reverse *sal_reverse_find(struct sal_domain *d,
				     const struct in6_addr *addr);

/* who is at an address? The first one or NULL, ghosts included; RCU */
static inline struct sal_reverse *
sal_reverse_lookup(struct sal_domain *d, const struct in6_addr *addr)
{
	if (likely(!sal_addrhint_may(&d->at, addr)))
		return NULL;
	return sal_reverse_find(d, addr);
}

/* those that packets see, from @rev on; RCU */
static inline struct sal_reverse *sal_reverse_seen(struct sal_reverse *rev)
{
	while (unlikely(rev && READ_ONCE(rev->pending)))
		rev = rcu_dereference(rev->next);
	return rev;
}

/* and who else? RCU */
static inline struct sal_reverse *
sal_reverse_next(const struct sal_reverse *rev)
{
	return sal_reverse_seen(rcu_dereference(rev->next));
}

/* is an endpoint at an address, one that is not deleted? RCU */
bool sal_reverse_lives(struct sal_domain *d, const struct in6_addr *addr);

/* the following under sal_mutex */

/* the endpoint that a service, or any where that is NULL, will have at an address
 * when the transaction is done, or NULL
 */
struct sal_endpoint *sal_reverse_of(struct sal_domain *d,
				    const struct sal_service *svc,
				    const struct in6_addr *addr);

/* most endpoints at one address: who asks what policies say walks them all */
#define SAL_AT_ADDRESS_MAX	64

/* will so many be at an address when the transaction is done? */
bool sal_reverse_is_full(struct sal_domain *d, const struct in6_addr *addr);

/* does one of a service that is about to go still have an address? */
bool sal_reverse_leaving(struct sal_domain *d, const struct sal_service *svc,
			 const struct in6_addr *addr);

/**
 * sal_reverse_insert() - an endpoint is to come to its address
 * @d: domain
 * @rev: the address, @addr, @ep, @num and @pending set
 *
 * Return: 0 or an errno for lack of memory; then nothing was done.
 */
int sal_reverse_insert(struct sal_domain *d, struct sal_reverse *rev);

/**
 * sal_reverse_admit() - an endpoint has come to its address
 * @d: domain
 * @rev: the address
 *
 * Packets see it from now on. That is the end of all ghosts at the address, of
 * whatever service, but for one that gave it to its own namespace in the same
 * transaction.
 */
void sal_reverse_admit(struct sal_domain *d, struct sal_reverse *rev);

/* @rev is to take the place of @old: flows need not come to it anew. Before any
 * flow does.
 */
static inline void sal_reverse_inherit(struct sal_reverse *rev,
				       const struct sal_reverse *old)
{
	rev->num = old->num;
	WRITE_ONCE(rev->shared, old->shared);
}

/* take the place of one that is in the table at the same address, in one step;
 * cannot fail
 */
void sal_reverse_replace(struct sal_domain *d, struct sal_reverse *old,
			 struct sal_reverse *rev);

/* where it is in the table */
void sal_reverse_remove(struct sal_domain *d, struct sal_reverse *rev);

int sal_reverse_init(struct sal_domain *d);
/* it is empty */
void sal_reverse_destroy(struct sal_domain *d);

#ifdef DEBUG
int sal_reverse_selftest(void);
#else
static inline int sal_reverse_selftest(void)
{
	return 0;
}
#endif

#endif /* _SAL_REVTABLE_H */
