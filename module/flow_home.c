// SPDX-License-Identifier: GPL-2.0
/*
 * flow_home.c - flows whose client is elsewhere: another takes the place of each
 *
 * Which, and when, is for home.c to say.
 */
#include "acct.h"
#include "cell.h"
#include "domain.h"
#include "events.h"
#include "flow.h"
#include "flow_table.h"
#include "guest.h"
#include "member.h"
#include "net.h"
#include "service.h"
#include "stats.h"
#include "track.h"

struct sal_flow *sal_flow_moved_to(struct sal_domain *d,
				   const struct sal_flow *f)
{
	return rhashtable_lookup(&d->flows, &f->key, sal_flow_params);
}

static u32 flow_marks(const struct sal_flow *f)
{
	return atomic_read(&f->marks) & ~SAL_MARKS_END;
}

/* who tells of it is another one where it is in other hooks, but the name is known */
static u32 flow_told_of(const struct sal_flow *next, const struct sal_flow *f)
{
	u32 told = READ_ONCE(f->told);

	return !told || next->place == f->place ?
	       told : sal_flow_told(SAL_ENDPOINT_NOBODY, told & 3);
}

/* the same but for where its client is; without a cell yet */
static struct sal_flow *flow_twin(struct sal_domain *d,
				  const struct sal_flow *f,
				  const struct sal_home *home)
{
	struct sal_flow *next = sal_flow_zalloc(d, sal_acct_has(f));

	if (!next)
		return NULL;
	next->key = f->key;
	next->vip = f->vip;
	next->cid = f->cid;
	next->id = f->id;
	next->client = home->addr;
	next->member = home->member;
	next->place = home->place;
	next->seen = READ_ONCE(f->seen);
	next->at = READ_ONCE(f->at);
	next->told = flow_told_of(next, f);
	/* it is in the table before it is told of */
	atomic_set(&next->marks, flow_marks(f) | SAL_MARK_PASSED_ON);
	return next;
}

/* does its client there find another one by the entry that it is to have? */
static bool flow_has_rival(const struct sal_flow *next,
			   const struct sal_flow *own)
{
	return next->alt && own && own->alt;
}

static int flow_link_twin_alt(struct sal_domain *d, struct sal_flow *next,
			      struct sal_flow *own)
{
	if (!next->alt)
		return 0;
	if (flow_has_rival(next, own))
		return rhashtable_replace_fast(&d->alts, &own->alt->node,
					       &next->alt->node, sal_alt_params);
	return rhashtable_lookup_insert_fast(&d->alts, &next->alt->node,
					     sal_alt_params);
}

static void flow_unlink_alt(struct sal_domain *d, struct sal_flow *f)
{
	if (f->alt)
		rhashtable_remove_fast(&d->alts, &f->alt->node, sal_alt_params);
}

static void flow_unlink_twin_alt(struct sal_domain *d, struct sal_flow *next,
				 struct sal_flow *own)
{
	if (flow_has_rival(next, own))
		rhashtable_replace_fast(&d->alts, &next->alt->node,
					&own->alt->node, sal_alt_params);
	else
		flow_unlink_alt(d, next);
}

/*
 * Under sal_lock, so that nobody binds @f to another cell meanwhile. Where @next
 * has a cell afterwards it may have been seen.
 */
static int flow_take_place(struct sal_domain *d, struct sal_flow *f,
			   struct sal_flow *next, struct sal_flow *own)
{
	struct sal_cell *cell;
	int err;

	lockdep_assert_held(&d->alt_lock);
	lockdep_assert_held(&sal_lock);
	if (f->kind != SAL_FLOW_SERVICE)
		return -EAGAIN;
	cell = rcu_dereference_protected(f->cell, true);
	if (!sal_cell_get(cell))
		return -EAGAIN;
	RCU_INIT_POINTER(next->cell, cell);
	atomic64_inc(&d->flows_created);
	atomic_inc(&d->n_flows);
	err = flow_link_twin_alt(d, next, own);
	if (err)
		return err;
	err = rhashtable_replace_fast(&d->flows, &f->node, &next->node,
				      sal_flow_params);
	if (err) {
		flow_unlink_twin_alt(d, next, own);
		return err == -ENOENT ? -EAGAIN : err;
	}
	/* who counts for it from now on passes that on */
	smp_store_release(&f->kind, SAL_FLOW_MOVED);
	flow_unlink_alt(d, f);
	return 0;
}

/* what the client has begun there itself: only late replies find it from now on */
static void flow_yield(struct sal_domain *d, struct sal_flow *f,
		       const struct sal_flow *next)
{
	lockdep_assert_held(&d->alt_lock);
	if (f->kind != SAL_FLOW_SERVICE)
		return;
	if (flow_has_rival(next, f) ||
	    (f->alt && !rhashtable_remove_fast(&d->alts, &f->alt->node,
					       sal_alt_params)))
		atomic_dec(&d->n_alts);
	/* its grace time begins */
	sal_flow_touch(f);
	/* pairs with sal_flow_lookup_as() */
	smp_store_release(&f->kind, SAL_FLOW_PAST);
	atomic_dec(&sal_flow_service(f)->n_flows);
}

/* is the entry that it is to have another's, which does not yield to it? */
static bool flow_alt_is_taken(const struct sal_member *m,
			      const struct sal_flow *next,
			      const struct sal_flow *own,
			      const struct sal_conv *conv)
{
	return next->alt && !flow_has_rival(next, own) &&
	       sal_flow_lookup_alt(m, conv);
}

static int flow_replace(const struct sal_member *m, struct sal_flow *f,
			struct sal_flow *next, const struct sal_conv *conv)
{
	const struct sal_service *svc = sal_flow_service(f);
	struct sal_domain *d = m->domain;
	struct sal_flow *own;
	enum sal_peer is;
	int err = -EEXIST;

	spin_lock_bh(&d->alt_lock);
	own = sal_flow_lookup_as(m, svc, conv, &is);
	if (own == f)
		own = NULL;
	if (likely(!flow_alt_is_taken(m, next, own, conv))) {
		spin_lock(&sal_lock);
		err = flow_take_place(d, f, next, own);
		spin_unlock(&sal_lock);
	}
	if (!err && unlikely(own))
		flow_yield(d, own, next);
	spin_unlock_bh(&d->alt_lock);
	return err;
}

/* the VIP was another service's, with which the client has a flow yet: that is over */
static int flow_replace_stale(const struct sal_member *m, struct sal_flow *f,
			      struct sal_flow *next, const struct sal_conv *conv)
{
	struct sal_flow *old = sal_flow_lookup_alt(m, conv);

	if (old && old->key.svc != f->key.svc)
		sal_flow_remove(m->domain, old);
	return flow_replace(m, f, next, conv);
}

/* nobody has seen it where it has no cell */
static void flow_drop_twin(struct sal_domain *d, struct sal_flow *next)
{
	if (rcu_access_pointer(next->cell)) {
		next->kind = SAL_FLOW_MOVED;
		sal_flow_end(d, next);
		return;
	}
	sal_guest_uncharge(d, SAL_SHARE_TABLES, sal_flow_share(sal_acct_has(next)));
	sal_flow_free(next);
}

static void flow_told_moved(struct sal_domain *d, const struct sal_member *m,
			    struct sal_flow *f, struct sal_flow *next)
{
	/* what packets have done to the other one meanwhile */
	atomic_or(flow_marks(f), &next->marks);
	if (!READ_ONCE(next->told))
		WRITE_ONCE(next->told, flow_told_of(next, f));
	sal_acct_pass_on(m, f);
	sal_count(d, SAL_R_FLOW_REHOMED);
	sal_event_flow(d, f, SAL_CMD_FLOW_DEL_NTF);
	sal_event_flow(d, next, SAL_CMD_FLOW_ADD_NTF);
	/* whoever has removed it has left that to us to tell */
	sal_flow_keep(d, next);
	sal_flow_end(d, f);
}

struct sal_flow *sal_flow_rehome(struct sal_domain *d, struct sal_flow *f,
				 const struct sal_home *home)
{
	const struct sal_member *m = xa_load(&d->members, home->member);
	struct sal_conv conv = sal_flow_conv(f);
	struct sal_flow *next;
	int err;

	if (!m)
		return ERR_PTR(-EAGAIN);
	conv.client = home->addr;
	conv.place = home->place;
	if (!sal_guest_charge(d, SAL_SHARE_TABLES,
			      sal_flow_share(sal_acct_has(f))))
		return ERR_PTR(-ENOSPC);
	next = flow_twin(d, f, home);
	if (!next) {
		sal_guest_uncharge(d, SAL_SHARE_TABLES,
				   sal_flow_share(sal_acct_has(f)));
		return ERR_PTR(-ENOMEM);
	}
	if (f->alt)
		next->alt = sal_flow_alloc_alt(m, &conv, next);
	err = f->alt && !next->alt ? -ENOMEM :
				     flow_replace(m, f, next, &conv);
	if (unlikely(err == -EEXIST))
		err = flow_replace_stale(m, f, next, &conv);
	if (err) {
		flow_drop_twin(d, next);
		/* another one has come meanwhile: as where it has gone */
		return ERR_PTR(err == -EAGAIN || err == -EEXIST ? -EAGAIN :
								  -ENOMEM);
	}
	flow_told_moved(d, m, f, next);
	return next;
}
