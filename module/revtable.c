// SPDX-License-Identifier: GPL-2.0
/*
 * revtable.c - the way back from an address to the endpoints that have it
 *
 * The first one at an address is in the hash table, the others hang from it.
 * Nearly always there is one. Readers walk under RCU and see a new list or an
 * old one; one that was removed still leads to those behind it.
 */
#include <linux/rcupdate.h>

#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "net.h"
#include "revtable.h"

static const struct rhashtable_params reverse_params = {
	.head_offset		= offsetof(struct sal_reverse, node),
	.key_offset		= offsetof(struct sal_reverse, addr),
	.key_len		= sizeof(struct in6_addr),
	.automatic_shrinking	= true,
};

struct sal_reverse *sal_reverse_find(struct sal_domain *d,
				     const struct in6_addr *addr)
{
	return sal_reverse_seen(rhashtable_lookup(&d->reverse, addr,
						  reverse_params));
}

bool sal_reverse_lives(struct sal_domain *d, const struct in6_addr *addr)
{
	struct sal_reverse *rev = sal_reverse_lookup(d, addr);

	for (; rev; rev = sal_reverse_next(rev))
		if (likely(!READ_ONCE(rev->ep->dead)))
			return true;
	return false;
}

/* --- writers, under sal_mutex ---------------------------------------------- */

static struct sal_reverse *reverse_first(struct sal_domain *d,
					 const struct in6_addr *addr)
{
	return rhashtable_lookup_fast(&d->reverse, addr, reverse_params);
}

static struct sal_reverse *reverse_next(const struct sal_reverse *rev)
{
	return rcu_dereference_protected(rev->next,
					 lockdep_is_held(&sal_mutex));
}

static struct sal_reverse *reverse_last(struct sal_reverse *first)
{
	struct sal_reverse *rev = first;

	while (reverse_next(rev))
		rev = reverse_next(rev);
	return rev;
}

/* @ep, or who is to take its place with this address, or NULL */
static struct sal_endpoint *reverse_stays(struct sal_endpoint *ep,
					  const struct in6_addr *addr)
{
	if (sal_endpoint_stays(ep))
		return ep;
	return ep->heir && sal_endpoint_has(ep->heir, addr) ? ep->heir : NULL;
}

struct sal_endpoint *sal_reverse_of(struct sal_domain *d,
				    const struct sal_service *svc,
				    const struct in6_addr *addr)
{
	struct sal_endpoint *ep = NULL;
	struct sal_reverse *rev;

	lockdep_assert_held(&sal_mutex);
	for (rev = reverse_first(d, addr); rev && !ep; rev = reverse_next(rev))
		if (!svc || rev->ep->svc == svc)
			ep = reverse_stays(rev->ep, addr);
	return ep;
}

bool sal_reverse_is_full(struct sal_domain *d, const struct in6_addr *addr)
{
	struct sal_reverse *rev;
	unsigned int n = 0;

	lockdep_assert_held(&sal_mutex);
	for (rev = reverse_first(d, addr); rev; rev = reverse_next(rev))
		n += !!reverse_stays(rev->ep, addr);
	return n >= SAL_AT_ADDRESS_MAX;
}

bool sal_reverse_leaving(struct sal_domain *d, const struct sal_service *svc,
			 const struct in6_addr *addr)
{
	struct sal_reverse *rev;

	lockdep_assert_held(&sal_mutex);
	for (rev = reverse_first(d, addr); rev; rev = reverse_next(rev))
		if (rev->ep->svc == svc && !rev->ep->dead &&
		    rev->ep->plan == SAL_PLAN_DEL)
			return true;
	return false;
}

/* memory was all that could be lacking, and this needs none */
static void reverse_swap_first(struct sal_domain *d, struct sal_reverse *old,
			       struct sal_reverse *rev)
{
	WARN_ON_ONCE(rhashtable_replace_fast(&d->reverse, &old->node,
					     &rev->node, reverse_params));
}

static void reverse_share(struct sal_reverse *first, bool shared)
{
	struct sal_reverse *rev;

	for (rev = first; rev; rev = reverse_next(rev))
		WRITE_ONCE(rev->shared, shared);
}

int sal_reverse_insert(struct sal_domain *d, struct sal_reverse *rev)
{
	struct sal_reverse *first = reverse_first(d, &rev->addr);
	int err;

	lockdep_assert_held(&sal_mutex);
	if (!first) {
		sal_addrhint_add(&d->at, &rev->addr);
		err = rhashtable_insert_fast(&d->reverse, &rev->node,
					     reverse_params);
		if (err) {
			sal_addrhint_del(&d->at, &rev->addr);
			return err;
		}
	} else {
		rev->shared = true;
		reverse_share(first, true);
		rcu_assign_pointer(reverse_last(first)->next, rev);
	}
	rev->linked = true;
	return 0;
}

/*
 * In one transaction an address went from one to the other, and it is the same
 * namespace that has it: who answers for the old one is who did, and nobody is
 * let into its conversations who was not.
 */
static bool reverse_is_heir(const struct sal_endpoint *ep,
			    const struct sal_endpoint *old)
{
	return old->left && old->left == ep->net && old->svc != ep->svc;
}

void sal_reverse_admit(struct sal_domain *d, struct sal_reverse *rev)
{
	struct sal_reverse *other, *next;

	lockdep_assert_held(&sal_mutex);
	WRITE_ONCE(rev->pending, false);
	for (other = reverse_first(d, &rev->addr); other; other = next) {
		next = reverse_next(other);
		if (other->ep->dead && !reverse_is_heir(rev->ep, other->ep))
			sal_reverse_remove(d, other);
	}
}

/* who is before it, whose link is to be changed; NULL where it is the first */
static struct sal_reverse *reverse_prev(struct sal_reverse *first,
					const struct sal_reverse *rev)
{
	struct sal_reverse *prev = NULL;

	for (; first && first != rev; first = reverse_next(first))
		prev = first;
	return prev;
}

void sal_reverse_replace(struct sal_domain *d, struct sal_reverse *old,
			 struct sal_reverse *rev)
{
	struct sal_reverse *prev;

	lockdep_assert_held(&sal_mutex);
	prev = reverse_prev(reverse_first(d, &old->addr), old);
	rev->pending = false;
	/* others may have come since it inherited */
	WRITE_ONCE(rev->shared, old->shared);
	RCU_INIT_POINTER(rev->next, reverse_next(old));
	if (prev)
		rcu_assign_pointer(prev->next, rev);
	else
		reverse_swap_first(d, old, rev);
	rev->linked = true;
	old->linked = false;
}

static void reverse_remove_first(struct sal_domain *d, struct sal_reverse *rev)
{
	struct sal_reverse *next = reverse_next(rev);

	if (next) {
		reverse_swap_first(d, rev, next);
		return;
	}
	rhashtable_remove_fast(&d->reverse, &rev->node, reverse_params);
	sal_addrhint_del(&d->at, &rev->addr);
}

void sal_reverse_remove(struct sal_domain *d, struct sal_reverse *rev)
{
	struct sal_reverse *first, *prev;

	lockdep_assert_held(&sal_mutex);
	if (!rev->linked)
		return;
	prev = reverse_prev(reverse_first(d, &rev->addr), rev);
	if (prev)
		rcu_assign_pointer(prev->next, reverse_next(rev));
	else
		reverse_remove_first(d, rev);
	rev->linked = false;

	first = reverse_first(d, &rev->addr);
	if (first && !reverse_next(first))
		WRITE_ONCE(first->shared, false);
}

int sal_reverse_init(struct sal_domain *d)
{
	return rhashtable_init(&d->reverse, &reverse_params);
}

void sal_reverse_destroy(struct sal_domain *d)
{
	rhashtable_destroy(&d->reverse);
}

#include "selftest/revtable.c"
