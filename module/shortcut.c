// SPDX-License-Identifier: GPL-2.0
/*
 * shortcut.c - the direct path: who takes it, and how
 *
 * From LOCAL_OUT, or where others have hooks behind ours there, from POST_ROUTING: a
 * client's translated packet, and an endpoint's answer to one. (Routers: see ingress.c.)
 *
 * A packet is received at once, or put into the backlog of this CPU. At once only where
 * a softirq could run anyway, with half of the stack free, and while the backlog is
 * empty: else it might overtake one that waits there, or deadlock with who sends.
 *
 * A path along a bridge has two backlogs for those that do not take it, so one that
 * does may overtake one that is between them. That path is *open* on a CPU from when
 * the backlog there has been seen empty, until a packet does not take it. So is every path
 * to what may come in lists.
 */
#include <linux/bpf-cgroup.h>
#include <linux/kernel_stat.h>
#include <linux/netfilter.h>
#include <linux/sched/task_stack.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/xfrm.h>

#include "compat.h"
#include "datapath.h"
#include "domain.h"
#include "endpoint.h"
#include "flow.h"
#include "member.h"
#include "path.h"
#include "revtable.h"
#include "service.h"
#include "shortcut.h"
#include "stats.h"
#include "xlat.h"

/* packets of ours that this CPU is just receiving, one in the other */
static DEFINE_PER_CPU(unsigned int, shortcut_depth);
/* shortcut_turn() of the last packet of a router that went round */
static DEFINE_PER_CPU(unsigned int, shortcut_round);

/* --- which packets ---------------------------------------------------------- */

/* as a device would be asked (gso_features_check()); without a type it is of LRO, which
 * nobody may forward
 */
static bool shortcut_fits_gso(const struct sal_path *p,
			      const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);

	return info->gso_type && info->gso_segs <= p->gso_segs &&
	       skb->len + ETH_HLEN < p->gso_size &&
	       skb_gso_validate_network_len(skb, p->mtu) &&
	       skb_gso_ok((struct sk_buff *)skb, p->features);
}

static bool shortcut_fits(const struct sal_path *p, const struct sk_buff *skb)
{
	if (skb_is_gso(skb))
		return shortcut_fits_gso(p, skb);
	return skb->len <= p->mtu;
}

/* whoever looks at marks may have a hook that does not keep other packets back, see hooks.c */
static u32 shortcut_secmark(const struct sk_buff *skb)
{
#ifdef CONFIG_NETWORK_SECMARK
	return skb->secmark;
#else
	return 0;
#endif
}

/* what a device would have done to it on the way */
static bool shortcut_is_done(const struct sal_path *p, const struct sk_buff *skb)
{
	if (skb_vlan_tag_present(skb) || shortcut_secmark(skb) ||
	    skb_is_decrypted(skb) || !skb_frags_readable(skb) ||
	    skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP)
		return false;
	return skb->ip_summed != CHECKSUM_PARTIAL ||
	       p->features & NETIF_F_HW_CSUM;
}

/* it is asked of each packet before a device gets that, and may encrypt it */
static bool shortcut_validates(const struct sock *sk)
{
#ifdef CONFIG_SOCK_VALIDATE_XMIT
	return sk->sk_validate_xmit_skb;
#else
	return false;
#endif
}

static bool shortcut_has_program(struct sock *sk)
{
#ifdef CONFIG_CGROUP_BPF
	return cgroup_bpf_enabled(CGROUP_INET_EGRESS) &&
	       cgroup_bpf_sock_enabled(sk, CGROUP_INET_EGRESS);
#else
	return false;
#endif
}

/* of a request that is being answered: who listens */
static bool shortcut_is_plain(const struct sal_path *p, struct sock *sk)
{
	sk = sk_to_full_sk(sk);
	if (!sk)
		return true;
	if (shortcut_validates(sk) || shortcut_has_program(sk))
		return false;
#ifdef CONFIG_XFRM
	if (rcu_access_pointer(sk->sk_policy[XFRM_POLICY_OUT]))
		return false;
#endif
	if (sk->sk_bound_dev_if && sk->sk_bound_dev_if != p->out->ifindex)
		return false;
	return READ_ONCE(sk->sk_pacing_status) != SK_PACING_FQ;
}

bool sal_path_takes(struct sal_path *p, const struct sk_buff *skb,
		    struct sock *sk)
{
	if (likely(shortcut_fits(p, skb) && shortcut_is_done(p, skb) &&
		   shortcut_is_plain(p, sk)))
		return true;
	sal_path_close(p);
	return false;
}

/* --- handing over ----------------------------------------------------------- */

/* BH off */
static bool shortcut_is_idle(void)
{
	const struct softnet_data *sd = this_cpu_ptr(&softnet_data);

	return skb_queue_empty(&sd->process_queue) &&
	       skb_queue_empty_lockless(&sd->input_pkt_queue);
}

static bool shortcut_has_stack(void)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0);
	unsigned long end = (unsigned long)end_of_stack(current);

	/* nothing where it is another stack */
	return here - end > THREAD_SIZE / 2 && here - end < THREAD_SIZE;
}

/* as who sends does: that of a card is none of a namespace's sockets' */
static void shortcut_forget_napi(struct sk_buff *skb)
{
#if defined(CONFIG_NET_RX_BUSY_POLL) || defined(CONFIG_XPS)
	skb->napi_id = 0;
#endif
}

/* where the header goes, and what is said of the checksum */
static int shortcut_wrap(const struct sal_path *p, struct sk_buff *skb)
{
	int err = skb_cow_head(skb, ETH_HLEN);

	if (unlikely(err))
		return err;
	skb_forward_csum(skb);
	__skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	memcpy(skb->data, p->header, ETH_HLEN);
	/* of the queue that it was received by; a pair has but one, mostly */
	skb_set_queue_mapping(skb, 0);
	shortcut_forget_napi(skb);
	/* what belongs to a namespace is left behind where any of them is another */
	skb->dev = net_eq(dev_net(p->out), dev_net(p->dev)) ? p->last : p->out;
	return 0;
}

/* what the wires would have counted */
static void shortcut_count(const struct sal_path *p, unsigned int len)
{
	sal_compat_count_sent(p->out, len);
	if (p->last != p->out)
		sal_compat_count_sent(p->last, len);
}

/* false where the backlog is full */
static bool shortcut_receive(struct sk_buff *skb, bool at_once)
{
	if (!at_once)
		return netif_rx(skb) == NET_RX_SUCCESS;
	__this_cpu_inc(shortcut_depth);
	netif_receive_skb(skb);
	__this_cpu_dec(shortcut_depth);
	return true;
}

int sal_path_send(struct sal_domain *d, struct sal_path *p,
		  struct sk_buff *skb, bool may)
{
	unsigned int len = skb->len + ETH_HLEN;
	bool at_once;

	lockdep_assert(in_softirq());
	at_once = may && !__this_cpu_read(shortcut_depth) && shortcut_is_idle();
	if (shortcut_wrap(p, skb)) {
		sal_drop(d, skb, SAL_R_NO_MEMORY);
		return -ENOBUFS;
	}
	/* as the wire does: who does not get it has it counted as dropped by who sends */
	if (unlikely(__dev_forward_skb(p->dev, skb)) ||
	    unlikely(!shortcut_receive(skb, at_once))) {
		dev_core_stats_tx_dropped_inc(p->last);
		return -ENOBUFS;
	}
	sal_count_packet(d->stats, SAL_R_DIRECT);
	shortcut_count(p, len);
	return 0;
}

/* --- from where ------------------------------------------------------------- */

/*
 * What this CPU receives together is over when it is another. NAPI hands on packets in lists,
 * and what is passed on of one at PRE_ROUTING waits for all of the others: no backlog shows that.
 * A list ends before the next softirq begins, whoever polls.
 */
static unsigned int shortcut_turn(void)
{
	return this_cpu_read(kstat.softirqs[NET_RX_SOFTIRQ]);
}

/* a bit that this CPU alone sets, and whoever closes the path clears */
bool sal_path_opens(struct sal_path *p, bool listed)
{
	unsigned int cpu = smp_processor_id();

	if (test_bit(cpu, p->open) || (p->hops < 2 && !listed))
		return true;
	if (!shortcut_is_idle() ||
	    (listed && __this_cpu_read(shortcut_round) == shortcut_turn()))
		return false;
	set_bit(cpu, p->open);
	return true;
}

/* what becomes of a packet that somebody else has consumed, as its sender is to know it */
static unsigned int shortcut_verdict(int err)
{
	return NF_STOLEN | (err < 0 ? -err << NF_VERDICT_QBITS : 0);
}

/*
 * BH is on where a softirq could run; who sends with BH off may hold what the receiver
 * wants, so the backlog gets it.
 */
static unsigned int shortcut_take(struct sal_domain *d, struct sal_path *p,
				  struct sk_buff *skb)
{
	bool may = !softirq_count() && !irqs_disabled() && shortcut_has_stack();
	unsigned int verdict = NF_ACCEPT;

	local_bh_disable();
	if (sal_path_opens(p, false))
		verdict = shortcut_verdict(sal_path_send(d, p, skb, may));
	local_bh_enable();
	return verdict;
}

static struct in6_addr shortcut_dst(const struct sk_buff *skb, enum sal_af af)
{
	struct in6_addr dst;

	if (af == SAL_V6)
		return ipv6_hdr(skb)->daddr;
	sal_addr_set4(&dst, ip_hdr(skb)->daddr);
	return dst;
}

void sal_shortcut_round(void)
{
	this_cpu_write(shortcut_round, shortcut_turn());
}

void sal_shortcut_missed(const struct sal_spot *spot, const struct sk_buff *skb)
{
	const struct in6_addr dst = shortcut_dst(skb, spot->af);

	sal_paths_close(spot, &dst);
	sal_shortcut_round();
}

static bool shortcut_via4(const struct sal_path *p, const struct sk_buff *skb)
{
	const struct rtable *rt = skb_rtable(skb);

	return rt->rt_gw_family != AF_INET6 &&
	       rt_nexthop(rt, ip_hdr(skb)->daddr) == sal_addr_get4(&p->via);
}

#if IS_ENABLED(CONFIG_IPV6)
static bool shortcut_via6(const struct sal_path *p, const struct sk_buff *skb)
{
	const struct rt6_info *rt = dst_rt6_info(skb_dst(skb));

	return ipv6_addr_equal(rt6_nexthop(rt, &ipv6_hdr(skb)->daddr), &p->via);
}
#else
static bool shortcut_via6(const struct sal_path *p, const struct sk_buff *skb)
{
	return false;
}
#endif

/* a socket may have chosen another route than the table would */
static bool shortcut_is_routed(struct sal_path *p, const struct sk_buff *skb,
			       enum sal_af af)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (likely(dst && dst->dev == p->out && !dst->lwtstate) &&
	    (af == SAL_V4 ? shortcut_via4(p, skb) : shortcut_via6(p, skb)))
		return true;
	sal_path_close(p);
	return false;
}

/* @routed: by a route of its own, which stands */
static unsigned int shortcut_go(const struct sal_spot *spot, struct sk_buff *skb,
				struct sock *sk, bool routed)
{
	const struct in6_addr dst = shortcut_dst(skb, spot->af);
	struct sal_path *p = sal_path_find(spot, skb, &dst);

	if (!p || p->kind != SAL_PATH_KIND_DIRECT ||
	    (routed && !shortcut_is_routed(p, skb, spot->af)) ||
	    !sal_path_takes(p, skb, sk))
		return NF_ACCEPT;
	return shortcut_take(spot->member->domain, p, skb);
}

unsigned int sal_shortcut_request(const struct sal_spot *spot,
				  struct sk_buff *skb, struct sock *sk)
{
	return shortcut_go(spot, skb, sk, false);
}

/* does an endpoint answer by it, or is it asked? Of a flow, whoever translates it. */
static bool shortcut_is_ours(struct sal_domain *d, const struct in6_addr *ep,
			     const struct in6_addr *client,
			     struct sal_ports ports)
{
	struct sal_reverse *rev = sal_reverse_lookup(d, ep);
	__be16 port = ports.port;

	for (; rev; rev = sal_reverse_next(rev)) {
		if (!sal_path_may(rev->ep->svc))
			continue;
		ports.port = sal_port_in(rev->ep, port);
		if (sal_flow_is_there(d, rev->ep->svc, client, &ports))
			return true;
	}
	return false;
}

static bool shortcut_is_reply(struct sal_domain *d, const struct sal_packet *pkt)
{
	return pkt->kind != SAL_KIND_REQUEST &&
	       shortcut_is_ours(d, &pkt->src, &pkt->dst,
				sal_ports(pkt->proto, pkt->dport, pkt->sport));
}

static bool shortcut_is_request(struct sal_domain *d, const struct sal_packet *pkt)
{
	return pkt->kind != SAL_KIND_REPLY &&
	       shortcut_is_ours(d, &pkt->dst, &pkt->src,
				sal_ports(pkt->proto, pkt->sport, pkt->dport));
}

static bool shortcut_parse(const struct sal_spot *spot, struct sk_buff *skb,
			   struct sal_packet *pkt)
{
	if (!sal_packet_addrs(skb, spot->af, pkt))
		return false;
	sal_packet_parse(skb, spot->af, pkt);
	return pkt->kind == SAL_KIND_DATA || pkt->kind == SAL_KIND_REQUEST ||
	       pkt->kind == SAL_KIND_REPLY;
}

unsigned int sal_shortcut_reply(const struct sal_spot *spot,
				struct sk_buff *skb, struct sock *sk)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_packet pkt;

	if (READ_ONCE(d->path_switch) != SAL_DIRECT_MODE_AUTO ||
	    !shortcut_parse(spot, skb, &pkt) || !shortcut_is_reply(d, &pkt))
		return NF_ACCEPT;
	return shortcut_go(spot, skb, sk, true);
}

static bool shortcut_suits(struct sal_path *p, const struct sk_buff *skb,
			   struct sock *sk, enum sal_af af)
{
	return shortcut_is_routed(p, skb, af) && sal_path_takes(p, skb, sk);
}

/* the path that a packet takes from POST_ROUTING, or NULL */
static struct sal_path *shortcut_late(const struct sal_spot *spot,
				      struct sk_buff *skb, struct sock *sk)
{
	struct sal_domain *d = spot->member->domain;
	struct sal_packet pkt;
	struct sal_path *p;

	if (READ_ONCE(d->path_switch) != SAL_DIRECT_MODE_AUTO ||
	    !shortcut_parse(spot, skb, &pkt))
		return NULL;
	if (!shortcut_is_request(d, &pkt) && !shortcut_is_reply(d, &pkt))
		return NULL;
	p = sal_path_find(spot, skb, &pkt.dst);
	if (!p || p->kind != SAL_PATH_KIND_LATE ||
	    !shortcut_suits(p, skb, sk, spot->af))
		return NULL;
	return p;
}

unsigned int sal_shortcut_late(const struct sal_spot *spot, struct sk_buff *skb,
			       const struct nf_hook_state *state,
			       const struct nf_hook_entries *e, unsigned int next)
{
	struct sal_path *p = shortcut_late(spot, skb, state->sk);
	struct nf_hook_state rest = *state;
	unsigned int verdict;
	int err;

	if (!p || !e)
		return NF_ACCEPT;
	/* they may change it, keep it, or drop it */
	err = nf_hook_slow(skb, &rest, e, next);
	if (err != 1)
		return shortcut_verdict(err);
	if (shortcut_suits(p, skb, state->sk, spot->af)) {
		verdict = shortcut_take(spot->member->domain, p, skb);
		if (verdict != NF_ACCEPT)
			return verdict;
	}
	err = state->okfn(state->net, state->sk, skb);
	return shortcut_verdict(err > 0 ? net_xmit_errno(err) : err);
}
