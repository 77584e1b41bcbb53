/* SPDX-License-Identifier: GPL-2.0 */
/*
 * shortcut.h - who takes the direct path
 *
 * A verdict each: NF_ACCEPT where the packet goes on as it is. All under RCU.
 */
#ifndef _SAL_SHORTCUT_H
#define _SAL_SHORTCUT_H

struct nf_hook_entries;
struct nf_hook_state;
struct sal_packet;
struct sal_service;
struct sal_spot;
struct sk_buff;
struct sock;

/* a translated packet of a service's client, or to one, where sal_path_may(); in
 * LOCAL_OUT
 */
unsigned int sal_shortcut_request(const struct sal_spot *spot,
				  struct sk_buff *skb, struct sock *sk);

/* an endpoint's answer to a client's address, if it is one; in LOCAL_OUT */
unsigned int sal_shortcut_reply(const struct sal_spot *spot,
				struct sk_buff *skb, struct sock *sk);

/* either, if it is one; in POST_ROUTING, of which there are @e, from @next on still
 * to be run
 */
unsigned int sal_shortcut_late(const struct sal_spot *spot, struct sk_buff *skb,
			       const struct nf_hook_state *state,
			       const struct nf_hook_entries *e,
			       unsigned int next);

/* a packet that may be of a router's conversation goes round: no path opens on this CPU for what
 * comes in lists until it has received what it receives together
 */
void sal_shortcut_round(void);

/* likewise one that is, as it leaves the router: the path to where it goes is open on no CPU */
void sal_shortcut_missed(const struct sal_spot *spot, const struct sk_buff *skb);

/* a packet that a device of a router receives, before anybody has seen it */
unsigned int sal_shortcut_ingress(const struct sal_spot *spot,
				  struct sk_buff *skb);

/* in a router's PRE_ROUTING: a client's packet, translated, where sal_path_may(). What it was
 * before is in @pkt. Where it goes round that is noted.
 */
unsigned int sal_shortcut_routed(const struct sal_spot *spot, struct sk_buff *skb,
				 const struct sal_packet *pkt,
				 const struct sal_service *svc);

/* likewise an endpoint's answer to a client, if it is one, as it came */
unsigned int sal_shortcut_routed_reply(const struct sal_spot *spot,
				       struct sk_buff *skb);

#endif /* _SAL_SHORTCUT_H */
