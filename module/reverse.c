// SPDX-License-Identifier: GPL-2.0
/*
 * reverse.c - an endpoint's packet, back to the client
 *
 * It is met where its flow was translated: at LOCAL_IN of the client's own
 * namespace (edge), or at POST_ROUTING of the one that routes for it (router).
 *
 *	1  source to endpoints to services	rev_reply()
 *	2  headers to flow			rev_pick()
 *	3  may this endpoint answer for it?	rev_accepts()
 *	4  rewrite				sal_xlat_src()
 *
 * A request that has come as far is told by its client's name, see peer.h.
 *
 * As in forward.c nothing here locks, allocates or moves a timer.
 */
#include <linux/netfilter.h>

#include "cell.h"
#include "claim.h"
#include "datapath.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "member.h"
#include "peer.h"
#include "service.h"
#include "stats.h"
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
		   kind == SAL_FLOW_SERVICE))
		return REV_BOUND;
	if (READ_ONCE(cell->svc->conf.late) == SAL_LATE_TRANSLATE &&
	    (sal_cell_was(cell, rev->ep->id) ||
	     (kind == SAL_FLOW_PAST && READ_ONCE(f->at) == rev->num)))
		return REV_LATE;
	return REV_STALE;
}

/* the flow that a packet of, or for, an endpoint's address belongs to */
static void rev_pick(const struct sal_spot *spot, struct sal_reverse *rev,
		     const struct in6_addr *client, u8 proto, __be16 id,
		     struct sal_pick *pick)
{
	struct sal_flow *f;

	for (; rev; rev = sal_reverse_next(rev)) {
		f = sal_flow_reverse(spot->member, spot->place, rev->ep->svc,
				     client, proto, id);
		sal_pick_add(pick, f, rev);
	}
}

static unsigned int rev_reply(const struct sal_spot *spot, struct sk_buff *skb,
			      const struct sal_packet *pkt)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_pick pick = {};
	struct sal_reverse *rev;
	struct sal_flow *f;
	enum rev may;

	rev = sal_reverse_lookup(d, &pkt->src);
	if (!rev)
		return NF_ACCEPT;
	rev_pick(spot, rev, &pkt->dst, pkt->proto, pkt->id, &pick);
	f = pick.flow;
	if (!f)
		return NF_ACCEPT;

	if (unlikely(pick.ambiguous))
		return sal_drop(d, skb, SAL_R_AMBIGUOUS);
	may = rev_accepts(&pick);
	if (may == REV_STALE)
		return sal_drop(d, skb, SAL_R_STALE);
	if (sal_xlat_src(skb, spot->af, pkt, &f->vip, f->cid))
		return sal_drop(d, skb, SAL_R_NO_MEMORY);
	if (may == REV_LATE)
		sal_count(d, SAL_R_LATE);
	sal_flow_touch(f);
	sal_count(d, SAL_R_REVERSE);
	return NF_ACCEPT;
}

/* an error about a flow is translated, one about where it was is fenced off */
static unsigned int rev_error(const struct sal_spot *spot, struct sk_buff *skb,
			      const struct sal_packet *pkt)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_pick pick = {};
	struct sal_reverse *rev;
	struct sal_quote q;
	struct sal_flow *f;
	int err;

	if (sal_quote_addrs(skb, spot->af, pkt, &q))
		return NF_ACCEPT;
	rev = sal_reverse_lookup(d, &q.dst);
	if (!rev)
		return NF_ACCEPT;
	err = sal_quote_parse(skb, spot->af, &q);
	if (err == -ENOENT)
		return NF_ACCEPT;
	if (err)
		return sal_drop(d, skb, SAL_R_MALFORMED);
	rev_pick(spot, rev, &q.src, q.proto, q.id, &pick);
	f = pick.flow;
	if (!f)
		return NF_ACCEPT;

	if (unlikely(pick.ambiguous))
		return sal_drop(d, skb, SAL_R_AMBIGUOUS);
	if (rev_accepts(&pick) != REV_BOUND)
		return sal_drop(d, skb, SAL_R_FENCED);
	if (sal_xlat_error(skb, spot->af, pkt, &q, &f->vip, f->cid))
		return sal_drop(d, skb, SAL_R_NO_MEMORY);
	sal_count(d, SAL_R_ERROR);
	return NF_ACCEPT;
}

unsigned int sal_reverse(const struct sal_spot *spot, struct sk_buff *skb)
{
	struct sal_packet pkt;

	sal_packet_parse(skb, spot->af, &pkt);
	if (pkt.kind != SAL_KIND_REPLY && pkt.kind != SAL_KIND_ERROR &&
	    pkt.kind != SAL_KIND_REQUEST)
		return NF_ACCEPT;
	if (!sal_packet_addrs(skb, spot->af, &pkt))
		return NF_ACCEPT;
	switch (pkt.kind) {
	case SAL_KIND_REPLY:
		return rev_reply(spot, skb, &pkt);
	case SAL_KIND_ERROR:
		return rev_error(spot, skb, &pkt);
	default:
		return sal_peer_tell(spot, skb, &pkt);
	}
}
