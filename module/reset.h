/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reset.h - an answer to a TCP segment that belongs to no connection
 */
#ifndef _SAL_RESET_H
#define _SAL_RESET_H

#include "addr.h"

struct in6_addr;
struct net;
struct sal_packet;
struct sk_buff;

/**
 * sal_reset_send() - answer a segment with a RST, as whom it was sent to would
 * @net: the member's namespace
 * @skb: the segment, not translated; stays the caller's
 * @af: family
 * @pkt: its headers
 *
 * A RST is not answered. RCU.
 */
void sal_reset_send(struct net *net, const struct sk_buff *skb, enum sal_af af,
		    const struct sal_packet *pkt);

/**
 * sal_reset_ask() - ask for a segment of a connection, so that it can be answered
 * @net: the member's namespace
 * @src: in whose name
 * @sport: likewise
 * @dst: who is asked
 * @dport: likewise
 *
 * Whoever has the connection sends an acknowledgment with its numbers (RFC 9293,
 * 3.10.7.4), others a RST. There is no timestamp, by which it could be taken for an old
 * one. RCU, BH off.
 */
void sal_reset_ask(struct net *net, const struct in6_addr *src, __be16 sport,
		   const struct in6_addr *dst, __be16 dport);

#endif /* _SAL_RESET_H */
