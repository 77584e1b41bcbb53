// SPDX-License-Identifier: GPL-2.0
/*
 * wire.c - the direct path: whether it would be the same
 *
 * A namespace's routing leads to a device, that is one end of a pair of veth. At the
 * other end is who receives, or a bridge, and another pair. Each piece is asked whether
 * it does more to a packet than to pass it on; where it is not known to, or cannot be
 * asked, there is no direct path. Nothing here is remembered but by the caller.
 *
 * All of it under RCU.
 */
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>
#include <net/arp.h>
#include <net/fib_rules.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/nexthop.h>
#include <net/route.h>
#include <net/rps.h>
#include <net/rtnetlink.h>
#include <net/sch_generic.h>

#include "brport.h"
#include "compat.h"
#include "datapath.h"
#include "hooks.h"
#include "member.h"
#include "path.h"
#include "reroute.h"

/* --- devices ---------------------------------------------------------------- */

static bool wire_has_tc(const struct net_device *dev, bool tx)
{
#ifdef CONFIG_NET_XGRESS
	return tx ? rcu_access_pointer(dev->tcx_egress) :
		    rcu_access_pointer(dev->tcx_ingress);
#else
	return false;
#endif
}

static bool wire_has_hooks(const struct net_device *dev, bool tx)
{
#ifdef CONFIG_NETFILTER_EGRESS
	if (tx)
		return rcu_access_pointer(dev->nf_hooks_egress);
#endif
#ifdef CONFIG_NETFILTER_INGRESS
	if (!tx)
		return rcu_access_pointer(dev->nf_hooks_ingress);
#endif
	return false;
}

static bool wire_has_qdisc(struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->real_num_tx_queues; i++)
		if (rcu_dereference(netdev_get_tx_queue(dev, i)->qdisc)->enqueue)
			return true;
	return false;
}

/* does a device spread what it receives over CPUs? That there is one that does is never
 * unlearnt by the kernel, so it is but a hint.
 */
static bool wire_has_rps(const struct net_device *dev)
{
#ifdef CONFIG_RPS
	unsigned int i;

	if (!static_branch_unlikely(&rps_needed))
		return false;
	for (i = 0; i < dev->num_rx_queues; i++)
		if (rcu_access_pointer(dev->_rx[i].rps_map) ||
		    sal_compat_has_rps_flows(&dev->_rx[i]))
			return true;
#endif
	return false;
}

bool sal_wire_is_veth(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER && dev->rtnl_link_ops &&
	       !strcmp(dev->rtnl_link_ops->kind, "veth") &&
	       dev->netdev_ops->ndo_get_peer_dev;
}

static bool wire_is_up(const struct net_device *dev)
{
	return dev->flags & IFF_UP && netif_carrier_ok(dev);
}

/* does a device send what it is given, and that is all? 0 or why not */
static u8 wire_sends(struct net_device *dev)
{
	if (!wire_is_up(dev))
		return SAL_PATH_KIND_DEVICE;
	if (wire_has_qdisc(dev))
		return SAL_PATH_KIND_QDISC;
	if (wire_has_tc(dev, true))
		return SAL_PATH_KIND_TC;
	if (wire_has_hooks(dev, true))
		return SAL_PATH_KIND_DEVICE_HOOKS;
	if (sal_compat_is_tapped(dev))
		return SAL_PATH_KIND_TAP;
	return dev_xdp_prog_count(dev) ? SAL_PATH_KIND_XDP : 0;
}

/* likewise a veth, of which the other end is @peer */
static u8 wire_crosses(struct net_device *dev, struct net_device **peer)
{
	u8 why = wire_sends(dev);

	if (why)
		return why;
	if (!sal_wire_is_veth(dev))
		return SAL_PATH_KIND_DEVICE;
	*peer = dev->netdev_ops->ndo_get_peer_dev(dev);
	if (!*peer || !wire_is_up(*peer))
		return SAL_PATH_KIND_DEVICE;
	/* it would receive by NAPI, which has a queue of its own */
	if (dev_xdp_prog_count(*peer) || (*peer)->features & NETIF_F_GRO)
		return SAL_PATH_KIND_XDP;
	return wire_has_rps(*peer) ? SAL_PATH_KIND_RPS : 0;
}

/* a port that receives, and passes on: nobody else looks */
static u8 wire_passes(const struct net_device *dev)
{
	if (wire_has_tc(dev, false))
		return SAL_PATH_KIND_TC;
	if (wire_has_hooks(dev, false))
		return SAL_PATH_KIND_DEVICE_HOOKS;
	if (sal_compat_is_tapped(dev))
		return SAL_PATH_KIND_TAP;
	return 0;
}

/* --- bridges ---------------------------------------------------------------- */

static bool wire_bridge_has_hooks(const struct net *net)
{
#ifdef CONFIG_NETFILTER_FAMILY_BRIDGE
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(net->nf.hooks_bridge); i++)
		if (rcu_access_pointer(net->nf.hooks_bridge[i]))
			return true;
#endif
	return false;
}

/* the port behind which a bridge has learnt an address; NULL where it has not, or
 * has VLANs
 */
static const struct net_device *wire_learnt(const struct net_device *br,
					    const u8 *addr)
{
	struct net_device_path_ctx ctx = { .dev = br };
	struct net_device_path path = {};

	ether_addr_copy(ctx.daddr, addr);
	if (!br->netdev_ops->ndo_fill_forward_path ||
	    br->netdev_ops->ndo_fill_forward_path(&ctx, &path))
		return NULL;
	if (path.type != DEV_PATH_BRIDGE || path.bridge.vlan_id ||
	    path.bridge.vlan_mode != DEV_PATH_BR_VLAN_KEEP)
		return NULL;
	return ctx.dev;
}

/* the port by which it leaves a bridge; 0 or why not */
static u8 wire_bridge(const struct sal_path *p, const struct net_device *br,
		      struct net_device **out)
{
	const struct ethhdr *eth = (const struct ethhdr *)p->header;

	if (!(br->flags & IFF_UP))
		return SAL_PATH_KIND_DEVICE;
	/* who captures on the bridge itself, or has it pass on everything */
	if (br->flags & IFF_PROMISC || sal_compat_is_tapped(br))
		return SAL_PATH_KIND_TAP;
	if (wire_bridge_has_hooks(dev_net(br)))
		return SAL_PATH_KIND_BRIDGE_HOOKS;
	*out = (struct net_device *)wire_learnt(br, eth->h_dest);
	return *out && sal_brport_is_plain(*out) ? 0 : SAL_PATH_KIND_BRIDGE;
}

/* likewise, where it has come by another port */
static u8 wire_port(struct sal_path *p, struct net_device *in,
		    struct net_device **out)
{
	const struct ethhdr *eth = (const struct ethhdr *)p->header;
	struct net_device *br;
	u8 why = wire_passes(in);
	bool plain;

	if (why)
		return why;
	br = netdev_master_upper_dev_get_rcu(in);
	if (!br || !netif_is_bridge_master(br))
		return SAL_PATH_KIND_DEVICE;
	/* now, as both ports have to be asked, and that takes a while */
	plain = sal_brport_is_plain(in);
	why = wire_bridge(p, br, out);
	if (why)
		return why;
	/* it takes no longer ones */
	p->mtu = min(p->mtu, READ_ONCE(in->mtu));
	if (*out == in || !plain || wire_learnt(br, eth->h_source) != in)
		return SAL_PATH_KIND_BRIDGE;
	return 0;
}

/* --- from end to end -------------------------------------------------------- */

static u32 wire_gso_size(const struct sal_path *p, const struct net_device *dev)
{
	return ipv6_addr_v4mapped(&p->to) ? READ_ONCE(dev->gso_ipv4_max_size) :
					    READ_ONCE(dev->gso_max_size);
}

static void wire_through(struct sal_path *p, struct net_device *dev)
{
	p->last = dev;
	p->mtu = min(p->mtu, READ_ONCE(dev->mtu));
	p->features &= dev->features;
	p->gso_segs = min(p->gso_segs, READ_ONCE(dev->gso_max_segs));
	p->gso_size = min(p->gso_size, wire_gso_size(p, dev));
}

/* who receives: what it has configured is run, but for what comes before that */
static u8 wire_end(struct sal_path *p, struct net_device *dev)
{
	const struct ethhdr *eth = (const struct ethhdr *)p->header;

	if (rcu_access_pointer(dev->rx_handler))
		return SAL_PATH_KIND_DEVICE;
	if (!ether_addr_equal(dev->dev_addr, eth->h_dest))
		return SAL_PATH_KIND_NEIGHBOUR;
	p->dev = dev;
	return 0;
}

/* to the other end of a pair */
static u8 wire_cross(struct sal_path *p, struct net_device *dev,
		     struct net_device **peer)
{
	u8 why = wire_crosses(dev, peer);

	if (why)
		return why;
	wire_through(p, dev);
	p->hops++;
	return 0;
}

/* the bridge is the namespace's own device, or behind a pair, or there is none */
static u8 wire_walk(struct sal_path *p)
{
	struct net_device *peer, *port = NULL;
	u8 why;

	if (netif_is_bridge_master(p->out)) {
		why = wire_sends(p->out);
		if (why)
			return why;
		wire_through(p, p->out);
		why = wire_bridge(p, p->out, &port);
	} else {
		why = wire_cross(p, p->out, &peer);
		if (!why && netif_is_bridge_port(peer))
			why = wire_port(p, peer, &port);
	}
	if (!why && port)
		why = wire_cross(p, port, &peer);
	return why ?: wire_end(p, peer);
}

/* --- routes and neighbours -------------------------------------------------- */

/* a neighbour's address into the header; false where there is none */
static bool wire_neighbour(struct sal_path *p, struct neighbour *n)
{
	struct ethhdr *eth = (struct ethhdr *)p->header;

	/* it has room for no other */
	if (p->out->type != ARPHRD_ETHER || p->out->addr_len != ETH_ALEN)
		return false;
	if (!n || !(READ_ONCE(n->nud_state) & NUD_VALID))
		return false;
	/* as it is for who sends to it: one that is old is asked whether it is still there */
	neigh_event_send(n, NULL);
	neigh_ha_snapshot((char *)eth->h_dest, n, p->out);
	return !is_multicast_ether_addr(eth->h_dest);
}

/* does the table leave no choice? Several next hops would take turns by conversation, several
 * default routes by who is reachable.
 */
static bool wire_is_sure4(struct net *net, struct flowi4 fl4)
{
	struct fib_result res = {};

	return !fib_lookup(net, &fl4, &res, 0) && res.fi &&
	       fib_info_num_path(res.fi) == 1 &&
	       (res.prefixlen || res.table->tb_num_default < 2);
}

/* 0 or why not */
static u8 wire_route4(struct net *net, struct sal_path *p)
{
	struct flowi4 fl4 = { .daddr = sal_addr_get4(&p->to) };
	struct rtable *rt;
	__be32 next;
	u8 why = 0;

	sal_compat_set_dscp(&fl4, p->dscp);
	if (!wire_is_sure4(net, fl4))
		why = SAL_PATH_KIND_ROUTE;
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return SAL_PATH_KIND_ROUTE;
	if (rt->rt_type != RTN_UNICAST || rt->dst.lwtstate || dst_xfrm(&rt->dst) ||
	    rt->rt_gw_family == AF_INET6)
		why = SAL_PATH_KIND_ROUTE;
	next = rt_nexthop(rt, sal_addr_get4(&p->to));
	sal_addr_set4(&p->via, next);
	p->out = rt->dst.dev;
	p->mtu = dst_mtu(&rt->dst);
	if (!why && !wire_neighbour(p, __ipv4_neigh_lookup_noref(p->out, (__force u32)next)))
		why = SAL_PATH_KIND_NEIGHBOUR;
	ip_rt_put(rt);
	return why;
}

#if IS_ENABLED(CONFIG_IPV6)
/* likewise; routes by source look at what we do not */
static bool wire_is_sure6(struct net *net, const struct rt6_info *rt)
{
	const struct fib6_info *f6i = rcu_dereference(rt->from);

	return f6i && !fib6_routes_require_src(net) &&
	       !READ_ONCE(f6i->fib6_nsiblings) &&
	       (!f6i->nh || nexthop_num_path(f6i->nh) == 1);
}

static u8 wire_route6(struct net *net, struct sal_path *p)
{
	struct flowi6 fl6 = { .daddr = p->to };
	const struct rt6_info *rt;
	struct dst_entry *dst;
	u8 why = 0;

	if (!ipv6_mod_enabled())
		return SAL_PATH_KIND_ROUTE;
	/* not the source address, which is there: only the route */
	dst = ip6_route_output(net, NULL, &fl6);
	rt = dst_rt6_info(dst);
	if (dst->error || dst->lwtstate || dst_xfrm(dst) ||
	    rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT) ||
	    !wire_is_sure6(net, rt))
		why = SAL_PATH_KIND_ROUTE;
	p->via = *rt6_nexthop(rt, &p->to);
	p->out = dst->dev;
	p->mtu = dst_mtu(dst);
	if (!why && !wire_neighbour(p, __ipv6_neigh_lookup_noref(p->out, &p->via)))
		why = SAL_PATH_KIND_NEIGHBOUR;
	dst_release(dst);
	return why;
}
#else
static u8 wire_route6(struct net *net, struct sal_path *p)
{
	return SAL_PATH_KIND_ROUTE;
}
#endif

static u8 wire_route(struct net *net, enum sal_af af, struct sal_path *p)
{
	struct ethhdr *eth = (struct ethhdr *)p->header;
	u8 why = af == SAL_V4 ? wire_route4(net, p) : wire_route6(net, p);

	if (why)
		return why;
	if (p->out->type != ARPHRD_ETHER)
		return SAL_PATH_KIND_DEVICE;
	ether_addr_copy(eth->h_source, p->out->dev_addr);
	eth->h_proto = htons(af == SAL_V4 ? ETH_P_IP : ETH_P_IPV6);
	return 0;
}

/* --- namespaces ------------------------------------------------------------- */

/* preference of the rule for the main table; behind it there is only that for the default */
#define WIRE_RULE_MAIN	0x7FFE

static const struct fib_rules_ops *wire_rules(const struct net *net,
					      enum sal_af af)
{
#ifdef CONFIG_IP_MULTIPLE_TABLES
	if (af == SAL_V4)
		return net->ipv4.rules_ops;
#endif
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	if (af == SAL_V6)
		return net->ipv6.fib6_rules_ops;
#endif
	return NULL;
}

/*
 * The kernel notes that there are some beside those that a namespace begins with, and
 * never that there are none any more. They are in order of preference, so it is soon known.
 */
static bool wire_has_rules(const struct net *net, enum sal_af af)
{
	const struct fib_rules_ops *ops = wire_rules(net, af);
	const struct fib_rule *rule;

	if (!ops || !sal_net_has_rules(net, af))
		return false;
	list_for_each_entry_rcu(rule, &ops->rules_list, list)
		if (rule->proto != RTPROT_KERNEL ||
		    (rule->pref && rule->pref < WIRE_RULE_MAIN))
			return true;
	return false;
}

static u8 wire_namespace(const struct sal_spot *spot)
{
	const struct net *net = spot->member->net;

	if (sal_net_has_xfrm(net))
		return SAL_PATH_KIND_XFRM;
	if (wire_has_rules(net, spot->af))
		return SAL_PATH_KIND_RULES;
	if (spot->place == SAL_PLACEMENT_ROUTER &&
	    sal_hooks_has_others(net, spot->af, spot->place))
		return SAL_PATH_KIND_HOOKS;
	return 0;
}

void sal_wire_look(const struct sal_spot *spot, struct sal_path *p)
{
	const struct net *net = spot->member->net;
	u8 why;

	/* first, as it is so for all, and spares the route */
	why = wire_namespace(spot);
	if (!why)
		why = wire_route(spot->member->net, spot->af, p);
	p->kind = why;
	if (why)
		return;
	p->features = ~0;
	p->gso_segs = U16_MAX;
	p->gso_size = U32_MAX;
	why = wire_walk(p);
	p->kind = why;
	if (!why && spot->place == SAL_PLACEMENT_EDGE &&
	    sal_hooks_has_others(net, spot->af, spot->place))
		p->kind = SAL_PATH_KIND_LATE;
}
