// SPDX-License-Identifier: GPL-2.0
/*
 * affinity.c - clients that keep their endpoint from one flow to the next
 */
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/xarray.h>

#include "affinity.h"
#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "guest.h"
#include "net.h"
#include "sched.h"
#include "service.h"
#include "stats.h"
#include "track.h"

/* entries looked at before the collector lets others run */
#define AFFINITY_CHUNK	1024

/**
 * struct sal_affinity_key - whose it is
 * @client: client address
 * @svc: number of the service
 */
struct sal_affinity_key {
	struct in6_addr client;
	u32 svc;
};

/**
 * struct sal_affinity - the endpoint of a client
 * @node: in &sal_domain.affinities
 * @key: whose it is; never changes
 * @ep: number of the endpoint
 * @moves: &sal_domain.moves as that was so
 * @seen: coarse time of the latest packet, as far as the collector has come by
 * @proven: the client was answered
 * @rcu: for freeing
 *
 * All but the key are hints, and written by anybody.
 */
struct sal_affinity {
	struct rhash_head node;
	struct sal_affinity_key key;
	u32 ep;
	u32 moves;
	u32 seen;
	bool proven;
	struct rcu_head rcu;
};

static const struct rhashtable_params affinity_params = {
	.head_offset		= offsetof(struct sal_affinity, node),
	.key_offset		= offsetof(struct sal_affinity, key),
	.key_len		= sizeof(struct sal_affinity_key),
	.hashfn			= sal_flow_hash,
	.automatic_shrinking	= true,
};

static struct sal_affinity *affinity_find(const struct sal_service *svc,
					  const struct in6_addr *client)
{
	const struct sal_affinity_key key = {
		.client	= *client,
		.svc	= svc->id,
	};

	return rhashtable_lookup(&svc->domain->affinities, &key,
				 affinity_params);
}

static u32 affinity_idle(const struct sal_affinity *a)
{
	return sal_flow_since(READ_ONCE(a->seen));
}

/* the endpoint, or where a request has moved its flows to since; each step is a later
 * move than the one before
 */
static struct sal_endpoint *affinity_ep(struct sal_domain *d,
					const struct sal_affinity *a)
{
	u32 moves = READ_ONCE(a->moves);
	struct sal_endpoint *ep;

	ep = xa_load(&d->endpoints, READ_ONCE(a->ep));
	while (ep) {
		u32 then = READ_ONCE(ep->moved_then);

		/* pairs with sal_affinity_moved() */
		smp_rmb();
		if (!READ_ONCE(ep->moved_to) || (s32)(then - moves) <= 0)
			break;
		ep = xa_load(&d->endpoints, READ_ONCE(ep->moved_to));
		moves = then;
	}
	return ep;
}

void sal_affinity_moved(struct sal_endpoint *from,
			const struct sal_endpoint *to)
{
	struct sal_domain *d = from->svc->domain;

	lockdep_assert_held(&sal_mutex);
	WRITE_ONCE(from->moved_to, to->id);
	/* pairs with affinity_ep() */
	smp_wmb();
	WRITE_ONCE(from->moved_then, ++d->moves);
}

struct sal_endpoint *sal_affinity_pick(struct sal_service *svc,
				       const struct sal_conv *conv)
{
	u32 time = READ_ONCE(svc->conf.affinity);
	struct sal_affinity *a;
	struct sal_endpoint *ep;

	if (!time)
		return NULL;
	a = affinity_find(svc, &conv->client);
	if (!a || affinity_idle(a) >= time)
		return NULL;
	ep = affinity_ep(svc->domain, a);
	if (!ep || ep->svc != svc ||
	    !sal_sched_takes(ep, sal_addr_af(&conv->vip)))
		return NULL;
	return ep;
}

static struct sal_affinity *affinity_alloc(struct sal_domain *d)
{
	struct sal_affinity *a = NULL;
	struct mem_cgroup *old;

	if ((u32)atomic_inc_return(&d->n_affinities) >
	    READ_ONCE(d->limits.flows) ||
	    !sal_guest_charge(d, SAL_SHARE_TABLES, sizeof(*a)))
		goto err_count;
	old = sal_domain_charge(d);
	a = kzalloc_obj(*a, GFP_ATOMIC | __GFP_ACCOUNT);
	sal_domain_uncharge(old);
	if (a)
		return a;
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*a));
err_count:
	atomic_dec(&d->n_affinities);
	return NULL;
}

static void affinity_free(struct sal_domain *d, struct sal_affinity *a)
{
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*a));
	atomic_dec(&d->n_affinities);
	kfree_rcu(a, rcu);
}

static void affinity_set(struct sal_affinity *a, u32 ep, u32 moves, u32 seen)
{
	WRITE_ONCE(a->ep, ep);
	WRITE_ONCE(a->moves, moves);
	WRITE_ONCE(a->seen, seen);
}

static void affinity_make(struct sal_service *svc, const struct sal_flow *f,
			  u32 ep, u32 moves)
{
	struct sal_domain *d = svc->domain;
	struct sal_affinity *a;

	a = affinity_alloc(d);
	if (!a) {
		sal_count(d, SAL_R_AFFINITY_FULL);
		return;
	}
	a->key.client = f->client;
	a->key.svc = svc->id;
	affinity_set(a, ep, moves, sal_flow_now());
	/* where another CPU was faster, its choice is as good */
	if (rhashtable_lookup_insert_fast(&d->affinities, &a->node,
					  affinity_params))
		affinity_free(d, a);
}

void sal_affinity_note(struct sal_service *svc, const struct sal_flow *f)
{
	/* before it is looked where the flow is */
	u32 moves = READ_ONCE(svc->domain->moves);
	const struct sal_endpoint *ep;
	struct sal_affinity *a;

	if (!READ_ONCE(svc->conf.affinity))
		return;
	/* pairs with sal_affinity_moved() */
	smp_rmb();
	ep = sal_flow_endpoint(f);
	if (!ep)
		return;
	a = affinity_find(svc, &f->client);
	if (a)
		affinity_set(a, ep->id, moves, sal_flow_now());
	else
		affinity_make(svc, f, ep->id, moves);
}

/* what was answered, and when; NULL where nothing is remembered */
static struct sal_affinity *affinity_seen(const struct sal_service *svc,
					  const struct sal_flow *f)
{
	struct sal_affinity *a;

	if (!READ_ONCE(svc->conf.affinity) || f->kind != SAL_FLOW_SERVICE ||
	    !(atomic_read(&f->marks) & SAL_MARK_REPLIED))
		return NULL;
	a = affinity_find(svc, &f->client);
	if (!a)
		return NULL;
	WRITE_ONCE(a->proven, true);
	if (sal_flow_idle(f) < affinity_idle(a))
		WRITE_ONCE(a->seen, READ_ONCE(f->seen));
	return a;
}

/* it may not have been met before */
void sal_affinity_ended(const struct sal_flow *f)
{
	affinity_seen(sal_flow_service(f), f);
}

/*
 * Its endpoint may be another by now, where the one that is remembered has failed. As
 * long as that takes new flows it is right: of a flow that a request has left there
 * when it moved the others no more is to be concluded.
 */
void sal_affinity_keep(const struct sal_flow *f)
{
	const struct sal_service *svc = sal_flow_service(f);
	struct sal_domain *d = svc->domain;
	const struct sal_endpoint *ep;
	struct sal_affinity *a;
	u32 moves;

	a = affinity_seen(svc, f);
	if (!a)
		return;
	ep = affinity_ep(d, a);
	if (ep && sal_sched_takes(ep, sal_addr_af(&f->vip)))
		return;
	moves = READ_ONCE(d->moves);
	/* pairs with sal_affinity_moved() */
	smp_rmb();
	ep = sal_flow_endpoint(f);
	if (ep)
		affinity_set(a, ep->id, moves, READ_ONCE(a->seen));
}

static bool affinity_is_over(struct sal_domain *d, const struct sal_affinity *a)
{
	const struct sal_service *svc = xa_load(&d->services, a->key.svc);
	u32 time;

	if (!svc)
		return true;
	time = READ_ONCE(svc->conf.affinity);
	if (!READ_ONCE(a->proven))
		time = min(time, READ_ONCE(svc->conf.timeout[SAL_TIMEOUT_NEW]));
	return affinity_idle(a) >= time;
}

/* true when the end of the table was reached */
static bool affinity_chunk(struct sal_domain *d, struct rhashtable_iter *iter)
{
	unsigned int n = AFFINITY_CHUNK;
	struct sal_affinity *a = NULL;

	sal_compat_walk_start(iter);
	while (n--) {
		a = rhashtable_walk_next(iter);
		if (!a)
			break;
		if (!IS_ERR(a) && affinity_is_over(d, a) &&
		    !rhashtable_remove_fast(&d->affinities, &a->node,
					    affinity_params))
			affinity_free(d, a);
	}
	rhashtable_walk_stop(iter);
	return !a;
}

void sal_affinity_collect(struct sal_domain *d)
{
	struct rhashtable_iter iter;

	if (!atomic_read(&d->n_affinities))
		return;
	rhashtable_walk_enter(&d->affinities, &iter);
	while (!affinity_chunk(d, &iter))
		cond_resched();
	rhashtable_walk_exit(&iter);
}

int sal_affinity_init(struct sal_domain *d)
{
	/* the key is hashed as it lies there: no holes */
	BUILD_BUG_ON(sizeof(struct sal_affinity_key) != 20);
	return rhashtable_init(&d->affinities, &affinity_params);
}

static void affinity_destroy_one(void *ptr, void *arg)
{
	affinity_free(arg, ptr);
}

void sal_affinity_destroy(struct sal_domain *d)
{
	rhashtable_free_and_destroy(&d->affinities, affinity_destroy_one, d);
}
