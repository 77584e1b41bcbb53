/* SPDX-License-Identifier: GPL-2.0 */
/*
 * datapath.h - a packet's way through the module: where it begins
 */
#ifndef _SAL_DATAPATH_H
#define _SAL_DATAPATH_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include <uapi/linux/sal.h>

#include "addr.h"
#include "stats.h"

struct sal_held;
struct sal_member;
struct sal_service;
struct sock;

/**
 * struct sal_spot - where a packet is met
 * @member: whose packet it is
 * @af: family
 * @place: edge: the member is the client's namespace. Router: the member
 *	routes for the client.
 * @iif: router: number of the device that it came by; edge: 0
 */
struct sal_spot {
	struct sal_member *member;
	enum sal_af af;
	enum sal_placement place;
	int iif;
};

/* count and free it; NF_DROP would give a local sender EPERM */
static inline unsigned int sal_drop(struct sal_domain *d, struct sk_buff *skb,
				    enum sal_reason reason)
{
	sal_count(d, reason);
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
	return NF_STOLEN;
}

/* A socket that early demux chose by the addresses before; there is one only in the
 * namespace that receives. Behind a router's POST_ROUTING it is the sender's.
 */
static inline void sal_forget_socket(const struct sal_spot *spot,
				     struct sk_buff *skb)
{
	if (spot->place == SAL_PLACEMENT_EDGE)
		skb_orphan(skb);
}

/* the hooks of a member; they return a netfilter verdict. RCU. */
unsigned int sal_forward(const struct sal_spot *spot, struct sk_buff *skb,
			 struct sock *sk);
unsigned int sal_reverse(const struct sal_spot *spot, struct sk_buff *skb);

/**
 * sal_release() - send a held packet on its way
 * @svc: the service that held it
 * @held: the packet, stripped as hold.c does it
 * @af: family
 *
 * RCU, BH off.
 *
 * Return: false where there is no endpoint for it again; then the packet is
 * still the caller's, stripped as before. Else it is gone.
 */
bool sal_release(struct sal_service *svc, const struct sal_held *held,
		 enum sal_af af);

/* the time of a held packet is over: give it the on-empty verdict; RCU */
void sal_release_expired(struct sal_service *svc, const struct sal_held *held,
			 enum sal_af af);

#endif /* _SAL_DATAPATH_H */
