// SPDX-License-Identifier: GPL-2.0
/*
 * cell_branch.c - flows move one by one, to cells for those that remember the same
 */
#include <linux/jiffies.h>
#include <linux/random.h>

#include "cell.h"
#include "cells.h"
#include "endpoint.h"
#include "net.h"

/* of those that came last, how many are looked at for one that remembers the same */
#define CELLS_LOOK	128
/* ends of a grace time that differ */
#define CELLS_STEPS	8

void sal_cell_recall(const struct sal_cell *cell, struct sal_memory *memory)
{
	unsigned long grace = sal_cell_grace(cell);
	unsigned long step = max(grace / CELLS_STEPS, 1UL);

	lockdep_assert_held(&sal_lock);
	*memory = cell->memory;
	sal_cell_remember(memory, sal_cell_ep(cell)->id,
			  roundup(jiffies + grace, step));
}

/* the end of its grace, 0 where it is over, and none may begin */
static unsigned long former_ends(const struct sal_former *f)
{
	return f->ep && time_before(jiffies, f->until) ? f->until : 0;
}

bool sal_memory_is_like(const struct sal_memory *a, const struct sal_memory *b)
{
	unsigned int i;

	for (i = 0; i < SAL_FORMER; i++) {
		unsigned long ends = former_ends(&a->former[i]);

		if (ends != former_ends(&b->former[i]) ||
		    (ends && a->former[i].ep != b->former[i].ep))
			return false;
	}
	return true;
}

static bool cell_is_like(const struct sal_cell *cell,
			 const struct sal_cell *kin,
			 const struct sal_memory *memory)
{
	return cell->slot < 0 && !cell->cut && cell->tcp == kin->tcp &&
	       sal_memory_is_like(&cell->memory, memory);
}

/* how many flows that remember the same spread over; where there is little room, one */
static unsigned int branch_kin(const struct sal_endpoint *to,
			       const struct sal_cell *kin)
{
	if (to->n_cells[kin->af] >= SAL_CELLS_MAX / 2)
		return 1;
	return kin->tcp ? SAL_CELLS_TCP : SAL_CELLS;
}

/* one that no branch is yet, by chance */
static struct sal_cell *branch_old(const struct sal_cell *kin,
				   const struct sal_memory *memory,
				   struct sal_endpoint *to)
{
	unsigned int alike = 0, free = 0, looks = CELLS_LOOK;
	struct sal_cell *cell, *chosen = NULL;

	list_for_each_entry_reverse(cell, &to->cells[kin->af], list) {
		if (!looks--)
			break;
		if (!cell_is_like(cell, kin, memory))
			continue;
		alike++;
		if (cell->slot == -1 && !get_random_u32_below(++free))
			chosen = cell;
	}
	if (alike < branch_kin(to, kin) && !sal_cells_full(to, kin->af, 1))
		return NULL;
	/* its last flow may have gone, and it is about to be unlinked */
	if (!chosen || !refcount_inc_not_zero(&chosen->refs))
		return NULL;
	WRITE_ONCE(chosen->slot, SAL_CELL_BRANCH);
	return chosen;
}

struct sal_cell *sal_cell_branch(const struct sal_cell *kin,
				 const struct sal_memory *memory,
				 struct sal_endpoint *to,
				 struct list_head *fresh)
{
	struct sal_cell *branch = branch_old(kin, memory, to);

	lockdep_assert_held(&sal_lock);
	if (branch)
		return branch;
	if (sal_cells_full(to, kin->af, 1))
		return NULL;
	branch = sal_cells_first(fresh);
	branch->af = kin->af;
	branch->tcp = kin->tcp;
	WRITE_ONCE(branch->slot, SAL_CELL_BRANCH);
	branch->memory = *memory;
	RCU_INIT_POINTER(branch->ep, to);
	sal_cell_list_count(branch, 1);
	list_move_tail(&branch->list, &to->cells[branch->af]);
	return branch;
}

/* who is left is remembered by it before any packet can find the flow where it is now */
void sal_cell_rebind(struct sal_cell __rcu **slot, struct sal_cell *to)
{
	struct sal_cell *from;

	from = rcu_dereference_protected(*slot, lockdep_is_held(&sal_lock));
	/* never the first one: the request has one */
	sal_cell_get(to);
	rcu_assign_pointer(*slot, to);
	if (sal_cell_drop(from, false))
		sal_cell_unlink(from);
}

void sal_cell_release(struct sal_cell *cell)
{
	lockdep_assert_held(&sal_lock);
	WRITE_ONCE(cell->slot, -1);
	if (refcount_dec_and_test(&cell->refs))
		sal_cell_unlink(cell);
}
