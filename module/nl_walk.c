// SPDX-License-Identifier: GPL-2.0
/*
 * nl_walk.c - a walk as attributes
 */
#include "nl_util.h"
#include "walk.h"

/* one step without its name: each number, both addresses, a device */
#define WALK_STEP_SIZE	320

/* the names of two services */
static size_t step_policy_size(const struct sal_walk_step *step)
{
	size_t size = 0;

	if (step->policy_from)
		size += nla_total_size(strlen(step->policy_from) + 1);
	if (step->policy_to)
		size += nla_total_size(strlen(step->policy_to) + 1);
	return size;
}

/**
 * sal_nl_walk_size() - room that a walk takes
 * @w: walk
 *
 * Return: bytes, at least as many as are needed.
 */
size_t sal_nl_walk_size(const struct sal_walk *w)
{
	size_t size = WALK_STEP_SIZE;	/* source, destination, verdict */
	u32 i;

	for (i = 0; i < w->n_steps; i++)
		size += WALK_STEP_SIZE + strlen(w->step[i].name) +
			step_policy_size(&w->step[i]);
	return size;
}

static bool has(const struct sal_walk_step *step, int attr)
{
	return step->has & BIT(attr);
}

static int numbers_put(struct sk_buff *skb, const struct sal_walk_step *step)
{
	const struct {
		int attr;
		u32 val;
	} numbers[] = {
		{ SAL_A_STEP_ERRNO, step->err },
		{ SAL_A_STEP_PLACEMENT, step->placement },
		{ SAL_A_STEP_STATE, step->state },
		{ SAL_A_STEP_FAULT, step->fault },
		{ SAL_A_STEP_ENDPOINTS, step->endpoints },
		{ SAL_A_STEP_GATE, step->gate },
		{ SAL_A_STEP_HELD_PACKETS, step->held },
		{ SAL_A_STEP_NEIGHBOUR, step->neighbour },
		{ SAL_A_STEP_HOOK, step->hook },
		{ SAL_A_STEP_ACTION, step->action },
		{ SAL_A_STEP_ACCESS, step->access },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (has(step, numbers[i].attr) &&
		    nla_put_u32(skb, numbers[i].attr, numbers[i].val))
			return -EMSGSIZE;
	return 0;
}

static int flags_put(struct sk_buff *skb, const struct sal_walk_step *step)
{
	static const int flags[] = {
		SAL_A_STEP_FOREIGN, SAL_A_STEP_BRIDGE, SAL_A_STEP_DROPS,
		SAL_A_STEP_NOT_FORWARDING,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (has(step, flags[i]) && nla_put_flag(skb, flags[i]))
			return -EMSGSIZE;
	return 0;
}

static int step_put(struct sk_buff *skb, const struct sal_walk_step *step,
		    const struct net *reader)
{
	struct nlattr *nest = nla_nest_start(skb, SAL_A_RESOLVE_STEP);

	if (!nest ||
	    nla_put_u32(skb, SAL_A_STEP_KIND, step->kind) ||
	    nla_put_u32(skb, SAL_A_STEP_FINDING, step->finding) ||
	    sal_nl_put_nsid(skb, SAL_A_STEP_NSID, reader, step->at) ||
	    (has(step, SAL_A_STEP_NAME) &&
	     nla_put_string(skb, SAL_A_STEP_NAME, step->name)) ||
	    (has(step, SAL_A_STEP_ADDR) &&
	     sal_nl_put_addr(skb, SAL_A_STEP_ADDR, &step->addr)) ||
	    (has(step, SAL_A_STEP_VIA) &&
	     sal_nl_put_addr(skb, SAL_A_STEP_VIA, &step->via)) ||
	    (has(step, SAL_A_STEP_RULE) &&
	     sal_nl_put_any_prefix(skb, SAL_A_STEP_RULE, &step->rule)) ||
	    (has(step, SAL_A_STEP_DEV) &&
	     nla_put_string(skb, SAL_A_STEP_DEV, step->dev)) ||
	    (has(step, SAL_A_STEP_PRIORITY) &&
	     nla_put_s32(skb, SAL_A_STEP_PRIORITY, step->priority)) ||
	    (has(step, SAL_A_STEP_POLICY_FROM) &&
	     nla_put_string(skb, SAL_A_STEP_POLICY_FROM, step->policy_from)) ||
	    (has(step, SAL_A_STEP_POLICY_TO) &&
	     nla_put_string(skb, SAL_A_STEP_POLICY_TO, step->policy_to)) ||
	    numbers_put(skb, step) || flags_put(skb, step))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * sal_nl_walk_put() - put a walk into a message
 * @skb: message
 * @w: walk; under the sal_mutex that it ran under
 * @reader: namespace of who asks
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_walk_put(struct sk_buff *skb, const struct sal_walk *w,
		    const struct net *reader)
{
	u32 i;

	if ((w->has_src && sal_nl_put_addr(skb, SAL_A_RESOLVE_SRC, &w->src)) ||
	    (w->has_dst && sal_nl_put_addr(skb, SAL_A_RESOLVE_DST, &w->dst)))
		return -EMSGSIZE;
	for (i = 0; i < w->n_steps; i++)
		if (step_put(skb, &w->step[i], reader))
			return -EMSGSIZE;
	if (w->left_out &&
	    nla_put_u32(skb, SAL_A_RESOLVE_LEFT_OUT, w->left_out))
		return -EMSGSIZE;
	return nla_put_u32(skb, SAL_A_RESOLVE_VERDICT, w->verdict);
}
