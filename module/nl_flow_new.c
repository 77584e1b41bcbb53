// SPDX-License-Identifier: GPL-2.0
/*
 * nl_flow_new.c - flows that were there before, as a dump has shown them
 *
 * One request makes one flow; who has many sends many requests at a time, and each
 * that is refused is told with its own text.
 */
#include <linux/mutex.h>
#include <linux/random.h>

#include "cell.h"
#include "domain.h"
#include "endpoint.h"
#include "flow_saved.h"
#include "member.h"
#include "net.h"
#include "nl_util.h"
#include "prefix.h"
#include "service.h"

static int flow_missing(const struct genl_info *info)
{
	static const struct {
		int attr;
		const char *what;
	} list[] = {
		{ SAL_A_FLOW_SERVICE, "service" },
		{ SAL_A_FLOW_MEMBER, "member" },
		{ SAL_A_FLOW_PROTO, "protocol" },
		{ SAL_A_FLOW_SRC, "client address" },
		{ SAL_A_FLOW_DST, "address that the client uses" },
		{ SAL_A_FLOW_SPORT, "client port" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		if (list[i].attr == SAL_A_FLOW_MEMBER &&
		    info->attrs[SAL_A_FLOW_CLIENT_ABSENT])
			continue;
		if (!GENL_REQ_ATTR_CHECK(info, list[i].attr))
			continue;
		NL_SET_ERR_MSG_FMT(info->extack, "%s is missing",
				   list[i].what);
		return -EINVAL;
	}
	return 0;
}

static int flow_bad(const struct genl_info *info, int attr, const char *what)
{
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[attr], "%s", what);
	return -EINVAL;
}

/* one address; @like: of the same family, or NULL */
static int flow_get_addr(const struct genl_info *info, int attr,
			 struct in6_addr *addr, const struct in6_addr *like)
{
	struct sal_prefix pfx;
	int err;

	err = sal_nl_get_prefix(info->attrs[attr], &pfx, info->extack);
	if (err)
		return err == -EADDRNOTAVAIL ? -EINVAL : err;
	if (pfx.len != 128)
		return flow_bad(info, attr, "a flow has single addresses");
	if (sal_prefix_never(&pfx.addr))
		return flow_bad(info, attr, "no flow has such an address");
	if (like && sal_addr_af(like) != sal_addr_af(&pfx.addr))
		return flow_bad(info, attr,
				"addresses of a flow are of one family");
	*addr = pfx.addr;
	return 0;
}

static bool flow_speaks(const struct sal_conv *conv)
{
	switch (conv->ports.proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		return true;
	case IPPROTO_ICMP:
		return sal_addr_af(&conv->client) == SAL_V4;
	case IPPROTO_ICMPV6:
		return sal_addr_af(&conv->client) == SAL_V6;
	}
	return false;
}

static int flow_get_ports(const struct genl_info *info,
			  struct sal_flow_saved *was)
{
	struct nlattr **tb = info->attrs;
	struct sal_ports *ports = &was->conv.ports;

	ports->proto = nla_get_u8(tb[SAL_A_FLOW_PROTO]);
	if (!flow_speaks(&was->conv))
		return flow_bad(info, SAL_A_FLOW_PROTO,
				"no flow is of that protocol");
	if ((ports->proto == IPPROTO_TCP || ports->proto == IPPROTO_UDP) !=
	    !!tb[SAL_A_FLOW_DPORT])
		return flow_bad(info, SAL_A_FLOW_PROTO,
				"UDP and TCP have a port, and echo has none");
	ports->id = nla_get_be16(tb[SAL_A_FLOW_SPORT]);
	if (tb[SAL_A_FLOW_DPORT])
		ports->port = nla_get_be16(tb[SAL_A_FLOW_DPORT]);
	was->id = tb[SAL_A_FLOW_MAPPED] ? nla_get_be16(tb[SAL_A_FLOW_MAPPED]) :
					  ports->id;
	was->port = tb[SAL_A_FLOW_SERVICE_PORT] ?
		    nla_get_be16(tb[SAL_A_FLOW_SERVICE_PORT]) : ports->port;
	return 0;
}

static int flow_get_conv(const struct genl_info *info,
			 struct sal_flow_saved *was)
{
	struct sal_conv *conv = &was->conv;
	int err;

	err = flow_get_addr(info, SAL_A_FLOW_SRC, &conv->client, NULL);
	if (!err)
		err = flow_get_addr(info, SAL_A_FLOW_DST, &conv->vip,
				    &conv->client);
	if (err)
		return err;
	was->peer = conv->client;
	if (info->attrs[SAL_A_FLOW_CLIENT_NAME]) {
		err = flow_get_addr(info, SAL_A_FLOW_CLIENT_NAME, &was->peer,
				    &conv->client);
		if (err)
			return err;
	}
	if (info->attrs[SAL_A_FLOW_PLACEMENT])
		conv->place = nla_get_u32(info->attrs[SAL_A_FLOW_PLACEMENT]);
	return flow_get_ports(info, was);
}

static void flow_get_told(const struct genl_info *info,
			  struct sal_flow_saved *was)
{
	const struct nlattr *told = info->attrs[SAL_A_FLOW_TOLD];

	was->told_before = !told;
	if (!told)
		told = info->attrs[SAL_A_FLOW_TOLD_BEFORE];
	was->has_told = told;
	if (told)
		was->told = nla_get_u32(told);
}

/* it is to go on with who comes as its client, see home.h */
static int flow_check_absent(const struct genl_info *info,
			     const struct sal_flow_saved *was)
{
	if (info->attrs[SAL_A_FLOW_MEMBER] ||
	    (was->kind == SAL_FLOW_SERVICE &&
	     was->conv.ports.proto != IPPROTO_TCP &&
	     !ipv6_addr_equal(&was->peer, &was->conv.client)))
		return 0;
	return flow_bad(info, SAL_A_FLOW_CLIENT_ABSENT,
			"such a flow does not go on without its member");
}

static u64 flow_get_count(const struct genl_info *info, int attr,
			  struct sal_flow_saved *was)
{
	if (!info->attrs[attr])
		return 0;
	was->acct = true;
	return nla_get_uint(info->attrs[attr]);
}

static void flow_get_carried(const struct genl_info *info,
			     struct sal_flow_saved *was)
{
	struct sal_traffic_sum *sum = &was->carried;

	sum->packets[SAL_FORWARD] =
		flow_get_count(info, SAL_A_FLOW_FORWARD_PACKETS, was);
	sum->bytes[SAL_FORWARD] =
		flow_get_count(info, SAL_A_FLOW_FORWARD_BYTES, was);
	sum->packets[SAL_REVERSE] =
		flow_get_count(info, SAL_A_FLOW_REVERSE_PACKETS, was);
	sum->bytes[SAL_REVERSE] =
		flow_get_count(info, SAL_A_FLOW_REVERSE_BYTES, was);
}

static int flow_get(const struct genl_info *info, struct sal_flow_saved *was)
{
	struct nlattr **tb = info->attrs;

	if (tb[SAL_A_FLOW_DIRECT])
		was->kind = SAL_FLOW_DIRECT;
	else if (tb[SAL_A_FLOW_SERVICE_PORT])
		return flow_bad(info, SAL_A_FLOW_SERVICE_PORT,
				"only a direct flow has another port");
	if (tb[SAL_A_FLOW_MARKS])
		was->marks = nla_get_u32(tb[SAL_A_FLOW_MARKS]);
	if (tb[SAL_A_FLOW_IDLE])
		was->idle = nla_get_u32(tb[SAL_A_FLOW_IDLE]);
	flow_get_told(info, was);
	flow_get_carried(info, was);
	return flow_get_conv(info, was) ?: flow_check_absent(info, was);
}

/* what it is bound to; RCU */
static struct sal_cell *flow_cell(struct sal_service *svc,
				  struct sal_endpoint *ep,
				  const struct sal_conv *conv)
{
	bool tcp = conv->ports.proto == IPPROTO_TCP;
	enum sal_af af = sal_addr_af(&conv->vip);
	struct sal_cell *cell = NULL;
	u32 hash = get_random_u32();

	if (ep)
		cell = sal_cell_bind_again(ep, af, tcp, hash);
	return cell ?: sal_cell_bind_lost(svc, af, tcp, hash);
}

static int flow_refuse(const struct genl_info *info, int err)
{
	struct netlink_ext_ack *extack = info->extack;

	switch (err) {
	case -EEXIST:
		NL_SET_ERR_MSG_ATTR(extack, info->attrs[SAL_A_FLOW_SPORT],
				    "there is a flow of that client and port already");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(extack, "the domain has its limit of flows");
		break;
	case -ENOMEM:
		NL_SET_ERR_MSG(extack, "out of memory");
		break;
	}
	return err;
}

/* the cell may be the flow's before it is known that it cannot be made */
static int flow_make(const struct genl_info *info, struct sal_service *svc,
		     struct sal_endpoint *ep, const struct sal_member *m,
		     const struct sal_flow_saved *was)
{
	struct sal_cell *cell;
	int err;

	err = sal_service_equip(svc, info->extack);
	if (err)
		return err;
	rcu_read_lock();
	cell = flow_cell(svc, ep, &was->conv);
	err = IS_ERR(cell) ? PTR_ERR(cell) :
			     sal_flow_restore(m, svc, was, cell);
	rcu_read_unlock();
	return flow_refuse(info, err);
}

/* who has been left out is @nobody, as its client is not there */
static const struct sal_member *flow_member(struct sal_domain *d,
					    const struct genl_info *info,
					    const struct sal_member *nobody)
{
	const struct sal_member *m;
	const char *name;

	if (!info->attrs[SAL_A_FLOW_MEMBER])
		return nobody;
	name = sal_nl_get_label(info, SAL_A_FLOW_MEMBER, "member name");
	if (IS_ERR(name))
		return ERR_CAST(name);
	m = sal_member_find(d, name);
	if (m)
		return m;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[SAL_A_FLOW_MEMBER],
				"no member '%.48s'", name);
	return ERR_PTR(-ENOENT);
}

/* packets of its namespace are translated as the flow says: whoever makes up one needs
 * a right over that, too
 */
static int flow_may(struct sk_buff *skb, const struct genl_info *info,
		    const struct sal_member *m)
{
	/* whoever comes as its client is there by such a right */
	if (!m->net ||
	    netlink_ns_capable(skb, m->net->user_ns, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SAL_A_FLOW_MEMBER],
			    "no CAP_NET_ADMIN over the member's network namespace");
	return -EPERM;
}

static int flow_new(struct sk_buff *skb, const struct genl_info *info,
		    struct sal_flow_saved *was)
{
	struct sal_domain *d = sal_domain_find(genl_info_net(info));
	const struct sal_member nobody = { .domain = d };
	struct sal_endpoint *ep = NULL;
	const struct sal_member *m;
	struct sal_service *svc;
	int err;

	svc = sal_nl_find_service(d, info, SAL_A_FLOW_SERVICE);
	if (IS_ERR(svc))
		return PTR_ERR(svc);
	if (info->attrs[SAL_A_FLOW_ENDPOINT]) {
		ep = sal_nl_find_endpoint(svc, info, SAL_A_FLOW_ENDPOINT);
		if (IS_ERR(ep))
			return PTR_ERR(ep);
	}
	m = flow_member(d, info, &nobody);
	if (IS_ERR(m))
		return PTR_ERR(m);
	err = flow_may(skb, info, m);
	if (err)
		return err;
	was->ep = ep;
	return flow_make(info, svc, ep, m, was);
}

int sal_nl_flow_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sal_flow_saved was = { .kind = SAL_FLOW_SERVICE };
	int err;

	err = flow_missing(info);
	if (!err)
		err = flow_get(info, &was);
	if (err)
		return err;
	mutex_lock(&sal_mutex);
	err = flow_new(skb, info, &was);
	mutex_unlock(&sal_mutex);
	return err;
}
