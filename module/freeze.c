// SPDX-License-Identifier: GPL-2.0
/*
 * freeze.c - services whose packets wait because somebody has said so
 *
 * Those that are frozen are in a list of their domain, which is short; one work for
 * each domain comes when the first of them is to thaw.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>

#include "compat.h"
#include "domain.h"
#include "events.h"
#include "freeze.h"
#include "guest.h"
#include "hold.h"
#include "net.h"
#include "service.h"

/* how often CPUs are looked at that have something to poll: some always have */
#define FREEZE_TRIES	200

static void freeze_arm(struct sal_domain *d)
{
	unsigned long delay = MAX_JIFFY_OFFSET;
	const struct sal_freeze *f;

	lockdep_assert_held(&sal_mutex);
	list_for_each_entry(f, &d->frozen, list) {
		if (time_before_eq(f->until, jiffies))
			delay = 0;
		else
			delay = min(delay, f->until - jiffies);
	}
	if (delay != MAX_JIFFY_OFFSET)
		mod_delayed_work(system_highpri_wq, &d->thaw, delay);
}

/* READ_ONCE: without the lock of the queue a number may be older than the other */
static void freeze_tell(const struct sal_service *svc, u8 cmd,
			enum sal_hold_cause cause, u32 ms)
{
	const struct sal_hold_news news = {
		.cmd	 = cmd,
		.cause	 = cause,
		.time	 = ms,
		.ns	 = ktime_get_ns() - svc->freeze->since,
		.packets = READ_ONCE(svc->hold.packets),
		.bytes	 = READ_ONCE(svc->hold.bytes),
	};

	sal_event_hold(svc, &news);
}

static void freeze_end(struct sal_service *svc, enum sal_hold_cause cause)
{
	freeze_tell(svc, SAL_CMD_HOLD_THAW_NTF, cause, 0);
	list_del(&svc->freeze->list);
	kfree(svc->freeze);
	sal_guest_uncharge(svc->domain, SAL_SHARE_TABLES,
			   sizeof(*svc->freeze));
	svc->freeze = NULL;
}

static int freeze_begin(struct sal_service *svc, struct netlink_ext_ack *extack)
{
	struct sal_domain *d = svc->domain;
	struct sal_freeze *f;
	int err;

	err = sal_guest_charge_object(d, sizeof(*f), extack);
	if (err)
		return err;
	f = kzalloc_obj(*f, GFP_KERNEL_ACCOUNT);
	if (!f) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, sizeof(*f));
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	f->svc = svc;
	f->since = ktime_get_ns();
	list_add_tail(&f->list, &d->frozen);
	svc->freeze = f;
	return 0;
}

int sal_freeze(struct sal_service *svc, u32 ms, enum sal_hold_cause cause,
	       struct netlink_ext_ack *extack)
{
	static u32 ticket;
	struct sal_domain *d = svc->domain;
	int err;

	lockdep_assert_held(&sal_mutex);
	if (!svc->conf.hold_packets || !svc->conf.hold_time) {
		NL_SET_ERR_MSG_FMT(extack, "service '%.40s' holds no packets",
				   svc->name);
		return -EOPNOTSUPP;
	}
	err = svc->freeze ? 0 : freeze_begin(svc, extack);
	if (err)
		return err;
	svc->freeze->until = jiffies + msecs_to_jiffies(ms);
	svc->freeze->ticket = ++ticket;
	freeze_tell(svc, SAL_CMD_HOLD_FREEZE_NTF, cause, ms);
	sal_hold_freeze(svc);
	freeze_arm(d);
	sal_domain_changed(d);
	sal_event_service(svc, SAL_CMD_SERVICE_SET_NTF);
	return 0;
}

bool sal_thaw(struct sal_service *svc, enum sal_hold_cause cause)
{
	lockdep_assert_held(&sal_mutex);
	if (!svc->freeze)
		return false;
	freeze_end(svc, cause);
	sal_hold_thaw(svc);
	sal_domain_changed(svc->domain);
	sal_event_service(svc, SAL_CMD_SERVICE_SET_NTF);
	return true;
}

u32 sal_freeze_left(const struct sal_service *svc)
{
	lockdep_assert_held(&sal_mutex);
	if (!svc->freeze)
		return 0;
	if (time_before_eq(svc->freeze->until, jiffies))
		return 1;
	return max(jiffies_to_msecs(svc->freeze->until - jiffies), 1U);
}

void sal_freeze_forget(struct sal_service *svc)
{
	lockdep_assert_held(&sal_mutex);
	if (svc->freeze)
		freeze_end(svc, SAL_HOLD_CAUSE_DELETED);
}

static bool freeze_polls(int cpu)
{
	return !list_empty_careful(&per_cpu(softnet_data, cpu).poll_list);
}

void sal_freeze_let_arrive(void)
{
	int tries = FREEZE_TRIES;
	int cpu;

	synchronize_rcu();
	for_each_online_cpu(cpu)
		for (; tries && freeze_polls(cpu); tries--)
			usleep_range(50, 100);
}

static void freeze_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, thaw);
	struct sal_freeze *f, *next;

	mutex_lock(&sal_mutex);
	list_for_each_entry_safe(f, next, &d->frozen, list)
		if (time_before_eq(f->until, jiffies))
			sal_thaw(f->svc, SAL_HOLD_CAUSE_TIME);
	freeze_arm(d);
	mutex_unlock(&sal_mutex);
}

void sal_freeze_init(struct sal_domain *d)
{
	INIT_LIST_HEAD(&d->frozen);
	INIT_DELAYED_WORK(&d->thaw, freeze_work);
}

void sal_freeze_exit(struct sal_domain *d)
{
	cancel_delayed_work_sync(&d->thaw);
}
