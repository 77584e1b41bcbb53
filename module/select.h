/* SPDX-License-Identifier: GPL-2.0 */
/*
 * select.h - move selected flows of some endpoints to another on request
 */
#ifndef _SAL_SELECT_H
#define _SAL_SELECT_H

#include <linux/types.h>

struct netlink_ext_ack;
struct sal_domain;
struct sal_endpoint;
struct sal_flow;
struct sal_migrate_result;

/**
 * struct sal_select - a request to move selected flows
 * @from: endpoints that they leave; all of one service, each once
 * @n: how many; 0 for all of the service but @to
 * @to: where they go; of the same service, not among @from
 * @matches: is a flow of the service selected? RCU
 * @filter: for @matches
 * @one: there has to be one
 * @check: count them, and move nothing
 */
struct sal_select {
	struct sal_endpoint *const *from;
	unsigned int n;
	struct sal_endpoint *to;
	bool (*matches)(struct sal_domain *d, const void *filter,
			const struct sal_flow *f);
	const void *filter;
	bool one;
	bool check;
};

/**
 * sal_select_move() - move those flows, one by one
 * @sel: which
 * @res: what was done, or would have been
 * @extack: what is wrong, or what is to be remarked
 *
 * The table is walked in chunks: no packet sees half a move of its flow, but some
 * flows are moved before others. sal_mutex.
 *
 * Return: 0, or ENOENT, ENETDOWN, EAFNOSUPPORT, ENOSPC, ENOMEM. ENETDOWN, ENOSPC (see
 * %SAL_CELLS_MAX) and ENOMEM may also come after some have moved, which their events tell.
 */
int sal_select_move(const struct sal_select *sel,
		    struct sal_migrate_result *res,
		    struct netlink_ext_ack *extack);

#endif /* _SAL_SELECT_H */
