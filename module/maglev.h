/* SPDX-License-Identifier: GPL-2.0 */
/*
 * maglev.h - a table from hashes of conversations to endpoints
 *
 * After Eisenbud and others, Maglev: A Fast and Reliable Software Network Load
 * Balancer, NSDI 2016, section 3.4: endpoints take turns in choosing a slot, each
 * in an order of its own. So a table depends on nothing but names and weights, two
 * domains with the same configuration have the same, and where an endpoint comes or
 * goes few slots change hands.
 */
#ifndef _SAL_MAGLEV_H
#define _SAL_MAGLEV_H

#include <linux/timerqueue.h>
#include <linux/types.h>

/* a prime; so that a hundred endpoints have some 650 slots each */
#define SAL_MAGLEV_SLOTS	65537
/* most endpoints in a table */
#define SAL_MAGLEV_MAX		U16_MAX

/**
 * struct sal_maglev_entry - who takes part
 * @turn: when it chooses next, while the table is filled
 * @offset: where it begins, below %SAL_MAGLEV_SLOTS; then its next choice
 * @skip: how far it goes for each choice, 1 to %SAL_MAGLEV_SLOTS - 1
 * @weight: its share, 1 to %SAL_WEIGHT_MAX
 * @chosen: how many slots it has
 */
struct sal_maglev_entry {
	struct timerqueue_node turn;
	u32 offset;
	u32 skip;
	u32 weight;
	u32 chosen;
};

/* the order of an endpoint of that name */
void sal_maglev_order(struct sal_maglev_entry *e, const char *name);

/* fill %SAL_MAGLEV_SLOTS slots with indices of @n entries, 1 to %SAL_MAGLEV_MAX; may
 * sleep
 */
void sal_maglev_fill(u16 *slot, struct sal_maglev_entry *e, unsigned int n);

#ifdef DEBUG
int sal_maglev_selftest(void);
#else
static inline int sal_maglev_selftest(void)
{
	return 0;
}
#endif

#endif /* _SAL_MAGLEV_H */
