// SPDX-License-Identifier: GPL-2.0
/*
 * nl_endpoint.c - requests about endpoints
 */
#include <linux/mutex.h>
#include <net/net_namespace.h>

#include "domain.h"
#include "endpoint.h"
#include "member.h"
#include "net.h"
#include "nl_change.h"
#include "nl_util.h"
#include "prefix.h"
#include "service.h"
#include "txn.h"
#include "vip.h"

static int place_put(struct sk_buff *skb, const struct sal_endpoint *ep,
		     struct net *net)
{
	if (sal_nl_put_nsid(skb, SAL_A_ENDPOINT_NSID, ep->svc->domain->net,
			    net))
		return -EMSGSIZE;
	if (ep->has & BIT(SAL_V4) &&
	    nla_put_in_addr(skb, SAL_A_ENDPOINT_IPV4,
			    sal_addr_get4(sal_endpoint_addr(ep, SAL_V4))))
		return -EMSGSIZE;
	if (ep->has & BIT(SAL_V6) &&
	    nla_put_in6_addr(skb, SAL_A_ENDPOINT_IPV6,
			     sal_endpoint_addr(ep, SAL_V6)))
		return -EMSGSIZE;
	if (ep->port && nla_put_u16(skb, SAL_A_ENDPOINT_PORT, ep->port))
		return -EMSGSIZE;
	return 0;
}

static int flows_put(struct sk_buff *skb, struct sal_endpoint *ep)
{
	struct sal_moved count;

	sal_endpoint_count(ep, &count);
	if (nla_put_u32(skb, SAL_A_ENDPOINT_FLOWS, count.flows) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_CELLS, count.cells))
		return -EMSGSIZE;
	return 0;
}

static int traffic_put(struct sk_buff *skb, const struct sal_endpoint *ep)
{
	struct sal_traffic_sum sum;

	sal_traffic_read(ep->traffic, &sum);
	return sal_nl_put_traffic(skb, SAL_A_ENDPOINT_FORWARD_PACKETS, &sum);
}

/* @left: for a reply; it takes sal_lock, too, and is another each time */
static int lease_put(struct sk_buff *skb, const struct sal_endpoint *ep,
		     bool left)
{
	u32 time = READ_ONCE(ep->lease.time);

	if (!time)
		return 0;
	if (nla_put_u32(skb, SAL_A_ENDPOINT_LEASE, time))
		return -EMSGSIZE;
	return left ? nla_put_u32(skb, SAL_A_ENDPOINT_LEASE_LEFT,
				  sal_lease_left(ep)) : 0;
}

/**
 * sal_nl_fill_endpoint() - put an endpoint into a message
 * @skb: message
 * @ep: endpoint
 * @net: namespace that it lives in, or lived in; NULL where there is none
 * @seq: number of the event, or 0 where it is none
 *
 * Events do without the numbers of flows and cells: these take sal_lock, which
 * who sends an event may hold; and without those of packets. sal_mutex, or sal_lock for an event.
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_fill_endpoint(struct sk_buff *skb, struct sal_endpoint *ep,
			 struct net *net, u64 seq)
{
	if (nla_put_string(skb, SAL_A_ENDPOINT_SERVICE, ep->svc->name) ||
	    nla_put_string(skb, SAL_A_ENDPOINT_NAME, ep->name) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_ID, ep->id) ||
	    place_put(skb, ep, net) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_WEIGHT, READ_ONCE(ep->weight)) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_TIER, READ_ONCE(ep->tier)) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_MAX_FLOWS,
			READ_ONCE(ep->max_flows)) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_STATE, sal_drain_state(ep)) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_FAULT4,
			READ_ONCE(ep->fault[SAL_V4])) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_FAULT6,
			READ_ONCE(ep->fault[SAL_V6])))
		return -EMSGSIZE;
	if (!ep->local && nla_put_flag(skb, SAL_A_ENDPOINT_REMOTE))
		return -EMSGSIZE;
	if (ep->absent && nla_put_flag(skb, SAL_A_ENDPOINT_ABSENT))
		return -EMSGSIZE;
	if (lease_put(skb, ep, !seq) || sal_nl_fill_deadline(skb, ep, !seq))
		return -EMSGSIZE;
	if (seq)
		return nla_put_uint(skb, SAL_A_ENDPOINT_SEQ, seq);
	if (flows_put(skb, ep))
		return -EMSGSIZE;
	if (ep->drain_phase != SAL_DRAIN_NOT && sal_nl_fill_drain(skb, ep))
		return -EMSGSIZE;
	return traffic_put(skb, ep);
}

/* --- what a request wants ------------------------------------------------- */

/* only attributes that both endpoint-new and endpoint-set have */
static int req_get(const struct genl_info *info, struct sal_endpoint_req *req)
{
	struct nlattr **tb = info->attrs;

	if (tb[SAL_A_ENDPOINT_IPV4]) {
		sal_addr_set4(&req->addr[SAL_V4],
			      nla_get_in_addr(tb[SAL_A_ENDPOINT_IPV4]));
		req->has |= BIT(SAL_V4);
	}
	if (tb[SAL_A_ENDPOINT_IPV6]) {
		int err = sal_nl_get_addr6(tb[SAL_A_ENDPOINT_IPV6],
					   &req->addr[SAL_V6], info->extack);

		if (err)
			return err;
		req->has |= BIT(SAL_V6);
	}
	if (tb[SAL_A_ENDPOINT_PORT])
		req->port = nla_get_u16(tb[SAL_A_ENDPOINT_PORT]);
	if (tb[SAL_A_ENDPOINT_WEIGHT])
		req->weight = nla_get_u32(tb[SAL_A_ENDPOINT_WEIGHT]);
	if (tb[SAL_A_ENDPOINT_TIER])
		req->tier = nla_get_u32(tb[SAL_A_ENDPOINT_TIER]);
	if (tb[SAL_A_ENDPOINT_MAX_FLOWS])
		req->max_flows = nla_get_u32(tb[SAL_A_ENDPOINT_MAX_FLOWS]);
	if (tb[SAL_A_ENDPOINT_STATE])
		req->state = nla_get_u32(tb[SAL_A_ENDPOINT_STATE]);
	/* what a reply says may be asked for */
	if (req->state == SAL_ENDPOINT_STATE_DRAINED)
		req->state = SAL_ENDPOINT_STATE_DRAINING;
	if (tb[SAL_A_ENDPOINT_LEASE]) {
		req->lease = nla_get_u32(tb[SAL_A_ENDPOINT_LEASE]);
		req->renew = true;
	}
	return 0;
}

/* is this the address that the core has refused? */
static bool addr_refused(struct sal_service *svc,
			 const struct sal_endpoint_req *req, enum sal_af af)
{
	const struct in6_addr *addr = &req->addr[af];
	const struct sal_endpoint *other;
	bool refused;

	if (sal_prefix_check_endpoint(addr, NULL))
		return true;
	rcu_read_lock();
	refused = sal_vip_lookup(&svc->domain->vips, addr);
	rcu_read_unlock();
	other = sal_reverse_of(svc->domain, svc, addr);
	return refused || (other && strcmp(other->name, req->name));
}

static int blame(const struct genl_info *info, struct sal_service *svc,
		 const struct sal_endpoint_req *req, int err)
{
	static const struct sal_nl_blame list[] = {
		{ -EADDRNOTAVAIL, SAL_A_ENDPOINT_IPV6 },
		{ -EADDRNOTAVAIL, SAL_A_ENDPOINT_IPV4 },
		{ -EADDRINUSE, SAL_A_ENDPOINT_IPV6 },
		{ -EADDRINUSE, SAL_A_ENDPOINT_IPV4 },
		{ -EEXIST, SAL_A_ENDPOINT_NAME },
		{ -ENOSPC, SAL_A_ENDPOINT_NAME },
		{ -EOPNOTSUPP, SAL_A_ENDPOINT_PORT },
		{ -ERANGE, SAL_A_ENDPOINT_PORT },
		{ -EBUSY, SAL_A_ENDPOINT_NETNS_FD },
		{ -ENOENT, SAL_A_ENDPOINT_NETNS_FD },
		{ -ENOPKG, SAL_A_ENDPOINT_NETNS_FD },
		{ }
	};

	if ((err == -EADDRNOTAVAIL || err == -EADDRINUSE) &&
	    info->attrs[SAL_A_ENDPOINT_IPV4] && addr_refused(svc, req, SAL_V4))
		NL_SET_BAD_ATTR(info->extack, info->attrs[SAL_A_ENDPOINT_IPV4]);
	return sal_nl_blame(info, err, list);
}

static bool service_has_family(const struct sal_service *svc, enum sal_af af)
{
	u32 i;

	for (i = 0; i < svc->n_vips; i++)
		if (sal_addr_af(&svc->vips[i]->pfx.addr) == af)
			return true;
	return false;
}

/* what the requester should know although it has worked */
static void endpoint_warn(const struct sal_endpoint *ep,
			  struct netlink_ext_ack *extack)
{
	const struct sal_service *svc = ep->svc;
	u32 fault = READ_ONCE(ep->fault[SAL_V4]) |
		    READ_ONCE(ep->fault[SAL_V6]);

	if (ep->absent)
		NL_SET_ERR_MSG(extack,
			       "endpoint is not usable: its namespace is not there yet");
	else if (fault & SAL_FAULT_NETNS)
		NL_SET_ERR_MSG(extack,
			       "endpoint is not usable: its namespace is being deleted");
	else if (fault & SAL_FAULT_ADDRESS)
		NL_SET_ERR_MSG(extack,
			       "endpoint is not usable yet: address is not there");
	else if (fault & SAL_FAULT_DEVICE)
		NL_SET_ERR_MSG(extack,
			       "endpoint is not usable yet: device is down");
	else if (fault & SAL_FAULT_LEASE)
		NL_SET_ERR_MSG(extack,
			       "endpoint is not usable: its lease has expired");
	else if (!(ep->has & BIT(SAL_V4)) && service_has_family(svc, SAL_V4))
		NL_SET_ERR_MSG(extack,
			       "service has an IPv4 VIP, the endpoint no IPv4 address");
	else if (!(ep->has & BIT(SAL_V6)) && service_has_family(svc, SAL_V6))
		NL_SET_ERR_MSG(extack,
			       "service has an IPv6 VIP, the endpoint no IPv6 address");
}

/* nothing but the lease is asked for, whatever else there may be to ask for */
static bool only_renews(const struct genl_info *info)
{
	const struct nlattr *attr;
	bool renews = false;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		switch (nla_type(attr)) {
		case SAL_A_ENDPOINT_SERVICE:
		case SAL_A_ENDPOINT_NAME:
			break;
		case SAL_A_ENDPOINT_RENEW:
			renews = true;
			break;
		default:
			return false;
		}
	}
	return renews;
}

/* --- endpoint-new --------------------------------------------------------- */

static int endpoint_reply(struct sk_buff *rsp, const struct sal_nl_change *c)
{
	return sal_nl_fill_endpoint(rsp, c->ep, c->ep->net, 0);
}

/* who renews does so all the time, and has been told */
static void endpoint_done(const struct sal_nl_change *c)
{
	if (!only_renews(c->info))
		endpoint_warn(c->ep, c->info->extack);
}

/*
 * Membership comes before the endpoint: what the endpoint answers must pass
 * hooks. So the endpoint is checked before, and what is refused leaves no trace
 * in the namespace.
 */
static int endpoint_join(struct sal_nl_change *c, struct sal_service *svc,
			 const struct sal_endpoint_req *req,
			 const struct sal_endpoint *self)
{
	struct netlink_ext_ack *extack = c->info->extack;
	struct sal_member *m;
	int err;

	err = sal_endpoint_check(svc, req, self, extack);
	if (err || !c->net || c->info->attrs[SAL_A_ENDPOINT_NO_MEMBER])
		return err;
	m = sal_nl_member_auto(c->txn, c->net, req->name, extack);
	return PTR_ERR_OR_ZERO(m);
}

static int endpoint_new_req(struct sal_nl_change *c, struct sal_service *svc,
			    const struct sal_endpoint_req *req)
{
	struct netlink_ext_ack *extack = c->info->extack;
	struct sal_endpoint *ep = NULL;
	int err;

	if (c->info->attrs[SAL_A_ENDPOINT_REPLACE])
		ep = sal_endpoint_find(svc, req->name);
	err = endpoint_join(c, svc, req, ep);
	if (err)
		return blame(c->info, svc, req, err);
	ep = ep ? sal_endpoint_change(c->txn, ep, req, extack) :
		  sal_endpoint_create(c->txn, svc, req, extack);
	c->ep = ep;
	return blame(c->info, svc, req, PTR_ERR_OR_ZERO(ep));
}

static int endpoint_new_get(const struct genl_info *info,
			    struct sal_endpoint_req *req)
{
	int err;

	req->name = sal_nl_get_label(info, SAL_A_ENDPOINT_NAME,
				     "endpoint name");
	if (IS_ERR(req->name))
		return PTR_ERR(req->name);
	err = req_get(info, req);
	if (err)
		return err;
	if (!req->has) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, SAL_A_ENDPOINT_IPV4);
		NL_SET_ERR_MSG(info->extack, "an endpoint needs an address");
		return -EINVAL;
	}
	return 0;
}

static int endpoint_new(struct sal_nl_change *c)
{
	struct sal_endpoint_req req = {
		.net = c->net,
		.weight = 1,
		.state = SAL_ENDPOINT_STATE_UP,
		.renew = true,
	};
	struct sal_service *svc;
	int err;

	err = endpoint_new_get(c->info, &req);
	if (err)
		return err;
	req.absent = c->info->attrs[SAL_A_ENDPOINT_ABSENT];
	if (req.absent && req.net) {
		NL_SET_ERR_MSG_ATTR(c->info->extack,
				    c->info->attrs[SAL_A_ENDPOINT_ABSENT],
				    "its namespace is there");
		return -EINVAL;
	}
	svc = sal_nl_find_service(c->txn->d, c->info, SAL_A_ENDPOINT_SERVICE);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	return endpoint_new_req(c, svc, &req);
}

int sal_nl_endpoint_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	static const struct sal_nl_op op = {
		.plan = endpoint_new,
		.reply = endpoint_reply,
		.done = endpoint_done,
		.netns = SAL_A_ENDPOINT_NETNS_FD,
	};

	return sal_nl_change(skb, info, &op);
}

/* --- the others ----------------------------------------------------------- */

static struct sal_endpoint *endpoint_get(struct sal_domain *d,
					 const struct genl_info *info)
{
	struct sal_service *svc;

	svc = sal_nl_find_service(d, info, SAL_A_ENDPOINT_SERVICE);
	if (IS_ERR(svc))
		return ERR_CAST(svc);
	return sal_nl_find_endpoint(svc, info, SAL_A_ENDPOINT_NAME);
}

/* as it is planned by now; sal_mutex keeps its namespace from being freed */
static void req_from(struct sal_endpoint_req *req,
		     const struct sal_endpoint *ep)
{
	int af;

	*req = (struct sal_endpoint_req) {
		.name = ep->name,
		.net = ep->net,
		.absent = ep->absent,
		.has = ep->has,
		.port = ep->port,
		.weight = ep->want_weight,
		.tier = ep->want_tier,
		.max_flows = ep->want_max_flows,
		.state = ep->want_state,
		.lease = ep->lease.want,
		.renew = ep->lease.start,
	};
	if (ep->drain)
		req->drain = ep->drain->want;
	for (af = 0; af < SAL_AF_NUM; af++)
		req->addr[af] = *sal_endpoint_addr(ep, af);
}

/* there has to be one */
static int lease_renew(const struct genl_info *info,
		       struct sal_endpoint_req *req)
{
	struct nlattr *renew = info->attrs[SAL_A_ENDPOINT_RENEW];

	if (!renew)
		return 0;
	if (!req->lease) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, renew,
					"endpoint '%.48s' has no lease",
					req->name);
		return -ENODATA;
	}
	req->renew = true;
	return 0;
}

static int endpoint_set(struct sal_nl_change *c)
{
	const struct genl_info *info = c->info;
	struct sal_endpoint *ep = endpoint_get(c->txn->d, info);
	char name[SAL_LABEL_MAX + 1];
	struct sal_endpoint_req req;
	struct sal_service *svc;
	int err;

	if (IS_ERR(ep))
		return PTR_ERR(ep);
	svc = ep->svc;
	req_from(&req, ep);
	/* one that is but planned may go before another takes its place */
	strscpy(name, ep->name, sizeof(name));
	req.name = name;
	if (c->net) {
		req.net = c->net;
		req.absent = false;
	}
	/* it must not become one that is outside of this host */
	if (ep->local && !req.net && !req.absent) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SAL_A_ENDPOINT_NAME],
				    "the network namespace is being deleted");
		return -ENOENT;
	}
	err = req_get(info, &req) ?: lease_renew(info, &req) ?:
	      sal_nl_drain_get(info, &req);
	if (err)
		return err;
	c->ep = ep;
	if (only_renews(info) && sal_endpoint_renew(c->txn, ep))
		return 0;
	err = c->net ? endpoint_join(c, svc, &req, ep) : 0;
	if (err)
		return blame(info, svc, &req, err);
	ep = sal_endpoint_change(c->txn, ep, &req, info->extack);
	c->ep = ep;
	return blame(info, svc, &req, PTR_ERR_OR_ZERO(ep));
}

int sal_nl_endpoint_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	static const struct sal_nl_op op = {
		.plan = endpoint_set,
		.done = endpoint_done,
		.netns = SAL_A_ENDPOINT_NETNS_FD,
	};

	return sal_nl_change(skb, info, &op);
}

int sal_nl_endpoint_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_nl_reply reply;
	struct sal_endpoint *ep;
	int err;

	err = sal_nl_reply_init(&reply, info, GENLMSG_DEFAULT_SIZE);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	ep = endpoint_get(sal_domain_find(genl_info_net(info)), info);
	err = IS_ERR(ep) ? PTR_ERR(ep) :
			   sal_nl_fill_endpoint(reply.skb, ep, ep->net, 0);
	mutex_unlock(&sal_mutex);
	return sal_nl_reply_send(&reply, info, err);
}

static int endpoint_del(struct sal_nl_change *c)
{
	struct sal_endpoint *ep = endpoint_get(c->txn->d, c->info);

	if (IS_ERR(ep))
		return PTR_ERR(ep);
	sal_endpoint_delete(c->txn, ep, SAL_CAUSE_ENDPOINT_DEL);
	return 0;
}

int sal_nl_endpoint_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	static const struct sal_nl_op op = {
		.plan = endpoint_del,
	};

	return sal_nl_change(skb, info, &op);
}

static int endpoint_dump_fill(struct sk_buff *skb, void *obj,
			      const void *filter)
{
	struct sal_endpoint *ep = obj;

	if (filter && ep->svc != filter)
		return 1;
	return sal_nl_fill_endpoint(skb, ep, ep->net, 0);
}

static int endpoint_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct sal_domain *d = sal_domain_find(genl_info_net(info));
	struct sal_service *svc = NULL;

	if (info->attrs[SAL_A_ENDPOINT_SERVICE]) {
		svc = sal_nl_find_service(d, info, SAL_A_ENDPOINT_SERVICE);
		if (IS_ERR(svc))
			return PTR_ERR(svc);
	}
	if (!d)
		return 0;
	return sal_nl_dump_table(skb, cb, d, &d->endpoints,
				 endpoint_dump_fill, svc);
}

int sal_nl_endpoint_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	int err;

	mutex_lock(&sal_mutex);
	err = endpoint_dump(skb, cb);
	mutex_unlock(&sal_mutex);
	return err;
}
