// SPDX-License-Identifier: GPL-2.0
/*
 * cell_move.c - all flows of an endpoint move: its cells point to another one
 *
 * Or they are cut, where a service says that its TCP flows are reset, see cut.c.
 */
#include <linux/jiffies.h>

#include "cell.h"
#include "cells.h"
#include "cut.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "flow.h"
#include "hold.h"
#include "home.h"
#include "link.h"
#include "net.h"
#include "path.h"
#include "sched.h"
#include "sched_maglev.h"
#include "service.h"
#include "stats.h"

/* of those that came first, how many are looked at for one that may forget */
#define CELLS_OLDEST	(SAL_CELLS_ALL + 32)

/* replies of its former endpoints are dropped from now on */
static void cell_forget(struct sal_cell *cell)
{
	unsigned int i;

	for (i = 0; i < SAL_FORMER; i++)
		WRITE_ONCE(cell->memory.former[i].ep, 0);
	sal_count(cell->svc->domain, SAL_R_CELL_FORGOT);
}

/*
 * One cell has come, one forgets, so none is left alone for long. Those that are cut go
 * soon by themselves.
 */
static void cells_forget_oldest(struct sal_endpoint *ep, enum sal_af af)
{
	unsigned int tries = CELLS_OLDEST;
	struct sal_cell *cell, *next;

	list_for_each_entry_safe(cell, next, &ep->cells[af], list) {
		if (!tries--)
			break;
		if (cell->slot >= 0)
			continue;
		list_move_tail(&cell->list, &ep->cells[af]);
		if (cell->cut)
			continue;
		if (sal_cell_remembers(cell))
			cell_forget(cell);
		/* its flows have not been settled yet, and may not be for a while */
		sal_flow_collect(ep->svc->domain);
		break;
	}
}

static void cell_target(struct sal_cell *cell, struct sal_endpoint *to)
{
	struct sal_endpoint *from = sal_cell_ep(cell);

	if (from)
		sal_cell_remember(&cell->memory, from->id,
				  jiffies + sal_cell_grace(cell));
	sal_cell_list_count(cell, -1);
	spin_lock(sal_cell_lock(cell));
	sal_cell_count(cell, -(int)sal_cell_flows(cell));
	/* what is on its way to the one before is not to be overtaken: before it is seen */
	sal_paths_void();
	rcu_assign_pointer(cell->ep, to);
	sal_cell_count(cell, sal_cell_flows(cell));
	spin_unlock(sal_cell_lock(cell));
	sal_cell_list_count(cell, 1);
	list_move_tail(&cell->list, to ? &to->cells[cell->af] :
					 &cell->svc->spread->orphans[cell->af]);
	if (to && sal_cells_full(to, cell->af, 0))
		cells_forget_oldest(to, cell->af);
}

/* empty cells do not count as moved */
static void cells_count_one(struct sal_moved *moved,
			    const struct sal_cell *cell)
{
	u32 flows = sal_cell_flows(cell);

	moved->flows += flows;
	moved->cells += !!flows;
}

/*
 * New flows are not bound to it any more; the first of them makes another. True where
 * it had no flow, and has gone.
 */
static bool cell_retire(struct sal_cell *cell, struct sal_endpoint *ep)
{
	int slot = cell->slot;

	if (slot < 0)
		return false;
	RCU_INIT_POINTER(ep->cur[cell->af][slot], NULL);
	WRITE_ONCE(cell->slot, -1);
	if (!refcount_dec_and_test(&cell->refs))
		return false;
	sal_cell_unlink(cell);
	return true;
}

static void cells_set_usable(struct sal_endpoint *ep, enum sal_af af,
			     bool usable)
{
	u32 *n = &ep->svc->usable[af];

	if (ep->usable[af] == usable)
		return;
	WRITE_ONCE(ep->usable[af], usable);
	WRITE_ONCE(*n, usable ? *n + 1 : *n - 1);
	sal_maglev_stale(ep->svc, 0);
}

static void cells_adopt(struct sal_endpoint *ep, enum sal_af af)
{
	struct sal_service *svc = ep->svc;
	struct sal_moved moved = {};
	struct sal_cell *cell, *next;

	list_for_each_entry_safe(cell, next, &svc->spread->orphans[af],
				 list) {
		if (cell->cut)
			continue;
		cells_count_one(&moved, cell);
		cell_target(cell, ep);
	}
	if (moved.flows)
		sal_event_migrate(svc, NULL, ep, &moved, 0,
				  SAL_CAUSE_ENDPOINT_UP);
}

void sal_cells_enter(struct sal_endpoint *ep, enum sal_af af)
{
	lockdep_assert_held(&sal_lock);
	cells_set_usable(ep, af, true);
	cells_adopt(ep, af);
	sal_hold_open(ep->svc, af);
	sal_home_changed(ep->svc);
}

bool sal_cell_is_cuttable(const struct sal_cell *cell)
{
	return cell->tcp && !cell->cut && sal_cell_flows(cell) &&
	       READ_ONCE(cell->svc->conf.tcp) == SAL_TCP_RESET;
}

/* it stays where it is, so that both sides are known, and takes no new flow */
static void cell_cut(struct sal_cell *cell, struct sal_endpoint *ep,
		     struct sal_moved *moved)
{
	struct sal_domain *d = cell->svc->domain;
	u8 last = sal_cut_soon(d);
	u32 flows;

	spin_lock(sal_cell_lock(cell));
	WRITE_ONCE(cell->cut, last);
	flows = sal_cell_flows(cell);
	spin_unlock(sal_cell_lock(cell));
	moved->resets += flows;
	sal_stats_add(d, SAL_R_FLOW_CUT, flows);
	cell_retire(cell, ep);
}

void sal_cells_cut(struct sal_endpoint *ep, enum sal_af af,
		   struct sal_moved *moved)
{
	struct sal_cell *cell, *next;

	lockdep_assert_held(&sal_lock);
	list_for_each_entry_safe(cell, next, &ep->cells[af], list)
		if (cell->tcp && !cell->cut && sal_cell_flows(cell))
			cell_cut(cell, ep, moved);
}

static void cells_left_event(struct sal_endpoint *from,
			     struct list_head *moved, enum sal_cause cause)
{
	struct sal_endpoint *to, *next;

	list_for_each_entry_safe(to, next, moved, in_moved) {
		sal_event_migrate(from->svc, from, to, &to->moved, 0, cause);
		memset(&to->moved, 0, sizeof(to->moved));
		list_del_init(&to->in_moved);
	}
}

/*
 * A cell without flows whose last one has just gone waits for sal_lock in
 * sal_cell_put(): anywhere, but not with an endpoint that may be freed before.
 */
static void cell_leave(struct sal_cell *cell, struct sal_sched_run *run,
		       struct list_head *moved, struct sal_moved *orphaned)
{
	const struct sal_service *svc = cell->svc;
	struct sal_endpoint *to = NULL;

	if (sal_cell_flows(cell) && svc->usable[cell->af] && !READ_ONCE(svc->ending))
		to = sal_sched_next(run);
	cells_count_one(to ? &to->moved : orphaned, cell);
	cell_target(cell, to);
	if (to && list_empty(&to->in_moved))
		list_add_tail(&to->in_moved, moved);
}

void sal_cells_leave(struct sal_endpoint *ep, enum sal_af af,
		     enum sal_cause cause)
{
	struct sal_sched_run run = { .svc = ep->svc, .af = af };
	struct sal_service *svc = ep->svc;
	struct sal_moved orphaned = {}, cut = {};
	struct sal_cell *cell, *next;
	LIST_HEAD(moved);

	lockdep_assert_held(&sal_lock);
	if (!ep->usable[af])
		return;
	cells_set_usable(ep, af, false);
	/* before any cell is an orphan: packets that find one must be held */
	if (!svc->usable[af])
		sal_hold_close(svc, af);
	WRITE_ONCE(ep->opened_cause, svc->usable[af] ? cause :
						       SAL_CAUSE_ENDPOINT_UP);
	sal_home_changed(svc);

	list_for_each_entry_safe(cell, next, &ep->cells[af], list) {
		if (cell->cut)
			continue;
		/* connections outlive the module (upgrade) */
		if (sal_cell_is_cuttable(cell) && !READ_ONCE(svc->ending) &&
		    !sal_link_exits())
			cell_cut(cell, ep, &cut);
		else if (!cell_retire(cell, ep))
			cell_leave(cell, &run, &moved, &orphaned);
	}
	cells_left_event(ep, &moved, cause);
	if (cut.resets)
		sal_event_migrate(svc, ep, NULL, &cut, 0, cause);
	if (orphaned.flows && !READ_ONCE(svc->ending))
		sal_event_migrate(svc, ep, NULL, &orphaned, 0, cause);
}

/*
 * As a failing endpoint's, but it stays usable, for when there is no other: so its
 * cells are as those of one that is left by request. What nobody takes stays.
 */
void sal_cells_shed(struct sal_endpoint *ep, enum sal_af af,
		    enum sal_cause cause, struct sal_moved *shed)
{
	struct sal_sched_run run = { .svc = ep->svc, .af = af, .willing = true };
	struct sal_cell *cell, *next;
	struct sal_moved cut = {};
	LIST_HEAD(moved);

	lockdep_assert_held(&sal_lock);
	if (!ep->usable[af])
		return;
	WRITE_ONCE(ep->leaving, true);
	list_for_each_entry_safe(cell, next, &ep->cells[af], list) {
		struct sal_endpoint *to;
		struct sal_moved one = {};

		if (cell->cut || !sal_cell_flows(cell))
			continue;
		to = sal_sched_next(&run);
		if (!to)
			break;
		if (sal_cell_is_cuttable(cell)) {
			cell_cut(cell, ep, &cut);
			continue;
		}
		cells_count_one(&one, cell);
		to->moved.flows += one.flows;
		to->moved.cells += one.cells;
		shed->flows += one.flows;
		shed->cells += one.cells;
		cell_target(cell, to);
		cell_retire(cell, ep);
		if (list_empty(&to->in_moved))
			list_add_tail(&to->in_moved, &moved);
	}
	WRITE_ONCE(ep->leaving, false);
	cells_left_event(ep, &moved, cause);
	shed->resets += cut.resets;
	if (cut.resets)
		sal_event_migrate(ep->svc, ep, NULL, &cut, 0, cause);
}

bool sal_cell_is_pinned(const struct sal_cell *cell)
{
	return cell->tcp &&
	       (READ_ONCE(cell->cut) ||
		READ_ONCE(cell->svc->conf.tcp) != SAL_TCP_REPAIR);
}

static bool cell_is_movable(const struct sal_cell *cell)
{
	return sal_cell_flows(cell) && !sal_cell_is_pinned(cell);
}

/* what is cut stays with who has the address that both sides know */
static bool cell_stays(const struct sal_cell *cell,
		       const struct sal_endpoint *from,
		       const struct sal_endpoint *to, bool all)
{
	enum sal_af af = cell->af;

	if (cell->cut)
		return !all || !ipv6_addr_equal(sal_endpoint_addr(from, af),
						sal_endpoint_addr(to, af));
	return !all && !cell_is_movable(cell);
}

/*
 * A current cell without flows stays: a flow that is bound to it meanwhile
 * came after the move.
 */
static void cells_move(struct sal_endpoint *from, struct sal_endpoint *to,
		       enum sal_af af, bool all, struct sal_moved *moved)
{
	struct sal_cell *cell, *next;

	lockdep_assert_held(&sal_lock);
	list_for_each_entry_safe(cell, next, &from->cells[af], list) {
		if (!all && sal_cell_is_cuttable(cell)) {
			cell_cut(cell, from, moved);
			continue;
		}
		if (cell_stays(cell, from, to, all))
			continue;
		cells_count_one(moved, cell);
		cell_target(cell, to);
		cell_retire(cell, from);
	}
}

void sal_cells_move(struct sal_endpoint *from, struct sal_endpoint *to,
		    enum sal_af af, struct sal_moved *moved)
{
	cells_move(from, to, af, false, moved);
}

void sal_cells_move_all(struct sal_endpoint *from, struct sal_endpoint *to,
			enum sal_af af, struct sal_moved *moved)
{
	cells_set_usable(from, af, false);
	cells_move(from, to, af, true, moved);
}

void sal_cells_count(struct sal_endpoint *ep, enum sal_af af,
		     struct sal_moved *count)
{
	struct sal_cell *cell;

	lockdep_assert_held(&sal_lock);
	list_for_each_entry(cell, &ep->cells[af], list)
		cells_count_one(count, cell);
}

void sal_cells_count_movable(struct sal_endpoint *ep, enum sal_af af,
			     struct sal_moved *count)
{
	struct sal_cell *cell;

	lockdep_assert_held(&sal_lock);
	list_for_each_entry(cell, &ep->cells[af], list) {
		if (cell_is_movable(cell))
			cells_count_one(count, cell);
		else if (sal_cell_is_cuttable(cell))
			count->resets += sal_cell_flows(cell);
	}
}

void sal_cells_detach(struct sal_endpoint *ep, enum sal_af af)
{
	struct sal_cell *cell, *next;

	lockdep_assert_held(&sal_lock);
	list_for_each_entry_safe(cell, next, &ep->cells[af], list)
		cell_target(cell, NULL);
}
