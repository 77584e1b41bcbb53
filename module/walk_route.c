// SPDX-License-Identifier: GPL-2.0
/*
 * walk_route.c - routes and neighbours on the way of a walk
 *
 * A route is looked for as a plain socket's packet would be: rules about marks,
 * incoming devices and VRFs are not met. Neighbour entries are looked at and
 * not made.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <net/sock.h>

#include "compat.h"
#include "walk.h"

/* --- routes ---------------------------------------------------------------- */

static void hop_dev(struct sal_walk_hop *hop, const struct net_device *dev)
{
	hop->ifindex = dev->ifindex;
	strscpy(hop->dev, dev->name, sizeof(hop->dev));
}

static int hop4(const struct sal_walk *w, struct net *net,
		const struct in6_addr *from, const struct in6_addr *to,
		struct sal_walk_hop *hop)
{
	struct flowi4 fl4 = {
		.daddr = sal_addr_get4(to),
		.flowi4_proto = w->proto,
		.flowi4_uid = sock_net_uid(net, NULL),
		.fl4_dport = w->dport,
	};
	struct rtable *rt;

	if (from) {
		/* a router's packets are not from itself */
		fl4.saddr = sal_addr_get4(from);
		fl4.flowi4_flags = FLOWI_FLAG_ANYSRC;
	}
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	sal_addr_set4(&hop->src, fl4.saddr);
	hop->next = *to;
	hop->gateway = rt->rt_gw_family;
	if (rt->rt_gw_family == AF_INET)
		sal_addr_set4(&hop->next, rt->rt_gw4);
	else if (rt->rt_gw_family == AF_INET6)
		hop->next = rt->rt_gw6;
	hop_dev(hop, rt->dst.dev);
	ip_rt_put(rt);
	return 0;
}

static int hop6(const struct sal_walk *w, struct net *net,
		const struct in6_addr *from, const struct in6_addr *to,
		struct sal_walk_hop *hop)
{
	struct flowi6 fl6 = {
		.daddr = *to,
		.flowi6_proto = w->proto,
		.flowi6_uid = sock_net_uid(net, NULL),
		.fl6_dport = w->dport,
	};
	const struct rt6_info *rt;
	struct dst_entry *dst;
	int err;

	/* with ipv6.disable=1 there are not even tables to look in */
	if (!ipv6_mod_enabled())
		return -EAFNOSUPPORT;
	if (from)
		fl6.saddr = *from;
	err = ip6_dst_lookup(net, NULL, &dst, &fl6);
	if (err)
		return err;
	rt = dst_rt6_info(dst);
	hop->src = fl6.saddr;
	hop->gateway = rt->rt6i_flags & RTF_GATEWAY;
	hop->next = hop->gateway ? rt->rt6i_gateway : *to;
	hop_dev(hop, dst->dev);
	dst_release(dst);
	return 0;
}

int sal_walk_lookup(const struct sal_walk *w, struct net *at,
		    const struct in6_addr *from, const struct in6_addr *to,
		    struct sal_walk_hop *hop)
{
	memset(hop, 0, sizeof(*hop));
	return w->af == SAL_V4 ? hop4(w, at, from, to, hop) :
				 hop6(w, at, from, to, hop);
}

struct sal_walk_step *sal_walk_route(struct sal_walk *w, struct net *at,
				     const struct in6_addr *to,
				     const struct sal_walk_hop *hop, int err)
{
	struct sal_walk_step *step;

	step = sal_walk_add(w, SAL_STEP_KIND_ROUTE, at);
	step->addr = *to;
	step->has |= BIT(SAL_A_STEP_ADDR);
	if (err) {
		step->finding = SAL_FINDING_NOTE;
		step->err = -err;
		step->has |= BIT(SAL_A_STEP_ERRNO);
		return step;
	}
	strscpy(step->dev, hop->dev, sizeof(step->dev));
	step->has |= BIT(SAL_A_STEP_DEV);
	if (hop->gateway) {
		step->via = hop->next;
		step->has |= BIT(SAL_A_STEP_VIA);
	}
	return step;
}

/* --- neighbours ------------------------------------------------------------ */

#define NEIGHBOUR_IS(_name)	BUILD_BUG_ON(SAL_NEIGHBOUR_##_name != NUD_##_name)

static u32 neighbour_state(struct net_device *dev, const struct in6_addr *addr)
{
	struct neighbour *n;
	u32 state;

	NEIGHBOUR_IS(INCOMPLETE);
	NEIGHBOUR_IS(REACHABLE);
	NEIGHBOUR_IS(STALE);
	NEIGHBOUR_IS(DELAY);
	NEIGHBOUR_IS(PROBE);
	NEIGHBOUR_IS(FAILED);
	NEIGHBOUR_IS(NOARP);
	NEIGHBOUR_IS(PERMANENT);

	n = sal_addr_af(addr) == SAL_V4 ?
	    __ipv4_neigh_lookup(dev, (__force u32)sal_addr_get4(addr)) :
	    __ipv6_neigh_lookup(dev, addr);
	if (!n)
		return 0;
	state = READ_ONCE(n->nud_state);
	neigh_release(n);
	return state;
}

/* false where packets need none */
static bool neighbour_get(struct net *net, const struct sal_walk_hop *hop,
			  u32 *state)
{
	struct net_device *dev;
	bool wanted;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, hop->ifindex);
	wanted = dev && !(dev->flags & (IFF_LOOPBACK | IFF_NOARP));
	if (wanted)
		*state = neighbour_state(dev, &hop->next);
	rcu_read_unlock();
	return wanted;
}

void sal_walk_neighbour(struct sal_walk *w, struct net *at,
			const struct sal_walk_hop *hop)
{
	struct sal_walk_step *step;
	u32 state;

	if (!neighbour_get(at, hop, &state))
		return;
	step = sal_walk_add(w, SAL_STEP_KIND_NEIGHBOUR, at);
	step->addr = hop->next;
	step->neighbour = state;
	strscpy(step->dev, hop->dev, sizeof(step->dev));
	step->has |= BIT(SAL_A_STEP_ADDR) | BIT(SAL_A_STEP_NEIGHBOUR) |
		     BIT(SAL_A_STEP_DEV);
	/* nobody has asked yet; who sends will */
	if (!state)
		step->finding = SAL_FINDING_NOTE;
	else if (state & (NUD_FAILED | NUD_INCOMPLETE))
		sal_walk_blame(w, step, SAL_VERDICT_NEIGHBOUR);
}

/* --- namespaces ------------------------------------------------------------ */

bool sal_walk_is_local(struct net *net, const struct in6_addr *addr)
{
	if (sal_addr_af(addr) == SAL_V4)
		return inet_addr_type(net, sal_addr_get4(addr)) == RTN_LOCAL;
	return ipv6_mod_enabled() && ipv6_chk_addr(net, addr, NULL, 0);
}

static bool forwards4(const struct net_device *dev)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);

	return in_dev && IN_DEV_FORWARD(in_dev);
}

bool sal_walk_forwards(const struct sal_walk *w, struct net *at,
		       const struct sal_walk_hop *hop)
{
	const struct net_device *dev;
	bool res = false;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(at, hop->ifindex);
	if (dev)
		res = w->af == SAL_V4 ? forwards4(dev) :
					sal_compat_forwards6(at, dev);
	rcu_read_unlock();
	return res;
}
