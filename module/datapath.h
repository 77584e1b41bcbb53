/* SPDX-License-Identifier: GPL-2.0 */
/*
 * datapath.h - a packet's way through the module
 */
#ifndef _SAL_DATAPATH_H
#define _SAL_DATAPATH_H

#include "addr.h"

struct nf_hook_state;
struct sal_member;
struct sal_service;
struct sk_buff;

/* the hooks of a member; they return a netfilter verdict. RCU. */
unsigned int sal_datapath_out(struct sal_member *m, struct sk_buff *skb,
			      const struct nf_hook_state *state,
			      enum sal_af af);
unsigned int sal_datapath_in(struct sal_member *m, struct sk_buff *skb,
			     enum sal_af af);

/**
 * sal_datapath_release() - send a held packet on its way
 * @svc: the service that held it
 * @m: the member it came from
 * @skb: the packet, as hold.c strips it
 * @af: family
 *
 * RCU, BH off.
 *
 * Return: false where there is no endpoint for it again; then it is still the
 * caller's, stripped as before. Else it is gone.
 */
bool sal_datapath_release(struct sal_service *svc, struct sal_member *m,
			  struct sk_buff *skb, enum sal_af af);

/* the time of a held packet is over: give it the on-empty verdict; RCU */
void sal_datapath_expire(struct sal_service *svc, struct sal_member *m,
			 struct sk_buff *skb, enum sal_af af);

#endif /* _SAL_DATAPATH_H */
