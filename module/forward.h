/* SPDX-License-Identifier: GPL-2.0 */
/*
 * forward.h - the steps of a client's packet, for it and for held ones
 */
#ifndef _SAL_FORWARD_H
#define _SAL_FORWARD_H

#include "datapath.h"
#include "flow.h"

struct sal_packet;
struct sal_service;
struct sk_buff;
struct sock;

/**
 * enum sal_fwd - what is to become of a packet that a client sent
 * @SAL_FWD_PASS: it is none of ours
 * @SAL_FWD_DIRECT: it is for no VIP; perhaps for an endpoint's own address
 * @SAL_FWD_SEND: it was rewritten and wants a new route
 * @SAL_FWD_ANSWER: likewise, but it is an endpoint's answer to a peer name (see
 *	peer.h), and sal_fwd_resolve() has not rewritten it
 * @SAL_FWD_RULED: an error for an address that is no VIP, but one by a rule: as
 *	@SAL_FWD_ANSWER, and where it is about nothing of ours it passes
 * @SAL_FWD_ERROR: likewise, but it is an error about an answer
 * @SAL_FWD_WAIT: no endpoint is usable
 * @SAL_FWD_RETRY: what it was bound to went away under its feet
 * @SAL_FWD_FULL: it would begin a flow, and no endpoint takes any more
 * @SAL_FWD_NO_PROTO: the service does not speak the protocol
 * @SAL_FWD_NO_PORT: it does not speak that port's
 * @SAL_FWD_STRAY: of a connection that has no flow
 * @SAL_FWD_RULE_DROP: a rule says so
 * @SAL_FWD_RULE_REJECT: likewise
 * @SAL_FWD_DENIED: a policy denies it
 * @SAL_FWD_CUT: of a TCP flow that is being reset
 * @SAL_FWD_REFUSE: drop, and tell the sender that a limit was reached
 * @SAL_FWD_DROP: drop
 *
 * What is to be dropped has been counted; @SAL_FWD_NO_PROTO, @SAL_FWD_NO_PORT,
 * @SAL_FWD_STRAY, @SAL_FWD_DENIED, @SAL_FWD_CUT and the two of rules have not, see
 * sal_fwd_reject(), nor has @SAL_FWD_FULL, see sal_fwd_full().
 */
enum sal_fwd {
	SAL_FWD_PASS,
	SAL_FWD_DIRECT,
	SAL_FWD_SEND,
	SAL_FWD_ANSWER,
	SAL_FWD_RULED,
	SAL_FWD_ERROR,
	SAL_FWD_WAIT,
	SAL_FWD_RETRY,
	SAL_FWD_FULL,
	SAL_FWD_NO_PROTO,
	SAL_FWD_NO_PORT,
	SAL_FWD_STRAY,
	SAL_FWD_RULE_DROP,
	SAL_FWD_RULE_REJECT,
	SAL_FWD_DENIED,
	SAL_FWD_CUT,
	SAL_FWD_REFUSE,
	SAL_FWD_DROP,
};

/* all under RCU */

/* steps 1 and 2: SAL_FWD_SEND where it is a service's and can be sent */
enum sal_fwd sal_fwd_resolve(const struct sal_spot *spot, struct sk_buff *skb,
			     struct sal_packet *pkt, struct sal_service **svc);

/* steps 3 to 5, the route apart: SAL_FWD_SEND where it was rewritten */
enum sal_fwd sal_fwd_translate(const struct sal_spot *spot,
			       struct sal_service *svc, struct sk_buff *skb,
			       const struct sal_packet *pkt);

/* the verdict on those that have not been counted; consumes @skb, which has its
 * original header. @svc: of the first three
 */
unsigned int sal_fwd_reject(const struct sal_spot *spot,
			    const struct sal_service *svc, struct sk_buff *skb,
			    const struct sal_packet *pkt, enum sal_fwd fwd);

/* was it sent to this router? */
bool sal_fwd_is_for_router(struct sk_buff *skb);

/* what the data path calls a conversation */
struct sal_conv sal_fwd_conv(const struct sal_spot *spot,
			     const struct sal_packet *pkt);

/* is it an endpoint's answer to a client that goes by its address? */
bool sal_fwd_is_answer(const struct sal_spot *spot,
		       const struct sal_packet *pkt);

/**
 * sal_fwd_named() - what an endpoint sends to a name may be its answer
 * @spot: where it is met
 * @svc: the service that it was resolved to; where it has to wait, whose client
 *	it waits for
 * @skb: the packet
 * @pkt: its headers
 * @fwd: what sal_fwd_resolve() says
 * @from: the service whose queue it comes from, or NULL
 *
 * Return: SAL_FWD_ANSWER where it was rewritten, SAL_FWD_WAIT, or what becomes of
 * it otherwise.
 */
enum sal_fwd sal_fwd_named(const struct sal_spot *spot,
			   struct sal_service **svc, struct sk_buff *skb,
			   const struct sal_packet *pkt, enum sal_fwd fwd,
			   struct sal_service *from);

/* nothing is held for it, or not any longer: the verdict; consumes @skb */
unsigned int sal_fwd_empty(const struct sal_spot *spot,
			   struct sal_service *svc, struct sk_buff *skb);
/* likewise where no endpoint takes new flows */
unsigned int sal_fwd_full(const struct sal_spot *spot,
			  struct sal_service *svc, struct sk_buff *skb);

#endif /* _SAL_FORWARD_H */
