// SPDX-License-Identifier: GPL-2.0
/*
 * cover.c - endpoints' addresses in order, so that those in a prefix are found
 */
#include <linux/lockdep.h>
#include <linux/rbtree.h>

#include "addr.h"
#include "cover.h"
#include "domain.h"
#include "endpoint.h"
#include "net.h"
#include "service.h"

static const struct sal_reverse *cover_entry(const struct rb_node *node)
{
	return rb_entry(node, struct sal_reverse, in_order);
}

static int cover_cmp(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a));
}

static bool cover_less(struct rb_node *a, const struct rb_node *b)
{
	return cover_cmp(&cover_entry(a)->addr, &cover_entry(b)->addr) < 0;
}

void sal_cover_add(struct sal_endpoint *ep)
{
	struct sal_domain *d = ep->svc->domain;
	int af;

	lockdep_assert_held(&sal_mutex);
	for (af = 0; af < SAL_AF_NUM; af++)
		if (ep->has & BIT(af))
			rb_add(&ep->rev[af].in_order, &d->addrs, cover_less);
}

void sal_cover_del(struct sal_endpoint *ep)
{
	struct sal_domain *d = ep->svc->domain;
	int af;

	lockdep_assert_held(&sal_mutex);
	for (af = 0; af < SAL_AF_NUM; af++)
		if (ep->has & BIT(af))
			rb_erase(&ep->rev[af].in_order, &d->addrs);
}

/* the first one that is not before an address */
static const struct rb_node *cover_from(const struct sal_domain *d,
					const struct in6_addr *addr)
{
	const struct rb_node *node = d->addrs.rb_node, *found = NULL;

	while (node) {
		if (cover_cmp(&cover_entry(node)->addr, addr) < 0) {
			node = node->rb_right;
		} else {
			found = node;
			node = node->rb_left;
		}
	}
	return found;
}

struct sal_endpoint *sal_cover_find(struct sal_domain *d,
				    const struct sal_prefix *pfx)
{
	const struct rb_node *node = cover_from(d, &pfx->addr);

	lockdep_assert_held(&sal_mutex);
	for (; node; node = rb_next(node)) {
		const struct sal_reverse *rev = cover_entry(node);

		if (!ipv6_prefix_equal(&pfx->addr, &rev->addr, pfx->len))
			return NULL;
		/* an IPv6 prefix may have the mapped ones in it */
		if (sal_addr_af(&rev->addr) == sal_addr_af(&pfx->addr) &&
		    sal_endpoint_stays(rev->ep))
			return rev->ep;
	}
	return NULL;
}
