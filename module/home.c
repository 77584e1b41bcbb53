// SPDX-License-Identifier: GPL-2.0
/*
 * home.c - where the client of a flow is, and where it goes on
 *
 * The home of a flow is the endpoint that has opened it: an address, and the
 * member that translates for it. To servers it is a name, and the name is what
 * the key of the flow has. So a flow whose client moves keeps its key; as
 * readers know the rest without a lock, another flow takes its place in the
 * table, see sal_flow_rehome().
 *
 * Where an endpoint ceases to be usable nothing is done at once, as it may have
 * opened any number of flows. Whoever meets one, an answer or a packet of the
 * endpoint that is to have it, brings it there; the collector does so with the
 * rest. Until there is such an endpoint answers wait in the hold queue of the
 * client's service, whose gate is closed.
 */
#include <linux/jiffies.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "cell.h"
#include "compat.h"
#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "flow.h"
#include "home.h"
#include "member.h"
#include "net.h"
#include "peer.h"
#include "sched.h"
#include "service.h"
#include "track.h"
#include "vip.h"

/* flows looked at between two chances to be preempted */
#define HOME_CHUNK	256
/* moves that nobody has been told of, before it does not matter where from */
#define HOME_MOVES	64

/**
 * struct home_move - flows that have moved from one endpoint to another
 * @list: in &sal_homes.moves
 * @from: number of the endpoint that they have left, 0 where it is forgotten
 * @to: number of the other
 * @cause: why
 * @flows: how many
 */
struct home_move {
	struct list_head list;
	u32 from;
	u32 to;
	u8 cause;
	u32 flows;
};

struct sal_service *sal_home_service(struct sal_domain *d,
				     const struct in6_addr *name)
{
	struct sal_vip *vip = sal_vip_lookup(&d->vips, name), *face;
	struct sal_service *svc = vip ? rcu_dereference(vip->svc) : NULL;

	if (!svc || READ_ONCE(svc->dead))
		return NULL;
	face = rcu_dereference(svc->face[sal_addr_af(name)]);
	return face && ipv6_addr_equal(&face->pfx.addr, name) ? svc : NULL;
}

/* its endpoint has answered to the client's address, so it would not know it */
static bool home_is_plain(const struct sal_flow *f)
{
	u32 told = READ_ONCE(f->told);

	if (!told)
		return atomic_read(&f->marks) & SAL_MARK_REPLIED;
	return (told & 3) != SAL_TOLD_ROUTER && (told & 3) != SAL_TOLD_EDGE;
}

static bool home_is_namesake(const struct sal_flow *f)
{
	return atomic_read(&f->marks) & SAL_MARK_NAMESAKE;
}

/* a connection is in its socket, and a socket stays where it is */
bool sal_home_follows(const struct sal_flow *f)
{
	return sal_flow_has_name(f) && READ_ONCE(f->kind) == SAL_FLOW_SERVICE &&
	       f->key.proto != IPPROTO_TCP && !home_is_plain(f) &&
	       !home_is_namesake(f);
}

static bool home_is_face(const struct sal_endpoint *ep, enum sal_af af,
			 const struct in6_addr *name)
{
	const struct sal_vip *vip = rcu_dereference(ep->svc->face[af]);

	return vip && ipv6_addr_equal(&vip->pfx.addr, name);
}

/* who has that name at an address; perhaps a ghost */
static struct sal_endpoint *home_at(struct sal_domain *d,
				    const struct in6_addr *addr,
				    const struct in6_addr *name)
{
	struct sal_reverse *rev = sal_reverse_lookup(d, addr);
	struct sal_endpoint *ghost = NULL;

	for (; rev; rev = sal_reverse_next(rev)) {
		if (!home_is_face(rev->ep, sal_addr_af(addr), name))
			continue;
		if (!READ_ONCE(rev->ep->dead))
			return rev->ep;
		ghost = ghost ?: rev->ep;
	}
	return ghost;
}

static bool home_is_usable(const struct sal_endpoint *ep,
			   const struct sal_flow *f)
{
	/* whoever has made it usable has said where it is before */
	return ep && smp_load_acquire(&ep->usable[sal_addr_af(&f->client)]);
}

static const struct sal_member *home_member(const struct sal_domain *d,
					    const struct sal_endpoint *ep)
{
	struct net *net = READ_ONCE(ep->net);
	const struct sal_member *m;

	m = net ? rcu_dereference(sal_net(net)->member) : NULL;
	return m && m->domain == d ? m : NULL;
}

/* its client has the address of an endpoint that is in another namespace */
static bool home_is_left(const struct sal_domain *d, const struct sal_flow *f,
			 const struct sal_endpoint *ep)
{
	const struct sal_member *m;

	if (f->place != SAL_PLACEMENT_EDGE)
		return false;
	m = home_member(d, ep);
	return m && m->id != f->member;
}

/*
 * What begins in another namespace than the endpoint is in has its name, as servers
 * know addresses alone, and is not the endpoint's: it does not go where that goes.
 */
void sal_home_begin(struct sal_domain *d, struct sal_flow *f)
{
	struct sal_service *svc = sal_home_service(d, &f->key.peer);
	const struct sal_endpoint *ep;

	if (svc && !READ_ONCE(svc->opens))
		WRITE_ONCE(svc->opens, true);
	ep = home_at(d, &f->client, &f->key.peer);
	if (f->member && ep && home_is_left(d, f, ep))
		atomic_or(SAL_MARK_NAMESAKE, &f->marks);
	else
		atomic_andnot(SAL_MARK_NAMESAKE, &f->marks);
}

/* the endpoint may have come to where a namesake is */
static void home_adopt(struct sal_domain *d, struct sal_flow *f)
{
	const struct sal_endpoint *ep;

	if (likely(!home_is_namesake(f)))
		return;
	ep = home_at(d, &f->client, &f->key.peer);
	if (home_is_usable(ep, f) && !home_is_left(d, f, ep))
		atomic_andnot(SAL_MARK_NAMESAKE, &f->marks);
}

/* is its client where it was? @ep: who is there */
static bool home_is_there(struct sal_domain *d, const struct sal_flow *f,
			  const struct sal_endpoint *ep)
{
	return home_is_usable(ep, f) && sal_flow_member(d, f) &&
	       !home_is_left(d, f, ep);
}

/* The name that a router has told a server is known to that router alone, where the
 * server's namespace is no member: the answers would find nobody.
 */
static bool home_is_out_of_reach(const struct sal_domain *d,
				 const struct sal_flow *f, u8 place)
{
	const struct sal_endpoint *server;

	if (place == f->place ||
	    (READ_ONCE(f->told) & 3) != SAL_TOLD_ROUTER)
		return false;
	server = sal_flow_endpoint(f);
	return server && !home_member(d, server);
}

/* may it go on there, and by whom is it translated then? */
static bool home_may(struct sal_domain *d, const struct sal_flow *f,
		     const struct sal_endpoint *ep, struct sal_home *home)
{
	const struct sal_member *m;

	if (!home_is_usable(ep, f) || READ_ONCE(ep->leaving))
		return false;
	home->addr = *sal_endpoint_addr(ep, sal_addr_af(&f->client));
	home->place = SAL_PLACEMENT_EDGE;
	m = home_member(d, ep);
	if (!m && f->place == SAL_PLACEMENT_ROUTER) {
		m = sal_flow_member(d, f);
		home->place = SAL_PLACEMENT_ROUTER;
	}
	if (!m || home_is_out_of_reach(d, f, home->place))
		return false;
	home->member = m->id;
	return true;
}

static bool home_is_better(const struct sal_endpoint *a,
			   const struct sal_endpoint *b, enum sal_af af)
{
	bool takes = sal_sched_takes(a, af);

	if (takes != sal_sched_takes(b, af))
		return takes;
	return READ_ONCE(a->tier) < READ_ONCE(b->tier);
}

/*
 * All that a client has opened goes to one: the same that got the first, while
 * it is there; else the first one that takes new flows.
 */
static struct sal_endpoint *home_heir(struct sal_domain *d,
				      const struct sal_flow *f,
				      const struct sal_endpoint *from,
				      struct sal_home *home)
{
	struct sal_service *svc = sal_home_service(d, &f->key.peer);
	struct sal_endpoint *ep, *best = NULL;
	struct sal_home at;

	/* many may wait, and are looked at again and again */
	if (!svc || !READ_ONCE(svc->usable[sal_addr_af(&f->client)]))
		return NULL;
	ep = from ? xa_load(&d->endpoints, READ_ONCE(from->opened_to)) : NULL;
	if (ep && ep->svc == svc && home_may(d, f, ep, home))
		return ep;
	list_for_each_entry_rcu(ep, &svc->endpoints, in_service) {
		if (best && !home_is_better(ep, best, sal_addr_af(&f->client)))
			continue;
		if (home_may(d, f, ep, &at)) {
			best = ep;
			*home = at;
		}
	}
	return best;
}

bool sal_home_awaited(struct sal_domain *d, const struct sal_flow *f)
{
	const struct sal_endpoint *ep;

	if (likely(!sal_home_follows(f)) ||
	    !sal_home_service(d, &f->key.peer))
		return false;
	ep = home_at(d, &f->client, &f->key.peer);
	if (!home_is_usable(ep, f))
		return true;
	/* the same address, in another namespace */
	return !sal_flow_member(d, f) && home_member(d, ep);
}

/* it was somebody's home, and not long ago */
static bool home_is_past(const struct sal_endpoint *ep)
{
	/* pairs with home_left() */
	return ep && smp_load_acquire(&ep->opened_to) &&
	       time_before(jiffies, READ_ONCE(ep->opened_until));
}

bool sal_home_was(struct sal_domain *d, const struct sal_flow *f,
		  const struct in6_addr *client)
{
	const struct sal_endpoint *ep;

	if (!sal_home_follows(f))
		return false;
	ep = home_at(d, client, &f->key.peer);
	return home_is_past(ep);
}

bool sal_home_has_left(const struct sal_member *m, const struct sal_flow *f,
		       const struct sal_conv *conv)
{
	struct sal_domain *d = m->domain;
	const struct sal_endpoint *ep;

	if (!sal_home_follows(f))
		return false;
	ep = home_at(d, &conv->client, &f->key.peer);
	if (!home_is_past(ep))
		return false;
	/* a request that is under way does not come by there again */
	return conv->place == SAL_PLACEMENT_EDGE ||
	       (f->member == m->id && f->place == conv->place &&
		!home_member(d, ep));
}

/* --- one flow --------------------------------------------------------------- */

static struct home_move *home_move_of(struct sal_homes *h, u32 from, u32 to,
				      u8 cause)
{
	unsigned int n = 0;
	struct home_move *m;

	list_for_each_entry(m, &h->moves, list) {
		if (++n > HOME_MOVES)
			from = 0;
		if (m->from == from && m->to == to && m->cause == cause)
			return m;
	}
	m = kzalloc_obj(*m, GFP_ATOMIC);
	if (!m)
		return NULL;
	m->from = from;
	m->to = to;
	m->cause = cause;
	list_add_tail(&m->list, &h->moves);
	return m;
}

/* events of many would be too many: they are told of together, and soon */
static void home_moved(struct sal_domain *d, const struct sal_endpoint *from,
		       const struct sal_endpoint *to)
{
	u8 cause = from ? READ_ONCE(from->opened_cause) : 0;
	struct sal_homes *h = &d->homes;
	struct home_move *m;

	if (!cause)
		cause = SAL_CAUSE_ENDPOINT_UP;
	spin_lock_bh(&h->lock);
	m = home_move_of(h, cause == SAL_CAUSE_ENDPOINT_UP ? 0 : from->id,
			 to->id, cause);
	if (m)
		m->flows++;
	spin_unlock_bh(&h->lock);
	if (!m)
		sal_event_migrate_lost(d);
}

/* what is under way from there is answered by its name for a while */
static void home_left(struct sal_endpoint *from, const struct sal_endpoint *to)
{
	u32 grace = READ_ONCE(from->svc->conf.grace);

	WRITE_ONCE(from->opened_until, jiffies + msecs_to_jiffies(grace));
	/* pairs with home_is_past() */
	smp_store_release(&from->opened_to, to->id);
}

static struct sal_flow *home_move(struct sal_domain *d, struct sal_flow *f,
				  struct sal_endpoint *from,
				  const struct sal_endpoint *to,
				  const struct sal_home *home)
{
	struct sal_flow *next = sal_flow_rehome(d, f, home);

	if (IS_ERR(next))
		return next;
	if (from && from != to)
		home_left(from, to);
	home_moved(d, from, to);
	return next;
}

/* where it goes on; @from: who is where it was, and does not translate it */
static struct sal_endpoint *home_next(struct sal_domain *d,
				      const struct sal_flow *f,
				      struct sal_endpoint *from,
				      struct sal_home *home)
{
	if (!home_is_usable(from, f))
		return home_heir(d, f, from, home);
	/* it is there again, in another namespace; or nobody translates for it */
	return home_may(d, f, from, home) ? from : NULL;
}

void sal_home_inherit(struct sal_endpoint *old, struct sal_endpoint *ep)
{
	lockdep_assert_held(&sal_lock);
	home_left(old, ep);
	sal_home_changed(ep->svc);
}

struct sal_flow *sal_home_find(struct sal_domain *d, struct sal_flow *f)
{
	struct sal_endpoint *from, *to;
	struct sal_home home;

	if (likely(!sal_flow_has_name(f)))
		return f;
	home_adopt(d, f);
	if (!sal_home_follows(f))
		return f;
	from = home_at(d, &f->client, &f->key.peer);
	if (likely(home_is_there(d, f, from)))
		return f;
	to = home_next(d, f, from, &home);
	return to ? home_move(d, f, from, to, &home) : f;
}

/* it was not the packet's, but might become so */
static struct sal_flow *home_claimed(struct sal_domain *d,
				     const struct sal_service *svc,
				     const struct sal_conv *conv)
{
	struct in6_addr name;
	struct sal_flow *f;

	if (likely(sal_peer_name(d, &conv->client, &name) != SAL_PEER_NAMED))
		return NULL;
	f = sal_flow_find(d, &name, svc, &conv->ports);
	return f && f->cid == conv->ports.id &&
	       ipv6_addr_equal(&f->vip, &conv->vip) ? f : NULL;
}

struct sal_flow *sal_home_claim(const struct sal_member *m,
				const struct sal_service *svc,
				const struct sal_conv *conv)
{
	struct sal_flow *f = home_claimed(m->domain, svc, conv);

	if (likely(!f))
		return NULL;
	f = sal_home_find(m->domain, f);
	if (IS_ERR(f))
		return NULL;
	return f->member == m->id && f->place == conv->place &&
	       ipv6_addr_equal(&f->client, &conv->client) ? f : NULL;
}

/* --- all of them ------------------------------------------------------------ */

void sal_home_changed(const struct sal_service *svc)
{
	lockdep_assert_held(&sal_lock);
	if (READ_ONCE(svc->opens))
		sal_flow_collect(svc->domain);
}

/**
 * struct home_walk - a request that moves what endpoints have opened
 * @from: see sal_home_migrate(), likewise the four that follow
 * @n: how many
 * @to: where to
 * @newest: number of the newest flow
 * @check: only count
 * @moved: for each of @from
 * @stayed: how many do not go for want of memory
 */
struct home_walk {
	struct sal_endpoint *const *from;
	unsigned int n;
	const struct sal_endpoint *to;
	u32 newest;
	bool check;
	struct sal_moved *moved;
	u32 stayed;
};

static bool home_is_of(const struct sal_flow *f, const struct sal_endpoint *ep)
{
	return sal_endpoint_has(ep, &f->client) &&
	       home_is_face(ep, sal_addr_af(&f->client), &f->key.peer);
}

/* one that has gone meanwhile does not count */
static bool home_walk_move(struct sal_domain *d, struct home_walk *w,
			   struct sal_flow *f, const struct sal_home *home,
			   struct sal_endpoint *from)
{
	struct sal_flow *next = sal_flow_rehome(d, f, home);

	if (IS_ERR(next)) {
		if (PTR_ERR(next) != -EAGAIN)
			w->stayed++;
		return false;
	}
	home_left(from, w->to);
	return true;
}

static void home_walk_one(struct sal_domain *d, struct home_walk *w,
			  struct sal_flow *f)
{
	struct sal_home home;
	unsigned int i;

	/* who was left may have begun others meanwhile */
	if ((s32)(f->id - w->newest) > 0 || !sal_home_follows(f))
		return;
	for (i = 0; i < w->n; i++)
		if (home_is_of(f, w->from[i]))
			break;
	if (i == w->n || !home_may(d, f, w->to, &home))
		return;
	if (w->check || home_walk_move(d, w, f, &home, w->from[i]))
		w->moved[i].opened++;
}

/* but it is, where none was moved */
static void home_walk_anew(const struct home_walk *w)
{
	unsigned int i;

	for (i = 0; w->check && i < w->n; i++)
		w->moved[i].opened = 0;
}

/*
 * Let others run, at one that was not looked at yet: the iterator would not find its place
 * again by one that we have just replaced, and leave out another of the same bucket where
 * one before it has gone.
 */
static struct sal_flow *home_rest(const struct home_walk *w,
				  struct rhashtable_iter *iter)
	__releases(RCU) __acquires(RCU)
{
	rhashtable_walk_stop(iter);
	cond_resched();
	if (sal_compat_walk_start(iter))
		home_walk_anew(w);
	return rhashtable_walk_peek(iter);
}

static void home_walk(struct sal_domain *d, struct home_walk *w)
{
	struct rhashtable_iter iter;
	unsigned int n = 0;
	struct sal_flow *f;

	rhashtable_walk_enter(&d->flows, &iter);
	sal_compat_walk_start(&iter);
	while ((f = rhashtable_walk_next(&iter))) {
		if (++n % HOME_CHUNK == 0)
			f = home_rest(w, &iter);
		if (!f)
			break;
		/* a resize: what is seen again is not of those endpoints any more */
		if (IS_ERR(f))
			home_walk_anew(w);
		else
			home_walk_one(d, w, f);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

u32 sal_home_migrate(struct sal_endpoint *const *from, unsigned int n,
		     const struct sal_endpoint *to, u32 newest, bool check,
		     struct sal_moved *moved)
{
	struct home_walk w = {
		.from = from,
		.n = n,
		.to = to,
		.newest = newest,
		.check = check,
		.moved = moved,
	};

	lockdep_assert_held(&sal_mutex);
	if (READ_ONCE(to->svc->opens))
		home_walk(to->svc->domain, &w);
	return w.stayed;
}

/* --- what is told ----------------------------------------------------------- */

/* of an endpoint that may be a ghost by now */
static struct sal_endpoint *home_numbered(struct sal_domain *d, u32 id)
{
	struct sal_endpoint *ep = id ? xa_load(&d->endpoints, id) : NULL;

	if (ep || !id)
		return ep;
	list_for_each_entry(ep, &d->ghosts, ghost)
		if (ep->id == id)
			return ep;
	return NULL;
}

static void home_tell(struct sal_domain *d, const struct home_move *m)
{
	const struct sal_moved moved = { .opened = m->flows };
	struct sal_endpoint *to = home_numbered(d, m->to);

	if (to)
		sal_event_migrate(to->svc, home_numbered(d, m->from), to,
				  &moved, 0, m->cause);
}

static void home_take(struct sal_domain *d, struct list_head *moves)
{
	spin_lock_bh(&d->homes.lock);
	list_splice_init(&d->homes.moves, moves);
	spin_unlock_bh(&d->homes.lock);
}

static void home_free(struct list_head *moves)
{
	struct home_move *m, *next;

	list_for_each_entry_safe(m, next, moves, list)
		kfree(m);
}

void sal_home_tell(struct sal_domain *d)
{
	struct home_move *m;
	LIST_HEAD(moves);

	if (list_empty(&d->homes.moves))
		return;
	mutex_lock(&sal_mutex);
	home_take(d, &moves);
	list_for_each_entry(m, &moves, list)
		home_tell(d, m);
	mutex_unlock(&sal_mutex);
	home_free(&moves);
}

void sal_home_init(struct sal_domain *d)
{
	spin_lock_init(&d->homes.lock);
	INIT_LIST_HEAD(&d->homes.moves);
}

void sal_home_exit(struct sal_domain *d)
{
	home_free(&d->homes.moves);
}
