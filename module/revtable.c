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

struct sal_reverse *sal_reverse_lookup(struct sal_domain *d,
				       const struct in6_addr *addr)
{
	return rhashtable_lookup(&d->reverse, addr, reverse_params);
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

static bool reverse_all_dead(struct sal_reverse *first)
{
	struct sal_reverse *rev;

	for (rev = first; rev; rev = reverse_next(rev))
		if (!rev->ep->dead)
			return false;
	return true;
}

struct sal_endpoint *sal_reverse_of(struct sal_domain *d,
				    const struct sal_service *svc,
				    const struct in6_addr *addr)
{
	struct sal_reverse *rev;

	lockdep_assert_held(&sal_mutex);
	for (rev = reverse_first(d, addr); rev; rev = reverse_next(rev))
		if (rev->ep->svc == svc && !rev->ep->dead)
			return rev->ep;
	return NULL;
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

/* a list of ghosts goes in one step */
static void reverse_exorcise(struct sal_domain *d, struct sal_reverse *first,
			     struct sal_reverse *rev)
{
	reverse_swap_first(d, first, rev);
	for (; first; first = reverse_next(first))
		first->linked = false;
}

static void reverse_append(struct sal_domain *d, struct sal_reverse *first,
			   struct sal_reverse *rev)
{
	struct sal_reverse *next;

	rev->shared = true;
	reverse_share(first, true);
	rcu_assign_pointer(reverse_last(first)->next, rev);
	for (; first; first = next) {
		next = reverse_next(first);
		if (first->ep->dead)
			sal_reverse_remove(d, first);
	}
}

int sal_reverse_insert(struct sal_domain *d, struct sal_reverse *rev)
{
	struct sal_reverse *first = reverse_first(d, &rev->addr);
	int err;

	lockdep_assert_held(&sal_mutex);
	if (!first) {
		err = rhashtable_insert_fast(&d->reverse, &rev->node,
					     reverse_params);
		if (err)
			return err;
	} else if (reverse_all_dead(first)) {
		reverse_exorcise(d, first, rev);
	} else {
		reverse_append(d, first, rev);
	}
	rev->linked = true;
	return 0;
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
	sal_reverse_inherit(rev, old);
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

	if (next)
		reverse_swap_first(d, rev, next);
	else
		rhashtable_remove_fast(&d->reverse, &rev->node,
				       reverse_params);
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
