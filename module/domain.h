/* SPDX-License-Identifier: GPL-2.0 */
/*
 * domain.h - the tables that one network namespace owns
 */
#ifndef _SAL_DOMAIN_H
#define _SAL_DOMAIN_H

#include <linux/llist.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <uapi/linux/sal.h>

#include "addr.h"
#include "cut.h"
#include "direct.h"
#include "drain.h"
#include "fence.h"
#include "home.h"
#include "lease.h"
#include "addrhint.h"
#include "vip.h"

struct mem_cgroup;
struct net;
struct netlink_ext_ack;
struct sal_stats;
struct sal_upcall;

/**
 * struct sal_limits - what a domain may hold
 * @services: most services
 * @endpoints: most endpoints
 * @members: most members
 * @flows: most flows
 * @rules: most rules
 * @held: most bytes held by all services together
 * @policies: most policies
 *
 * Written under sal_mutex with WRITE_ONCE, read anywhere.
 */
struct sal_limits {
	u32 services;
	u32 endpoints;
	u32 members;
	u32 flows;
	u32 rules;
	u64 held;
	u32 policies;
};

/**
 * struct sal_domain - the tables that one network namespace owns
 * @rcu: for freeing; kfree_rcu() wants it near the beginning, and lockdep makes
 *	the rest large
 * @vips: VIP prefixes to services; read by the data path
 * @flows: flows by their server-side identity; see flow.h
 * @alts: flows with a mapped id by their client-side identity; see flow.h
 * @reverse: addresses to endpoints; see endpoint.h
 * @at: what is in @reverse, roughly; read by the data path. sal_mutex.
 * @affinities: clients and the endpoints that they keep; see affinity.h
 * @n_affinities: how many
 * @direct: conversations with endpoints' own addresses; see direct.h
 * @stats: counters, per CPU
 * @limits: what it may hold
 * @guest: what it has is charged to the shares of guest.h. Never changes.
 * @access: enum sal_access where no policy says anything. Written under
 *	sal_mutex, read anywhere.
 * @n_policies: policies. As @access.
 * @policies: policies by what they are about; read by the data path
 * @path_switch: enum sal_direct_mode: may packets take the direct path? Written under
 *	sal_mutex, read without.
 * @flow_acct: flows that begin have counters, see acct.h. Written under
 *	sal_mutex, read anywhere.
 * @n_rules: rules. Written under sal_mutex, read anywhere.
 * @rule_table: prefixes to rules, through &sal_rule.entry; read by the data path
 * @upcall: addresses that are asked for, or NULL before the first such rule.
 *	sal_mutex; packets have it from their rule.
 * @n_flows: flows that packets find
 * @n_ended: flows that were removed and wait for their grace period
 * @n_alts: flows with a mapped id
 * @alt_lock: a mapped flow is in both @flows and @alts, or in neither
 * @held_bytes: bytes held by all services
 * @held_packets: packets, likewise
 * @flow_id: number of the newest flow
 * @evict_hand: where the next flow to give way is looked for, see evict.c
 * @flows_created: flows ever made
 * @flows_destroyed: flows ever freed
 * @net: the owner. Valid while @dead is not set, and one RCU grace period on.
 * @memcg: who pays for what packets make the module allocate; may be NULL
 * @names: services by name. Written under sal_mutex, walked under it or RCU.
 * @aliases: their other names, see alias.h. As @names.
 * @services: services by number. As @names.
 * @endpoints: endpoints by number, ghosts not among them. As @names.
 * @addrs: their addresses in order, see cover.h. sal_mutex.
 * @members: members by number. As @names.
 * @rules: rules by number. sal_mutex.
 * @asking: of these, those that let packets wait, through &sal_rule.asking.
 *	sal_mutex.
 * @policy_numbers: policies by number. sal_mutex.
 * @n_services: services. sal_mutex.
 * @n_endpoints: endpoints, ghosts not counted. sal_mutex.
 * @n_members: members. sal_mutex.
 * @next_service: where the search for a number begins, so that numbers come
 *	back late. sal_mutex. Likewise @next_endpoint, @next_member,
 *	@next_policy.
 * @next_endpoint: see @next_service
 * @next_member: see @next_service
 * @next_rule: see @next_service
 * @next_policy: see @next_service
 * @pools: VIP pools. sal_mutex.
 * @n_pools: how many. sal_mutex.
 * @id_prefix: prefix of IDs derived from names. sal_mutex.
 * @txn_id: number of the latest transaction. sal_mutex.
 * @moves: how often a request has moved an endpoint's flows. Written under sal_mutex,
 *	read without.
 * @generation: changes with each change of what a dump of the configuration
 *	shows
 * @seq: number of the latest event of each multicast group. event_lock.
 * @event_lock: keeps events of a group in the order of their numbers
 * @ghosts: deleted endpoints whose late replies are still translated,
 *	through &sal_endpoint.ghost. sal_mutex.
 * @n_ghosts: how many. sal_mutex.
 * @queues: hold queues, through &sal_hold_queue.list. Added to under
 *	@queues_lock, taken off under sal_mutex, too, walked under sal_mutex.
 * @queues_lock: nests inside the lock of a hold queue
 * @reap: frees @ghosts when their time is over
 * @refresh: looks at the tables of the services in @stale
 * @cuts: TCP flows that are being reset
 * @fences: what was fenced off and is to be told
 * @thaw: thaws those of @frozen whose time is over
 * @frozen: &struct sal_freeze. sal_mutex.
 * @stale: services, through &sal_spread.stale
 * @leases: leases of @endpoints that run
 * @drains: drains of @endpoints
 * @settle: looks up anew what has come to wait since VIPs or rules have changed
 * @homes: clients that have moved, see home.h
 * @gc: collects flows
 * @gc_iter: where @gc is in @flows
 * @gc_walks: it is somewhere; like the next two written by @gc alone
 * @gc_chunks: how far it goes at a time
 * @gc_then: when it had last met all flows
 * @gc_all: it is to look at all flows at once. Written by anybody.
 * @gc_soon: likewise, each time: there was a service of which affinity is short. Written under
 *	sal_mutex, and never cleared.
 * @dead: the owner is going; no events any more. Written under sal_mutex.
 * @refs: the owner, members, services
 */
struct sal_domain {
	struct rcu_head rcu;
	struct sal_vip_table vips;
	struct rhashtable flows;
	struct rhashtable alts;
	struct rhashtable reverse;
	struct rhashtable affinities;
	struct sal_stats __percpu *stats;
	struct sal_limits limits;
	u32 access;
	u32 n_policies;
	struct rhashtable policies;
	bool guest;
	bool flow_acct;
	u32 path_switch;
	u32 n_rules;
	struct sal_vip_table rule_table;
	struct sal_upcall *upcall;
	atomic_t n_flows ____cacheline_aligned_in_smp;
	atomic_t n_ended;
	atomic_t n_alts;
	atomic_t n_affinities;
	spinlock_t alt_lock;	/* mapped flows into and out of both tables */
	atomic64_t held_bytes;
	atomic_t held_packets;
	atomic_t flow_id;
	atomic_t evict_hand;
	atomic64_t flows_created;
	atomic64_t flows_destroyed;

	struct net *net ____cacheline_aligned_in_smp;
	struct mem_cgroup *memcg;
	struct rhashtable names;
	struct rhashtable aliases;
	struct xarray services;
	struct xarray endpoints;
	struct rb_root addrs;
	struct xarray members;
	struct xarray rules;
	struct list_head asking;
	struct xarray policy_numbers;
	u32 n_services;
	u32 n_endpoints;
	u32 n_members;
	u32 next_service;
	u32 next_endpoint;
	u32 next_member;
	u32 next_rule;
	u32 next_policy;
	struct sal_prefix pools[SAL_POOLS_MAX];
	u32 n_pools;
	struct sal_prefix id_prefix;
	u32 txn_id;
	u32 moves;
	atomic_t generation;
	u64 seq[9];
	spinlock_t event_lock;	/* @seq, and the order of events */
	struct list_head ghosts;
	u32 n_ghosts;
	struct list_head queues;
	spinlock_t queues_lock;	/* what is added to @queues */
	struct delayed_work reap;
	struct delayed_work refresh;
	struct llist_head stale;
	struct sal_cuts cuts;
	struct sal_fences fences;
	struct delayed_work thaw;
	struct list_head frozen;
	struct sal_leases leases;
	struct sal_drains drains;
	struct delayed_work settle;
	struct sal_homes homes;
	struct delayed_work gc;
	struct rhashtable_iter gc_iter;
	bool gc_walks;
	unsigned int gc_chunks;
	unsigned long gc_then;
	bool gc_all;
	bool gc_soon;
	bool dead;
	refcount_t refs;

	struct sal_addrhint at ____cacheline_aligned_in_smp;
	struct sal_direct direct ____cacheline_aligned_in_smp;
};

/* what a domain has before anybody sets anything */
extern const struct sal_limits sal_domain_limits;
extern const struct sal_prefix sal_domain_id_prefix;

/* the domain of a namespace, made if need be; sal_mutex */
struct sal_domain *sal_domain_obtain(struct net *net);
/* the domain of a namespace or NULL; sal_mutex or RCU */
struct sal_domain *sal_domain_find(struct net *net);

void sal_domain_get(struct sal_domain *d);
void sal_domain_put(struct sal_domain *d);

/**
 * sal_domain_changed() - note a change of the configuration
 * @d: domain; sal_mutex is held, or sal_lock where an endpoint fails
 */
static inline void sal_domain_changed(struct sal_domain *d)
{
	atomic_inc(&d->generation);
}

int sal_domain_set_pools(struct sal_domain *d, const struct sal_prefix *pools,
			 u32 n, struct netlink_ext_ack *extack);

/* delete everything in it; sal_mutex */
void sal_domain_flush(struct sal_domain *d);

/* the two halves of its end: before and after the RCU grace period of the
 * namespace's exit
 */
void sal_domain_shut(struct sal_domain *d);
void sal_domain_destroy(struct sal_domain *d);

/* allocations that packets cause are charged to the domain's creator */
struct mem_cgroup *sal_domain_charge(struct sal_domain *d);
void sal_domain_uncharge(struct mem_cgroup *old);

#endif /* _SAL_DOMAIN_H */
