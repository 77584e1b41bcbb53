// SPDX-License-Identifier: GPL-2.0
/*
 * nl_member.c - requests about members
 */
#include <linux/mutex.h>
#include <net/net_namespace.h>

#include "domain.h"
#include "endpoint.h"
#include "member.h"
#include "net.h"
#include "nl_util.h"
#include "route.h"
#include "txn.h"
#include "service.h"

static u32 member_endpoints(const struct sal_member *m)
{
	struct sal_endpoint *ep;
	u32 n = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(ep, &sal_net(m->net)->endpoints, in_net)
		n += ep->svc->domain == m->domain;
	rcu_read_unlock();
	return n;
}

static int member_fill(struct sk_buff *skb, void *obj, const void *filter)
{
	const struct sal_member *m = obj;
	const struct sal_domain *d = m->domain;
	u32 i;

	if (nla_put_u32(skb, SAL_A_MEMBER_ID, m->id) ||
	    nla_put_string(skb, SAL_A_MEMBER_NAME, m->name) ||
	    nla_put_u32(skb, SAL_A_MEMBER_ROUTE, m->route) ||
	    nla_put_u32(skb, SAL_A_MEMBER_ENDPOINTS, member_endpoints(m)))
		return -EMSGSIZE;
	if (sal_nl_put_nsid(skb, SAL_A_MEMBER_NSID, d->net, m->net))
		return -EMSGSIZE;
	for (i = 0; i < d->n_pools; i++)
		if (!sal_route_exists(m->net, &d->pools[i]) &&
		    sal_nl_put_prefix(skb, SAL_A_MEMBER_UNROUTED,
				      &d->pools[i]))
			return -EMSGSIZE;
	return 0;
}

/* what the requester should know although it has worked */
static void member_warn(const struct sal_member *m,
			struct netlink_ext_ack *extack)
{
	const struct sal_domain *d = m->domain;
	const struct sal_prefix *pfx;
	u32 i;

	for (i = 0; i < d->n_pools; i++) {
		pfx = &d->pools[i];
		if (!sal_route_exists(m->net, pfx))
			break;
	}
	if (i == d->n_pools)
		return;
	/* there is no room for an IPv6 prefix twice */
	if (sal_addr_af(&pfx->addr) == SAL_V4)
		NL_SET_ERR_MSG_FMT(extack,
				   "no route to %pI4/%u; try: ip route add %pI4/%u dev DEV",
				   &pfx->addr.s6_addr32[3],
				   sal_prefix_userlen(pfx),
				   &pfx->addr.s6_addr32[3],
				   sal_prefix_userlen(pfx));
	else
		NL_SET_ERR_MSG_FMT(extack,
				   "no route; try: ip route add %pI6c/%u dev DEV",
				   &pfx->addr, pfx->len);
}

/* --- members that a request names ----------------------------------------- */

static struct sal_member *find_by_name(struct sal_domain *d,
				       const struct genl_info *info)
{
	const char *name = sal_nl_get_label(info, SAL_A_MEMBER_NAME,
					    "member name");
	struct sal_member *m = NULL;

	if (IS_ERR(name))
		return ERR_CAST(name);
	if (d)
		m = sal_member_find(d, name);
	if (m)
		return m;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[SAL_A_MEMBER_NAME],
				"no member '%.60s'", name);
	return ERR_PTR(-ENOENT);
}

static struct sal_member *find_by_net(struct sal_domain *d,
				      const struct genl_info *info,
				      struct net *net)
{
	struct sal_member *m = sal_member_of(net);

	if (m && m->domain == d)
		return m;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SAL_A_MEMBER_NETNS_FD],
			    "the network namespace is no member");
	return ERR_PTR(-ENOENT);
}

/* --- changes and the routes they entail ----------------------------------- */

/**
 * struct member_req - a request about a member
 * @name: name of the new member
 * @net: namespace, held; NULL where the request has none
 * @rsp: where the reply goes
 * @skb: the request
 */
struct member_req {
	const char *name;
	struct net *net;
	struct sk_buff *rsp;
	struct sk_buff *skb;
};

/* routes that a change of the route attribute asks for; sal_mutex */
static void routes_of(struct sal_nl_routes *routes,
		      const struct sal_member *m, u32 before, u32 after)
{
	const struct sal_domain *d = m->domain;

	if (after == SAL_ROUTE_AUTO)
		sal_nl_routes_add(routes, d->pools, d->n_pools);
	else if (before == SAL_ROUTE_AUTO)
		sal_nl_routes_del(routes, d->pools, d->n_pools, NULL, 0);
	else
		return;
	sal_nl_routes_net(routes, m->net);
}

/**
 * member_request() - change a member, see to its routes, and report
 * @info: request
 * @req: what it wants
 * @change: does it, and notes what is to be done about routes; sal_mutex
 * @report: says what has become of it, or NULL; sal_mutex
 *
 * Return: what the handler returns.
 */
static int member_request(const struct genl_info *info,
			  const struct member_req *req,
			  int (*change)(const struct genl_info *info,
					const struct member_req *req,
					struct sal_nl_routes *routes),
			  int (*report)(const struct genl_info *info,
					const struct member_req *req))
{
	struct sal_nl_routes *routes;
	int err;

	routes = sal_nl_routes_alloc(1, info->extack);
	if (!routes)
		return -ENOMEM;
	sal_nl_routes_lock();
	mutex_lock(&sal_mutex);
	err = change(info, req, routes);
	mutex_unlock(&sal_mutex);
	if (sal_nl_routes_apply(routes) && !err)
		NL_SET_ERR_MSG(info->extack,
			       "a route to a VIP pool is missing or has stayed");
	if (!err && report) {
		mutex_lock(&sal_mutex);
		err = report(info, req);
		mutex_unlock(&sal_mutex);
	}
	sal_nl_routes_unlock();
	sal_nl_routes_free(routes);
	return err;
}

/* --- member-new ----------------------------------------------------------- */

static int blame(const struct genl_info *info, struct net *net, int err)
{
	static const struct sal_nl_blame list_netns[] = {
		{ -EEXIST, SAL_A_MEMBER_NETNS_FD },
		{ -EBUSY, SAL_A_MEMBER_NETNS_FD },
		{ }
	};
	static const struct sal_nl_blame list_name[] = {
		{ -EEXIST, SAL_A_MEMBER_NAME },
		{ -ENOSPC, SAL_A_MEMBER_NAME },
		{ -ENOENT, SAL_A_MEMBER_NETNS_FD },
		{ -ENOPKG, SAL_A_MEMBER_NETNS_FD },
		{ }
	};

	return sal_nl_blame(info, err,
			    sal_member_of(net) ? list_netns : list_name);
}

static int member_new(const struct genl_info *info,
		      const struct member_req *req,
		      struct sal_nl_routes *routes)
{
	u32 route = SAL_ROUTE_NONE;
	struct sal_domain *d;
	struct sal_member *m;
	struct sal_txn t;

	if (info->attrs[SAL_A_MEMBER_ROUTE])
		route = nla_get_u32(info->attrs[SAL_A_MEMBER_ROUTE]);
	d = sal_nl_obtain_domain(info);
	if (!d)
		return -ENOMEM;
	sal_txn_begin(&t, d, false);
	m = sal_member_add(&t, req->net, req->name, route, info->extack);
	if (IS_ERR(m)) {
		sal_txn_abort(&t);
		return blame(info, req->net, PTR_ERR(m));
	}
	sal_txn_commit(&t);
	routes_of(routes, m, SAL_ROUTE_NONE, route);
	return 0;
}

/* when the routes are there; the namespace is held, so the member is too */
static int member_new_reply(const struct genl_info *info,
			    const struct member_req *req)
{
	struct sal_domain *d = sal_domain_find(genl_info_net(info));
	struct sal_member *m = find_by_net(d, info, req->net);

	if (IS_ERR(m))
		return PTR_ERR(m);
	member_warn(m, info->extack);
	return member_fill(req->rsp, m, NULL);
}

static int member_new_get(struct sk_buff *skb, struct genl_info *info,
			  struct member_req *req)
{
	struct net *net;

	req->name = sal_nl_get_label(info, SAL_A_MEMBER_NAME, "member name");
	if (IS_ERR(req->name))
		return PTR_ERR(req->name);
	if (GENL_REQ_ATTR_CHECK(info, SAL_A_MEMBER_NETNS_FD)) {
		NL_SET_ERR_MSG(info->extack, "netns-fd is missing");
		return -EINVAL;
	}
	net = sal_nl_get_netns(skb, info->attrs[SAL_A_MEMBER_NETNS_FD],
			       info->extack);
	if (IS_ERR(net))
		return PTR_ERR(net);
	req->net = net;
	return 0;
}

int sal_nl_member_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_reply reply;
	struct member_req req;
	int err;

	err = member_new_get(skb, info, &req);
	if (err)
		return err;
	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		goto out;
	req.rsp = reply.skb;
	err = member_request(info, &req, member_new, member_new_reply);
	sal_nl_reply_send(&reply, info, err);
out:
	put_net(req.net);
	return err;
}

/* --- member-set, member-del ----------------------------------------------- */

/*
 * Who made it a member has decided about routes; to have some made after all is
 * to change the member's namespace, not the domain.
 */
static int member_may_route(const struct genl_info *info,
			    const struct member_req *req,
			    const struct sal_member *m, u32 route)
{
	if (route == m->route || route == SAL_ROUTE_NONE ||
	    netlink_ns_capable(req->skb, m->net->user_ns, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SAL_A_MEMBER_ROUTE],
			    "no CAP_NET_ADMIN over the member's network namespace");
	return -EPERM;
}

static int member_set(const struct genl_info *info,
		      const struct member_req *req,
		      struct sal_nl_routes *routes)
{
	const struct nlattr *nla = info->attrs[SAL_A_MEMBER_ROUTE];
	struct sal_member *m;
	int err;

	m = find_by_name(sal_domain_find(genl_info_net(info)), info);
	if (IS_ERR(m))
		return PTR_ERR(m);
	if (!nla)
		return 0;
	err = member_may_route(info, req, m, nla_get_u32(nla));
	if (err)
		return err;
	routes_of(routes, m, m->route, nla_get_u32(nla));
	m->route = nla_get_u32(nla);
	sal_domain_changed(m->domain);
	return 0;
}

/* when the routes are there; perhaps the member is not, by now */
static int member_set_warn(const struct genl_info *info,
			   const struct member_req *req)
{
	struct sal_member *m;

	m = sal_member_find(sal_domain_find(genl_info_net(info)),
			    nla_data(info->attrs[SAL_A_MEMBER_NAME]));
	if (m)
		member_warn(m, info->extack);
	return 0;
}

int sal_nl_member_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct member_req req = { .skb = skb };

	return member_request(info, &req, member_set, member_set_warn);
}

static int member_del(const struct genl_info *info,
		      const struct member_req *req,
		      struct sal_nl_routes *routes)
{
	struct sal_domain *d = sal_domain_find(genl_info_net(info));
	struct sal_member *m;

	m = req->net ? find_by_net(d, info, req->net) : find_by_name(d, info);
	if (IS_ERR(m))
		return PTR_ERR(m);
	routes_of(routes, m, m->route, SAL_ROUTE_NONE);
	sal_member_del(m);
	return 0;
}

int sal_nl_member_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *fd = info->attrs[SAL_A_MEMBER_NETNS_FD];
	struct member_req req = {};
	int err;

	if (!fd)
		return member_request(info, &req, member_del, NULL);
	if (info->attrs[SAL_A_MEMBER_NAME]) {
		NL_SET_ERR_MSG_ATTR(info->extack, fd,
				    "either a name or netns-fd");
		return -EINVAL;
	}
	req.net = sal_nl_get_netns(skb, fd, info->extack);
	if (IS_ERR(req.net))
		return PTR_ERR(req.net);
	err = member_request(info, &req, member_del, NULL);
	put_net(req.net);
	return err;
}

/* --- member-get ----------------------------------------------------------- */

int sal_nl_member_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_reply reply;
	struct sal_member *m;
	int err;

	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	m = find_by_name(sal_domain_find(genl_info_net(info)), info);
	err = IS_ERR(m) ? PTR_ERR(m) : member_fill(reply.skb, m, NULL);
	mutex_unlock(&sal_mutex);
	return sal_nl_reply_send(&reply, info, err);
}

int sal_nl_member_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return sal_nl_dump_all(skb, cb, offsetof(struct sal_domain, members),
			       member_fill);
}
