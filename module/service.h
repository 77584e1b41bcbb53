/* SPDX-License-Identifier: GPL-2.0 */
/*
 * service.h - services: a name, an ID, VIPs, and how they behave
 */
#ifndef _SAL_SERVICE_H
#define _SAL_SERVICE_H

#include <linux/llist.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>

#include <uapi/linux/sal.h>

#include "addr.h"
#include "hold.h"
#include "track.h"
#include "traffic.h"
#include "txn.h"

struct netlink_ext_ack;
struct sal_alias;
struct sal_domain;
struct sal_freeze;
struct sal_maglev;
struct sal_rule;
struct sal_vip;

/* its own, and one for each alias */
#define SAL_VIPS_ALL	(SAL_VIPS_MAX + SAL_ALIASES_MAX)

/**
 * struct sal_service_conf - what a user may set of a service
 * @hold_packets: most packets held; 0 for none
 * @hold_bytes: most bytes held
 * @hold_time: how long, in ms
 * @hold_share: what one conversation may have of @hold_packets and @hold_bytes, in
 *	percent
 * @on_empty: enum sal_on_empty
 * @late: enum sal_late
 * @grace: how long replies are late replies, in ms
 * @proto: the only protocol spoken, IPPROTO_ICMP for echo of both families; 0
 *	for all
 * @port: the first port; 0 for all
 * @port_end: the last one
 * @stray: enum sal_stray
 * @tcp: enum sal_tcp
 * @sched: enum sal_sched
 * @affinity: how long a client keeps its endpoint for new flows, in seconds; 0
 *	for not at all
 * @direct: enum sal_direct_mode
 * @timeout: by enum sal_timeout, in seconds
 */
struct sal_service_conf {
	u32 hold_packets;
	u32 hold_bytes;
	u32 hold_time;
	u32 hold_share;
	u32 on_empty;
	u32 late;
	u32 grace;
	u32 proto;
	u32 port;
	u32 port_end;
	u32 stray;
	u32 tcp;
	u32 sched;
	u32 affinity;
	u32 direct;
	u32 timeout[SAL_TIMEOUT_NUM];
};

/**
 * struct sal_service_want - what a service is to be when the transaction is done
 * @conf: settings
 * @set_vips: @vips are other than those it has
 * @array: room for them in the service, NULL where it has that
 * @vips: VIPs, its own first
 * @n_vips: how many
 * @n_own: how many of them are not those of aliases alone
 * @derived: the VIP is derived from the name
 * @set_aliases: likewise
 * @alias_array: likewise
 * @aliases: likewise
 * @n_aliases: likewise
 * @namesake: planned: the service with its name that it takes the place of, or
 *	NULL
 */
struct sal_service_want {
	struct sal_service_conf conf;
	bool set_vips;
	struct sal_vip **array;
	struct sal_vip *vips[SAL_VIPS_ALL];
	u32 n_vips;
	u32 n_own;
	bool derived;
	bool set_aliases;
	struct sal_alias **alias_array;
	struct sal_alias *aliases[SAL_ALIASES_MAX];
	u32 n_aliases;
	struct sal_service *namesake;
};

/**
 * struct sal_spread - how a service's flows spread over its endpoints
 * @turn: where the scheduler is, for each family. Every new flow may write here,
 *	and writes to &sal_service.n_flows.
 * @orphans: cells without endpoint for each family, through &sal_cell.list.
 *	sal_lock.
 * @maglev: tables of the scheduler of that name, for each family, see
 *	sched_maglev.c. Written under sal_mutex, read under RCU.
 * @svc: the service, which it ends with
 * @stale: in &sal_domain.stale while @is_stale
 * @is_stale: the tables are to be looked at
 */
struct sal_spread {
	atomic_t turn[SAL_AF_NUM];
	struct list_head orphans[SAL_AF_NUM];
	struct sal_maglev __rcu *maglev[SAL_AF_NUM];
	struct sal_service *svc;
	struct llist_node stale;
	atomic_t is_stale;
};

/**
 * struct sal_service - a service
 * @id: number in the domain; in the key of its flows
 * @gate: enum sal_gate for each family. Written under the lock of @hold, read
 *	by the data path without.
 * @domain: whose it is; holds a reference
 * @endpoints: its endpoints, through &sal_endpoint.in_service. Written under
 *	sal_mutex and sal_lock, walked under RCU or either.
 * @usable: endpoints usable now, for each family. Written under sal_lock.
 * @conf: settings. Members written under sal_mutex with WRITE_ONCE.
 * @hold: packets that wait for an endpoint
 * @freeze: where it is frozen, see freeze.h. sal_mutex.
 * @traffic: what it has carried; NULL before it has its first endpoint, and
 *	never changes then. sal_mutex.
 * @spread: what it has with its first endpoint, as @traffic
 * @n_flows: flows, those that wait for their grace period included
 * @node: in &sal_domain.names
 * @vip: its VIP where it has but one
 * @vips: its VIPs: @vip, or an array of its own. sal_mutex.
 * @aliases: its aliases, NULL where it has none. sal_mutex.
 * @n_vips: how many; at least 1. sal_mutex.
 * @n_own: how many of them are not those of aliases alone; they come first.
 *	sal_mutex.
 * @n_aliases: how many. sal_mutex.
 * @n_endpoints: how many. sal_mutex.
 * @n_rules: rules that name it, which keep it from being deleted. sal_mutex.
 * @first: its first VIP, where rules redirect to. As @face.
 * @asks: the upcall rule that it holds packets for, or NULL: then it has a name.
 *	Never changes; the rule may go an RCU grace period before.
 * @n_policies: policies from it and to it. Written under sal_mutex, read
 *	without.
 * @face: for each family its first VIP that is a whole address: what endpoints
 *	see of a client that is an endpoint of this service. Written under
 *	sal_mutex, read under RCU.
 * @derived: the VIP is derived from the name. sal_mutex.
 * @ending: it is being deleted: its flows have nowhere to go. Written under
 *	sal_mutex, read under sal_lock.
 * @opens: an endpoint of it has begun a flow under its name. Written by the data
 *	path, once.
 * @dead: deleted: its flows are to be collected, nothing is held any more.
 *	Written under sal_mutex and the lock of @hold.
 * @txn: number of the transaction that it is touched by, for events; 0 for
 *	none. Written under sal_mutex, read by events without.
 * @plan: enum sal_plan. sal_mutex, likewise the three below.
 * @refs: the domain's tables, cells, endpoints
 * @touched: in &sal_txn.services
 * @want: what it is to be, or NULL
 * @rcu: for freeing
 * @name: its name; never changes
 *
 * There may be a million: what not all of them need is allocated by those who
 * do.
 */
struct sal_service {
	u32 id;
	u8 gate[SAL_AF_NUM];
	struct sal_domain *domain;
	struct list_head endpoints;
	u32 usable[SAL_AF_NUM];
	struct sal_service_conf conf;
	u32 txn;
	struct sal_hold hold;
	struct sal_freeze *freeze;
	struct sal_traffic __percpu *traffic;
	struct sal_spread *spread;
	atomic_t n_flows;
	refcount_t refs;
	struct rhash_head node;
	struct sal_vip *vip;
	struct sal_vip **vips;
	struct sal_alias **aliases;
	struct sal_vip __rcu *face[SAL_AF_NUM];
	u32 n_endpoints;
	u32 n_rules;
	u32 n_policies;
	u8 n_vips;
	u8 n_own;
	u8 n_aliases;
	struct sal_vip __rcu *first;
	const struct sal_rule *asks;
	bool derived;
	bool ending;
	bool dead;
	bool opens;
	enum sal_plan plan;
	struct list_head touched;
	struct sal_service_want *want;
	struct rcu_head rcu;
	const char *name;
};

extern const struct sal_service_conf sal_service_defaults;

/**
 * struct sal_service_req - a request to create or change a service
 * @name: name
 * @conf: settings, complete
 * @vips: VIPs, each once
 * @n_vips: how many; 0 for one derived from the name
 * @set_vips: @vips count; else a service that is there keeps its own
 * @aliases: other names
 * @n_aliases: how many
 * @set_aliases: likewise
 */
struct sal_service_req {
	const char *name;
	struct sal_service_conf conf;
	const struct sal_prefix *vips;
	u32 n_vips;
	bool set_vips;
	const char *aliases[SAL_ALIASES_MAX];
	u32 n_aliases;
	bool set_aliases;
};

/* --- service_txn.c: plans, which a failure of any makes void ----------------- */

/*
 * All under sal_mutex. The first three plan: where they fail the transaction is
 * to be aborted.
 */
struct sal_service *sal_service_create(struct sal_txn *t,
				       const struct sal_service_req *req,
				       struct netlink_ext_ack *extack);
int sal_service_change(struct sal_txn *t, struct sal_service *svc,
		       const struct sal_service_req *req,
		       struct netlink_ext_ack *extack);
/* with its endpoints; flows are collected soon after */
void sal_service_delete(struct sal_txn *t, struct sal_service *svc);

/* the steps of sal_txn_commit(): settings and faces; the end of those that go;
 * and what is planned for it is over
 */
void sal_service_apply(struct sal_service *svc);
/* in service.c */
void sal_service_end(struct sal_service *svc);
void sal_service_settle(struct sal_service *svc);
/* as if nothing had been planned for it; a new one is gone */
void sal_service_forget(struct sal_service *svc);

/* --- service.c ---------------------------------------------------------------- */

/* for the former: one of that name, which nobody finds yet; its place under that in the
 * domain, or that of a namesake which will go, is taken and given back without memory
 */
struct sal_service *sal_service_alloc(struct sal_domain *d, const char *name,
				      struct netlink_ext_ack *extack);
int sal_service_enter_name(struct sal_service *svc);
void sal_service_leave_name(struct sal_service *svc);

/* one that only holds packets for a rule: without name, VIPs and endpoints, and
 * with its gate closed; sal_mutex
 */
struct sal_service *sal_service_create_mute(struct sal_domain *d,
					    const struct sal_service_conf *conf,
					    const struct sal_rule *asks,
					    struct netlink_ext_ack *extack);

/* the one that there will be when the transaction is done, by its name or an
 * alias; sal_mutex
 */
struct sal_service *sal_service_find(struct sal_domain *d, const char *name);
/* a name is @svc's already, as its own or an alias; EEXIST */
int sal_service_taken(const struct sal_service *svc, const char *name,
		      struct netlink_ext_ack *extack);

/* its settings when the transaction is done; sal_mutex */
static inline const struct sal_service_conf *
sal_service_next_conf(const struct sal_service *svc)
{
	return svc->want ? &svc->want->conf : &svc->conf;
}

/**
 * enum sal_speaks - does a service speak a protocol?
 * @SAL_SPEAKS: yes
 * @SAL_SPEAKS_NOT_PORT: no, or not on that port; other hosts would say that
 *	nobody listens there
 * @SAL_SPEAKS_NOT_PROTO: no
 */
enum sal_speaks {
	SAL_SPEAKS,
	SAL_SPEAKS_NOT_PORT,
	SAL_SPEAKS_NOT_PROTO,
};

/* a request for it, by protocol and port; any context */
static inline enum sal_speaks
sal_service_speaks(const struct sal_service *svc, u8 proto, __be16 port)
{
	u32 only = READ_ONCE(svc->conf.proto);
	u32 first = READ_ONCE(svc->conf.port);
	bool ports = proto == IPPROTO_UDP || proto == IPPROTO_TCP;

	if (proto == IPPROTO_ICMPV6)
		proto = IPPROTO_ICMP;
	if (only && proto != only)
		return ports ? SAL_SPEAKS_NOT_PORT : SAL_SPEAKS_NOT_PROTO;
	if (ports && first && (ntohs(port) < first ||
			       ntohs(port) > READ_ONCE(svc->conf.port_end)))
		return SAL_SPEAKS_NOT_PORT;
	return SAL_SPEAKS;
}

/* first VIP; sal_mutex */
const struct in6_addr *sal_service_sid(const struct sal_service *svc);

/* the ID that a name stands for in a domain; sal_mutex */
void sal_service_derive_id(struct sal_domain *d, const char *name,
			   struct in6_addr *id);

/* it is to have endpoints, and counts what they carry; 0 or an errno */
int sal_service_equip(struct sal_service *svc, struct netlink_ext_ack *extack);

void sal_service_get(struct sal_service *svc);
void sal_service_put(struct sal_service *svc);

int sal_service_init(void);
void sal_service_exit(void);

int sal_service_names_init(struct sal_domain *d);

#endif /* _SAL_SERVICE_H */
