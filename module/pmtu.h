/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pmtu.h - what a client's kernel has to know of the path to an endpoint
 */
#ifndef _SAL_PMTU_H
#define _SAL_PMTU_H

#include "addr.h"

struct net;
struct sal_packet;
struct sal_quote;
struct sk_buff;

/**
 * sal_pmtu_note() - an ICMP error has come to a client, and is not yet translated
 * @net: the client's namespace
 * @skb: the error
 * @af: family
 * @pkt: its headers
 * @q: what it quotes
 *
 * Where it says that a packet was too big, the client will learn that of the VIP,
 * which its sockets have a route to. Its packets take that to the endpoint, and
 * what is larger than the latter's MTU is cut there, or not.
 */
void sal_pmtu_note(struct net *net, struct sk_buff *skb, enum sal_af af,
		   const struct sal_packet *pkt, const struct sal_quote *q);

#endif /* _SAL_PMTU_H */
