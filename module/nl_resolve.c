// SPDX-License-Identifier: GPL-2.0
/*
 * nl_resolve.c - what does a name or an address stand for, and who answers?
 *
 * Without a client's namespace that is all of the reply, and what is not there
 * is an error: anyone in the domain's namespace may ask. With one, a walk (walk.h)
 * says what a packet would meet, to who has a right over both namespaces.
 */
#include <linux/mutex.h>
#include <net/net_namespace.h>

#include "alias.h"
#include "domain.h"
#include "endpoint.h"
#include "net.h"
#include "nl_util.h"
#include "prefix.h"
#include "rule.h"
#include "service.h"
#include "vip.h"
#include "walk.h"

static int vips_put(struct sk_buff *skb, const struct sal_service *svc,
		    const struct sal_vip *match)
{
	u32 i;

	for (i = 0; i < svc->n_vips; i++)
		if ((!match || svc->vips[i] == match) &&
		    sal_nl_put_prefix(skb, SAL_A_RESOLVE_VIP,
				      &svc->vips[i]->pfx))
			return -EMSGSIZE;
	return 0;
}

/* @match: the VIP that it was found by, or NULL for all */
static int resolve_put(struct sk_buff *skb, struct sal_service *svc,
		       const struct sal_vip *match)
{
	if (nla_put_string(skb, SAL_A_RESOLVE_SERVICE, svc->name) ||
	    nla_put_in6_addr(skb, SAL_A_RESOLVE_SID, sal_service_sid(svc)) ||
	    vips_put(skb, svc, match) ||
	    nla_put_u32(skb, SAL_A_RESOLVE_GATE4,
			READ_ONCE(svc->gate[SAL_V4])) ||
	    nla_put_u32(skb, SAL_A_RESOLVE_GATE6,
			READ_ONCE(svc->gate[SAL_V6])) ||
	    nla_put_u32(skb, SAL_A_RESOLVE_USABLE4,
			READ_ONCE(svc->usable[SAL_V4])) ||
	    nla_put_u32(skb, SAL_A_RESOLVE_USABLE6,
			READ_ONCE(svc->usable[SAL_V6])))
		return -EMSGSIZE;
	return 0;
}

/* the VIP that an alias stands for; NULL for that of a service's own name, which
 * stands for all. sal_mutex.
 */
static const struct sal_vip *alias_vip(const struct sal_service *svc,
				       const char *name)
{
	const struct sal_alias *alias = sal_alias_of(svc, name);
	struct sal_prefix pfx = { .len = 128 };

	if (!alias)
		return NULL;
	pfx.addr = alias->id;
	return sal_vip_get(&svc->domain->vips, &pfx);
}

static int get_addr(const struct genl_info *info, const struct nlattr *nla,
		    struct in6_addr *addr)
{
	if (nla_type(nla) == SAL_A_RESOLVE_IPV4) {
		sal_addr_set4(addr, nla_get_in_addr(nla));
		return 0;
	}
	return sal_nl_get_addr6(nla, addr, info->extack) ? -EINVAL : 0;
}

/* nothing matches longer than an endpoint's own address; RCU */
static const struct sal_rule *find_rule(struct sal_domain *d,
					const struct in6_addr *addr,
					const struct sal_vip *vip)
{
	const struct sal_rule *rule = sal_rule_lookup(d, addr, vip);

	return rule && !sal_prefix_never(addr) &&
	       !sal_reverse_lives(d, addr) ? rule : NULL;
}

static int rule_put(struct sk_buff *skb, const struct sal_rule *rule,
		    u32 action)
{
	if (sal_nl_put_any_prefix(skb, SAL_A_RESOLVE_RULE, &rule->entry.pfx))
		return -EMSGSIZE;
	return nla_put_u32(skb, SAL_A_RESOLVE_ACTION, action);
}

/* a rule, and the service that it leads to, if it does */
static int resolve_rule(struct sal_domain *d, const struct sal_rule *rule,
			struct sk_buff *rsp)
{
	struct sal_rule_end end;

	if (sal_rule_follow(d, rule, &end))
		return rule_put(rsp, rule, SAL_ACTION_REDIRECT);
	if (end.action == SAL_ACTION_FORWARD &&
	    resolve_put(rsp, end.svc, NULL))
		return -EMSGSIZE;
	return rule_put(rsp, rule, end.action);
}

/* a rule that what is sent to the ID is subject to; RCU */
static int resolve_id_rule(struct sal_domain *d, const struct in6_addr *id,
			   struct sk_buff *rsp)
{
	const struct sal_rule *rule;
	struct sal_rule_end end;

	rule = find_rule(d, id, sal_vip_lookup(&d->vips, id));
	if (!rule)
		return 0;
	if (sal_rule_follow(d, rule, &end))
		end.action = SAL_ACTION_REDIRECT;
	return rule_put(rsp, rule, end.action);
}

static int resolve_name(const struct genl_info *info, struct sal_domain *d,
			struct sk_buff *rsp)
{
	const struct sal_vip *match;
	struct sal_service *svc;
	int err;

	svc = sal_nl_find_service(d, info, SAL_A_RESOLVE_NAME);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	match = alias_vip(svc, nla_data(info->attrs[SAL_A_RESOLVE_NAME]));
	err = resolve_put(rsp, svc, match);
	if (err)
		return err;
	rcu_read_lock();
	err = resolve_id_rule(d, match ? &match->pfx.addr : sal_service_sid(svc),
			      rsp);
	rcu_read_unlock();
	return err;
}

static int resolve_addr(const struct genl_info *info, struct sal_domain *d,
			const struct nlattr *nla, struct sk_buff *rsp)
{
	const struct sal_rule *rule;
	struct in6_addr addr;
	struct sal_vip *vip;
	int err;

	err = get_addr(info, nla, &addr);
	if (err)
		return err;
	err = -ENOENT;
	rcu_read_lock();
	vip = d ? sal_vip_lookup(&d->vips, &addr) : NULL;
	rule = d ? find_rule(d, &addr, vip) : NULL;
	if (rule)
		err = resolve_rule(d, rule, rsp);
	else if (vip)
		err = resolve_put(rsp, rcu_dereference(vip->svc), vip);
	rcu_read_unlock();
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, nla,
				    "no service has this address");
	return err;
}

/* the one attribute that is given */
static const struct nlattr *question(const struct genl_info *info)
{
	static const int kinds[] = {
		SAL_A_RESOLVE_NAME, SAL_A_RESOLVE_IPV4, SAL_A_RESOLVE_IPV6,
	};
	const struct nlattr *found = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct nlattr *nla = info->attrs[kinds[i]];

		if (found && nla) {
			NL_SET_ERR_MSG_ATTR(info->extack, nla,
					    "either a name or one address");
			return NULL;
		}
		found = found ?: nla;
	}
	if (!found) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, SAL_A_RESOLVE_NAME);
		NL_SET_ERR_MSG(info->extack, "name or address is missing");
	}
	return found;
}

static int resolve(struct genl_info *info, const struct nlattr *nla)
{
	struct sal_nl_reply reply;
	struct sal_domain *d;
	int err;

	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	d = sal_domain_find(genl_info_net(info));
	if (nla_type(nla) == SAL_A_RESOLVE_NAME)
		err = resolve_name(info, d, reply.skb);
	else
		err = resolve_addr(info, d, nla, reply.skb);
	mutex_unlock(&sal_mutex);
	return sal_nl_reply_send(&reply, info, err);
}

/* --- a walk ---------------------------------------------------------------- */

/**
 * struct walk_req - a request for a walk
 * @nla: the name or the address
 * @family: enum sal_af, or SAL_AF_NUM where any will do
 * @match: the VIP that an address was found by, or that of an alias; or NULL
 * @walk: the walk itself
 */
struct walk_req {
	const struct nlattr *nla;
	enum sal_af family;
	const struct sal_vip *match;
	struct sal_walk walk;
};

static int walk_get_family(const struct genl_info *info, struct walk_req *req)
{
	const struct nlattr *nla = info->attrs[SAL_A_RESOLVE_FAMILY];

	req->family = SAL_AF_NUM;
	if (!nla)
		return 0;
	switch (nla_get_u16(nla)) {
	case AF_INET:
		req->family = SAL_V4;
		return 0;
	case AF_INET6:
		req->family = SAL_V6;
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(info->extack, nla, "family is neither IPv4 nor IPv6");
	return -EINVAL;
}

static bool has_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_UDPLITE || proto == IPPROTO_SCTP ||
	       proto == IPPROTO_DCCP;
}

/* where none was given it follows from the family, when that is known */
static int walk_get_proto(const struct genl_info *info, struct walk_req *req)
{
	const struct nlattr *dport = info->attrs[SAL_A_RESOLVE_DPORT];
	struct sal_walk *w = &req->walk;

	if (info->attrs[SAL_A_RESOLVE_PROTO])
		w->proto = nla_get_u8(info->attrs[SAL_A_RESOLVE_PROTO]);
	if (!dport)
		return 0;
	if (!has_ports(w->proto)) {
		NL_SET_ERR_MSG_ATTR(info->extack, dport,
				    "the protocol has no ports");
		return -EINVAL;
	}
	w->dport = nla_get_be16(dport);
	return 0;
}

static int walk_get_addr(const struct genl_info *info, struct walk_req *req)
{
	struct sal_walk *w = &req->walk;
	int err;

	if (nla_type(req->nla) == SAL_A_RESOLVE_NAME) {
		w->name = sal_nl_get_name(info, SAL_A_RESOLVE_NAME,
					  "service name");
		return PTR_ERR_OR_ZERO(w->name);
	}
	err = get_addr(info, req->nla, &w->dst);
	if (err)
		return err;
	w->has_dst = true;
	w->af = sal_addr_af(&w->dst);
	if (req->family == SAL_AF_NUM || req->family == w->af)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SAL_A_RESOLVE_FAMILY],
			    "the address is of the other family");
	return -EINVAL;
}

/* the first VIP of a name that is of the family */
static int walk_find_vip(const struct genl_info *info, struct walk_req *req)
{
	struct sal_walk *w = &req->walk;
	u32 i;

	for (i = 0; i < w->svc->n_vips; i++) {
		if (req->match && w->svc->vips[i] != req->match)
			continue;
		w->dst = w->svc->vips[i]->pfx.addr;
		w->af = sal_addr_af(&w->dst);
		w->has_dst = req->family == SAL_AF_NUM || req->family == w->af;
		if (w->has_dst)
			return 0;
	}
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[SAL_A_RESOLVE_FAMILY],
				"service '%.40s' has no VIP of this family",
				w->svc->name);
	return -EAFNOSUPPORT;
}

/* what it speaks, if only that; else an echo asks */
static u8 walk_usual_proto(const struct sal_walk *w)
{
	u32 only = w->svc ? READ_ONCE(w->svc->conf.proto) : 0;

	if (only == IPPROTO_TCP || only == IPPROTO_UDP)
		return only;
	return w->af == SAL_V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
}

/* RCU */
static void walk_find_rule(struct walk_req *req)
{
	struct sal_walk *w = &req->walk;
	struct sal_rule_end end;

	w->rule = find_rule(w->d, &w->dst,
			    sal_vip_lookup(&w->d->vips, &w->dst));
	if (!w->rule)
		return;
	w->svc = NULL;
	req->match = NULL;
	w->loop = sal_rule_follow(w->d, w->rule, &end);
	if (w->loop)
		return;
	w->action = end.action;
	if (end.action == SAL_ACTION_FORWARD)
		w->svc = end.svc;
}

/* that there is no service is for the walk to say; sal_mutex */
static int walk_find(const struct genl_info *info, struct walk_req *req)
{
	struct sal_walk *w = &req->walk;
	int err = 0;

	if (w->d && w->name) {
		w->svc = sal_service_find(w->d, w->name);
		if (w->svc) {
			req->match = alias_vip(w->svc, w->name);
			err = walk_find_vip(info, req);
		}
	} else if (w->d) {
		rcu_read_lock();
		req->match = sal_vip_lookup(&w->d->vips, &w->dst);
		if (req->match)
			w->svc = rcu_dereference(req->match->svc);
		rcu_read_unlock();
	}
	if (w->d && w->has_dst && !err) {
		rcu_read_lock();
		walk_find_rule(req);
		rcu_read_unlock();
	}
	if (!w->proto && !err)
		w->proto = walk_usual_proto(w);
	return err;
}

/* the walk, and a reply of the size that it takes; sal_mutex */
static int walk(struct genl_info *info, struct walk_req *req, struct net *net,
		struct sal_nl_reply *reply)
{
	struct net *own = genl_info_net(info);
	struct sal_walk *w = &req->walk;
	int err;

	w->d = sal_domain_find(own);
	w->from = net;
	err = walk_find(info, req);
	if (err)
		return err;
	/* who asks has a right over both, and is to see which is which */
	peernet2id_alloc(own, net, GFP_KERNEL);
	sal_walk(w);
	err = sal_nl_reply_init(reply, info,
				GENLMSG_DEFAULT_SIZE + sal_nl_walk_size(w));
	if (err)
		return err;
	if (w->svc)
		err = resolve_put(reply->skb, w->svc, req->match);
	if (!err && w->rule)
		err = rule_put(reply->skb, w->rule, w->loop ?
			       SAL_ACTION_REDIRECT : w->action);
	if (!err)
		err = sal_nl_walk_put(reply->skb, w, own);
	return sal_nl_reply_send(reply, info, err);
}

static int walk_get(const struct genl_info *info, struct walk_req *req)
{
	int err;

	err = walk_get_family(info, req);
	if (!err)
		err = walk_get_proto(info, req);
	if (!err)
		err = walk_get_addr(info, req);
	if (err)
		return err;
	if (sal_walk_init(&req->walk)) {
		NL_SET_ERR_MSG(info->extack, "out of memory");
		return -ENOMEM;
	}
	return 0;
}

/*
 * It tells routes, neighbours and filters of the namespaces on the way: that is
 * for who could look there, or runs the domain that they were attached to.
 */
static int walk_may(struct sk_buff *skb, const struct genl_info *info)
{
	const struct nlattr *fd = info->attrs[SAL_A_RESOLVE_NETNS_FD];

	if (netlink_ns_capable(skb, genl_info_net(info)->user_ns,
			       CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, fd,
			    "a walk needs CAP_NET_ADMIN over the domain's network namespace");
	return -EPERM;
}

static int resolve_walk(struct sk_buff *skb, struct genl_info *info,
			const struct nlattr *nla)
{
	const struct nlattr *fd = info->attrs[SAL_A_RESOLVE_NETNS_FD];
	struct walk_req req = { .nla = nla };
	struct sal_nl_reply reply;
	struct net *net;
	int err;

	err = walk_may(skb, info);
	if (err)
		return err;
	net = sal_nl_get_netns(skb, fd, info->extack);
	if (IS_ERR(net))
		return PTR_ERR(net);
	err = walk_get(info, &req);
	if (!err) {
		mutex_lock(&sal_mutex);
		err = walk(info, &req, net, &reply);
		mutex_unlock(&sal_mutex);
		sal_walk_destroy(&req.walk);
	}
	put_net(net);
	return err;
}

/* what is about a walk wants one */
static int only_resolve(const struct genl_info *info)
{
	static const int attrs[] = {
		SAL_A_RESOLVE_FAMILY, SAL_A_RESOLVE_PROTO, SAL_A_RESOLVE_DPORT,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		if (info->attrs[attrs[i]]) {
			NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attrs[i]],
					    "only with netns-fd, for a walk");
			return -EINVAL;
		}
	return 0;
}

int sal_nl_resolve_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *nla = question(info);
	int err;

	if (!nla)
		return -EINVAL;
	if (info->attrs[SAL_A_RESOLVE_NETNS_FD])
		return resolve_walk(skb, info, nla);
	err = only_resolve(info);
	return err ?: resolve(info, nla);
}
