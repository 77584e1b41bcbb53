// SPDX-License-Identifier: GPL-2.0
/*
 * nl_flow_filter.c - which flows a request is about
 */
#include <linux/mutex.h>
#include <linux/string.h>

#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "home.h"
#include "net.h"
#include "nl_util.h"
#include "service.h"

static bool src_matches(const struct sal_prefix *src,
			const struct in6_addr *addr)
{
	return sal_addr_af(&src->addr) == sal_addr_af(addr) &&
	       ipv6_prefix_equal(&src->addr, addr, src->len);
}

static bool endpoint_matches(const char *name, const struct sal_flow *f)
{
	const struct sal_endpoint *ep = sal_flow_endpoint(f);

	return ep && !strcmp(ep->name, name);
}

/* what only waits for the collector has gone for the user, what waits for its client
 * has not
 */
static bool flow_gone(struct sal_domain *d, const struct sal_flow *f)
{
	return READ_ONCE(sal_flow_service(f)->dead) ||
	       (!sal_flow_member(d, f) && !sal_home_awaited(d, f));
}

/**
 * sal_nl_flow_matches() - is a flow among those that a request is about?
 * @d: domain
 * @filter: what the request says
 * @f: flow
 *
 * RCU.
 *
 * Return: true if it is.
 */
bool sal_nl_flow_matches(struct sal_domain *d,
			 const struct sal_nl_flow_filter *filter,
			 const struct sal_flow *f)
{
	if (filter->has_id && f->id != filter->id)
		return false;
	if (filter->svc && f->key.svc != filter->svc)
		return false;
	if (filter->has_proto && f->key.proto != filter->proto)
		return false;
	if (filter->has_sport && f->cid != filter->sport)
		return false;
	if (filter->has_dport && sal_flow_near_port(f) != filter->dport)
		return false;
	if (filter->has_src && !src_matches(&filter->src, &f->client))
		return false;
	if (filter->endpoint && !endpoint_matches(filter->endpoint, f))
		return false;
	return !flow_gone(d, f);
}

static int filter_service(const struct genl_info *info,
			  struct sal_nl_flow_filter *filter)
{
	struct nlattr *name = info->attrs[SAL_A_FLOW_ENDPOINT];
	struct sal_endpoint *ep;
	struct sal_service *svc;
	int err = 0;

	mutex_lock(&sal_mutex);
	svc = sal_nl_find_service(sal_domain_find(genl_info_net(info)), info,
				  SAL_A_FLOW_SERVICE);
	if (IS_ERR(svc)) {
		err = PTR_ERR(svc);
		goto out;
	}
	filter->svc = svc->id;
	if (name) {
		ep = sal_nl_find_endpoint(svc, info, SAL_A_FLOW_ENDPOINT);
		if (IS_ERR(ep))
			err = PTR_ERR(ep);
	}
out:
	mutex_unlock(&sal_mutex);
	return err;
}

static int filter_names(const struct genl_info *info,
			struct sal_nl_flow_filter *filter)
{
	if (info->attrs[SAL_A_FLOW_ENDPOINT]) {
		filter->endpoint = sal_nl_get_label(info, SAL_A_FLOW_ENDPOINT,
						    "endpoint name");
		if (IS_ERR(filter->endpoint))
			return PTR_ERR(filter->endpoint);
	}
	if (info->attrs[SAL_A_FLOW_SERVICE])
		return filter_service(info, filter);
	return 0;
}

static int filter_src(const struct nlattr *nla,
		      struct sal_nl_flow_filter *filter,
		      struct netlink_ext_ack *extack)
{
	int err;

	if (!nla)
		return 0;
	filter->has_src = true;
	err = sal_nl_get_prefix(nla, &filter->src, extack);
	return err == -EADDRNOTAVAIL ? -EINVAL : err;
}

/**
 * sal_nl_flow_filter_heads() - take what a request says of headers
 * @heads: attributes, or NULL
 * @filter: where it goes; zeroed, or has something else already
 * @extack: what is wrong
 *
 * Return: 0 or EINVAL.
 */
int sal_nl_flow_filter_heads(const struct sal_nl_flow_heads *heads,
			     struct sal_nl_flow_filter *filter,
			     struct netlink_ext_ack *extack)
{
	if (heads->proto) {
		filter->has_proto = true;
		filter->proto = nla_get_u8(heads->proto);
	}
	if (heads->sport) {
		filter->has_sport = true;
		filter->sport = nla_get_be16(heads->sport);
	}
	if (heads->dport) {
		filter->has_dport = true;
		filter->dport = nla_get_be16(heads->dport);
	}
	return filter_src(heads->src, filter, extack);
}

/**
 * sal_nl_flow_filter() - which flows is a request about?
 * @info: request; only attributes that the dump and flow-del share are read
 * @filter: where it goes; lives no longer than the request
 *
 * Return: 0, EINVAL, or ENOENT where a service or endpoint is unknown.
 */
int sal_nl_flow_filter(const struct genl_info *info,
		       struct sal_nl_flow_filter *filter)
{
	struct nlattr **tb = info->attrs;
	const struct sal_nl_flow_heads heads = {
		.src	= tb[SAL_A_FLOW_SRC],
		.proto	= tb[SAL_A_FLOW_PROTO],
		.sport	= tb[SAL_A_FLOW_SPORT],
		.dport	= tb[SAL_A_FLOW_DPORT],
	};
	int err;

	memset(filter, 0, sizeof(*filter));
	err = sal_nl_flow_filter_heads(&heads, filter, info->extack);
	if (err)
		return err;
	return filter_names(info, filter);
}
