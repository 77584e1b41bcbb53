// SPDX-License-Identifier: GPL-2.0
/*
 * datapath.c - a packet's way through the module
 *
 * Out of a member (LOCAL_OUT), towards an endpoint:
 *
 *	1  destination to service		out_resolve()
 *	2  headers to conversation		out_resolve()
 *	3  conversation to flow, or a new one	out_flow()
 *	4  flow to cell to endpoint		sal_flow_endpoint()
 *	5  rewrite, then a new route		out_translate(), out_route()
 *
 * Into a member (LOCAL_IN), back to the client:
 *
 *	1  source to endpoint to service	in_reply()
 *	2  headers to flow			in_reply()
 *	3  may this endpoint answer for it?	in_accepts()
 *	4  rewrite				sal_xlat_src()
 *
 * For a packet of an established flow nothing here takes a lock, allocates,
 * moves a timer or writes to memory that CPUs share, but for the coarse time
 * of the flow when it has changed. All runs under RCU.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/flow.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/sock.h>

#include "cell.h"
#include "datapath.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "hold.h"
#include "hooks.h"
#include "member.h"
#include "reject.h"
#include "service.h"
#include "stats.h"
#include "vip.h"
#include "xlat.h"

/* how often a packet is resolved anew because endpoints came and went */
#define OUT_TRIES	4

/**
 * enum out - what is to become of a packet that a client sent
 * @OUT_PASS: it is none of ours
 * @OUT_SEND: it was rewritten and wants a new route
 * @OUT_WAIT: no endpoint is usable
 * @OUT_RETRY: what it was bound to went away under its feet
 * @OUT_REJECT: the service does not speak the protocol
 * @OUT_REFUSE: drop, and tell the sender that a limit was reached
 * @OUT_DROP: drop
 */
enum out {
	OUT_PASS,
	OUT_SEND,
	OUT_WAIT,
	OUT_RETRY,
	OUT_REJECT,
	OUT_REFUSE,
	OUT_DROP,
};

static unsigned int drop(struct sal_domain *d, struct sk_buff *skb,
			 enum sal_reason reason)
{
	sal_count(d, reason);
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
	/* NF_DROP would give a local sender EPERM */
	return NF_STOLEN;
}

static enum out out_drop(struct sal_domain *d, enum sal_reason reason)
{
	sal_count(d, reason);
	return OUT_DROP;
}

static enum out out_refuse(struct sal_domain *d, enum sal_reason reason)
{
	sal_count(d, reason);
	return OUT_REFUSE;
}

/* steps 1 and 2: OUT_SEND where it is a service's and can be sent */
static enum out out_resolve(struct sal_domain *d, struct sk_buff *skb,
			    enum sal_af af, struct sal_packet *pkt,
			    struct sal_service **svc)
{
	struct sal_vip *vip;

	if (!sal_packet_addrs(skb, af, pkt))
		return OUT_PASS;
	vip = sal_vip_lookup(&d->vips, &pkt->dst);
	if (!vip)
		return OUT_PASS;
	*svc = vip->svc;

	sal_packet_parse(skb, af, pkt);
	switch (pkt->kind) {
	case SAL_KIND_REQUEST:
		return OUT_SEND;
	case SAL_KIND_ROUTED:
	case SAL_KIND_NEIGHBOUR:
		return OUT_PASS;
	case SAL_KIND_FRAGMENT:
		return out_drop(d, SAL_R_FRAGMENT);
	case SAL_KIND_MALFORMED:
		return out_drop(d, SAL_R_MALFORMED);
	case SAL_KIND_REPLY:
	case SAL_KIND_ERROR:
		/* an answer is not answered */
		return out_drop(d, SAL_R_UNSUPPORTED);
	case SAL_KIND_OTHER:
		break;
	}
	sal_count(d, SAL_R_UNSUPPORTED);
	return OUT_REJECT;
}

/* step 3: OUT_SEND with the flow */
static enum out out_flow(struct sal_member *m, struct sal_service *svc,
			 const struct sal_packet *pkt, struct sal_flow **flow)
{
	const struct sal_conv conv = {
		.client	= pkt->src,
		.vip	= pkt->dst,
		.cid	= pkt->id,
		.proto	= pkt->proto,
	};
	struct sal_domain *d = m->domain;
	struct sal_flow *f;

	f = sal_flow_lookup(d, m, svc, &conv);
	if (unlikely(!f))
		f = sal_flow_create(m, svc, &conv);
	*flow = f;
	if (!IS_ERR(f))
		return OUT_SEND;

	switch (PTR_ERR(f)) {
	case -EAGAIN:
		return OUT_RETRY;
	case -ENOSPC:
		return out_refuse(d, SAL_R_FLOW_LIMIT);
	case -EADDRINUSE:
		return out_drop(d, SAL_R_CLASH);
	}
	return out_drop(d, SAL_R_NO_MEMORY);
}

/* steps 3 to 5, the route apart */
static enum out out_translate(struct sal_member *m, struct sal_service *svc,
			      struct sk_buff *skb, enum sal_af af,
			      const struct sal_packet *pkt)
{
	struct sal_endpoint *ep;
	struct sal_flow *f;
	enum out out;

	out = out_flow(m, svc, pkt, &f);
	if (out != OUT_SEND)
		return out;
	ep = sal_flow_endpoint(f);
	if (unlikely(!ep))
		return OUT_RETRY;
	if (sal_xlat_dst(skb, af, pkt, sal_endpoint_addr(ep, af), f->key.id))
		return out_drop(m->domain, SAL_R_NO_MEMORY);
	sal_flow_touch(f);
	return OUT_SEND;
}

static int out_route(struct net *net, struct sock *sk, struct sk_buff *skb,
		     enum sal_af af)
{
	return af == SAL_V4 ? ip_route_me_harder(net, sk, skb, RTN_UNSPEC) :
			      ip6_route_me_harder(net, sk, skb);
}

/* nothing is held for it, or not any longer; it has its original route */
static unsigned int out_empty(struct sal_service *svc, struct net *net,
			      struct sk_buff *skb, enum sal_af af)
{
	if (READ_ONCE(svc->conf.on_empty) == SAL_ON_EMPTY_REJECT)
		sal_reject_host(net, skb, af);
	return drop(svc->domain, skb, SAL_R_EMPTY);
}

/* a verdict, or NF_REPEAT where the gate has just opened */
static unsigned int out_wait(struct sal_service *svc, struct sal_member *m,
			     struct sk_buff *skb, struct net *net,
			     enum sal_af af)
{
	struct sal_domain *d = m->domain;

	switch (sal_hold_packet(svc, af, skb, m)) {
	case SAL_HELD:
		sal_count(d, SAL_R_HELD);
		return NF_STOLEN;
	case SAL_HOLD_OPEN:
		return NF_REPEAT;
	case SAL_HOLD_FULL:
		sal_count(d, SAL_R_HOLD_FULL);
		return NF_DROP_ERR(-ENOBUFS);
	case SAL_HOLD_NOMEM:
		return drop(d, skb, SAL_R_NO_MEMORY);
	case SAL_HOLD_OFF:
		break;
	}
	return out_empty(svc, net, skb, af);
}

static unsigned int out_send(struct sal_domain *d, struct sk_buff *skb,
			     const struct nf_hook_state *state, enum sal_af af)
{
	if (out_route(state->net, state->sk, skb, af))
		return drop(d, skb, SAL_R_NO_ROUTE);
	sal_count(d, SAL_R_FORWARD);
	return NF_ACCEPT;
}

/* steps 1 to 5, the route apart */
static enum out out_steps(struct sal_member *m, struct sk_buff *skb,
			  enum sal_af af, struct sal_service **svc)
{
	struct sal_packet pkt;
	enum out out;

	out = out_resolve(m->domain, skb, af, &pkt, svc);
	if (out != OUT_SEND)
		return out;
	if (unlikely(READ_ONCE((*svc)->gate[af]) != SAL_GATE_OPEN))
		return OUT_WAIT;
	return out_translate(m, *svc, skb, af, &pkt);
}

static unsigned int out_verdict(struct sal_member *m, struct sal_service *svc,
				struct sk_buff *skb,
				const struct nf_hook_state *state,
				enum sal_af af, enum out out)
{
	switch (out) {
	case OUT_SEND:
		return out_send(m->domain, skb, state, af);
	case OUT_PASS:
		return NF_ACCEPT;
	case OUT_WAIT:
	case OUT_RETRY:
		return out_wait(svc, m, skb, state->net, af);
	case OUT_REFUSE:
		return NF_DROP_ERR(-ENOBUFS);
	case OUT_REJECT:
		sal_reject_proto(state->net, skb, af);
		break;
	case OUT_DROP:
		break;
	}
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
	return NF_STOLEN;
}

unsigned int sal_datapath_out(struct sal_member *m, struct sk_buff *skb,
			      const struct nf_hook_state *state,
			      enum sal_af af)
{
	struct sal_service *svc = NULL;
	unsigned int verdict;
	int tries = OUT_TRIES;
	enum out out;

	do {
		out = out_steps(m, skb, af, &svc);
		verdict = out_verdict(m, svc, skb, state, af, out);
		if (likely(verdict != NF_REPEAT))
			return verdict;
	} while (--tries);
	return out_empty(svc, state->net, skb, af);
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

/* behind our hook, as if it had never stopped there */
static void release_send(struct sal_domain *d, struct net *net,
			 struct sk_buff *skb, enum sal_af af)
{
	if (out_route(net, skb->sk, skb, af)) {
		drop(d, skb, SAL_R_NO_ROUTE);
		return;
	}
	if (sal_hooks_resume(net, skb->sk, skb, af)) {
		drop(d, skb, SAL_R_NO_HOOK);
		return;
	}
	sal_count(d, SAL_R_FORWARD);
	sal_count(d, SAL_R_RELEASED);
}

bool sal_datapath_release(struct sal_service *svc, struct sal_member *m,
			  struct sk_buff *skb, enum sal_af af)
{
	struct sal_domain *d = m->domain;
	struct sal_service *now = NULL;
	struct net *net = m->net;
	struct sal_packet pkt;
	enum out out;

	if (release_route(net, skb, af)) {
		drop(d, skb, SAL_R_NO_ROUTE);
		return true;
	}
	out = out_resolve(d, skb, af, &pkt, &now);
	if (out == OUT_SEND)
		/* its VIP may be another service's now, which does not wait */
		out = now == svc || READ_ONCE(now->gate[af]) == SAL_GATE_OPEN ?
		      out_translate(m, now, skb, af, &pkt) : OUT_WAIT;

	switch (out) {
	case OUT_SEND:
		release_send(d, net, skb, af);
		break;
	case OUT_PASS:
		/* it was for a VIP when it came; now nobody's */
		drop(d, skb, SAL_R_HOLD_PURGED);
		break;
	case OUT_WAIT:
	case OUT_RETRY:
		if (now != svc) {
			out_empty(now, net, skb, af);
			break;
		}
		skb_dst_drop(skb);
		skb->dev = NULL;
		return false;
	case OUT_REJECT:
	case OUT_REFUSE:
	case OUT_DROP:
		kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
		break;
	}
	return true;
}

void sal_datapath_expire(struct sal_service *svc, struct sal_member *m,
			 struct sk_buff *skb, enum sal_af af)
{
	if (READ_ONCE(svc->conf.on_empty) == SAL_ON_EMPTY_REJECT &&
	    release_route(m->net, skb, af)) {
		drop(svc->domain, skb, SAL_R_NO_ROUTE);
		return;
	}
	out_empty(svc, m->net, skb, af);
}

/**
 * enum in - may an endpoint answer for a flow?
 * @IN_BOUND: it is the one
 * @IN_LATE: it was, and is in its grace time
 * @IN_STALE: neither
 */
enum in {
	IN_BOUND,
	IN_LATE,
	IN_STALE,
};

static enum in in_accepts(const struct sal_flow *f,
			  const struct sal_endpoint *ep)
{
	const struct sal_cell *cell = rcu_dereference(f->cell);

	if (likely(rcu_access_pointer(cell->ep) == ep))
		return IN_BOUND;
	if (READ_ONCE(cell->svc->conf.late) == SAL_LATE_TRANSLATE &&
	    sal_cell_was(cell, ep->id))
		return IN_LATE;
	return IN_STALE;
}

static unsigned int in_reply(struct sal_member *m, struct sk_buff *skb,
			     enum sal_af af, const struct sal_packet *pkt)
{
	struct sal_domain *d = m->domain;
	struct sal_endpoint *ep;
	struct sal_flow *f;
	enum in in;

	ep = sal_reverse_lookup(d, &pkt->src);
	if (!ep)
		return NF_ACCEPT;
	f = sal_flow_reverse(d, m, ep->svc, &pkt->dst, pkt->proto, pkt->id);
	if (!f)
		return NF_ACCEPT;

	in = in_accepts(f, ep);
	if (in == IN_STALE)
		return drop(d, skb, SAL_R_STALE);
	if (sal_xlat_src(skb, af, pkt, &f->vip, f->cid))
		return drop(d, skb, SAL_R_NO_MEMORY);
	if (in == IN_LATE)
		sal_count(d, SAL_R_LATE);
	sal_flow_touch(f);
	sal_count(d, SAL_R_REVERSE);
	return NF_ACCEPT;
}

/* an error about a flow is translated, one about where it was is fenced off */
static unsigned int in_error(struct sal_member *m, struct sk_buff *skb,
			     enum sal_af af, const struct sal_packet *pkt)
{
	struct sal_domain *d = m->domain;
	struct sal_endpoint *ep;
	struct sal_quote q;
	struct sal_flow *f;
	int err;

	if (sal_quote_addrs(skb, af, pkt, &q))
		return NF_ACCEPT;
	ep = sal_reverse_lookup(d, &q.dst);
	if (!ep)
		return NF_ACCEPT;
	err = sal_quote_parse(skb, af, &q);
	if (err == -ENOENT)
		return NF_ACCEPT;
	if (err)
		return drop(d, skb, SAL_R_MALFORMED);
	f = sal_flow_reverse(d, m, ep->svc, &q.src, q.proto, q.id);
	if (!f)
		return NF_ACCEPT;

	if (in_accepts(f, ep) != IN_BOUND)
		return drop(d, skb, SAL_R_FENCED);
	if (sal_xlat_error(skb, af, pkt, &q, &f->vip, f->cid))
		return drop(d, skb, SAL_R_NO_MEMORY);
	sal_count(d, SAL_R_ERROR);
	return NF_ACCEPT;
}

unsigned int sal_datapath_in(struct sal_member *m, struct sk_buff *skb,
			     enum sal_af af)
{
	struct sal_packet pkt;

	sal_packet_parse(skb, af, &pkt);
	if (pkt.kind != SAL_KIND_REPLY && pkt.kind != SAL_KIND_ERROR)
		return NF_ACCEPT;
	if (!sal_packet_addrs(skb, af, &pkt))
		return NF_ACCEPT;
	return pkt.kind == SAL_KIND_REPLY ? in_reply(m, skb, af, &pkt) :
					    in_error(m, skb, af, &pkt);
}
