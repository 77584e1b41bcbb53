// SPDX-License-Identifier: GPL-2.0
/*
 * lane.c - which conversation has most in a hold queue
 */
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/net.h>
#include <linux/rbtree.h>
#include <linux/siphash.h>

#include <uapi/linux/sal.h>

#include "lane.h"
#include "xlat.h"

/* a large packet may take the room of so many, and the first of a conversation, as a
 * segmented one may be, of so many
 */
#define LANE_SPARE_MAX		64
#define LANE_SPARE_FIRST	256

/**
 * struct lane_key - what a conversation is known by
 * @src: source address
 * @dst: destination address
 * @sport: source port, or echo id
 * @dport: destination port
 * @proto: protocol
 */
struct lane_key {
	struct in6_addr src;
	struct in6_addr dst;
	__be16 sport;
	__be16 dport;
	u32 proto;
} __aligned(SIPHASH_ALIGNMENT);

u64 sal_lane_conv(const struct sal_packet *pkt)
{
	static siphash_key_t key __read_mostly;
	const struct lane_key k = {
		.src	= pkt->src,
		.dst	= pkt->dst,
		.sport	= pkt->sport,
		.dport	= pkt->dport,
		.proto	= pkt->proto,
	};

	BUILD_BUG_ON(sizeof(k) != 40);
	net_get_random_once(&key, sizeof(key));
	return siphash(&k, sizeof(k), &key);
}

static struct sal_lane *lane_of(const struct rb_node *node)
{
	return rb_entry(node, struct sal_lane, node);
}

void sal_lanes_init(struct sal_lanes *lanes)
{
	int i;

	lanes->tree = RB_ROOT;
	for (i = 0; i < SAL_LANE_CLASSES; i++)
		INIT_LIST_HEAD(&lanes->class[i]);
}

static int lane_cmp(const void *key, const struct rb_node *node)
{
	const struct sal_lane *lane = lane_of(node);
	const u64 *conv = key;

	if (*conv == lane->conv)
		return 0;
	return *conv < lane->conv ? -1 : 1;
}

static int lane_cmp_node(struct rb_node *node, const struct rb_node *other)
{
	return lane_cmp(&lane_of(node)->conv, other);
}

struct sal_lane *sal_lane_find(const struct sal_lanes *lanes, u64 conv)
{
	struct rb_node *node = rb_find(&conv, &lanes->tree, lane_cmp);

	return node ? lane_of(node) : NULL;
}

/* how long a lane is: segmented packets are few */
static u32 lane_length(u32 packets, u64 bytes)
{
	return max_t(u64, packets, bytes >> 10);
}

/* a single packet is never too much */
static unsigned int lane_class(const struct sal_lane *lead)
{
	/* that of the most that a service may hold is as good as full */
	BUILD_BUG_ON(SAL_HOLD_PACKETS_MAX >> SAL_LANE_CLASSES > 1);
	if (lead->packets == 1)
		return 0;
	return min(ilog2(lane_length(lead->packets, lead->bytes)),
		   SAL_LANE_CLASSES - 1);
}

/* it has one packet more, or less */
static void lane_count(struct sal_lanes *lanes, struct sal_lane *lead,
		       int packets, int bytes)
{
	unsigned int was = lane_class(lead);

	lead->packets += packets;
	lead->bytes += bytes;
	if (lane_class(lead) != was)
		list_move_tail(&lead->class, &lanes->class[lane_class(lead)]);
}

static void lane_begin(struct sal_lanes *lanes, struct sal_lane *lane)
{
	INIT_LIST_HEAD(&lane->ring);
	lane->packets = 1;
	lane->bytes = lane->size;
	rb_find_add(&lane->node, &lanes->tree, lane_cmp_node);
	list_add_tail(&lane->class, &lanes->class[0]);
}

static void lane_hand_over(struct sal_lanes *lanes, struct sal_lane *lead,
			   struct sal_lane *to)
{
	to->packets = lead->packets;
	to->bytes = lead->bytes;
	rb_replace_node(&lead->node, &to->node, &lanes->tree);
	list_replace(&lead->class, &to->class);
}

void sal_lane_add(struct sal_lanes *lanes, struct sal_lane *lane)
{
	struct sal_lane *lead = sal_lane_find(lanes, lane->conv);

	if (!lead) {
		lane_begin(lanes, lane);
		return;
	}
	list_add_tail(&lane->ring, &lead->ring);
	lane_count(lanes, lead, 1, lane->size);
}

void sal_lane_add_first(struct sal_lanes *lanes, struct sal_lane *lane)
{
	struct sal_lane *lead = sal_lane_find(lanes, lane->conv);

	sal_lane_add(lanes, lane);
	if (lead)
		lane_hand_over(lanes, lead, lane);
}

void sal_lane_del(struct sal_lanes *lanes, struct sal_lane *lane)
{
	struct sal_lane *lead = sal_lane_find(lanes, lane->conv);

	if (lead->packets == 1) {
		rb_erase(&lane->node, &lanes->tree);
		list_del(&lane->class);
		return;
	}
	lane_count(lanes, lead, -1, -(int)lane->size);
	if (lead == lane)
		lane_hand_over(lanes, lane, list_next_entry(lane, ring));
	list_del(&lane->ring);
}

struct sal_lane *sal_lane_longest(const struct sal_lanes *lanes)
{
	int i;

	for (i = SAL_LANE_CLASSES - 1; i >= 0; i--)
		if (!list_empty(&lanes->class[i]))
			return list_first_entry(&lanes->class[i],
						struct sal_lane, class);
	return NULL;
}

unsigned int sal_lanes_spare(const struct sal_lanes *lanes,
			     const struct sal_lane *more, u32 packets,
			     u64 bytes, struct sal_lane **lead)
{
	const struct sal_lane *own = sal_lane_find(lanes, more->conv);
	unsigned int most = own ? LANE_SPARE_MAX : LANE_SPARE_FIRST;
	const struct sal_lane *lane;
	unsigned int n = 0;
	u64 freed = 0;
	u32 keep = 1;

	if (own)
		keep = lane_length(own->packets + 1,
				   (u64)own->bytes + more->size);
	*lead = sal_lane_longest(lanes);
	lane = *lead;
	while (lane && (*lead)->packets - n > 1 && n < most) {
		lane = sal_lane_prev(lane);
		freed += lane->size;
		n++;
		if (lane_length((*lead)->packets - n,
				(*lead)->bytes - freed) < keep)
			break;
		if (n >= packets && freed >= bytes)
			return n;
	}
	return 0;
}
