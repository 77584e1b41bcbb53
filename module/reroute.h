/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reroute.h - the way of a packet whose destination has changed in LOCAL_OUT
 */
#ifndef _SAL_REROUTE_H
#define _SAL_REROUTE_H

#include <net/net_namespace.h>
#include <net/xfrm.h>

#include "addr.h"

struct sal_spot;
struct sk_buff;
struct sock;

/* has a namespace IPsec policies? */
static inline bool sal_net_has_xfrm(const struct net *net)
{
#ifdef CONFIG_XFRM
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(net->xfrm.policy_count); i++)
		if (READ_ONCE(net->xfrm.policy_count[i]))
			return true;
	for (i = 0; i < ARRAY_SIZE(net->xfrm.policy_default); i++)
		if (READ_ONCE(net->xfrm.policy_default[i]) == XFRM_USERPOLICY_BLOCK)
			return true;
#endif
	return false;
}

/* has it routing rules, beside those that it was born with? */
static inline bool sal_net_has_rules(const struct net *net, enum sal_af af)
{
#ifdef CONFIG_IP_MULTIPLE_TABLES
	if (af == SAL_V4)
		return READ_ONCE(net->ipv4.fib_has_custom_rules);
#endif
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	if (af == SAL_V6)
		return READ_ONCE(net->ipv6.fib6_has_custom_rules);
#endif
	return false;
}

/**
 * sal_reroute() - give a translated packet a route to where it goes now
 * @spot: where it is met
 * @skb: packet, with the route to where it went
 * @sk: socket that sends it, or NULL
 *
 * A router has not yet looked for one, and nothing is done. RCU.
 *
 * Return: 0, or a negative errno as for any packet without a route.
 */
int sal_reroute(const struct sal_spot *spot, struct sk_buff *skb,
		struct sock *sk);

#endif /* _SAL_REROUTE_H */
