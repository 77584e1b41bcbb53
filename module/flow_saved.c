// SPDX-License-Identifier: GPL-2.0
/*
 * flow_saved.c - flows that were there before, and are to go on
 *
 * They are known by what they were known by, or do not go on.
 */
#include "acct.h"
#include "affinity.h"
#include "cell.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "flow_saved.h"
#include "flow_table.h"
#include "home.h"
#include "member.h"
#include "service.h"
#include "trace.h"
#include "track.h"

/* as EEXIST, or for lack of memory */
static int flow_link_err(int err)
{
	return !err || err == -EEXIST ? err : -ENOMEM;
}

/* under what its client and its endpoint have known it by, or not at all */
static int flow_link_mapped_as(struct sal_domain *d, struct sal_flow *f)
{
	int err;

	lockdep_assert_held(&d->alt_lock);
	err = rhashtable_lookup_insert_fast(&d->flows, &f->node, sal_flow_params);
	if (err)
		return flow_link_err(err);
	err = rhashtable_lookup_insert_fast(&d->alts, &f->alt->node,
					    sal_alt_params);
	if (err) {
		sal_flow_unlink(d, f);
		return flow_link_err(err);
	}
	atomic_inc(&d->n_alts);
	return 0;
}

/* its client has begun anew, in a flow of the other table */
static bool flow_has_begun(const struct sal_member *m,
			   const struct sal_flow *f,
			   const struct sal_conv *conv)
{
	enum sal_peer is;

	return f->kind == SAL_FLOW_SERVICE &&
	       sal_flow_lookup_as(m, sal_flow_service(f), conv, &is);
}

static int flow_link_as(const struct sal_member *m, struct sal_flow *f,
			const struct sal_conv *conv)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *old;
	int err;

	if (flow_has_begun(m, f, conv))
		return -EEXIST;
	if (f->kind == SAL_FLOW_SERVICE && f->key.id == f->cid) {
		old = sal_flow_insert(d, f);
		if (!old)
			return 0;
		return IS_ERR(old) ? -ENOMEM : -EEXIST;
	}
	f->alt = sal_flow_alloc_alt(m, conv, f);
	if (!f->alt)
		return -ENOMEM;
	spin_lock_bh(&d->alt_lock);
	err = flow_link_mapped_as(d, f);
	spin_unlock_bh(&d->alt_lock);
	return err;
}

static void flow_remember(struct sal_domain *d, struct sal_flow *f,
			  const struct sal_flow_saved *was)
{
	const struct sal_endpoint *ep = sal_flow_endpoint(f);

	f->kind = was->kind;
	f->key.peer = was->peer;
	f->key.id = was->id;
	f->key.port = was->port;
	/* anybody's number, and sal_flow_since() knows half of them */
	f->seen = sal_flow_now() - min_t(u32, was->idle, S32_MAX / 2);
	sal_track_set_marks(f, was->marks);
	if (sal_flow_has_name(f))
		sal_home_begin(d, f);
	if (was->acct)
		sal_acct_set(f, &was->carried);
	/* in any case its server knows it by the name, or not */
	if (was->has_told)
		f->told = sal_flow_told(SAL_ENDPOINT_NOBODY, was->told);
	if (!ep || ep != was->ep)
		return;
	if (was->has_told && !was->told_before)
		f->told = sal_flow_told(ep->id, was->told);
	if (was->marks & SAL_FLOW_MARK_ARRIVED)
		f->at = ep->rev[sal_addr_af(&f->vip)].num;
}

int sal_flow_restore(const struct sal_member *m, struct sal_service *svc,
		     const struct sal_flow_saved *was, struct sal_cell *cell)
{
	struct sal_domain *d = m->domain;
	struct sal_flow *f;
	int err;

	if (!sal_flow_reserve(d, was->acct)) {
		sal_cell_put(cell);
		return -ENOSPC;
	}
	f = sal_flow_begin(m, svc, &was->conv, cell, was->acct);
	if (!f)
		return -ENOMEM;
	flow_remember(d, f, was);
	err = flow_link_as(m, f, &was->conv);
	if (err) {
		sal_flow_end(d, f);
		return err;
	}
	trace_sal_flow_new(f, svc);
	sal_event_flow(d, f, SAL_CMD_FLOW_ADD_NTF);
	if (f->kind == SAL_FLOW_SERVICE)
		sal_affinity_note(svc, f);
	return 0;
}
