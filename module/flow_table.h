/* SPDX-License-Identifier: GPL-2.0 */
/*
 * flow_table.h - the tables of flows, for those who put in and take out
 *
 * flow.c, flow_new.c, flow_next.c, flow_home.c, flow_saved.c, flow_gc.c and direct.c; for all
 * others there is flow.h. All of it under RCU.
 */
#ifndef _SAL_FLOW_TABLE_H
#define _SAL_FLOW_TABLE_H

#include <linux/rhashtable.h>
#include <linux/siphash.h>

#include "flow.h"
#include "peer.h"

struct sal_cell;

extern hsiphash_key_t sal_flow_secret;

/* clients choose most of what is hashed; of IPv4 less is to be */
static inline u32 sal_flow_key_hash(const void *data, u32 len, u32 seed)
{
	const struct sal_flow_key *key = data;

	BUILD_BUG_ON(sizeof(*key) != 28);
	if (ipv6_addr_v4mapped(&key->peer))
		return seed ^ hsiphash_4u32((__force u32)sal_addr_get4(&key->peer),
					    key->svc,
					    (__force u32)key->id << 16 |
					    (__force u32)key->port,
					    key->proto, &sal_flow_secret);
	return seed ^ hsiphash(key, sizeof(*key), &sal_flow_secret);
}

static inline int sal_flow_key_cmp(struct rhashtable_compare_arg *arg,
				   const void *obj)
{
	const struct sal_flow *f = obj;
	const struct sal_flow_key *a = &f->key, *b = arg->key;

	return !(ipv6_addr_equal(&a->peer, &b->peer) && a->svc == b->svc &&
		 a->id == b->id && a->port == b->port && a->proto == b->proto);
}

static const __maybe_unused struct rhashtable_params sal_flow_params = {
	.head_offset		= offsetof(struct sal_flow, node),
	.key_offset		= offsetof(struct sal_flow, key),
	.key_len		= sizeof(struct sal_flow_key),
	.hashfn			= sal_flow_key_hash,
	.obj_cmpfn		= sal_flow_key_cmp,
	.automatic_shrinking	= true,
};

static const __maybe_unused struct rhashtable_params sal_alt_params = {
	.head_offset		= offsetof(struct sal_flow_alt, node),
	.key_offset		= offsetof(struct sal_flow_alt, key),
	.key_len		= sizeof(struct sal_flow_alt_key),
	.hashfn			= sal_flow_hash,
	.automatic_shrinking	= true,
};

/* --- flow.c: found, counted, and out ------------------------------------------ */

/**
 * sal_flow_reverse_as() - as sal_flow_reverse()
 * @m: the member
 * @place: enum sal_placement
 * @svc: the service
 * @client: address of the client
 * @ports: ports that the endpoint sees
 * @is: whether the client has a name
 * @other: where none is found: there is one, but another member's, or it is of the
 *	other placement
 *
 * Return: the flow, or NULL.
 */
struct sal_flow *sal_flow_reverse_as(const struct sal_member *m, u8 place,
				     const struct sal_service *svc,
				     const struct in6_addr *client,
				     const struct sal_ports *ports,
				     enum sal_peer *is, bool *other);

/* as sal_flow_lookup(), but for claims; @is: whether the client has a name */
struct sal_flow *sal_flow_lookup_as(const struct sal_member *m,
				    const struct sal_service *svc,
				    const struct sal_conv *conv,
				    enum sal_peer *is);

/* the flow of a client with a service, whoever translates it */
struct sal_flow *sal_flow_of_client(struct sal_domain *d,
				    const struct sal_service *svc,
				    const struct in6_addr *client,
				    const struct sal_ports *ports);

/* a mapped one, of any service */
struct sal_flow *sal_flow_lookup_alt(const struct sal_member *m,
				     const struct sal_conv *conv);
void sal_flow_alt_key(struct sal_flow_alt_key *key, const struct sal_member *m,
		      const struct sal_conv *conv);

/* what a flow takes of a guest's share; @acct: it counts what it carries */
size_t sal_flow_share(bool acct);
/* room for one more: false where there is none */
bool sal_flow_reserve(struct sal_domain *d, bool acct);
void sal_flow_unreserve(struct sal_domain *d, bool acct);

struct sal_flow *sal_flow_zalloc(struct sal_domain *d, bool acct);
/* nobody has seen it, or nobody can any more */
void sal_flow_free(struct sal_flow *f);
/* out of the first table; false where somebody else did that */
bool sal_flow_unlink(struct sal_domain *d, struct sal_flow *f);
/* it is in no table, but perhaps somebody still sees it */
void sal_flow_end(struct sal_domain *d, struct sal_flow *f);

/* --- flow_new.c: in ----------------------------------------------------------- */

/* one for a reservation; takes over the reference to the cell */
struct sal_flow *sal_flow_begin(const struct sal_member *m,
				struct sal_service *svc,
				const struct sal_conv *conv,
				struct sal_cell *cell, bool acct);
struct sal_flow_alt *sal_flow_alloc_alt(const struct sal_member *m,
					const struct sal_conv *conv,
					struct sal_flow *f);

/* NULL, or who has the key, or an ERR_PTR */
struct sal_flow *sal_flow_insert(struct sal_domain *d, struct sal_flow *f);
/* by a free id: into the first table, or into both (&sal_domain.alt_lock) */
int sal_flow_link_free_id(struct sal_domain *d, struct sal_flow *f);
int sal_flow_link_mapped(struct sal_domain *d, struct sal_flow *f);

/* is its id another's at that address (which may be NULL)? */
bool sal_flow_is_taken(struct sal_domain *d, const struct sal_flow *f,
		       const struct sal_reverse *rev);

/**
 * sal_flow_make() - make a flow, reserved, published and told of
 * @m: the member that is the client
 * @svc: the service
 * @conv: the conversation
 * @port: port of the service
 * @cell: what it is bound to; takes over the reference
 * @kind: what it is there for
 *
 * Return: as sal_flow_create().
 */
struct sal_flow *sal_flow_make(const struct sal_member *m,
			       struct sal_service *svc,
			       const struct sal_conv *conv, __be16 port,
			       struct sal_cell *cell, enum sal_flow_kind kind);

/* --- flow_next.c -------------------------------------------------------------- */

/* of a service's flow, as its client sees it */
static inline struct sal_conv sal_flow_conv(const struct sal_flow *f)
{
	return (struct sal_conv) {
		.client	= f->client,
		.vip	= f->vip,
		.ports	= sal_ports(f->key.proto, f->cid, f->key.port),
		.place	= f->place,
	};
}

/* it stays what it is; whoever has removed it meanwhile has left that to us to tell */
void sal_flow_keep(struct sal_domain *d, struct sal_flow *f);

/* --- flow_gc.c ---------------------------------------------------------------- */

void sal_flow_gc_init(struct sal_domain *d);
void sal_flow_gc_exit(struct sal_domain *d);

#endif /* _SAL_FLOW_TABLE_H */
