// SPDX-License-Identifier: GPL-2.0
/*
 * maglev.c - a table from hashes of conversations to endpoints
 */
#include <linux/cleanup.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/string.h>

#include "compat.h"
#include "maglev.h"

/* the same everywhere, or two domains would not choose alike */
static const siphash_key_t maglev_key[2] = {
	{ { 0x73616c206d61676cull, 0x6576206f66667365ull } },
	{ { 0x73616c206d61676cull, 0x657620736b697020ull } },
};

void sal_maglev_order(struct sal_maglev_entry *e, const char *name)
{
	size_t len = strlen(name);

	e->offset = (u32)siphash(name, len, &maglev_key[0]) % SAL_MAGLEV_SLOTS;
	e->skip = (u32)siphash(name, len, &maglev_key[1]) %
		  (SAL_MAGLEV_SLOTS - 1) + 1;
}

static u32 maglev_step(const struct sal_maglev_entry *e)
{
	u32 next = e->offset + e->skip;

	return next < SAL_MAGLEV_SLOTS ? next : next - SAL_MAGLEV_SLOTS;
}

/* the first free slot in its order */
static void maglev_choose(u16 *slot, struct sal_maglev_entry *e, u16 i)
{
	while (slot[e->offset] != SAL_MAGLEV_MAX)
		e->offset = maglev_step(e);
	slot[e->offset] = i;
	e->offset = maglev_step(e);
}

/* its n-th choice is at the time n / weight; of the same time, who was queued first */
static void maglev_queue(struct timerqueue_head *queue,
			 struct sal_maglev_entry *e)
{
	e->chosen++;
	e->turn.expires = div_u64((u64)e->chosen << 32, e->weight);
	timerqueue_add(queue, &e->turn);
}

/* a queue, as there may be many of little weight beside one of much */
void sal_maglev_fill(u16 *slot, struct sal_maglev_entry *e, unsigned int n)
{
	unsigned int left = SAL_MAGLEV_SLOTS;
	struct timerqueue_head queue;
	struct timerqueue_node *node;
	unsigned int i;

	/* %SAL_MAGLEV_MAX everywhere */
	memset(slot, 0xff, SAL_MAGLEV_SLOTS * sizeof(*slot));
	timerqueue_init_head(&queue);
	for (i = 0; i < n; i++) {
		timerqueue_init(&e[i].turn);
		maglev_queue(&queue, &e[i]);
	}
	while (left--) {
		node = timerqueue_getnext(&queue);
		i = container_of(node, struct sal_maglev_entry, turn) - e;
		timerqueue_del(&queue, node);
		maglev_choose(slot, &e[i], i);
		maglev_queue(&queue, &e[i]);
		cond_resched();
	}
}

#include "selftest/maglev.c"
