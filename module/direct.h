/* SPDX-License-Identifier: GPL-2.0 */
/*
 * direct.h - conversations with endpoints' own addresses
 */
#ifndef _SAL_DIRECT_H
#define _SAL_DIRECT_H

#include <linux/types.h>

struct sal_conv;
struct sal_domain;
struct sal_flow;
struct sal_member;
struct sal_service;

/* a power of two, of so many slots of 4 bytes each */
#define SAL_DIRECT_SETS		256
#define SAL_DIRECT_WAYS		4

/**
 * struct sal_direct - conversations with endpoints' own addresses
 * @seed: so that nobody can choose who forgets whom
 * @slots: a conversation's mark and when it was seen last; it has a set by its
 *	hash, and any slot in there
 *
 * They are not translated and have no flow. But a reply may be under way when
 * the client begins a flow by the same id with a service at that address, and
 * would be taken for the flow's. So it is remembered for a while that there was
 * one; the flow then gets another id.
 *
 * In a set the newest stay, and of those of one time the first: of some hundred a
 * few are forgotten. To forget one, or to take another for it, is not
 * wrong: the former costs a reply that is under way, the latter a flow's own id.
 * Written by the data path without a lock, and each slot at most once in 4 s,
 * however many want it: CPUs do not take it from each other.
 */
struct sal_direct {
	u32 seed;
	u32 slots[SAL_DIRECT_SETS][SAL_DIRECT_WAYS];
};

void sal_direct_init(struct sal_domain *d);

/* a packet to an address of an endpoint of @svc; its port is the service's, of
 * which the endpoint may have it by another number; RCU
 */
void sal_direct_note(const struct sal_member *m, const struct sal_service *svc,
		     const struct sal_conv *conv);

/* was there one with an endpoint of @svc that this is the answer of? RCU */
bool sal_direct_is_answer(const struct sal_member *m,
			  const struct sal_service *svc,
			  const struct sal_conv *conv);

/* was there one by the client and the id that endpoints see of a flow? RCU */
bool sal_direct_lately(struct sal_domain *d, const struct sal_flow *f);

#endif /* _SAL_DIRECT_H */
