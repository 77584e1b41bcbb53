/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cell.h - what flows are bound to: moving a cell moves all its flows
 */
#ifndef _SAL_CELL_H
#define _SAL_CELL_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include <uapi/linux/sal.h>

#include "addr.h"

struct sal_endpoint;
struct sal_service;

/*
 * New flows of an endpoint spread over this many cells, so that the flows of
 * one that fails spread over the survivors. A power of two.
 */
#define SAL_CELLS	16
/* TCP flows have so many of their own, as they stay when others move on request */
#define SAL_CELLS_TCP	4
#define SAL_CELLS_ALL	(SAL_CELLS + SAL_CELLS_TCP)

/* as &sal_cell.slot: a branch: not current, and a request is about to bind flows to it */
#define SAL_CELL_BRANCH	(-2)

/* endpoints remembered as a cell's former ones */
#define SAL_FORMER	4

/*
 * Cells that an endpoint may have for a family: a move of all its flows is one step,
 * under sal_lock. Requests that move selected flows are refused beyond; where other
 * moves go beyond, the oldest cell forgets its former endpoints, so that the collector
 * may settle its flows.
 */
#define SAL_CELLS_MAX	512

/**
 * struct sal_former - an endpoint that a cell pointed to
 * @ep: its number, 0 for none
 * @until: jiffies; its replies are late replies until then
 *
 * Written under sal_lock, @until before @ep; read without.
 */
struct sal_former {
	u32 ep;
	unsigned long until;
};

/**
 * struct sal_memory - whom flows have left
 * @former: ring of former endpoints
 * @next: where the next one is written. sal_lock.
 */
struct sal_memory {
	struct sal_former former[SAL_FORMER];
	u8 next;
};

/**
 * struct sal_cell - what flows are bound to
 * @ep: where packets go; NULL while there is no usable endpoint. Written under
 *	sal_lock and the cell's lock, see cell.c, read under RCU.
 * @svc: whose it is; holds a reference; never changes
 * @af: family; never changes
 * @slot: index among the current cells of @ep, or -1: new flows do not come
 *	here any more; or %SAL_CELL_BRANCH. sal_lock.
 * @tcp: its flows are TCP. Written under sal_lock before flows can find it,
 *	read anywhere.
 * @cut: its flows are being reset, see cut.h: when they end at the latest; 0 where
 *	they are not. Written once, under sal_lock and the cell's
 *	lock, read anywhere.
 * @memory: former endpoints
 * @refs: flows bound, and one while the cell is current, or a branch of a
 *	request that runs. Flows come and go under the cell's lock.
 * @list: in &sal_endpoint.cells or &sal_spread.orphans. sal_lock.
 * @rcu: for freeing
 */
struct sal_cell {
	struct sal_endpoint __rcu *ep;
	struct sal_service *svc;
	u8 af;
	s8 slot;
	bool tcp;
	u8 cut;
	refcount_t refs;
	struct sal_memory memory;
	struct list_head list;
	struct rcu_head rcu;
};

/**
 * struct sal_moved - what a re-targeting did
 * @flows: flows bound by the cells
 * @cells: how many cells
 * @opened: flows whose client has moved, see home.h
 * @resets: TCP flows that did not move and are being reset
 */
struct sal_moved {
	u32 flows;
	u32 cells;
	u32 opened;
	u32 resets;
};

/* a reference for a new flow on the cell of an endpoint that @hash selects; NULL where
 * it has just become unusable, or is full; or ENOMEM. RCU.
 */
struct sal_cell *sal_cell_bind(struct sal_endpoint *ep, enum sal_af af,
			       bool tcp, u32 hash);
/* likewise for a flow that was there before, whatever the bound of the endpoint */
struct sal_cell *sal_cell_bind_again(struct sal_endpoint *ep, enum sal_af af,
				     bool tcp, u32 hash);
/**
 * sal_cell_bind_lost() - a cell for a flow that has lost its endpoint
 * @svc: service, with what spreads flows
 * @af: family
 * @tcp: it is a TCP flow
 * @hash: selects the cell of an endpoint
 *
 * As if it had been there when its endpoint failed: with another one, or an
 * orphan, which goes with the flow. RCU.
 *
 * Return: the cell with a reference for the flow, or ENOMEM.
 */
struct sal_cell *sal_cell_bind_lost(struct sal_service *svc, enum sal_af af,
				    bool tcp, u32 hash);
/* one more; false where the last one has gone. RCU. */
bool sal_cell_get(struct sal_cell *cell);
void sal_cell_put(struct sal_cell *cell);
/* likewise, as the flow has ended */
void sal_cell_end(struct sal_cell *cell);

/* may a reply of endpoint number @ep still be translated? RCU */
bool sal_cell_was(const struct sal_cell *cell, u32 ep);

/* is any former endpoint still in its grace time? RCU */
bool sal_cell_remembers(const struct sal_cell *cell);

/**
 * sal_cell_settle() - exchange a cell for a current one of the same endpoint
 * @cell: cell that a flow is bound to, not current
 * @slot: where the flow has it; only the collector writes there
 *
 * RCU.
 *
 * Return: the cell to be put: @cell where it was exchanged, or NULL where
 * nothing was done.
 */
struct sal_cell *sal_cell_settle(struct sal_cell *cell,
				 struct sal_cell __rcu **slot);

/* cells of one family to be branches later, where allocation is impossible */
int sal_cells_prepare(struct list_head *fresh, struct sal_service *svc,
		      enum sal_af af, unsigned int n);
void sal_cells_discard(struct list_head *fresh);

/* does a request that moves flows leave this one's where they are? Any context. */
bool sal_cell_is_pinned(const struct sal_cell *cell);

/* does it rather end them by a RST to both sides? Any context. */
bool sal_cell_is_cuttable(const struct sal_cell *cell);

/* the following under sal_lock */

/* it becomes usable for the family, and takes the orphans */
void sal_cells_enter(struct sal_endpoint *ep, enum sal_af af);
/* it is not usable any more: its cells go to the others, or are orphans */
void sal_cells_leave(struct sal_endpoint *ep, enum sal_af af,
		     enum sal_cause cause);
/* all cells with flows from one endpoint to another, but for those that are pinned, and
 * TCP flows of services that say so are reset
 */
void sal_cells_move(struct sal_endpoint *from, struct sal_endpoint *to,
		    enum sal_af af, struct sal_moved *moved);
/* all of them, and it is not usable afterwards */
void sal_cells_move_all(struct sal_endpoint *from, struct sal_endpoint *to,
			enum sal_af af, struct sal_moved *moved);
/* all cells with flows to the others, as long as any of these takes new flows. Adds to
 * @shed what has moved.
 */
void sal_cells_shed(struct sal_endpoint *ep, enum sal_af af,
		    enum sal_cause cause, struct sal_moved *shed);
/* its TCP flows are reset, whatever the service says */
void sal_cells_cut(struct sal_endpoint *ep, enum sal_af af,
		   struct sal_moved *moved);
/* an endpoint is about to be freed: cells whose flows are being reset forget it */
void sal_cells_detach(struct sal_endpoint *ep, enum sal_af af);
/* how many flows an endpoint has for a family, and cells with any; and only those
 * that a request would move
 */
void sal_cells_count(struct sal_endpoint *ep, enum sal_af af,
		     struct sal_moved *count);
void sal_cells_count_movable(struct sal_endpoint *ep, enum sal_af af,
			     struct sal_moved *count);

/**
 * sal_cell_recall() - what flows that leave their endpoint alone will remember
 * @cell: where they are bound
 * @memory: what it remembers, and its endpoint
 *
 * The end of a grace is rounded up, by an eighth of it at the most, so that flows which
 * leave one after the other remember the same.
 */
void sal_cell_recall(const struct sal_cell *cell, struct sal_memory *memory);
/* do both remember the same, as far as it is not over? */
bool sal_memory_is_like(const struct sal_memory *a, const struct sal_memory *b);

/**
 * sal_cell_branch() - a cell for flows that leave their endpoint alone
 * @kin: where they are bound
 * @memory: what they remember
 * @to: endpoint that they go to
 * @fresh: has one at least
 *
 * Where an earlier request has made enough that remember the same, it is one of them.
 *
 * Return: the cell, which stays until sal_cell_release(); NULL where the endpoint has
 * too many.
 */
struct sal_cell *sal_cell_branch(const struct sal_cell *kin,
				 const struct sal_memory *memory,
				 struct sal_endpoint *to,
				 struct list_head *fresh);
/* bind a flow to a branch at another endpoint. RCU, too. */
void sal_cell_rebind(struct sal_cell __rcu **slot, struct sal_cell *to);
void sal_cell_release(struct sal_cell *cell);

#endif /* _SAL_CELL_H */
