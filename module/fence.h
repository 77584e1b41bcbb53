/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fence.h - telling listeners what was fenced off
 *
 * One event for each service and endpoint in a tenth of a second, with counts, so that
 * a flood of packets is no flood of events.
 */
#ifndef _SAL_FENCE_H
#define _SAL_FENCE_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <uapi/linux/sal.h>

struct sal_domain;
struct sal_endpoint;
struct sal_service;

/**
 * enum sal_fenced - what was fenced off
 * @SAL_FENCED_RESET: a RST, or a FIN of a connection that goes on elsewhere
 * @SAL_FENCED_ERROR: an ICMP error
 * @SAL_FENCED_LATE: a late reply, where the service says so
 * @SAL_FENCED_NUM: how many
 */
enum sal_fenced {
	SAL_FENCED_RESET,
	SAL_FENCED_ERROR,
	SAL_FENCED_LATE,
	SAL_FENCED_NUM,
};

/* pairs of service and endpoint that are told of in one tenth of a second */
#define SAL_FENCES	8

/**
 * struct sal_fence - what was fenced off and not yet told
 * @svc: the service; holds a reference
 * @ep: number of the endpoint, which may have gone
 * @packets: by enum sal_fenced
 * @name: the endpoint's
 */
struct sal_fence {
	struct sal_service *svc;
	u32 ep;
	u32 packets[SAL_FENCED_NUM];
	char name[SAL_LABEL_MAX + 1];
};

/**
 * struct sal_fences - likewise, of a domain
 * @lock: guards the others
 * @work: tells
 * @n: how many of @fence are used
 * @fence: the oldest first
 */
struct sal_fences {
	spinlock_t lock;	/* the others */
	struct delayed_work work;
	unsigned int n;
	struct sal_fence fence[SAL_FENCES];
};

/* a packet of an endpoint is dropped; RCU */
void sal_fence_note(struct sal_service *svc, const struct sal_endpoint *ep,
		    enum sal_fenced what);

void sal_fences_init(struct sal_domain *d);
/* no packet is left; may sleep */
void sal_fences_exit(struct sal_domain *d);

#endif /* _SAL_FENCE_H */
