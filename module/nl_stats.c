// SPDX-License-Identifier: GPL-2.0
/*
 * nl_stats.c - requests for counters
 */
#include <linux/mutex.h>

#include "domain.h"
#include "net.h"
#include "nl_util.h"
#include "stats.h"

/**
 * struct counter - what is dumped in one message
 * @d: domain, or NULL: then nothing was counted yet
 * @r: which counter
 */
struct counter {
	struct sal_domain *d;
	enum sal_reason r;
};

static int counter_fill(struct sk_buff *skb, void *obj, const void *filter)
{
	const struct counter *c = obj;
	const struct sal_reason_info *reason = &sal_reason_info[c->r];

	if (nla_put_u32(skb, SAL_A_STATS_ID, c->r) ||
	    nla_put_string(skb, SAL_A_STATS_NAME, reason->name) ||
	    nla_put_string(skb, SAL_A_STATS_DOC, reason->text) ||
	    nla_put_uint(skb, SAL_A_STATS_PACKETS,
			 c->d ? sal_stats_read(c->d, c->r) : 0))
		return -EMSGSIZE;
	if (reason->drop && nla_put_flag(skb, SAL_A_STATS_DROP))
		return -EMSGSIZE;
	return 0;
}

int sal_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sal_nl_dump_ctx *ctx = (void *)cb->ctx;
	struct counter c;
	int err;

	err = sal_nl_no_attrs(cb->nlh, cb->extack);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	c.d = sal_domain_find(genl_info_net(genl_info_dump(cb)));
	for (; !err && ctx->last < SAL_R_NUM; ctx->last += !err) {
		c.r = ctx->last;
		err = sal_nl_dump_one(skb, cb, counter_fill, &c, NULL);
	}
	mutex_unlock(&sal_mutex);
	return err;
}
