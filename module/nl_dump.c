// SPDX-License-Identifier: GPL-2.0
/*
 * nl_dump.c - dumps of objects that have numbers
 */
#include <linux/mutex.h>
#include <linux/xarray.h>

#include "domain.h"
#include "net.h"
#include "nl_util.h"

/**
 * sal_nl_dump_one() - one message of a dump
 * @skb: where it goes
 * @cb: dump; its seq is set
 * @fill: puts the attributes
 * @obj: of this object
 * @filter: for @fill
 *
 * Return: 0, or EMSGSIZE where there is no room left.
 */
int sal_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    sal_nl_dump_fn fill, void *obj, const void *filter)
{
	void *hdr;
	int err;

	hdr = __genlmsg_iput(skb, genl_info_dump(cb), NLM_F_MULTI);
	if (!hdr)
		return -EMSGSIZE;
	err = fill(skb, obj, filter);
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err < 0 ? err : 0;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * sal_nl_dump_table() - dump the objects of a table
 * @skb: where the messages go
 * @cb: dump; its context is a struct sal_nl_dump_ctx
 * @d: domain
 * @table: objects of it by number
 * @fill: puts the attributes of one, or returns 1 to leave it out
 * @filter: for @fill
 *
 * Resumes by number, so what is there all the time is dumped once. The
 * generation tells whether anything has changed between two parts. sal_mutex.
 *
 * Return: 0 at the end, or EMSGSIZE where there is more.
 */
int sal_nl_dump_table(struct sk_buff *skb, struct netlink_callback *cb,
		      struct sal_domain *d, struct xarray *table,
		      sal_nl_dump_fn fill, const void *filter)
{
	struct sal_nl_dump_ctx *ctx = (void *)cb->ctx;
	unsigned long id;
	void *obj;
	int err;

	lockdep_assert_held(&sal_mutex);
	/* 0 would stand for no number */
	cb->seq = ((u32)atomic_read(&d->generation) + 1) ?: 1;
	xa_for_each_start(table, id, obj, ctx->last) {
		if (id == ctx->last)
			continue;
		err = sal_nl_dump_one(skb, cb, fill, obj, filter);
		if (err)
			return err;
		ctx->last = id;
	}
	return 0;
}

/**
 * sal_nl_dump_all() - dump all objects of a table, without a filter
 * @skb: where the messages go
 * @cb: dump; its context is a struct sal_nl_dump_ctx
 * @table: offset of the table in &struct sal_domain
 * @fill: puts the attributes of one
 *
 * Return: 0 at the end, EMSGSIZE where there is more, or EINVAL for a request
 * with attributes.
 */
int sal_nl_dump_all(struct sk_buff *skb, struct netlink_callback *cb,
		    size_t table, sal_nl_dump_fn fill)
{
	struct sal_domain *d;
	int err;

	err = sal_nl_no_attrs(cb->nlh, cb->extack);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	d = sal_domain_find(genl_info_net(genl_info_dump(cb)));
	if (d)
		err = sal_nl_dump_table(skb, cb, d, (void *)d + table, fill,
					NULL);
	mutex_unlock(&sal_mutex);
	return err;
}
