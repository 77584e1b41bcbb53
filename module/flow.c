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
 * Here is how flows are found and end; how they begin is in flow_new.c.
 *
 * Removing from the table decides who frees a flow, so a collector, a request
 * and a packet may race for one.
 */
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "acct.h"
#include "cell.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "evict.h"
#include "flow.h"
#include "flow_table.h"
#include "guest.h"
#include "home.h"
#include "member.h"
#include "peer.h"
#include "service.h"
#include "stats.h"
#include "track.h"

/* a flow is one object of two cache lines at the most */
#define FLOW_SIZE_MAX		128

/* not merged: what strangers can fill is to be seen, and kept, apart */
#define FLOW_SLAB	(SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT | SLAB_NO_MERGE)

/* how often another is looked for that gives way, as somebody else removed it */
#define EVICT_TRIES		3
/* no more give way while so many wait to be freed: a share of the limit, or */
#define EVICT_ENDED		8
#define EVICT_ENDED_MIN		256

static struct kmem_cache *flow_cache;
static struct kmem_cache *flow_acct_cache;
/* clients choose what is hashed */
static siphash_aligned_key_t flow_hash_key __read_mostly;
hsiphash_key_t sal_flow_secret __read_mostly;

u32 sal_flow_hash(const void *data, u32 len, u32 seed)
{
	return (u32)siphash(data, len, &flow_hash_key) ^ seed;
}

void sal_flow_alt_key(struct sal_flow_alt_key *key,
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

struct sal_flow *sal_flow_lookup_alt(const struct sal_member *m,
				     const struct sal_conv *conv)
{
	struct sal_domain *d = m->domain;
	struct sal_flow_alt_key key;
	struct sal_flow_alt *alt;

	if (!atomic_read(&d->n_alts))
		return NULL;
	sal_flow_alt_key(&key, m, conv);
	alt = rhashtable_lookup(&d->alts, &key, sal_alt_params);
	return alt ? alt->flow : NULL;
}

static __always_inline struct sal_flow *
flow_find(struct sal_domain *d, const struct in6_addr *peer,
	  const struct sal_service *svc, const struct sal_ports *ports)
{
	const struct sal_flow_key key = {
		.peer = *peer,
		.svc = svc->id,
		.id = ports->id,
		.port = ports->port,
		.proto = ports->proto,
	};

	return rhashtable_lookup(&d->flows, &key, sal_flow_params);
}

struct sal_flow *sal_flow_find(struct sal_domain *d,
			       const struct in6_addr *peer,
			       const struct sal_service *svc,
			       const struct sal_ports *ports)
{
	return flow_find(d, peer, svc, ports);
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

static __always_inline struct sal_flow *
flow_reverse_as(const struct sal_member *m, u8 place,
		const struct sal_service *svc, const struct in6_addr *client,
		const struct sal_ports *ports, enum sal_peer *is, bool *other)
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
	f = flow_find(d, client, svc, ports);
	if (likely(flow_is_of(f, m, place, client)))
		return f;
	*other = f || named;
	return NULL;
}

struct sal_flow *sal_flow_reverse_as(const struct sal_member *m, u8 place,
				     const struct sal_service *svc,
				     const struct in6_addr *client,
				     const struct sal_ports *ports,
				     enum sal_peer *is, bool *other)
{
	return flow_reverse_as(m, place, svc, client, ports, is, other);
}

struct sal_flow *sal_flow_reverse(const struct sal_member *m, u8 place,
				  const struct sal_service *svc,
				  const struct in6_addr *client,
				  const struct sal_ports *ports)
{
	enum sal_peer is;
	bool other;

	return flow_reverse_as(m, place, svc, client, ports, &is, &other);
}

/* the flow of a client with a service, whoever translates it */
struct sal_flow *sal_flow_of_client(struct sal_domain *d,
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
	return sal_flow_of_client(d, svc, client, ports);
}

bool sal_flow_elsewhere(const struct sal_member *m,
			const struct sal_service *svc,
			const struct sal_conv *conv)
{
	const struct sal_flow *f;

	f = sal_flow_of_client(m->domain, svc, &conv->client, &conv->ports);
	return f && f->member != m->id && READ_ONCE(f->kind) == SAL_FLOW_SERVICE &&
	       ipv6_addr_equal(&f->vip, &conv->vip);
}

static __always_inline struct sal_flow *
flow_lookup_as(const struct sal_member *m, const struct sal_service *svc,
	       const struct sal_conv *conv, enum sal_peer *is)
{
	struct sal_flow *f;
	bool other;

	f = flow_reverse_as(m, conv->place, svc, &conv->client, &conv->ports, is,
			    &other);
	if (likely(f && f->cid == conv->ports.id &&
		   ipv6_addr_equal(&f->vip, &conv->vip) &&
		   READ_ONCE(f->kind) != SAL_FLOW_PAST) &&
	    !(unlikely(*is == SAL_PEER_FORMER) && sal_home_follows(f)))
		return f;
	/* pairs with flow_hand_over(): where it is past, the other is there */
	smp_rmb();
	f = sal_flow_lookup_alt(m, conv);
	/* the VIP may have been another service's */
	return f && f->key.svc == svc->id ? f : NULL;
}

struct sal_flow *sal_flow_lookup_as(const struct sal_member *m,
				    const struct sal_service *svc,
				    const struct sal_conv *conv,
				    enum sal_peer *is)
{
	return flow_lookup_as(m, svc, conv, is);
}

bool sal_flow_in_grace(const struct sal_flow *f)
{
	u32 grace = READ_ONCE(sal_flow_service(f)->conf.grace);

	return sal_flow_idle(f) <= DIV_ROUND_UP(grace, MSEC_PER_SEC);
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

	f = flow_lookup_as(m, svc, conv, &is);
	if (likely(f) || is != SAL_PEER_NAMED)
		return f;
	return sal_home_claim(m, svc, conv);
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
size_t sal_flow_share(bool acct)
{
	return (acct ? sizeof(struct sal_flow_acct) : sizeof(struct sal_flow)) +
	       sizeof(struct sal_flow_alt) + sizeof(struct sal_cell);
}

bool sal_flow_reserve(struct sal_domain *d, bool acct)
{
	u32 limit = READ_ONCE(d->limits.flows);

	if ((u32)atomic_inc_return(&d->n_flows) > limit &&
	    !flow_make_room(d, limit))
		goto err;
	if (sal_guest_charge(d, SAL_SHARE_TABLES, sal_flow_share(acct)))
		return true;
err:
	atomic_dec(&d->n_flows);
	return false;
}

void sal_flow_unreserve(struct sal_domain *d, bool acct)
{
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sal_flow_share(acct));
	atomic_dec(&d->n_flows);
}

void sal_flow_free(struct sal_flow *f)
{
	kfree(f->alt);
	kmem_cache_free(sal_acct_has(f) ? flow_acct_cache : flow_cache, f);
}

/* The cell goes only now: until here the collector may have exchanged it. */
static void flow_free_rcu(struct rcu_head *rcu)
{
	struct sal_flow *f = container_of(rcu, struct sal_flow, rcu);
	struct sal_cell *cell = rcu_dereference_raw(f->cell);
	struct sal_domain *d = cell->svc->domain;
	bool acct = sal_acct_has(f);

	atomic64_inc(&d->flows_destroyed);
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sal_flow_share(acct));
	/* those that go on in another flow are counted there */
	if (f->kind < SAL_FLOW_PAST)
		atomic_dec(&cell->svc->n_flows);
	atomic_dec(&d->n_ended);
	if (f->kind < SAL_FLOW_PAST &&
	    atomic_read(&f->marks) & SAL_MARK_REMOVED)
		sal_cell_end(cell);
	else
		sal_cell_put(cell);
	sal_flow_free(f);
}

/* it is in no table, but perhaps somebody still sees it */
void sal_flow_end(struct sal_domain *d, struct sal_flow *f)
{
	atomic_inc(&d->n_ended);
	atomic_dec(&d->n_flows);
	call_rcu(&f->rcu, flow_free_rcu);
}

bool sal_flow_unlink(struct sal_domain *d, struct sal_flow *f)
{
	return !rhashtable_remove_fast(&d->flows, &f->node, sal_flow_params);
}

/*
 * Out of both tables; nobody can see it in between. The entry of a past one may
 * have gone to the flow that it goes on in.
 */
static bool flow_unlink_mapped(struct sal_domain *d, struct sal_flow *f)
{
	bool mine;

	spin_lock_bh(&d->alt_lock);
	mine = sal_flow_unlink(d, f);
	if (mine && !rhashtable_remove_fast(&d->alts, &f->alt->node,
					    sal_alt_params))
		atomic_dec(&d->n_alts);
	spin_unlock_bh(&d->alt_lock);
	return mine;
}

bool sal_flow_remove(struct sal_domain *d, struct sal_flow *f)
{
	if (!(f->alt ? flow_unlink_mapped(d, f) : sal_flow_unlink(d, f)))
		return false;
	/* who passes it on in this moment tells of it, or sees that we did */
	if (!(atomic_fetch_or(SAL_MARK_REMOVED, &f->marks) &
	      SAL_MARK_PASSED_ON))
		sal_event_flow(d, f, SAL_CMD_FLOW_DEL_NTF);
	sal_flow_end(d, f);
	return true;
}

struct sal_flow *sal_flow_zalloc(struct sal_domain *d, bool acct)
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

int sal_flow_table_init(struct sal_domain *d)
{
	int err;

	err = rhashtable_init(&d->flows, &sal_flow_params);
	if (err)
		return err;
	err = rhashtable_init(&d->alts, &sal_alt_params);
	if (err) {
		rhashtable_destroy(&d->flows);
		return err;
	}
	sal_home_init(d);
	sal_flow_gc_init(d);
	return 0;
}

static void flow_destroy_one(void *ptr, void *arg)
{
	sal_flow_end(arg, ptr);
}

void sal_flow_table_destroy(struct sal_domain *d)
{
	sal_flow_gc_exit(d);
	sal_home_exit(d);
	rhashtable_destroy(&d->alts);
	rhashtable_free_and_destroy(&d->flows, flow_destroy_one, d);
}

int __init sal_flow_init(void)
{
	get_random_bytes(&flow_hash_key, sizeof(flow_hash_key));
	get_random_bytes(&sal_flow_secret, sizeof(sal_flow_secret));
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
