/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lane.h - which conversation has most in a hold queue
 *
 * The held packets of one conversation are a *lane*. It needs no object: its oldest
 * packet leads it, and as that leaves the next one does. How *long* it is: its packets,
 * or its kibibytes where these are more. Nothing here takes a lock, that of the hold
 * queue is held.
 */
#ifndef _SAL_LANE_H
#define _SAL_LANE_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

struct sal_packet;

/* lanes of 1 packet, as long as 2 and 3, as 4 to 7, and so on */
#define SAL_LANE_CLASSES	16

/**
 * struct sal_lanes - the lanes of a hold queue
 * @tree: those that lead, by conversation
 * @class: those that lead, by the binary logarithm of how long the lane is
 */
struct sal_lanes {
	struct rb_root tree;
	struct list_head class[SAL_LANE_CLASSES];
};

/**
 * struct sal_lane - a packet's place in its lane
 * @ring: the packets of the lane, without a head; behind who leads comes the next
 *	oldest, before it is the newest
 * @conv: conversation
 * @size: bytes of this packet
 * @node: of who leads: in &sal_lanes.tree
 * @class: likewise, in &sal_lanes.class
 * @packets: likewise, how many
 * @bytes: likewise
 */
struct sal_lane {
	struct list_head ring;
	u64 conv;
	struct rb_node node;
	struct list_head class;
	u32 size;
	u32 packets;
	u32 bytes;
};

/* a number for a conversation: that two have one is as unlikely as can be, and
 * nobody can make it so
 */
u64 sal_lane_conv(const struct sal_packet *pkt);

void sal_lanes_init(struct sal_lanes *lanes);
/* behind the others of its conversation, or ahead of them; @conv and @size are set */
void sal_lane_add(struct sal_lanes *lanes, struct sal_lane *lane);
void sal_lane_add_first(struct sal_lanes *lanes, struct sal_lane *lane);
void sal_lane_del(struct sal_lanes *lanes, struct sal_lane *lane);

/* who leads a conversation's, or NULL */
struct sal_lane *sal_lane_find(const struct sal_lanes *lanes, u64 conv);

/* who leads one of the longest, to within a factor of two, or NULL; one of a single
 * packet only where all are
 */
struct sal_lane *sal_lane_longest(const struct sal_lanes *lanes);

/* how many of the newest of a long lane, @lead, have to go for @more of another
 * conversation, whose @conv and @size are set, to have so many packets and bytes; 0 where
 * none may: the lane would be shorter than the other then, or they would be too many at a
 * time. The first packet of a conversation takes all of a lane but one.
 */
unsigned int sal_lanes_spare(const struct sal_lanes *lanes,
			     const struct sal_lane *more, u32 packets,
			     u64 bytes, struct sal_lane **lead);

/* who came before, of those of the same lane; before who leads that is the newest */
static inline struct sal_lane *sal_lane_prev(const struct sal_lane *lane)
{
	return list_entry(lane->ring.prev, struct sal_lane, ring);
}

#endif /* _SAL_LANE_H */
