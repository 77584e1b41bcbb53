// SPDX-License-Identifier: GPL-2.0
/*
 * flow_new.c - flows that begin
 *
 * Who finds its key taken is mapped, see flow.c, as is who would not be told from
 * another at the address that it goes to.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "acct.h"
#include "affinity.h"
#include "cell.h"
#include "claim.h"
#include "compat.h"
#include "direct.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "flow.h"
#include "flow_table.h"
#include "home.h"
#include "member.h"
#include "peer.h"
#include "revtable.h"
#include "sched.h"
#include "service.h"
#include "stats.h"
#include "trace.h"
#include "track.h"

/* free ids tried for a flow that has to be mapped */
#define MAP_TRIES		64

static struct sal_cell *flow_choose_cell(struct sal_service *svc,
					 const struct sal_conv *conv)
{
	enum sal_af af = sal_addr_af(&conv->vip);
	struct sal_endpoint *ep;

	ep = sal_affinity_pick(svc, conv) ?: sal_sched_pick(svc, conv);
	if (IS_ERR(ep))
		return ERR_CAST(ep);
	return sal_cell_bind(ep, af, conv->ports.proto == IPPROTO_TCP,
			     get_random_u32()) ?: ERR_PTR(-EAGAIN);
}

static struct sal_flow *flow_alloc(const struct sal_member *m,
				   struct sal_service *svc,
				   const struct sal_conv *conv,
				   struct sal_cell *cell, bool acct)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *f;

	/* the key is hashed as it lies there: no holes */
	BUILD_BUG_ON(sizeof(struct sal_flow_key) != 28);
	BUILD_BUG_ON(sizeof(struct sal_flow_alt_key) != 44);

	f = sal_flow_zalloc(d, acct);
	if (!f)
		return NULL;
	/* the name of who is no endpoint any more is for what is under way */
	if (likely(sal_peer_name(d, &conv->client, &f->key.peer) !=
		   SAL_PEER_NAMED))
		f->key.peer = conv->client;
	f->key.svc = svc->id;
	f->key.id = conv->ports.id;
	f->key.port = conv->ports.port;
	f->key.proto = conv->ports.proto;
	RCU_INIT_POINTER(f->cell, cell);
	f->vip = conv->vip;
	f->client = conv->client;
	f->member = m->id;
	f->cid = conv->ports.id;
	f->place = conv->place;
	f->seen = sal_flow_now();
	f->id = atomic_inc_return(&d->flow_id);
	if (unlikely(sal_flow_has_name(f)))
		sal_home_begin(d, f);
	return f;
}

/*
 * The key is taken. By the same conversation: another CPU was faster, or its
 * member is gone and came back, and nobody waits for it. By another: map.
 */
struct sal_flow *sal_flow_insert(struct sal_domain *d, struct sal_flow *f)
{
	struct sal_flow *old;

	old = rhashtable_lookup_get_insert_fast(&d->flows, &f->node,
						sal_flow_params);
	if (!old || IS_ERR(old))
		return old;
	if (old->member != f->member && !sal_flow_member(d, old) &&
	    !sal_home_awaited(d, old)) {
		sal_flow_remove(d, old);
		old = rhashtable_lookup_get_insert_fast(&d->flows, &f->node,
							sal_flow_params);
	}
	return old;
}

struct sal_flow_alt *sal_flow_alloc_alt(const struct sal_member *m,
					const struct sal_conv *conv,
					struct sal_flow *f)
{
	struct sal_flow_alt *alt;
	struct mem_cgroup *old;

	old = sal_domain_charge(m->domain);
	alt = kzalloc_obj(*alt, GFP_ATOMIC | __GFP_ACCOUNT);
	sal_domain_uncharge(old);
	if (!alt)
		return NULL;
	sal_flow_alt_key(&alt->key, m, conv);
	alt->flow = f;
	return alt;
}

/*
 * A client that has got a name has flows without it, and one that has lost it
 * has flows with it. To an endpoint that is not told it is the same client.
 */
static bool flow_other_peer(struct sal_domain *d, const struct sal_flow *f,
			    struct in6_addr *peer)
{
	if (likely(sal_peer_name(d, &f->client, peer) == SAL_PEER_PLAIN))
		return false;
	if (ipv6_addr_equal(peer, &f->key.peer))
		*peer = f->client;
	return true;
}

/* has its service a flow with the same client and ports that is answered there? */
static bool flow_is_claimed(struct sal_domain *d, const struct sal_flow *f,
			    __be16 far_port, const struct sal_reverse *rev)
{
	struct sal_flow_key key = f->key;
	struct sal_flow *old;

	key.svc = rev->ep->svc->id;
	key.port = sal_port_in(rev->ep, far_port);
	old = rhashtable_lookup(&d->flows, &key, sal_flow_params);
	if (old && sal_flow_claim(old, rev))
		return true;
	if (!flow_other_peer(d, f, &key.peer))
		return false;
	old = rhashtable_lookup(&d->flows, &key, sal_flow_params);
	return old && ipv6_addr_equal(&old->client, &f->client) &&
	       sal_flow_claim(old, rev);
}

/*
 * A client may be an endpoint itself, and be asked by whom it asks. What it sends
 * to a service by the port on which it answers, to a port from which it is asked,
 * would be taken for an answer. An echo says which it is.
 */
static bool flow_is_mirrored(struct sal_domain *d, const struct sal_flow *f,
			     __be16 far_port, const struct sal_reverse *rev)
{
	struct sal_ports ports = { .id = far_port, .proto = f->key.proto };
	struct sal_reverse *own;
	struct sal_flow *g;

	if (f->key.proto != IPPROTO_UDP && f->key.proto != IPPROTO_TCP)
		return false;
	own = sal_reverse_lookup(d, &f->client);
	for (; own; own = sal_reverse_next(own)) {
		ports.port = sal_port_in(own->ep, f->key.id);
		g = sal_flow_of_client(d, own->ep->svc, &rev->addr, &ports);
		if (g && g != f && sal_flow_claim(g, own))
			return true;
	}
	return false;
}

/* is its id another's at the address that it sends to? */
bool sal_flow_is_taken(struct sal_domain *d, const struct sal_flow *f,
		       const struct sal_reverse *rev)
{
	__be16 far_port;

	if (!rev)
		return false;
	far_port = sal_flow_far_port(f, rev->ep);
	if (flow_is_mirrored(d, f, far_port, rev))
		return true;
	/* nearly always it is there alone */
	if (likely(!READ_ONCE(rev->shared)))
		return false;
	rev = sal_reverse_lookup(d, &rev->addr);
	for (; rev; rev = sal_reverse_next(rev))
		if (rev->ep->svc->id != f->key.svc &&
		    flow_is_claimed(d, f, far_port, rev))
			return true;
	return false;
}

/* the address that it sends to; NULL where that has just gone */
static const struct sal_reverse *flow_far_end(struct sal_domain *d,
					      const struct sal_flow *f)
{
	const struct sal_endpoint *ep;

	if (f->kind == SAL_FLOW_DIRECT)
		return sal_reverse_lookup(d, &f->vip);
	ep = sal_flow_endpoint(f);
	return ep ? &ep->rev[sal_addr_af(&f->vip)] : NULL;
}

/* echo ids are all alike; of ports nobody likes the lowest in a client */
static __be16 flow_random_id(u8 proto)
{
	if (proto != IPPROTO_UDP && proto != IPPROTO_TCP)
		return (__force __be16)get_random_u16();
	return htons(PROT_SOCK +
		     get_random_u32_below(U16_MAX + 1 - PROT_SOCK));
}

/* find an id that is free on the endpoint's side */
int sal_flow_link_free_id(struct sal_domain *d, struct sal_flow *f)
{
	const struct sal_reverse *rev = flow_far_end(d, f);
	int tries = MAP_TRIES;
	int err;

	do {
		f->key.id = flow_random_id(f->key.proto);
		err = sal_direct_lately(d, f) || sal_flow_is_taken(d, f, rev) ?
		      -EEXIST :
		      rhashtable_lookup_insert_fast(&d->flows, &f->node,
						    sal_flow_params);
	} while (err == -EEXIST && --tries);
	return err == -EEXIST ? -EADDRINUSE : err;
}

int sal_flow_link_mapped(struct sal_domain *d, struct sal_flow *f)
{
	int err;

	lockdep_assert_held(&d->alt_lock);
	err = sal_flow_link_free_id(d, f);
	if (err)
		return err;
	err = rhashtable_lookup_insert_fast(&d->alts, &f->alt->node,
					    sal_alt_params);
	if (err) {
		sal_flow_unlink(d, f);
		return err;
	}
	atomic_inc(&d->n_alts);
	return 0;
}

/*
 * Into both tables under the lock under which it is removed from both: who
 * finds it in the first one cannot remove it before it is in the second.
 */
static int flow_map(const struct sal_member *m, const struct sal_conv *conv,
		    struct sal_flow *f)
{
	struct sal_domain *d = m->domain;
	int err;

	f->alt = sal_flow_alloc_alt(m, conv, f);
	if (!f->alt)
		return -ENOMEM;
	spin_lock_bh(&d->alt_lock);
	err = sal_flow_link_mapped(d, f);
	spin_unlock_bh(&d->alt_lock);
	if (!err)
		sal_count(d, SAL_R_FLOW_MAPPED);
	return err;
}

static bool flow_is_conv(const struct sal_flow *f, const struct sal_flow *of)
{
	return f->member == of->member && f->place == of->place &&
	       READ_ONCE(f->kind) == of->kind &&
	       f->cid == of->cid && ipv6_addr_equal(&f->vip, &of->vip) &&
	       ipv6_addr_equal(&f->client, &of->client);
}

static bool flow_is_shadowed(struct sal_domain *d, const struct sal_flow *f)
{
	struct sal_flow_key key = f->key;
	struct sal_flow *old;

	if (likely(!flow_other_peer(d, f, &key.peer)))
		return false;
	old = rhashtable_lookup(&d->flows, &key, sal_flow_params);
	return old && ipv6_addr_equal(&old->client, &f->client);
}

static struct sal_flow *flow_publish_mapped(const struct sal_member *m,
					    const struct sal_conv *conv,
					    struct sal_flow *f)
{
	struct sal_flow *old;
	int err;

	err = flow_map(m, conv, f);
	if (!err)
		return f;
	if (err != -EEXIST)
		return ERR_PTR(err == -EADDRINUSE ? err : -ENOMEM);

	/* another CPU was faster, or the VIP was another service's */
	old = sal_flow_lookup_alt(m, conv);
	if (old && old->key.svc == f->key.svc)
		return old;
	if (old)
		sal_flow_remove(m->domain, old);
	return ERR_PTR(-EAGAIN);
}

/* what comes by its id from where it is going would be taken for another's */
static bool flow_is_known(struct sal_domain *d, const struct sal_flow *f)
{
	/* a direct one is here because its own id is taken */
	return f->kind == SAL_FLOW_DIRECT || flow_is_shadowed(d, f) ||
	       sal_direct_lately(d, f) ||
	       sal_flow_is_taken(d, f, flow_far_end(d, f));
}

static struct sal_flow *flow_publish(const struct sal_member *m,
				     const struct sal_conv *conv,
				     struct sal_flow *f)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *old;

	if (flow_is_known(d, f)) {
		/* another CPU was faster, and it was not known there */
		old = rhashtable_lookup(&d->flows, &f->key, sal_flow_params);
		return old && flow_is_conv(old, f) ? old :
		       flow_publish_mapped(m, conv, f);
	}
	old = sal_flow_insert(d, f);
	if (!old)
		return f;
	if (IS_ERR(old))
		return ERR_PTR(-ENOMEM);
	return flow_is_conv(old, f) ? old : flow_publish_mapped(m, conv, f);
}

/* a reserved one; takes over the reference to the cell */
struct sal_flow *sal_flow_begin(const struct sal_member *m,
				struct sal_service *svc,
				const struct sal_conv *conv,
				struct sal_cell *cell, bool acct)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *f;

	f = flow_alloc(m, svc, conv, cell, acct);
	if (!f) {
		sal_cell_put(cell);
		sal_flow_unreserve(d, acct);
		return NULL;
	}
	atomic64_inc(&d->flows_created);
	atomic_inc(&svc->n_flows);
	return f;
}

/* takes over the reference to the cell; @port is the service's */
struct sal_flow *sal_flow_make(const struct sal_member *m,
			       struct sal_service *svc,
			       const struct sal_conv *conv, __be16 port,
			       struct sal_cell *cell,
			       enum sal_flow_kind kind)
{
	struct sal_domain *d = m->domain;
	bool acct = READ_ONCE(d->flow_acct);
	struct sal_flow *f, *pub;

	if (!sal_flow_reserve(d, acct)) {
		sal_cell_put(cell);
		return ERR_PTR(-ENOSPC);
	}
	f = sal_flow_begin(m, svc, conv, cell, acct);
	if (!f)
		return ERR_PTR(-ENOMEM);
	f->kind = kind;
	f->key.port = port;
	pub = flow_publish(m, conv, f);
	if (pub == f) {
		sal_count(d, SAL_R_FLOW_NEW);
		trace_sal_flow_new(f, svc);
		sal_event_flow(d, f, SAL_CMD_FLOW_ADD_NTF);
	} else {
		/* perhaps it was in a table for a moment */
		sal_flow_end(d, f);
	}
	return pub;
}

struct sal_flow *sal_flow_create(const struct sal_member *m,
				 struct sal_service *svc,
				 const struct sal_conv *conv)
{
	struct sal_cell *cell;
	struct sal_flow *f;

	cell = flow_choose_cell(svc, conv);
	if (IS_ERR(cell))
		return ERR_CAST(cell);
	f = sal_flow_make(m, svc, conv, conv->ports.port, cell, SAL_FLOW_SERVICE);
	if (!IS_ERR(f))
		sal_affinity_note(svc, f);
	return f;
}
