// SPDX-License-Identifier: GPL-2.0
/*
 * cell.c - what flows are bound to
 *
 * A flow points to a cell, a cell to an endpoint. Moving all flows of an
 * endpoint is re-targeting its cells: the cost is in the number of cells, not
 * of flows. A cell is *current* while new flows of its endpoint are bound to
 * it; each usable endpoint has SAL_CELLS_ALL current ones for each family. A cell
 * that has moved away with its flows is never current again: it lives on until
 * its last flow has gone, or the collector has bound its flows to the current
 * ones of the same endpoint (flow_gc.c). So cells that are not current are never
 * more than there are flows, and there is one hop at the most.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/random.h>

#include "cell.h"
#include "compat.h"
#include "cut.h"
#include "domain.h"
#include "drain.h"
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
/* of those that came last, how many are looked at for one that remembers the same */
#define CELLS_LOOK	128
/* ends of a grace time that differ */
#define CELLS_STEPS	8

/* An endpoint has as many flows counted as its cells have bound. There are so many
 * cells that they share their locks; nobody has two.
 */
static spinlock_t cell_locks[64] = {
	[0 ... 63] = __SPIN_LOCK_UNLOCKED(cell_locks),
};

static spinlock_t *cell_lock(const struct sal_cell *cell)
{
	return &cell_locks[hash_ptr(cell, 6)];
}

static u32 cell_flows(const struct sal_cell *cell)
{
	u32 refs = refcount_read(&cell->refs);

	return cell->slot != -1 && refs ? refs - 1 : refs;
}

static struct sal_endpoint *cell_ep(const struct sal_cell *cell)
{
	return rcu_dereference_protected(cell->ep,
					 lockdep_is_held(&sal_lock));
}

static void cell_free_rcu(struct rcu_head *rcu)
{
	struct sal_cell *cell = container_of(rcu, struct sal_cell, rcu);

	sal_service_put(cell->svc);
	kfree(cell);
}

/* it comes into the list of its endpoint, or goes from there */
static void cell_list_count(const struct sal_cell *cell, int n)
{
	struct sal_endpoint *ep = cell_ep(cell);

	if (ep)
		ep->n_cells[cell->af] += n;
}

static void cell_unlink(struct sal_cell *cell)
{
	lockdep_assert_held(&sal_lock);
	cell_list_count(cell, -1);
	list_del(&cell->list);
	call_rcu(&cell->rcu, cell_free_rcu);
}

static struct sal_endpoint *cell_ep_locked(const struct sal_cell *cell)
{
	return rcu_dereference_protected(cell->ep,
					 lockdep_is_held(cell_lock(cell)));
}

/* its last flow has gone, or others have come; pairs with drain_done() */
static int cell_count_at(struct sal_endpoint *ep, int n)
{
	int flows = atomic_add_return(n, &ep->n_flows);
	/* who sees that there is one sees it; pairs with drain_set_on() */
	u8 phase = smp_load_acquire(&ep->drain_phase);
	bool on = phase == SAL_DRAIN_ON;

	if (unlikely(phase != SAL_DRAIN_NOT) && on == !flows)
		sal_drain_look(ep);
	return flows;
}

/* its endpoint is there as long as a cell points to it under the lock */
static void cell_count(const struct sal_cell *cell, int n)
{
	struct sal_endpoint *ep;

	ep = cell_ep_locked(cell);
	if (ep)
		cell_count_at(ep, n);
}

static bool cell_get(struct sal_cell *cell)
{
	if (!refcount_inc_not_zero(&cell->refs))
		return false;
	cell_count(cell, 1);
	return true;
}

bool sal_cell_get(struct sal_cell *cell)
{
	bool there;

	spin_lock_bh(cell_lock(cell));
	there = cell_get(cell);
	spin_unlock_bh(cell_lock(cell));
	return there;
}

/* as sal_cell_get(), for a flow that begins */
static bool cell_get_uncut(struct sal_cell *cell)
{
	bool there;

	spin_lock_bh(cell_lock(cell));
	there = !cell->cut && cell_get(cell);
	spin_unlock_bh(cell_lock(cell));
	return there;
}

static void cell_note_end(const struct sal_cell *cell)
{
	struct sal_endpoint *ep = cell_ep_locked(cell);

	if (ep && unlikely(READ_ONCE(ep->drain_phase) == SAL_DRAIN_ON))
		atomic_inc(&ep->drain_ended);
}

/* true where that was the last flow, and the cell is to be unlinked */
static bool cell_drop(struct sal_cell *cell, bool ended)
{
	bool last;

	spin_lock_bh(cell_lock(cell));
	if (ended)
		cell_note_end(cell);
	cell_count(cell, -1);
	last = refcount_dec_and_test(&cell->refs);
	spin_unlock_bh(cell_lock(cell));
	return last;
}

static void cell_put(struct sal_cell *cell, bool ended)
{
	if (!cell_drop(cell, ended))
		return;
	spin_lock_bh(&sal_lock);
	cell_unlink(cell);
	spin_unlock_bh(&sal_lock);
}

/**
 * sal_cell_put() - a flow lets go of its cell
 * @cell: cell
 */
void sal_cell_put(struct sal_cell *cell)
{
	cell_put(cell, false);
}

/**
 * sal_cell_end() - a flow has ended
 * @cell: cell that it was bound to
 */
void sal_cell_end(struct sal_cell *cell)
{
	cell_put(cell, true);
}

static struct sal_cell *cell_current(struct sal_endpoint *ep, enum sal_af af,
				     bool tcp, u32 hash)
{
	u32 slot = tcp ? SAL_CELLS + hash % SAL_CELLS_TCP : hash % SAL_CELLS;

	return rcu_dereference(ep->cur[af][slot]);
}

/* likewise, but not over the bound of the endpoint */
static bool cell_get_bounded(struct sal_cell *cell, struct sal_endpoint *ep)
{
	u32 max = READ_ONCE(ep->max_flows);
	bool got = false;

	spin_lock_bh(cell_lock(cell));
	if (rcu_access_pointer(cell->ep) == ep && !cell->cut) {
		got = (u32)cell_count_at(ep, 1) <= max &&
		      refcount_inc_not_zero(&cell->refs);
		if (!got)
			cell_count_at(ep, -1);
	}
	spin_unlock_bh(cell_lock(cell));
	return got;
}

struct sal_cell *sal_cell_bind(struct sal_endpoint *ep, enum sal_af af,
			       bool tcp, u32 hash)
{
	struct sal_cell *cell = cell_current(ep, af, tcp, hash);
	bool got;

	if (!cell)
		return NULL;
	got = READ_ONCE(ep->max_flows) ? cell_get_bounded(cell, ep) :
					 cell_get_uncut(cell);
	return got ? cell : NULL;
}

struct sal_cell *sal_cell_bind_again(struct sal_endpoint *ep, enum sal_af af,
				     bool tcp, u32 hash)
{
	struct sal_cell *cell = cell_current(ep, af, tcp, hash);

	return cell && sal_cell_get(cell) ? cell : NULL;
}

/* those of one kind share one, as long as any of them is there */
static struct sal_cell *cell_orphan(struct sal_service *svc, enum sal_af af,
				    bool tcp)
{
	struct list_head *orphans = &svc->spread->orphans[af];
	struct sal_cell *cell;

	list_for_each_entry(cell, orphans, list)
		if (cell->tcp == tcp && !cell->cut && sal_cell_get(cell))
			return cell;
	cell = kzalloc_obj(*cell, GFP_ATOMIC | __GFP_ACCOUNT);
	if (!cell)
		return NULL;
	sal_service_get(svc);
	cell->svc = svc;
	cell->af = af;
	cell->slot = -1;
	cell->tcp = tcp;
	refcount_set(&cell->refs, 1);
	list_add(&cell->list, orphans);
	return cell;
}

struct sal_cell *sal_cell_bind_lost(struct sal_service *svc, enum sal_af af,
				    bool tcp, u32 hash)
{
	struct sal_sched_run run = { .svc = svc, .af = af };
	struct sal_endpoint *ep = NULL;
	struct sal_cell *cell;

	/* so that an orphan finds who comes, and who comes finds the orphan */
	spin_lock_bh(&sal_lock);
	if (svc->usable[af])
		ep = sal_sched_next(&run);
	cell = ep ? sal_cell_bind_again(ep, af, tcp, hash) :
		    cell_orphan(svc, af, tcp);
	spin_unlock_bh(&sal_lock);
	return cell;
}

bool sal_cell_was(const struct sal_cell *cell, u32 ep)
{
	unsigned int i;

	for (i = 0; i < SAL_FORMER; i++) {
		const struct sal_former *f = &cell->memory.former[i];

		/* pairs with cell_remember() */
		if (smp_load_acquire(&f->ep) != ep)
			continue;
		if (time_before(jiffies, READ_ONCE(f->until)))
			return true;
	}
	return false;
}

bool sal_cell_remembers(const struct sal_cell *cell)
{
	unsigned int i;

	for (i = 0; i < SAL_FORMER; i++)
		if (READ_ONCE(cell->memory.former[i].ep) &&
		    time_before(jiffies, READ_ONCE(cell->memory.former[i].until)))
			return true;
	return false;
}

/* under sal_lock, so that no move can come between the look and the exchange */
struct sal_cell *sal_cell_settle(struct sal_cell *cell,
				 struct sal_cell __rcu **slot)
{
	struct sal_cell *to = NULL, *put = NULL;
	struct sal_endpoint *ep;

	spin_lock_bh(&sal_lock);
	ep = cell_ep(cell);
	/* A request may have moved the flow since it was looked at. And it is
	 * counted there already, so its bound does not matter.
	 */
	if (rcu_access_pointer(*slot) == cell && ep && cell->slot < 0 &&
	    !cell->cut && !sal_cell_remembers(cell))
		to = cell_current(ep, cell->af, cell->tcp, get_random_u32());
	if (to && sal_cell_get(to)) {
		rcu_assign_pointer(*slot, to);
		put = cell;
	}
	spin_unlock_bh(&sal_lock);
	return put;
}

/*
 * A reader that sees the new time with the old endpoint extends the grace of
 * one that is being forgotten, for that one packet: harmless. The reverse,
 * the new endpoint with an old time, is what the order prevents.
 */
static void cell_remember(struct sal_memory *memory, u32 ep,
			  unsigned long until)
{
	struct sal_former *f = NULL;
	unsigned int i;

	for (i = 0; i < SAL_FORMER; i++)
		if (memory->former[i].ep == ep)
			f = &memory->former[i];
	if (!f) {
		f = &memory->former[memory->next];
		memory->next = (memory->next + 1) % SAL_FORMER;
	}
	WRITE_ONCE(f->until, until);
	/* pairs with sal_cell_was() */
	smp_store_release(&f->ep, ep);
}

static unsigned long cell_grace(const struct sal_cell *cell)
{
	return msecs_to_jiffies(READ_ONCE(cell->svc->conf.grace));
}

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
		if (sal_cell_remembers(cell)) {
			cell_forget(cell);
			sal_flow_collect(ep->svc->domain);
		}
		break;
	}
}

static void cell_target(struct sal_cell *cell, struct sal_endpoint *to)
{
	struct sal_endpoint *from = cell_ep(cell);

	if (from)
		cell_remember(&cell->memory, from->id,
			      jiffies + cell_grace(cell));
	cell_list_count(cell, -1);
	spin_lock(cell_lock(cell));
	cell_count(cell, -(int)cell_flows(cell));
	/* what is on its way to the one before is not to be overtaken */
	sal_paths_void();
	rcu_assign_pointer(cell->ep, to);
	cell_count(cell, cell_flows(cell));
	spin_unlock(cell_lock(cell));
	cell_list_count(cell, 1);
	list_move_tail(&cell->list, to ? &to->cells[cell->af] :
					 &cell->svc->spread->orphans[cell->af]);
	if (to && unlikely(to->n_cells[cell->af] > SAL_CELLS_MAX))
		cells_forget_oldest(to, cell->af);
}

/* empty cells do not count as moved */
static void cells_count_one(struct sal_moved *moved,
			    const struct sal_cell *cell)
{
	u32 flows = cell_flows(cell);

	moved->flows += flows;
	moved->cells += !!flows;
}

int sal_cells_prepare(struct list_head *fresh, struct sal_service *svc,
		      enum sal_af af, unsigned int n)
{
	while (n--) {
		struct sal_cell *cell;

		cell = kzalloc_obj(*cell, GFP_KERNEL_ACCOUNT);
		if (!cell)
			return -ENOMEM;
		sal_service_get(svc);
		cell->svc = svc;
		cell->af = af;
		cell->slot = -1;
		refcount_set(&cell->refs, 1);
		list_add(&cell->list, fresh);
	}
	return 0;
}

void sal_cells_discard(struct list_head *fresh)
{
	struct sal_cell *cell, *next;

	list_for_each_entry_safe(cell, next, fresh, list) {
		list_del(&cell->list);
		sal_service_put(cell->svc);
		kfree(cell);
	}
}

static struct sal_cell *cells_first(const struct list_head *fresh)
{
	return list_first_entry(fresh, struct sal_cell, list);
}

static void cell_make_current(struct sal_cell *cell, struct sal_endpoint *ep,
			      int slot)
{
	WRITE_ONCE(cell->slot, slot);
	cell->tcp = slot >= SAL_CELLS;
	RCU_INIT_POINTER(cell->ep, ep);
	cell_list_count(cell, 1);
	/* in front: who walks the list and fills slots does not meet it */
	list_move(&cell->list, &ep->cells[cell->af]);
	rcu_assign_pointer(ep->cur[cell->af][slot], cell);
}

/*
 * New flows are not bound to it any more, but to a fresh one at once, where
 * its endpoint stays usable. True where it had no flow, and has gone.
 */
static bool cell_retire(struct sal_cell *cell, struct sal_endpoint *ep,
			struct list_head *fresh)
{
	int slot = cell->slot;

	if (slot < 0)
		return false;
	if (fresh && !list_empty(fresh))
		cell_make_current(cells_first(fresh), ep, slot);
	else
		RCU_INIT_POINTER(ep->cur[cell->af][slot], NULL);
	WRITE_ONCE(cell->slot, -1);
	if (!refcount_dec_and_test(&cell->refs))
		return false;
	cell_unlink(cell);
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

static void cells_fill(struct sal_endpoint *ep, enum sal_af af,
		       struct list_head *fresh)
{
	int slot;

	for (slot = 0; slot < SAL_CELLS_ALL; slot++) {
		if (rcu_access_pointer(ep->cur[af][slot]))
			continue;
		if (WARN_ON_ONCE(list_empty(fresh)))
			return;
		cell_make_current(cells_first(fresh), ep, slot);
	}
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

void sal_cells_install(struct sal_endpoint *ep, enum sal_af af,
		       struct list_head *fresh)
{
	lockdep_assert_held(&sal_lock);
	cells_fill(ep, af, fresh);
	cells_set_usable(ep, af, true);
	cells_adopt(ep, af);
	sal_hold_open(ep->svc, af);
	sal_home_changed(ep->svc);
}

bool sal_cell_is_cuttable(const struct sal_cell *cell)
{
	return cell->tcp && !cell->cut && cell_flows(cell) &&
	       READ_ONCE(cell->svc->conf.tcp) == SAL_TCP_RESET;
}

/* it stays where it is, so that both sides are known, and takes no new flow */
static void cell_cut(struct sal_cell *cell, struct sal_endpoint *ep,
		     struct list_head *fresh, struct sal_moved *moved)
{
	struct sal_domain *d = cell->svc->domain;
	u8 last = sal_cut_soon(d);
	u32 flows;

	spin_lock(cell_lock(cell));
	WRITE_ONCE(cell->cut, last);
	flows = cell_flows(cell);
	spin_unlock(cell_lock(cell));
	moved->resets += flows;
	sal_stats_add(d, SAL_R_FLOW_CUT, flows);
	cell_retire(cell, ep, fresh);
}

void sal_cells_cut(struct sal_endpoint *ep, enum sal_af af,
		   struct list_head *fresh, struct sal_moved *moved)
{
	struct sal_cell *cell, *next;

	lockdep_assert_held(&sal_lock);
	list_for_each_entry_safe(cell, next, &ep->cells[af], list)
		if (cell->tcp && !cell->cut && cell_flows(cell))
			cell_cut(cell, ep, fresh, moved);
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

	if (cell_flows(cell) && svc->usable[cell->af] && !READ_ONCE(svc->ending))
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
			cell_cut(cell, ep, NULL, &cut);
		else if (!cell_retire(cell, ep, NULL))
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
		    struct list_head *fresh, enum sal_cause cause,
		    struct sal_moved *shed)
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

		if (cell->cut || !cell_flows(cell))
			continue;
		to = sal_sched_next(&run);
		if (!to)
			break;
		if (sal_cell_is_cuttable(cell)) {
			cell_cut(cell, ep, fresh, &cut);
			continue;
		}
		cells_count_one(&one, cell);
		to->moved.flows += one.flows;
		to->moved.cells += one.cells;
		shed->flows += one.flows;
		shed->cells += one.cells;
		cell_target(cell, to);
		cell_retire(cell, ep, fresh);
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
	return cell_flows(cell) && !sal_cell_is_pinned(cell);
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
void sal_cells_move(struct sal_endpoint *from, struct sal_endpoint *to,
		    enum sal_af af, struct list_head *fresh,
		    struct sal_moved *moved)
{
	bool all = list_empty(fresh);
	struct sal_cell *cell, *next;

	lockdep_assert_held(&sal_lock);
	if (all)
		cells_set_usable(from, af, false);
	list_for_each_entry_safe(cell, next, &from->cells[af], list) {
		if (!all && sal_cell_is_cuttable(cell)) {
			cell_cut(cell, from, fresh, moved);
			continue;
		}
		if (cell_stays(cell, from, to, all))
			continue;
		cells_count_one(moved, cell);
		cell_target(cell, to);
		cell_retire(cell, from, fresh);
	}
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
			count->resets += cell_flows(cell);
	}
}

void sal_cells_detach(struct sal_endpoint *ep, enum sal_af af)
{
	struct sal_cell *cell, *next;

	lockdep_assert_held(&sal_lock);
	list_for_each_entry_safe(cell, next, &ep->cells[af], list)
		cell_target(cell, NULL);
}

/* --- flows that move alone -------------------------------------------------- */

void sal_cell_recall(const struct sal_cell *cell, struct sal_memory *memory)
{
	unsigned long grace = cell_grace(cell);
	unsigned long step = max(grace / CELLS_STEPS, 1UL);

	lockdep_assert_held(&sal_lock);
	*memory = cell->memory;
	cell_remember(memory, cell_ep(cell)->id,
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
	if (alike < branch_kin(to, kin) &&
	    to->n_cells[kin->af] < SAL_CELLS_MAX)
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
	if (to->n_cells[kin->af] >= SAL_CELLS_MAX)
		return NULL;
	branch = cells_first(fresh);
	branch->af = kin->af;
	branch->tcp = kin->tcp;
	WRITE_ONCE(branch->slot, SAL_CELL_BRANCH);
	branch->memory = *memory;
	RCU_INIT_POINTER(branch->ep, to);
	cell_list_count(branch, 1);
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
	if (cell_drop(from, false))
		cell_unlink(from);
}

void sal_cell_release(struct sal_cell *cell)
{
	lockdep_assert_held(&sal_lock);
	WRITE_ONCE(cell->slot, -1);
	if (refcount_dec_and_test(&cell->refs))
		cell_unlink(cell);
}
