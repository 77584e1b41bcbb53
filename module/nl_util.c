// SPDX-License-Identifier: GPL-2.0
/*
 * nl_util.c - what the handlers of the netlink family share
 *
 * Texts of the extended ack have room for NETLINK_MAX_FMTMSG_LEN bytes, names
 * may be longer: hence the precisions in the formats.
 */
#include <linux/ctype.h>
#include <linux/net_namespace.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "domain.h"
#include "endpoint.h"
#include "name.h"
#include "nl_util.h"
#include "service.h"
#include "traffic.h"

/**
 * sal_nl_reply_init() - make the reply to a request
 * @reply: where it goes
 * @info: request
 * @size: room for attributes
 *
 * Return: 0 or ENOMEM.
 */
int sal_nl_reply_init(struct sal_nl_reply *reply, struct genl_info *info,
		      size_t size)
{
	reply->skb = genlmsg_new(size, GFP_KERNEL);
	if (!reply->skb)
		goto err_nomem;
	reply->hdr = genlmsg_iput(reply->skb, info);
	if (!reply->hdr)
		goto err_free;
	return 0;

err_free:
	nlmsg_free(reply->skb);
err_nomem:
	NL_SET_ERR_MSG(info->extack, "out of memory");
	return -ENOMEM;
}

/**
 * sal_nl_reply_send() - send the reply to a request, or drop it
 * @reply: reply
 * @info: request
 * @err: what came of the request; where it failed there is no reply
 *
 * What was changed stays changed where the reply cannot be sent, so a request
 * that changes anything returns @err and not this.
 *
 * Return: what the handler of a request that only asks returns.
 */
int sal_nl_reply_send(struct sal_nl_reply *reply, struct genl_info *info,
		      int err)
{
	if (err) {
		nlmsg_free(reply->skb);
		return err;
	}
	genlmsg_end(reply->skb, reply->hdr);
	return genlmsg_reply(reply->skb, info);
}

/**
 * sal_nl_no_attrs() - a request that takes no attributes was given some?
 * @nlh: request
 * @extack: what is wrong
 *
 * The core does not look at the attributes of an operation without a policy,
 * and a filter that is not one must not pass for it.
 *
 * Return: 0 or EINVAL.
 */
int sal_nl_no_attrs(const struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	if (!nlmsg_attrlen(nlh, GENL_HDRLEN))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, nlmsg_attrdata(nlh, GENL_HDRLEN),
			    "this request takes no attributes");
	return -EINVAL;
}

/**
 * sal_nl_blame() - name the attribute that an error is about
 * @info: request
 * @err: error of the core, negative; or 0
 * @blame: which attribute stands for which error
 *
 * The core says in words what is wrong, but knows of no attributes. Where
 * nobody has named one yet, the errno tells which it must have been.
 *
 * Return: @err.
 */
int sal_nl_blame(const struct genl_info *info, int err,
		 const struct sal_nl_blame *blame)
{
	struct netlink_ext_ack *extack = info->extack;

	if (!err || !extack || extack->bad_attr)
		return err;
	for (; blame->err; blame++)
		if (blame->err == err && info->attrs[blame->attr]) {
			NL_SET_BAD_ATTR(extack, info->attrs[blame->attr]);
			break;
		}
	return err;
}

static const char *check_name(const struct nlattr *nla, const char *what,
			      const char *others,
			      struct netlink_ext_ack *extack)
{
	const char *name = nla_data(nla), *c;

	if (!*name) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, nla, "%s is empty", what);
		return ERR_PTR(-EINVAL);
	}
	for (c = name; *c; c++) {
		if (isascii(*c) && (isalnum(*c) || strchr(others, *c)))
			continue;
		NL_SET_ERR_MSG_ATTR_FMT(extack, nla,
					"%s: only letters, digits and any of %s",
					what, others);
		return ERR_PTR(-EINVAL);
	}
	return name;
}

static const struct nlattr *need_name(const struct genl_info *info, int attr,
				      const char *what)
{
	if (!NL_REQ_ATTR_CHECK(info->extack, NULL, info->attrs, attr))
		return info->attrs[attr];
	NL_SET_ERR_MSG_FMT(info->extack, "%s is missing", what);
	return ERR_PTR(-EINVAL);
}

/**
 * sal_nl_name() - the name of a service, or an alias, in an attribute
 * @nla: attribute, which must be a NUL-terminated string
 * @what: what it is, for the extended ack
 * @extack: what is wrong
 *
 * Return: the name, which lives as long as the request; or an ERR_PTR.
 */
const char *sal_nl_name(const struct nlattr *nla, const char *what,
			struct netlink_ext_ack *extack)
{
	const char *name = check_name(nla, what, "._-", extack);
	const char *bad;

	if (IS_ERR(name))
		return name;
	bad = sal_name_bad(name);
	if (!bad)
		return name;
	NL_SET_ERR_MSG_ATTR_FMT(extack, nla, "%s: %s", what, bad);
	return ERR_PTR(-EINVAL);
}

/**
 * sal_nl_get_name() - the name of a service in a request
 * @info: request
 * @attr: number of the attribute, which must be a NUL-terminated string
 * @what: what it is, for the extended ack
 *
 * Return: the name, which lives as long as the request; or an ERR_PTR.
 */
const char *sal_nl_get_name(const struct genl_info *info, int attr,
			    const char *what)
{
	const struct nlattr *nla = need_name(info, attr, what);

	return IS_ERR(nla) ? ERR_CAST(nla) :
			     sal_nl_name(nla, what, info->extack);
}

/**
 * sal_nl_get_label() - the name of a member or an endpoint in a request
 * @info: request
 * @attr: number of the attribute, which must be a NUL-terminated string
 * @what: what it is, for the extended ack
 *
 * Return: the name, which lives as long as the request; or an ERR_PTR.
 */
const char *sal_nl_get_label(const struct genl_info *info, int attr,
			     const char *what)
{
	const struct nlattr *nla = need_name(info, attr, what);

	return IS_ERR(nla) ? ERR_CAST(nla) :
			     check_name(nla, what, "._:@-", info->extack);
}

/**
 * sal_nl_get_addr6() - an IPv6 address in a request
 * @attr: attribute of 16 bytes
 * @addr: where it goes
 * @extack: what is wrong
 *
 * Tables hold IPv4 addresses v4-mapped, so nobody else may come in that form.
 *
 * Return: 0 or EADDRNOTAVAIL.
 */
int sal_nl_get_addr6(const struct nlattr *attr, struct in6_addr *addr,
		     struct netlink_ext_ack *extack)
{
	*addr = nla_get_in6_addr(attr);
	if (!ipv6_addr_v4mapped(addr))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "address is v4-mapped, give the IPv4 address");
	return -EADDRNOTAVAIL;
}

static int get_prefix(const struct nlattr *nest, struct nlattr **tb,
		      struct sal_prefix *pfx, struct netlink_ext_ack *extack)
{
	struct in6_addr masked;
	u32 bits = 128, len;
	int err;

	if (!tb[SAL_A_PREFIX_IPV4] == !tb[SAL_A_PREFIX_IPV6]) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "a prefix has one address, IPv4 or IPv6");
		return -EINVAL;
	}

	memset(pfx, 0, sizeof(*pfx));
	if (tb[SAL_A_PREFIX_IPV4]) {
		bits = 32;
		sal_addr_set4(&pfx->addr,
			      nla_get_in_addr(tb[SAL_A_PREFIX_IPV4]));
	} else {
		err = sal_nl_get_addr6(tb[SAL_A_PREFIX_IPV6], &pfx->addr,
				       extack);
		if (err)
			return err;
	}

	len = bits;
	if (tb[SAL_A_PREFIX_LEN])
		len = nla_get_u32(tb[SAL_A_PREFIX_LEN]);
	if (len > bits) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SAL_A_PREFIX_LEN],
				    "prefix length is over 32");
		return -EINVAL;
	}
	pfx->len = 128 - bits + len;
	ipv6_addr_prefix(&masked, &pfx->addr, pfx->len);
	if (!ipv6_addr_equal(&masked, &pfx->addr)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "bits behind the prefix length are set");
		return -EINVAL;
	}
	return 0;
}

/**
 * sal_nl_get_prefix() - a prefix in a request
 * @nest: attribute
 * @pfx: where it goes
 * @extack: what is wrong
 *
 * Return: 0, or EINVAL, or EADDRNOTAVAIL where it is v4-mapped.
 */
int sal_nl_get_prefix(const struct nlattr *nest, struct sal_prefix *pfx,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SAL_A_PREFIX_LEN + 1];

	return nla_parse_nested(tb, SAL_A_PREFIX_LEN, nest,
				sal_prefix_nl_policy, extack) ?:
	       get_prefix(nest, tb, pfx, extack);
}

/**
 * sal_nl_get_any_prefix() - a prefix in a request that may be that of all addresses
 * @nest: attribute
 * @pfx: where it goes
 * @extack: what is wrong
 *
 * Return: as sal_nl_get_prefix().
 */
int sal_nl_get_any_prefix(const struct nlattr *nest, struct sal_prefix *pfx,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SAL_A_ANY_PREFIX_LEN + 1];

	/* they differ in the least length, and in nothing else */
	BUILD_BUG_ON(SAL_A_ANY_PREFIX_IPV4 != (int)SAL_A_PREFIX_IPV4 ||
		     SAL_A_ANY_PREFIX_IPV6 != (int)SAL_A_PREFIX_IPV6 ||
		     SAL_A_ANY_PREFIX_LEN != (int)SAL_A_PREFIX_LEN);
	return nla_parse_nested(tb, SAL_A_ANY_PREFIX_LEN, nest,
				sal_any_prefix_nl_policy, extack) ?:
	       get_prefix(nest, tb, pfx, extack);
}

/**
 * sal_nl_put_any_prefix() - put such a prefix into a message
 * @skb: message
 * @attr: number of the attribute
 * @pfx: prefix
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_put_any_prefix(struct sk_buff *skb, int attr,
			  const struct sal_prefix *pfx)
{
	return sal_nl_put_prefix(skb, attr, pfx);
}

/**
 * sal_nl_put_prefix() - put a prefix into a message
 * @skb: message
 * @attr: number of the attribute
 * @pfx: prefix
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_put_prefix(struct sk_buff *skb, int attr,
		      const struct sal_prefix *pfx)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	int err;

	if (!nest)
		return -EMSGSIZE;
	if (sal_addr_af(&pfx->addr) == SAL_V4)
		err = nla_put_in_addr(skb, SAL_A_PREFIX_IPV4,
				      sal_addr_get4(&pfx->addr));
	else
		err = nla_put_in6_addr(skb, SAL_A_PREFIX_IPV6, &pfx->addr);
	if (err || nla_put_u32(skb, SAL_A_PREFIX_LEN,
			       sal_prefix_userlen(pfx)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * sal_nl_put_addr() - put an address into a message, as a prefix
 * @skb: message
 * @attr: number of the attribute
 * @addr: address
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_put_addr(struct sk_buff *skb, int attr, const struct in6_addr *addr)
{
	const struct sal_prefix pfx = { .addr = *addr, .len = 128 };

	return sal_nl_put_prefix(skb, attr, &pfx);
}

/**
 * sal_nl_put_traffic() - put what something has carried into a message
 * @skb: message
 * @attr: number of the attribute that packets of the forward direction have; those
 *	of their bytes, and of the reverse direction, follow
 * @sum: what it has carried
 *
 * Return: 0 or EMSGSIZE.
 */
int sal_nl_put_traffic(struct sk_buff *skb, int attr,
		       const struct sal_traffic_sum *sum)
{
	enum sal_direction dir;

	BUILD_BUG_ON(SAL_A_SERVICE_REVERSE_BYTES !=
		     SAL_A_SERVICE_FORWARD_PACKETS + 3);
	BUILD_BUG_ON(SAL_A_ENDPOINT_REVERSE_BYTES !=
		     SAL_A_ENDPOINT_FORWARD_PACKETS + 3);
	BUILD_BUG_ON(SAL_A_FLOW_REVERSE_BYTES !=
		     SAL_A_FLOW_FORWARD_PACKETS + 3);
	for (dir = 0; dir < SAL_DIRECTIONS; dir++)
		if (nla_put_uint(skb, attr++, sum->packets[dir]) ||
		    nla_put_uint(skb, attr++, sum->bytes[dir]))
			return -EMSGSIZE;
	return 0;
}

/**
 * sal_nl_get_netns() - a network namespace in a request
 * @skb: request
 * @attr: attribute that has the descriptor
 * @extack: what is wrong
 *
 * Return: the namespace, with a reference; or an ERR_PTR: EBADF, or EPERM
 * where the requester has no CAP_NET_ADMIN over it.
 */
struct net *sal_nl_get_netns(struct sk_buff *skb, const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	struct net *net = get_net_ns_by_fd(nla_get_u32(attr));

	if (IS_ERR(net)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "descriptor is no network namespace");
		return ERR_PTR(-EBADF);
	}
	if (!netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "no CAP_NET_ADMIN over the network namespace");
		put_net(net);
		return ERR_PTR(-EPERM);
	}
	return net;
}

/**
 * sal_nl_put_nsid() - name a network namespace in a message
 * @skb: message
 * @attr: number of the attribute
 * @reader: namespace of who reads it, that is, the domain's
 * @net: namespace to be named, or NULL for none
 *
 * It is looked up now: an ID that was given when @net was attached may be
 * another's by the time that @net exits. None is made here, as that is a change
 * in the reader's namespace, and a reader may have no right to any.
 *
 * Both namespaces are kept by the caller, by a reference, sal_mutex or RCU.
 *
 * Return: 0, be it that there is no ID; or EMSGSIZE.
 */
int sal_nl_put_nsid(struct sk_buff *skb, int attr, const struct net *reader,
		    struct net *net)
{
	int nsid = net ? peernet2id(reader, net) : NETNSA_NSID_NOT_ASSIGNED;

	return nsid < 0 ? 0 : nla_put_s32(skb, attr, nsid);
}

/**
 * sal_nl_obtain_domain() - the domain that a request is about
 * @info: request
 *
 * sal_mutex.
 *
 * Return: the domain, made if need be; NULL where there is no memory.
 */
struct sal_domain *sal_nl_obtain_domain(const struct genl_info *info)
{
	struct sal_domain *d = sal_domain_obtain(genl_info_net(info));

	if (!d)
		NL_SET_ERR_MSG(info->extack, "out of memory");
	return d;
}

/**
 * sal_nl_find_service() - the service that a request names
 * @d: domain, or NULL
 * @info: request
 * @attr: number of the attribute
 *
 * sal_mutex.
 *
 * Return: the service, or an ERR_PTR: EINVAL, ENOENT.
 */
struct sal_service *sal_nl_find_service(struct sal_domain *d,
					const struct genl_info *info, int attr)
{
	const char *name = sal_nl_get_name(info, attr, "service name");
	struct sal_service *svc = NULL;

	if (IS_ERR(name))
		return ERR_CAST(name);
	if (d)
		svc = sal_service_find(d, name);
	if (svc)
		return svc;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[attr],
				"no service '%.60s'", name);
	return ERR_PTR(-ENOENT);
}

/**
 * sal_nl_find_endpoint() - the endpoint that a request names
 * @svc: service
 * @info: request
 * @attr: number of the attribute
 *
 * sal_mutex.
 *
 * Return: the endpoint, or an ERR_PTR: EINVAL, ENOENT.
 */
struct sal_endpoint *sal_nl_find_endpoint(struct sal_service *svc,
					  const struct genl_info *info,
					  int attr)
{
	const char *name = sal_nl_get_label(info, attr, "endpoint name");
	struct sal_endpoint *ep;

	if (IS_ERR(name))
		return ERR_CAST(name);
	ep = sal_endpoint_find(svc, name);
	if (ep)
		return ep;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[attr],
				"service '%.24s' has no endpoint '%.24s'",
				svc->name, name);
	return ERR_PTR(-ENOENT);
}
