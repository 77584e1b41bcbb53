// SPDX-License-Identifier: GPL-2.0
/*
 * stats.c - counters of a domain
 */
#include <linux/percpu.h>

#include "domain.h"
#include "stats.h"
#include "trace.h"
#include "traffic.h"

#define SAL_REASON(sym, _name, _drop, _text)				\
	[SAL_R_##sym] = { .name = _name, .text = _text, .drop = _drop },

const struct sal_reason_info sal_reason_info[SAL_R_NUM] = {
#include "reason_list.h"
};

#undef SAL_REASON

int sal_stats_init(struct sal_domain *d)
{
	int cpu;

	d->stats = alloc_percpu_gfp(struct sal_stats, GFP_KERNEL_ACCOUNT);
	if (!d->stats)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(d->stats, cpu)->syncp);
	return 0;
}

void sal_stats_exit(struct sal_domain *d)
{
	free_percpu(d->stats);
}

void sal_stats_add(struct sal_domain *d, enum sal_reason r, unsigned int n)
{
	unsigned long flags;
	struct sal_stats *s;
	bool off;

	if (trace_sal_drop_enabled() && sal_reason_info[r].drop)
		trace_sal_drop(r, n);

	off = sal_counting_begin();
	s = this_cpu_ptr(d->stats);
	flags = u64_stats_update_begin_irqsave(&s->syncp);
	u64_stats_add(&s->count[r], n);
	u64_stats_update_end_irqrestore(&s->syncp, flags);
	sal_counting_end(off);
}

u64 sal_stats_read(struct sal_domain *d, enum sal_reason r)
{
	unsigned int start;
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct sal_stats *s = per_cpu_ptr(d->stats, cpu);
		u64 v;

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			v = u64_stats_read(&s->count[r]);
		} while (u64_stats_fetch_retry(&s->syncp, start));
		sum += v;
	}
	return sum;
}
