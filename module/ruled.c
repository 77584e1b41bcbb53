// SPDX-License-Identifier: GPL-2.0
/*
 * ruled.c - what a rule says about a packet
 *
 * A rule may be about addresses that are not virtual, up to all of them. It is
 * about conversations that begin, and must not end others. So it has no say over
 *
 *	- what stands for no one host, or only means something on a link;
 *	- an endpoint's own address, and those of the namespace where the packet
 *	  is met: nothing matches longer than these;
 *	- in a router, what was not sent to it;
 *	- neighbour discovery, and answers: echo replies, ICMP errors, and what an
 *	  endpoint answers to a flow or to a conversation with its own address.
 *
 * Where the address is a VIP's, too, answers are what they would be without the
 * rule, as servers may know a client by that; and so is what belongs to a flow of
 * that service. Without a VIP there is no such state: segments of TCP connections
 * pass where the rule would drop or reject them.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "cut.h"
#include "direct.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "member.h"
#include "peer.h"
#include "prefix.h"
#include "rule.h"
#include "ruled.h"
#include "service.h"
#include "stats.h"
#include "track.h"
#include "xlat.h"

/* an address of the namespace itself, or one that it sends to all on a link by */
static bool ruled_is_local(struct net *net, const struct sk_buff *skb,
			   const struct in6_addr *addr)
{
	const struct net_device *dev;
	unsigned int type;

	if (sal_addr_af(addr) == SAL_V6)
		return ipv6_mod_enabled() && ipv6_chk_addr(net, addr, NULL, 0);
	/* a VRF has a table of its own */
	dev = skb_dst(skb) ? skb_dst(skb)->dev : skb->dev;
	type = inet_addr_type_dev_table(net, dev, sal_addr_get4(addr));
	return type == RTN_LOCAL || type == RTN_BROADCAST;
}

static bool ruled_is_exempt(const struct sal_spot *spot, struct sk_buff *skb,
			    const struct sal_packet *pkt)
{
	if (sal_prefix_never(&pkt->dst))
		return true;
	if (spot->place == SAL_PLACEMENT_ROUTER && !sal_fwd_is_for_router(skb))
		return true;
	return ruled_is_local(spot->member->net, skb, &pkt->dst);
}

/* of a conversation with an endpoint's own address, which has no flow */
static bool ruled_is_direct_answer(const struct sal_spot *spot,
				   const struct sal_packet *pkt,
				   const struct sal_vip *vip)
{
	struct sal_conv conv = {
		.client	= pkt->dst,
		.ports	= sal_ports(pkt->proto, pkt->dport, pkt->sport),
	};
	struct sal_domain *d = spot->member->domain;
	struct sal_reverse *rev;

	rev = sal_reverse_lookup(d, &pkt->src);
	/* that of a connection need not have been asked for lately; a VIP asks
	 * by flows alone
	 */
	if (rev && !vip && sal_track_is_stray(pkt))
		return true;
	for (; rev; rev = sal_reverse_next(rev)) {
		conv.ports.port = sal_port_in(rev->ep, pkt->sport);
		if (sal_direct_is_answer(spot->member, rev->ep->svc, &conv))
			return true;
	}
	return false;
}

/* UDP and TCP; @svc: whom it is for by the rule, or NULL */
static bool ruled_is_answer(const struct sal_spot *spot,
			    const struct sal_packet *pkt,
			    const struct sal_vip *vip,
			    const struct sal_service *svc)
{
	const struct sal_conv conv = sal_fwd_conv(spot, pkt);

	if (svc && !svc->asks && sal_flow_lookup(spot->member, svc, &conv))
		return false;
	/* to be dropped or rejected, but of a connection that has begun */
	if (!vip && !svc && sal_track_is_stray(pkt))
		return true;
	return sal_fwd_is_answer(spot, pkt) ||
	       ruled_is_direct_answer(spot, pkt, vip);
}

static enum sal_fwd ruled_action(const struct sal_rule_end *end)
{
	switch (end->action) {
	case SAL_ACTION_DROP:
		return SAL_FWD_RULE_DROP;
	case SAL_ACTION_REJECT:
		return SAL_FWD_RULE_REJECT;
	}
	return SAL_FWD_SEND;
}

static enum sal_fwd ruled_kind(const struct sal_spot *spot,
			       const struct sal_packet *pkt,
			       const struct sal_vip *vip,
			       const struct sal_rule_end *end)
{
	switch (pkt->kind) {
	case SAL_KIND_ROUTED:
	case SAL_KIND_NEIGHBOUR:
	case SAL_KIND_REPLY:
	case SAL_KIND_ANSWER:
		return SAL_FWD_PASS;
	case SAL_KIND_ERROR:
		return end->action == SAL_ACTION_FORWARD ? SAL_FWD_RULED :
							   SAL_FWD_PASS;
	case SAL_KIND_DATA:
		if (ruled_is_answer(spot, pkt, vip, end->svc))
			return SAL_FWD_PASS;
		break;
	case SAL_KIND_REQUEST:
	case SAL_KIND_FRAGMENT:
	case SAL_KIND_MALFORMED:
	case SAL_KIND_OTHER:
		break;
	}
	return ruled_action(end);
}

/* has its conversation with a service begun? */
static bool ruled_goes_on(const struct sal_spot *spot,
			  const struct sal_packet *pkt,
			  const struct sal_service *svc)
{
	const struct sal_conv conv = sal_fwd_conv(spot, pkt);
	const struct sal_flow *f;

	f = sal_flow_lookup(spot->member, svc, &conv);
	/* unless the ports are used again */
	return f && !(sal_track_is_open(pkt) &&
		      (sal_track_closed(f) || sal_flow_is_cut(f)));
}

/* does it go on as without the rule, where the VIP is a service's? */
static bool ruled_is_without(const struct sal_spot *spot,
			     const struct sal_packet *pkt,
			     const struct sal_service *svc)
{
	switch (pkt->kind) {
	case SAL_KIND_REPLY:
	case SAL_KIND_ERROR:
		return true;
	case SAL_KIND_DATA:
		return sal_peer_is_reply(spot, pkt) ||
		       ruled_goes_on(spot, pkt, svc);
	case SAL_KIND_REQUEST:
		return ruled_goes_on(spot, pkt, svc);
	default:
		return false;
	}
}

enum sal_fwd sal_ruled(const struct sal_spot *spot, struct sk_buff *skb,
		       struct sal_packet *pkt, const struct sal_rule *rule,
		       const struct sal_vip *vip, struct sal_service **svc)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_rule_end end;

	if (sal_reverse_lives(d, &pkt->dst))
		return SAL_FWD_DIRECT;
	if (ruled_is_exempt(spot, skb, pkt))
		return SAL_FWD_PASS;
	sal_packet_parse(skb, spot->af, pkt);
	if (vip) {
		*svc = rcu_dereference(vip->svc);
		if (ruled_is_without(spot, pkt, *svc))
			return SAL_FWD_SEND;
	}
	if (sal_rule_follow(d, rule, &end)) {
		sal_count(d, SAL_R_RULE_LOOP);
		return SAL_FWD_DROP;
	}
	if (end.action == SAL_ACTION_DELIVER)
		return SAL_FWD_PASS;
	*svc = end.svc;
	return ruled_kind(spot, pkt, vip, &end);
}
