/* SPDX-License-Identifier: GPL-2.0 */
/*
 * endpoint.h - instances of a service
 */
#ifndef _SAL_ENDPOINT_H
#define _SAL_ENDPOINT_H

#include <linux/list.h>

#include <uapi/linux/sal.h>

#include "addr.h"
#include "cell.h"
#include "drain.h"
#include "lease.h"
#include "revtable.h"
#include "traffic.h"
#include "txn.h"

struct net;
struct netlink_ext_ack;
struct sal_domain;
struct sal_endpoint;
struct sal_link_plan;
struct sal_service;

/**
 * struct sal_endpoint - an instance of a service
 * @id: number in the domain, from 1; never used again while anybody might
 *	remember it
 * @has: families it has an address of, as bits
 * @usable: for each family, whether flows may be bound to it: state up, no
 *	fault. Written under sal_lock, read without.
 * @leaving: it is about to lose its flows, which are not to come from another
 *	that is, too. Written under sal_lock, read without.
 * @weight: share of new flows, 0 for none. Written under sal_mutex, read without;
 *	likewise @tier and @max_flows.
 * @tier: it gets new flows where none of a lower tier takes any
 * @max_flows: it takes none while it has so many; 0 for no bound
 * @port: port by which it has the service's first one; 0 where that is the
 *	same; never changes
 * @shift: what is added to a port of the service to get the endpoint's, modulo
 *	2^16; never changes
 * @svc: whose it is; holds a reference
 * @cur: the current cells; new flows are bound to them. Written under
 *	sal_lock, read under RCU.
 * @rev: its addresses; never change, so a changed address is a new endpoint
 * @traffic: what it has carried; never changes
 * @in_service: in &sal_service.endpoints
 * @state: enum sal_endpoint_state. Written under sal_mutex and sal_lock, read
 *	without.
 * @fault: enum sal_fault bits for each family. sal_lock.
 * @cells: all cells that point to it, the current ones included. sal_lock.
 * @n_cells: how many for each family. sal_lock.
 * @net: namespace it lives in, no reference; NULL outside of this host, and
 *	once the namespace exits. Written under sal_lock; sal_mutex keeps what
 *	it points to from being freed, and so does RCU.
 * @in_net: in &sal_net.endpoints. Written under sal_lock, walked under it or
 *	RCU.
 * @recheck: in the list of those to be looked at anew. sal_lock.
 * @news: number of the last news of its addresses and their devices, see link.c. sal_lock.
 * @lease: until when it is usable
 * @drain: its drain; NULL before the first, and never changes then. Written under
 *	sal_mutex, read without.
 * @local: it lives in a namespace of this host
 * @absent: which is not there yet; never changes, as with its namespace it is a new
 *	endpoint
 * @moved: scratch space of sal_cells_leave(). sal_lock.
 * @in_moved: likewise: in the list of those with anything in @moved
 * @taken: what a request that moves selected flows has taken from it. sal_lock and
 *	sal_mutex.
 * @dead: deleted. sal_mutex and sal_lock.
 * @pending: planned only: what happens to it is told to nobody. sal_lock.
 * @plan: enum sal_plan. sal_mutex, likewise all down to @link.
 * @touched: in &sal_txn.endpoints
 * @heir: planned: the one that takes its place
 * @old: planned: the one whose place it takes
 * @cause: planned: why it goes
 * @want_weight: planned: its weight
 * @want_tier: planned: its tier
 * @want_max_flows: planned: its bound of flows
 * @want_state: planned: its state
 * @left: planned: namespace that it has left, for its last event
 * @link: planned: what a look at its addresses saw, or NULL
 * @until: jiffies; when a ghost is freed
 * @ghost: in &sal_domain.ghosts. sal_mutex.
 * @rcu: for freeing
 * @n_flows: flows bound to it, past ones and direct ones with an address of it among
 *	them, and those that have ended until their grace period is over. Written by
 *	each flow that comes or goes, so not beside what packets read.
 * @drain_phase: enum sal_drain_phase. Written under sal_mutex, read by those who
 *	write @n_flows.
 * @drain_ended: flows that have ended since the drain began
 * @moved_to: number of the endpoint that a request has moved its flows to last, or 0.
 *	Written under sal_mutex, read without, see affinity.c.
 * @moved_then: &sal_domain.moves of then; likewise
 * @opened_to: number of the endpoint that flows which it has opened have gone to
 *	last, or 0. A hint, see home.c; likewise the two below.
 * @opened_cause: enum sal_cause: why they go, where they do not wait
 * @opened_until: jiffies; what is under way from it is known by its name until then
 * @name: unique in its service
 */
struct sal_endpoint {
	u32 id;
	u8 has;
	bool usable[SAL_AF_NUM];
	bool leaving;
	u32 weight;
	u32 tier;
	u32 max_flows;
	u16 port;
	u16 shift;
	struct sal_service *svc;
	struct sal_cell __rcu *cur[SAL_AF_NUM][SAL_CELLS_ALL];
	struct sal_reverse rev[SAL_AF_NUM];
	struct sal_traffic __percpu *traffic;

	struct list_head in_service;
	u32 state;
	u32 fault[SAL_AF_NUM];
	struct list_head cells[SAL_AF_NUM];
	u32 n_cells[SAL_AF_NUM];
	struct net *net;
	struct list_head in_net;
	struct list_head recheck;
	u64 news;
	struct sal_lease lease;
	struct sal_drain *drain;
	bool local;
	bool absent;
	struct sal_moved moved;
	struct list_head in_moved;
	struct sal_moved taken;
	bool dead;
	bool pending;
	enum sal_plan plan;
	struct list_head touched;
	struct sal_endpoint *heir;
	struct sal_endpoint *old;
	enum sal_cause cause;
	u32 want_weight;
	u32 want_tier;
	u32 want_max_flows;
	u32 want_state;
	struct net *left;
	struct sal_link_plan *link;
	unsigned long until;
	struct list_head ghost;
	struct rcu_head rcu;
	atomic_t n_flows ____cacheline_aligned_in_smp;
	u8 drain_phase;
	atomic_t drain_ended;
	u32 moved_to;
	u32 moved_then;
	u32 opened_to;
	u8 opened_cause;
	unsigned long opened_until;
	char name[SAL_LABEL_MAX + 1];
};

/**
 * struct sal_endpoint_req - a request to create or change an endpoint
 * @name: name
 * @net: namespace, or NULL; the caller keeps it alive meanwhile
 * @absent: it will have one, which is not there yet
 * @addr: addresses
 * @has: which of @addr count, as bits
 * @port: port by which it has the service's first one, or 0
 * @weight: share of new flows, 0 for none
 * @tier: which of a service get new flows first
 * @max_flows: how many it may have, 0 for no bound
 * @state: enum sal_endpoint_state
 * @lease: for how long it is usable, in ms; 0 for ever
 * @renew: that time begins now
 * @drain: the deadline of a drain
 */
struct sal_endpoint_req {
	const char *name;
	struct net *net;
	bool absent;
	struct in6_addr addr[SAL_AF_NUM];
	u8 has;
	u16 port;
	u32 weight;
	u32 tier;
	u32 max_flows;
	u32 state;
	u32 lease;
	bool renew;
	struct sal_drain_want drain;
};

static inline const struct in6_addr *
sal_endpoint_addr(const struct sal_endpoint *ep, enum sal_af af)
{
	return &ep->rev[af].addr;
}

static inline bool sal_endpoint_has(const struct sal_endpoint *ep,
				    const struct in6_addr *addr)
{
	enum sal_af af = sal_addr_af(addr);

	return ep->has & BIT(af) &&
	       ipv6_addr_equal(sal_endpoint_addr(ep, af), addr);
}

/* a port of the service as the endpoint has it; and the other way round */
static inline __be16 sal_port_out(const struct sal_endpoint *ep, __be16 port)
{
	return likely(!ep->shift) ? port : htons(ntohs(port) + ep->shift);
}

static inline __be16 sal_port_in(const struct sal_endpoint *ep, __be16 port)
{
	return likely(!ep->shift) ? port : htons(ntohs(port) - ep->shift);
}

/* will it be there when the transaction is done? sal_mutex */
static inline bool sal_endpoint_stays(const struct sal_endpoint *ep)
{
	return !ep->dead && ep->plan != SAL_PLAN_DEL;
}

/* all under sal_mutex */

/* --- endpoint_txn.c: plans, which a failure of any makes void -------------- */

/**
 * sal_endpoint_check() - may there be such an endpoint?
 * @svc: service
 * @req: what it shall be
 * @self: the endpoint that it is to replace, or NULL
 * @extack: what is wrong
 *
 * Where this finds nothing, only memory or the end of its namespace can stand
 * in the way.
 *
 * Return: 0, EEXIST, EADDRINUSE, EADDRNOTAVAIL, ENOSPC, EINVAL.
 */
int sal_endpoint_check(struct sal_service *svc,
		       const struct sal_endpoint_req *req,
		       const struct sal_endpoint *self,
		       struct netlink_ext_ack *extack);

/**
 * sal_endpoint_create() - add an endpoint to a service
 * @t: transaction
 * @svc: service
 * @req: what it shall be. Whether its namespace becomes a member is the
 *	caller's matter.
 * @extack: what is wrong
 *
 * Looks at once whether the addresses are there; where they are, orphans come
 * to it and held packets leave as the transaction is done or soon after.
 *
 * Return: the endpoint, or an ERR_PTR: EEXIST, EADDRINUSE, EADDRNOTAVAIL,
 * ENOSPC, EINVAL, ENOENT, ENOMEM.
 */
struct sal_endpoint *sal_endpoint_create(struct sal_txn *t,
					 struct sal_service *svc,
					 const struct sal_endpoint_req *req,
					 struct netlink_ext_ack *extack);

/**
 * sal_endpoint_change() - change weight, state or addresses
 * @t: transaction
 * @ep: endpoint
 * @req: what it shall be, complete
 * @extack: what is wrong
 *
 * Where an address or the namespace changes, a new endpoint takes the place
 * of the old one and all its flows, in one step.
 *
 * Return: the endpoint, perhaps a new one, or an ERR_PTR.
 */
struct sal_endpoint *sal_endpoint_change(struct sal_txn *t,
					 struct sal_endpoint *ep,
					 const struct sal_endpoint_req *req,
					 struct netlink_ext_ack *extack);

/**
 * sal_endpoint_renew() - renew the lease, and nothing else
 * @t: transaction
 * @ep: endpoint that has one, or is planned to have
 *
 * Done at once where it is the only request, and told to nobody.
 *
 * Return: false where that is a change to be planned by sal_endpoint_change(),
 * as the lease has expired, or others are planned.
 */
bool sal_endpoint_renew(struct sal_txn *t, struct sal_endpoint *ep);

/* its flows go to the others; late replies are still known for a while */
void sal_endpoint_delete(struct sal_txn *t, struct sal_endpoint *ep,
			 enum sal_cause cause);

/* the steps of sal_txn_commit(), see there */
void sal_endpoint_admit(struct sal_endpoint *ep);
void sal_endpoint_arrive(struct sal_endpoint *ep);
void sal_endpoint_warn_off(struct sal_endpoint *ep);
void sal_endpoint_depart(struct sal_endpoint *ep);
void sal_endpoint_admit_late(struct sal_endpoint *ep);
void sal_endpoint_tell(struct sal_endpoint *ep);
void sal_endpoint_settle(struct sal_endpoint *ep);
/* as if nothing had been planned for it; a new one is gone */
void sal_endpoint_forget(struct sal_endpoint *ep);

/* --- endpoint.c ------------------------------------------------------------ */

/* made, and in all tables but the reverse one; or an ERR_PTR: ENOENT where its
 * namespace exits, ENOSPC, ENOMEM
 */
struct sal_endpoint *sal_endpoint_make(struct sal_service *svc,
				       const struct sal_endpoint_req *req,
				       struct netlink_ext_ack *extack);
/* out of those tables; its flows go to the others */
void sal_endpoint_remove(struct sal_endpoint *ep, enum sal_cause cause);
/* a removed one becomes a ghost */
void sal_endpoint_haunt(struct sal_endpoint *ep);
/* one that nobody has seen goes without a trace */
void sal_endpoint_vanish(struct sal_endpoint *ep);

/* the one that there will be when the transaction is done */
struct sal_endpoint *sal_endpoint_find(struct sal_service *svc,
				       const char *name);

/* number of flows bound to it and of cells that have any */
void sal_endpoint_count(struct sal_endpoint *ep, struct sal_moved *count);

/* it has carried a packet, and so has its service; RCU */
void sal_endpoint_carry(const struct sal_endpoint *ep, enum sal_direction dir,
			unsigned int bytes);

/* forget all ghosts of a domain */
void sal_endpoint_reap_all(struct sal_domain *d);

/* is any endpoint's address in the prefix, when the transaction is done? */
struct sal_endpoint *sal_endpoint_covered(struct sal_domain *d,
					  const struct sal_prefix *pfx);

void sal_endpoint_reap_work(struct work_struct *work);

#endif /* _SAL_ENDPOINT_H */
