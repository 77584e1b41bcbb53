// SPDX-License-Identifier: GPL-2.0
/*
 * migrate.c - move the flows of some endpoints to another on request
 *
 * What may fail comes first; the move itself, under the same sal_lock, cannot. Its
 * cost is in the number of cells, whatever the number of flows.
 */
#include <linux/ktime.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "affinity.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "home.h"
#include "migrate.h"
#include "net.h"
#include "service.h"

static const char * const af_name[SAL_AF_NUM] = {
	[SAL_V4] = "IPv4",
	[SAL_V6] = "IPv6",
};

int sal_migrate_check_to(const struct sal_endpoint *to,
			 struct netlink_ext_ack *extack)
{
	int af;

	for (af = 0; af < SAL_AF_NUM; af++)
		if (READ_ONCE(to->usable[af]))
			return 0;
	NL_SET_ERR_MSG_FMT(extack, "endpoint '%.48s' is not usable",
			   to->name);
	return -ENETDOWN;
}

int sal_migrate_check_af(const struct sal_endpoint *to, enum sal_af af,
			 const struct sal_endpoint *from,
			 struct netlink_ext_ack *extack)
{
	if (READ_ONCE(to->usable[af]))
		return 0;
	if (to->has & BIT(af)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "endpoint '%.40s' is not usable for %s",
				   to->name, af_name[af]);
		return -ENETDOWN;
	}
	if (from)
		NL_SET_ERR_MSG_FMT(extack,
				   "'%.22s' has no %s address, and flows of '%.22s' do",
				   to->name, af_name[af], from->name);
	else
		NL_SET_ERR_MSG_FMT(extack,
				   "'%.22s' has no %s address, and selected flows do",
				   to->name, af_name[af]);
	return -EAFNOSUPPORT;
}

static int migrate_check_all(struct sal_endpoint *const *from, unsigned int n,
			     struct sal_endpoint *to, struct sal_moved *moved,
			     struct netlink_ext_ack *extack)
{
	unsigned int i;
	int err, af;

	for (i = 0; i < n; i++) {
		for (af = 0; af < SAL_AF_NUM; af++) {
			struct sal_moved count = {};

			sal_cells_count_movable(from[i], af, &count);
			err = count.flows + count.resets ?
			      sal_migrate_check_af(to, af, from[i], extack) : 0;
			if (err)
				return err;
			moved->flows += count.flows;
			moved->cells += count.cells;
			moved->resets += count.resets;
		}
	}
	return 0;
}

static void migrate_move(struct sal_endpoint *const *from, unsigned int n,
			 struct sal_endpoint *to, struct sal_moved *each)
{
	unsigned int i;
	int af;

	for (i = 0; i < n; i++)
		for (af = 0; af < SAL_AF_NUM; af++)
			if (to->usable[af])
				sal_cells_move(from[i], to, af, &each[i]);
}

static void migrate_events(struct sal_endpoint *const *from, unsigned int n,
			   const struct sal_endpoint *to,
			   const struct sal_moved *each, u64 ns)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		sal_event_migrate(to->svc, from[i], to, &each[i], ns,
				  SAL_CAUSE_REQUEST);
}

static void migrate_tell_stayed(const struct sal_migrate_result *res,
				struct netlink_ext_ack *extack)
{
	if (res->stayed)
		NL_SET_ERR_MSG_FMT(extack,
				   "out of memory: %u flows that they have opened stay",
				   res->stayed);
}

int sal_migrate(struct sal_endpoint *const *from, unsigned int n,
		struct sal_endpoint *to, bool check,
		struct sal_migrate_result *res,
		struct netlink_ext_ack *extack)
{
	struct sal_moved each[SAL_FROM_MAX] = {};
	ktime_t begin = ktime_get();
	struct sal_moved would = {};
	unsigned int i;
	u32 newest;
	int err;

	lockdep_assert_held(&sal_mutex);
	memset(res, 0, sizeof(*res));
	err = sal_migrate_check_to(to, extack);
	if (err)
		return err;

	spin_lock_bh(&sal_lock);
	err = migrate_check_all(from, n, to, &would, extack);
	if (!err && !check)
		migrate_move(from, n, to, each);
	newest = atomic_read(&to->svc->domain->flow_id);
	spin_unlock_bh(&sal_lock);
	if (err)
		return err;
	res->stayed = sal_home_migrate(from, n, to, newest, check, each);
	migrate_tell_stayed(res, extack);
	res->ns = ktime_to_ns(ktime_sub(ktime_get(), begin));
	for (i = 0; i < n; i++)
		would.opened += each[i].opened;

	if (check) {
		res->moved = would;
		res->ns = 0;
		return 0;
	}
	res->moved.opened = would.opened;
	for (i = 0; i < n; i++) {
		res->moved.flows += each[i].flows;
		res->moved.cells += each[i].cells;
		res->moved.resets += each[i].resets;
		sal_affinity_moved(from[i], to);
	}
	sal_domain_changed(to->svc->domain);
	migrate_events(from, n, to, each, res->ns);
	return 0;
}

/* one step; what it did is added */
static int migrate_some(struct sal_endpoint *const *from, unsigned int n,
			struct sal_endpoint *to, bool check,
			struct sal_migrate_result *sum,
			struct netlink_ext_ack *extack)
{
	struct sal_migrate_result res;
	int err;

	err = sal_migrate(from, n, to, check, &res, extack);
	if (err)
		return err;
	sum->moved.flows += res.moved.flows;
	sum->moved.cells += res.moved.cells;
	sum->moved.opened += res.moved.opened;
	sum->moved.resets += res.moved.resets;
	sum->ns += res.ns;
	sum->stayed += res.stayed;
	return 0;
}

int sal_migrate_others(struct sal_endpoint *to, bool check,
		       struct sal_migrate_result *res,
		       struct netlink_ext_ack *extack)
{
	struct sal_endpoint **from, *ep;
	unsigned int n = 0;
	int err = 0;

	lockdep_assert_held(&sal_mutex);
	memset(res, 0, sizeof(*res));
	from = kmalloc_array(SAL_FROM_MAX, sizeof(*from), GFP_KERNEL);
	if (!from) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	list_for_each_entry(ep, &to->svc->endpoints, in_service) {
		/* one without flows may have opened some itself */
		if (ep == to || (!atomic_read(&ep->n_flows) &&
				 !READ_ONCE(to->svc->opens)))
			continue;
		from[n++] = ep;
		if (n < SAL_FROM_MAX)
			continue;
		err = migrate_some(from, n, to, check, res, extack);
		n = 0;
		if (err)
			break;
	}
	if (!err)
		err = migrate_some(from, n, to, check, res, extack);
	/* of all of them, where the last ones have told of theirs */
	if (!err)
		migrate_tell_stayed(res, extack);
	kfree(from);
	return err;
}
