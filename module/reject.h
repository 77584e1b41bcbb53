/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reject.h - ICMP errors for packets that the module does not let pass
 */
#ifndef _SAL_REJECT_H
#define _SAL_REJECT_H

#include "addr.h"

struct net;
struct sk_buff;

/*
 * The packet has its original header; a route, too, where it was met on its
 * way out. It stays the caller's.
 */

/* "this service does not speak that protocol" */
void sal_reject_proto(struct net *net, struct sk_buff *skb, enum sal_af af);
/* "nobody listens on that port", of UDP and TCP */
void sal_reject_port(struct net *net, struct sk_buff *skb, enum sal_af af);
/* "nobody answers there now" */
void sal_reject_host(struct net *net, struct sk_buff *skb, enum sal_af af);

/* a policy denies it: communication administratively prohibited */
void sal_reject_denied(struct net *net, struct sk_buff *skb, enum sal_af af);

#endif /* _SAL_REJECT_H */
