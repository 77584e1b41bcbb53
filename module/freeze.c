// SPDX-License-Identifier: GPL-2.0
/*
 * freeze.c - services whose packets wait because somebody has said so
 *
 * Those that are frozen are in a list of their domain, which is short; one work for
 * each domain comes when the first of them is to thaw.
 */
#include <linux/jiffies.h>
#include <linux/netlink.h>

#include "compat.h"
#include "domain.h"
#include "events.h"
#include "freeze.h"
#include "hold.h"
#include "net.h"
#include "service.h"

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

static void freeze_end(struct sal_service *svc)
{
	list_del(&svc->freeze->list);
	kfree(svc->freeze);
	svc->freeze = NULL;
}

int sal_freeze(struct sal_service *svc, u32 ms, struct netlink_ext_ack *extack)
{
	struct sal_domain *d = svc->domain;

	lockdep_assert_held(&sal_mutex);
	if (!svc->conf.hold_packets || !svc->conf.hold_time) {
		NL_SET_ERR_MSG_FMT(extack, "service '%.40s' holds no packets",
				   svc->name);
		return -EOPNOTSUPP;
	}
	if (!svc->freeze) {
		svc->freeze = kzalloc_obj(*svc->freeze, GFP_KERNEL_ACCOUNT);
		if (!svc->freeze) {
			NL_SET_ERR_MSG(extack, "out of memory");
			return -ENOMEM;
		}
		svc->freeze->svc = svc;
		list_add_tail(&svc->freeze->list, &d->frozen);
	}
	svc->freeze->until = jiffies + msecs_to_jiffies(ms);
	sal_hold_freeze(svc);
	freeze_arm(d);
	sal_domain_changed(d);
	sal_event_service(svc, SAL_CMD_SERVICE_SET_NTF);
	return 0;
}

bool sal_thaw(struct sal_service *svc)
{
	lockdep_assert_held(&sal_mutex);
	if (!svc->freeze)
		return false;
	freeze_end(svc);
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
		freeze_end(svc);
}

static void freeze_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, thaw);
	struct sal_freeze *f, *next;

	mutex_lock(&sal_mutex);
	list_for_each_entry_safe(f, next, &d->frozen, list)
		if (time_before_eq(f->until, jiffies))
			sal_thaw(f->svc);
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
