// SPDX-License-Identifier: GPL-2.0
/*
 * events.c - what listeners of the multicast groups are told
 *
 * Each group of a domain counts its events. A number is drawn and its event
 * sent under one lock, so that events arrive in the order of their numbers and
 * a gap tells a listener that it has lost some: because its receive buffer was
 * full (it gets ENOBUFS), or because there was no memory for the message.
 * What happens while nobody listens is not numbered.
 *
 * Events are for sockets of the domain's own namespace. One in another may have
 * asked to hear of all namespaces that it has a number for; but whether it may
 * join a group was decided by a right over its own, and the numbers that an
 * event names namespaces by are the domain's.
 *
 * event_lock nests inside sal_mutex, sal_lock and locks of hold queues; so whatever
 * fills a message takes none of these.
 */
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "cell.h"
#include "domain.h"
#include "endpoint.h"
#include "episode.h"
#include "events.h"
#include "fence.h"
#include "member.h"
#include "netlink.h"
#include "net.h"
#include "nl_util.h"
#include "rule.h"
#include "service.h"
#include "trace.h"
#include "xlat.h"

/* the family is registered: its groups are its own */
static bool events_on;

/* room for attributes: three names and some numbers */
#define EVENT_SIZE	1024

/**
 * struct event - an event to be sent
 * @d: domain
 * @group: multicast group
 * @cmd: command
 * @size: room for attributes
 * @fill: puts them; under event_lock
 * @arg: for @fill
 */
struct event {
	struct sal_domain *d;
	unsigned int group;
	u8 cmd;
	size_t size;
	int (*fill)(struct sk_buff *skb, const struct event *ev, u64 seq);
	const void *arg;
};

static struct sk_buff *event_build(const struct event *ev, u64 seq)
{
	struct sk_buff *skb = genlmsg_new(ev->size, GFP_ATOMIC);
	void *hdr;

	if (!skb)
		return NULL;
	hdr = genlmsg_put(skb, 0, 0, &sal_nl_family, 0, ev->cmd);
	if (WARN_ON_ONCE(!hdr || ev->fill(skb, ev, seq))) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, hdr);
	return skb;
}

static int event_skip(struct sock *sk, struct sk_buff *skb, void *net)
{
	return !net_eq(sock_net(sk), net);
}

static void event_number_and_send(const struct event *ev)
{
	struct sal_domain *d = ev->d;
	struct sk_buff *skb;

	spin_lock_bh(&d->event_lock);
	skb = event_build(ev, ++d->seq[ev->group]);
	if (skb)
		genlmsg_multicast_netns_filtered(&sal_nl_family, d->net, skb,
						 0, ev->group, GFP_ATOMIC,
						 event_skip, d->net);
	spin_unlock_bh(&d->event_lock);
}

/* the owner is there for one grace period after the domain is dead */
static void event_send(const struct event *ev)
{
	struct sal_domain *d = ev->d;

	BUILD_BUG_ON(ARRAY_SIZE(d->seq) != SAL_NLGRP_HOLD + 1);
	rcu_read_lock();
	if (READ_ONCE(events_on) && !READ_ONCE(d->dead) &&
	    genl_has_listeners(&sal_nl_family, d->net, ev->group))
		event_number_and_send(ev);
	rcu_read_unlock();
}

/**
 * sal_events_start() - the family has been registered
 */
void sal_events_start(void)
{
	WRITE_ONCE(events_on, true);
}

/**
 * sal_events_stop() - the family is about to go
 *
 * What happens later, as the module gives everything back, is told to nobody.
 * Waits for those who are sending.
 */
void sal_events_stop(void)
{
	WRITE_ONCE(events_on, false);
	synchronize_rcu();
}

static int fill_txn(struct sk_buff *skb, int attr,
		    const struct sal_service *svc)
{
	u32 id = READ_ONCE(svc->txn);

	return id ? nla_put_u32(skb, attr, id) : 0;
}

/* others of a service may fail while a transaction changes it; NULL is none */
static bool event_in_txn(const struct sal_endpoint *ep)
{
	return ep && !list_empty(&ep->touched);
}

static int fill_service(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	struct sal_service *svc = (struct sal_service *)ev->arg;

	return sal_nl_fill_service(skb, svc, seq) ?:
	       fill_txn(skb, SAL_A_SERVICE_TRANSACTION, svc);
}

void sal_event_service(struct sal_service *svc, u8 cmd)
{
	const struct event ev = {
		.d = svc->domain,
		.group = SAL_NLGRP_SERVICE,
		.cmd = cmd,
		.size = sal_nl_service_size(svc),
		.fill = fill_service,
		.arg = svc,
	};

	event_send(&ev);
}

/**
 * struct place - an endpoint to be told of
 * @ep: endpoint
 * @net: its namespace, or NULL
 */
struct place {
	struct sal_endpoint *ep;
	struct net *net;
};

static int fill_endpoint(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	const struct place *place = ev->arg;

	if (sal_nl_fill_endpoint(skb, place->ep, place->net, seq))
		return -EMSGSIZE;
	return event_in_txn(place->ep) ?
	       fill_txn(skb, SAL_A_ENDPOINT_TRANSACTION, place->ep->svc) : 0;
}

void sal_event_endpoint(struct sal_endpoint *ep, struct net *net, u8 cmd)
{
	const struct place place = { .ep = ep, .net = net };
	const struct event ev = {
		.d = ep->svc->domain,
		.group = SAL_NLGRP_ENDPOINT,
		.cmd = cmd,
		.size = EVENT_SIZE,
		.fill = fill_endpoint,
		.arg = &place,
	};

	event_send(&ev);
}

static int fill_flow(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	struct sal_flow *f = (struct sal_flow *)ev->arg;

	if (sal_nl_fill_flow(skb, ev->d, f, seq))
		return -EMSGSIZE;
	return ev->cmd == SAL_CMD_FLOW_DEL_NTF ? sal_nl_fill_carried(skb, f) : 0;
}

void sal_event_flow(struct sal_domain *d, struct sal_flow *f, u8 cmd)
{
	const struct event ev = {
		.d = d,
		.group = SAL_NLGRP_FLOW,
		.cmd = cmd,
		.size = EVENT_SIZE,
		.fill = fill_flow,
		.arg = f,
	};

	event_send(&ev);
}

static int fill_policy(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	return sal_nl_fill_policy(skb, ev->arg, seq);
}

void sal_event_policy(struct sal_domain *d, const struct sal_policy *p, u8 cmd)
{
	const struct event ev = {
		.d = d,
		.group = SAL_NLGRP_POLICY,
		.cmd = cmd,
		.size = EVENT_SIZE,
		.fill = fill_policy,
		.arg = p,
	};

	event_send(&ev);
}

/**
 * struct move - a migration to be told
 * @svc: service
 * @from: where from, or NULL
 * @to: where to, or NULL
 * @moved: how much
 * @ns: how long it took, or 0
 * @cause: why
 */
struct move {
	const struct sal_service *svc;
	const struct sal_endpoint *from;
	const struct sal_endpoint *to;
	const struct sal_moved *moved;
	u64 ns;
	enum sal_cause cause;
};

static int fill_migrate(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	const struct move *m = ev->arg;

	if (nla_put_string(skb, SAL_A_MIGRATE_SERVICE, m->svc->name))
		return -EMSGSIZE;
	if (m->from &&
	    nla_put_string(skb, SAL_A_MIGRATE_FROM, m->from->name))
		return -EMSGSIZE;
	if (m->to && nla_put_string(skb, SAL_A_MIGRATE_TO, m->to->name))
		return -EMSGSIZE;
	if (m->ns && nla_put_uint(skb, SAL_A_MIGRATE_DURATION, m->ns))
		return -EMSGSIZE;
	if (m->moved->opened &&
	    nla_put_u32(skb, SAL_A_MIGRATE_OPENED, m->moved->opened))
		return -EMSGSIZE;
	if (nla_put_u32(skb, SAL_A_MIGRATE_FLOWS, m->moved->flows) ||
	    nla_put_u32(skb, SAL_A_MIGRATE_CELLS, m->moved->cells) ||
	    nla_put_u32(skb, SAL_A_MIGRATE_CAUSE, m->cause) ||
	    nla_put_uint(skb, SAL_A_MIGRATE_SEQ, seq))
		return -EMSGSIZE;
	if (m->moved->resets &&
	    nla_put_u32(skb, SAL_A_MIGRATE_RESETS, m->moved->resets))
		return -EMSGSIZE;
	return event_in_txn(m->from) || event_in_txn(m->to) ?
	       fill_txn(skb, SAL_A_MIGRATE_TRANSACTION, m->svc) : 0;
}

void sal_event_migrate(struct sal_service *svc,
		       const struct sal_endpoint *from,
		       const struct sal_endpoint *to,
		       const struct sal_moved *moved, u64 ns,
		       enum sal_cause cause)
{
	const struct move m = {
		.svc = svc,
		.from = from,
		.to = to,
		.moved = moved,
		.ns = ns,
		.cause = cause,
	};
	const struct event ev = {
		.d = svc->domain,
		.group = SAL_NLGRP_MIGRATE,
		.cmd = SAL_CMD_MIGRATE_NTF,
		.size = EVENT_SIZE,
		.fill = fill_migrate,
		.arg = &m,
	};

	trace_sal_migrate(svc, from, to, moved, cause);
	event_send(&ev);
}

void sal_event_migrate_lost(struct sal_domain *d)
{
	spin_lock_bh(&d->event_lock);
	d->seq[SAL_NLGRP_MIGRATE]++;
	spin_unlock_bh(&d->event_lock);
}

static int fill_fence(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	static const int attrs[SAL_FENCED_NUM] = {
		[SAL_FENCED_RESET] = SAL_A_MIGRATE_FENCED_RESETS,
		[SAL_FENCED_ERROR] = SAL_A_MIGRATE_FENCED_ERRORS,
		[SAL_FENCED_LATE] = SAL_A_MIGRATE_FENCED_LATE,
	};
	const struct sal_fence *fence = ev->arg;
	int i;

	if (nla_put_string(skb, SAL_A_MIGRATE_SERVICE, fence->svc->name) ||
	    nla_put_string(skb, SAL_A_MIGRATE_FROM, fence->name))
		return -EMSGSIZE;
	for (i = 0; i < SAL_FENCED_NUM; i++)
		if (fence->packets[i] &&
		    nla_put_u32(skb, attrs[i], fence->packets[i]))
			return -EMSGSIZE;
	return nla_put_uint(skb, SAL_A_MIGRATE_SEQ, seq);
}

void sal_event_fence(const struct sal_fence *fence)
{
	const struct event ev = {
		.d = fence->svc->domain,
		.group = SAL_NLGRP_MIGRATE,
		.cmd = SAL_CMD_FENCE_NTF,
		.size = EVENT_SIZE,
		.fill = fill_fence,
		.arg = fence,
	};

	event_send(&ev);
}

/**
 * struct done - a transaction that was done
 * @id: its number
 * @requests: of how many
 */
struct done {
	u32 id;
	u32 requests;
};

static int fill_done(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	const struct done *done = ev->arg;

	if (nla_put_u32(skb, SAL_A_TRANSACTION_ID, done->id) ||
	    nla_put_u32(skb, SAL_A_TRANSACTION_REQUESTS, done->requests))
		return -EMSGSIZE;
	return nla_put_uint(skb, SAL_A_TRANSACTION_SEQ, seq);
}

void sal_event_transaction(struct sal_domain *d, u32 id, u32 requests)
{
	const struct done done = { .id = id, .requests = requests };
	const struct event ev = {
		.d = d,
		.group = SAL_NLGRP_TRANSACTION,
		.cmd = SAL_CMD_TRANSACTION_COMMIT_NTF,
		.size = EVENT_SIZE,
		.fill = fill_done,
		.arg = &done,
	};

	event_send(&ev);
}

static int fill_rule(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	return sal_nl_fill_rule(skb, ev->arg, seq);
}

void sal_event_rule(struct sal_domain *d, const struct sal_rule *rule, u8 cmd)
{
	const struct event ev = {
		.d = d,
		.group = SAL_NLGRP_RULE,
		.cmd = cmd,
		.size = EVENT_SIZE,
		.fill = fill_rule,
		.arg = rule,
	};

	event_send(&ev);
}

/**
 * struct miss - a packet that waits for who knows its address
 * @m: where it was met
 * @rule: rule that lets it wait
 * @pkt: the packet
 */
struct miss {
	const struct sal_member *m;
	const struct sal_rule *rule;
	const struct sal_packet *pkt;
};

static int fill_miss(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	const struct miss *miss = ev->arg;
	const struct sal_packet *pkt = miss->pkt;

	if (sal_nl_put_addr(skb, SAL_A_MISS_ADDR, &pkt->dst) ||
	    nla_put_u8(skb, SAL_A_MISS_PROTO, pkt->proto) ||
	    (pkt->kind == SAL_KIND_DATA &&
	     nla_put_be16(skb, SAL_A_MISS_DPORT, pkt->dport)) ||
	    sal_nl_put_addr(skb, SAL_A_MISS_SRC, &pkt->src) ||
	    nla_put_string(skb, SAL_A_MISS_MEMBER, miss->m->name) ||
	    sal_nl_put_nsid(skb, SAL_A_MISS_NSID, ev->d->net, miss->m->net) ||
	    sal_nl_put_any_prefix(skb, SAL_A_MISS_RULE,
				  &miss->rule->entry.pfx))
		return -EMSGSIZE;
	return nla_put_uint(skb, SAL_A_MISS_SEQ, seq);
}

void sal_event_miss(const struct sal_member *m, const struct sal_rule *rule,
		    const struct sal_packet *pkt)
{
	const struct miss miss = { .m = m, .rule = rule, .pkt = pkt };
	const struct event ev = {
		.d = m->domain,
		.group = SAL_NLGRP_MISS,
		.cmd = SAL_CMD_MISS_NTF,
		.size = EVENT_SIZE,
		.fill = fill_miss,
		.arg = &miss,
	};

	event_send(&ev);
}

/**
 * struct wait - packets of a service wait, or cease to
 * @svc: service
 * @news: what there is to tell
 */
struct wait {
	const struct sal_service *svc;
	const struct sal_hold_news *news;
};

static int fill_fates(struct sk_buff *skb, const struct sal_episode *e)
{
	if (nla_put_u32(skb, SAL_A_HOLD_RELEASED,
			e->packets[SAL_FATE_RELEASED]) ||
	    nla_put_uint(skb, SAL_A_HOLD_RELEASED_BYTES, e->bytes) ||
	    nla_put_u32(skb, SAL_A_HOLD_EXPIRED,
			e->packets[SAL_FATE_EXPIRED]) ||
	    nla_put_u32(skb, SAL_A_HOLD_EVICTED,
			e->packets[SAL_FATE_EVICTED]) ||
	    nla_put_u32(skb, SAL_A_HOLD_REFUSED,
			e->packets[SAL_FATE_REFUSED]) ||
	    nla_put_u32(skb, SAL_A_HOLD_PURGED, e->packets[SAL_FATE_PURGED]))
		return -EMSGSIZE;
	return 0;
}

static int fill_hold(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	const struct wait *wait = ev->arg;
	const struct sal_hold_news *news = wait->news;
	bool begins = ev->cmd == SAL_CMD_HOLD_BEGIN_NTF ||
		      ev->cmd == SAL_CMD_HOLD_FREEZE_NTF;

	if (nla_put_string(skb, SAL_A_HOLD_SERVICE, wait->svc->name) ||
	    (news->family &&
	     nla_put_u32(skb, SAL_A_HOLD_FAMILY, news->family)) ||
	    nla_put_u32(skb, SAL_A_HOLD_CAUSE, news->cause) ||
	    (news->time && nla_put_u32(skb, SAL_A_HOLD_TIME, news->time)) ||
	    (!begins && nla_put_uint(skb, SAL_A_HOLD_DURATION, news->ns)) ||
	    (news->episode && fill_fates(skb, news->episode)) ||
	    nla_put_u32(skb, SAL_A_HOLD_HELD_PACKETS, news->packets) ||
	    nla_put_uint(skb, SAL_A_HOLD_HELD_BYTES, news->bytes))
		return -EMSGSIZE;
	return nla_put_uint(skb, SAL_A_HOLD_SEQ, seq) ?:
	       fill_txn(skb, SAL_A_HOLD_TRANSACTION, wait->svc);
}

void sal_event_hold(const struct sal_service *svc,
		    const struct sal_hold_news *news)
{
	const struct wait wait = { .svc = svc, .news = news };
	const struct event ev = {
		.d = svc->domain,
		.group = SAL_NLGRP_HOLD,
		.cmd = news->cmd,
		.size = EVENT_SIZE,
		.fill = fill_hold,
		.arg = &wait,
	};

	event_send(&ev);
}

/**
 * struct drain - a step of a drain
 * @place: the endpoint
 * @step: enum sal_drain_step
 * @cause: enum sal_cause
 */
struct drain {
	struct place place;
	u32 step;
	u32 cause;
};

static int fill_drain(struct sk_buff *skb, const struct event *ev, u64 seq)
{
	const struct drain *drain = ev->arg;
	struct sal_endpoint *ep = drain->place.ep;

	if (sal_nl_fill_endpoint(skb, ep, drain->place.net, seq) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_DRAIN_STEP, drain->step) ||
	    nla_put_u32(skb, SAL_A_ENDPOINT_DRAIN_CAUSE, drain->cause) ||
	    sal_nl_fill_drain(skb, ep))
		return -EMSGSIZE;
	return event_in_txn(ep) ?
	       fill_txn(skb, SAL_A_ENDPOINT_TRANSACTION, ep->svc) : 0;
}

void sal_event_drain(struct sal_endpoint *ep, struct net *net,
		     enum sal_drain_step step, enum sal_cause cause)
{
	const struct drain drain = {
		.place = { .ep = ep, .net = net },
		.step = step,
		.cause = cause,
	};
	const struct event ev = {
		.d = ep->svc->domain,
		.group = SAL_NLGRP_ENDPOINT,
		.cmd = SAL_CMD_ENDPOINT_DRAIN_NTF,
		.size = EVENT_SIZE,
		.fill = fill_drain,
		.arg = &drain,
	};

	lockdep_assert_held(&sal_mutex);
	event_send(&ev);
}
