// SPDX-License-Identifier: GPL-2.0
/*
 * release.c - a held packet goes on
 *
 * What it was stripped of is made anew: a route where it was met on its way
 * out, a device where it was on its way through. Then it is resolved and
 * rewritten as if it had just come, and goes on behind our hook, so that the
 * hooks that have seen it do not see it twice.
 */
#include <net/flow.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/sock.h>

#include "datapath.h"
#include "domain.h"
#include "forward.h"
#include "hold.h"
#include "hooks.h"
#include "member.h"
#include "reroute.h"
#include "service.h"
#include "trace.h"
#include "xlat.h"

static struct sal_spot release_spot(const struct sal_held *held,
				    enum sal_af af)
{
	return (struct sal_spot) {
		.member	= held->member,
		.af	= af,
		.place	= held->iif ? SAL_PLACEMENT_ROUTER :
				      SAL_PLACEMENT_EDGE,
		.iif	= held->iif,
	};
}

/* the route that a held packet had when it came; its sender may be gone */
static int release_route4(struct net *net, struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;
	struct flowi4 fl4 = {
		.daddr		= ip_hdr(skb)->daddr,
		.saddr		= ip_hdr(skb)->saddr,
		.flowi4_mark	= skb->mark,
		.flowi4_oif	= sk ? sk->sk_bound_dev_if : 0,
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
		.flowi4_uid	= sock_net_uid(net, sk),
	};
	struct rtable *rt;

	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	skb_dst_set(skb, &rt->dst);
	return 0;
}

static int release_route6(struct net *net, struct sk_buff *skb)
{
	struct flowi6 fl6 = {
		.daddr		= ipv6_hdr(skb)->daddr,
		.saddr		= ipv6_hdr(skb)->saddr,
		.flowi6_mark	= skb->mark,
		.flowi6_oif	= skb->sk ? skb->sk->sk_bound_dev_if : 0,
		.flowi6_uid	= sock_net_uid(net, skb->sk),
	};
	struct dst_entry *dst;
	int err;

	dst = ip6_route_output(net, skb->sk, &fl6);
	err = dst->error;
	if (err) {
		dst_release(dst);
		return err;
	}
	skb_dst_set(skb, dst);
	return 0;
}

static int release_route(struct net *net, struct sk_buff *skb, enum sal_af af)
{
	int err;

	err = af == SAL_V4 ? release_route4(net, skb) :
			     release_route6(net, skb);
	if (!err)
		skb->dev = skb_dst(skb)->dev;
	return err;
}

/* what it was stripped of; false where it cannot be had again */
static bool release_restore(const struct sal_spot *spot, struct sk_buff *skb)
{
	struct net *net = spot->member->net;

	if (spot->place == SAL_PLACEMENT_EDGE)
		return !release_route(net, skb, spot->af);
	skb->dev = dev_get_by_index_rcu(net, spot->iif);
	return skb->dev;
}

/* behind our hook, as if it had never stopped there */
static void release_send(const struct sal_spot *spot, struct sk_buff *skb,
			 enum sal_reason reason)
{
	struct sal_domain *d = spot->member->domain;

	if (sal_reroute(spot, skb, skb->sk)) {
		sal_drop(d, skb, SAL_R_NO_ROUTE);
		return;
	}
	if (sal_hooks_resume(spot, skb)) {
		sal_drop(d, skb, SAL_R_NO_HOOK);
		return;
	}
	sal_count(d, reason);
	sal_count(d, SAL_R_RELEASED);
}

/* it waited for an answer, and that is that it is none of ours */
static void release_pass(const struct sal_spot *spot, struct sk_buff *skb)
{
	struct sal_domain *d = spot->member->domain;

	if (sal_hooks_resume(spot, skb))
		sal_drop(d, skb, SAL_R_NO_HOOK);
	else
		sal_count(d, SAL_R_RELEASED);
}

static enum sal_fwd release_steps(const struct sal_spot *spot,
				  struct sal_service *svc, struct sk_buff *skb,
				  struct sal_packet *pkt,
				  struct sal_service **now)
{
	enum sal_fwd fwd;

	fwd = sal_fwd_resolve(spot, skb, pkt, now);
	/* those wait for the client that they are for */
	fwd = sal_fwd_named(spot, now, skb, pkt, fwd, svc);
	if (fwd != SAL_FWD_SEND)
		return fwd;
	/* its VIP may be another service's now, which does not wait */
	if (*now != svc && READ_ONCE((*now)->gate[spot->af]) != SAL_GATE_OPEN)
		return SAL_FWD_WAIT;
	return sal_fwd_translate(spot, *now, skb, pkt);
}

bool sal_release(struct sal_service *svc, const struct sal_held *held,
		 enum sal_af af)
{
	const struct sal_spot spot = release_spot(held, af);
	struct sal_domain *d = svc->domain;
	struct sal_service *now = NULL;
	struct sk_buff *skb = held->skb;
	struct sal_packet pkt;
	enum sal_fwd fwd;

	if (!release_restore(&spot, skb)) {
		sal_drop(d, skb, SAL_R_NO_ROUTE);
		return true;
	}
	fwd = release_steps(&spot, svc, skb, &pkt, &now);
	switch (fwd) {
	case SAL_FWD_SEND:
		trace_sal_release(skb, now);
		release_send(&spot, skb, SAL_R_FORWARD);
		break;
	case SAL_FWD_ANSWER:
		release_send(&spot, skb, SAL_R_UNNAMED);
		break;
	case SAL_FWD_PASS:
	case SAL_FWD_DIRECT:
		if (svc->asks) {
			release_pass(&spot, skb);
			break;
		}
		/* it was for a VIP when it came; now nobody's */
		sal_drop(d, skb, SAL_R_HOLD_PURGED);
		break;
	case SAL_FWD_WAIT:
	case SAL_FWD_RETRY:
		/* one that is paused will say in a moment */
		if (now != svc && !READ_ONCE(now->hold.paused)) {
			sal_fwd_empty(&spot, now, skb);
			break;
		}
		skb_dst_drop(skb);
		skb->dev = NULL;
		return false;
	case SAL_FWD_FULL:
		sal_fwd_full(&spot, now, skb);
		break;
	case SAL_FWD_NO_PROTO:
	case SAL_FWD_NO_PORT:
	case SAL_FWD_STRAY:
	case SAL_FWD_RULE_DROP:
	case SAL_FWD_RULE_REJECT:
	case SAL_FWD_DENIED:
	case SAL_FWD_CUT:
		sal_fwd_reject(&spot, now, skb, &pkt, fwd);
		break;
	case SAL_FWD_RULED:
	case SAL_FWD_ERROR:
	case SAL_FWD_REFUSE:
	case SAL_FWD_DROP:
		kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
		break;
	}
	return true;
}

void sal_release_expired(struct sal_service *svc, const struct sal_held *held,
			 enum sal_af af)
{
	const struct sal_spot spot = release_spot(held, af);

	if (READ_ONCE(svc->conf.on_empty) == SAL_ON_EMPTY_REJECT &&
	    !release_restore(&spot, held->skb)) {
		sal_drop(svc->domain, held->skb, SAL_R_NO_ROUTE);
		return;
	}
	sal_fwd_empty(&spot, svc, held->skb);
}
