// SPDX-License-Identifier: GPL-2.0
/*
 * sched_p2c.c - the better one of two, drawn by weight
 *
 * Nearly as even as least flows. Where several nodes balance for the same
 * endpoints, or many flows begin at once, they do not all run to the same one.
 */
#include <linux/random.h>

#include "endpoint.h"
#include "sched.h"
#include "service.h"

static struct sal_endpoint *p2c_draw(const struct sal_sched_pool *pool)
{
	u32 left;

	return sal_sched_at(pool, get_random_u32_below(pool->total), &left);
}

static struct sal_endpoint *p2c_pick(const struct sal_sched_pool *pool,
				     const struct sal_conv *conv)
{
	struct sal_endpoint *a = p2c_draw(pool), *b = p2c_draw(pool);

	if (!a || !b)
		return a ?: b;
	return sal_sched_less(b, a) ? b : a;
}

const struct sal_sched_ops sal_sched_p2c = {
	.pick = p2c_pick,
};
