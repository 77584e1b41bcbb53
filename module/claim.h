/* SPDX-License-Identifier: GPL-2.0 */
/*
 * claim.h - whose is a packet of an address that several endpoints have?
 *
 * Each of their services may have a flow with the packet's client and id. At
 * most one of those flows has sent something to that address under this id and
 * may still be answered: see sal_flow_arrive(). So a reply need not be guessed.
 */
#ifndef _SAL_CLAIM_H
#define _SAL_CLAIM_H

#include <linux/compiler.h>
#include <linux/types.h>

struct sal_flow;
struct sal_reverse;

/**
 * enum sal_claim - may what an endpoint sends be an answer to a flow?
 * @SAL_CLAIM_NONE: no, it has sent nothing there, or long ago
 * @SAL_CLAIM_MAYBE: it was there, in the grace time
 * @SAL_CLAIM_SURE: it is where it has sent to last
 */
enum sal_claim {
	SAL_CLAIM_NONE,
	SAL_CLAIM_MAYBE,
	SAL_CLAIM_SURE,
};

/**
 * struct sal_pick - the flow that a packet is taken for
 * @flow: which, or NULL
 * @rev: of the endpoint that the packet is of, or for
 * @claim: how sure that is, where there was a choice
 * @choice: there was one
 * @ambiguous: nobody can tell
 */
struct sal_pick {
	struct sal_flow *flow;
	struct sal_reverse *rev;
	enum sal_claim claim;
	bool choice;
	bool ambiguous;
};

/* RCU */
enum sal_claim sal_flow_claim(const struct sal_flow *f,
			      const struct sal_reverse *rev);

/* one more that it may be: the choice; RCU */
void sal_pick_between(struct sal_pick *pick, struct sal_flow *f,
		      struct sal_reverse *rev);

/* one that it may be; nearly always the only one. @f may be NULL. RCU. */
static inline void sal_pick_add(struct sal_pick *pick, struct sal_flow *f,
				struct sal_reverse *rev)
{
	if (!f)
		return;
	if (unlikely(pick->flow)) {
		sal_pick_between(pick, f, rev);
		return;
	}
	pick->flow = f;
	pick->rev = rev;
}

#endif /* _SAL_CLAIM_H */
