// SPDX-License-Identifier: GPL-2.0
/*
 * reverse.c - an endpoint's packet, back to the client
 *
 * It is met where its flow was translated: at LOCAL_IN of the client's own
 * namespace (edge), or at POST_ROUTING of the one that routes for it (router).
 *
 *	1  source to endpoint to service	rev_reply()
 *	2  headers to flow			rev_reply()
 *	3  may this endpoint answer for it?	rev_accepts()
 *	4  rewrite				sal_xlat_src()
 *
 * A request that has come as far is told by its client's name, see peer.h.
 *
 * As in forward.c nothing here locks, allocates or moves a timer.
 */
#include <linux/netfilter.h>

#include "cell.h"
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

/* @addr: the endpoint's, from where the packet came */
static enum rev rev_accepts(const struct sal_flow *f,
			    const struct sal_endpoint *ep,
			    const struct in6_addr *addr)
{
	const struct sal_cell *cell = rcu_dereference(f->cell);

	if (unlikely(f->direct))
		return ipv6_addr_equal(addr, &f->vip) ? REV_BOUND : REV_STALE;
	if (likely(rcu_access_pointer(cell->ep) == ep))
		return REV_BOUND;
	if (READ_ONCE(cell->svc->conf.late) == SAL_LATE_TRANSLATE &&
	    sal_cell_was(cell, ep->id))
		return REV_LATE;
	return REV_STALE;
}

static unsigned int rev_reply(const struct sal_spot *spot, struct sk_buff *skb,
			      const struct sal_packet *pkt)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_reverse *rev;
	struct sal_flow *f;
	enum rev may;

	rev = sal_reverse_lookup(d, &pkt->src);
	if (!rev)
		return NF_ACCEPT;
	f = sal_flow_reverse(spot->member, spot->place, rev->ep->svc,
			     &pkt->dst, pkt->proto, pkt->id);
	if (!f)
		return NF_ACCEPT;

	may = rev_accepts(f, rev->ep, &pkt->src);
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
	f = sal_flow_reverse(spot->member, spot->place, rev->ep->svc, &q.src,
			     q.proto, q.id);
	if (!f)
		return NF_ACCEPT;

	if (rev_accepts(f, rev->ep, &q.dst) != REV_BOUND)
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
