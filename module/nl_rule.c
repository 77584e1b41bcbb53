// SPDX-License-Identifier: GPL-2.0
/*
 * nl_rule.c - requests about rules
 */
#include <linux/mutex.h>

#include "domain.h"
#include "hold.h"
#include "net.h"
#include "nl_util.h"
#include "rule.h"
#include "service.h"

static int upcall_put(struct sk_buff *skb, const struct sal_rule *rule,
		      u64 seq)
{
	if (nla_put_u32(skb, SAL_A_RULE_TIME, rule->time) ||
	    nla_put_u32(skb, SAL_A_RULE_THEN, rule->then))
		return -EMSGSIZE;
	return seq ? 0 : nla_put_u32(skb, SAL_A_RULE_HELD_PACKETS,
				     READ_ONCE(rule->svc->hold.packets));
}

/**
 * sal_nl_fill_rule() - put a rule into a message
 * @skb: message
 * @rule: rule
 * @seq: number of the event, or 0 where it is none
 *
 * sal_mutex.
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_fill_rule(struct sk_buff *skb, const struct sal_rule *rule, u64 seq)
{
	int err = 0;

	if (nla_put_u32(skb, SAL_A_RULE_ID, rule->id) ||
	    sal_nl_put_any_prefix(skb, SAL_A_RULE_PREFIX, &rule->entry.pfx) ||
	    nla_put_u32(skb, SAL_A_RULE_ACTION, rule->action))
		return -EMSGSIZE;
	if (rule->action == SAL_ACTION_UPCALL)
		err = upcall_put(skb, rule, seq);
	else if (rule->svc)
		err = nla_put_string(skb, SAL_A_RULE_SERVICE, rule->svc->name);
	if (!err && seq)
		err = nla_put_uint(skb, SAL_A_RULE_SEQ, seq);
	return err;
}

/* --- what a request wants --------------------------------------------------- */

static int prefix_get(const struct genl_info *info, struct sal_prefix *pfx)
{
	const struct nlattr *nla = info->attrs[SAL_A_RULE_PREFIX];

	if (NL_REQ_ATTR_CHECK(info->extack, NULL, info->attrs,
			      SAL_A_RULE_PREFIX)) {
		NL_SET_ERR_MSG(info->extack, "the prefix is missing");
		return -EINVAL;
	}
	return sal_nl_get_any_prefix(nla, pfx, info->extack);
}

static bool action_names(u32 action)
{
	return action == SAL_ACTION_FORWARD || action == SAL_ACTION_REDIRECT;
}

static int not_for_action(const struct genl_info *info, int attr)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr],
			    "not for this action");
	return -EINVAL;
}

static int action_get(const struct genl_info *info, struct sal_rule_req *req)
{
	struct nlattr **tb = info->attrs;
	bool asks;

	if (NL_REQ_ATTR_CHECK(info->extack, NULL, tb, SAL_A_RULE_ACTION)) {
		NL_SET_ERR_MSG(info->extack, "the action is missing");
		return -EINVAL;
	}
	req->action = nla_get_u32(tb[SAL_A_RULE_ACTION]);
	asks = req->action == SAL_ACTION_UPCALL;
	if (tb[SAL_A_RULE_SERVICE] && !action_names(req->action))
		return not_for_action(info, SAL_A_RULE_SERVICE);
	if (tb[SAL_A_RULE_TIME] && !asks)
		return not_for_action(info, SAL_A_RULE_TIME);
	if (tb[SAL_A_RULE_THEN] && !asks)
		return not_for_action(info, SAL_A_RULE_THEN);
	if (tb[SAL_A_RULE_TIME])
		req->time = nla_get_u32(tb[SAL_A_RULE_TIME]);
	if (tb[SAL_A_RULE_THEN])
		req->then = nla_get_u32(tb[SAL_A_RULE_THEN]);
	return 0;
}

static int rule_new(const struct genl_info *info, struct sal_rule_req *req,
		    struct sk_buff *rsp)
{
	static const struct sal_nl_blame list[] = {
		{ -EADDRNOTAVAIL, SAL_A_RULE_PREFIX },
		{ -EEXIST, SAL_A_RULE_PREFIX },
		{ -ENOSPC, SAL_A_RULE_PREFIX },
		{ -ELOOP, SAL_A_RULE_SERVICE },
		{ }
	};
	struct sal_domain *d = sal_nl_obtain_domain(info);
	struct sal_rule *rule;

	if (!d)
		return -ENOMEM;
	if (action_names(req->action)) {
		req->svc = sal_nl_find_service(d, info, SAL_A_RULE_SERVICE);
		if (IS_ERR(req->svc))
			return PTR_ERR(req->svc);
	}
	rule = sal_rule_add(d, req, info->extack);
	if (IS_ERR(rule))
		return sal_nl_blame(info, PTR_ERR(rule), list);
	return sal_nl_fill_rule(rsp, rule, 0);
}

int sal_nl_rule_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_rule_req req = {
		.time = 1000,
		.then = SAL_ON_EMPTY_REJECT,
		.replace = info->attrs[SAL_A_RULE_REPLACE],
	};
	struct sal_nl_reply reply;
	int err;

	err = prefix_get(info, &req.pfx);
	if (!err)
		err = action_get(info, &req);
	if (!err)
		err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	err = rule_new(info, &req, reply.skb);
	mutex_unlock(&sal_mutex);
	sal_nl_reply_send(&reply, info, err);
	return err;
}

/* sal_mutex */
static struct sal_rule *rule_find(const struct genl_info *info)
{
	struct sal_domain *d = sal_domain_find(genl_info_net(info));
	struct sal_rule *rule;
	struct sal_prefix pfx;
	int err;

	err = prefix_get(info, &pfx);
	if (err)
		return ERR_PTR(err);
	rule = d ? sal_rule_find(d, &pfx) : NULL;
	if (rule)
		return rule;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SAL_A_RULE_PREFIX],
			    "there is no rule of this prefix");
	return ERR_PTR(-ENOENT);
}

int sal_nl_rule_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_reply reply;
	struct sal_rule *rule;
	int err;

	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	rule = rule_find(info);
	err = IS_ERR(rule) ? PTR_ERR(rule) :
			     sal_nl_fill_rule(reply.skb, rule, 0);
	mutex_unlock(&sal_mutex);
	return sal_nl_reply_send(&reply, info, err);
}

static int rule_dump_fill(struct sk_buff *skb, void *obj, const void *filter)
{
	return sal_nl_fill_rule(skb, obj, 0);
}

int sal_nl_rule_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return sal_nl_dump_all(skb, cb, offsetof(struct sal_domain, rules),
			       rule_dump_fill);
}

int sal_nl_rule_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_rule *rule;

	mutex_lock(&sal_mutex);
	rule = rule_find(info);
	if (!IS_ERR(rule))
		sal_rule_del(sal_domain_find(genl_info_net(info)), rule);
	mutex_unlock(&sal_mutex);
	return PTR_ERR_OR_ZERO(rule);
}
