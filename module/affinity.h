/* SPDX-License-Identifier: GPL-2.0 */
/*
 * affinity.h - clients that keep their endpoint from one flow to the next
 *
 * Where a service has an affinity time, a client's new flow goes to the endpoint
 * that its latest one is, or was, with, until that was idle for so long: wherever
 * the flow has moved meanwhile, and as long as that endpoint takes new flows.
 *
 * One entry for each client address and service, made with a flow. What nobody has
 * answered may be from anybody, so such an entry lives no longer than a flow of its
 * kind; and there are no more of them than the domain may have flows.
 */
#ifndef _SAL_AFFINITY_H
#define _SAL_AFFINITY_H

/* Seconds. What is shorter might be over before the collector has met all flows in turns, see
 * flow_gc.c, so it meets all of them at once.
 */
#define SAL_AFFINITY_SHORT	20

struct sal_conv;
struct sal_domain;
struct sal_endpoint;
struct sal_flow;
struct sal_service;

/* the endpoint that the client keeps, or NULL; RCU */
struct sal_endpoint *sal_affinity_pick(struct sal_service *svc,
				       const struct sal_conv *conv);

/* a flow has begun; RCU */
void sal_affinity_note(struct sal_service *svc, const struct sal_flow *f);

/* a request has moved the flows of an endpoint to another; sal_mutex */
void sal_affinity_moved(struct sal_endpoint *from,
			const struct sal_endpoint *to);

/* for the collector: a flow goes on, or is over; RCU. And what is over here goes. */
void sal_affinity_keep(const struct sal_flow *f);
void sal_affinity_ended(const struct sal_flow *f);
void sal_affinity_collect(struct sal_domain *d);

int sal_affinity_init(struct sal_domain *d);
/* no reader is left */
void sal_affinity_destroy(struct sal_domain *d);

#endif /* _SAL_AFFINITY_H */
