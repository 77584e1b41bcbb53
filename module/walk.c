// SPDX-License-Identifier: GPL-2.0
/*
 * walk.c - the way of a client's packet, without one: will it be answered?
 *
 *	1  a rule, and the service		walk_rule(), walk_service()
 *	2  the client's route, who translates	walk_member()
 *	3  whether packets pass			walk_policy(), walk_gate()
 *	4  each endpoint, there and back	walk_endpoint()
 *	5  others' hooks			walk_hooks()
 *
 * As a packet meets them, except that the service comes first: without one
 * nothing else would be worth telling. 1 to 3 end the walk where they find
 * something bad; 4 goes on with the next endpoint, as new flows do.
 */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "domain.h"
#include "endpoint.h"
#include "hold.h"
#include "member.h"
#include "net.h"
#include "policy.h"
#include "rule.h"
#include "sched.h"
#include "service.h"
#include "vip.h"
#include "walk.h"

#define WALK_CLIENT	(BIT(SAL_HOOK_OUTPUT) | BIT(SAL_HOOK_POSTROUTING) | \
			 BIT(SAL_HOOK_PREROUTING) | BIT(SAL_HOOK_INPUT))
#define WALK_ROUTER	(BIT(SAL_HOOK_PREROUTING) | BIT(SAL_HOOK_FORWARD) | \
			 BIT(SAL_HOOK_POSTROUTING))

int sal_walk_init(struct sal_walk *w)
{
	w->step = kvcalloc(SAL_WALK_STEPS + 1, sizeof(*w->step),
			   GFP_KERNEL_ACCOUNT);
	return w->step ? 0 : -ENOMEM;
}

void sal_walk_destroy(struct sal_walk *w)
{
	kvfree(w->step);
}

/* one more than is told is there to be written to */
struct sal_walk_step *sal_walk_add(struct sal_walk *w, enum sal_step_kind kind,
				   struct net *at)
{
	struct sal_walk_step *step = &w->step[w->n_steps];

	if (w->n_steps < SAL_WALK_STEPS)
		w->n_steps++;
	else
		w->left_out++;
	memset(step, 0, sizeof(*step));
	step->kind = kind;
	step->finding = SAL_FINDING_OK;
	step->at = at;
	return step;
}

void sal_walk_blame(struct sal_walk *w, struct sal_walk_step *step,
		    enum sal_verdict verdict)
{
	step->finding = SAL_FINDING_BAD;
	if (w->verdict == SAL_VERDICT_ANSWERS)
		w->verdict = verdict;
}

static void step_name(struct sal_walk_step *step, const char *name)
{
	strscpy(step->name, name, sizeof(step->name));
	step->has |= BIT(SAL_A_STEP_NAME);
}

static void step_addr(struct sal_walk_step *step, const struct in6_addr *addr)
{
	step->addr = *addr;
	step->has |= BIT(SAL_A_STEP_ADDR);
}

/* --- 1: the service ------------------------------------------------------- */

/* where the request names no port, any will do */
static bool walk_speaks(const struct sal_walk *w)
{
	__be16 port = w->dport ?: htons(READ_ONCE(w->svc->conf.port));

	if (w->proto != IPPROTO_UDP && w->proto != IPPROTO_TCP &&
	    w->proto != (w->af == SAL_V4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return false;
	return sal_service_speaks(w->svc, w->proto, port) == SAL_SPEAKS;
}

static enum sal_verdict walk_ruled(const struct sal_walk *w)
{
	if (w->loop)
		return SAL_VERDICT_RULE_LOOP;
	switch (w->action) {
	case SAL_ACTION_DROP:
		return SAL_VERDICT_RULE_DROP;
	case SAL_ACTION_REJECT:
		return SAL_VERDICT_RULE_REJECT;
	case SAL_ACTION_DELIVER:
		return SAL_VERDICT_RULE_DELIVER;
	case SAL_ACTION_UPCALL:
		return SAL_VERDICT_UPCALL;
	}
	return SAL_VERDICT_ANSWERS;
}

/* true where it leads to a service, or there is none */
static bool walk_rule(struct sal_walk *w)
{
	enum sal_verdict verdict = walk_ruled(w);
	struct sal_walk_step *step;

	if (!w->rule)
		return true;
	step = sal_walk_add(w, SAL_STEP_KIND_RULE, NULL);
	step_addr(step, &w->dst);
	step->rule = w->rule->entry.pfx;
	step->action = w->rule->action;
	step->has |= BIT(SAL_A_STEP_RULE) | BIT(SAL_A_STEP_ACTION);
	if (w->rule->action == SAL_ACTION_FORWARD ||
	    w->rule->action == SAL_ACTION_REDIRECT)
		step_name(step, w->rule->svc->name);
	if (verdict == SAL_VERDICT_ANSWERS)
		return true;
	sal_walk_blame(w, step, verdict);
	return false;
}

static bool walk_service(struct sal_walk *w)
{
	struct sal_walk_step *step;

	step = sal_walk_add(w, SAL_STEP_KIND_SERVICE, NULL);
	if (w->svc || w->name)
		step_name(step, w->svc ? w->svc->name : w->name);
	if (w->has_dst)
		step_addr(step, &w->dst);
	if (!w->svc)
		sal_walk_blame(w, step, SAL_VERDICT_NO_SERVICE);
	else if (!walk_speaks(w))
		sal_walk_blame(w, step, SAL_VERDICT_UNSUPPORTED);
	return w->verdict == SAL_VERDICT_ANSWERS;
}

/* --- 2: the client's route, and who translates ----------------------------- */

static struct sal_walk_step *walk_translates(struct sal_walk *w,
					     const struct sal_member *m,
					     enum sal_placement place)
{
	struct sal_walk_step *step;

	step = sal_walk_add(w, SAL_STEP_KIND_MEMBER, m->net);
	step_name(step, m->name);
	step->placement = place;
	step->has |= BIT(SAL_A_STEP_PLACEMENT);
	return step;
}

/* the member that the client's route leads through, if any */
static struct sal_member *walk_router(const struct sal_walk *w,
				      const struct sal_walk_hop *hop)
{
	struct sal_member *m;
	unsigned long id;

	if (!w->d || !hop->gateway)
		return NULL;
	xa_for_each(&w->d->members, id, m)
		if (m->net != w->from &&
		    sal_walk_is_local(m->net, &hop->next))
			return m;
	return NULL;
}

static void walk_routed(struct sal_walk *w, const struct sal_walk_hop *hop)
{
	struct net *at = w->router->net;
	struct sal_walk_step *step;
	struct sal_walk_hop back;
	int err;

	sal_walk_neighbour(w, w->from, hop);
	step = walk_translates(w, w->router, SAL_PLACEMENT_ROUTER);
	step->via = hop->next;
	step->has |= BIT(SAL_A_STEP_VIA);
	err = sal_walk_lookup(w, at, NULL, &w->src, &back);
	if (!err && !sal_walk_forwards(w, at, &back)) {
		step->has |= BIT(SAL_A_STEP_NOT_FORWARDING);
		sal_walk_blame(w, step, SAL_VERDICT_NO_ROUTE);
	}
	step = sal_walk_route(w, at, &w->src, &back, err);
	if (err)
		sal_walk_blame(w, step, SAL_VERDICT_NO_ROUTE);
	else
		sal_walk_neighbour(w, at, &back);
}

/* @err: of the client's route to the VIP, 0 where there is one */
static void walk_no_member(struct sal_walk *w, const struct sal_member *m,
			   const struct sal_walk_hop *hop, int err)
{
	struct sal_walk_step *step;

	step = sal_walk_add(w, SAL_STEP_KIND_MEMBER, w->from);
	if (m)
		step->has |= BIT(SAL_A_STEP_FOREIGN);
	if (!err && hop->gateway) {
		step->via = hop->next;
		step->has |= BIT(SAL_A_STEP_VIA);
	}
	sal_walk_blame(w, step, SAL_VERDICT_NOT_MEMBER);
}

/*
 * Who is no member and has no route wants to be a member: that is what it is
 * told, as a route comes with it.
 */
static bool walk_member(struct sal_walk *w)
{
	struct sal_member *m = sal_member_of(w->from);
	bool edge = m && m->domain == w->d;
	struct sal_walk_step *step;
	struct sal_walk_hop hop;
	int err;

	err = sal_walk_lookup(w, w->from, NULL, &w->dst, &hop);
	step = sal_walk_route(w, w->from, &w->dst, &hop, err);
	if (err && edge)
		sal_walk_blame(w, step, SAL_VERDICT_NO_ROUTE);
	if (!err) {
		w->src = hop.src;
		w->has_src = true;
		sal_walk_wire(w, w->from, &hop);
		w->router = edge ? NULL : walk_router(w, &hop);
	}
	if (edge)
		walk_translates(w, m, SAL_PLACEMENT_EDGE);
	else if (w->router)
		walk_routed(w, &hop);
	else
		walk_no_member(w, m, &hop, err);
	return w->verdict == SAL_VERDICT_ANSWERS;
}

/* --- 3: policies and the gate ---------------------------------------------- */

static void step_policy(struct sal_walk_step *step, const struct sal_policy *p)
{
	if (p->from) {
		step->policy_from = p->from->name;
		step->has |= BIT(SAL_A_STEP_POLICY_FROM);
	}
	if (p->to) {
		step->policy_to = p->to->name;
		step->has |= BIT(SAL_A_STEP_POLICY_TO);
	}
}

/* where there are none there is nothing to tell */
static bool walk_policy(struct sal_walk *w)
{
	const struct sal_policy *by;
	struct sal_walk_step *step;
	bool denied;

	if (!w->has_src || w->svc->asks ||
	    (!w->d->n_policies && w->d->access == SAL_ACCESS_ALLOW))
		return true;
	rcu_read_lock();
	denied = sal_policy_denies(w->d, &w->src, w->svc, &by);
	rcu_read_unlock();
	step = sal_walk_add(w, SAL_STEP_KIND_POLICY, NULL);
	step->access = denied ? SAL_ACCESS_DENY : SAL_ACCESS_ALLOW;
	step->has |= BIT(SAL_A_STEP_ACCESS);
	if (by)
		step_policy(step, by);
	if (denied)
		sal_walk_blame(w, step, SAL_VERDICT_DENIED);
	return !denied;
}

static bool walk_counts(const struct sal_walk *w, const struct sal_endpoint *ep,
			bool usable)
{
	return ep->has & BIT(w->af) && READ_ONCE(ep->usable[w->af]) == usable;
}

/* endpoints with an address of the family */
static u32 walk_endpoints(const struct sal_walk *w)
{
	struct sal_endpoint *ep;
	u32 n = 0;

	list_for_each_entry(ep, &w->svc->endpoints, in_service)
		n += !!(ep->has & BIT(w->af));
	return n;
}

static bool walk_takes(const struct sal_walk *w)
{
	struct sal_endpoint *ep;

	list_for_each_entry(ep, &w->svc->endpoints, in_service)
		if (sal_sched_takes(ep, w->af))
			return true;
	return false;
}

static bool walk_gate(struct sal_walk *w)
{
	struct sal_hold *h = &w->svc->hold;
	struct sal_walk_step *step;
	bool waits;

	step = sal_walk_add(w, SAL_STEP_KIND_GATE, NULL);
	step->endpoints = walk_endpoints(w);
	spin_lock_bh(&h->lock);
	step->gate = w->svc->gate[w->af];
	step->held = h->packets;
	waits = sal_hold_first(h, w->af);
	spin_unlock_bh(&h->lock);
	step->has |= BIT(SAL_A_STEP_ENDPOINTS) | BIT(SAL_A_STEP_GATE) |
		     BIT(SAL_A_STEP_HELD_PACKETS);
	if (step->gate == SAL_GATE_OPEN && walk_takes(w))
		return true;
	if (step->gate == SAL_GATE_OPEN)
		sal_walk_blame(w, step, SAL_VERDICT_FULL);
	else if (waits)
		sal_walk_blame(w, step, SAL_VERDICT_HELD);
	else if (step->gate == SAL_GATE_CLOSED)
		sal_walk_blame(w, step, step->endpoints ?
					SAL_VERDICT_ENDPOINT_DOWN :
					SAL_VERDICT_NO_ENDPOINT);
	return w->verdict == SAL_VERDICT_ANSWERS;
}

/* --- 4: endpoints ---------------------------------------------------------- */

/* the way back to the client: to its router, where one has translated */
static void walk_back(struct sal_walk *w, const struct sal_endpoint *ep,
		      struct net *at)
{
	struct sal_walk_step *step;
	struct sal_walk_hop hop;
	int err;

	err = sal_walk_lookup(w, at, sal_endpoint_addr(ep, w->af), &w->src,
			      &hop);
	step = sal_walk_route(w, at, &w->src, &hop, err);
	if (err) {
		sal_walk_blame(w, step, SAL_VERDICT_NO_ROUTE);
		return;
	}
	sal_walk_wire(w, at, &hop);
	if (w->router && at != w->router->net &&
	    !(hop.gateway && sal_walk_is_local(w->router->net, &hop.next)))
		sal_walk_blame(w, step, SAL_VERDICT_PAST_ROUTER);
	sal_walk_neighbour(w, at, &hop);
}

static void walk_there_and_back(struct sal_walk *w,
				const struct sal_endpoint *ep)
{
	struct net *at = w->router ? w->router->net : w->from;
	const struct in6_addr *to = sal_endpoint_addr(ep, w->af);
	struct net *net = READ_ONCE(ep->net);
	struct sal_walk_step *step;
	struct sal_walk_hop hop;
	int err;

	err = sal_walk_lookup(w, at, &w->src, to, &hop);
	step = sal_walk_route(w, at, to, &hop, err);
	if (err) {
		sal_walk_blame(w, step, SAL_VERDICT_NO_ROUTE);
	} else {
		sal_walk_wire(w, at, &hop);
		sal_walk_neighbour(w, at, &hop);
	}
	/* outside of this host nobody can look, and one that goes is no more */
	if (net)
		walk_back(w, ep, net);
}

/* one that is not usable gets no flows: then others do, or the gate is shut */
static void walk_endpoint(struct sal_walk *w, const struct sal_endpoint *ep,
			  bool usable, bool go)
{
	struct sal_walk_step *step;

	step = sal_walk_add(w, SAL_STEP_KIND_ENDPOINT, READ_ONCE(ep->net));
	step_name(step, ep->name);
	step_addr(step, sal_endpoint_addr(ep, w->af));
	step->state = ep->state;
	step->fault = READ_ONCE(ep->fault[w->af]);
	step->has |= BIT(SAL_A_STEP_STATE) | BIT(SAL_A_STEP_FAULT);
	if (!usable)
		step->finding = SAL_FINDING_NOTE;
	else if (go)
		walk_there_and_back(w, ep);
}

static void walk_some_endpoints(struct sal_walk *w, bool usable, bool go,
				u32 *n)
{
	struct sal_endpoint *ep;

	list_for_each_entry(ep, &w->svc->endpoints, in_service) {
		if (!walk_counts(w, ep, usable))
			continue;
		if (*n < SAL_WALK_ENDPOINTS)
			walk_endpoint(w, ep, usable, go);
		else
			w->left_out++;
		++*n;
	}
}

/* the usable ones first, as there may be more than are told; @go: walk to them */
static void walk_each_endpoint(struct sal_walk *w, bool go)
{
	u32 n = 0;

	walk_some_endpoints(w, true, go, &n);
	walk_some_endpoints(w, false, go, &n);
}

/* --- 5: others' hooks ------------------------------------------------------ */

static void walk_hooks(struct sal_walk *w)
{
	struct sal_endpoint *ep;
	u32 n = 0;

	sal_walk_hooks(w, w->from, WALK_CLIENT);
	if (w->router)
		sal_walk_hooks(w, w->router->net, WALK_ROUTER);
	if (w->bridged)
		sal_walk_bridge(w, w->d->net);
	list_for_each_entry(ep, &w->svc->endpoints, in_service) {
		struct net *at = READ_ONCE(ep->net);

		if (!walk_counts(w, ep, true) || n++ >= SAL_WALK_ENDPOINTS)
			continue;
		if (at)
			sal_walk_hooks(w, at, WALK_CLIENT);
	}
	if (w->filters && w->verdict == SAL_VERDICT_ANSWERS)
		w->verdict = SAL_VERDICT_FILTERS;
}

void sal_walk(struct sal_walk *w)
{
	bool open;

	lockdep_assert_held(&sal_mutex);
	w->verdict = SAL_VERDICT_ANSWERS;
	if (!walk_rule(w) || !walk_service(w) || !walk_member(w) ||
	    !walk_policy(w))
		return;
	open = walk_gate(w);
	walk_each_endpoint(w, open);
	if (open)
		walk_hooks(w);
}
