/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reset.h - an answer to a TCP segment that belongs to no connection
 */
#ifndef _SAL_RESET_H
#define _SAL_RESET_H

#include "addr.h"

struct net;
struct sal_packet;
struct sk_buff;

/**
 * sal_reset_send() - answer a client's segment with a RST, as its VIP would
 * @net: the member's namespace
 * @skb: the segment, not translated; stays the caller's
 * @af: family
 * @pkt: its headers
 *
 * A RST is not answered. RCU.
 */
void sal_reset_send(struct net *net, const struct sk_buff *skb, enum sal_af af,
		    const struct sal_packet *pkt);

#endif /* _SAL_RESET_H */
