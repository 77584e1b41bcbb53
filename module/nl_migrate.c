// SPDX-License-Identifier: GPL-2.0
/*
 * nl_migrate.c - requests to move flows
 */
#include <linux/ktime.h>
#include <linux/mutex.h>

#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "freeze.h"
#include "migrate.h"
#include "net.h"
#include "nl_util.h"
#include "select.h"
#include "service.h"

/**
 * struct migrate_req - a request to move flows
 * @svc: service
 * @from: endpoints that they move from
 * @n: how many; 0 for all others than @to
 * @to: endpoint that they move to
 * @filter: which flows, where not all
 */
struct migrate_req {
	struct sal_service *svc;
	struct sal_endpoint *from[SAL_FROM_MAX];
	u32 n;
	struct sal_endpoint *to;
	struct sal_nl_flow_filter filter;
};

/* room for the names of the request, whose attributes grow by a NUL at most; but the
 * service may be meant by an alias
 */
static size_t reply_size(const struct genl_info *info)
{
	const size_t max = nla_total_size(SAL_LABEL_MAX + 1) *
			   (SAL_FROM_MAX + 1);

	return min(max, (size_t)nlmsg_len(info->nlhdr) * 2) +
	       nla_total_size(SAL_NAME_MAX + 1) + 128;
}

static int migrate_put(struct sk_buff *skb, const struct migrate_req *req,
		       const struct sal_migrate_result *res)
{
	u32 i;

	if (nla_put_string(skb, SAL_A_MIGRATE_SERVICE, req->svc->name))
		return -EMSGSIZE;
	for (i = 0; i < req->n; i++)
		if (nla_put_string(skb, SAL_A_MIGRATE_FROM,
				   req->from[i]->name))
			return -EMSGSIZE;
	if (nla_put_string(skb, SAL_A_MIGRATE_TO, req->to->name) ||
	    nla_put_u32(skb, SAL_A_MIGRATE_FLOWS, res->moved.flows) ||
	    nla_put_u32(skb, SAL_A_MIGRATE_CELLS, res->moved.cells) ||
	    nla_put_u32(skb, SAL_A_MIGRATE_OPENED, res->moved.opened) ||
	    nla_put_uint(skb, SAL_A_MIGRATE_DURATION, res->ns))
		return -EMSGSIZE;
	return res->moved.resets ?
	       nla_put_u32(skb, SAL_A_MIGRATE_RESETS, res->moved.resets) : 0;
}

static struct sal_endpoint *from_find(const struct genl_info *info,
				      const struct migrate_req *req,
				      const struct nlattr *nla)
{
	char name[SAL_LABEL_MAX + 1];
	struct sal_endpoint *ep;

	/* unlike the others, this attribute need not end with a NUL */
	nla_strscpy(name, nla, sizeof(name));
	ep = sal_endpoint_find(req->svc, name);
	if (ep)
		return ep;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, nla,
				"service '%.24s' has no endpoint '%.24s'",
				req->svc->name, name);
	return ERR_PTR(-ENOENT);
}

static int from_add(const struct genl_info *info, struct migrate_req *req,
		    const struct nlattr *nla)
{
	struct sal_endpoint *ep;
	u32 i;

	if (req->n == SAL_FROM_MAX) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, nla,
					"at most %u endpoints to move from",
					SAL_FROM_MAX);
		return -E2BIG;
	}
	ep = from_find(info, req, nla);
	if (IS_ERR(ep))
		return PTR_ERR(ep);
	if (ep == req->to) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, nla,
					"'%.60s' is where they move to",
					ep->name);
		return -EINVAL;
	}
	for (i = 0; i < req->n; i++) {
		if (req->from[i] != ep)
			continue;
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, nla,
					"'%.60s' is given twice", ep->name);
		return -EINVAL;
	}
	req->from[req->n++] = ep;
	return 0;
}

static int migrate_get(const struct genl_info *info, struct migrate_req *req)
{
	struct sal_domain *d = sal_domain_find(genl_info_net(info));
	struct nlattr *nla;
	int err, rem;

	req->svc = sal_nl_find_service(d, info, SAL_A_MIGRATE_SERVICE);
	if (IS_ERR(req->svc))
		return PTR_ERR(req->svc);
	req->to = sal_nl_find_endpoint(req->svc, info, SAL_A_MIGRATE_TO);
	if (IS_ERR(req->to))
		return PTR_ERR(req->to);
	nla_for_each_attr_type(nla, SAL_A_MIGRATE_FROM,
			       genlmsg_data(info->genlhdr),
			       genlmsg_len(info->genlhdr), rem) {
		err = from_add(info, req, nla);
		if (err)
			return err;
	}
	return 0;
}

/* --- selected flows ---------------------------------------------------------- */

static bool is_selective(const struct genl_info *info)
{
	return info->attrs[SAL_A_MIGRATE_SRC] ||
	       info->attrs[SAL_A_MIGRATE_PROTO] ||
	       info->attrs[SAL_A_MIGRATE_SPORT] ||
	       info->attrs[SAL_A_MIGRATE_DPORT] ||
	       info->attrs[SAL_A_MIGRATE_ID];
}

static int filter_get(const struct genl_info *info,
		      struct sal_nl_flow_filter *filter)
{
	const struct sal_nl_flow_heads heads = {
		.src	= info->attrs[SAL_A_MIGRATE_SRC],
		.proto	= info->attrs[SAL_A_MIGRATE_PROTO],
		.sport	= info->attrs[SAL_A_MIGRATE_SPORT],
		.dport	= info->attrs[SAL_A_MIGRATE_DPORT],
	};

	if (info->attrs[SAL_A_MIGRATE_ID]) {
		filter->has_id = true;
		filter->id = nla_get_uint(info->attrs[SAL_A_MIGRATE_ID]);
	}
	return sal_nl_flow_filter_heads(&heads, filter, info->extack);
}

static bool filter_matches(struct sal_domain *d, const void *filter,
			   const struct sal_flow *f)
{
	return sal_nl_flow_matches(d, filter, f);
}

static int migrate_selected(const struct genl_info *info,
			    struct migrate_req *req, bool check,
			    struct sal_migrate_result *res)
{
	const struct sal_select sel = {
		.from		= req->from,
		.n		= req->n,
		.to		= req->to,
		.matches	= filter_matches,
		.filter		= &req->filter,
		.one		= info->attrs[SAL_A_MIGRATE_ID],
		.check		= check,
	};
	int err;

	err = filter_get(info, &req->filter);
	if (err)
		return err;
	err = sal_select_move(&sel, res, info->extack);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR_FMT(info->extack,
					info->attrs[SAL_A_MIGRATE_ID],
					"service '%.24s' has no such flow %llu",
					req->svc->name, req->filter.id);
	return err;
}

/* --- the request ------------------------------------------------------------- */

static int migrate_any(const struct genl_info *info, struct migrate_req *req,
		       bool check, struct sal_migrate_result *res)
{
	if (is_selective(info))
		return migrate_selected(info, req, check, res);
	if (!req->n)
		return sal_migrate_others(req->to, check, res, info->extack);
	return sal_migrate(req->from, req->n, req->to, check, res,
			   info->extack);
}

static int migrate_blame(const struct genl_info *info, int err)
{
	static const struct sal_nl_blame list[] = {
		{ -ENETDOWN, SAL_A_MIGRATE_TO },
		{ -EAFNOSUPPORT, SAL_A_MIGRATE_TO },
		{ }
	};

	return sal_nl_blame(info, err, list);
}

static int migrate(const struct genl_info *info, struct migrate_req *req,
		   struct sk_buff *rsp)
{
	struct sal_migrate_result res = {};
	int err;

	err = migrate_get(info, req);
	if (err)
		return err;
	err = migrate_any(info, req, info->attrs[SAL_A_MIGRATE_CHECK], &res);
	if (err)
		return migrate_blame(info, err);
	return migrate_put(rsp, req, &res);
}

/* --- while the service is frozen ---------------------------------------------- */

/* what cannot be is refused before a packet waits; sal_mutex */
static int freeze_begin(const struct genl_info *info, struct migrate_req *req,
			u32 *ticket)
{
	const struct nlattr *time = info->attrs[SAL_A_MIGRATE_TIME];
	struct sal_migrate_result res;
	int err;

	err = migrate_get(info, req);
	if (err)
		return err;
	if (req->svc->freeze) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack,
					info->attrs[SAL_A_MIGRATE_SERVICE],
					"service '%.40s' is frozen already",
					req->svc->name);
		return -EBUSY;
	}
	err = migrate_any(info, req, true, &res);
	if (err)
		return migrate_blame(info, err);
	err = sal_freeze(req->svc, time ? nla_get_u32(time) :
					  req->svc->conf.hold_time,
			 SAL_HOLD_CAUSE_MIGRATE, info->extack);
	if (!err)
		*ticket = req->svc->freeze->ticket;
	return err;
}

/* whoever has frozen it meanwhile thaws it; sal_mutex */
static int freeze_end(const struct genl_info *info, struct migrate_req *req,
		      struct sk_buff *rsp, u32 ticket)
{
	struct sal_service *svc;
	u64 since;
	int err;

	svc = sal_nl_find_service(sal_domain_find(genl_info_net(info)), info,
				  SAL_A_MIGRATE_SERVICE);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	if (!svc->freeze) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack,
					info->attrs[SAL_A_MIGRATE_SERVICE],
					"service '%.40s' was thawed before its flows moved",
					svc->name);
		return -ECANCELED;
	}
	since = svc->freeze->since;
	memset(req, 0, sizeof(*req));
	err = migrate(info, req, rsp);
	if (svc->freeze->ticket == ticket)
		sal_thaw(svc, err ? SAL_HOLD_CAUSE_FAILED :
				    SAL_HOLD_CAUSE_MIGRATE);
	return err ?: nla_put_uint(rsp, SAL_A_MIGRATE_FROZEN,
				   ktime_get_ns() - since);
}

static int migrate_frozen(const struct genl_info *info,
			  struct migrate_req *req, struct sk_buff *rsp)
{
	u32 ticket;
	int err;

	mutex_lock(&sal_mutex);
	err = freeze_begin(info, req, &ticket);
	mutex_unlock(&sal_mutex);
	if (err)
		return err;
	sal_freeze_let_arrive();
	mutex_lock(&sal_mutex);
	err = freeze_end(info, req, rsp, ticket);
	mutex_unlock(&sal_mutex);
	return err;
}

static int migrate_now(const struct genl_info *info, struct migrate_req *req,
		       struct sk_buff *rsp)
{
	int err;

	if (info->attrs[SAL_A_MIGRATE_TIME] &&
	    !info->attrs[SAL_A_MIGRATE_FREEZE]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SAL_A_MIGRATE_TIME],
				    "a time is for freeze");
		return -EINVAL;
	}
	if (info->attrs[SAL_A_MIGRATE_FREEZE] &&
	    !info->attrs[SAL_A_MIGRATE_CHECK])
		return migrate_frozen(info, req, rsp);
	mutex_lock(&sal_mutex);
	err = migrate(info, req, rsp);
	mutex_unlock(&sal_mutex);
	return err;
}

int sal_nl_migrate_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_reply reply;
	struct migrate_req *req;
	int err;

	req = kzalloc_obj(*req, GFP_KERNEL);
	if (!req) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	err = sal_nl_reply_init(&reply, info, reply_size(info));
	if (err)
		goto out;
	err = migrate_now(info, req, reply.skb);
	sal_nl_reply_send(&reply, info, err);
out:
	kfree(req);
	return err;
}
