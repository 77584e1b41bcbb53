/* SPDX-License-Identifier: GPL-2.0 */
/*
 * home.h - where the client of a flow is, and where it goes on
 *
 * A client that has a name (see peer.h) is an endpoint, and may go and come back
 * elsewhere as others do: what it has opened goes on with another endpoint of
 * the same service, under the same name. That is never for a packet to say: an
 * endpoint gets what another one has opened where a request moves it there, and
 * where that one cannot be used any more, as flows that it serves.
 */
#ifndef _SAL_HOME_H
#define _SAL_HOME_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "addr.h"

struct in6_addr;
struct sal_conv;
struct sal_domain;
struct sal_endpoint;
struct sal_flow;
struct sal_member;
struct sal_moved;
struct sal_service;

/**
 * struct sal_homes - what is to be told of clients that have moved
 * @lock: guards @moves
 * @moves: &struct home_move, of moves that nobody has been told of
 */
struct sal_homes {
	spinlock_t lock;	/* @moves */
	struct list_head moves;
};

/* the service whose clients have a name, or NULL; RCU */
struct sal_service *sal_home_service(struct sal_domain *d,
				     const struct in6_addr *name);

/* a flow begins whose client has a name; it is in no table yet. RCU. */
void sal_home_begin(struct sal_domain *d, struct sal_flow *f);

/* may its client go on elsewhere? RCU */
bool sal_home_follows(const struct sal_flow *f);

/* it may, and it is not where it was, nor elsewhere yet; RCU */
bool sal_home_awaited(struct sal_domain *d, const struct sal_flow *f);

/* was its client there, and may what it has sent be under way? RCU */
bool sal_home_was(struct sal_domain *d, const struct sal_flow *f,
		  const struct in6_addr *client);

/* likewise, and is what it sends to the endpoint's own address not of it? RCU */
bool sal_home_has_left(const struct sal_member *m, const struct sal_flow *f,
		       const struct sal_conv *conv);

/**
 * sal_home_find() - where the client of a flow is now
 * @d: domain
 * @f: flow
 *
 * RCU, any context.
 *
 * Return: @f, also where nobody has come for it; what it goes on in; or an
 * ERR_PTR: EAGAIN where it has gone, ENOMEM, ENOSPC.
 */
struct sal_flow *sal_home_find(struct sal_domain *d, struct sal_flow *f);

/* a client's packet that hits no flow of its own: one that is to be its; or NULL.
 * RCU.
 */
struct sal_flow *sal_home_claim(const struct sal_member *m,
				const struct sal_service *svc,
				const struct sal_conv *conv);

/* an endpoint has become usable, or ceased to be: look at all soon. sal_lock. */
void sal_home_changed(const struct sal_service *svc);

/* what an endpoint has opened goes to the one that takes its place. sal_lock. */
void sal_home_inherit(struct sal_endpoint *old, struct sal_endpoint *ep);

/**
 * sal_home_migrate() - what some endpoints have opened goes to another one
 * @from: endpoints of one service
 * @n: how many
 * @to: another one of it
 * @newest: number of the newest flow that goes
 * @check: only count
 * @moved: for each of @from, what is counted
 *
 * sal_mutex.
 *
 * Return: how many stay for want of memory.
 */
u32 sal_home_migrate(struct sal_endpoint *const *from, unsigned int n,
		     const struct sal_endpoint *to, u32 newest, bool check,
		     struct sal_moved *moved);

/* tell of what has moved; sal_mutex is taken */
void sal_home_tell(struct sal_domain *d);

void sal_home_init(struct sal_domain *d);
/* nobody moves any more */
void sal_home_exit(struct sal_domain *d);

#endif /* _SAL_HOME_H */
