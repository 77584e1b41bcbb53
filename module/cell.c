// SPDX-License-Identifier: GPL-2.0
/*
 * cell.c - what flows are bound to
 *
 * A flow points to a cell, a cell to an endpoint. Moving all flows of an
 * endpoint is re-targeting its cells: the cost is in the number of cells, not
 * of flows. A cell is *current* while new flows of its endpoint are bound to
 * it; each usable endpoint has room for SAL_CELLS_ALL current ones for each family,
 * and each of them is made when its first flow comes. A cell
 * that has moved away with its flows is never current again: it lives on until
 * its last flow has gone, or the collector has bound its flows to the current
 * ones of the same endpoint (flow_gc.c). So cells that are not current are never
 * more than there are flows, and there is one hop at the most.
 *
 * Here is how flows come to cells and go; how cells move is in cell_move.c, and how
 * flows move one by one in cell_branch.c.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/random.h>

#include "cell.h"
#include "cells.h"
#include "compat.h"
#include "domain.h"
#include "drain.h"
#include "endpoint.h"
#include "net.h"
#include "sched.h"
#include "service.h"

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

spinlock_t *sal_cell_lock(const struct sal_cell *cell)
{
	return cell_lock(cell);
}

static void cell_free_rcu(struct rcu_head *rcu)
{
	struct sal_cell *cell = container_of(rcu, struct sal_cell, rcu);

	sal_service_put(cell->svc);
	kfree(cell);
}

void sal_cell_unlink(struct sal_cell *cell)
{
	lockdep_assert_held(&sal_lock);
	sal_cell_list_count(cell, -1);
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
void sal_cell_count(const struct sal_cell *cell, int n)
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
	sal_cell_count(cell, 1);
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
bool sal_cell_drop(struct sal_cell *cell, bool ended)
{
	bool last;

	spin_lock_bh(cell_lock(cell));
	if (ended)
		cell_note_end(cell);
	sal_cell_count(cell, -1);
	last = refcount_dec_and_test(&cell->refs);
	spin_unlock_bh(cell_lock(cell));
	return last;
}

static void cell_put(struct sal_cell *cell, bool ended)
{
	if (!sal_cell_drop(cell, ended))
		return;
	spin_lock_bh(&sal_lock);
	sal_cell_unlink(cell);
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

static struct sal_cell *cell_alloc(struct sal_service *svc, enum sal_af af,
				   gfp_t gfp)
{
	struct sal_cell *cell = kzalloc_obj(*cell, gfp);

	if (!cell)
		return NULL;
	sal_service_get(svc);
	cell->svc = svc;
	cell->af = af;
	cell->slot = -1;
	refcount_set(&cell->refs, 1);
	return cell;
}

/* likewise, where a packet or a notifier wants it; sal_lock */
static struct sal_cell *cell_alloc_now(struct sal_service *svc, enum sal_af af)
{
	struct mem_cgroup *old = sal_domain_charge(svc->domain);
	struct sal_cell *cell;

	cell = cell_alloc(svc, af, GFP_ATOMIC | __GFP_ACCOUNT);
	sal_domain_uncharge(old);
	return cell;
}

static unsigned int cell_slot(bool tcp, u32 hash)
{
	return tcp ? SAL_CELLS + hash % SAL_CELLS_TCP : hash % SAL_CELLS;
}

/* the current one of a slot, made where there is none; NULL where the endpoint is not
 * usable, or ENOMEM
 */
static struct sal_cell *cell_current_locked(struct sal_endpoint *ep,
					    enum sal_af af, unsigned int slot)
{
	struct sal_cell *cell;

	cell = rcu_dereference_protected(ep->cur[af][slot],
					 lockdep_is_held(&sal_lock));
	if (cell || !ep->usable[af])
		return cell;
	cell = cell_alloc_now(ep->svc, af);
	if (!cell)
		return ERR_PTR(-ENOMEM);
	cell->slot = slot;
	cell->tcp = slot >= SAL_CELLS;
	RCU_INIT_POINTER(cell->ep, ep);
	sal_cell_list_count(cell, 1);
	list_add(&cell->list, &ep->cells[af]);
	rcu_assign_pointer(ep->cur[af][slot], cell);
	return cell;
}

static struct sal_cell *cell_current(struct sal_endpoint *ep, enum sal_af af,
				     unsigned int slot)
{
	struct sal_cell *cell = rcu_dereference(ep->cur[af][slot]);

	if (likely(cell) || !READ_ONCE(ep->usable[af]))
		return cell;
	spin_lock_bh(&sal_lock);
	cell = cell_current_locked(ep, af, slot);
	spin_unlock_bh(&sal_lock);
	return cell;
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
	struct sal_cell *cell = cell_current(ep, af, cell_slot(tcp, hash));
	bool got;

	if (IS_ERR_OR_NULL(cell))
		return cell;
	got = READ_ONCE(ep->max_flows) ? cell_get_bounded(cell, ep) :
					 cell_get_uncut(cell);
	return got ? cell : NULL;
}

struct sal_cell *sal_cell_bind_again(struct sal_endpoint *ep, enum sal_af af,
				     bool tcp, u32 hash)
{
	struct sal_cell *cell = cell_current(ep, af, cell_slot(tcp, hash));

	return IS_ERR_OR_NULL(cell) || sal_cell_get(cell) ? cell : NULL;
}

/* likewise; sal_lock */
static struct sal_cell *cell_bind_locked(struct sal_endpoint *ep, enum sal_af af,
					 bool tcp, u32 hash)
{
	struct sal_cell *cell;

	cell = cell_current_locked(ep, af, cell_slot(tcp, hash));
	return IS_ERR_OR_NULL(cell) || sal_cell_get(cell) ? cell : NULL;
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
	cell = cell_alloc_now(svc, af);
	if (!cell)
		return ERR_PTR(-ENOMEM);
	cell->tcp = tcp;
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
	cell = ep ? cell_bind_locked(ep, af, tcp, hash) :
		    cell_orphan(svc, af, tcp);
	spin_unlock_bh(&sal_lock);
	/* under the lock who was usable still is */
	return WARN_ON_ONCE(!cell) ? ERR_PTR(-ENOENT) : cell;
}

bool sal_cell_was(const struct sal_cell *cell, u32 ep)
{
	unsigned int i;

	for (i = 0; i < SAL_FORMER; i++) {
		const struct sal_former *f = &cell->memory.former[i];

		/* pairs with sal_cell_remember() */
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

/*
 * A reader that sees the new time with the old endpoint extends the grace of
 * one that is being forgotten, for that one packet: harmless. The reverse,
 * the new endpoint with an old time, is what the order prevents.
 */
void sal_cell_remember(struct sal_memory *memory, u32 ep, unsigned long until)
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

/* under sal_lock, so that no move can come between the look and the exchange */
struct sal_cell *sal_cell_settle(struct sal_cell *cell,
				 struct sal_cell __rcu **slot)
{
	struct sal_cell *to = NULL, *put = NULL;
	struct sal_endpoint *ep;

	spin_lock_bh(&sal_lock);
	ep = sal_cell_ep(cell);
	/* A request may have moved the flow since it was looked at. And it is
	 * counted there already, so its bound does not matter.
	 */
	if (rcu_access_pointer(*slot) == cell && ep && cell->slot < 0 &&
	    !cell->cut && !sal_cell_remembers(cell))
		to = cell_bind_locked(ep, cell->af, cell->tcp,
				      get_random_u32());
	if (!IS_ERR_OR_NULL(to)) {
		rcu_assign_pointer(*slot, to);
		put = cell;
	}
	spin_unlock_bh(&sal_lock);
	return put;
}

int sal_cells_prepare(struct list_head *fresh, struct sal_service *svc,
		      enum sal_af af, unsigned int n)
{
	while (n--) {
		struct sal_cell *cell = cell_alloc(svc, af, GFP_KERNEL_ACCOUNT);

		if (!cell)
			return -ENOMEM;
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
