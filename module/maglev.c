// SPDX-License-Identifier: GPL-2.0
/*
 * maglev.c - a table from hashes of conversations to endpoints
 */
#include <linux/cleanup.h>
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

static u32 maglev_heaviest(const struct sal_maglev_entry *e, unsigned int n)
{
	u32 max = 0;

	while (n--)
		max = max(max, e[n].weight);
	return max;
}

/* in each round the heaviest chooses once, the others as often as their share is */
void sal_maglev_fill(u16 *slot, struct sal_maglev_entry *e, unsigned int n)
{
	unsigned int left = SAL_MAGLEV_SLOTS;
	u32 max = maglev_heaviest(e, n);
	unsigned int i;

	/* %SAL_MAGLEV_MAX everywhere */
	memset(slot, 0xff, SAL_MAGLEV_SLOTS * sizeof(*slot));
	for (i = 0; left; i = (i + 1) % n) {
		if (!i)
			cond_resched();
		e[i].credit += e[i].weight;
		if (e[i].credit < max)
			continue;
		e[i].credit -= max;
		maglev_choose(slot, &e[i], i);
		left--;
	}
}

#include "selftest/maglev.c"
