// SPDX-License-Identifier: GPL-2.0
/*
 * episode.c - what listeners are told of packets that wait
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/string.h>

#include "episode.h"
#include "events.h"
#include "hold.h"
#include "service.h"

/* of losses */
static const enum sal_hold_cause fate_cause[SAL_FATE_NUM] = {
	[SAL_FATE_EXPIRED]	= SAL_HOLD_CAUSE_EXPIRED,
	[SAL_FATE_EVICTED]	= SAL_HOLD_CAUSE_EVICTED,
	[SAL_FATE_REFUSED]	= SAL_HOLD_CAUSE_REFUSED,
	[SAL_FATE_PURGED]	= SAL_HOLD_CAUSE_PURGED,
};

static void episode_tell(struct sal_service *svc, enum sal_af af, u8 cmd,
			 enum sal_hold_cause cause, u64 now)
{
	const struct sal_episode *e = &svc->hold.q->episode[af];
	const struct sal_hold_news news = {
		.cmd	 = cmd,
		.cause	 = cause,
		.family	 = af == SAL_V4 ? 4 : 6,
		.ns	 = now - e->begin,
		.episode = cmd == SAL_CMD_HOLD_BEGIN_NTF ? NULL : e,
		.packets = svc->hold.packets,
		.bytes	 = svc->hold.bytes,
	};

	sal_event_hold(svc, &news);
}

/* what waits for the answer to an upcall is told of as a miss */
void sal_episode_begin(struct sal_service *svc, enum sal_af af,
		       enum sal_hold_cause cause)
{
	struct sal_episode *e = &svc->hold.q->episode[af];

	lockdep_assert_held(&svc->hold.lock);
	if (e->begin || svc->asks)
		return;
	memset(e, 0, sizeof(*e));
	svc->hold.q->untold[af] = 0;
	e->begin = ktime_get_ns();
	episode_tell(svc, af, SAL_CMD_HOLD_BEGIN_NTF, cause, e->begin);
}

void sal_episode_count(struct sal_service *svc, enum sal_af af,
		       enum sal_fate fate, u32 bytes)
{
	struct sal_episode *e = &svc->hold.q->episode[af];

	lockdep_assert_held(&svc->hold.lock);
	if (!e->begin)
		return;
	e->packets[fate]++;
	if (fate == SAL_FATE_RELEASED) {
		e->bytes += bytes;
		return;
	}
	svc->hold.q->untold[af] = fate;
	sal_episode_due(svc, af);
}

unsigned long sal_episode_due(struct sal_service *svc, enum sal_af af)
{
	struct sal_hold_queue *q = svc->hold.q;
	struct sal_episode *e = &q->episode[af];
	u32 now = jiffies;

	lockdep_assert_held(&svc->hold.lock);
	if (!e->begin || !q->untold[af])
		return MAX_JIFFY_OFFSET;
	if (e->told && now - e->told < HZ)
		return HZ - (now - e->told);
	e->told = now ?: 1;
	episode_tell(svc, af, SAL_CMD_HOLD_DROP_NTF,
		     fate_cause[q->untold[af]], ktime_get_ns());
	q->untold[af] = 0;
	return MAX_JIFFY_OFFSET;
}

void sal_episode_end(struct sal_service *svc, enum sal_af af,
		     enum sal_hold_cause cause)
{
	struct sal_episode *e = &svc->hold.q->episode[af];

	lockdep_assert_held(&svc->hold.lock);
	if (!e->begin)
		return;
	episode_tell(svc, af, SAL_CMD_HOLD_END_NTF, cause, ktime_get_ns());
	e->begin = 0;
}
