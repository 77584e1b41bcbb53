// SPDX-License-Identifier: GPL-2.0
/*
 * ingress.c - the direct path of a router: from the device that receives
 *
 * A packet of a conversation that is there already, and of which nothing is to be
 * decided: all others go on to PRE_ROUTING, where forward.c meets them, and come to no
 * harm by having been looked at. What a router does is done: its headers are checked,
 * its time to live is counted down.
 *
 * From PRE_ROUTING goes what came by a device that has no hook of ours, or in a list. Then IP
 * has checked it, and forward.c has translated what it sends on.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/busy_poll.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "acct.h"
#include "bridge.h"
#include "cell.h"
#include "compat.h"
#include "datapath.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "forward.h"
#include "inlet.h"
#include "member.h"
#include "path.h"
#include "rule.h"
#include "service.h"
#include "shortcut.h"
#include "stats.h"
#include "trace.h"
#include "track.h"
#include "vip.h"
#include "xlat.h"

/**
 * struct ingress - a packet that may take the direct path
 * @spot: where it is met
 * @skb: the packet
 * @pkt: its headers
 * @svc: the service
 * @flow: its flow
 * @ep: the endpoint that it is for, or of
 * @rev: the address of that
 */
struct ingress {
	const struct sal_spot *spot;
	struct sk_buff *skb;
	struct sal_packet pkt;
	const struct sal_service *svc;
	struct sal_flow *flow;
	const struct sal_endpoint *ep;
	const struct sal_reverse *rev;
};

/* --- what ip_rcv_core() and ip6_rcv_core() would ask, and more -------------- */

static bool ingress_is_plain4(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

	return iph->ihl == 5 && iph->version == 4 && !ip_is_fragment(iph) &&
	       iph->ttl > 1 && ntohs(iph->tot_len) == skb->len &&
	       !ip_fast_csum((const u8 *)iph, iph->ihl);
}

static bool ingress_is_plain6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	return ip6h->version == 6 && ip6h->hop_limit > 1 &&
	       ntohs(ip6h->payload_len) + sizeof(*ip6h) == skb->len &&
	       (ip6h->nexthdr == IPPROTO_TCP || ip6h->nexthdr == IPPROTO_UDP ||
		ip6h->nexthdr == IPPROTO_ICMPV6);
}

/* NAPI hands on packets in lists: what is passed on to IP of one waits until all the
 * others were here, and they would overtake it
 */
static bool ingress_is_listed(const struct sk_buff *skb)
{
#ifdef CONFIG_NET_RX_BUSY_POLL
	return skb->napi_id >= MIN_NAPI_ID;
#else
	return true;
#endif
}

/* as was found with another packet */
static bool ingress_is_barred(const struct sal_spot *spot)
{
	return READ_ONCE(spot->member->paths.barred[spot->af]) == sal_path_tick();
}

static bool ingress_is_plain(const struct sal_spot *spot, struct sk_buff *skb)
{
	unsigned int len = spot->af == SAL_V4 ? sizeof(struct iphdr) :
						sizeof(struct ipv6hdr);

	if (skb->pkt_type != PACKET_HOST || skb_vlan_tag_present(skb) ||
	    ingress_is_listed(skb) || skb_sk_is_prefetched(skb) ||
	    !pskb_may_pull(skb, len))
		return false;
	return spot->af == SAL_V4 ? ingress_is_plain4(skb) :
				    ingress_is_plain6(skb);
}

/* does somebody else get it before IP, or with it? Who takes packets of one protocol */
static bool ingress_is_watched(const struct sal_spot *spot,
			       const struct net_device *dev)
{
	return rcu_access_pointer(dev->rx_handler) ||
	       !list_empty(&dev->ptype_specific) ||
	       sal_compat_has_protocols(spot->member->net);
}

/* does the namespace forward what comes by this device, unasked? */
static bool ingress_forwards(const struct sal_spot *spot,
			     const struct net_device *dev)
{
	const struct in_device *in_dev;

	if (netif_is_l3_slave(dev))
		return false;
	if (spot->af == SAL_V6)
		return sal_compat_forwards6(spot->member->net, dev);
	in_dev = __in_dev_get_rcu(dev);
	return in_dev && IN_DEV_FORWARD(in_dev);
}

/* is there a route back by the device, where one is asked for? */
static bool ingress_may_come(const struct ingress *in)
{
	const struct in_device *in_dev;
	const struct sal_path *back;
	int filter;

	if (in->spot->af == SAL_V6)
		return true;
	in_dev = __in_dev_get_rcu(in->skb->dev);
	/* it may have lost it since it was asked whether it forwards */
	if (!in_dev)
		return false;
	filter = IN_DEV_RPFILTER(in_dev);
	if (likely(!filter))
		return true;
	/* a device without an address has no other way to be right */
	if (!rcu_access_pointer(in_dev->ifa_list))
		filter = 1;
	back = sal_path_find(in->spot, in->skb, &in->pkt.src);
	return back && back->kind != SAL_PATH_KIND_ROUTE &&
	       (filter == 2 || back->out == in->skb->dev);
}

/* --- whose it is ------------------------------------------------------------ */

/*
 * An answer has passed: so the client is where it says it is, and its address is one that
 * is routed. A router's own check of what it receives comes later than here.
 */
static bool ingress_flow_is_plain(const struct sal_flow *f)
{
	return READ_ONCE(f->kind) == SAL_FLOW_SERVICE && !sal_flow_is_cut(f) &&
	       atomic_read(&f->marks) & SAL_MARK_REPLIED &&
	       ipv6_addr_equal(&f->key.peer, &f->client);
}

/* of a connection it must neither begin nor end */
static bool ingress_is_amid(const struct sal_packet *pkt)
{
	return pkt->proto != IPPROTO_TCP ||
	       !(pkt->tcp_flags & (TCPHDR_SYN | TCPHDR_FIN | TCPHDR_RST));
}

/* What an endpoint sends may be its answer to a client that has a name, see sal_fwd_named():
 * forward.c knows. One that has a name itself is no plain client anyway.
 */
static bool ingress_may_answer(const struct ingress *in)
{
	struct sal_domain *d = in->spot->member->domain;

	return in->pkt.kind == SAL_KIND_DATA &&
	       unlikely(sal_addrhint_may(&d->at, &in->pkt.src)) &&
	       sal_reverse_lookup(d, &in->pkt.src);
}

static bool ingress_is_request(struct ingress *in)
{
	const struct sal_packet *pkt = &in->pkt;
	struct sal_conv conv;

	if ((pkt->kind != SAL_KIND_DATA && pkt->kind != SAL_KIND_REQUEST) ||
	    !ingress_is_amid(pkt) || !sal_path_may(in->svc) ||
	    ingress_may_answer(in) ||
	    sal_service_speaks(in->svc, pkt->proto, pkt->dport) != SAL_SPEAKS ||
	    READ_ONCE(in->svc->gate[in->spot->af]) != SAL_GATE_OPEN)
		return false;
	conv = sal_fwd_conv(in->spot, pkt);
	in->flow = sal_flow_lookup(in->spot->member, in->svc, &conv);
	if (!in->flow || !ingress_flow_is_plain(in->flow))
		return false;
	in->ep = sal_flow_endpoint(in->flow);
	if (!in->ep)
		return false;
	in->rev = &in->ep->rev[in->spot->af];
	return READ_ONCE(in->flow->at) == in->rev->num;
}

/* of the one endpoint that there is at the address, for which its flow is */
static bool ingress_is_reply(struct ingress *in)
{
	const struct sal_packet *pkt = &in->pkt;
	const struct sal_cell *cell;
	struct sal_ports ports;

	if ((pkt->kind != SAL_KIND_DATA && pkt->kind != SAL_KIND_REPLY) ||
	    !ingress_is_amid(pkt))
		return false;
	in->rev = sal_reverse_lookup(in->spot->member->domain, &pkt->src);
	if (!in->rev || rcu_access_pointer(in->rev->next))
		return false;
	in->ep = in->rev->ep;
	in->svc = in->ep->svc;
	if (!sal_path_may(in->svc))
		return false;
	ports = sal_ports(pkt->proto, pkt->dport, sal_port_in(in->ep, pkt->sport));
	in->flow = sal_flow_reverse(in->spot->member, in->spot->place, in->svc,
				    &pkt->dst, &ports);
	if (!in->flow || !ingress_flow_is_plain(in->flow))
		return false;
	cell = rcu_dereference(in->flow->cell);
	return rcu_access_pointer(cell->ep) == in->ep;
}

/* --- and away --------------------------------------------------------------- */

/* 0, or an errno where it could not be made ours to write to */
static int ingress_translate(const struct ingress *in, bool reply)
{
	const struct sal_flow *f = in->flow;

	if (reply)
		return sal_xlat_src(in->skb, in->spot->af, &in->pkt, &f->vip,
				    sal_flow_near_port(f), f->cid);
	return sal_xlat_dst(in->skb, in->spot->af, &in->pkt, &in->rev->addr,
			    f->key.id, sal_port_out(in->ep, f->key.port));
}

static void ingress_count(const struct ingress *in, bool reply)
{
	enum sal_direction dir = reply ? SAL_REVERSE : SAL_FORWARD;
	struct sal_domain *d = in->spot->member->domain;

	sal_endpoint_carry(in->ep, dir, in->skb->len);
	sal_acct_count(in->spot->member, in->flow, dir, in->skb->len);
	sal_flow_touch(in->flow);
	if (reply)
		sal_track_reverse(in->flow, &in->pkt);
	else
		sal_track_forward(in->flow, &in->pkt);
	sal_count_packet(d->stats, reply ? SAL_R_REVERSE : SAL_R_FORWARD);
}

static void ingress_hop(const struct sal_spot *spot, struct sk_buff *skb)
{
	if (spot->af == SAL_V4)
		ip_decrease_ttl(ip_hdr(skb));
	else
		ipv6_hdr(skb)->hop_limit--;
}

static unsigned int ingress_send(struct ingress *in, struct sal_path *p,
				 bool reply)
{
	struct sal_domain *d = in->spot->member->domain;

	/* whoever captures it has it, too */
	in->skb = skb_share_check(in->skb, GFP_ATOMIC);
	if (!in->skb) {
		sal_count(d, SAL_R_NO_MEMORY);
		return NF_STOLEN;
	}
	/* as IP does for what it receives */
	skb_orphan(in->skb);
	if (!reply)
		trace_sal_lookup(in->skb, &in->pkt.dst, in->svc);
	if (ingress_translate(in, reply))
		return sal_drop(d, in->skb, SAL_R_NO_MEMORY);
	ingress_hop(in->spot, in->skb);
	ingress_count(in, reply);
	sal_path_send(d, p, in->skb, true);
	return NF_STOLEN;
}

static bool ingress_may_go(const struct ingress *in, struct sal_path *p,
			   bool listed)
{
	return p && p->kind == SAL_PATH_KIND_DIRECT && p->out != in->skb->dev &&
	       sal_path_takes(p, in->skb, NULL) && ingress_may_come(in) &&
	       sal_path_opens(p, listed);
}

static unsigned int ingress_go(struct ingress *in, bool reply)
{
	const struct in6_addr *to = reply ? &in->pkt.dst : &in->rev->addr;
	struct sal_path *p = sal_path_find(in->spot, in->skb, to);

	if (!ingress_may_go(in, p, false))
		return NF_ACCEPT;
	return ingress_send(in, p, reply);
}

unsigned int sal_shortcut_ingress(const struct sal_spot *spot,
				  struct sk_buff *skb)
{
	struct sal_domain *d = spot->member->domain;
	struct ingress in = { .spot = spot, .skb = skb };
	const struct sal_vip *vip;

	if (READ_ONCE(d->path_switch) != SAL_DIRECT_MODE_AUTO ||
	    ingress_is_barred(spot) || !ingress_is_plain(spot, skb) ||
	    ingress_is_watched(spot, skb->dev) ||
	    !ingress_forwards(spot, skb->dev) ||
	    !sal_packet_addrs(skb, spot->af, &in.pkt))
		return NF_ACCEPT;
	vip = sal_vip_lookup(&d->vips, &in.pkt.dst);
	if (unlikely(sal_rule_lookup(d, &in.pkt.dst, vip)))
		return NF_ACCEPT;
	sal_packet_parse(skb, spot->af, &in.pkt);
	if (!vip)
		return ingress_is_reply(&in) ? ingress_go(&in, true) : NF_ACCEPT;
	in.svc = rcu_dereference(vip->svc);
	return ingress_is_request(&in) ? ingress_go(&in, false) : NF_ACCEPT;
}

/* --- from PRE_ROUTING ------------------------------------------------------- */

static bool routed_had_fragments(enum sal_af af, const struct sk_buff *skb)
{
	return af == SAL_V4 ? IPCB(skb)->frag_max_size :
			      IP6CB(skb)->frag_max_size;
}

/* IP is yet to look at its options, and to send it on */
static bool routed_is_plain(const struct sal_spot *spot, struct sk_buff *skb)
{
	/* what was put together from fragments would be cut into the same again */
	if (skb->pkt_type != PACKET_HOST || sal_is_bridged(skb) ||
	    skb_sk_is_prefetched(skb) || routed_had_fragments(spot->af, skb))
		return false;
	return spot->af == SAL_V4 ? ingress_is_plain4(skb) :
				    ingress_is_plain6(skb);
}

/* the path of one that could go straight, if nothing else is against it. A program that had
 * it in its queue may have let it go on from there, with BH on.
 */
static struct sal_path *routed_path(const struct sal_spot *spot,
				    struct sk_buff *skb,
				    const struct in6_addr *to)
{
	struct sal_path *p;

	if (ingress_is_barred(spot) || !in_softirq())
		return NULL;
	p = sal_path_find(spot, skb, to);
	if (!p || p->kind != SAL_PATH_KIND_DIRECT || !routed_is_plain(spot, skb))
		return NULL;
	return p;
}

/* what comes by other devices is in lists, and does not say so */
static bool routed_is_listed(const struct sk_buff *skb)
{
	return !sal_inlet_suits(skb->dev) || ingress_is_listed(skb);
}

/* the flow may be bound anew meanwhile */
static bool routed_is_request(struct ingress *in, const struct in6_addr *to)
{
	return ingress_is_request(in) && ipv6_addr_equal(&in->rev->addr, to);
}

unsigned int sal_shortcut_routed(const struct sal_spot *spot, struct sk_buff *skb,
				 const struct sal_packet *pkt,
				 const struct sal_service *svc)
{
	struct ingress in = { .spot = spot, .skb = skb, .pkt = *pkt, .svc = svc };
	struct sal_packet now;
	struct sal_path *p;

	if (!ingress_forwards(spot, skb->dev) ||
	    !sal_packet_addrs(skb, spot->af, &now))
		return NF_ACCEPT;
	p = routed_path(spot, skb, &now.dst);
	if (!p || !routed_is_request(&in, &now.dst) ||
	    !ingress_may_go(&in, p, routed_is_listed(skb))) {
		sal_shortcut_missed(spot, skb);
		return NF_ACCEPT;
	}
	sal_inlet_want(spot, skb->dev);
	ingress_hop(spot, skb);
	sal_path_send(spot->member->domain, p, skb, true);
	return NF_STOLEN;
}

unsigned int sal_shortcut_routed_reply(const struct sal_spot *spot,
				       struct sk_buff *skb)
{
	struct sal_domain *d = spot->member->domain;
	struct ingress in = { .spot = spot, .skb = skb };
	struct sal_path *p;

	/* a client's own namespace mostly forwards nothing, and this is its answer */
	if (READ_ONCE(d->path_switch) != SAL_DIRECT_MODE_AUTO ||
	    !ingress_forwards(spot, skb->dev))
		return NF_ACCEPT;
	if (ingress_is_barred(spot)) {
		sal_shortcut_round();
		return NF_ACCEPT;
	}
	if (!sal_packet_addrs(skb, spot->af, &in.pkt) ||
	    !sal_reverse_lookup(d, &in.pkt.src))
		return NF_ACCEPT;
	sal_packet_parse(skb, spot->af, &in.pkt);
	/* an endpoint may talk to anybody: no path is looked for but for its answers */
	p = ingress_is_reply(&in) ? routed_path(spot, skb, &in.pkt.dst) : NULL;
	if (!p || !ingress_may_go(&in, p, routed_is_listed(skb))) {
		sal_shortcut_missed(spot, skb);
		return NF_ACCEPT;
	}
	sal_inlet_want(spot, skb->dev);
	return ingress_send(&in, p, true);
}
