// SPDX-License-Identifier: GPL-2.0
/*
 * forward.c - a client's packet, towards an endpoint
 *
 * Where it is met tells the placement: at LOCAL_OUT of the client's own
 * namespace (edge), or at PRE_ROUTING of one that routes for it (router).
 *
 *	1  destination to service		sal_fwd_resolve()
 *	2  headers to conversation		sal_fwd_resolve()
 *	3  conversation to flow, or a new one	fwd_flow()
 *	4  flow to cell to endpoint		fwd_address()
 *	5  rewrite, then a new route		sal_fwd_translate(), sal_reroute()
 *
 * For a packet of an established flow nothing here takes a lock, allocates,
 * moves a timer or writes to memory that CPUs share, but for the coarse time
 * of the flow when it has changed, and its counters where it has any; nor what the direct
 * path adds, but where a path is looked at, once in a jiffy (path.c). All runs under RCU.
 */
#include <linux/etherdevice.h>
#include <linux/netfilter.h>
#include <net/ip.h>

#include "acct.h"
#include "bridge.h"
#include "cut.h"
#include "datapath.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "forward.h"
#include "hold.h"
#include "member.h"
#include "path.h"
#include "peer.h"
#include "policy.h"
#include "reject.h"
#include "reroute.h"
#include "reset.h"
#include "rule.h"
#include "ruled.h"
#include "service.h"
#include "shortcut.h"
#include "stats.h"
#include "trace.h"
#include "track.h"
#include "upcall.h"
#include "vip.h"
#include "xlat.h"

/* how often a packet is resolved anew because endpoints came and went */
#define FWD_TRIES	4

static enum sal_fwd fwd_drop(struct sal_domain *d, enum sal_reason reason)
{
	sal_count(d, reason);
	return SAL_FWD_DROP;
}

static enum sal_fwd fwd_refuse(struct sal_domain *d, enum sal_reason reason)
{
	sal_count(d, reason);
	return SAL_FWD_REFUSE;
}

/*
 * A router takes what was sent to it. A bridge of this namespace shows what it
 * forwards, too, where br_netfilter wants it to; to that it is no router.
 */
bool sal_fwd_is_for_router(struct sk_buff *skb)
{
	if (!sal_is_bridged(skb))
		return skb->pkt_type == PACKET_HOST;
	if (!ether_addr_equal(eth_hdr(skb)->h_dest, skb->dev->dev_addr))
		return false;
	/* the port that it came by has another address than the bridge */
	skb->pkt_type = PACKET_HOST;
	return true;
}

/* what an endpoint answers to a name is not subject to what that one speaks */
static enum sal_fwd fwd_speaks(const struct sal_service *svc,
			       const struct sal_packet *pkt)
{
	switch (sal_service_speaks(svc, pkt->proto, pkt->dport)) {
	case SAL_SPEAKS:
		break;
	case SAL_SPEAKS_NOT_PORT:
		return SAL_FWD_NO_PORT;
	case SAL_SPEAKS_NOT_PROTO:
		return SAL_FWD_NO_PROTO;
	}
	return SAL_FWD_SEND;
}

static enum sal_fwd fwd_vip(const struct sal_spot *spot, struct sk_buff *skb,
			    struct sal_packet *pkt, const struct sal_vip *vip,
			    struct sal_service **svc)
{
	if (!vip)
		return SAL_FWD_DIRECT;
	if (spot->place == SAL_PLACEMENT_ROUTER && !sal_fwd_is_for_router(skb))
		return SAL_FWD_PASS;
	*svc = rcu_dereference(vip->svc);
	sal_packet_parse(skb, spot->af, pkt);
	return SAL_FWD_SEND;
}

enum sal_fwd sal_fwd_resolve(const struct sal_spot *spot, struct sk_buff *skb,
			     struct sal_packet *pkt, struct sal_service **svc)
{
	struct sal_domain *d = spot->member->domain;
	const struct sal_rule *rule;
	struct sal_vip *vip;
	enum sal_fwd fwd;

	if (!sal_packet_addrs(skb, spot->af, pkt))
		return SAL_FWD_PASS;
	vip = sal_vip_lookup(&d->vips, &pkt->dst);
	rule = sal_rule_lookup(d, &pkt->dst, vip);
	if (unlikely(rule))
		fwd = sal_ruled(spot, skb, pkt, rule, vip, svc);
	else
		fwd = fwd_vip(spot, skb, pkt, vip, svc);
	if (fwd != SAL_FWD_SEND)
		return fwd;
	trace_sal_lookup(skb, &pkt->dst, *svc);

	switch (pkt->kind) {
	case SAL_KIND_DATA:
	case SAL_KIND_REQUEST:
		return fwd_speaks(*svc, pkt);
	case SAL_KIND_ROUTED:
	case SAL_KIND_NEIGHBOUR:
		return SAL_FWD_PASS;
	case SAL_KIND_FRAGMENT:
		return fwd_drop(d, SAL_R_FRAGMENT);
	case SAL_KIND_MALFORMED:
		return fwd_drop(d, SAL_R_MALFORMED);
	case SAL_KIND_REPLY:
	case SAL_KIND_ERROR:
		return SAL_FWD_ANSWER;
	case SAL_KIND_ANSWER:
		/* is not answered */
		return fwd_drop(d, SAL_R_UNSUPPORTED);
	case SAL_KIND_OTHER:
		break;
	}
	return SAL_FWD_NO_PROTO;
}

struct sal_conv sal_fwd_conv(const struct sal_spot *spot,
			     const struct sal_packet *pkt)
{
	return (struct sal_conv) {
		.client	= pkt->src,
		.vip	= pkt->dst,
		.ports	= sal_ports(pkt->proto, pkt->sport, pkt->dport),
		.place	= spot->place,
	};
}

static enum sal_fwd fwd_no_flow(struct sal_domain *d, int err)
{
	switch (err) {
	case -EAGAIN:
		return SAL_FWD_RETRY;
	case -EUSERS:
		return SAL_FWD_FULL;
	case -EXDEV:
		return SAL_FWD_PASS;
	case -ENOTCONN:
		return SAL_FWD_STRAY;
	case -EACCES:
		return SAL_FWD_DENIED;
	case -ENOSPC:
		return fwd_refuse(d, SAL_R_FLOW_LIMIT);
	case -EADDRINUSE:
		return fwd_drop(d, SAL_R_CLASH);
	}
	return fwd_drop(d, SAL_R_NO_MEMORY);
}

/* there is no flow: may one begin? */
static int fwd_may_begin(const struct sal_spot *spot,
			 const struct sal_service *svc,
			 const struct sal_conv *conv,
			 const struct sal_packet *pkt)
{
	bool stray = unlikely(sal_track_is_stray(pkt));

	/* one that began before its namespace became a member */
	if (stray && sal_flow_elsewhere(spot->member, svc, conv))
		return -EXDEV;
	if (sal_policy_denies(spot->member->domain, &conv->client, svc, NULL))
		return -EACCES;
	if (stray && READ_ONCE(svc->conf.stray) != SAL_STRAY_ADOPT)
		return -ENOTCONN;
	return 0;
}

/* step 3: the flow or an ERR_PTR */
static struct sal_flow *fwd_flow(const struct sal_spot *spot,
				 struct sal_service *svc,
				 const struct sal_packet *pkt)
{
	const struct sal_conv conv = sal_fwd_conv(spot, pkt);
	struct sal_flow *f;
	int err;

	f = sal_flow_lookup(spot->member, svc, &conv);
	if (likely(f)) {
		if (!unlikely(sal_track_is_open(pkt)) ||
		    !(sal_track_closed(f) || sal_flow_is_cut(f)))
			return f;
		/* the ports are used again */
		sal_flow_remove(spot->member->domain, f);
	}
	err = fwd_may_begin(spot, svc, &conv, pkt);
	if (err)
		return ERR_PTR(err);
	return sal_flow_create(spot->member, svc, &conv);
}

/* step 4: the endpoint's address, and the flow or an ERR_PTR */
static struct sal_flow *fwd_address(const struct sal_spot *spot,
				    struct sal_flow *f,
				    const struct sal_reverse **to)
{
	const struct sal_endpoint *ep = sal_flow_endpoint(f);
	const struct sal_reverse *rev;

	if (unlikely(!ep))
		return ERR_PTR(-EAGAIN);
	rev = &ep->rev[spot->af];
	*to = rev;
	if (likely(READ_ONCE(f->at) == rev->num))
		return f;
	trace_sal_bind(f, ep);
	return sal_flow_arrive(spot->member, f, rev);
}

/* an endpoint's answer to a client that is one, too, and goes by its address */
bool sal_fwd_is_answer(const struct sal_spot *spot,
		       const struct sal_packet *pkt)
{
	struct sal_ports ports = { .id = pkt->dport, .proto = pkt->proto };
	struct sal_domain *d = spot->member->domain;
	struct sal_reverse *rev;

	if (pkt->kind != SAL_KIND_DATA)
		return false;
	rev = sal_reverse_lookup(d, &pkt->src);
	for (; rev; rev = sal_reverse_next(rev)) {
		ports.port = sal_port_in(rev->ep, pkt->sport);
		if (sal_flow_is_there(d, rev->ep->svc, &pkt->dst, &ports))
			return true;
	}
	return false;
}

/*
 * Not for a VIP. For an endpoint's own address it may be, with an id by which
 * the client has a flow there, too: see sal_flow_direct().
 */
static enum sal_fwd fwd_direct(const struct sal_spot *spot,
			       struct sk_buff *skb, struct sal_packet *pkt)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_reverse *rev;
	struct sal_conv conv;
	struct sal_flow *f;

	rev = sal_reverse_lookup(d, &pkt->dst);
	if (likely(!rev))
		return SAL_FWD_PASS;
	if (spot->place == SAL_PLACEMENT_ROUTER && !sal_fwd_is_for_router(skb))
		return SAL_FWD_PASS;
	sal_packet_parse(skb, spot->af, pkt);
	if (pkt->kind != SAL_KIND_REQUEST && pkt->kind != SAL_KIND_DATA)
		return SAL_FWD_PASS;
	if (sal_fwd_is_answer(spot, pkt))
		return SAL_FWD_PASS;
	conv = sal_fwd_conv(spot, pkt);
	f = sal_flow_direct(spot->member, rev, &conv, pkt);
	if (likely(!f))
		return SAL_FWD_PASS;
	if (IS_ERR(f))
		return PTR_ERR(f) == -EAGAIN ? SAL_FWD_PASS :
					       fwd_no_flow(d, PTR_ERR(f));
	if (sal_xlat_dst(skb, spot->af, pkt, &f->vip, f->key.id, pkt->dport))
		return fwd_drop(d, SAL_R_NO_MEMORY);
	sal_acct_count(spot->member, f, SAL_FORWARD, skb->len);
	sal_flow_touch(f);
	sal_track_forward(f, pkt);
	return SAL_FWD_SEND;
}

static enum sal_fwd fwd_cut(struct sal_flow *f, const struct sal_packet *pkt)
{
	sal_track_cut(f, pkt, SAL_MARK_GONE_CLIENT);
	trace_sal_cut(f, false);
	return SAL_FWD_CUT;
}

enum sal_fwd sal_fwd_translate(const struct sal_spot *spot,
			       struct sal_service *svc, struct sk_buff *skb,
			       const struct sal_packet *pkt)
{
	struct sal_domain *d = spot->member->domain;
	const struct sal_reverse *to;
	struct sal_flow *f;

	f = fwd_flow(spot, svc, pkt);
	if (!IS_ERR(f)) {
		if (unlikely(sal_flow_is_cut(f)))
			return fwd_cut(f, pkt);
		f = fwd_address(spot, f, &to);
	}
	if (IS_ERR(f))
		return fwd_no_flow(d, PTR_ERR(f));
	if (sal_xlat_dst(skb, spot->af, pkt, &to->addr, f->key.id,
			 sal_port_out(to->ep, f->key.port)))
		return fwd_drop(d, SAL_R_NO_MEMORY);
	sal_endpoint_carry(to->ep, SAL_FORWARD, skb->len);
	sal_acct_count(spot->member, f, SAL_FORWARD, skb->len);
	sal_flow_touch(f);
	sal_track_forward(f, pkt);
	return SAL_FWD_SEND;
}

static unsigned int fwd_empty(const struct sal_spot *spot,
			      struct sal_service *svc, struct sk_buff *skb,
			      enum sal_reason reason)
{
	if (READ_ONCE(svc->conf.on_empty) == SAL_ON_EMPTY_REJECT)
		sal_reject_host(spot->member->net, skb, spot->af);
	return sal_drop(svc->domain, skb, reason);
}

unsigned int sal_fwd_empty(const struct sal_spot *spot,
			   struct sal_service *svc, struct sk_buff *skb)
{
	return fwd_empty(spot, svc, skb,
			 svc->asks ? SAL_R_MISS_UNANSWERED : SAL_R_EMPTY);
}

unsigned int sal_fwd_full(const struct sal_spot *spot,
			  struct sal_service *svc, struct sk_buff *skb)
{
	return fwd_empty(spot, svc, skb, SAL_R_FULL);
}

static unsigned int fwd_hold_full(struct sal_domain *d, enum sal_reason reason)
{
	sal_count(d, reason);
	return NF_DROP_ERR(-ENOBUFS);
}

/* a verdict, or NF_REPEAT where the gate has just opened */
static unsigned int fwd_hold(const struct sal_spot *spot,
			     struct sal_service *svc, struct sk_buff *skb,
			     const struct sal_packet *pkt)
{
	struct sal_domain *d = spot->member->domain;

	switch (sal_hold_packet(svc, spot, skb, pkt)) {
	case SAL_HELD:
		sal_count(d, SAL_R_HELD);
		return NF_STOLEN;
	case SAL_HOLD_OPEN:
		return NF_REPEAT;
	case SAL_HOLD_FULL:
		return fwd_hold_full(d, SAL_R_HOLD_FULL);
	case SAL_HOLD_FLOW_FULL:
		return fwd_hold_full(d, SAL_R_HOLD_FLOW_FULL);
	case SAL_HOLD_DOMAIN_FULL:
		return fwd_hold_full(d, SAL_R_HOLD_DOMAIN_FULL);
	case SAL_HOLD_NOMEM:
		return sal_drop(d, skb, SAL_R_NO_MEMORY);
	case SAL_HOLD_OFF:
		break;
	}
	return sal_fwd_empty(spot, svc, skb);
}

/* it waits for an answer; where it cannot, that is asked for all the same */
static unsigned int fwd_ask(const struct sal_spot *spot,
			    struct sal_service *svc, struct sk_buff *skb,
			    const struct sal_packet *pkt)
{
	unsigned int verdict;

	switch (sal_upcall_reserve(svc->asks, &pkt->dst)) {
	case SAL_UPCALL_NEW:
		verdict = fwd_hold(spot, svc, skb, pkt);
		sal_upcall_ask(spot->member, svc->asks, pkt);
		return verdict;
	case SAL_UPCALL_ASKED:
		return fwd_hold(spot, svc, skb, pkt);
	case SAL_UPCALL_ENOUGH:
		return fwd_hold_full(spot->member->domain, SAL_R_HOLD_FULL);
	case SAL_UPCALL_FULL:
		break;
	}
	return fwd_empty(spot, svc, skb, SAL_R_MISS_LIMIT);
}

/* likewise */
static unsigned int fwd_wait(const struct sal_spot *spot,
			     struct sal_service *svc, struct sk_buff *skb,
			     const struct sal_packet *pkt)
{
	struct sal_domain *d = spot->member->domain;

	/* its bridge has not yet said whether it may come in at all */
	if (unlikely(sal_is_bridged(skb)))
		return READ_ONCE(svc->hold.paused) ?
		       sal_drop(d, skb, SAL_R_EMPTY) :
		       sal_fwd_empty(spot, svc, skb);
	return unlikely(svc->asks) ? fwd_ask(spot, svc, skb, pkt) :
				     fwd_hold(spot, svc, skb, pkt);
}

/* does it go straight? */
static unsigned int fwd_straight(const struct sal_spot *spot,
				 const struct sal_service *svc,
				 struct sk_buff *skb, struct sock *sk,
				 const struct sal_packet *pkt,
				 enum sal_reason reason)
{
	if (!svc || reason == SAL_R_ERROR || !sal_path_may(svc))
		return NF_ACCEPT;
	if (spot->place == SAL_PLACEMENT_EDGE)
		return sal_shortcut_request(spot, skb, sk);
	if (reason == SAL_R_FORWARD)
		return sal_shortcut_routed(spot, skb, pkt, svc);
	sal_shortcut_missed(spot, skb);
	return NF_ACCEPT;
}

static unsigned int fwd_send(const struct sal_spot *spot,
			     const struct sal_service *svc, struct sk_buff *skb,
			     struct sock *sk, const struct sal_packet *pkt,
			     enum sal_reason reason)
{
	struct sal_domain *d = spot->member->domain;
	unsigned int verdict;
	int err;

	verdict = fwd_straight(spot, svc, skb, sk, pkt, reason);
	if (verdict != NF_ACCEPT) {
		sal_count_packet(d->stats, reason);
		return verdict;
	}
	err = sal_reroute(spot, skb, sk);
	/* the sender is told, as it is for any address without a route */
	if (err) {
		sal_count(d, SAL_R_NO_ROUTE);
		return NF_DROP_ERR(err);
	}
	sal_count_packet(d->stats, reason);
	return NF_ACCEPT;
}

/* an error about what a client was answered, to the endpoint that has answered;
 * SAL_FWD_PASS where there is none
 */
static enum sal_fwd fwd_client_error(const struct sal_spot *spot,
				     struct sal_service *svc,
				     struct sk_buff *skb,
				     const struct sal_packet *pkt,
				     const struct sal_quote *q)
{
	const struct sal_conv conv = {
		.client	= q->dst,
		.vip	= q->src,
		.ports	= sal_ports(q->proto, q->dport, q->sport),
		.place	= spot->place,
	};
	struct sal_domain *d = spot->member->domain;
	const struct sal_endpoint *ep;
	const struct sal_flow *f;
	struct sal_error_to to;

	f = sal_flow_lookup(spot->member, svc, &conv);
	if (!f)
		return SAL_FWD_PASS;
	ep = sal_flow_endpoint(f);
	if (!ep)
		return fwd_drop(d, SAL_R_EMPTY);
	sal_error_keep(&to, pkt, q);
	to.dst = ep->rev[spot->af].addr;
	to.q_src = to.dst;
	to.q_sport = sal_flow_far_port(f, ep);
	to.q_dport = f->key.id;
	if (sal_xlat_error(skb, spot->af, pkt, q, &to))
		return fwd_drop(d, SAL_R_NO_MEMORY);
	return SAL_FWD_ERROR;
}

static enum sal_fwd fwd_error(const struct sal_spot *spot,
			      struct sal_service *svc, struct sk_buff *skb,
			      const struct sal_packet *pkt)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_quote q;
	enum sal_fwd fwd;
	int err;

	err = sal_quote_addrs(skb, spot->af, pkt, &q);
	if (!err && ipv6_addr_equal(&q.src, &pkt->dst))
		err = sal_quote_parse(skb, spot->af, &q);
	else if (!err)
		err = -ENOENT;
	if (err)
		return err == -ENOENT ? SAL_FWD_PASS :
					fwd_drop(d, SAL_R_MALFORMED);
	fwd = q.reply ? SAL_FWD_PASS : sal_peer_error(spot, skb, pkt, &q);
	return fwd == SAL_FWD_PASS ?
	       fwd_client_error(spot, svc, skb, pkt, &q) : fwd;
}

static enum sal_fwd fwd_reply(const struct sal_spot *spot,
			      struct sal_service **svc, struct sk_buff *skb,
			      const struct sal_packet *pkt,
			      struct sal_service *from)
{
	enum sal_fwd fwd = sal_peer_reply(spot, skb, pkt, &from);

	if (unlikely(fwd == SAL_FWD_WAIT))
		*svc = from;
	return fwd;
}

/* it is not answered: where nobody was told that VIP, it is dropped */
static enum sal_fwd fwd_answer(const struct sal_spot *spot,
			       struct sal_service **svc, struct sk_buff *skb,
			       const struct sal_packet *pkt,
			       struct sal_service *from)
{
	enum sal_fwd fwd;

	if (pkt->kind == SAL_KIND_ERROR)
		fwd = fwd_error(spot, *svc, skb, pkt);
	else
		fwd = fwd_reply(spot, svc, skb, pkt, from);
	return fwd == SAL_FWD_PASS ?
	       fwd_drop(spot->member->domain, SAL_R_UNSUPPORTED) : fwd;
}

/* who has no endpoint's address answers nobody */
static bool fwd_may_answer(const struct sal_spot *spot,
			   const struct sal_packet *pkt)
{
	return pkt->kind == SAL_KIND_DATA &&
	       unlikely(sal_addrhint_may(&spot->member->domain->at, &pkt->src));
}

/* whatever that one speaks, and rules say of it */
enum sal_fwd sal_fwd_named(const struct sal_spot *spot,
			   struct sal_service **svc, struct sk_buff *skb,
			   const struct sal_packet *pkt, enum sal_fwd fwd,
			   struct sal_service *from)
{
	enum sal_fwd named;

	switch (fwd) {
	case SAL_FWD_ANSWER:
		return fwd_answer(spot, svc, skb, pkt, from);
	case SAL_FWD_SEND:
	case SAL_FWD_NO_PORT:
	case SAL_FWD_RULE_DROP:
	case SAL_FWD_RULE_REJECT:
		if (!fwd_may_answer(spot, pkt))
			return fwd;
		named = fwd_reply(spot, svc, skb, pkt, from);
		return named == SAL_FWD_PASS ? fwd : named;
	default:
		return fwd;
	}
}

/* the flow of a segment that will not be sent, whatever comes */
static struct sal_flow *fwd_find_cut(const struct sal_spot *spot,
				     const struct sal_service *svc,
				     const struct sal_packet *pkt)
{
	const struct sal_conv conv = sal_fwd_conv(spot, pkt);
	struct sal_flow *f;

	if (!sal_track_is_stray(pkt))
		return NULL;
	f = sal_flow_lookup(spot->member, svc, &conv);
	return f && sal_flow_is_cut(f) ? f : NULL;
}

/* what is denied does not wait, where others might, nor what is being reset */
static enum sal_fwd fwd_gate(const struct sal_spot *spot,
			     const struct sal_service *svc,
			     const struct sal_packet *pkt)
{
	struct sal_flow *f = fwd_find_cut(spot, svc, pkt);

	if (unlikely(f))
		return fwd_cut(f, pkt);
	return sal_policy_denies(spot->member->domain, &pkt->src, svc, NULL) ?
	       SAL_FWD_DENIED : SAL_FWD_WAIT;
}

/* steps 1 to 5, the route apart */
static enum sal_fwd fwd_steps(const struct sal_spot *spot, struct sk_buff *skb,
			      struct sal_service **svc, struct sal_packet *pkt)
{
	enum sal_fwd fwd;

	fwd = sal_fwd_resolve(spot, skb, pkt, svc);
	switch (fwd) {
	case SAL_FWD_DIRECT:
		return fwd_direct(spot, skb, pkt);
	case SAL_FWD_RULED:
		return fwd_error(spot, *svc, skb, pkt);
	case SAL_FWD_SEND:
		if (likely(!fwd_may_answer(spot, pkt)))
			break;
		fallthrough;
	default:
		fwd = sal_fwd_named(spot, svc, skb, pkt, fwd, NULL);
	}
	if (fwd != SAL_FWD_SEND)
		return fwd;
	if (unlikely(READ_ONCE((*svc)->gate[spot->af]) != SAL_GATE_OPEN))
		return fwd_gate(spot, *svc, pkt);
	return sal_fwd_translate(spot, *svc, skb, pkt);
}

unsigned int sal_fwd_reject(const struct sal_spot *spot,
			    const struct sal_service *svc, struct sk_buff *skb,
			    const struct sal_packet *pkt, enum sal_fwd fwd)
{
	enum sal_reason reason = SAL_R_UNSUPPORTED;
	struct net *net = spot->member->net;

	switch (fwd) {
	case SAL_FWD_NO_PROTO:
		sal_reject_proto(net, skb, spot->af);
		break;
	case SAL_FWD_NO_PORT:
		/* to a connection an error would say less */
		if (pkt->proto == IPPROTO_TCP)
			sal_reset_send(net, skb, spot->af, pkt);
		else
			sal_reject_port(net, skb, spot->af);
		break;
	case SAL_FWD_RULE_REJECT:
		reason = SAL_R_RULE_REJECT;
		sal_reject_host(net, skb, spot->af);
		break;
	case SAL_FWD_RULE_DROP:
		reason = SAL_R_RULE_DROP;
		break;
	case SAL_FWD_DENIED:
		reason = SAL_R_DENIED;
		/* an error would not end a connection */
		if (sal_track_is_stray(pkt))
			sal_reset_send(net, skb, spot->af, pkt);
		else
			sal_reject_denied(net, skb, spot->af);
		break;
	case SAL_FWD_CUT:
		reason = SAL_R_CUT;
		sal_reset_send(net, skb, spot->af, pkt);
		break;
	default:
		reason = SAL_R_STRAY;
		if (READ_ONCE(svc->conf.stray) == SAL_STRAY_RESET)
			sal_reset_send(net, skb, spot->af, pkt);
	}
	return sal_drop(spot->member->domain, skb, reason);
}

/* not for us, but perhaps an answer that goes straight */
static unsigned int fwd_pass(const struct sal_spot *spot, struct sk_buff *skb,
			     struct sock *sk)
{
	if (spot->place == SAL_PLACEMENT_EDGE)
		return sal_shortcut_reply(spot, skb, sk);
	return sal_shortcut_routed_reply(spot, skb);
}

static unsigned int fwd_verdict(const struct sal_spot *spot,
				struct sal_service *svc, struct sk_buff *skb,
				struct sock *sk, const struct sal_packet *pkt,
				enum sal_fwd fwd)
{
	switch (fwd) {
	case SAL_FWD_SEND:
		return fwd_send(spot, svc, skb, sk, pkt, SAL_R_FORWARD);
	case SAL_FWD_ANSWER:
		return fwd_send(spot, svc, skb, sk, pkt, SAL_R_UNNAMED);
	case SAL_FWD_ERROR:
		return fwd_send(spot, svc, skb, sk, pkt, SAL_R_ERROR);
	case SAL_FWD_PASS:
	case SAL_FWD_DIRECT:
	case SAL_FWD_RULED:
		return fwd_pass(spot, skb, sk);
	case SAL_FWD_WAIT:
	case SAL_FWD_RETRY:
		return fwd_wait(spot, svc, skb, pkt);
	case SAL_FWD_REFUSE:
		return NF_DROP_ERR(-ENOBUFS);
	case SAL_FWD_FULL:
		return sal_fwd_full(spot, svc, skb);
	case SAL_FWD_NO_PROTO:
	case SAL_FWD_NO_PORT:
	case SAL_FWD_STRAY:
	case SAL_FWD_RULE_DROP:
	case SAL_FWD_RULE_REJECT:
	case SAL_FWD_DENIED:
	case SAL_FWD_CUT:
		return sal_fwd_reject(spot, svc, skb, pkt, fwd);
	case SAL_FWD_DROP:
		break;
	}
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
	return NF_STOLEN;
}

unsigned int sal_forward(const struct sal_spot *spot, struct sk_buff *skb,
			 struct sock *sk)
{
	struct sal_service *svc = NULL;
	struct sal_packet pkt;
	unsigned int verdict;
	int tries = FWD_TRIES;
	enum sal_fwd fwd;

	do {
		fwd = fwd_steps(spot, skb, &svc, &pkt);
		verdict = fwd_verdict(spot, svc, skb, sk, &pkt, fwd);
		if (likely(verdict != NF_REPEAT))
			return verdict;
	} while (--tries);
	return sal_fwd_empty(spot, svc, skb);
}
