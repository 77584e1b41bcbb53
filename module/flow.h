/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flow.h - conversations: one object, one hash node, no endpoint in the key
 */
#ifndef _SAL_FLOW_H
#define _SAL_FLOW_H

#include <linux/rhashtable.h>
#include <linux/timekeeping.h>

#include <uapi/linux/sal.h>

#include "addr.h"
#include "cell.h"

struct sal_domain;
struct sal_endpoint;
struct sal_member;
struct sal_packet;
struct sal_reverse;
struct sal_service;

/**
 * struct sal_ports - what tells conversations of two addresses apart
 * @id: port of the client, or its echo id
 * @port: port of the service; 0 for echo. An endpoint may have it by another
 *	number, see sal_port_out().
 * @proto: IP protocol
 */
struct sal_ports {
	__be16 id;
	__be16 port;
	u8 proto;
};

/* of a packet, or a quoted one, whose direction the caller knows */
static inline struct sal_ports sal_ports(u8 proto, __be16 id, __be16 port)
{
	return (struct sal_ports) {
		.id	= id,
		.port	= port,
		.proto	= proto,
	};
}

/**
 * struct sal_flow_key - a conversation as an endpoint of the service sees it
 * @peer: who the client is to endpoints, see peer.h
 * @svc: number of the service
 * @id: port or echo id of the client that the endpoint sees
 * @port: port of the service
 * @proto: IP protocol
 * @pad: zero
 *
 * The endpoint is not in it: a flow is found by it whichever endpoint it is
 * bound to, and moves without being hashed again. As the table allows a key
 * once, what endpoints see is unique within the service, wherever flows move.
 */
struct sal_flow_key {
	struct in6_addr peer;
	u32 svc;
	__be16 id;
	__be16 port;
	u8 proto;
	u8 pad[3];
};

/**
 * enum sal_flow_kind - what a flow is there for
 * @SAL_FLOW_SERVICE: a conversation with a service
 * @SAL_FLOW_DIRECT: one with an endpoint's own address, which is
 *	&sal_flow.vip; it does not move
 * @SAL_FLOW_PAST: one with a service that goes on in another flow, as its id
 *	clashed after a move; only late replies find it
 * @SAL_FLOW_MOVED: one with a service that goes on in another flow of the same
 *	key, as its client has moved; in no table any more
 */
enum sal_flow_kind {
	SAL_FLOW_SERVICE,
	SAL_FLOW_DIRECT,
	SAL_FLOW_PAST,
	SAL_FLOW_MOVED,
};

/**
 * struct sal_flow - one conversation of a client with a service
 * @node: in &sal_domain.flows
 * @key: what the endpoint sees; never changes
 * @member: number of the member that translates it, which is the client or
 *	routes for it; never changes
 * @cell: what it is bound to; holds a reference. The collector may exchange
 *	it for another cell of the same endpoint (sal_lock), a request for one of
 *	another endpoint (&sal_domain.alt_lock and sal_lock).
 * @vip: address that the client uses; never changes
 * @client: client address; never changes
 * @seen: coarse time of the last packet, see sal_flow_now(). Written by the
 *	data path, and only when it differs.
 * @told: which endpoint was told who the client is, or was not, see
 *	sal_flow_told(). Written by the data path, once for each endpoint.
 * @at: &sal_reverse.num of the endpoint that it has sent to last, its id
 *	being nobody else's at that address, see sal_flow_arrive(). Written by
 *	the data path, once for each endpoint.
 * @cid: port or echo id that the client uses; never changes
 * @place: enum sal_placement: in which hooks the member translates it; never
 *	changes
 * @kind: enum sal_flow_kind. A service's becomes a past or a moved one under
 *	&sal_domain.alt_lock; read without.
 * @id: number; never changes
 * @marks: SAL_MARK_* bits, see track.h. Written by the data path, each once;
 *	%SAL_MARK_ACCT never changes. %SAL_MARK_NAMESAKE goes where an endpoint comes
 *	to its client, see home.c.
 * @alt: entry in &sal_domain.alts where @cid is not what the endpoint sees
 * @rcu: for freeing
 *
 * Freed one RCU grace period after it left the table; whoever removed it from
 * there is who frees it.
 */
struct sal_flow {
	struct rhash_head node;
	struct sal_flow_key key;
	u32 member;
	struct sal_cell __rcu *cell;
	struct in6_addr vip;
	struct in6_addr client;
	u32 seen;
	u32 told;
	u32 at;
	__be16 cid;
	u8 place;
	u8 kind;
	u32 id;
	atomic_t marks;
	struct sal_flow_alt *alt;
	struct rcu_head rcu;
};

/**
 * struct sal_flow_alt_key - a conversation as the client sees it
 * @client: client address
 * @vip: address that the client uses
 * @member: number of the member
 * @cid: its port or echo id
 * @port: port that it sends to
 * @proto: IP protocol
 * @place: enum sal_placement
 * @pad: zero
 */
struct sal_flow_alt_key {
	struct in6_addr client;
	struct in6_addr vip;
	u32 member;
	__be16 cid;
	__be16 port;
	u8 proto;
	u8 place;
	u8 pad[2];
};

/**
 * struct sal_flow_alt - how the client's packets of a mapped flow find it
 * @node: in &sal_domain.alts
 * @key: what the client sees
 * @flow: the flow; goes with it
 */
struct sal_flow_alt {
	struct rhash_head node;
	struct sal_flow_alt_key key;
	struct sal_flow *flow;
};

/**
 * struct sal_conv - a packet's conversation, as read from its headers
 * @client: client address
 * @vip: address that the client uses
 * @ports: ports that the client uses
 * @place: enum sal_placement: where it was met
 */
struct sal_conv {
	struct in6_addr client;
	struct in6_addr vip;
	struct sal_ports ports;
	u8 place;
};

/**
 * struct sal_home - where the client of a flow is
 * @addr: its address
 * @member: number of the member that translates for it
 * @place: enum sal_placement: in which hooks
 */
struct sal_home {
	struct in6_addr addr;
	u32 member;
	u8 place;
};

/* does a name stand for its client there? */
static inline bool sal_flow_has_name(const struct sal_flow *f)
{
	return !ipv6_addr_equal(&f->key.peer, &f->client);
}

/* coarse time, in seconds; differences survive its wrap */
static inline u32 sal_flow_now(void)
{
	return (u32)ktime_get_seconds();
}

static inline void sal_flow_touch(struct sal_flow *f)
{
	u32 now = sal_flow_now();

	if (READ_ONCE(f->seen) != now)
		WRITE_ONCE(f->seen, now);
}

/* seconds since @seen. Another CPU may have seen a packet, and the next second, first. */
static inline u32 sal_flow_since(u32 seen)
{
	s32 idle = sal_flow_now() - seen;

	return max(idle, 0);
}

/* seconds since the last packet */
static inline u32 sal_flow_idle(const struct sal_flow *f)
{
	return sal_flow_since(READ_ONCE(f->seen));
}

/*
 * Whether an endpoint is told the client's name (enum sal_told) is decided once for
 * each endpoint, and kept: its number, and this. Numbers have to leave room for that.
 * The highest is nobody's: what was decided is known, and is decided anew for whoever
 * is asked next. All is 0 where nothing was.
 */
#define SAL_ENDPOINT_NOBODY	(U32_MAX >> 2)
#define SAL_ENDPOINT_ID_MAX	(SAL_ENDPOINT_NOBODY - 1)

static inline u32 sal_flow_told(u32 ep, enum sal_told told)
{
	return ep << 2 | told;
}

/* what was decided, and was it for that endpoint? */
static inline bool sal_told_is_of(u32 val, u32 ep, enum sal_told *told)
{
	*told = val & 3;
	return val >> 2 == ep;
}

/* what was decided for an endpoint; false where nothing was */
static inline bool sal_flow_get_told(const struct sal_flow *f, u32 ep,
				     enum sal_told *told)
{
	return sal_told_is_of(READ_ONCE(f->told), ep, told);
}

/* for hash tables of what clients choose; see flow.c */
u32 sal_flow_hash(const void *data, u32 len, u32 seed);

/* by what endpoints see; RCU */
struct sal_flow *sal_flow_find(struct sal_domain *d,
			       const struct in6_addr *peer,
			       const struct sal_service *svc,
			       const struct sal_ports *ports);

/* the client's packet; RCU */
struct sal_flow *sal_flow_lookup(const struct sal_member *m,
				 const struct sal_service *svc,
				 const struct sal_conv *conv);

/* the endpoint's packet; RCU */
struct sal_flow *sal_flow_reverse(const struct sal_member *m, u8 place,
				  const struct sal_service *svc,
				  const struct in6_addr *client,
				  const struct sal_ports *ports);

/* is there a flow of a client with a service, whoever translates it? RCU */
bool sal_flow_is_there(struct sal_domain *d, const struct sal_service *svc,
		       const struct in6_addr *client,
		       const struct sal_ports *ports);

/* is there a flow of a conversation that another member translates? RCU */
bool sal_flow_elsewhere(const struct sal_member *m,
			const struct sal_service *svc,
			const struct sal_conv *conv);

/* the port that the client sends to. RCU. */
__be16 sal_flow_near_port(const struct sal_flow *f);

/* the port that an endpoint, which it is with or was, has for it. RCU. */
__be16 sal_flow_far_port(const struct sal_flow *f,
			 const struct sal_endpoint *ep);

/**
 * sal_flow_create() - make the flow of a conversation that has none
 * @m: the member that is the client
 * @svc: the service
 * @conv: the conversation
 *
 * Binds it to an endpoint that the scheduler chooses. RCU, any context.
 *
 * Return: the flow (perhaps one that another CPU has just made), or an
 * ERR_PTR: EAGAIN where no endpoint is usable, EUSERS where none that is takes
 * new flows, ENOSPC at the limit of flows,
 * EADDRINUSE where no free id was found for a clash, ENOMEM.
 */
struct sal_flow *sal_flow_create(const struct sal_member *m,
				 struct sal_service *svc,
				 const struct sal_conv *conv);

/**
 * sal_flow_arrive() - a flow is about to send to an endpoint for the first time
 * @m: the member that translates it
 * @f: the flow
 * @rev: the endpoint's address
 *
 * Others may be at that address, endpoints of other services, and a flow of
 * theirs may have the same client and id there. Then this conversation goes on
 * in another flow, with an id that is free; @f stays for late replies of
 * endpoints that it was with before. RCU, any context.
 *
 * Return: the flow to go on with, or an ERR_PTR: EADDRINUSE where no free id
 * was found, EAGAIN where @f was removed meanwhile, ENOMEM.
 */
struct sal_flow *sal_flow_arrive(const struct sal_member *m,
				 struct sal_flow *f,
				 const struct sal_reverse *rev);

/**
 * sal_flow_direct() - the flow of a conversation with an endpoint's own address
 * @m: the member that is the client
 * @rev: the address
 * @conv: the conversation; its VIP is that address
 * @pkt: its packet
 *
 * Nearly always there is none. But where the client has a flow with a service
 * at that address by the same id, the endpoint could not tell the two apart, nor
 * could we tell its replies: the direct one is mapped. RCU, any context.
 *
 * Return: the flow, NULL where there is none and none is needed, or an ERR_PTR
 * as sal_flow_create() has it.
 */
struct sal_flow *sal_flow_direct(const struct sal_member *m,
				 struct sal_reverse *rev,
				 const struct sal_conv *conv,
				 const struct sal_packet *pkt);

/**
 * sal_flow_rehome() - the client of a flow has moved
 * @d: domain
 * @f: a service's flow
 * @home: where the client is now
 *
 * Another flow takes its place, of the same key, number and cell. What the
 * client has begun by the same id where it is now gives way. Whether it may is
 * for home.c to say. RCU, any context.
 *
 * Return: the other flow, or an ERR_PTR: EAGAIN where @f has gone, ENOMEM,
 * ENOSPC.
 */
struct sal_flow *sal_flow_rehome(struct sal_domain *d, struct sal_flow *f,
				 const struct sal_home *home);

/* what a moved one goes on in; NULL where that has gone. RCU. */
struct sal_flow *sal_flow_moved_to(struct sal_domain *d,
				   const struct sal_flow *f);

/* what the conversation of a past one goes on in; NULL where that has gone. RCU. */
struct sal_flow *sal_flow_next(const struct sal_member *m,
			       const struct sal_flow *f);

/* remove one; false where somebody else did. RCU. */
bool sal_flow_remove(struct sal_domain *d, struct sal_flow *f);

/* look at all flows soon: a service, member or endpoint has gone */
void sal_flow_collect(struct sal_domain *d);

/* its service, its endpoint (may be NULL), its member (may be NULL); RCU */
static inline struct sal_service *sal_flow_service(const struct sal_flow *f)
{
	return rcu_dereference(f->cell)->svc;
}

/* a past flow: is its service's grace time, in whole seconds, not over? RCU */
bool sal_flow_in_grace(const struct sal_flow *f);

static inline struct sal_endpoint *sal_flow_endpoint(const struct sal_flow *f)
{
	return rcu_dereference(rcu_dereference(f->cell)->ep);
}

struct sal_member *sal_flow_member(struct sal_domain *d,
				   const struct sal_flow *f);

int sal_flow_table_init(struct sal_domain *d);
/* no reader is left */
void sal_flow_table_destroy(struct sal_domain *d);

int sal_flow_init(void);
void sal_flow_exit(void);

#endif /* _SAL_FLOW_H */
