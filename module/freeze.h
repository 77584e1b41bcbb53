/* SPDX-License-Identifier: GPL-2.0 */
/*
 * freeze.h - services whose packets wait because somebody has said so
 *
 * While a service is frozen its gates are closed, whatever endpoints it has, so that
 * their state can be moved and no packet meets half of it. It thaws by a request, or
 * when its time is over.
 */
#ifndef _SAL_FREEZE_H
#define _SAL_FREEZE_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <uapi/linux/sal.h>

struct netlink_ext_ack;
struct sal_domain;
struct sal_service;

/**
 * struct sal_freeze - a service is frozen; sal_mutex
 * @list: in &sal_domain.frozen
 * @svc: the service; takes it along as it is deleted
 * @until: jiffies
 * @since: in ns
 * @ticket: whose it is: of who has frozen it last
 */
struct sal_freeze {
	struct list_head list;
	struct sal_service *svc;
	unsigned long until;
	u64 since;
	u32 ticket;
};

/**
 * sal_freeze() - let packets of a service wait
 * @svc: service; one that is frozen is so for the new time
 * @ms: for how long at most
 * @cause: why
 * @extack: what is wrong
 *
 * What has passed the gate before is on its way to endpoints yet until an RCU grace
 * period is over. sal_mutex.
 *
 * Return: 0, EOPNOTSUPP for a service that holds nothing, ENOSPC over the share of
 * guests, or ENOMEM.
 */
int sal_freeze(struct sal_service *svc, u32 ms, enum sal_hold_cause cause,
	       struct netlink_ext_ack *extack);

/* packets go on, where there is an endpoint; false where it was not frozen. sal_mutex */
bool sal_thaw(struct sal_service *svc, enum sal_hold_cause cause);

/*
 * What has passed the gates before a service was frozen is received by then, as far as
 * it is on no wire: who has seen them open has left us, and CPUs have nothing to poll.
 * May sleep; without sal_mutex.
 */
void sal_freeze_let_arrive(void);

/* ms that are left, 0 where it is not frozen, else at least 1; sal_mutex */
u32 sal_freeze_left(const struct sal_service *svc);

/* it is deleted: nothing thaws it any more; sal_mutex */
void sal_freeze_forget(struct sal_service *svc);

void sal_freeze_init(struct sal_domain *d);
/* no service is left; may sleep, without sal_mutex */
void sal_freeze_exit(struct sal_domain *d);

#endif /* _SAL_FREEZE_H */
