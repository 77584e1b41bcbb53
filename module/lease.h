/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lease.h - endpoints that are usable only as long as somebody says so
 *
 * A lease is a time. When it has passed since the lease was given or renewed,
 * the endpoint has a fault for all its families, as one whose device fails has;
 * a renewal takes that away.
 */
#ifndef _SAL_LEASE_H
#define _SAL_LEASE_H

#include <linux/timerqueue.h>
#include <linux/workqueue.h>

struct sal_domain;
struct sal_endpoint;

/**
 * struct sal_leases - the leases of a domain that run
 * @queue: by the time when they expire, through &sal_lease.node. sal_lock.
 * @armed: when @work is to come, KTIME_MAX where it is not. sal_lock.
 * @work: lets endpoints fail whose time has passed
 */
struct sal_leases {
	struct timerqueue_head queue;
	ktime_t armed;
	struct delayed_work work;
};

/**
 * struct sal_lease - the lease of an endpoint
 * @node: in &sal_leases.queue while it runs; when it expires, by ktime_get().
 *	sal_lock.
 * @expired: it has. Written under sal_lock, read without.
 * @time: how long it lasts, in ms; 0 for none. Written under sal_mutex, read by
 *	events without.
 * @want: planned: likewise. sal_mutex.
 * @start: planned: it begins anew. sal_mutex.
 */
struct sal_lease {
	struct timerqueue_node node;
	bool expired;
	u32 time;
	u32 want;
	bool start;
};

void sal_leases_init(struct sal_domain *d);
/* its endpoints have gone; waits for the work, which takes sal_lock alone */
void sal_leases_exit(struct sal_domain *d);

void sal_lease_init(struct sal_endpoint *ep, u32 ms);

/**
 * sal_lease_renew() - begin the time anew
 * @ep: endpoint that has a lease, and nothing planned for it; sal_mutex
 *
 * What somebody does all the time: it costs a place in a queue.
 *
 * Return: false where it has expired, and nothing was done: then a change of
 * the endpoint is to be planned, as it becomes usable.
 */
bool sal_lease_renew(struct sal_endpoint *ep);

/* has it expired, and will it still have when what is planned is done?
 * sal_mutex and sal_lock
 */
bool sal_lease_fails(const struct sal_endpoint *ep);

/* what is planned is done, or is void; sal_mutex */
void sal_lease_apply(struct sal_endpoint *ep);
void sal_lease_settle(struct sal_endpoint *ep);

/* it is over, as its endpoint is; sal_lock */
void sal_lease_end(struct sal_endpoint *ep);

/* how many ms are left, 0 where it has expired */
u32 sal_lease_left(const struct sal_endpoint *ep);

#endif /* _SAL_LEASE_H */
