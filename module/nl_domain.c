// SPDX-License-Identifier: GPL-2.0
/*
 * nl_domain.c - requests about the domain itself
 */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "domain.h"
#include "guest.h"
#include "net.h"
#include "nl_util.h"
#include "path.h"
#include "policy.h"
#include "prefix.h"
#include "rule.h"
#include "service.h"

/* --- domain-get ----------------------------------------------------------- */

/**
 * struct domain_totals - what a domain has
 * @services: services
 * @endpoints: endpoints
 * @members: members
 * @flows: flows, those waiting to be freed included
 * @rules: rules
 * @held_packets: packets held by all services
 * @held_bytes: bytes held by all services
 * @created: flows ever made
 * @destroyed: flows ever freed
 * @generation: changes with the configuration
 */
struct domain_totals {
	u32 services;
	u32 endpoints;
	u32 members;
	u32 flows;
	u32 rules;
	u32 held_packets;
	u64 held_bytes;
	u64 created;
	u64 destroyed;
	u32 generation;
};

static void totals_get(struct sal_domain *d, struct domain_totals *t)
{
	t->services = d->n_services;
	t->endpoints = d->n_endpoints;
	t->members = d->n_members;
	t->flows = atomic_read(&d->n_flows);
	t->held_packets = atomic_read(&d->held_packets);
	t->rules = d->n_rules;
	t->held_bytes = atomic64_read(&d->held_bytes);
	t->created = atomic64_read(&d->flows_created);
	t->destroyed = atomic64_read(&d->flows_destroyed);
	t->generation = atomic_read(&d->generation);
}

static int totals_put(struct sk_buff *skb, const struct domain_totals *t)
{
	if (nla_put_u32(skb, SAL_A_DOMAIN_SERVICES, t->services) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_ENDPOINTS, t->endpoints) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_MEMBERS, t->members) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_FLOWS, t->flows) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_HELD_PACKETS, t->held_packets) ||
	    nla_put_uint(skb, SAL_A_DOMAIN_HELD_BYTES, t->held_bytes) ||
	    nla_put_uint(skb, SAL_A_DOMAIN_CREATED, t->created) ||
	    nla_put_uint(skb, SAL_A_DOMAIN_DESTROYED, t->destroyed) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_GENERATION, t->generation) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_RULES, t->rules))
		return -EMSGSIZE;
	return 0;
}

static int policies_put(struct sk_buff *skb, const struct sal_limits *limits,
			u32 access, u32 n)
{
	if (nla_put_u32(skb, SAL_A_DOMAIN_POLICY, access) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_POLICIES, n) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_MAX_POLICIES, limits->policies))
		return -EMSGSIZE;
	return 0;
}

static int settings_put(struct sk_buff *skb, const struct sal_limits *limits,
			const struct sal_prefix *id_prefix, bool flow_acct,
			u32 direct)
{
	if (sal_nl_put_prefix(skb, SAL_A_DOMAIN_ID_PREFIX, id_prefix) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_MAX_SERVICES, limits->services) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_MAX_ENDPOINTS, limits->endpoints) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_MAX_MEMBERS, limits->members) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_MAX_FLOWS, limits->flows) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_MAX_RULES, limits->rules) ||
	    nla_put_uint(skb, SAL_A_DOMAIN_MAX_HELD, limits->held) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_FLOW_ACCT, flow_acct ?
			SAL_SWITCH_ON : SAL_SWITCH_OFF) ||
	    nla_put_u32(skb, SAL_A_DOMAIN_DIRECT, direct))
		return -EMSGSIZE;
	return 0;
}

static int pools_put(struct sk_buff *skb, const struct sal_domain *d)
{
	u32 i;

	for (i = 0; i < d->n_pools; i++)
		if (sal_nl_put_prefix(skb, SAL_A_DOMAIN_VIP_POOL,
				      &d->pools[i]))
			return -EMSGSIZE;
	return 0;
}

/*
 * Anybody may ask, so asking must not allocate: where there is no domain yet,
 * it is shown as it would begin.
 */
static int domain_fill(struct sk_buff *skb, void *obj, const void *filter)
{
	const struct sal_prefix *id_prefix = &sal_domain_id_prefix;
	const struct sal_limits *limits = &sal_domain_limits;
	struct domain_totals totals = {};
	struct sal_domain *d = obj;
	u32 access = SAL_ACCESS_ALLOW, n_policies = 0;
	u32 direct = SAL_DIRECT_MODE_AUTO;
	bool flow_acct = false;

	if (d) {
		if (pools_put(skb, d))
			return -EMSGSIZE;
		limits = &d->limits;
		id_prefix = &d->id_prefix;
		flow_acct = d->flow_acct;
		direct = d->path_switch;
		access = d->access;
		n_policies = d->n_policies;
		totals_get(d, &totals);
	}
	if (settings_put(skb, limits, id_prefix, flow_acct, direct) ||
	    policies_put(skb, limits, access, n_policies) ||
	    totals_put(skb, &totals))
		return -EMSGSIZE;
	return 0;
}

int sal_nl_domain_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_reply reply;
	int err;

	err = sal_nl_no_attrs(info->nlhdr, info->extack);
	if (err)
		return err;
	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	err = domain_fill(reply.skb, sal_domain_find(genl_info_net(info)),
			  NULL);
	mutex_unlock(&sal_mutex);
	return sal_nl_reply_send(&reply, info, err);
}

int sal_nl_domain_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sal_nl_dump_ctx *ctx = (void *)cb->ctx;
	struct net *net = genl_info_net(genl_info_dump(cb));
	int err;

	err = sal_nl_no_attrs(cb->nlh, cb->extack);
	if (err)
		return err;
	if (ctx->last)
		return 0;
	mutex_lock(&sal_mutex);
	err = sal_nl_dump_one(skb, cb, domain_fill, sal_domain_find(net),
			      NULL);
	mutex_unlock(&sal_mutex);
	if (!err)
		ctx->last = 1;
	return err;
}

/* --- domain-set ----------------------------------------------------------- */

/**
 * struct domain_req - a request to change a domain
 * @pools: VIP pools
 * @n_pools: how many
 * @set_pools: @pools count
 * @id_prefix: prefix of IDs derived from names, where the request has one
 */
struct domain_req {
	struct sal_prefix pools[SAL_POOLS_MAX];
	u32 n_pools;
	bool set_pools;
	struct sal_prefix id_prefix;
};

/* a v4-mapped prefix is not one that is taken, but a bad one */
static int prefix_get(const struct nlattr *nla, const char *what,
		      struct sal_prefix *pfx, struct netlink_ext_ack *extack)
{
	int err = sal_nl_get_prefix(nla, pfx, extack);

	if (!err && sal_prefix_check(pfx, what, extack)) {
		NL_SET_BAD_ATTR(extack, nla);
		err = -EINVAL;
	}
	return err == -EADDRNOTAVAIL ? -EINVAL : err;
}

static int pool_get(const struct nlattr *nla, struct domain_req *req,
		    struct netlink_ext_ack *extack)
{
	struct sal_prefix pfx;
	int err;

	if (req->n_pools == SAL_POOLS_MAX) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, nla, "at most %u VIP pools",
					SAL_POOLS_MAX);
		return -E2BIG;
	}
	err = prefix_get(nla, "a VIP pool", &pfx, extack);
	if (err)
		return err;
	if (sal_nl_prefix_in(&pfx, req->pools, req->n_pools)) {
		NL_SET_ERR_MSG_ATTR(extack, nla,
				    "the same VIP pool is given twice");
		return -EINVAL;
	}
	req->pools[req->n_pools++] = pfx;
	return 0;
}

/* one empty nest, and nothing else, stands for no pool */
static int pools_get(const struct genl_info *info, struct domain_req *req)
{
	struct nlattr *first = info->attrs[SAL_A_DOMAIN_VIP_POOL];
	struct nlattr *nla;
	u32 given = 0;
	int err, rem;

	if (!first)
		return 0;
	req->set_pools = true;
	nla_for_each_attr_type(nla, SAL_A_DOMAIN_VIP_POOL,
			       genlmsg_data(info->genlhdr),
			       genlmsg_len(info->genlhdr), rem)
		given++;
	if (given == 1 && !nla_len(first))
		return 0;
	nla_for_each_attr_type(nla, SAL_A_DOMAIN_VIP_POOL,
			       genlmsg_data(info->genlhdr),
			       genlmsg_len(info->genlhdr), rem) {
		err = pool_get(nla, req, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int id_prefix_get(const struct genl_info *info, struct domain_req *req)
{
	const struct nlattr *nla = info->attrs[SAL_A_DOMAIN_ID_PREFIX];
	int err;

	if (!nla)
		return 0;
	err = prefix_get(nla, "the id-prefix", &req->id_prefix, info->extack);
	if (err)
		return err;
	if (sal_addr_af(&req->id_prefix.addr) == SAL_V6 &&
	    req->id_prefix.len >= 48 && req->id_prefix.len <= 64)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, nla,
			    "id-prefix must be IPv6, its length 48 to 64");
	return -EINVAL;
}

/* the attribute that asks for more than a domain has from the beginning, if any */
static const struct nlattr *limits_raised(struct nlattr **tb)
{
	const struct sal_limits *std = &sal_domain_limits;
	const struct {
		int attr;
		u64 max;
	} list[] = {
		{ SAL_A_DOMAIN_MAX_SERVICES, std->services },
		{ SAL_A_DOMAIN_MAX_ENDPOINTS, std->endpoints },
		{ SAL_A_DOMAIN_MAX_MEMBERS, std->members },
		{ SAL_A_DOMAIN_MAX_FLOWS, std->flows },
		{ SAL_A_DOMAIN_MAX_HELD, std->held },
		{ SAL_A_DOMAIN_MAX_RULES, std->rules },
		{ SAL_A_DOMAIN_MAX_POLICIES, std->policies },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(list); i++)
		if (tb[list[i].attr] &&
		    nla_get_uint(tb[list[i].attr]) > list[i].max)
			return tb[list[i].attr];
	return NULL;
}

/*
 * Limits bound for how long requests hold locks of the whole machine, and not
 * only memory. So a guest's are raised by who runs the machine.
 */
static int limits_check(struct sk_buff *skb, const struct genl_info *info)
{
	const struct nlattr *raised = limits_raised(info->attrs);

	if (!raised || !sal_guest_owns(genl_info_net(info)) ||
	    netlink_capable(skb, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, raised,
			    "over the default a domain of a user namespace needs CAP_NET_ADMIN in the initial one");
	return -EPERM;
}

static void limits_set(struct sal_limits *limits, struct nlattr **tb)
{
	if (tb[SAL_A_DOMAIN_MAX_SERVICES])
		WRITE_ONCE(limits->services,
			   nla_get_u32(tb[SAL_A_DOMAIN_MAX_SERVICES]));
	if (tb[SAL_A_DOMAIN_MAX_ENDPOINTS])
		WRITE_ONCE(limits->endpoints,
			   nla_get_u32(tb[SAL_A_DOMAIN_MAX_ENDPOINTS]));
	if (tb[SAL_A_DOMAIN_MAX_MEMBERS])
		WRITE_ONCE(limits->members,
			   nla_get_u32(tb[SAL_A_DOMAIN_MAX_MEMBERS]));
	if (tb[SAL_A_DOMAIN_MAX_FLOWS])
		WRITE_ONCE(limits->flows,
			   nla_get_u32(tb[SAL_A_DOMAIN_MAX_FLOWS]));
	if (tb[SAL_A_DOMAIN_MAX_RULES])
		WRITE_ONCE(limits->rules,
			   nla_get_u32(tb[SAL_A_DOMAIN_MAX_RULES]));
	if (tb[SAL_A_DOMAIN_MAX_HELD])
		WRITE_ONCE(limits->held,
			   nla_get_uint(tb[SAL_A_DOMAIN_MAX_HELD]));
	if (tb[SAL_A_DOMAIN_MAX_POLICIES])
		WRITE_ONCE(limits->policies,
			   nla_get_u32(tb[SAL_A_DOMAIN_MAX_POLICIES]));
}

/* what can fail comes first, then nothing does */
static int domain_set(const struct genl_info *info,
		      const struct domain_req *req,
		      struct sal_nl_routes **routes)
{
	struct sal_domain *d = sal_nl_obtain_domain(info);
	int err;

	if (!d)
		return -ENOMEM;
	if (req->set_pools) {
		*routes = sal_nl_routes_alloc(d->n_members, info->extack);
		if (!*routes)
			return -ENOMEM;
		sal_nl_routes_members(*routes, d);
		sal_nl_routes_del(*routes, d->pools, d->n_pools, req->pools,
				  req->n_pools);
		sal_nl_routes_add(*routes, req->pools, req->n_pools);
		err = sal_domain_set_pools(d, req->pools, req->n_pools,
					   info->extack);
		if (err)
			return err;
	}
	if (info->attrs[SAL_A_DOMAIN_ID_PREFIX])
		d->id_prefix = req->id_prefix;
	if (info->attrs[SAL_A_DOMAIN_FLOW_ACCT])
		WRITE_ONCE(d->flow_acct,
			   nla_get_u32(info->attrs[SAL_A_DOMAIN_FLOW_ACCT]) ==
			   SAL_SWITCH_ON);
	if (info->attrs[SAL_A_DOMAIN_DIRECT]) {
		WRITE_ONCE(d->path_switch,
			   nla_get_u32(info->attrs[SAL_A_DOMAIN_DIRECT]));
		/* what goes round while it is off closes no path */
		sal_paths_void();
	}
	if (info->attrs[SAL_A_DOMAIN_POLICY])
		sal_policy_set_default(d, nla_get_u32(info->attrs[SAL_A_DOMAIN_POLICY]));
	limits_set(&d->limits, info->attrs);
	sal_domain_changed(d);
	return 0;
}

int sal_nl_domain_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_routes *routes = NULL;
	struct domain_req req = {};
	u32 failed;
	int err;

	err = pools_get(info, &req);
	if (!err)
		err = id_prefix_get(info, &req);
	if (!err)
		err = limits_check(skb, info);
	if (err)
		return err;

	sal_nl_routes_lock();
	mutex_lock(&sal_mutex);
	err = domain_set(info, &req, &routes);
	mutex_unlock(&sal_mutex);
	if (!err && routes) {
		failed = sal_nl_routes_apply(routes);
		if (failed)
			NL_SET_ERR_MSG_FMT(info->extack,
					   "%u members: a route is missing or has stayed",
					   failed);
	}
	sal_nl_routes_unlock();
	sal_nl_routes_free(routes);
	return err;
}

/* --- domain-flush --------------------------------------------------------- */

/* the members' routes go with them, the pools stay */
static int domain_flush(const struct genl_info *info,
			struct sal_nl_routes **routes)
{
	struct sal_domain *d = sal_domain_find(genl_info_net(info));

	if (!d)
		return 0;
	*routes = sal_nl_routes_alloc(d->n_members, info->extack);
	if (!*routes)
		return -ENOMEM;
	sal_nl_routes_members(*routes, d);
	sal_nl_routes_del(*routes, d->pools, d->n_pools, NULL, 0);
	sal_domain_flush(d);
	return 0;
}

int sal_nl_domain_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_routes *routes = NULL;
	int err;

	err = sal_nl_no_attrs(info->nlhdr, info->extack);
	if (err)
		return err;
	sal_nl_routes_lock();
	mutex_lock(&sal_mutex);
	err = domain_flush(info, &routes);
	mutex_unlock(&sal_mutex);
	if (routes && sal_nl_routes_apply(routes))
		NL_SET_ERR_MSG(info->extack,
			       "routes of some members have stayed");
	sal_nl_routes_unlock();
	sal_nl_routes_free(routes);
	return err;
}
