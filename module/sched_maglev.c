// SPDX-License-Identifier: GPL-2.0
/*
 * sched_maglev.c - consistent hashing: the same conversation, the same endpoint
 *
 * The table is made anew when endpoints come, change or go: at the end of the
 * request, as then memory can be had; and by work where one fails or recovers.
 * Until then, as where an endpoint is full, whoever meets an endpoint that takes
 * no flows looks at the slots behind; and where there is no table, or nobody of it
 * left, it is weighted round robin, which is counted. Nobody looks at all endpoints,
 * so one of a lower tier that has come back gets flows when the table is made anew.
 */
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/siphash.h>
#include <linux/sort.h>
#include <linux/xarray.h>

#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "guest.h"
#include "maglev.h"
#include "net.h"
#include "sched.h"
#include "sched_maglev.h"
#include "service.h"
#include "stats.h"

/* slots looked at before it is round robin */
#define MAGLEV_TRIES	64
/* when it is tried anew after there was no memory */
#define MAGLEV_RETRY	HZ

/**
 * struct sal_maglev - the table of a service for one family; never changes
 * @rcu: for freeing
 * @size: bytes charged
 * @tier: theirs, the lowest that there was
 * @n: endpoints that take part
 * @slot: indices of @who
 * @who: them
 */
struct sal_maglev {
	struct rcu_head rcu;
	size_t size;
	u32 tier;
	u32 n;
	u16 slot[SAL_MAGLEV_SLOTS];
	struct {
		u32 id;
		u32 weight;
	} who[] __counted_by(n);
};

/* not secret: other domains are to choose alike */
static const siphash_key_t maglev_hash_key = {
	{ 0x73657276696365ull, 0x6163636573736c61ull }
};

static u32 maglev_hash(const struct sal_conv *conv)
{
	struct {
		struct in6_addr client;
		__be16 id;
		__be16 port;
		u32 proto;
	} key = {
		.client	= conv->client,
		.id	= conv->ports.id,
		.port	= conv->ports.port,
		.proto	= conv->ports.proto,
	};

	return (u32)siphash(&key, sizeof(key), &maglev_hash_key);
}

static struct sal_endpoint *maglev_find(const struct sal_service *svc,
					enum sal_af af,
					const struct sal_conv *conv)
{
	/* pairs with sal_service_equip(), and depends on it */
	const struct sal_spread *spread = READ_ONCE(svc->spread);
	u32 slot = maglev_hash(conv) % SAL_MAGLEV_SLOTS;
	const struct sal_maglev *t;
	struct sal_endpoint *ep;
	int tries;

	t = spread ? rcu_dereference(spread->maglev[af]) : NULL;
	for (tries = 0; t && tries < MAGLEV_TRIES; tries++) {
		ep = xa_load(&svc->domain->endpoints, t->who[t->slot[slot]].id);
		if (likely(ep && ep->svc == svc && sal_sched_takes(ep, af) &&
			   READ_ONCE(ep->tier) == t->tier))
			return ep;
		slot = slot + 1 < SAL_MAGLEV_SLOTS ? slot + 1 : 0;
	}
	return NULL;
}

/* nobody was found */
static struct sal_endpoint *maglev_pick(const struct sal_sched_pool *pool,
					const struct sal_conv *conv)
{
	sal_count(pool->svc->domain, SAL_R_UNHASHED);
	return sal_sched_wrr.pick(pool, conv);
}

const struct sal_sched_ops sal_sched_maglev = {
	.find = maglev_find,
	.pick = maglev_pick,
};

/* --- tables ----------------------------------------------------------------- */

/* whether it takes part; what the number of its flows says comes and goes */
static bool maglev_wants(const struct sal_endpoint *ep, enum sal_af af)
{
	return !ep->dead && READ_ONCE(ep->usable[af]) && ep->weight &&
	       ep->state != SAL_ENDPOINT_STATE_DRAINING;
}

static u32 maglev_tier(const struct sal_service *svc, enum sal_af af, u32 *n)
{
	const struct sal_endpoint *ep;
	u32 tier = U32_MAX;

	*n = 0;
	list_for_each_entry(ep, &svc->endpoints, in_service) {
		if (!maglev_wants(ep, af) || ep->tier > tier)
			continue;
		if (ep->tier < tier)
			*n = 0;
		tier = ep->tier;
		++*n;
	}
	*n = min_t(u32, *n, SAL_MAGLEV_MAX);
	return tier;
}

/* by name, so that it does not matter who came first */
static int maglev_cmp(const void *a, const void *b)
{
	const struct sal_endpoint *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* who takes part, in order; to be freed. NULL where there is no memory. */
static const struct sal_endpoint **maglev_list(const struct sal_service *svc,
					       enum sal_af af, u32 tier, u32 *n)
{
	const struct sal_endpoint **who, *ep;
	u32 i = 0;

	who = kvmalloc_array(*n, sizeof(*who), GFP_KERNEL);
	if (!who)
		return NULL;
	list_for_each_entry(ep, &svc->endpoints, in_service)
		if (i < *n && ep->tier == tier && maglev_wants(ep, af))
			who[i++] = ep;
	/* some may have failed since they were counted */
	*n = i;
	sort(who, i, sizeof(*who), maglev_cmp, NULL);
	return who;
}

static bool maglev_is_of(const struct sal_maglev *t,
			 const struct sal_endpoint **who, u32 tier, u32 n)
{
	u32 i;

	if (!t || t->tier != tier || t->n != n)
		return false;
	for (i = 0; i < n; i++)
		if (t->who[i].id != who[i]->id ||
		    t->who[i].weight != who[i]->weight)
			return false;
	return true;
}

static struct sal_maglev *maglev_alloc(const struct sal_domain *d, u32 n)
{
	struct sal_maglev *t;
	size_t size = struct_size(t, who, n);

	if (!sal_guest_charge(d, SAL_SHARE_TABLES, size))
		return NULL;
	t = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!t) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, size);
		return NULL;
	}
	t->size = size;
	t->n = n;
	return t;
}

static struct sal_maglev *maglev_make(const struct sal_domain *d,
				      const struct sal_endpoint **who,
				      u32 tier, u32 n)
{
	struct sal_maglev_entry *e;
	struct sal_maglev *t;
	u32 i;

	e = kvcalloc(n, sizeof(*e), GFP_KERNEL);
	t = e ? maglev_alloc(d, n) : NULL;
	if (t)
		t->tier = tier;
	for (i = 0; t && i < n; i++) {
		t->who[i].id = who[i]->id;
		t->who[i].weight = who[i]->weight;
		e[i].weight = who[i]->weight;
		sal_maglev_order(&e[i], who[i]->name);
	}
	if (t)
		sal_maglev_fill(t->slot, e, n);
	kvfree(e);
	return t;
}

static void maglev_set(struct sal_service *svc, enum sal_af af,
		       struct sal_maglev *t)
{
	struct sal_maglev *old;

	old = rcu_replace_pointer(svc->spread->maglev[af], t,
				  lockdep_is_held(&sal_mutex));
	if (!old)
		return;
	sal_guest_uncharge(svc->domain, SAL_SHARE_TABLES, old->size);
	kvfree_rcu(old, rcu);
}

static int maglev_refresh(struct sal_service *svc, enum sal_af af)
{
	const struct sal_endpoint **who;
	struct sal_maglev *t, *old;
	u32 tier, n;
	int err = 0;

	tier = maglev_tier(svc, af, &n);
	who = n ? maglev_list(svc, af, tier, &n) : NULL;
	old = rcu_dereference_protected(svc->spread->maglev[af],
					lockdep_is_held(&sal_mutex));
	if (n && (!who || !maglev_is_of(old, who, tier, n))) {
		t = who ? maglev_make(svc->domain, who, tier, n) : NULL;
		if (t)
			maglev_set(svc, af, t);
		else
			err = -ENOMEM;
	}
	kvfree(who);
	/* one without endpoints is of no use, nor is one of those that are not to have any flows */
	if (!n || (err && old && old->tier != tier))
		maglev_set(svc, af, NULL);
	return err;
}

void sal_maglev_drop(struct sal_service *svc)
{
	int af;

	lockdep_assert_held(&sal_mutex);
	for (af = 0; svc->spread && af < SAL_AF_NUM; af++)
		maglev_set(svc, af, NULL);
}

void sal_maglev_refresh(struct sal_service *svc)
{
	int err = 0, af;

	lockdep_assert_held(&sal_mutex);
	if (svc->dead || !svc->spread ||
	    svc->conf.sched != SAL_SCHED_MAGLEV) {
		sal_maglev_drop(svc);
		return;
	}
	for (af = 0; af < SAL_AF_NUM; af++)
		err = maglev_refresh(svc, af) ?: err;
	if (err)
		sal_maglev_stale(svc, MAGLEV_RETRY);
}

/* --- endpoints that fail ----------------------------------------------------- */

/* the service is kept until the work has seen it */
void sal_maglev_stale(struct sal_service *svc, unsigned long delay)
{
	struct sal_domain *d = svc->domain;

	if (READ_ONCE(svc->conf.sched) != SAL_SCHED_MAGLEV ||
	    READ_ONCE(d->dead))
		return;
	if (!atomic_xchg(&svc->spread->is_stale, 1)) {
		sal_service_get(svc);
		llist_add(&svc->spread->stale, &d->stale);
	}
	if (delay)
		queue_delayed_work(system_power_efficient_wq, &d->refresh,
				   delay);
	else
		mod_delayed_work(system_power_efficient_wq, &d->refresh, 0);
}

static void maglev_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, refresh);
	struct sal_spread *spread, *next;
	struct llist_node *list;

	mutex_lock(&sal_mutex);
	list = llist_del_all(&d->stale);
	llist_for_each_entry_safe(spread, next, list, stale) {
		/* what fails from here on makes it stale again */
		atomic_xchg(&spread->is_stale, 0);
		sal_maglev_refresh(spread->svc);
		sal_service_put(spread->svc);
	}
	mutex_unlock(&sal_mutex);
}

void sal_maglev_init(struct sal_domain *d)
{
	init_llist_head(&d->stale);
	INIT_DELAYED_WORK(&d->refresh, maglev_work);
}

void sal_maglev_exit(struct sal_domain *d)
{
	cancel_delayed_work_sync(&d->refresh);
	maglev_work(&d->refresh.work);
}
