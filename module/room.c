// SPDX-License-Identifier: GPL-2.0
/*
 * room.c - who makes room for a packet that is to wait
 */
#include "domain.h"
#include "guest.h"
#include "hold.h"
#include "room.h"
#include "service.h"

static bool room_take(struct sal_domain *d, u32 size)
{
	if (atomic64_add_return(size, &d->held_bytes) <=
	    READ_ONCE(d->limits.held) &&
	    sal_guest_charge(d, SAL_SHARE_HELD, size)) {
		atomic_inc(&d->held_packets);
		return true;
	}
	atomic64_sub(size, &d->held_bytes);
	return false;
}

void sal_room_give_back(struct sal_domain *d, u32 size)
{
	atomic_dec(&d->held_packets);
	atomic64_sub(size, &d->held_bytes);
	sal_guest_uncharge(d, SAL_SHARE_HELD, size);
}

bool sal_room_lacks(const struct sal_room *want)
{
	return want->packets || want->bytes;
}

void sal_room_want(const struct sal_hold *h,
		   const struct sal_service_conf *conf, u32 size,
		   struct sal_room *want)
{
	u32 packets = READ_ONCE(conf->hold_packets);
	u64 bytes = (u64)h->bytes + size;
	u32 most = READ_ONCE(conf->hold_bytes);

	want->packets = h->packets < packets ? 0 : h->packets - packets + 1;
	want->bytes = bytes <= most ? 0 : bytes - most;
}

/* its first packet is never too much for a conversation */
static bool room_over_share(const struct sal_hold *h,
			    const struct sal_service_conf *conf,
			    const struct sal_lane *lane)
{
	u32 share = READ_ONCE(conf->hold_share);
	const struct sal_lane *lead;
	u64 packets, bytes;

	if (share >= 100)
		return false;
	lead = sal_lane_find(&h->q->lanes, lane->conv);
	if (!lead)
		return false;
	packets = (u64)READ_ONCE(conf->hold_packets) * share;
	bytes = (u64)READ_ONCE(conf->hold_bytes) * share;
	return (lead->packets + 1) * 100ULL > max(packets, 100ULL) ||
	       ((u64)lead->bytes + lane->size) * 100 > bytes;
}

/* the newest of a conversation that has much more; false where there is none */
static bool room_evict(struct sal_service *svc, const struct sal_held *held,
		       const struct sal_room *want, struct list_head *list)
{
	struct sal_hold *h = &svc->hold;
	struct sal_lane *lead;
	unsigned int n;

	n = sal_lanes_spare(&h->q->lanes, &held->lane, want->packets,
			    want->bytes, &lead);
	if (!n)
		return false;
	while (n--) {
		struct sal_held *victim = container_of(sal_lane_prev(lead),
						       struct sal_held, lane);

		sal_hold_unlink(h, victim);
		list_add(&victim->list, list);
		sal_episode_count(svc, victim->af, SAL_FATE_EVICTED, 0);
	}
	return true;
}

/* what those that go are charged for is another's now: it cannot be refused that */
static void room_take_over(struct sal_domain *d, struct list_head *list,
			   u32 size)
{
	struct sal_held *victim;
	u32 part;

	list_for_each_entry(victim, list, list) {
		part = min(victim->lane.size, size);
		victim->lane.size -= part;
		size -= part;
	}
	atomic_inc(&d->held_packets);
}

enum sal_hold_result sal_room_make(struct sal_service *svc,
				   const struct sal_held *held,
				   struct list_head *list)
{
	bool lent = svc->hold.lent[held->af];
	struct sal_domain *d = svc->domain;
	u32 size = held->lane.size;
	struct sal_room want = {};
	bool charged;

	if (!lent && room_over_share(&svc->hold, &svc->conf, &held->lane))
		return SAL_HOLD_FLOW_FULL;
	if (!lent)
		sal_room_want(&svc->hold, &svc->conf, size, &want);
	charged = room_take(d, size);
	if (!charged)
		want.bytes = max_t(u64, want.bytes, size);
	if (sal_room_lacks(&want) && !room_evict(svc, held, &want, list)) {
		if (charged)
			sal_room_give_back(d, size);
		return charged ? SAL_HOLD_FULL : SAL_HOLD_DOMAIN_FULL;
	}
	if (!charged)
		room_take_over(d, list, size);
	return SAL_HELD;
}
