/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cut.h - TCP flows that are being reset, as their service says `tcp reset`
 *
 * A flow is cut by its cell, all of a cell at once. Any segment of a cut flow is
 * answered by a RST with the numbers that its sender expects, and dropped. So nobody
 * needs to have kept these; but a connection may be idle, or hear nothing. So a work
 * asks both sides some times, by a segment that no connection accepts: who knows the
 * connection answers it with a duplicate acknowledgment, and is reset; who does not
 * answers it with a RST, and is done.
 */
#ifndef _SAL_CUT_H
#define _SAL_CUT_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "cell.h"
#include "flow.h"

struct sal_domain;

/**
 * struct sal_cuts - what a domain has to do with flows that are being reset
 * @work: walks its flows
 * @begun: jiffies as the latest walk began
 * @left: walks that are to come. sal_lock.
 */
struct sal_cuts {
	struct delayed_work work;
	unsigned long begun;
	u8 left;
};

/* is it? Those with an endpoint's own address are not, nor past ones. RCU. */
static inline bool sal_flow_is_cut(const struct sal_flow *f)
{
	const struct sal_cell *cell = rcu_dereference(f->cell);

	return READ_ONCE(cell->cut) && READ_ONCE(f->kind) == SAL_FLOW_SERVICE;
}

/* a cell is about to be cut: the period in which its flows end, never 0. sal_lock. */
u8 sal_cut_soon(struct sal_domain *d);

void sal_cuts_init(struct sal_domain *d);
/* no service is left; may sleep */
void sal_cuts_exit(struct sal_domain *d);

#endif /* _SAL_CUT_H */
