// SPDX-License-Identifier: GPL-2.0
/*
 * upcall.c - addresses that listeners were asked for
 *
 * An address is asked for once in the time of its rule, and at most
 * SAL_UPCALL_MAX are at a time: so whoever sends to ever new addresses makes no
 * more events than that in the shortest time that a rule may have. There is a
 * place for each from the beginning, so that packets allocate nothing here.
 *
 * Whoever sends much to one address is not to fill the queue of the rule: in that
 * time SAL_UPCALL_PACKETS of an address may go there. And where it is full all the
 * same others are asked for, as an answer needs no packet that waits.
 */
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/netlink.h>

#include "compat.h"
#include "domain.h"
#include "events.h"
#include "guest.h"
#include "member.h"
#include "net.h"
#include "rule.h"
#include "service.h"
#include "stats.h"
#include "upcall.h"
#include "xlat.h"

#define UPCALL_BUCKETS	256

/**
 * struct asked - an address that listeners were asked for
 * @node: in &sal_upcall.bucket, or in @free
 * @addr: the address
 * @until: it is not asked for again before, in jiffies
 * @packets: how many were let wait for it
 */
struct asked {
	struct hlist_node node;
	struct in6_addr addr;
	unsigned long until;
	u32 packets;
};

/**
 * struct sal_upcall - addresses that listeners were asked for
 * @lock: guards all of it
 * @seed: of the hash: strangers choose the addresses
 * @sweep: not before are the places looked through for those whose time is over
 * @free: places of nobody
 * @bucket: the others, by address
 * @place: all
 */
struct sal_upcall {
	spinlock_t lock;	/* all below */
	u32 seed;
	unsigned long sweep;
	struct hlist_head free;
	struct hlist_head bucket[UPCALL_BUCKETS];
	struct asked place[SAL_UPCALL_MAX];
};

int sal_upcall_init(struct sal_domain *d, struct netlink_ext_ack *extack)
{
	struct sal_upcall *u;
	int err, i;

	lockdep_assert_held(&sal_mutex);
	if (d->upcall)
		return 0;
	err = sal_guest_charge_object(d, sizeof(*u), extack);
	if (err)
		return err;
	u = kvzalloc_obj(*u, GFP_KERNEL_ACCOUNT);
	if (!u) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*u));
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	spin_lock_init(&u->lock);
	u->seed = get_random_u32();
	u->sweep = jiffies;
	for (i = 0; i < SAL_UPCALL_MAX; i++)
		hlist_add_head(&u->place[i].node, &u->free);
	d->upcall = u;
	return 0;
}

void sal_upcall_destroy(struct sal_domain *d)
{
	if (!d->upcall)
		return;
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*d->upcall));
	kvfree(d->upcall);
	d->upcall = NULL;
}

static struct hlist_head *upcall_bucket(struct sal_upcall *u,
					const struct in6_addr *addr)
{
	u32 hash = jhash(addr, sizeof(*addr), u->seed);

	return &u->bucket[hash % UPCALL_BUCKETS];
}

static bool asked_is_over(const struct asked *a)
{
	return time_after_eq(jiffies, a->until);
}

static void asked_free(struct sal_upcall *u, struct asked *a)
{
	hlist_del(&a->node);
	hlist_add_head(&a->node, &u->free);
}

static struct asked *upcall_find(struct sal_upcall *u,
				 const struct in6_addr *addr)
{
	struct asked *a;

	hlist_for_each_entry(a, upcall_bucket(u, addr), node)
		if (!asked_is_over(a) && ipv6_addr_equal(&a->addr, addr))
			return a;
	return NULL;
}

/* in a flood of them not for each packet */
static void upcall_sweep(struct sal_upcall *u)
{
	struct hlist_node *next;
	struct asked *a;
	int i;

	if (time_before(jiffies, u->sweep))
		return;
	u->sweep = jiffies + HZ / 50;
	for (i = 0; i < UPCALL_BUCKETS; i++)
		hlist_for_each_entry_safe(a, next, &u->bucket[i], node)
			if (asked_is_over(a))
				asked_free(u, a);
}

static bool upcall_has_place(struct sal_upcall *u)
{
	if (hlist_empty(&u->free))
		upcall_sweep(u);
	return !hlist_empty(&u->free);
}

static void upcall_note(struct sal_upcall *u, const struct in6_addr *addr,
			u32 time)
{
	struct asked *a = hlist_entry(u->free.first, struct asked, node);

	hlist_del(&a->node);
	a->addr = *addr;
	a->until = jiffies + msecs_to_jiffies(time);
	a->packets = 1;
	hlist_add_head(&a->node, upcall_bucket(u, addr));
}

static enum sal_upcall_place upcall_reserve(struct sal_upcall *u,
					    const struct in6_addr *addr,
					    u32 time)
{
	struct asked *a = upcall_find(u, addr);

	if (a && a->packets >= SAL_UPCALL_PACKETS)
		return SAL_UPCALL_ENOUGH;
	if (a) {
		a->packets++;
		return SAL_UPCALL_ASKED;
	}
	if (!upcall_has_place(u))
		return SAL_UPCALL_FULL;
	upcall_note(u, addr, time);
	return SAL_UPCALL_NEW;
}

enum sal_upcall_place sal_upcall_reserve(const struct sal_rule *rule,
					 const struct in6_addr *addr)
{
	struct sal_upcall *u = rule->upcall;
	enum sal_upcall_place place;

	spin_lock_bh(&u->lock);
	place = upcall_reserve(u, addr, rule->time);
	spin_unlock_bh(&u->lock);
	return place;
}

void sal_upcall_ask(const struct sal_member *m, const struct sal_rule *rule,
		    const struct sal_packet *pkt)
{
	sal_count(m->domain, SAL_R_MISS);
	sal_event_miss(m, rule, pkt);
}

static bool upcall_is_answered(struct sal_domain *d, const struct asked *a)
{
	const struct sal_service *svc = sal_rule_owner(d, &a->addr);

	return !svc || !svc->asks;
}

static void upcall_forget_some(struct sal_domain *d, struct hlist_head *bucket)
{
	struct hlist_node *next;
	struct asked *a;

	hlist_for_each_entry_safe(a, next, bucket, node)
		if (upcall_is_answered(d, a))
			asked_free(d->upcall, a);
}

void sal_upcall_forget(struct sal_domain *d)
{
	struct sal_upcall *u = d->upcall;
	int i;

	lockdep_assert_held(&sal_mutex);
	if (!u)
		return;
	rcu_read_lock();
	for (i = 0; i < UPCALL_BUCKETS; i++) {
		spin_lock_bh(&u->lock);
		upcall_forget_some(d, &u->bucket[i]);
		spin_unlock_bh(&u->lock);
	}
	rcu_read_unlock();
}
