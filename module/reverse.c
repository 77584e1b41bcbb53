// SPDX-License-Identifier: GPL-2.0
/*
 * reverse.c - an endpoint's packet, back to the client
 *
 * It is met where its flow was translated: at LOCAL_IN of the client's own
 * namespace (edge), or at POST_ROUTING of the one that routes for it (router).
 *
 *	1  source to endpoints to services	rev_find_reply()
 *	2  headers to flow			rev_pick()
 *	3  may this endpoint answer for it?	rev_accepts()
 *	4  rewrite				sal_xlat_src()
 *
 * A request that has come as far is told by its client's name, see peer.h.
 *
 * As in forward.c nothing here locks, allocates or moves a timer.
 */
#include <linux/netfilter.h>
#include <net/tcp.h>

#include "acct.h"
#include "cell.h"
#include "claim.h"
#include "cut.h"
#include "datapath.h"
#include "domain.h"
#include "endpoint.h"
#include "fence.h"
#include "flow.h"
#include "member.h"
#include "path.h"
#include "peer.h"
#include "pmtu.h"
#include "reset.h"
#include "service.h"
#include "shortcut.h"
#include "stats.h"
#include "trace.h"
#include "track.h"
#include "xlat.h"

/**
 * enum rev - may an endpoint answer for a flow?
 * @REV_BOUND: it is the one
 * @REV_LATE: it was, and is in its grace time
 * @REV_STALE: neither
 */
enum rev {
	REV_BOUND,
	REV_LATE,
	REV_STALE,
};

/* an id has been given to another flow; here the collector would come too late */
static bool rev_is_past(const struct sal_pick *pick)
{
	const struct sal_flow *f = pick->flow;

	return READ_ONCE(f->kind) == SAL_FLOW_PAST &&
	       READ_ONCE(f->at) == pick->rev->num && sal_flow_in_grace(f);
}

static enum rev rev_accepts(const struct sal_pick *pick)
{
	const struct sal_reverse *rev = pick->rev;
	const struct sal_flow *f = pick->flow;
	const struct sal_cell *cell;
	u8 kind = READ_ONCE(f->kind);

	/* of all who might be meant none has sent anything there */
	if (unlikely(pick->choice) && pick->claim == SAL_CLAIM_NONE)
		return REV_STALE;
	if (unlikely(kind == SAL_FLOW_DIRECT))
		return ipv6_addr_equal(&rev->addr, &f->vip) ? REV_BOUND :
							      REV_STALE;
	cell = rcu_dereference(f->cell);
	if (likely(rcu_access_pointer(cell->ep) == rev->ep &&
		   kind != SAL_FLOW_PAST))
		return REV_BOUND;
	if (sal_cell_was(cell, rev->ep->id) || rev_is_past(pick))
		return REV_LATE;
	return REV_STALE;
}

/*
 * The flow that a packet of, or for, an endpoint's address belongs to; the ports
 * are those that the endpoint sees.
 */
static void rev_pick(const struct sal_spot *spot, struct sal_reverse *rev,
		     const struct in6_addr *client,
		     const struct sal_ports *seen, struct sal_pick *pick)
{
	struct sal_ports ports = *seen;
	struct sal_flow *f;

	for (; rev; rev = sal_reverse_next(rev)) {
		ports.port = sal_port_in(rev->ep, seen->port);
		f = sal_flow_reverse(spot->member, spot->place, rev->ep->svc,
				     client, &ports);
		sal_pick_add(pick, f, rev);
	}
}

/* false where it is no reply, or not of a flow */
static bool rev_find_reply(const struct sal_spot *spot,
			   const struct sal_packet *pkt, struct sal_pick *pick)
{
	const struct sal_ports ports = sal_ports(pkt->proto, pkt->dport,
						 pkt->sport);
	struct sal_reverse *rev;

	if (pkt->kind == SAL_KIND_REQUEST)
		return false;
	rev = sal_reverse_lookup(spot->member->domain, &pkt->src);
	rev_pick(spot, rev, &pkt->dst, &ports, pick);
	return pick->flow;
}

/*
 * Does it end a connection that is not its sender's any more, as the flow has left
 * it, or as somebody is just taking its sockets away? A RST does. So does a FIN where
 * the connection goes on elsewhere: whoever has it now sends its own.
 */
static bool rev_is_fenced(const struct sal_pick *pick,
			  const struct sal_packet *pkt, enum rev may)
{
	const struct sal_service *svc;
	bool repair;

	if (pkt->proto != IPPROTO_TCP ||
	    likely(!(pkt->tcp_flags & (TCPHDR_RST | TCPHDR_FIN))) ||
	    READ_ONCE(pick->flow->kind) == SAL_FLOW_DIRECT)
		return false;
	svc = sal_flow_service(pick->flow);
	repair = READ_ONCE(svc->conf.tcp) == SAL_TCP_REPAIR;
	if (may == REV_LATE)
		return repair || pkt->tcp_flags & TCPHDR_RST;
	return repair && READ_ONCE(svc->hold.frozen);
}

static unsigned int rev_fence(const struct sal_spot *spot, struct sk_buff *skb,
			      const struct sal_pick *pick,
			      enum sal_reason reason, enum sal_fenced what)
{
	sal_fence_note(sal_flow_service(pick->flow), pick->rev->ep, what);
	return sal_drop(spot->member->domain, skb, reason);
}

/* both sides are to know: the endpoint hears of it as from the client */
static unsigned int rev_cut(const struct sal_spot *spot, struct sk_buff *skb,
			    const struct sal_packet *pkt,
			    const struct sal_pick *pick, enum rev may)
{
	struct sal_domain *d = spot->member->domain;

	if (may != REV_BOUND)
		return sal_drop(d, skb, SAL_R_STALE);
	sal_track_cut(pick->flow, pkt, SAL_MARK_GONE_SERVER);
	trace_sal_cut(pick->flow, true);
	sal_reset_send(spot->member->net, skb, spot->af, pkt);
	return sal_drop(d, skb, SAL_R_CUT);
}

/* a conversation with the endpoint's own address is none of the service's */
static void rev_count(const struct sal_spot *spot, const struct sal_pick *pick,
		      const struct sk_buff *skb)
{
	sal_acct_count(spot->member, pick->flow, SAL_REVERSE, skb->len);
	if (likely(READ_ONCE(pick->flow->kind) != SAL_FLOW_DIRECT))
		sal_endpoint_carry(pick->rev->ep, SAL_REVERSE, skb->len);
}

static unsigned int rev_reply(const struct sal_spot *spot, struct sk_buff *skb,
			      const struct sal_packet *pkt,
			      const struct sal_pick *pick)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_flow *f = pick->flow;
	enum rev may;

	if (unlikely(pick->ambiguous))
		return sal_drop(d, skb, SAL_R_AMBIGUOUS);
	may = rev_accepts(pick);
	if (may == REV_STALE)
		return sal_drop(d, skb, SAL_R_STALE);
	if (unlikely(sal_flow_is_cut(f)))
		return rev_cut(spot, skb, pkt, pick, may);
	if (unlikely(rev_is_fenced(pick, pkt, may)))
		return rev_fence(spot, skb, pick, SAL_R_FENCED,
				 SAL_FENCED_RESET);
	if (may == REV_LATE &&
	    READ_ONCE(sal_flow_service(f)->conf.late) == SAL_LATE_DROP)
		return rev_fence(spot, skb, pick, SAL_R_LATE_DROP,
				 SAL_FENCED_LATE);
	if (sal_xlat_src(skb, spot->af, pkt, &f->vip, sal_flow_near_port(f),
			 f->cid))
		return sal_drop(d, skb, SAL_R_NO_MEMORY);
	sal_forget_socket(spot, skb);
	if (may == REV_LATE)
		sal_count(d, SAL_R_LATE);
	rev_count(spot, pick, skb);
	/* a grace time does not begin anew */
	if (READ_ONCE(f->kind) != SAL_FLOW_PAST)
		sal_flow_touch(f);
	sal_track_reverse(f, pkt);
	sal_count_packet(d->stats, SAL_R_REVERSE);
	if (spot->place == SAL_PLACEMENT_ROUTER && sal_path_may(sal_flow_service(f)))
		sal_shortcut_missed(spot, skb);
	return NF_ACCEPT;
}

/* an error about a flow is translated, one about where it was is fenced off */
static unsigned int rev_error_about(const struct sal_spot *spot,
				    struct sk_buff *skb,
				    const struct sal_packet *pkt,
				    const struct sal_quote *q,
				    const struct sal_pick *pick)
{
	struct sal_domain *d = spot->member->domain;
	const struct sal_flow *f = pick->flow;
	struct sal_error_to to;

	if (unlikely(pick->ambiguous))
		return sal_drop(d, skb, SAL_R_AMBIGUOUS);
	if (rev_accepts(pick) != REV_BOUND)
		return rev_fence(spot, skb, pick, SAL_R_FENCED,
				 SAL_FENCED_ERROR);
	sal_error_keep(&to, pkt, q);
	to.q_dst = f->vip;
	to.q_sport = f->cid;
	to.q_dport = sal_flow_near_port(f);
	/* a router on the way says who it is */
	if (ipv6_addr_equal(&pkt->src, &q->dst))
		to.src = f->vip;
	if (spot->place == SAL_PLACEMENT_EDGE)
		sal_pmtu_note(spot->member->net, skb, spot->af, pkt, q);
	if (sal_xlat_error(skb, spot->af, pkt, q, &to))
		return sal_drop(d, skb, SAL_R_NO_MEMORY);
	sal_count(d, SAL_R_ERROR);
	return NF_ACCEPT;
}

static unsigned int rev_error(const struct sal_spot *spot, struct sk_buff *skb,
			      const struct sal_packet *pkt)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_reverse *from, *to;
	struct sal_pick pick = {};
	struct sal_ports ports;
	struct sal_quote q;
	int err;

	if (sal_quote_addrs(skb, spot->af, pkt, &q))
		return NF_ACCEPT;
	to = sal_reverse_lookup(d, &q.dst);
	from = sal_reverse_lookup(d, &q.src);
	if (!to && !from)
		return NF_ACCEPT;
	err = sal_quote_parse(skb, spot->af, &q);
	if (err == -ENOENT)
		return NF_ACCEPT;
	if (err)
		return sal_drop(d, skb, SAL_R_MALFORMED);
	ports = sal_ports(q.proto, q.sport, q.dport);
	if (!q.reply)
		rev_pick(spot, to, &q.src, &ports, &pick);
	if (pick.flow)
		return rev_error_about(spot, skb, pkt, &q, &pick);
	return from ? sal_peer_tell_error(spot, skb, pkt, &q) : NF_ACCEPT;
}

/* Of nobody's address it is neither a reply nor a client's that has a name; but an
 * error may be about what an endpoint is to hear.
 */
static bool rev_is_none(const struct sal_spot *spot, const struct sk_buff *skb,
			const struct sal_packet *pkt)
{
	if (sal_addrhint_may(&spot->member->domain->at, &pkt->src))
		return false;
	return sal_packet_is_data(skb, spot->af);
}

unsigned int sal_reverse(const struct sal_spot *spot, struct sk_buff *skb)
{
	struct sal_pick pick = {};
	struct sal_packet pkt;

	if (!sal_packet_addrs(skb, spot->af, &pkt) ||
	    rev_is_none(spot, skb, &pkt))
		return NF_ACCEPT;
	sal_packet_parse(skb, spot->af, &pkt);
	switch (pkt.kind) {
	case SAL_KIND_DATA:
	case SAL_KIND_REQUEST:
	case SAL_KIND_REPLY:
	case SAL_KIND_ERROR:
		break;
	default:
		return NF_ACCEPT;
	}
	if (pkt.kind == SAL_KIND_ERROR)
		return rev_error(spot, skb, &pkt);
	if (rev_find_reply(spot, &pkt, &pick))
		return rev_reply(spot, skb, &pkt, &pick);
	return pkt.kind == SAL_KIND_REPLY ? NF_ACCEPT :
					    sal_peer_tell(spot, skb, &pkt);
}
