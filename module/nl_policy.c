// SPDX-License-Identifier: GPL-2.0
/*
 * nl_policy.c - requests about policies
 */
#include <linux/mutex.h>

#include "domain.h"
#include "net.h"
#include "nl_util.h"
#include "policy.h"
#include "service.h"

/**
 * sal_nl_fill_policy() - put a policy into a message
 * @skb: message
 * @p: policy
 * @seq: number of the event, or 0 where it is none
 *
 * sal_mutex.
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_fill_policy(struct sk_buff *skb, const struct sal_policy *p, u64 seq)
{
	if ((p->from &&
	     nla_put_string(skb, SAL_A_POLICY_FROM, p->from->name)) ||
	    (p->to && nla_put_string(skb, SAL_A_POLICY_TO, p->to->name)) ||
	    nla_put_u32(skb, SAL_A_POLICY_ACCESS, p->access))
		return -EMSGSIZE;
	return seq ? nla_put_uint(skb, SAL_A_POLICY_SEQ, seq) : 0;
}

/* one that is not given is any */
static int policy_get_services(const struct genl_info *info,
			       struct sal_service **from,
			       struct sal_service **to)
{
	struct sal_domain *d = sal_domain_find(genl_info_net(info));

	*from = NULL;
	*to = NULL;
	if (info->attrs[SAL_A_POLICY_FROM])
		*from = sal_nl_find_service(d, info, SAL_A_POLICY_FROM);
	if (IS_ERR(*from))
		return PTR_ERR(*from);
	if (info->attrs[SAL_A_POLICY_TO])
		*to = sal_nl_find_service(d, info, SAL_A_POLICY_TO);
	return PTR_ERR_OR_ZERO(*to);
}

static int policy_blame(const struct genl_info *info, int err)
{
	static const struct sal_nl_blame list[] = {
		{ -EEXIST, SAL_A_POLICY_FROM },
		{ -EEXIST, SAL_A_POLICY_TO },
		{ -ENOENT, SAL_A_POLICY_FROM },
		{ -ENOENT, SAL_A_POLICY_TO },
		{ -ENOSPC, SAL_A_POLICY_FROM },
		{ -ENOSPC, SAL_A_POLICY_TO },
		{ -EINVAL, SAL_A_POLICY_ACCESS },
		{ }
	};

	return sal_nl_blame(info, err, list);
}

/* what a request does with the services that it names */
static int policy_do(const struct genl_info *info,
		     int (*act)(const struct genl_info *info,
				struct sal_domain *d, struct sal_service *from,
				struct sal_service *to))
{
	struct sal_service *from, *to;
	struct sal_domain *d;
	int err = -ENOMEM;

	mutex_lock(&sal_mutex);
	d = sal_nl_obtain_domain(info);
	if (d)
		err = policy_get_services(info, &from, &to);
	if (!err)
		err = policy_blame(info, act(info, d, from, to));
	mutex_unlock(&sal_mutex);
	return err;
}

static int policy_set(const struct genl_info *info, struct sal_domain *d,
		      struct sal_service *from, struct sal_service *to)
{
	return sal_policy_set(d, from, to,
			      nla_get_u32(info->attrs[SAL_A_POLICY_ACCESS]),
			      info->attrs[SAL_A_POLICY_REPLACE], info->extack);
}

int sal_nl_policy_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	if (NL_REQ_ATTR_CHECK(info->extack, NULL, info->attrs,
			      SAL_A_POLICY_ACCESS)) {
		NL_SET_ERR_MSG(info->extack, "access is missing");
		return -EINVAL;
	}
	return policy_do(info, policy_set);
}

static int policy_del(const struct genl_info *info, struct sal_domain *d,
		      struct sal_service *from, struct sal_service *to)
{
	return sal_policy_del(d, from, to, info->extack);
}

int sal_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return policy_do(info, policy_del);
}

static int policy_fill(struct sk_buff *skb, void *obj, const void *filter)
{
	return sal_nl_fill_policy(skb, obj, 0);
}

int sal_nl_policy_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return sal_nl_dump_all(skb, cb, offsetof(struct sal_domain, policy_numbers),
			       policy_fill);
}
