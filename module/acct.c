// SPDX-License-Identifier: GPL-2.0
/*
 * acct.c - what a flow has carried, where that is counted
 *
 * Any CPU may count for a flow, and most flows are few packets: so the counters
 * are atomic and not per CPU, which would be as large as the flow on each.
 */
#include "acct.h"
#include "member.h"

static struct sal_acct *acct_of(struct sal_flow *f)
{
	return container_of(f, struct sal_flow_acct, flow)->carried;
}

void sal_acct_add(const struct sal_member *m, struct sal_flow *f,
		  enum sal_direction dir, unsigned int bytes)
{
	struct sal_acct *carried = &acct_of(f)[dir];

	atomic64_inc(&carried->packets);
	atomic64_add(bytes, &carried->bytes);
	/*
	 * Has it become a past one meanwhile? Either this is seen here, or the
	 * xchg in acct_move() sees what was just added.
	 */
	smp_mb__after_atomic();
	if (unlikely(READ_ONCE(f->kind) >= SAL_FLOW_PAST))
		sal_acct_pass_on(m, f);
}

static void acct_move(struct sal_acct *from, struct sal_acct *to)
{
	int dir;

	for (dir = 0; dir < SAL_DIRECTIONS; dir++) {
		atomic64_add(atomic64_xchg(&from[dir].packets, 0),
			     &to[dir].packets);
		atomic64_add(atomic64_xchg(&from[dir].bytes, 0),
			     &to[dir].bytes);
	}
	/* as in sal_acct_add(): @to may be the next one to be past */
	smp_mb__after_atomic();
}

void sal_acct_pass_on(const struct sal_member *m, struct sal_flow *f)
{
	struct sal_flow *next;

	while (sal_acct_has(f) && READ_ONCE(f->kind) >= SAL_FLOW_PAST) {
		next = READ_ONCE(f->kind) == SAL_FLOW_PAST ?
		       sal_flow_next(m, f) : sal_flow_moved_to(m->domain, f);
		if (!next || !sal_acct_has(next))
			return;
		acct_move(acct_of(f), acct_of(next));
		f = next;
	}
}

void sal_acct_read(const struct sal_flow *f, struct sal_traffic_sum *sum)
{
	const struct sal_acct *carried = acct_of((struct sal_flow *)f);
	int dir;

	for (dir = 0; dir < SAL_DIRECTIONS; dir++) {
		sum->packets[dir] = atomic64_read(&carried[dir].packets);
		sum->bytes[dir] = atomic64_read(&carried[dir].bytes);
	}
}

void sal_acct_set(struct sal_flow *f, const struct sal_traffic_sum *sum)
{
	struct sal_acct *carried = acct_of(f);
	int dir;

	for (dir = 0; dir < SAL_DIRECTIONS; dir++) {
		atomic64_set(&carried[dir].packets, sum->packets[dir]);
		atomic64_set(&carried[dir].bytes, sum->bytes[dir]);
	}
}
