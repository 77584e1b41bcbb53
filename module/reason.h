/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reason.h - everything that is counted, and in words
 *
 * One line each: symbol, name that users see, whether the packet was dropped,
 * the sentence that explains it.
 */
#ifndef _SAL_REASON_H
#define _SAL_REASON_H

#define SAL_REASONS(X)							\
	X(FORWARD, "forward", 0,					\
	  "translated towards an endpoint")				\
	X(REVERSE, "reverse", 0,					\
	  "reply translated back to the address that the client asked")	\
	X(LATE, "late", 0,						\
	  "of these, replies of an endpoint that the flow has left")	\
	X(ERROR, "error", 0,						\
	  "ICMP error about a flow translated back for the client")	\
	X(FLOW_NEW, "flow-new", 0,					\
	  "packet that began a flow")					\
	X(FLOW_MAPPED, "flow-mapped", 0,				\
	  "of these, flows whose id clashed and was mapped")		\
	X(HELD, "held", 0,						\
	  "put into a hold queue, the service having no endpoint")	\
	X(RELEASED, "released", 0,					\
	  "left a hold queue for an endpoint")				\
	X(RELEASE_UNDRAINED, "release-undrained", 0,			\
	  "gate opened before the backlog was seen empty")		\
	X(EMPTY, "empty", 1,						\
	  "no usable endpoint, and nothing is held or its time is over")\
	X(HOLD_FULL, "hold-full", 1,					\
	  "the hold queue was at a bound of the service or the domain")	\
	X(HOLD_PURGED, "hold-purged", 1,				\
	  "held for a service or a member that was deleted")		\
	X(UNSUPPORTED, "unsupported", 1,				\
	  "for a VIP, but the service does not speak the protocol")	\
	X(FRAGMENT, "fragment", 1,					\
	  "fragment sent to a VIP")					\
	X(MALFORMED, "malformed", 1,					\
	  "headers too short or nonsense")				\
	X(FLOW_LIMIT, "flow-limit", 1,					\
	  "would have begun a flow, over the limit of the domain")	\
	X(CLASH, "clash", 1,						\
	  "would have begun a flow, but no free id was found")		\
	X(STALE, "stale", 1,						\
	  "reply of an endpoint that the flow has left for good")	\
	X(FENCED, "fenced", 1,						\
	  "ICMP error about an endpoint that the flow has left")	\
	X(NO_ROUTE, "no-route", 1,					\
	  "no route to the endpoint, or to the client for a reject")	\
	X(NO_MEMORY, "no-memory", 1,					\
	  "an allocation failed")					\
	X(NO_HOOK, "no-hook", 1,					\
	  "released after the member's hooks had gone")

#define SAL_REASON_ENUM(sym, name, drop, text)	SAL_R_##sym,

/**
 * enum sal_reason - a counter; see SAL_REASONS for what each means
 * @SAL_R_NUM: how many there are
 */
enum sal_reason {
	SAL_REASONS(SAL_REASON_ENUM)
	SAL_R_NUM,
};

#undef SAL_REASON_ENUM

#endif /* _SAL_REASON_H */
