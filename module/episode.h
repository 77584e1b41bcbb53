/* SPDX-License-Identifier: GPL-2.0 */
/*
 * episode.h - what listeners are told of packets that wait
 *
 * An *episode* begins with the first packet that waits for a service and ends when
 * its gate is open and none waits any more. However many packets that are, it is told
 * of as it begins and as it ends, and at most once a second of what was lost.
 */
#ifndef _SAL_EPISODE_H
#define _SAL_EPISODE_H

#include <linux/types.h>

#include <uapi/linux/sal.h>

#include "addr.h"

struct sal_service;

/**
 * enum sal_fate - what becomes of packets that wait, or would
 * @SAL_FATE_RELEASED: went on
 * @SAL_FATE_EXPIRED: waited too long
 * @SAL_FATE_EVICTED: made room for one of another conversation
 * @SAL_FATE_REFUSED: over a bound
 * @SAL_FATE_PURGED: of a service or a member that was deleted
 * @SAL_FATE_NUM: how many there are
 */
enum sal_fate {
	SAL_FATE_RELEASED,
	SAL_FATE_EXPIRED,
	SAL_FATE_EVICTED,
	SAL_FATE_REFUSED,
	SAL_FATE_PURGED,
	SAL_FATE_NUM
};

/**
 * struct sal_episode - packets of a service and a family wait
 * @begin: since when, in ns; 0 where none does
 * @bytes: of those that went on
 * @packets: by their fate
 * @told: when a loss was told of, in jiffies, or 0
 */
struct sal_episode {
	u64 begin;
	u64 bytes;
	u32 packets[SAL_FATE_NUM];
	u32 told;
};

/* All with the lock of the hold queue, which there is. Where none has begun only
 * the first does anything.
 */
void sal_episode_begin(struct sal_service *svc, enum sal_af af,
		       enum sal_hold_cause cause);
void sal_episode_count(struct sal_service *svc, enum sal_af af,
		       enum sal_fate fate, u32 bytes);
/* tell of losses that are untold, if it is time; else how long until then, in jiffies,
 * MAX_JIFFY_OFFSET where there are none
 */
unsigned long sal_episode_due(struct sal_service *svc, enum sal_af af);
void sal_episode_end(struct sal_service *svc, enum sal_af af,
		     enum sal_hold_cause cause);

#endif /* _SAL_EPISODE_H */
