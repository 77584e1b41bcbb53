/* SPDX-License-Identifier: GPL-2.0 */
/*
 * traffic.h - what a service or an endpoint has carried
 */
#ifndef _SAL_TRAFFIC_H
#define _SAL_TRAFFIC_H

#include <linux/bottom_half.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/u64_stats_sync.h>

/**
 * enum sal_direction - which way a packet goes
 * @SAL_FORWARD: to an endpoint
 * @SAL_REVERSE: back to a client
 * @SAL_DIRECTIONS: how many
 */
enum sal_direction {
	SAL_FORWARD,
	SAL_REVERSE,
	SAL_DIRECTIONS,
};

/**
 * struct sal_traffic - what passed one CPU
 * @packets: by enum sal_direction; what is several segments of one packet yet
 *	counts as one
 * @bytes: of these, from their IP headers on
 * @syncp: for 32-bit readers
 */
struct sal_traffic {
	u64_stats_t packets[SAL_DIRECTIONS];
	u64_stats_t bytes[SAL_DIRECTIONS];
	struct u64_stats_sync syncp;
};

/**
 * struct sal_traffic_sum - what passed all CPUs
 * @packets: see struct sal_traffic
 * @bytes: see struct sal_traffic
 */
struct sal_traffic_sum {
	u64 packets[SAL_DIRECTIONS];
	u64 bytes[SAL_DIRECTIONS];
};

/* what one takes of memory */
static inline size_t sal_traffic_size(void)
{
	return num_possible_cpus() * sizeof(struct sal_traffic);
}

/* may sleep; NULL for lack of memory. free_percpu() ends it, in any context. */
struct sal_traffic __percpu *sal_traffic_alloc(void);

/*
 * Process and softirq contexts count the same things, per CPU. Where a counter is added to
 * in one step it is enough to stay on the CPU; else BH must be off, as it mostly is.
 */
static inline bool sal_counting_begin(void)
{
	bool off = !IS_ENABLED(CONFIG_64BIT) && !in_softirq();

	if (off)
		local_bh_disable();
	preempt_disable();
	return off;
}

static inline void sal_counting_end(bool off)
{
	preempt_enable();
	if (off)
		local_bh_enable();
}

/* between these two */
static inline void sal_traffic_add(struct sal_traffic __percpu *t,
				   enum sal_direction dir, unsigned int bytes)
{
	struct sal_traffic *mine = this_cpu_ptr(t);
	unsigned long flags;

	flags = u64_stats_update_begin_irqsave(&mine->syncp);
	u64_stats_inc(&mine->packets[dir]);
	u64_stats_add(&mine->bytes[dir], bytes);
	u64_stats_update_end_irqrestore(&mine->syncp, flags);
}

/* NULL has carried nothing */
void sal_traffic_read(const struct sal_traffic __percpu *t,
		      struct sal_traffic_sum *sum);

#endif /* _SAL_TRAFFIC_H */
