// SPDX-License-Identifier: GPL-2.0
/*
 * peer.c - who a client is to the endpoints that it talks to
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "cell.h"
#include "claim.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "home.h"
#include "member.h"
#include "peer.h"
#include "pmtu.h"
#include "service.h"
#include "vip.h"
#include "xlat.h"

/* one that is not usable has lost what it has opened, or waits for it to go */
static enum sal_peer peer_is_there(const struct sal_endpoint *ep,
				   const struct in6_addr *addr)
{
	return likely(READ_ONCE(ep->usable[sal_addr_af(addr)])) ?
	       SAL_PEER_NAMED : SAL_PEER_FORMER;
}

enum sal_peer sal_peer_find_name(struct sal_domain *d,
				 const struct in6_addr *addr,
				 struct in6_addr *name)
{
	struct sal_reverse *rev = sal_reverse_lookup(d, addr);
	struct sal_vip *vip, *former = NULL;

	/* in several services it is known by the first */
	for (; rev; rev = sal_reverse_next(rev)) {
		vip = rcu_dereference(rev->ep->svc->face[sal_addr_af(addr)]);
		if (!vip)
			continue;
		if (likely(!READ_ONCE(rev->ep->dead))) {
			*name = vip->pfx.addr;
			return peer_is_there(rev->ep, addr);
		}
		former = former ?: vip;
	}
	if (likely(!former))
		return SAL_PEER_PLAIN;
	*name = former->pfx.addr;
	return SAL_PEER_FORMER;
}

/* --- will answers to a name come back? ------------------------------------- */

/* has a namespace a route to @to? By way of @via, where that is given. */
static bool peer_routed4(struct net *net, const struct in6_addr *to,
			 struct net *via)
{
	struct flowi4 fl4 = { .daddr = sal_addr_get4(to) };
	struct rtable *rt;
	bool res;

	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return false;
	res = !via || (rt->rt_gw_family == AF_INET &&
		       inet_addr_type(via, rt->rt_gw4) == RTN_LOCAL);
	ip_rt_put(rt);
	return res;
}

static bool peer_routed6(struct net *net, const struct in6_addr *to,
			 struct net *via)
{
	struct flowi6 fl6 = { .daddr = *to };
	const struct in6_addr *gw;
	struct dst_entry *dst;
	bool res;

	dst = ip6_route_output(net, NULL, &fl6);
	gw = &dst_rt6_info(dst)->rt6i_gateway;
	res = !dst->error;
	/* a link-local one may be anybody's */
	if (res && via)
		res = !(ipv6_addr_type(gw) & IPV6_ADDR_LINKLOCAL) &&
		      ipv6_chk_addr(via, gw, NULL, 0);
	dst_release(dst);
	return res;
}

/*
 * To the endpoint's own namespace, which is a member as we are there, if it has
 * a route to the name, or its programs could not answer. To a router if that
 * route leads through it.
 */
static bool peer_comes_back(const struct sal_spot *spot,
			    const struct sal_endpoint *ep,
			    const struct in6_addr *name)
{
	struct net *net = spot->member->net;
	struct net *via = NULL;

	if (spot->place == SAL_PLACEMENT_ROUTER) {
		via = net;
		net = READ_ONCE(ep->net);
		/* outside of this host, or going */
		if (!net)
			return false;
	}
	return spot->af == SAL_V4 ? peer_routed4(net, name, via) :
				    peer_routed6(net, name, via);
}

static enum sal_told peer_decide(const struct sal_spot *spot,
				 const struct sal_flow *f,
				 const struct sal_endpoint *ep)
{
	bool back = peer_comes_back(spot, ep, &f->key.peer);

	if (spot->place == SAL_PLACEMENT_ROUTER)
		return back ? SAL_TOLD_ROUTER : SAL_TOLD_ASK_EDGE;
	return back ? SAL_TOLD_EDGE : SAL_TOLD_NOT;
}

/* once for a flow and an endpoint: a conversation does not change its name */
static bool peer_is_told(const struct sal_spot *spot, struct sal_flow *f,
			 const struct sal_endpoint *ep)
{
	bool router = spot->place == SAL_PLACEMENT_ROUTER;
	enum sal_told told;

	if (!sal_flow_get_told(f, ep->id, &told) ||
	    (!router && told == SAL_TOLD_ASK_EDGE)) {
		told = peer_decide(spot, f, ep);
		WRITE_ONCE(f->told, sal_flow_told(ep->id, told));
	}
	return told == (router ? SAL_TOLD_ROUTER : SAL_TOLD_EDGE);
}

/* --- packets --------------------------------------------------------------- */

/* a flow that is known by a name; another router's names are its own affair */
static struct sal_flow *peer_find(const struct sal_spot *spot,
				  const struct in6_addr *name,
				  const struct sal_service *svc,
				  const struct sal_ports *ports)
{
	struct sal_flow *f;

	f = sal_flow_find(spot->member->domain, name, svc, ports);
	if (!f || READ_ONCE(f->kind) == SAL_FLOW_DIRECT)
		return NULL;
	if (spot->place == SAL_PLACEMENT_ROUTER &&
	    (f->place != spot->place || f->member != spot->member->id))
		return NULL;
	return f;
}

/* it has moved, and what passes is of it yet; not of who came to its address */
static bool peer_was_client(struct sal_domain *d, const struct sal_flow *f,
			    const struct in6_addr *client,
			    const struct sal_service *svc,
			    const struct sal_ports *ports)
{
	const struct sal_flow *own;

	if (!sal_home_was(d, f, client))
		return false;
	own = sal_flow_find(d, client, svc, ports);
	return !own || !ipv6_addr_equal(&own->client, client);
}

/* what passes between a client and an endpoint, in either direction, the ports
 * being those that the endpoint sees: its flow, where the client has a name
 */
static void peer_flow(const struct sal_spot *spot,
		      const struct in6_addr *client, const struct in6_addr *at,
		      const struct sal_ports *seen, struct sal_pick *pick)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_ports ports = *seen;
	struct sal_reverse *rev;
	struct in6_addr name;
	struct sal_flow *f;

	if (likely(sal_peer_name(d, client, &name) == SAL_PEER_PLAIN))
		return;
	rev = sal_reverse_lookup(d, at);
	for (; rev; rev = sal_reverse_next(rev)) {
		ports.port = sal_port_in(rev->ep, seen->port);
		f = peer_find(spot, &name, rev->ep->svc, &ports);
		if (f && (likely(ipv6_addr_equal(&f->client, client)) ||
			  peer_was_client(d, f, client, rev->ep->svc, &ports)))
			sal_pick_add(pick, f, rev);
	}
}

unsigned int sal_peer_tell(const struct sal_spot *spot, struct sk_buff *skb,
			   const struct sal_packet *pkt)
{
	const struct sal_ports ports = sal_ports(pkt->proto, pkt->sport,
						 pkt->dport);
	struct sal_domain *d = spot->member->domain;
	struct sal_pick pick = {};

	/* whichever flow it is of, the client and its name are the same */
	peer_flow(spot, &pkt->src, &pkt->dst, &ports, &pick);
	if (likely(!pick.flow) || !peer_is_told(spot, pick.flow, pick.rev->ep))
		return NF_ACCEPT;
	if (sal_xlat_src(skb, spot->af, pkt, &pick.flow->key.peer, pkt->sport,
			 pkt->dport))
		return sal_drop(d, skb, SAL_R_NO_MEMORY);
	sal_forget_socket(spot, skb);
	sal_count(d, SAL_R_NAMED);
	return NF_ACCEPT;
}

unsigned int sal_peer_tell_error(const struct sal_spot *spot,
				 struct sk_buff *skb,
				 const struct sal_packet *pkt,
				 const struct sal_quote *q)
{
	const struct sal_ports ports = sal_ports(q->proto, q->dport,
						 q->sport);
	struct sal_domain *d = spot->member->domain;
	struct sal_pick pick = {};
	struct sal_error_to to;

	peer_flow(spot, &q->dst, &q->src, &ports, &pick);
	if (likely(!pick.flow) || !peer_is_told(spot, pick.flow, pick.rev->ep))
		return NF_ACCEPT;
	sal_error_keep(&to, pkt, q);
	to.q_dst = pick.flow->key.peer;
	if (ipv6_addr_equal(&pkt->src, &q->dst))
		to.src = to.q_dst;
	if (spot->place == SAL_PLACEMENT_EDGE)
		sal_pmtu_note(spot->member->net, skb, spot->af, pkt, q);
	if (sal_xlat_error(skb, spot->af, pkt, q, &to))
		return sal_drop(d, skb, SAL_R_NO_MEMORY);
	sal_count(d, SAL_R_ERROR);
	return NF_ACCEPT;
}

/* it is known that it sees the address; a former one, of which nothing is, may
 * have been told
 */
static bool peer_was_not_told(const struct sal_flow *f,
			      const struct sal_endpoint *ep)
{
	enum sal_told told;

	return sal_flow_get_told(f, ep->id, &told) &&
	       told != SAL_TOLD_ROUTER && told != SAL_TOLD_EDGE;
}

/* the flow of an endpoint's packet to a name; NULL where it was never told */
static void peer_named_flow(const struct sal_spot *spot,
			    const struct in6_addr *name,
			    const struct in6_addr *from,
			    const struct sal_ports *seen,
			    struct sal_pick *pick)
{
	struct sal_ports ports = *seen;
	struct sal_reverse *rev;
	struct sal_flow *f;

	rev = sal_reverse_lookup(spot->member->domain, from);
	for (; rev; rev = sal_reverse_next(rev)) {
		ports.port = sal_port_in(rev->ep, seen->port);
		f = peer_find(spot, name, rev->ep->svc, &ports);
		if (f && !ipv6_addr_equal(&f->client, name) &&
		    !peer_was_not_told(f, rev->ep))
			sal_pick_add(pick, f, rev);
	}
}

static enum sal_fwd peer_drop(const struct sal_spot *spot,
			      enum sal_reason reason)
{
	sal_count(spot->member->domain, reason);
	return SAL_FWD_DROP;
}

bool sal_peer_is_reply(const struct sal_spot *spot,
		       const struct sal_packet *pkt)
{
	const struct sal_ports ports = sal_ports(pkt->proto, pkt->dport,
						 pkt->sport);
	struct sal_pick pick = {};

	peer_named_flow(spot, &pkt->dst, &pkt->src, &ports, &pick);
	return pick.flow;
}

/* @released: it has waited */
static bool peer_waits(const struct sal_service *svc, enum sal_af af,
		       bool released)
{
	u8 gate = READ_ONCE(svc->gate[af]);

	return released ? gate == SAL_GATE_CLOSED : gate != SAL_GATE_OPEN;
}

/* its client may have gone, or be about to; NULL where it is to wait for one */
static struct sal_flow *peer_at_home(const struct sal_spot *spot,
				     struct sal_flow *f,
				     struct sal_service **svc)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_service *own;
	bool waits;

	if (likely(!sal_home_follows(f)))
		return f;
	own = sal_home_service(d, &f->key.peer);
	waits = own && peer_waits(own, spot->af, own == *svc);
	*svc = own;
	return unlikely(waits) ? NULL : sal_home_find(d, f);
}

enum sal_fwd sal_peer_reply(const struct sal_spot *spot, struct sk_buff *skb,
			    const struct sal_packet *pkt,
			    struct sal_service **svc)
{
	const struct sal_ports ports = sal_ports(pkt->proto, pkt->dport,
						 pkt->sport);
	struct sal_pick pick = {};
	struct sal_flow *f;

	peer_named_flow(spot, &pkt->dst, &pkt->src, &ports, &pick);
	if (!pick.flow)
		return SAL_FWD_PASS;
	if (unlikely(pick.ambiguous))
		return peer_drop(spot, SAL_R_AMBIGUOUS);
	f = peer_at_home(spot, pick.flow, svc);
	if (unlikely(!f))
		return SAL_FWD_WAIT;
	/* another CPU brings it there in this moment */
	if (IS_ERR(f))
		return *svc && PTR_ERR(f) == -EAGAIN ? SAL_FWD_WAIT :
		       peer_drop(spot, SAL_R_NO_MEMORY);
	if (sal_xlat_dst(skb, spot->af, pkt, &f->client, pkt->sport,
			 pkt->dport))
		return peer_drop(spot, SAL_R_NO_MEMORY);
	return SAL_FWD_ANSWER;
}

enum sal_fwd sal_peer_error(const struct sal_spot *spot, struct sk_buff *skb,
			    const struct sal_packet *pkt,
			    const struct sal_quote *q)
{
	const struct sal_ports ports = sal_ports(q->proto, q->sport,
						 q->dport);
	struct sal_pick pick = {};
	struct sal_error_to to;

	peer_named_flow(spot, &q->src, &q->dst, &ports, &pick);
	if (!pick.flow)
		return SAL_FWD_PASS;
	if (unlikely(pick.ambiguous))
		return peer_drop(spot, SAL_R_AMBIGUOUS);
	sal_error_keep(&to, pkt, q);
	to.dst = pick.flow->client;
	to.q_src = to.dst;
	if (sal_xlat_error(skb, spot->af, pkt, q, &to))
		return peer_drop(spot, SAL_R_NO_MEMORY);
	return SAL_FWD_ANSWER;
}
