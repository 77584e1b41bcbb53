/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sched.h - which endpoint a flow goes to
 *
 * A scheduler chooses among the endpoints that take new flows: usable, of some
 * weight, not draining, below their maximum of flows, and of the lowest tier that
 * has any such. It runs once for each new flow, so a walk over the service's
 * endpoints is cheaper than a table that every change of theirs would have to
 * rebuild, perhaps where memory cannot be had; Maglev has one nevertheless.
 */
#ifndef _SAL_SCHED_H
#define _SAL_SCHED_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "addr.h"

struct sal_conv;
struct sal_domain;
struct sal_endpoint;
struct sal_service;

/* the endpoint of a new flow, or an ERR_PTR: EUSERS where some are usable and none
 * takes any, EAGAIN where none is, or all have just gone. RCU.
 */
struct sal_endpoint *sal_sched_pick(struct sal_service *svc,
				    const struct sal_conv *conv);

/* would it take a new flow, whatever its tier? RCU or sal_lock */
bool sal_sched_takes(const struct sal_endpoint *ep, enum sal_af af);

/* --- what schedulers see ---------------------------------------------------- */

/**
 * struct sal_sched_pool - endpoints that a flow may go to
 * @svc: service
 * @af: family
 * @moving: for flows that have lost their endpoint: not to one that is about to
 *	lose its own; and where none takes new flows, any that is usable
 * @any: there was none that takes new flows
 * @usable: there was one that is usable
 * @tier: of all in it
 * @n: how many
 * @total: their weights, which are at least 1
 *
 * Others may change an endpoint between two walks: the sums are a hint.
 */
struct sal_sched_pool {
	struct sal_service *svc;
	enum sal_af af;
	bool moving;
	bool any;
	bool usable;
	u32 tier;
	u32 n;
	u32 total;
};

/* is it in the pool? */
bool sal_sched_has(const struct sal_sched_pool *pool,
		   const struct sal_endpoint *ep);

/* its share; RCU or sal_lock */
u32 sal_sched_weight(const struct sal_endpoint *ep);

/* the one that has number @n of all the weights, 0 the first of the first one;
 * the last one where they have become less meanwhile. *@left: how many numbers from
 * @n on are its own.
 */
struct sal_endpoint *sal_sched_at(const struct sal_sched_pool *pool, u32 n,
				  u32 *left);

/* has @a less to do for its weight than @b, with one flow more each? */
bool sal_sched_less(const struct sal_endpoint *a, const struct sal_endpoint *b);

/**
 * struct sal_sched_ops - a scheduler
 * @find: where it need not look at all endpoints: one that takes the flow, or NULL where
 *	that has to be. RCU.
 * @pick: choose from a pool that has at least one; NULL only where all of them
 *	have just gone. RCU.
 */
struct sal_sched_ops {
	struct sal_endpoint *(*find)(const struct sal_service *svc,
				     enum sal_af af,
				     const struct sal_conv *conv);
	struct sal_endpoint *(*pick)(const struct sal_sched_pool *pool,
				     const struct sal_conv *conv);
};

extern const struct sal_sched_ops sal_sched_wrr;
extern const struct sal_sched_ops sal_sched_lc;
extern const struct sal_sched_ops sal_sched_p2c;
extern const struct sal_sched_ops sal_sched_maglev;

/* --- flows that lose their endpoint ------------------------------------------ */

/**
 * struct sal_sched_run - many picks in a row
 * @svc: service
 * @af: family
 * @willing: only endpoints that take new flows
 * @pool: as it was when the run began
 * @ep: the latest pick, or NULL
 * @left: how often it is still picked
 *
 * By weighted round robin, whatever the service's scheduler, as it is not known
 * which flows a cell has. Does not walk the endpoints from the first for each; so
 * the cells of an endpoint that fails find their places in a few walks. sal_lock
 * is held from the first pick to the last.
 */
struct sal_sched_run {
	struct sal_service *svc;
	enum sal_af af;
	bool willing;
	struct sal_sched_pool pool;
	struct sal_endpoint *ep;
	u32 left;
};

/* the next one, or NULL where none is usable, or willing */
struct sal_endpoint *sal_sched_next(struct sal_sched_run *run);

#endif /* _SAL_SCHED_H */
