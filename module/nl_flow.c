// SPDX-License-Identifier: GPL-2.0
/*
 * nl_flow.c - requests about flows
 *
 * The table of flows is walked without any lock of ours, in chunks, while
 * flows come and go. A table that is resized meanwhile is walked anew: flows
 * may be seen twice then, which a dump tells by NLM_F_DUMP_INTR.
 *
 * Nothing here needs a reference to the domain. Its owner is the namespace of
 * the requester's socket; such a socket holds a reference to its namespace
 * until after netlink_release() has ended the dump that may be running. So the
 * owner does not exit, and its domain's tables stay.
 */
#include <linux/rhashtable.h>
#include <linux/sched.h>

#include "acct.h"
#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "home.h"
#include "member.h"
#include "nl_util.h"
#include "service.h"
#include "track.h"

#define FLOW_MSG_SIZE	1024

/* flows looked at between two chances to be preempted */
#define FLOW_CHUNK	1024

static void filter_id(const struct genl_info *info,
		      struct sal_nl_flow_filter *filter)
{
	filter->has_id = true;
	filter->id = nla_get_uint(info->attrs[SAL_A_FLOW_ID]);
}

static int no_such_flow(const struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[SAL_A_FLOW_ID],
				"no flow %llu",
				nla_get_uint(info->attrs[SAL_A_FLOW_ID]));
	return -ENOENT;
}

/* --- messages ------------------------------------------------------------- */

static int names_put(struct sk_buff *skb, struct sal_domain *d,
		     const struct sal_flow *f)
{
	const struct sal_endpoint *ep = sal_flow_endpoint(f);
	const struct sal_member *m = sal_flow_member(d, f);

	if (nla_put_string(skb, SAL_A_FLOW_SERVICE, sal_flow_service(f)->name))
		return -EMSGSIZE;
	/* a direct one is with the address that is shown, wherever its cell is */
	if (ep && f->kind != SAL_FLOW_DIRECT &&
	    nla_put_string(skb, SAL_A_FLOW_ENDPOINT, ep->name))
		return -EMSGSIZE;
	if (m && nla_put_string(skb, SAL_A_FLOW_MEMBER, m->name))
		return -EMSGSIZE;
	return 0;
}

/* to the endpoint that it is with now */
static bool flow_is_named(const struct sal_flow *f)
{
	const struct sal_endpoint *ep = sal_flow_endpoint(f);
	enum sal_told told;

	return ep && sal_flow_get_told(f, ep->id, &told) &&
	       (told == SAL_TOLD_ROUTER || told == SAL_TOLD_EDGE);
}

/* has it sent to the endpoint that it is with? */
static bool flow_has_arrived(const struct sal_flow *f)
{
	const struct sal_endpoint *ep = sal_flow_endpoint(f);

	return ep && READ_ONCE(f->at) == ep->rev[sal_addr_af(&f->vip)].num;
}

static int told_put(struct sk_buff *skb, const struct sal_flow *f)
{
	const struct sal_endpoint *ep = sal_flow_endpoint(f);
	u32 val = READ_ONCE(f->told);
	enum sal_told told;

	if (!val)
		return 0;
	if (ep && sal_told_is_of(val, ep->id, &told))
		return nla_put_u32(skb, SAL_A_FLOW_TOLD, told);
	sal_told_is_of(val, SAL_ENDPOINT_NOBODY, &told);
	return nla_put_u32(skb, SAL_A_FLOW_TOLD_BEFORE, told);
}

/* what it takes to make it anew, beside what is there for people */
static int saved_put(struct sk_buff *skb, const struct sal_flow *f)
{
	u32 marks = sal_track_marks(f);

	if (flow_has_arrived(f))
		marks |= SAL_FLOW_MARK_ARRIVED;
	if (nla_put_u32(skb, SAL_A_FLOW_MARKS, marks))
		return -EMSGSIZE;
	if (sal_flow_has_name(f) &&
	    sal_nl_put_addr(skb, SAL_A_FLOW_CLIENT_NAME, &f->key.peer))
		return -EMSGSIZE;
	if (told_put(skb, f))
		return -EMSGSIZE;
	if (f->kind == SAL_FLOW_DIRECT &&
	    nla_put_flag(skb, SAL_A_FLOW_DIRECT))
		return -EMSGSIZE;
	return sal_flow_near_port(f) == f->key.port ? 0 :
	       nla_put_be16(skb, SAL_A_FLOW_SERVICE_PORT, f->key.port);
}

static bool flow_has_ports(const struct sal_flow *f)
{
	return f->key.proto == IPPROTO_UDP || f->key.proto == IPPROTO_TCP;
}

/**
 * sal_nl_fill_carried() - put what a flow has carried into a message
 * @skb: message
 * @f: flow; puts nothing where it does not count, or where another one that it
 *	goes on in has got it all
 *
 * RCU.
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_fill_carried(struct sk_buff *skb, const struct sal_flow *f)
{
	struct sal_traffic_sum sum;

	if (!sal_acct_has(f))
		return 0;
	sal_acct_read(f, &sum);
	if (READ_ONCE(f->kind) >= SAL_FLOW_PAST &&
	    !sum.packets[SAL_FORWARD] && !sum.packets[SAL_REVERSE])
		return 0;
	return sal_nl_put_traffic(skb, SAL_A_FLOW_FORWARD_PACKETS, &sum);
}

/**
 * sal_nl_fill_flow() - put a flow into a message
 * @skb: message
 * @d: domain
 * @f: flow
 * @seq: number of the event, or 0 where it is none
 *
 * Events do without what it has carried, but for that of its end. RCU.
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_fill_flow(struct sk_buff *skb, struct sal_domain *d,
		     struct sal_flow *f, u64 seq)
{
	if (nla_put_uint(skb, SAL_A_FLOW_ID, f->id) ||
	    names_put(skb, d, f) ||
	    nla_put_u8(skb, SAL_A_FLOW_PROTO, f->key.proto) ||
	    sal_nl_put_addr(skb, SAL_A_FLOW_SRC, &f->client) ||
	    sal_nl_put_addr(skb, SAL_A_FLOW_DST, &f->vip) ||
	    nla_put_be16(skb, SAL_A_FLOW_SPORT, f->cid) ||
	    nla_put_u32(skb, SAL_A_FLOW_PLACEMENT, f->place) ||
	    nla_put_u32(skb, SAL_A_FLOW_IDLE, sal_flow_idle(f)))
		return -EMSGSIZE;
	if (flow_has_ports(f) &&
	    nla_put_be16(skb, SAL_A_FLOW_DPORT, sal_flow_near_port(f)))
		return -EMSGSIZE;
	if (nla_put_u32(skb, SAL_A_FLOW_STATE, sal_track_state(f)))
		return -EMSGSIZE;
	if (f->key.id != f->cid &&
	    nla_put_be16(skb, SAL_A_FLOW_MAPPED, f->key.id))
		return -EMSGSIZE;
	if (flow_is_named(f) &&
	    sal_nl_put_addr(skb, SAL_A_FLOW_PEER, &f->key.peer))
		return -EMSGSIZE;
	if (seq)
		return nla_put_uint(skb, SAL_A_FLOW_SEQ, seq);
	if (sal_home_awaited(d, f) && nla_put_flag(skb, SAL_A_FLOW_CLIENT_ABSENT))
		return -EMSGSIZE;
	return saved_put(skb, f) ?: sal_nl_fill_carried(skb, f);
}

/* --- a walk to its end ---------------------------------------------------- */

/*
 * Let others run. The iterator finds its place again by the flow that it is at:
 * that must not be one which we have just removed, or it would leave out another
 * of the same bucket.
 */
static struct sal_flow *flows_rest(struct rhashtable_iter *iter)
{
	rhashtable_walk_stop(iter);
	cond_resched();
	sal_compat_walk_start(iter);
	return rhashtable_walk_peek(iter);
}

/**
 * flows_walk() - do something with each flow that matches
 * @d: domain, or NULL
 * @filter: which
 * @fn: what; under RCU, must not sleep; anything but 0 ends the walk
 * @arg: for @fn
 *
 * Return: what @fn returned last, 0 where it was never called.
 */
static int flows_walk(struct sal_domain *d,
		      const struct sal_nl_flow_filter *filter,
		      int (*fn)(struct sal_domain *d, struct sal_flow *f,
				void *arg),
		      void *arg)
{
	struct rhashtable_iter iter;
	unsigned int n = 0;
	struct sal_flow *f;
	int ret = 0;

	if (!d)
		return 0;
	rhashtable_walk_enter(&d->flows, &iter);
	sal_compat_walk_start(&iter);
	while (!ret && (f = rhashtable_walk_next(&iter))) {
		if (++n % FLOW_CHUNK == 0)
			f = flows_rest(&iter);
		if (!f)
			break;
		/* the table was resized; what follows may have been seen */
		if (IS_ERR(f))
			continue;
		if (sal_nl_flow_matches(d, filter, f))
			ret = fn(d, f, arg);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return ret;
}

static int flow_get_one(struct sal_domain *d, struct sal_flow *f, void *arg)
{
	/* what goes on in another flow is not shown twice */
	if (READ_ONCE(f->kind) == SAL_FLOW_PAST)
		return 0;
	return sal_nl_fill_flow(arg, d, f, 0) ?: 1;
}

int sal_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_flow_filter filter = {};
	struct sal_nl_reply reply;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SAL_A_FLOW_ID)) {
		NL_SET_ERR_MSG(info->extack, "flow id is missing");
		return -EINVAL;
	}
	filter_id(info, &filter);
	err = sal_nl_reply_init(&reply, info, FLOW_MSG_SIZE);
	if (err)
		return err;
	err = flows_walk(sal_domain_find(genl_info_net(info)), &filter,
			 flow_get_one, reply.skb);
	if (!err)
		err = no_such_flow(info);
	return sal_nl_reply_send(&reply, info, min(err, 0));
}

static int flow_del_one(struct sal_domain *d, struct sal_flow *f, void *arg)
{
	bool past = READ_ONCE(f->kind) == SAL_FLOW_PAST;
	u32 *count = arg;

	if (sal_flow_remove(d, f) && !past)
		++*count;
	return 0;
}

int sal_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_flow_filter filter;
	struct sal_nl_reply reply;
	u32 count = 0;
	int err;

	err = sal_nl_flow_filter(info, &filter);
	if (err)
		return err;
	if (info->attrs[SAL_A_FLOW_ID])
		filter_id(info, &filter);
	err = sal_nl_reply_init(&reply, info, FLOW_MSG_SIZE);
	if (err)
		return err;
	flows_walk(sal_domain_find(genl_info_net(info)), &filter,
		   flow_del_one, &count);
	if (filter.has_id && !count)
		err = no_such_flow(info);
	else
		err = nla_put_u32(reply.skb, SAL_A_FLOW_COUNT, count);
	return sal_nl_reply_send(&reply, info, err);
}

/* --- a walk in parts: the dump -------------------------------------------- */

/**
 * struct flow_dump - a dump of flows
 * @d: domain, or NULL
 * @filter: which
 * @iter: where it is in the table
 */
struct flow_dump {
	struct sal_domain *d;
	struct sal_nl_flow_filter filter;
	struct rhashtable_iter iter;
};

/**
 * struct flow_dump_ctx - what a callback keeps of it
 * @dump: allocated
 */
struct flow_dump_ctx {
	struct flow_dump *dump;
};

int sal_nl_flow_get_start(struct netlink_callback *cb)
{
	struct flow_dump_ctx *ctx = (void *)cb->ctx;
	const struct genl_info *info = genl_info_dump(cb);
	struct flow_dump *dump;
	int err;

	dump = kzalloc_obj(*dump, GFP_KERNEL_ACCOUNT);
	if (!dump) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	err = sal_nl_flow_filter(info, &dump->filter);
	if (err) {
		kfree(dump);
		return err;
	}
	dump->d = sal_domain_find(genl_info_net(info));
	if (dump->d)
		rhashtable_walk_enter(&dump->d->flows, &dump->iter);
	ctx->dump = dump;
	cb->seq = 1;
	return 0;
}

int sal_nl_flow_get_done(struct netlink_callback *cb)
{
	struct flow_dump_ctx *ctx = (void *)cb->ctx;

	if (ctx->dump->d)
		rhashtable_walk_exit(&ctx->dump->iter);
	kfree(ctx->dump);
	return 0;
}

static bool flow_is_shown(struct sal_domain *d,
			  const struct sal_nl_flow_filter *filter,
			  const struct sal_flow *f)
{
	return READ_ONCE(f->kind) != SAL_FLOW_PAST &&
	       sal_nl_flow_matches(d, filter, f);
}

static int flow_dump_fill(struct sk_buff *skb, void *obj, const void *filter)
{
	const struct flow_dump *dump = filter;

	if (!flow_is_shown(dump->d, &dump->filter, obj))
		return 1;
	return sal_nl_fill_flow(skb, dump->d, obj, 0);
}

/*
 * A resized table is walked anew. The sequence number of a dump exists to tell
 * that it is not consistent: a change of it makes the next message, or the one
 * that ends the dump, carry NLM_F_DUMP_INTR.
 */
static void flow_dump_start(struct netlink_callback *cb,
			    struct flow_dump *dump)
	__acquires(RCU)
{
	if (sal_compat_walk_start(&dump->iter))
		cb->seq++;
}

/*
 * A part ends where a message does not fit any more; the flow that it was for
 * is the one that rhashtable_walk_peek() finds next time.
 */
static int flow_dump_part(struct sk_buff *skb, struct netlink_callback *cb,
			  struct flow_dump *dump)
{
	struct sal_flow *f = rhashtable_walk_peek(&dump->iter);
	unsigned int n = 0;
	int err = 0;

	for (; f; f = rhashtable_walk_next(&dump->iter)) {
		if (IS_ERR(f)) {
			cb->seq++;
			continue;
		}
		err = sal_nl_dump_one(skb, cb, flow_dump_fill, f, dump);
		if (err)
			break;
		if (++n % FLOW_CHUNK == 0) {
			rhashtable_walk_stop(&dump->iter);
			cond_resched();
			flow_dump_start(cb, dump);
		}
	}
	return err;
}

int sal_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct flow_dump_ctx *ctx = (void *)cb->ctx;
	struct flow_dump *dump = ctx->dump;
	int err;

	if (!dump->d)
		return 0;
	flow_dump_start(cb, dump);
	err = flow_dump_part(skb, cb, dump);
	rhashtable_walk_stop(&dump->iter);
	return err;
}
