/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats.h - counters of a domain, per CPU
 */
#ifndef _SAL_STATS_H
#define _SAL_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

#include "reason.h"
#include "traffic.h"

struct sal_domain;

/**
 * struct sal_stats - the counters of one CPU
 * @count: by enum sal_reason
 * @syncp: for 32-bit readers
 */
struct sal_stats {
	u64_stats_t count[SAL_R_NUM];
	struct u64_stats_sync syncp;
};

/**
 * struct sal_reason_info - what users see of a counter
 * @name: short name
 * @text: one sentence
 * @drop: each packet counted was dropped
 */
struct sal_reason_info {
	const char *name;
	const char *text;
	bool drop;
};

extern const struct sal_reason_info sal_reason_info[SAL_R_NUM];

int sal_stats_init(struct sal_domain *d);
void sal_stats_exit(struct sal_domain *d);

/* any context */
void sal_stats_add(struct sal_domain *d, enum sal_reason r, unsigned int n);
u64 sal_stats_read(struct sal_domain *d, enum sal_reason r);

/* what is no drop, and is counted for each packet, is not worth a call */
static inline void sal_count_packet(struct sal_stats __percpu *stats,
				    enum sal_reason r)
{
	bool off = sal_counting_begin();
	struct sal_stats *s = this_cpu_ptr(stats);
	unsigned long flags;

	flags = u64_stats_update_begin_irqsave(&s->syncp);
	u64_stats_inc(&s->count[r]);
	u64_stats_update_end_irqrestore(&s->syncp, flags);
	sal_counting_end(off);
}

static inline void sal_count(struct sal_domain *d, enum sal_reason r)
{
	sal_stats_add(d, r, 1);
}

#endif /* _SAL_STATS_H */
