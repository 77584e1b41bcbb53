// SPDX-License-Identifier: GPL-2.0
/*
 * flow.c - conversations: one object, one hash node, no endpoint in the key
 *
 * A flow lies in the table under what its endpoint sees: the client by its peer
 * name (see peer.h) and port (or echo id), and the service. Nearly always the
 * client's own id is what the endpoint sees; then the client's packets find the
 * flow by the same key. Where that key is taken (two VIPs of a service asked from
 * one socket, two members with one address, two clients with one name), the
 * newcomer is *mapped*: it gets a free id on the endpoint's side, and an entry in
 * a second table under what the client sees. Only a packet that did not hit its
 * own flow by the first key looks there, and only while the domain has mapped
 * flows at all.
 *
 * The key is unique in a service. Where endpoints of several services have one
 * address, flows of different services may clash there, and not before they get
 * there: that is looked at when a flow first sends to an endpoint, and
 * the flow is mapped then, see sal_flow_arrive().
 *
 * Removing from the table decides who frees a flow, so a collector, a request
 * and a packet may race for one.
 */
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/time64.h>
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
#include "evict.h"
#include "flow.h"
#include "flow_saved.h"
#include "guest.h"
#include "home.h"
#include "member.h"
#include "net.h"
#include "peer.h"
#include "policy.h"
#include "revtable.h"
#include "sched.h"
#include "service.h"
#include "stats.h"
#include "trace.h"
#include "track.h"

/* a flow is one object of two cache lines at the most */
#define FLOW_SIZE_MAX		128

/* not merged: what strangers can fill is to be seen, and kept, apart */
#define FLOW_SLAB	(SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT | SLAB_NO_MERGE)

/* flows looked at before the collector lets others run */
#define GC_CHUNK		1024
/* how often it begins anew */
#define GC_PERIOD		(2 * HZ)
/* free ids tried for a flow that has to be mapped */
#define MAP_TRIES		64
/* how often another is looked for that gives way, as somebody else removed it */
#define EVICT_TRIES		3
/* no more give way while so many wait to be freed: a share of the limit, or */
#define EVICT_ENDED		8
#define EVICT_ENDED_MIN		256
/* how often a flow is mapped anew, as its id is taken in the same moment */
#define ARRIVE_TRIES		4

static struct kmem_cache *flow_cache;
static struct kmem_cache *flow_acct_cache;
/* clients choose what is hashed */
static siphash_aligned_key_t flow_hash_key __read_mostly;

u32 sal_flow_hash(const void *data, u32 len, u32 seed)
{
	return (u32)siphash(data, len, &flow_hash_key) ^ seed;
}

static const struct rhashtable_params flow_params = {
	.head_offset		= offsetof(struct sal_flow, node),
	.key_offset		= offsetof(struct sal_flow, key),
	.key_len		= sizeof(struct sal_flow_key),
	.hashfn			= sal_flow_hash,
	.automatic_shrinking	= true,
};

static const struct rhashtable_params alt_params = {
	.head_offset		= offsetof(struct sal_flow_alt, node),
	.key_offset		= offsetof(struct sal_flow_alt, key),
	.key_len		= sizeof(struct sal_flow_alt_key),
	.hashfn			= sal_flow_hash,
	.automatic_shrinking	= true,
};

static void flow_alt_key(struct sal_flow_alt_key *key,
			 const struct sal_member *m,
			 const struct sal_conv *conv)
{
	key->client = conv->client;
	key->vip = conv->vip;
	key->member = m->id;
	key->cid = conv->ports.id;
	key->port = conv->ports.port;
	key->proto = conv->ports.proto;
	key->place = conv->place;
	memset(key->pad, 0, sizeof(key->pad));
}

static struct sal_flow *flow_lookup_alt(const struct sal_member *m,
					const struct sal_conv *conv)
{
	struct sal_domain *d = m->domain;
	struct sal_flow_alt_key key;
	struct sal_flow_alt *alt;

	if (!atomic_read(&d->n_alts))
		return NULL;
	flow_alt_key(&key, m, conv);
	alt = rhashtable_lookup(&d->alts, &key, alt_params);
	return alt ? alt->flow : NULL;
}

struct sal_flow *sal_flow_find(struct sal_domain *d,
			       const struct in6_addr *peer,
			       const struct sal_service *svc,
			       const struct sal_ports *ports)
{
	const struct sal_flow_key key = {
		.peer = *peer,
		.svc = svc->id,
		.id = ports->id,
		.port = ports->port,
		.proto = ports->proto,
	};

	return rhashtable_lookup(&d->flows, &key, flow_params);
}

__be16 sal_flow_near_port(const struct sal_flow *f)
{
	return READ_ONCE(f->kind) == SAL_FLOW_DIRECT ? f->alt->key.port :
						       f->key.port;
}

__be16 sal_flow_far_port(const struct sal_flow *f,
			 const struct sal_endpoint *ep)
{
	return READ_ONCE(f->kind) == SAL_FLOW_DIRECT ?
	       f->alt->key.port : sal_port_out(ep, f->key.port);
}

/* only who translated a flow reverses it, and only there */
static bool flow_is_of(const struct sal_flow *f, const struct sal_member *m,
		       u8 place, const struct in6_addr *client)
{
	return f && f->member == m->id && f->place == place &&
	       ipv6_addr_equal(&f->client, client);
}

/* @is: whether the client has a name; @other: there is one, but another member's, or
 * it is of the other placement
 */
static struct sal_flow *flow_reverse(const struct sal_member *m, u8 place,
				     const struct sal_service *svc,
				     const struct in6_addr *client,
				     const struct sal_ports *ports,
				     enum sal_peer *is, bool *other)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *named = NULL;
	struct in6_addr peer;
	struct sal_flow *f;

	*is = sal_peer_name(d, client, &peer);
	if (*is != SAL_PEER_PLAIN) {
		named = sal_flow_find(d, &peer, svc, ports);
		if (flow_is_of(named, m, place, client))
			return named;
	}
	/* also where the client has got its name later than the flow began */
	f = sal_flow_find(d, client, svc, ports);
	if (flow_is_of(f, m, place, client))
		return f;
	*other = f || named;
	return NULL;
}

struct sal_flow *sal_flow_reverse(const struct sal_member *m, u8 place,
				  const struct sal_service *svc,
				  const struct in6_addr *client,
				  const struct sal_ports *ports)
{
	enum sal_peer is;
	bool other;

	return flow_reverse(m, place, svc, client, ports, &is, &other);
}

/* the flow of a client with a service, whoever translates it */
static struct sal_flow *flow_of_client(struct sal_domain *d,
				       const struct sal_service *svc,
				       const struct in6_addr *client,
				       const struct sal_ports *ports)
{
	struct in6_addr peer;
	struct sal_flow *f;

	if (sal_peer_name(d, client, &peer) != SAL_PEER_PLAIN) {
		f = sal_flow_find(d, &peer, svc, ports);
		if (f && ipv6_addr_equal(&f->client, client))
			return f;
	}
	f = sal_flow_find(d, client, svc, ports);
	return f && ipv6_addr_equal(&f->client, client) ? f : NULL;
}

bool sal_flow_is_there(struct sal_domain *d, const struct sal_service *svc,
		       const struct in6_addr *client,
		       const struct sal_ports *ports)
{
	return flow_of_client(d, svc, client, ports);
}

bool sal_flow_elsewhere(const struct sal_member *m,
			const struct sal_service *svc,
			const struct sal_conv *conv)
{
	const struct sal_flow *f;

	f = flow_of_client(m->domain, svc, &conv->client, &conv->ports);
	return f && f->member != m->id && READ_ONCE(f->kind) == SAL_FLOW_SERVICE &&
	       ipv6_addr_equal(&f->vip, &conv->vip);
}

/* @is: whether the client has a name */
static struct sal_flow *flow_lookup(const struct sal_member *m,
				    const struct sal_service *svc,
				    const struct sal_conv *conv,
				    enum sal_peer *is)
{
	struct sal_flow *f;
	bool other;

	f = flow_reverse(m, conv->place, svc, &conv->client, &conv->ports, is,
			 &other);
	if (likely(f && f->cid == conv->ports.id &&
		   ipv6_addr_equal(&f->vip, &conv->vip) &&
		   READ_ONCE(f->kind) != SAL_FLOW_PAST) &&
	    !(unlikely(*is == SAL_PEER_FORMER) && sal_home_follows(f)))
		return f;
	/* pairs with flow_hand_over(): where it is past, the other is there */
	smp_rmb();
	f = flow_lookup_alt(m, conv);
	/* the VIP may have been another service's */
	return f && f->key.svc == svc->id ? f : NULL;
}

/* What a client has opened under a name that it has lost waits for who has that, and
 * it begins anew.
 */
struct sal_flow *sal_flow_lookup(const struct sal_member *m,
				 const struct sal_service *svc,
				 const struct sal_conv *conv)
{
	enum sal_peer is;
	struct sal_flow *f;

	f = flow_lookup(m, svc, conv, &is);
	if (likely(f) || is != SAL_PEER_NAMED)
		return f;
	return sal_home_claim(m, svc, conv);
}

struct sal_service *sal_flow_service(const struct sal_flow *f)
{
	return rcu_dereference(f->cell)->svc;
}

struct sal_endpoint *sal_flow_endpoint(const struct sal_flow *f)
{
	return rcu_dereference(rcu_dereference(f->cell)->ep);
}

struct sal_member *sal_flow_member(struct sal_domain *d,
				   const struct sal_flow *f)
{
	return xa_load(&d->members, f->member);
}

/* one that is not assured goes, so that another can come */
static bool flow_make_room(struct sal_domain *d, u32 limit)
{
	int tries = EVICT_TRIES;
	struct sal_flow *f;

	/* their memory comes back later */
	if (atomic_read(&d->n_ended) > max(limit / EVICT_ENDED,
					   (u32)EVICT_ENDED_MIN))
		return false;
	do {
		f = sal_evict_choose(d);
		if (f && sal_flow_remove(d, f)) {
			sal_count(d, SAL_R_EVICTED);
			return true;
		}
	} while (--tries);
	return false;
}

/* what a flow may take: it may be mapped, and its cell may be one that was left */
static size_t flow_share(bool acct)
{
	return (acct ? sizeof(struct sal_flow_acct) : sizeof(struct sal_flow)) +
	       sizeof(struct sal_flow_alt) + sizeof(struct sal_cell);
}

static bool flow_reserve(struct sal_domain *d, bool acct)
{
	u32 limit = READ_ONCE(d->limits.flows);

	if ((u32)atomic_inc_return(&d->n_flows) > limit &&
	    !flow_make_room(d, limit))
		goto err;
	if (sal_guest_charge(d, SAL_SHARE_TABLES, flow_share(acct)))
		return true;
err:
	atomic_dec(&d->n_flows);
	return false;
}

static void flow_unreserve(struct sal_domain *d, bool acct)
{
	sal_guest_uncharge(d, SAL_SHARE_TABLES, flow_share(acct));
	atomic_dec(&d->n_flows);
}

/* The cell goes only now: until here the collector may have exchanged it. */
static void flow_free_rcu(struct rcu_head *rcu)
{
	struct sal_flow *f = container_of(rcu, struct sal_flow, rcu);
	struct sal_cell *cell = rcu_dereference_raw(f->cell);
	struct sal_domain *d = cell->svc->domain;
	bool acct = sal_acct_has(f);

	atomic64_inc(&d->flows_destroyed);
	sal_guest_uncharge(d, SAL_SHARE_TABLES, flow_share(acct));
	/* those that go on in another flow are counted there */
	if (f->kind < SAL_FLOW_PAST)
		atomic_dec(&cell->svc->n_flows);
	atomic_dec(&d->n_ended);
	if (f->kind < SAL_FLOW_PAST &&
	    atomic_read(&f->marks) & SAL_MARK_REMOVED)
		sal_cell_end(cell);
	else
		sal_cell_put(cell);
	kfree(f->alt);
	kmem_cache_free(acct ? flow_acct_cache : flow_cache, f);
}

/* it is in no table, but perhaps somebody still sees it */
static void flow_end(struct sal_domain *d, struct sal_flow *f)
{
	atomic_inc(&d->n_ended);
	atomic_dec(&d->n_flows);
	call_rcu(&f->rcu, flow_free_rcu);
}

static bool flow_unlink(struct sal_domain *d, struct sal_flow *f)
{
	return !rhashtable_remove_fast(&d->flows, &f->node, flow_params);
}

/*
 * Out of both tables; nobody can see it in between. The entry of a past one may
 * have gone to the flow that it goes on in.
 */
static bool flow_unlink_mapped(struct sal_domain *d, struct sal_flow *f)
{
	bool mine;

	spin_lock_bh(&d->alt_lock);
	mine = flow_unlink(d, f);
	if (mine && !rhashtable_remove_fast(&d->alts, &f->alt->node,
					    alt_params))
		atomic_dec(&d->n_alts);
	spin_unlock_bh(&d->alt_lock);
	return mine;
}

bool sal_flow_remove(struct sal_domain *d, struct sal_flow *f)
{
	if (!(f->alt ? flow_unlink_mapped(d, f) : flow_unlink(d, f)))
		return false;
	/* who passes it on in this moment tells of it, or sees that we did */
	if (!(atomic_fetch_or(SAL_MARK_REMOVED, &f->marks) &
	      SAL_MARK_PASSED_ON))
		sal_event_flow(d, f, SAL_CMD_FLOW_DEL_NTF);
	flow_end(d, f);
	return true;
}

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

static struct sal_flow *flow_zalloc(struct sal_domain *d, bool acct)
{
	struct mem_cgroup *old;
	struct sal_flow *f;

	BUILD_BUG_ON(sizeof(struct sal_flow) > FLOW_SIZE_MAX);
	BUILD_BUG_ON(offsetof(struct sal_flow_acct, flow));
	old = sal_domain_charge(d);
	f = kmem_cache_zalloc(acct ? flow_acct_cache : flow_cache, GFP_ATOMIC);
	sal_domain_uncharge(old);
	if (f && acct)
		atomic_set(&f->marks, SAL_MARK_ACCT);
	return f;
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

	f = flow_zalloc(d, acct);
	if (!f)
		return NULL;
	/* the name of who is no endpoint any more is for what is under way */
	if (likely(sal_peer_name(d, &conv->client, &f->key.peer) !=
		   SAL_PEER_NAMED))
		f->key.peer = conv->client;
	else
		sal_home_note(d, &f->key.peer);
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
	return f;
}

/*
 * The key is taken. By the same conversation: another CPU was faster, or its
 * member is gone and came back, and nobody waits for it. By another: map.
 */
static struct sal_flow *flow_insert(struct sal_domain *d, struct sal_flow *f)
{
	struct sal_flow *old;

	old = rhashtable_lookup_get_insert_fast(&d->flows, &f->node,
						flow_params);
	if (!old || IS_ERR(old))
		return old;
	if (old->member != f->member && !sal_flow_member(d, old) &&
	    !sal_home_awaited(d, old)) {
		sal_flow_remove(d, old);
		old = rhashtable_lookup_get_insert_fast(&d->flows, &f->node,
							flow_params);
	}
	return old;
}

static struct sal_flow_alt *flow_alloc_alt(const struct sal_member *m,
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
	flow_alt_key(&alt->key, m, conv);
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
	old = rhashtable_lookup(&d->flows, &key, flow_params);
	if (old && sal_flow_claim(old, rev))
		return true;
	if (!flow_other_peer(d, f, &key.peer))
		return false;
	old = rhashtable_lookup(&d->flows, &key, flow_params);
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
		g = flow_of_client(d, own->ep->svc, &rev->addr, &ports);
		if (g && g != f && sal_flow_claim(g, own))
			return true;
	}
	return false;
}

/* is its id another's at the address that it sends to? */
static bool flow_is_taken(struct sal_domain *d, const struct sal_flow *f,
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
static int flow_link_free_id(struct sal_domain *d, struct sal_flow *f)
{
	const struct sal_reverse *rev = flow_far_end(d, f);
	int tries = MAP_TRIES;
	int err;

	do {
		f->key.id = flow_random_id(f->key.proto);
		err = sal_direct_lately(d, f) || flow_is_taken(d, f, rev) ?
		      -EEXIST :
		      rhashtable_lookup_insert_fast(&d->flows, &f->node,
						    flow_params);
	} while (err == -EEXIST && --tries);
	return err == -EEXIST ? -EADDRINUSE : err;
}

static int flow_link_mapped(struct sal_domain *d, struct sal_flow *f)
{
	int err;

	lockdep_assert_held(&d->alt_lock);
	err = flow_link_free_id(d, f);
	if (err)
		return err;
	err = rhashtable_lookup_insert_fast(&d->alts, &f->alt->node,
					    alt_params);
	if (err) {
		flow_unlink(d, f);
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

	f->alt = flow_alloc_alt(m, conv, f);
	if (!f->alt)
		return -ENOMEM;
	spin_lock_bh(&d->alt_lock);
	err = flow_link_mapped(d, f);
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
	old = rhashtable_lookup(&d->flows, &key, flow_params);
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
	old = flow_lookup_alt(m, conv);
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
	       flow_is_taken(d, f, flow_far_end(d, f));
}

static struct sal_flow *flow_publish(const struct sal_member *m,
				     const struct sal_conv *conv,
				     struct sal_flow *f)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *old;

	if (flow_is_known(d, f)) {
		/* another CPU was faster, and it was not known there */
		old = rhashtable_lookup(&d->flows, &f->key, flow_params);
		return old && flow_is_conv(old, f) ? old :
		       flow_publish_mapped(m, conv, f);
	}
	old = flow_insert(d, f);
	if (!old)
		return f;
	if (IS_ERR(old))
		return ERR_PTR(-ENOMEM);
	return flow_is_conv(old, f) ? old : flow_publish_mapped(m, conv, f);
}

/* a reserved one; takes over the reference to the cell */
static struct sal_flow *flow_begin(const struct sal_member *m,
				   struct sal_service *svc,
				   const struct sal_conv *conv,
				   struct sal_cell *cell, bool acct)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *f;

	f = flow_alloc(m, svc, conv, cell, acct);
	if (!f) {
		sal_cell_put(cell);
		flow_unreserve(d, acct);
		return NULL;
	}
	atomic64_inc(&d->flows_created);
	atomic_inc(&svc->n_flows);
	return f;
}

/* takes over the reference to the cell; @port is the service's */
static struct sal_flow *flow_make(const struct sal_member *m,
				  struct sal_service *svc,
				  const struct sal_conv *conv, __be16 port,
				  struct sal_cell *cell,
				  enum sal_flow_kind kind)
{
	struct sal_domain *d = m->domain;
	bool acct = READ_ONCE(d->flow_acct);
	struct sal_flow *f, *pub;

	if (!flow_reserve(d, acct)) {
		sal_cell_put(cell);
		return ERR_PTR(-ENOSPC);
	}
	f = flow_begin(m, svc, conv, cell, acct);
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
		flow_end(d, f);
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
	f = flow_make(m, svc, conv, conv->ports.port, cell, SAL_FLOW_SERVICE);
	if (!IS_ERR(f))
		sal_affinity_note(svc, f);
	return f;
}

/* --- flows that were there before ------------------------------------------ */

/* as EEXIST, or for lack of memory */
static int flow_link_err(int err)
{
	return !err || err == -EEXIST ? err : -ENOMEM;
}

/* under what its client and its endpoint have known it by, or not at all */
static int flow_link_mapped_as(struct sal_domain *d, struct sal_flow *f)
{
	int err;

	lockdep_assert_held(&d->alt_lock);
	err = rhashtable_lookup_insert_fast(&d->flows, &f->node, flow_params);
	if (err)
		return flow_link_err(err);
	err = rhashtable_lookup_insert_fast(&d->alts, &f->alt->node,
					    alt_params);
	if (err) {
		flow_unlink(d, f);
		return flow_link_err(err);
	}
	atomic_inc(&d->n_alts);
	return 0;
}

/* its client has begun anew, in a flow of the other table */
static bool flow_has_begun(const struct sal_member *m,
			   const struct sal_flow *f,
			   const struct sal_conv *conv)
{
	enum sal_peer is;

	return f->kind == SAL_FLOW_SERVICE &&
	       flow_lookup(m, sal_flow_service(f), conv, &is);
}

static int flow_link_as(const struct sal_member *m, struct sal_flow *f,
			const struct sal_conv *conv)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *old;
	int err;

	if (flow_has_begun(m, f, conv))
		return -EEXIST;
	if (f->kind == SAL_FLOW_SERVICE && f->key.id == f->cid) {
		old = flow_insert(d, f);
		if (!old)
			return 0;
		return IS_ERR(old) ? -ENOMEM : -EEXIST;
	}
	f->alt = flow_alloc_alt(m, conv, f);
	if (!f->alt)
		return -ENOMEM;
	spin_lock_bh(&d->alt_lock);
	err = flow_link_mapped_as(d, f);
	spin_unlock_bh(&d->alt_lock);
	return err;
}

static void flow_remember(struct sal_domain *d, struct sal_flow *f,
			  const struct sal_flow_saved *was)
{
	const struct sal_endpoint *ep = sal_flow_endpoint(f);

	f->kind = was->kind;
	f->key.peer = was->peer;
	if (!ipv6_addr_equal(&f->key.peer, &f->client))
		sal_home_note(d, &f->key.peer);
	f->key.id = was->id;
	f->key.port = was->port;
	f->seen = sal_flow_now() - was->idle;
	sal_track_set_marks(f, was->marks);
	if (was->acct)
		sal_acct_set(f, &was->carried);
	/* in any case its server knows it by the name, or not */
	if (was->has_told)
		f->told = sal_flow_told(0, was->told);
	if (!ep || ep != was->ep)
		return;
	if (was->has_told && !was->told_before)
		f->told = sal_flow_told(ep->id, was->told);
	if (was->marks & SAL_FLOW_MARK_ARRIVED)
		f->at = ep->rev[sal_addr_af(&f->vip)].num;
}

int sal_flow_restore(const struct sal_member *m, struct sal_service *svc,
		     const struct sal_flow_saved *was, struct sal_cell *cell)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *f;
	int err;

	if (!flow_reserve(d, was->acct)) {
		sal_cell_put(cell);
		return -ENOSPC;
	}
	f = flow_begin(m, svc, &was->conv, cell, was->acct);
	if (!f)
		return -ENOMEM;
	flow_remember(d, f, was);
	err = flow_link_as(m, f, &was->conv);
	if (err) {
		flow_end(d, f);
		return err;
	}
	trace_sal_flow_new(f, svc);
	sal_event_flow(d, f, SAL_CMD_FLOW_ADD_NTF);
	if (f->kind == SAL_FLOW_SERVICE)
		sal_affinity_note(svc, f);
	return 0;
}

/* --- clashes at an address ------------------------------------------------- */

/*
 * Two flows that come to one address at once: each says so and then looks for
 * the other (and so does a new endpoint: it is in the reverse table before any
 * flow comes). Who comes second, or both, find that they are not alone. The
 * look beforehand spares most of them from saying what they take back.
 */
static bool flow_comes_to(struct sal_domain *d, struct sal_flow *f,
			  const struct sal_reverse *rev)
{
	if (flow_is_taken(d, f, rev))
		return false;
	WRITE_ONCE(f->at, rev->num);
	/* pairs with itself on another CPU */
	smp_mb();
	return !flow_is_taken(d, f, rev);
}

/* what goes on in the place of a flow: but for its id the same */
static struct sal_flow *flow_successor(const struct sal_member *m,
				       const struct sal_flow *f,
				       const struct sal_conv *conv)
{
	struct sal_cell *cell = rcu_dereference(f->cell);
	struct sal_domain *d = m->domain;
	bool acct = sal_acct_has(f);
	struct sal_flow *next;

	if (!sal_guest_charge(d, SAL_SHARE_TABLES, flow_share(acct)))
		return ERR_PTR(-ENOSPC);
	if (!sal_cell_get(cell)) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, flow_share(acct));
		return ERR_PTR(-EAGAIN);
	}
	/* the conversation has begun: no limit of the domain's ends it */
	atomic_inc(&d->n_flows);
	next = flow_begin(m, cell->svc, conv, cell, acct);
	if (!next)
		return ERR_PTR(-ENOMEM);
	next->key = f->key;
	next->told = READ_ONCE(f->told);
	atomic_set(&next->marks, atomic_read(&f->marks) & ~SAL_MARKS_END);
	return next;
}

static int flow_link_successor(struct sal_domain *d, struct sal_flow *f,
			       struct sal_flow *next)
{
	int err;

	if (!f->alt)
		return flow_link_mapped(d, next);
	err = flow_link_free_id(d, next);
	if (err)
		return err;
	err = rhashtable_replace_fast(&d->alts, &f->alt->node,
				      &next->alt->node, alt_params);
	if (err)
		flow_unlink(d, next);
	return err;
}

/* it stays what it is; whoever has removed it meanwhile has left that to us to tell */
static void flow_keep(struct sal_domain *d, struct sal_flow *f)
{
	if (atomic_fetch_andnot(SAL_MARK_PASSED_ON, &f->marks) &
	    SAL_MARK_REMOVED)
		sal_event_flow(d, f, SAL_CMD_FLOW_DEL_NTF);
}

/*
 * A request may have moved it, and not its cell, since that was looked at. It does so
 * under the lock, and next finds the other one.
 */
static bool flow_bind_as(struct sal_flow *next, const struct sal_flow *f)
{
	struct sal_cell *cell = rcu_dereference(f->cell);
	struct sal_cell *old = rcu_dereference(next->cell);

	if (likely(cell == old))
		return true;
	if (!sal_cell_get(cell))
		return false;
	rcu_assign_pointer(next->cell, cell);
	sal_cell_put(old);
	return true;
}

/* under the lock: -EALREADY and -ENOENT as flow_hand_over() has them */
static int flow_pass_on(struct sal_domain *d, struct sal_flow *f,
			struct sal_flow *next)
{
	int err;

	lockdep_assert_held(&d->alt_lock);
	if (f->kind != SAL_FLOW_SERVICE)
		return -EALREADY;
	if (!flow_bind_as(next, f))
		return -ENOENT;
	if (atomic_fetch_or(SAL_MARK_PASSED_ON, &f->marks) & SAL_MARK_REMOVED)
		return -ENOENT;
	err = flow_link_successor(d, f, next);
	if (err && err != -EEXIST) {
		flow_keep(d, f);
		return err;
	}
	/* pairs with sal_flow_lookup() */
	smp_store_release(&f->kind, SAL_FLOW_PAST);
	atomic_dec(&sal_flow_service(f)->n_flows);
	return err;
}

/*
 * The client's packets find one or the other: the new flow is there before the
 * old one is past. EEXIST: it is past, but another one was there for it already.
 * EALREADY: somebody else did it. ENOENT: it was removed.
 */
static int flow_hand_over(const struct sal_member *m, struct sal_flow *f,
			  struct sal_flow *next, const struct sal_conv *conv)
{
	struct sal_domain *d = m->domain;
	int err;

	next->alt = flow_alloc_alt(m, conv, next);
	if (!next->alt)
		return -ENOMEM;
	spin_lock_bh(&d->alt_lock);
	err = flow_pass_on(d, f, next);
	spin_unlock_bh(&d->alt_lock);
	return err;
}

/* of a service's flow, as its client sees it */
static struct sal_conv flow_conv(const struct sal_flow *f)
{
	return (struct sal_conv) {
		.client	= f->client,
		.vip	= f->vip,
		.ports	= sal_ports(f->key.proto, f->cid, f->key.port),
		.place	= f->place,
	};
}

struct sal_flow *sal_flow_next(const struct sal_member *m,
			       const struct sal_flow *f)
{
	const struct sal_conv conv = flow_conv(f);
	struct sal_flow *next;

	next = flow_lookup_alt(m, &conv);
	return next && next->key.svc == f->key.svc ? next : NULL;
}

static struct sal_flow *flow_remap(const struct sal_member *m,
				   struct sal_flow *f)
{
	const struct sal_conv conv = flow_conv(f);
	struct sal_domain *d = m->domain;
	struct sal_flow *next;
	int err;

	next = flow_successor(m, f, &conv);
	if (IS_ERR(next))
		return next;
	err = flow_hand_over(m, f, next, &conv);
	if (!err || err == -EEXIST) {
		sal_acct_pass_on(m, f);
		sal_event_flow(d, f, SAL_CMD_FLOW_DEL_NTF);
	}
	if (!err) {
		sal_count(d, SAL_R_FLOW_REMAPPED);
		sal_event_flow(d, next, SAL_CMD_FLOW_ADD_NTF);
		return next;
	}
	/* perhaps it was in a table for a moment */
	flow_end(d, next);
	if (err == -EADDRINUSE)
		return ERR_PTR(err);
	if (err != -EEXIST && err != -EALREADY && err != -ENOENT)
		return ERR_PTR(-ENOMEM);
	return sal_flow_next(m, f) ?: ERR_PTR(-EAGAIN);
}

struct sal_flow *sal_flow_arrive(const struct sal_member *m,
				 struct sal_flow *f,
				 const struct sal_reverse *rev)
{
	int tries = ARRIVE_TRIES;

	while (unlikely(!flow_comes_to(m->domain, f, rev))) {
		if (!tries--)
			return ERR_PTR(-EADDRINUSE);
		f = flow_remap(m, f);
		if (IS_ERR(f))
			break;
	}
	return f;
}

/* --- conversations with an endpoint's own address -------------------------- */

static bool flow_is_direct_at(const struct sal_flow *f,
			      const struct sal_reverse *rev)
{
	if (f->kind != SAL_FLOW_DIRECT)
		return false;
	for (; rev; rev = sal_reverse_next(rev))
		if (rev->ep->svc->id == f->key.svc)
			return true;
	return false;
}

/* the client's no more, but what the client sends would be taken for its for a while */
static struct sal_flow *flow_that_left(const struct sal_member *m,
				       const struct sal_service *svc,
				       const struct sal_conv *conv)
{
	struct in6_addr name;
	struct sal_flow *f;

	if (sal_peer_name(m->domain, &conv->client, &name) == SAL_PEER_PLAIN)
		return NULL;
	f = sal_flow_find(m->domain, &name, svc, &conv->ports);
	return f && sal_home_has_left(m, f, conv) ? f : NULL;
}

/*
 * The client's flow with a service there by the ports of a direct conversation;
 * the service's goes to @port. If there is none, the one that may begin is to
 * know of this conversation.
 */
static struct sal_flow *flow_direct_rival(const struct sal_member *m,
					  const struct sal_reverse *rev,
					  const struct sal_conv *conv,
					  __be16 *port)
{
	struct sal_conv with = *conv;
	struct sal_flow *f;
	enum sal_peer is;
	bool other;

	for (; rev; rev = sal_reverse_next(rev)) {
		with.ports.port = sal_port_in(rev->ep, conv->ports.port);
		f = flow_reverse(m, conv->place, rev->ep->svc, &conv->client,
				 &with.ports, &is, &other);
		if (unlikely(!f && other))
			f = flow_that_left(m, rev->ep->svc, &with);
		if (unlikely(f)) {
			*port = with.ports.port;
			return f;
		}
		/* a request that was translated elsewhere comes by, too */
		if (unlikely(!other))
			sal_direct_note(m, rev->ep->svc, &with);
	}
	return NULL;
}

struct sal_flow *sal_flow_direct(const struct sal_member *m,
				 struct sal_reverse *rev,
				 const struct sal_conv *conv,
				 const struct sal_packet *pkt)
{
	struct sal_cell *cell;
	struct sal_flow *f;
	__be16 port;

	f = flow_lookup_alt(m, conv);
	if (f && flow_is_direct_at(f, rev) &&
	    !(sal_track_is_open(pkt) && sal_track_closed(f)))
		return f;
	/* the address was another service's, or a VIP; or it begins anew */
	if (f)
		sal_flow_remove(m->domain, f);
	/* a connection that runs with its own port goes on with that */
	if (sal_track_is_stray(pkt))
		return NULL;
	f = flow_direct_rival(m, rev, conv, &port);
	if (likely(!f))
		return NULL;
	/* any of the service will do, as packets do not go where it points */
	cell = rcu_dereference(f->cell);
	if (!sal_cell_get(cell))
		return NULL;
	return flow_make(m, cell->svc, conv, port, cell, SAL_FLOW_DIRECT);
}

/* --- clients that move ------------------------------------------------------ */

struct sal_flow *sal_flow_moved_to(struct sal_domain *d,
				   const struct sal_flow *f)
{
	return rhashtable_lookup(&d->flows, &f->key, flow_params);
}

static u32 flow_marks(const struct sal_flow *f)
{
	return atomic_read(&f->marks) & ~SAL_MARKS_END;
}

/* who tells of it is another one where it is in other hooks, but the name is known */
static u32 flow_told_of(const struct sal_flow *next, const struct sal_flow *f)
{
	u32 told = READ_ONCE(f->told);

	return next->place == f->place ? told : sal_flow_told(0, told & 3);
}

/* the same but for where its client is; without a cell yet */
static struct sal_flow *flow_twin(struct sal_domain *d,
				  const struct sal_flow *f,
				  const struct sal_home *home)
{
	struct sal_flow *next = flow_zalloc(d, sal_acct_has(f));

	if (!next)
		return NULL;
	next->key = f->key;
	next->vip = f->vip;
	next->cid = f->cid;
	next->id = f->id;
	next->client = home->addr;
	next->member = home->member;
	next->place = home->place;
	next->seen = READ_ONCE(f->seen);
	next->at = READ_ONCE(f->at);
	next->told = flow_told_of(next, f);
	/* it is in the table before it is told of */
	atomic_set(&next->marks, flow_marks(f) | SAL_MARK_PASSED_ON);
	return next;
}

/* does its client there find another one by the entry that it is to have? */
static bool flow_has_rival(const struct sal_flow *next,
			   const struct sal_flow *own)
{
	return next->alt && own && own->alt;
}

static int flow_link_twin_alt(struct sal_domain *d, struct sal_flow *next,
			      struct sal_flow *own)
{
	if (!next->alt)
		return 0;
	if (flow_has_rival(next, own))
		return rhashtable_replace_fast(&d->alts, &own->alt->node,
					       &next->alt->node, alt_params);
	return rhashtable_lookup_insert_fast(&d->alts, &next->alt->node,
					     alt_params);
}

static void flow_unlink_alt(struct sal_domain *d, struct sal_flow *f)
{
	if (f->alt)
		rhashtable_remove_fast(&d->alts, &f->alt->node, alt_params);
}

static void flow_unlink_twin_alt(struct sal_domain *d, struct sal_flow *next,
				 struct sal_flow *own)
{
	if (flow_has_rival(next, own))
		rhashtable_replace_fast(&d->alts, &next->alt->node,
					&own->alt->node, alt_params);
	else
		flow_unlink_alt(d, next);
}

/*
 * Under sal_lock, so that nobody binds @f to another cell meanwhile. Where @next
 * has a cell afterwards it may have been seen.
 */
static int flow_take_place(struct sal_domain *d, struct sal_flow *f,
			   struct sal_flow *next, struct sal_flow *own)
{
	struct sal_cell *cell;
	int err;

	lockdep_assert_held(&d->alt_lock);
	lockdep_assert_held(&sal_lock);
	if (f->kind != SAL_FLOW_SERVICE)
		return -EAGAIN;
	cell = rcu_dereference_protected(f->cell, true);
	if (!sal_cell_get(cell))
		return -EAGAIN;
	RCU_INIT_POINTER(next->cell, cell);
	atomic64_inc(&d->flows_created);
	atomic_inc(&d->n_flows);
	err = flow_link_twin_alt(d, next, own);
	if (err)
		return err;
	err = rhashtable_replace_fast(&d->flows, &f->node, &next->node,
				      flow_params);
	if (err) {
		flow_unlink_twin_alt(d, next, own);
		return err == -ENOENT ? -EAGAIN : err;
	}
	/* who counts for it from now on passes that on */
	smp_store_release(&f->kind, SAL_FLOW_MOVED);
	flow_unlink_alt(d, f);
	return 0;
}

/* what the client has begun there itself: only late replies find it from now on */
static void flow_yield(struct sal_domain *d, struct sal_flow *f,
		       const struct sal_flow *next)
{
	lockdep_assert_held(&d->alt_lock);
	if (f->kind != SAL_FLOW_SERVICE)
		return;
	if (flow_has_rival(next, f) ||
	    (f->alt && !rhashtable_remove_fast(&d->alts, &f->alt->node,
					       alt_params)))
		atomic_dec(&d->n_alts);
	/* pairs with flow_lookup() */
	smp_store_release(&f->kind, SAL_FLOW_PAST);
	atomic_dec(&sal_flow_service(f)->n_flows);
}

static int flow_replace(const struct sal_member *m, struct sal_flow *f,
			struct sal_flow *next, const struct sal_conv *conv)
{
	const struct sal_service *svc = sal_flow_service(f);
	struct sal_domain *d = m->domain;
	struct sal_flow *own;
	enum sal_peer is;
	int err;

	spin_lock_bh(&d->alt_lock);
	own = flow_lookup(m, svc, conv, &is);
	if (own == f)
		own = NULL;
	spin_lock(&sal_lock);
	err = flow_take_place(d, f, next, own);
	spin_unlock(&sal_lock);
	if (!err && unlikely(own))
		flow_yield(d, own, next);
	spin_unlock_bh(&d->alt_lock);
	return err;
}

/* nobody has seen it where it has no cell */
static void flow_drop_twin(struct sal_domain *d, struct sal_flow *next)
{
	bool acct = sal_acct_has(next);

	if (rcu_access_pointer(next->cell)) {
		next->kind = SAL_FLOW_MOVED;
		flow_end(d, next);
		return;
	}
	sal_guest_uncharge(d, SAL_SHARE_TABLES, flow_share(acct));
	kfree(next->alt);
	kmem_cache_free(acct ? flow_acct_cache : flow_cache, next);
}

static void flow_told_moved(struct sal_domain *d, const struct sal_member *m,
			    struct sal_flow *f, struct sal_flow *next)
{
	/* what packets have done to the other one meanwhile */
	atomic_or(flow_marks(f), &next->marks);
	if (!READ_ONCE(next->told))
		WRITE_ONCE(next->told, flow_told_of(next, f));
	sal_acct_pass_on(m, f);
	sal_count(d, SAL_R_FLOW_REHOMED);
	sal_event_flow(d, f, SAL_CMD_FLOW_DEL_NTF);
	sal_event_flow(d, next, SAL_CMD_FLOW_ADD_NTF);
	/* whoever has removed it has left that to us to tell */
	flow_keep(d, next);
	flow_end(d, f);
}

struct sal_flow *sal_flow_rehome(struct sal_domain *d, struct sal_flow *f,
				 const struct sal_home *home)
{
	const struct sal_member *m = xa_load(&d->members, home->member);
	struct sal_conv conv = flow_conv(f);
	struct sal_flow *next;
	int err;

	if (!m)
		return ERR_PTR(-EAGAIN);
	conv.client = home->addr;
	conv.place = home->place;
	if (!sal_guest_charge(d, SAL_SHARE_TABLES,
			      flow_share(sal_acct_has(f))))
		return ERR_PTR(-ENOSPC);
	next = flow_twin(d, f, home);
	if (!next) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES,
				   flow_share(sal_acct_has(f)));
		return ERR_PTR(-ENOMEM);
	}
	if (f->alt)
		next->alt = flow_alloc_alt(m, &conv, next);
	err = f->alt && !next->alt ? -ENOMEM :
				     flow_replace(m, f, next, &conv);
	if (err) {
		flow_drop_twin(d, next);
		return ERR_PTR(err == -EAGAIN ? err : -ENOMEM);
	}
	flow_told_moved(d, m, f, next);
	return next;
}

/* --- the collector --------------------------------------------------------- */

/* it is there for late replies */
static bool flow_past_is_over(const struct sal_flow *f)
{
	const struct sal_cell *cell = rcu_dereference(f->cell);
	u32 grace = READ_ONCE(cell->svc->conf.grace);

	return READ_ONCE(f->kind) == SAL_FLOW_PAST &&
	       sal_flow_idle(f) > grace / MSEC_PER_SEC &&
	       !sal_cell_remembers(cell);
}

/* a policy has come since, or its client has become an endpoint */
static bool flow_is_denied(struct sal_domain *d, const struct sal_flow *f,
			   const struct sal_service *svc)
{
	return READ_ONCE(f->kind) == SAL_FLOW_SERVICE &&
	       sal_policy_denies(d, &f->client, svc, NULL);
}

static bool flow_is_over(struct sal_domain *d, const struct sal_flow *f)
{
	const struct sal_service *svc = sal_flow_service(f);
	u32 timeout = READ_ONCE(svc->conf.timeout[sal_track_timeout(f)]);

	if (READ_ONCE(svc->dead) || sal_flow_idle(f) >= timeout)
		return true;
	/* who it is to be with has to be let first */
	if (unlikely(sal_home_awaited(d, f)))
		return false;
	return !sal_flow_member(d, f) || flow_past_is_over(f) ||
	       flow_is_denied(d, f, svc);
}

/*
 * Bind a flow to a current cell of the endpoint it is bound to, so that cells
 * which came with migrations die out. Not while a former endpoint's replies
 * may be under way: only the old cell knows of it. That is looked at here to
 * spare the lock, and under the lock to be sure.
 */
static void flow_settle(struct sal_flow *f)
{
	struct sal_cell *cell = rcu_dereference(f->cell);
	struct sal_cell *to;

	if (READ_ONCE(cell->slot) >= 0 || sal_cell_remembers(cell))
		return;
	to = sal_cell_settle(cell, &f->cell);
	if (to)
		sal_cell_put(to);
}

static void flow_go_on(struct sal_domain *d, struct sal_flow *f)
{
	f = sal_home_find(d, f);
	/* memory may be there the next time */
	if (IS_ERR(f))
		return;
	flow_settle(f);
	sal_affinity_keep(f);
}

/* true when the end of the table was reached */
static bool gc_chunk(struct sal_domain *d)
{
	unsigned int n = GC_CHUNK;
	struct sal_flow *f;
	bool end = false;

	rhashtable_walk_start(&d->gc_iter);
	while (n--) {
		f = rhashtable_walk_next(&d->gc_iter);
		if (!f) {
			end = true;
			break;
		}
		/* a resize: what it repeats or skips is seen the next time */
		if (IS_ERR(f))
			continue;
		if (flow_is_over(d, f))
			sal_flow_remove(d, f);
		else
			flow_go_on(d, f);
	}
	rhashtable_walk_stop(&d->gc_iter);
	return end;
}

static void gc_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, gc);

	rhashtable_walk_enter(&d->flows, &d->gc_iter);
	while (!gc_chunk(d))
		cond_resched();
	rhashtable_walk_exit(&d->gc_iter);
	sal_affinity_collect(d);
	sal_home_tell(d);
	if (!READ_ONCE(d->dead))
		queue_delayed_work(system_power_efficient_wq, &d->gc,
				   GC_PERIOD);
}

void sal_flow_collect(struct sal_domain *d)
{
	if (!READ_ONCE(d->dead))
		mod_delayed_work(system_power_efficient_wq, &d->gc, 0);
}

int sal_flow_table_init(struct sal_domain *d)
{
	int err;

	err = rhashtable_init(&d->flows, &flow_params);
	if (err)
		return err;
	err = rhashtable_init(&d->alts, &alt_params);
	if (err) {
		rhashtable_destroy(&d->flows);
		return err;
	}
	sal_home_init(d);
	INIT_DELAYED_WORK(&d->gc, gc_work);
	queue_delayed_work(system_power_efficient_wq, &d->gc, GC_PERIOD);
	return 0;
}

static void flow_destroy_one(void *ptr, void *arg)
{
	flow_end(arg, ptr);
}

void sal_flow_table_destroy(struct sal_domain *d)
{
	cancel_delayed_work_sync(&d->gc);
	sal_home_exit(d);
	rhashtable_destroy(&d->alts);
	rhashtable_free_and_destroy(&d->flows, flow_destroy_one, d);
}

int __init sal_flow_init(void)
{
	get_random_bytes(&flow_hash_key, sizeof(flow_hash_key));
	flow_cache = kmem_cache_create("sal_flow", sizeof(struct sal_flow), 0,
				       FLOW_SLAB, NULL);
	if (!flow_cache)
		return -ENOMEM;
	flow_acct_cache = kmem_cache_create("sal_flow_acct",
					    sizeof(struct sal_flow_acct),
					    __alignof__(struct sal_flow_acct),
					    FLOW_SLAB, NULL);
	if (!flow_acct_cache) {
		kmem_cache_destroy(flow_cache);
		return -ENOMEM;
	}
	return 0;
}

/* all RCU callbacks have run */
void sal_flow_exit(void)
{
	kmem_cache_destroy(flow_acct_cache);
	kmem_cache_destroy(flow_cache);
}
