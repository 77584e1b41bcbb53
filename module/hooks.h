/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hooks.h - where the module meets packets
 */
#ifndef _SAL_HOOKS_H
#define _SAL_HOOKS_H

#include <linux/netfilter.h>

#include <uapi/linux/sal.h>

#include "addr.h"

struct net;
struct sal_spot;
struct sk_buff;

/* the hooks of a member; ENOPKG where defragmentation is missing; sal_mutex */
int sal_hooks_add(struct net *net);
void sal_hooks_del(struct net *net);

/**
 * sal_hooks_resume() - let a rewritten packet go on behind our forward hook
 * @spot: where it was met
 * @skb: the packet, with its route (edge) or its device (router); consumed
 *
 * RCU, BH off.
 *
 * Return: 0, or ENOENT where the hook is gone; then the packet is still the
 * caller's.
 */
int sal_hooks_resume(const struct sal_spot *spot, struct sk_buff *skb);

/* do others have hooks where a packet is skipped that takes the direct path: behind ours
 * where it is sent (edge), or anywhere on the way (router)? RCU.
 */
bool sal_hooks_has_others(const struct net *net, enum sal_af af,
			  enum sal_placement place);

/* is it one of ours? */
bool sal_hooks_is_ours(nf_hookfn *hook);

void sal_hooks_init(void);

#endif /* _SAL_HOOKS_H */
