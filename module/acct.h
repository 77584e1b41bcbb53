/* SPDX-License-Identifier: GPL-2.0 */
/*
 * acct.h - what a flow has carried, where that is counted
 *
 * A flow that begins while its domain has flow-acct on is a larger object, of a
 * slab of its own, with counters behind the flow. A mark, %SAL_MARK_ACCT, tells
 * it from its beginning to its end; other flows cost no memory and no write.
 */
#ifndef _SAL_ACCT_H
#define _SAL_ACCT_H

#include <linux/atomic.h>
#include <linux/cache.h>

#include "flow.h"
#include "track.h"
#include "traffic.h"

struct sal_member;

/**
 * struct sal_acct - what has gone one way
 * @packets: packets; as &sal_traffic.packets
 * @bytes: of these
 *
 * Both directions are often different CPUs'.
 */
struct sal_acct {
	atomic64_t packets;
	atomic64_t bytes;
} ____cacheline_aligned;

/**
 * struct sal_flow_acct - a flow with counters
 * @flow: the flow
 * @carried: by enum sal_direction. Written by each packet; those of a past
 *	flow go to the one that its conversation goes on in.
 */
struct sal_flow_acct {
	struct sal_flow flow;
	struct sal_acct carried[SAL_DIRECTIONS];
};

static inline bool sal_acct_has(const struct sal_flow *f)
{
	return atomic_read(&f->marks) & SAL_MARK_ACCT;
}

/* of a flow that has counters; RCU */
void sal_acct_add(const struct sal_member *m, struct sal_flow *f,
		  enum sal_direction dir, unsigned int bytes);

/**
 * sal_acct_count() - a packet of a flow has been translated
 * @m: the member that translates the flow
 * @f: the flow
 * @dir: which way it goes
 * @bytes: its size
 *
 * Also of a direct one, which is no service's traffic. RCU, any context.
 */
static inline void sal_acct_count(const struct sal_member *m,
				  struct sal_flow *f, enum sal_direction dir,
				  unsigned int bytes)
{
	if (unlikely(sal_acct_has(f)))
		sal_acct_add(m, f, dir, bytes);
}

/* a flow has become a past or a moved one: what it has counted is the other's; RCU */
void sal_acct_pass_on(const struct sal_member *m, struct sal_flow *f);

/* of a flow that has counters; RCU */
void sal_acct_read(const struct sal_flow *f, struct sal_traffic_sum *sum);

/* of one that nobody has seen yet, as it was before */
void sal_acct_set(struct sal_flow *f, const struct sal_traffic_sum *sum);

#endif /* _SAL_ACCT_H */
