/* SPDX-License-Identifier: GPL-2.0 */
/*
 * path.h - the direct path: past what lies between a hook and who receives
 *
 * A packet whose next hop's device is on this host need not go through routing,
 * neighbours, a pair of veth, a bridge and another pair: it is handed to that device
 * as the last of these would have done it. That is only right where none of what is
 * skipped would have done anything to it, so each path is looked at piece by piece
 * (wire.c), and again once in a jiffy at most. What is not looked at every time,
 * because it goes with an event, is told by sal_paths_void().
 */
#ifndef _SAL_PATH_H
#define _SAL_PATH_H

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/netdev_features.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include <uapi/linux/sal.h>

#include "addr.h"

struct net;
struct sal_domain;
struct sal_member;
struct sal_service;
struct sal_spot;
struct sk_buff;
struct sock;

/* Paths of a member: a set is a cache line. With twice as many addresses as there are sets
 * one in some thousand finds its set full.
 */
#define SAL_PATH_WAYS	7
#define SAL_PATH_BITS	8
#define SAL_PATH_SETS	BIT(SAL_PATH_BITS)
#define SAL_PATHS	(SAL_PATH_SETS * SAL_PATH_WAYS)

/**
 * struct sal_path - how packets of a member get to an address
 * @to: the address
 * @dscp: code point of the packets, as IPv4 routes may be for one of these alone
 * @place: enum sal_placement: does the member send them, or route them?
 * @kind: enum sal_path_kind. The following is there with the first two of these, but
 *	for @out and @via, which are there wherever there is a route and the namespace
 *	was no reason.
 * @hops: backlogs that a packet passes that does not go directly
 * @header: the Ethernet header
 * @gso_segs: a packet that is to be cut has as many segments at most
 * @mtu: longest packet, or segment
 * @via: the neighbour's address
 * @out: device that the route leads to
 * @last: the device whose wire ends at @dev; perhaps @out
 * @dev: the device that receives
 * @features: what both can take of what has not been done to a packet
 * @gso_size: one that is to be cut is shorter, with its Ethernet header
 * @epoch: of sal_paths_void(), when this was so
 * @checked: sal_path_tick() when it was looked at. Written by any packet.
 * @rcu: for freeing
 * @open: a bit for each CPU: none of its packets is on its way along @hops, see
 *	sal_path_opens(). Written by packets, when it changes.
 *
 * Devices are not held: @epoch is another before the first grace period that their
 * freeing waits for. Found and used under RCU; everything above @epoch never changes.
 */
struct sal_path {
	struct in6_addr to;
	struct in6_addr via;
	u8 dscp;
	u8 place;
	u8 kind;
	u8 hops;
	u8 header[ETH_HLEN];
	u16 gso_segs;
	u32 mtu;
	struct net_device *out;
	struct net_device *last;
	struct net_device *dev;
	netdev_features_t features;
	u32 gso_size;
	u32 epoch;
	u32 checked;
	struct rcu_head rcu;
	unsigned long open[];
};

/**
 * struct sal_path_set - paths of addresses that have the same hash
 * @lock: guards what is written to the others
 * @full: sal_path_tick() when there was no place for one more; read without
 * @way: some of these. Read under RCU.
 */
struct sal_path_set {
	spinlock_t lock;	/* see above */
	u32 full;
	struct sal_path __rcu *way[SAL_PATH_WAYS];
};

/**
 * struct sal_paths - the paths of a member
 * @sets: by address; NULL before the first is looked for. Set once.
 * @asked: sal_path_tick() when a hook was asked for, see inlet.h
 * @barred: sal_path_tick() when no packet that it routes could go directly, by family
 * @late: there has been one of %SAL_PATH_KIND_LATE
 *
 * Written by any packet, without a lock.
 */
struct sal_paths {
	struct sal_path_set *sets;
	u32 asked;
	u32 barred[SAL_AF_NUM];
	bool late;
};

/* what was looked at is so in the same tick */
static inline u32 sal_path_tick(void)
{
	return (u32)jiffies;
}

/* --- path.c: finding ------------------------------------------------------- */

/* no reader is left */
void sal_paths_destroy(struct sal_domain *d, struct sal_paths *paths);

/*
 * Something has happened to a device, an address or a namespace, or packets were held
 * or moved: every path is looked at anew, and taken only where nothing is on its way
 * by the old one. Any context.
 */
void sal_paths_void(void);

/* the path of a packet to an address, direct or not; NULL where it is not known. RCU. */
struct sal_path *sal_path_find(const struct sal_spot *spot,
			       const struct sk_buff *skb,
			       const struct in6_addr *to);

/* a packet of a conversation goes to an address by the long way, whatever the path is:
 * those that follow do not overtake it. RCU.
 */
void sal_paths_close(const struct sal_spot *spot, const struct in6_addr *to);

/* the next one of all, from a place on that begins with 0; NULL behind the last. RCU. */
const struct sal_path *sal_paths_next(const struct sal_paths *paths,
				      unsigned int *at);

/* may packets of a service take it? RCU */
bool sal_path_may(const struct sal_service *svc);

/* --- wire.c: looking ------------------------------------------------------- */

/* fill in all from @via to @gso_size, @place and @dscp being there; RCU */
void sal_wire_look(const struct sal_spot *spot, struct sal_path *p);

/* is it one end of a pair of veth? Any context */
bool sal_wire_is_veth(const struct net_device *dev);

/* --- shortcut.c: taking ---------------------------------------------------- */

/**
 * sal_path_takes() - may this packet go by a path, which is direct?
 * @p: path
 * @skb: packet, at its network header
 * @sk: the socket that sends it, or NULL
 *
 * Where it may not, those that follow wait until it has arrived, see &sal_path.open.
 * RCU.
 *
 * Return: true where it may.
 */
bool sal_path_takes(struct sal_path *p, const struct sk_buff *skb,
		    struct sock *sk);

/* one of its packets goes round: it is open to none before that has arrived */
static inline void sal_path_close(struct sal_path *p)
{
	if (!bitmap_empty(p->open, nr_cpu_ids))
		bitmap_zero(p->open, nr_cpu_ids);
}

/**
 * sal_path_opens() - is none of this CPU's packets on its way that the next would overtake?
 * @p: path
 * @listed: the next one may be of a list, of which those before it are yet to go on, see
 *	sal_shortcut_missed()
 *
 * RCU, BH off.
 *
 * Return: true where none is.
 */
bool sal_path_opens(struct sal_path *p, bool listed);

/**
 * sal_path_send() - hand a packet to the device at the end of its path
 * @d: domain, for counters
 * @p: path that takes it
 * @skb: packet, at its network header; consumed
 * @may: it may be received at once, where it would not overtake any; else the backlog
 *	gets it
 *
 * RCU, BH off.
 *
 * Return: 0; or ENOBUFS where it was dropped, which has been counted.
 */
int sal_path_send(struct sal_domain *d, struct sal_path *p,
		  struct sk_buff *skb, bool may);

#endif /* _SAL_PATH_H */
