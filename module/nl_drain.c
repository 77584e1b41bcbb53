// SPDX-License-Identifier: GPL-2.0
/*
 * nl_drain.c - drains in requests about endpoints, and in what is told of them
 */
#include "drain.h"
#include "endpoint.h"
#include "netlink.h"
#include "nl_util.h"
#include "service.h"

/**
 * sal_nl_drain_get() - what a request says of a drain
 * @info: endpoint-set
 * @req: the rest of it is as the request says
 *
 * Return: 0 or EINVAL.
 */
int sal_nl_drain_get(const struct genl_info *info, struct sal_endpoint_req *req)
{
	struct nlattr *deadline = info->attrs[SAL_A_ENDPOINT_DRAIN_DEADLINE];
	struct nlattr *then = info->attrs[SAL_A_ENDPOINT_DRAIN_THEN];

	if (then && (!deadline || !nla_get_u32(deadline))) {
		NL_SET_ERR_MSG_ATTR(info->extack, then,
				    "nothing is done then without a deadline");
		return -EINVAL;
	}
	if (deadline && nla_get_u32(deadline) &&
	    req->state != SAL_ENDPOINT_STATE_DRAINING) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, deadline,
					"endpoint '%.40s' is not draining",
					req->name);
		return -EINVAL;
	}
	if (!deadline)
		return 0;
	req->drain.set = true;
	req->drain.deadline = nla_get_u32(deadline);
	req->drain.then = then ? nla_get_u32(then) : SAL_DRAIN_THEN_MOVE;
	return 0;
}

/**
 * sal_nl_fill_deadline() - put the deadline of a drain into a message
 * @skb: message
 * @ep: endpoint
 * @left: for a reply
 *
 * sal_mutex, or sal_lock for an event.
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_fill_deadline(struct sk_buff *skb, const struct sal_endpoint *ep,
			 bool left)
{
	const struct sal_drain *dr = READ_ONCE(ep->drain);
	u32 deadline = dr ? READ_ONCE(dr->deadline) : 0;

	if (!deadline)
		return 0;
	if (nla_put_u32(skb, SAL_A_ENDPOINT_DRAIN_DEADLINE, deadline) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_DRAIN_THEN,
			READ_ONCE(dr->then)))
		return -EMSGSIZE;
	return left ? nla_put_u32(skb, SAL_A_ENDPOINT_DRAIN_LEFT,
				  sal_drain_left(ep)) : 0;
}

/**
 * sal_nl_fill_drain() - put how a drain goes on into a message
 * @skb: message
 * @ep: endpoint that is draining, or was until now; sal_mutex
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_fill_drain(struct sk_buff *skb, const struct sal_endpoint *ep)
{
	if (nla_put_uint(skb, SAL_A_ENDPOINT_DRAIN_TIME, sal_drain_time(ep)) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_DRAIN_FLOWS, ep->drain->flows) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_DRAIN_ENDED,
			atomic_read(&ep->drain_ended)) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_DRAIN_MOVED, ep->drain->moved))
		return -EMSGSIZE;
	return 0;
}
