/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flow_saved.h - flows that were there before, and are to go on
 */
#ifndef _SAL_FLOW_SAVED_H
#define _SAL_FLOW_SAVED_H

#include "flow.h"
#include "traffic.h"

/**
 * struct sal_flow_saved - all that is to be known of a flow
 * @conv: the conversation as its client sees it
 * @peer: who the client is to endpoints
 * @id: port or echo id that they see
 * @port: port of the service
 * @kind: enum sal_flow_kind; not a past one
 * @marks: enum sal_flow_mark bits
 * @idle: seconds since the last packet
 * @ep: the endpoint that it was with, or NULL
 * @told: what was decided for @ep
 * @has_told: @told counts
 * @told_before: and was for another endpoint, or when its client was elsewhere
 * @acct: it counts what it carries
 * @carried: what it has carried, where it counts
 */
struct sal_flow_saved {
	struct sal_conv conv;
	struct in6_addr peer;
	__be16 id;
	__be16 port;
	enum sal_flow_kind kind;
	u32 marks;
	u32 idle;
	const struct sal_endpoint *ep;
	enum sal_told told;
	bool has_told;
	bool told_before;
	bool acct;
	struct sal_traffic_sum carried;
};

/**
 * sal_flow_restore() - make a flow as it was
 * @m: the member that translates it; or nobody, of number 0, as its client is not
 *	there
 * @svc: the service
 * @was: the flow
 * @cell: what it is bound to; takes over the reference
 *
 * Nothing is looked for: neither an endpoint nor an id. RCU and sal_mutex.
 *
 * Return: 0, EEXIST where there is one of that client and ports, ENOSPC at the limit
 * of flows, ENOMEM.
 */
int sal_flow_restore(const struct sal_member *m, struct sal_service *svc,
		     const struct sal_flow_saved *was, struct sal_cell *cell);

#endif /* _SAL_FLOW_SAVED_H */
