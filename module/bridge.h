/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bridge.h - what br_netfilter knows of a packet that a bridge shows to our hooks
 *
 * It may be a module, or not be configured at all.
 */
#ifndef _SAL_BRIDGE_H
#define _SAL_BRIDGE_H

#include <linux/skbuff.h>

#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
static inline bool sal_is_bridged(const struct sk_buff *skb)
{
	return skb_ext_exist(skb, SKB_EXT_BRIDGE_NF);
}
#else
static inline bool sal_is_bridged(const struct sk_buff *skb)
{
	return false;
}
#endif

#endif /* _SAL_BRIDGE_H */
