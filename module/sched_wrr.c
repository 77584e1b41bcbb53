// SPDX-License-Identifier: GPL-2.0
/*
 * sched_wrr.c - weighted round robin
 *
 * Each endpoint gets as many flows in a row as its weight says.
 */
#include "sched.h"
#include "service.h"

static struct sal_endpoint *wrr_pick(const struct sal_sched_pool *pool,
				     const struct sal_conv *conv)
{
	u32 turn = (u32)atomic_inc_return(&pool->svc->spread->turn[pool->af]);
	u32 left;

	return sal_sched_at(pool, turn % pool->total, &left);
}

const struct sal_sched_ops sal_sched_wrr = {
	.pick = wrr_pick,
};
