// SPDX-License-Identifier: GPL-2.0
/*
 * flow_next.c - flows that clash at an address, one of which goes on as another
 *
 * As it goes to an endpoint whose address is that of another service's, too, its id
 * may be another's there. It goes on in another flow then, with an id that is free,
 * and is *past*: there for late replies.
 */
#include "acct.h"
#include "cell.h"
#include "domain.h"
#include "events.h"
#include "flow.h"
#include "flow_table.h"
#include "guest.h"
#include "member.h"
#include "revtable.h"
#include "service.h"
#include "stats.h"
#include "track.h"

/* how often a flow is mapped anew, as its id is taken in the same moment */
#define ARRIVE_TRIES		4

/*
 * Two flows that come to one address at once: each says so and then looks for
 * the other (and so does a new endpoint: it is in the reverse table before any
 * flow comes). Who comes second, or both, find that they are not alone. The
 * look beforehand spares most of them from saying what they take back.
 */
static bool flow_comes_to(struct sal_domain *d, struct sal_flow *f,
			  const struct sal_reverse *rev)
{
	if (sal_flow_is_taken(d, f, rev))
		return false;
	WRITE_ONCE(f->at, rev->num);
	/* pairs with itself on another CPU */
	smp_mb();
	return !sal_flow_is_taken(d, f, rev);
}

/* what goes on in the place of a flow: but for its id the same */
static struct sal_flow *flow_successor(const struct sal_member *m,
				       const struct sal_flow *f,
				       const struct sal_conv *conv)
{
	struct sal_cell *cell = rcu_dereference(f->cell);
	struct sal_domain *d = m->domain;
	bool acct = sal_acct_has(f);
	struct sal_flow *next;

	if (!sal_guest_charge(d, SAL_SHARE_TABLES, sal_flow_share(acct)))
		return ERR_PTR(-ENOSPC);
	if (!sal_cell_get(cell)) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES, sal_flow_share(acct));
		return ERR_PTR(-EAGAIN);
	}
	/* the conversation has begun: no limit of the domain's ends it */
	atomic_inc(&d->n_flows);
	next = sal_flow_begin(m, cell->svc, conv, cell, acct);
	if (!next)
		return ERR_PTR(-ENOMEM);
	next->key = f->key;
	next->told = READ_ONCE(f->told);
	atomic_set(&next->marks, atomic_read(&f->marks) & ~SAL_MARKS_END);
	return next;
}

static int flow_link_successor(struct sal_domain *d, struct sal_flow *f,
			       struct sal_flow *next)
{
	int err;

	if (!f->alt)
		return sal_flow_link_mapped(d, next);
	err = sal_flow_link_free_id(d, next);
	if (err)
		return err;
	err = rhashtable_replace_fast(&d->alts, &f->alt->node,
				      &next->alt->node, sal_alt_params);
	if (err)
		sal_flow_unlink(d, next);
	return err;
}

/* it stays what it is; whoever has removed it meanwhile has left that to us to tell */
void sal_flow_keep(struct sal_domain *d, struct sal_flow *f)
{
	if (atomic_fetch_andnot(SAL_MARK_PASSED_ON, &f->marks) &
	    SAL_MARK_REMOVED)
		sal_event_flow(d, f, SAL_CMD_FLOW_DEL_NTF);
}

/*
 * A request may have moved it, and not its cell, since that was looked at. It does so
 * under the lock, and next finds the other one.
 */
static bool flow_bind_as(struct sal_flow *next, const struct sal_flow *f)
{
	struct sal_cell *cell = rcu_dereference(f->cell);
	struct sal_cell *old = rcu_dereference(next->cell);

	if (likely(cell == old))
		return true;
	if (!sal_cell_get(cell))
		return false;
	rcu_assign_pointer(next->cell, cell);
	sal_cell_put(old);
	return true;
}

/* under the lock: -EALREADY and -ENOENT as flow_hand_over() has them */
static int flow_pass_on(struct sal_domain *d, struct sal_flow *f,
			struct sal_flow *next)
{
	int err;

	lockdep_assert_held(&d->alt_lock);
	if (f->kind != SAL_FLOW_SERVICE)
		return -EALREADY;
	if (!flow_bind_as(next, f))
		return -ENOENT;
	if (atomic_fetch_or(SAL_MARK_PASSED_ON, &f->marks) & SAL_MARK_REMOVED)
		return -ENOENT;
	err = flow_link_successor(d, f, next);
	if (err && err != -EEXIST) {
		sal_flow_keep(d, f);
		return err;
	}
	/* its grace time begins */
	sal_flow_touch(f);
	/* pairs with sal_flow_lookup_as() */
	smp_store_release(&f->kind, SAL_FLOW_PAST);
	atomic_dec(&sal_flow_service(f)->n_flows);
	return err;
}

/*
 * The client's packets find one or the other: the new flow is there before the
 * old one is past. EEXIST: it is past, but another one was there for it already.
 * EALREADY: somebody else did it. ENOENT: it was removed.
 */
static int flow_hand_over(const struct sal_member *m, struct sal_flow *f,
			  struct sal_flow *next, const struct sal_conv *conv)
{
	struct sal_domain *d = m->domain;
	int err;

	next->alt = sal_flow_alloc_alt(m, conv, next);
	if (!next->alt)
		return -ENOMEM;
	spin_lock_bh(&d->alt_lock);
	err = flow_pass_on(d, f, next);
	spin_unlock_bh(&d->alt_lock);
	return err;
}

struct sal_flow *sal_flow_next(const struct sal_member *m,
			       const struct sal_flow *f)
{
	const struct sal_conv conv = sal_flow_conv(f);
	struct sal_flow *next;

	next = sal_flow_lookup_alt(m, &conv);
	return next && next->key.svc == f->key.svc ? next : NULL;
}

static struct sal_flow *flow_remap(const struct sal_member *m,
				   struct sal_flow *f)
{
	const struct sal_conv conv = sal_flow_conv(f);
	struct sal_domain *d = m->domain;
	struct sal_flow *next;
	int err;

	next = flow_successor(m, f, &conv);
	if (IS_ERR(next))
		return next;
	err = flow_hand_over(m, f, next, &conv);
	if (!err || err == -EEXIST) {
		sal_acct_pass_on(m, f);
		sal_event_flow(d, f, SAL_CMD_FLOW_DEL_NTF);
	}
	if (!err) {
		sal_count(d, SAL_R_FLOW_REMAPPED);
		sal_event_flow(d, next, SAL_CMD_FLOW_ADD_NTF);
		return next;
	}
	/* perhaps it was in a table for a moment */
	sal_flow_end(d, next);
	if (err == -EADDRINUSE)
		return ERR_PTR(err);
	if (err != -EEXIST && err != -EALREADY && err != -ENOENT)
		return ERR_PTR(-ENOMEM);
	return sal_flow_next(m, f) ?: ERR_PTR(-EAGAIN);
}

struct sal_flow *sal_flow_arrive(const struct sal_member *m,
				 struct sal_flow *f,
				 const struct sal_reverse *rev)
{
	int tries = ARRIVE_TRIES;

	while (unlikely(!flow_comes_to(m->domain, f, rev))) {
		if (!tries--)
			return ERR_PTR(-EADDRINUSE);
		f = flow_remap(m, f);
		if (IS_ERR(f))
			break;
	}
	return f;
}
