// SPDX-License-Identifier: GPL-2.0
/*
 * claim.c - whose is a packet of an address that several endpoints have?
 */
#include "addr.h"
#include "cell.h"
#include "claim.h"
#include "endpoint.h"
#include "flow.h"
#include "revtable.h"

/*
 * Where it is bound to does not matter: who has only just been moved there has
 * sent nothing yet, and takes another id before it does; who has just been moved
 * away is who is answered.
 */
enum sal_claim sal_flow_claim(const struct sal_flow *f,
			      const struct sal_reverse *rev)
{
	u8 kind = READ_ONCE(f->kind);

	if (kind == SAL_FLOW_DIRECT)
		return ipv6_addr_equal(&f->vip, &rev->addr) ? SAL_CLAIM_SURE :
							      SAL_CLAIM_NONE;
	if (READ_ONCE(f->at) == rev->num)
		return kind != SAL_FLOW_PAST ? SAL_CLAIM_SURE :
					       SAL_CLAIM_MAYBE;
	return sal_cell_was(rcu_dereference(f->cell), rev->ep->id) ?
	       SAL_CLAIM_MAYBE : SAL_CLAIM_NONE;
}

void sal_pick_between(struct sal_pick *pick, struct sal_flow *f,
		      struct sal_reverse *rev)
{
	enum sal_claim claim = sal_flow_claim(f, rev);

	if (!pick->choice) {
		pick->choice = true;
		pick->claim = sal_flow_claim(pick->flow, pick->rev);
	}
	if (claim > pick->claim) {
		pick->flow = f;
		pick->rev = rev;
		pick->claim = claim;
		pick->ambiguous = false;
	} else if (claim == pick->claim) {
		pick->ambiguous = claim != SAL_CLAIM_NONE;
	}
}
