/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ruled.h - what a rule says about a packet
 */
#ifndef _SAL_RULED_H
#define _SAL_RULED_H

#include "forward.h"

struct sal_rule;
struct sal_vip;

/**
 * sal_ruled() - what a rule says about a packet
 * @spot: where it is met
 * @skb: packet
 * @pkt: addresses of it; the rest is filled in
 * @rule: the rule that its destination is subject to
 * @vip: the VIP that has the destination, too, or NULL
 * @svc: the service that it is for, where it says SAL_FWD_SEND or SAL_FWD_RULED
 *
 * RCU.
 *
 * Return: SAL_FWD_SEND where it goes on as a packet for a VIP does.
 */
enum sal_fwd sal_ruled(const struct sal_spot *spot, struct sk_buff *skb,
		       struct sal_packet *pkt, const struct sal_rule *rule,
		       const struct sal_vip *vip, struct sal_service **svc);

#endif /* _SAL_RULED_H */
