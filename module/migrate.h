/* SPDX-License-Identifier: GPL-2.0 */
/*
 * migrate.h - move the flows of some endpoints to another on request
 */
#ifndef _SAL_MIGRATE_H
#define _SAL_MIGRATE_H

#include <linux/types.h>

#include "cell.h"

struct netlink_ext_ack;

/**
 * struct sal_migrate_result - what a migration did
 * @moved: flows and cells
 * @ns: how long it took
 * @stayed: flows that endpoints have opened which did not go for want of memory
 */
struct sal_migrate_result {
	struct sal_moved moved;
	u64 ns;
	u32 stayed;
};

/**
 * sal_migrate() - move all flows of some endpoints to another one
 * @from: where from; all of one service, each once
 * @n: how many
 * @to: where to; of the same service, not among @from
 * @check: do everything but the move
 * @res: what was done, or would have been
 * @extack: what is wrong
 *
 * One step: no packet sees some of the endpoints moved and some not.
 * sal_mutex.
 *
 * Return: 0, or ENETDOWN, EAFNOSUPPORT, ENOMEM.
 */
int sal_migrate(struct sal_endpoint *const *from, unsigned int n,
		struct sal_endpoint *to, bool check,
		struct sal_migrate_result *res,
		struct netlink_ext_ack *extack);

/**
 * sal_migrate_others() - move all flows of a service to one of its endpoints
 * @to: where to
 * @check: do everything but the move
 * @res: what was done, or would have been
 * @extack: what is wrong
 *
 * Up to %SAL_FROM_MAX endpoints that have any are one step. sal_mutex.
 *
 * Return: as sal_migrate(); perhaps after some have moved, where there are more.
 */
int sal_migrate_others(struct sal_endpoint *to, bool check,
		       struct sal_migrate_result *res,
		       struct netlink_ext_ack *extack);

/* may anything be moved there at all? 0 or ENETDOWN. sal_mutex. */
int sal_migrate_check_to(const struct sal_endpoint *to,
			 struct netlink_ext_ack *extack);

/* may flows of a family, of @from or that were selected? 0, ENETDOWN or EAFNOSUPPORT */
int sal_migrate_check_af(const struct sal_endpoint *to, enum sal_af af,
			 const struct sal_endpoint *from,
			 struct netlink_ext_ack *extack);

#endif /* _SAL_MIGRATE_H */
