/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hooks.h - where the module meets packets
 */
#ifndef _SAL_HOOKS_H
#define _SAL_HOOKS_H

#include "addr.h"

struct net;
struct sk_buff;
struct sock;

/* the hooks of a member; ENOPKG where IPv6 has no defragmentation; sal_mutex */
int sal_hooks_add(struct net *net);
void sal_hooks_del(struct net *net);

/**
 * sal_hooks_resume() - let a packet go on behind our LOCAL_OUT hook
 * @net: member's namespace
 * @sk: sending socket or NULL
 * @skb: packet with its route; consumed
 * @af: family
 *
 * RCU, BH off.
 *
 * Return: 0, or ENOENT where the hook is gone; then the packet is still the
 * caller's.
 */
int sal_hooks_resume(struct net *net, struct sock *sk, struct sk_buff *skb,
		     enum sal_af af);

void sal_hooks_init(void);

#endif /* _SAL_HOOKS_H */
