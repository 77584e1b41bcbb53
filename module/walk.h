/* SPDX-License-Identifier: GPL-2.0 */
/*
 * walk.h - the way of a client's packet, without one: will it be answered?
 *
 * Nothing is sent, made or changed. All of it runs under sal_mutex, which keeps
 * the namespaces of members and endpoints from being freed, and the domain as it
 * is. What is outside of the domain (routes, neighbours, others' hooks) is as it
 * was when it was looked at.
 */
#ifndef _SAL_WALK_H
#define _SAL_WALK_H

#include <linux/if.h>
#include <linux/types.h>

#include <uapi/linux/sal.h>

#include "addr.h"

struct net;
struct sal_domain;
struct sal_member;
struct sal_rule;
struct sal_service;

/* most steps told */
#define SAL_WALK_STEPS		128
/* most endpoints walked to */
#define SAL_WALK_ENDPOINTS	8
/* most hooks told of a namespace */
#define SAL_WALK_HOOKS		16
/* namespaces whose hooks are looked at: client, router, bridge, endpoints */
#define SAL_WALK_PLACES		(SAL_WALK_ENDPOINTS + 3)

/**
 * struct sal_walk_step - what was found at one step
 * @kind: enum sal_step_kind
 * @finding: enum sal_finding
 * @has: which of the following count, a bit for each SAL_A_STEP_*; flags have
 *	nothing but that
 * @at: namespace where it was looked, or NULL
 * @addr: see the spec for this and the others
 * @via: see @addr
 * @err: an errno, positive
 * @placement: see @addr
 * @state: see @addr
 * @fault: see @addr
 * @endpoints: see @addr
 * @gate: see @addr
 * @held: see @addr
 * @neighbour: see @addr
 * @hook: see @addr
 * @priority: see @addr
 * @rule: see @addr
 * @action: see @addr
 * @access: see @addr
 * @policy_from: see @addr; a service's own, under the sal_mutex of the walk
 * @policy_to: likewise
 * @dev: see @addr
 * @name: see @addr
 */
struct sal_walk_step {
	u32 kind;
	u32 finding;
	u32 has;
	struct net *at;
	struct in6_addr addr;
	struct in6_addr via;
	u32 err;
	u32 placement;
	u32 state;
	u32 fault;
	u32 endpoints;
	u32 gate;
	u32 held;
	u32 neighbour;
	u32 hook;
	s32 priority;
	struct sal_prefix rule;
	u32 action;
	u32 access;
	const char *policy_from;
	const char *policy_to;
	char dev[IFNAMSIZ];
	char name[SAL_NAME_MAX + 1];
};

/**
 * struct sal_walk - a walk: what was asked, and what was found
 * @d: domain; NULL where there is none yet
 * @svc: the service, or NULL where there is none
 * @name: name that was asked for, or NULL
 * @rule: the rule that @dst is subject to, or NULL
 * @action: what it does in the end, where it does not lead in a circle
 * @loop: it does
 * @from: the client's namespace; held by the caller
 * @dst: the VIP's address
 * @has_dst: there is one: not for the name of no service
 * @af: family
 * @proto: IP protocol
 * @dport: destination port, or 0
 * @src: address that the client would send from
 * @has_src: it is known
 * @router: the member that translates in the router placement, or NULL
 * @bridged: a wire on the way ends in a bridge of the domain's namespace
 * @filters: others' hooks were seen
 * @seen: namespaces whose hooks were told
 * @n_seen: how many
 * @verdict: what it came to
 * @left_out: endpoints and hooks that are not told
 * @n_steps: how many steps there are
 * @step: the steps, room for SAL_WALK_STEPS, and one that is not told
 *
 * Lives on the caller's stack or heap, for one request.
 */
struct sal_walk {
	struct sal_domain *d;
	struct sal_service *svc;
	const char *name;
	const struct sal_rule *rule;
	u32 action;
	bool loop;
	struct net *from;
	struct in6_addr dst;
	bool has_dst;
	enum sal_af af;
	u8 proto;
	__be16 dport;

	struct in6_addr src;
	bool has_src;
	struct sal_member *router;
	bool bridged;
	bool filters;
	const struct net *seen[SAL_WALK_PLACES];
	u32 n_seen;
	enum sal_verdict verdict;
	u32 left_out;
	u32 n_steps;
	struct sal_walk_step *step;
};

/* all under sal_mutex */

/* room for the steps; 0 or ENOMEM. Without sal_mutex. */
int sal_walk_init(struct sal_walk *w);
void sal_walk_destroy(struct sal_walk *w);

/* go; what was asked is filled in */
void sal_walk(struct sal_walk *w);

/* --- for the files of the walk -------------------------------------------- */

/* the next step, in a namespace or nowhere (NULL); never NULL */
struct sal_walk_step *sal_walk_add(struct sal_walk *w, enum sal_step_kind kind,
				   struct net *at);
/* it ends here, unless it has ended before */
void sal_walk_blame(struct sal_walk *w, struct sal_walk_step *step,
		    enum sal_verdict verdict);

/**
 * struct sal_walk_hop - where a route leads
 * @src: source address that it suggests, or the one asked with
 * @next: the neighbour: gateway or destination
 * @gateway: it is a gateway
 * @ifindex: number of the device
 * @dev: its name
 */
struct sal_walk_hop {
	struct in6_addr src;
	struct in6_addr next;
	bool gateway;
	int ifindex;
	char dev[IFNAMSIZ];
};

/* walk_route.c */

/* a route in a namespace; @from may be NULL. 0 or an errno, negative. */
int sal_walk_lookup(const struct sal_walk *w, struct net *at,
		    const struct in6_addr *from, const struct in6_addr *to,
		    struct sal_walk_hop *hop);
/* a step about what that has found */
struct sal_walk_step *sal_walk_route(struct sal_walk *w, struct net *at,
				     const struct in6_addr *to,
				     const struct sal_walk_hop *hop, int err);
/* a step about the neighbour there, where it takes one */
void sal_walk_neighbour(struct sal_walk *w, struct net *at,
			const struct sal_walk_hop *hop);
/* does a namespace have an address? */
bool sal_walk_is_local(struct net *net, const struct in6_addr *addr);
/* does it forward what comes by a device? */
bool sal_walk_forwards(const struct sal_walk *w, struct net *at,
		       const struct sal_walk_hop *hop);

/* walk_hooks.c */

/* does the wire behind a device end in a bridge of the domain's namespace? */
void sal_walk_wire(struct sal_walk *w, struct net *at,
		   const struct sal_walk_hop *hop);
/* steps about others' hooks at a namespace, once for each; @mask: bits of enum
 * sal_hook
 */
void sal_walk_hooks(struct sal_walk *w, struct net *at, u32 mask);
/* likewise about those that see what passes its bridges */
void sal_walk_bridge(struct sal_walk *w, struct net *at);

#endif /* _SAL_WALK_H */
