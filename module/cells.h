/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cells.h - cells, for those who move them, and flows among them
 */
#ifndef _SAL_CELLS_H
#define _SAL_CELLS_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/lockdep.h>

#include "cell.h"
#include "endpoint.h"
#include "net.h"
#include "service.h"

static inline u32 sal_cell_flows(const struct sal_cell *cell)
{
	u32 refs = refcount_read(&cell->refs);

	return cell->slot != -1 && refs ? refs - 1 : refs;
}

static inline struct sal_endpoint *sal_cell_ep(const struct sal_cell *cell)
{
	return rcu_dereference_protected(cell->ep,
					 lockdep_is_held(&sal_lock));
}

/* it comes into the list of its endpoint, or goes from there */
static inline void sal_cell_list_count(const struct sal_cell *cell, int n)
{
	struct sal_endpoint *ep = sal_cell_ep(cell);

	if (ep)
		ep->n_cells[cell->af] += n;
}

/* has it as many as it may, with the current ones that it may have yet? sal_lock */
static inline bool sal_cells_full(const struct sal_endpoint *ep, enum sal_af af,
				  u32 more)
{
	u32 n = ep->n_cells[af] + more;
	int slot;

	if (likely(n <= SAL_CELLS_MAX - SAL_CELLS_ALL))
		return false;
	for (slot = 0; slot < SAL_CELLS_ALL; slot++)
		n += !rcu_access_pointer(ep->cur[af][slot]);
	return n > SAL_CELLS_MAX;
}

static inline unsigned long sal_cell_grace(const struct sal_cell *cell)
{
	return msecs_to_jiffies(READ_ONCE(cell->svc->conf.grace));
}

static inline struct sal_cell *sal_cells_first(const struct list_head *fresh)
{
	return list_first_entry(fresh, struct sal_cell, list);
}

/* of those that count its flows; BH off */
spinlock_t *sal_cell_lock(const struct sal_cell *cell);

/* so many flows come to its endpoint; under its lock */
void sal_cell_count(const struct sal_cell *cell, int n);

/* a flow lets go of it, as it has ended or goes elsewhere: true where that was the last
 * one, and the cell is to be unlinked
 */
bool sal_cell_drop(struct sal_cell *cell, bool ended);

/* its last flow has gone, and it is not current; sal_lock */
void sal_cell_unlink(struct sal_cell *cell);

/* its flows have left endpoint number @ep; sal_lock */
void sal_cell_remember(struct sal_memory *memory, u32 ep, unsigned long until);

#endif /* _SAL_CELLS_H */
