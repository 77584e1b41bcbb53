// SPDX-License-Identifier: GPL-2.0
/*
 * traffic.c - what a service or an endpoint has carried
 */
#include "traffic.h"

struct sal_traffic __percpu *sal_traffic_alloc(void)
{
	struct sal_traffic __percpu *t;
	int cpu;

	t = alloc_percpu_gfp(struct sal_traffic, GFP_KERNEL_ACCOUNT);
	if (!t)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(t, cpu)->syncp);
	return t;
}

static void traffic_read_one(const struct sal_traffic *one,
			     struct sal_traffic_sum *sum)
{
	u64 packets[SAL_DIRECTIONS], bytes[SAL_DIRECTIONS];
	unsigned int start;
	int dir;

	do {
		start = u64_stats_fetch_begin(&one->syncp);
		for (dir = 0; dir < SAL_DIRECTIONS; dir++) {
			packets[dir] = u64_stats_read(&one->packets[dir]);
			bytes[dir] = u64_stats_read(&one->bytes[dir]);
		}
	} while (u64_stats_fetch_retry(&one->syncp, start));
	for (dir = 0; dir < SAL_DIRECTIONS; dir++) {
		sum->packets[dir] += packets[dir];
		sum->bytes[dir] += bytes[dir];
	}
}

void sal_traffic_read(const struct sal_traffic __percpu *t,
		      struct sal_traffic_sum *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	if (!t)
		return;
	for_each_possible_cpu(cpu)
		traffic_read_one(per_cpu_ptr(t, cpu), sum);
}
