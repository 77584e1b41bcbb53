// SPDX-License-Identifier: GPL-2.0
/*
 * select.c - move selected flows of some endpoints to another on request
 *
 * Whole endpoints move by their cells (migrate.c); here each flow is bound to another
 * cell. The flow table is walked; those that match are gathered, and a batch of them
 * is re-bound under the locks, each by one store. The cells that they go to are made
 * for the request, or were for one shortly before: they remember whom their flows have
 * left, so they cannot be current ones, whose other flows were never there. The
 * collector settles them later, as it does with those of whole moves.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "cell.h"
#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "flow.h"
#include "migrate.h"
#include "net.h"
#include "path.h"
#include "select.h"
#include "service.h"
#include "trace.h"

/* flows that are re-bound before the locks are let go */
#define SELECT_BATCH	32
/* flows looked at between two chances to be preempted: some 30 us where none matches */
#define SELECT_CHUNK	256
/* kinds of cells that are remembered, see struct select_branch */
#define SELECT_BRANCHES	16

/**
 * struct select_branch - where flows of cells that are alike go
 * @used: is it?
 * @af: family of the cells
 * @tcp: are they of TCP?
 * @memory: what flows remember there
 * @turn: whose turn it is in @to
 * @to: as many as an endpoint has current ones, so that flows spread as ever where
 *	this one fails; NULL for those that are not needed yet
 */
struct select_branch {
	bool used;
	u8 af;
	bool tcp;
	struct sal_memory memory;
	unsigned int turn;
	struct sal_cell *to[SAL_CELLS];
};

/**
 * struct select_run - a request that is being done
 * @sel: which flows, and what to do
 * @svc: their service
 * @d: its domain
 * @count: they are only counted
 * @would: how many are of each family
 * @found: there are some, at whatever endpoint
 * @pinned: some of them stay, as they are of TCP
 * @err: why it stops
 * @looked: flows looked at since the last chance to be preempted
 * @n: how many there are in @batch
 * @batch: flows to be re-bound; RCU
 * @fresh: cells to be used
 * @next: the one of @branches that is used next
 * @branches: where flows go. sal_lock.
 */
struct select_run {
	const struct sal_select *sel;
	struct sal_service *svc;
	struct sal_domain *d;
	bool count;
	u32 would[SAL_AF_NUM];
	bool found;
	bool pinned;
	int err;
	unsigned int looked;
	unsigned int n;
	struct sal_flow *batch[SELECT_BATCH];
	struct list_head fresh;
	unsigned int next;
	struct select_branch branches[SELECT_BRANCHES];
};

static bool select_leaves(const struct sal_select *sel,
			  const struct sal_endpoint *ep)
{
	unsigned int i;

	if (!sel->n)
		return ep && ep != sel->to;
	for (i = 0; i < sel->n; i++)
		if (sel->from[i] == ep)
			return true;
	return false;
}

/* --- under the locks --------------------------------------------------------- */

static void branch_release(struct select_branch *b)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(b->to); i++)
		if (b->to[i])
			sal_cell_release(b->to[i]);
	memset(b, 0, sizeof(*b));
}

static bool branch_fits(const struct select_branch *b,
			const struct sal_cell *cell,
			const struct sal_memory *memory)
{
	return b->used && b->af == cell->af && b->tcp == cell->tcp &&
	       sal_memory_is_like(&b->memory, memory);
}

static struct select_branch *branch_find(struct select_run *run,
					 const struct sal_cell *cell)
{
	struct sal_memory memory;
	struct select_branch *b;

	sal_cell_recall(cell, &memory);
	for (b = run->branches; b < run->branches + SELECT_BRANCHES; b++)
		if (branch_fits(b, cell, &memory))
			return b;
	b = &run->branches[run->next++ % SELECT_BRANCHES];
	branch_release(b);
	b->used = true;
	b->af = cell->af;
	b->tcp = cell->tcp;
	b->memory = memory;
	return b;
}

/* NULL where there would be too many */
static struct sal_cell *select_cell(struct select_run *run,
				    const struct sal_cell *cell,
				    struct sal_endpoint *from)
{
	struct select_branch *b = branch_find(run, cell);
	struct sal_endpoint *to = run->sel->to;
	struct sal_cell **slot;

	slot = &b->to[b->turn++ % (b->tcp ? SAL_CELLS_TCP : SAL_CELLS)];
	/* its endpoint has failed meanwhile, and is there again; or it has forgotten */
	if (*slot && (rcu_access_pointer((*slot)->ep) != to ||
		      !sal_memory_is_like(&(*slot)->memory, &b->memory))) {
		sal_cell_release(*slot);
		*slot = NULL;
	}
	if (!*slot) {
		*slot = sal_cell_branch(cell, &b->memory, to, &run->fresh);
		from->taken.cells += !!*slot;
	}
	return *slot;
}

/*
 * What the conversation goes on in, where its client has moved or its id has clashed
 * since: perhaps that lies where the walk has passed.
 */
static struct sal_flow *select_current(struct sal_domain *d,
				       struct sal_flow *f)
{
	const struct sal_member *m;
	struct sal_flow *next = f;

	lockdep_assert_held(&d->alt_lock);
	if (f->kind == SAL_FLOW_MOVED) {
		next = sal_flow_moved_to(d, f);
		if (!next || next->id != f->id)
			return NULL;
	}
	if (next->kind == SAL_FLOW_PAST) {
		m = sal_flow_member(d, next);
		next = m ? sal_flow_next(m, next) : NULL;
	}
	return next && next->kind == SAL_FLOW_SERVICE ? next : NULL;
}

/* what was seen without the locks may have changed */
static void select_rebind(struct select_run *run, struct sal_flow *f)
{
	const struct sal_select *sel = run->sel;
	struct sal_cell *cell, *branch;
	struct sal_endpoint *from;

	f = select_current(run->d, f);
	if (!f)
		return;
	cell = rcu_dereference_protected(f->cell, lockdep_is_held(&sal_lock));
	from = rcu_dereference_protected(cell->ep, lockdep_is_held(&sal_lock));
	if (!select_leaves(sel, from) || sal_cell_is_pinned(cell))
		return;
	if (!sel->to->usable[cell->af]) {
		run->err = -ENETDOWN;
		return;
	}
	branch = select_cell(run, cell, from);
	if (!branch) {
		/* what is over makes room for the next attempt */
		sal_flow_collect(run->d);
		run->err = -ENOSPC;
		return;
	}
	sal_cell_rebind(&f->cell, branch);
	from->taken.flows++;
}

/*
 * alt_lock: so that a conversation goes on in another flow either before, and that one
 * is moved, or after, and goes on where this one is (flow_bind_as()).
 */
static void select_flush(struct select_run *run)
{
	unsigned int i;
	u64 begin = 0, end = 0;

	if (!run->n)
		return;
	spin_lock_bh(&run->d->alt_lock);
	spin_lock(&sal_lock);
	if (trace_sal_rebind_enabled())
		begin = ktime_get_ns();
	/* as with whole moves, see cell_target(): nobody sees them bound, and a path as before */
	sal_paths_void();
	for (i = 0; i < run->n && !run->err; i++)
		select_rebind(run, run->batch[i]);
	if (begin)
		end = ktime_get_ns();
	/* what was opened meanwhile, while others were on their way */
	sal_paths_void();
	spin_unlock(&sal_lock);
	spin_unlock_bh(&run->d->alt_lock);
	if (begin)
		trace_sal_rebind(run->svc, run->sel->to, run->n, end - begin);
	run->n = 0;
}

/* --- the walk ---------------------------------------------------------------- */

static bool select_wants(struct select_run *run, const struct sal_flow *f)
{
	const struct sal_select *sel = run->sel;
	const struct sal_cell *cell;

	if (f->key.svc != run->svc->id ||
	    READ_ONCE(f->kind) != SAL_FLOW_SERVICE ||
	    !sel->matches(run->d, sel->filter, f))
		return false;
	run->found = true;
	cell = rcu_dereference(f->cell);
	if (!select_leaves(sel, rcu_dereference(cell->ep)))
		return false;
	if (!sal_cell_is_pinned(cell))
		return true;
	run->pinned = true;
	return false;
}

static void select_look(struct select_run *run, struct sal_flow *f)
{
	if (!select_wants(run, f))
		return;
	if (run->count)
		run->would[sal_addr_af(&f->vip)]++;
	else
		run->batch[run->n++] = f;
}

/* the table was resized: what follows may have been seen */
static void select_anew(struct select_run *run)
{
	memset(run->would, 0, sizeof(run->would));
}

/* as many as a batch may need */
static void select_refill(struct select_run *run)
{
	if (run->count)
		return;
	run->err = sal_cells_prepare(&run->fresh, run->svc, SAL_V4,
				     SELECT_BATCH -
				     list_count_nodes(&run->fresh));
}

/* let others run; the flow to go on with, as flows_rest() in nl_flow.c */
static struct sal_flow *select_rest(struct select_run *run,
				    struct rhashtable_iter *iter)
	__releases(RCU) __acquires(RCU)
{
	select_flush(run);
	rhashtable_walk_stop(iter);
	run->looked = 0;
	if (!run->err)
		select_refill(run);
	cond_resched();
	if (sal_compat_walk_start(iter))
		select_anew(run);
	return rhashtable_walk_peek(iter);
}

static void select_walk(struct select_run *run, bool count)
{
	struct rhashtable_iter iter;
	struct sal_flow *f;

	run->count = count;
	select_refill(run);
	if (run->err)
		return;
	rhashtable_walk_enter(&run->d->flows, &iter);
	sal_compat_walk_start(&iter);
	while (!run->err && (f = rhashtable_walk_next(&iter))) {
		if (++run->looked >= SELECT_CHUNK || run->n == SELECT_BATCH)
			f = select_rest(run, &iter);
		if (!f)
			break;
		if (IS_ERR(f))
			select_anew(run);
		else
			select_look(run, f);
	}
	select_flush(run);
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

/* --- the request ------------------------------------------------------------- */

/* may there be flows of a family for which there is nothing at their destination? */
static bool select_doubts(const struct select_run *run)
{
	const struct sal_endpoint *to = run->sel->to;
	struct sal_moved count = {};
	struct sal_endpoint *ep;
	int af;

	list_for_each_entry(ep, &run->svc->endpoints, in_service) {
		spin_lock_bh(&sal_lock);
		for (af = 0; af < SAL_AF_NUM; af++)
			if (!to->usable[af] && select_leaves(run->sel, ep))
				sal_cells_count_movable(ep, af, &count);
		spin_unlock_bh(&sal_lock);
		cond_resched();
	}
	return count.flows;
}

static int select_check(const struct select_run *run,
			struct netlink_ext_ack *extack)
{
	int af, err = 0;

	for (af = 0; af < SAL_AF_NUM && !err; af++)
		if (run->would[af])
			err = sal_migrate_check_af(run->sel->to, af, NULL,
						   extack);
	return err;
}

static void select_result(struct select_run *run,
			  struct sal_migrate_result *res)
{
	const struct sal_endpoint *ep;

	list_for_each_entry(ep, &run->svc->endpoints, in_service) {
		res->moved.flows += ep->taken.flows;
		res->moved.cells += ep->taken.cells;
	}
}

/* those that were named are told of in any case, as with whole moves */
static void select_events(struct select_run *run, u64 ns)
{
	const struct sal_select *sel = run->sel;
	struct sal_endpoint *ep;

	list_for_each_entry(ep, &run->svc->endpoints, in_service) {
		if (ep->taken.flows || (sel->n && select_leaves(sel, ep)))
			sal_event_migrate(run->svc, ep, sel->to, &ep->taken,
					  ns, SAL_CAUSE_REQUEST);
		memset(&ep->taken, 0, sizeof(ep->taken));
	}
}

static void select_move(struct select_run *run)
{
	unsigned int i;

	select_walk(run, false);
	spin_lock_bh(&sal_lock);
	for (i = 0; i < SELECT_BRANCHES; i++)
		branch_release(&run->branches[i]);
	spin_unlock_bh(&sal_lock);
	sal_cells_discard(&run->fresh);
}

static void select_tell(const struct select_run *run, u32 flows,
			struct netlink_ext_ack *extack)
{
	if (run->err == -ENETDOWN)
		NL_SET_ERR_MSG_FMT(extack,
				   "'%.24s' failed after %u flows had moved",
				   run->sel->to->name, flows);
	else if (run->err == -ENOSPC)
		NL_SET_ERR_MSG_FMT(extack,
				   "'%.24s' has too many cells after %u flows had moved",
				   run->sel->to->name, flows);
	else if (run->err)
		NL_SET_ERR_MSG_FMT(extack,
				   "out of memory after %u flows had moved",
				   flows);
	else if (run->pinned)
		NL_SET_ERR_MSG(extack, "TCP flows stay");
}

/* a refused request has changed nothing, and tells nobody */
static bool select_is_missing(const struct select_run *run)
{
	return run->sel->one && !run->found && !run->err;
}

static int select_count(struct select_run *run, struct netlink_ext_ack *extack)
{
	select_walk(run, true);
	return select_is_missing(run) ? -ENOENT : select_check(run, extack);
}

static int select_run(struct select_run *run, struct sal_migrate_result *res,
		      struct netlink_ext_ack *extack)
{
	ktime_t begin = ktime_get();
	int err;

	if (run->sel->check || select_doubts(run)) {
		err = select_count(run, extack);
		if (err)
			return err;
	}
	if (run->sel->check) {
		res->moved.flows = run->would[SAL_V4] + run->would[SAL_V6];
		select_tell(run, 0, extack);
		return 0;
	}
	select_move(run);
	if (select_is_missing(run))
		return -ENOENT;
	res->ns = ktime_to_ns(ktime_sub(ktime_get(), begin));
	select_result(run, res);
	sal_domain_changed(run->d);
	select_events(run, res->ns);
	select_tell(run, res->moved.flows, extack);
	return run->err;
}

int sal_select_move(const struct sal_select *sel,
		    struct sal_migrate_result *res,
		    struct netlink_ext_ack *extack)
{
	struct select_run *run;
	int err;

	lockdep_assert_held(&sal_mutex);
	memset(res, 0, sizeof(*res));
	err = sal_migrate_check_to(sel->to, extack);
	if (err)
		return err;
	run = kzalloc_obj(*run, GFP_KERNEL);
	if (!run) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	run->sel = sel;
	run->svc = sel->to->svc;
	run->d = run->svc->domain;
	INIT_LIST_HEAD(&run->fresh);
	err = select_run(run, res, extack);
	kfree(run);
	return err;
}
