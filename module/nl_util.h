/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nl_util.h - what the handlers of the netlink family share
 */
#ifndef _SAL_NL_UTIL_H
#define _SAL_NL_UTIL_H

#include "netlink.h"

struct net;
struct sal_endpoint_req;
struct sal_txn;
struct xarray;

/**
 * struct sal_nl_reply - the reply to a request, made before its work is done
 * @skb: message; what is filled in goes here
 * @hdr: its header
 *
 * So that a request whose reply cannot be allocated changes nothing.
 */
struct sal_nl_reply {
	struct sk_buff *skb;
	void *hdr;
};

int sal_nl_reply_init(struct sal_nl_reply *reply, struct genl_info *info,
		      size_t size);
int sal_nl_reply_send(struct sal_nl_reply *reply, struct genl_info *info,
		      int err);

/**
 * struct sal_nl_blame - the attribute that an error of the core is about
 * @err: error, negative; 0 ends a list of these
 * @attr: number of the attribute
 */
struct sal_nl_blame {
	int err;
	int attr;
};

int sal_nl_no_attrs(const struct nlmsghdr *nlh,
		    struct netlink_ext_ack *extack);

int sal_nl_blame(const struct genl_info *info, int err,
		 const struct sal_nl_blame *blame);

/* names and addresses in a request */
const char *sal_nl_name(const struct nlattr *nla, const char *what,
			struct netlink_ext_ack *extack);
const char *sal_nl_get_name(const struct genl_info *info, int attr,
			    const char *what);
const char *sal_nl_get_label(const struct genl_info *info, int attr,
			     const char *what);
int sal_nl_get_addr6(const struct nlattr *attr, struct in6_addr *addr,
		     struct netlink_ext_ack *extack);

/* a namespace in a reply or an event */
int sal_nl_put_nsid(struct sk_buff *skb, int attr, const struct net *reader,
		    struct net *net);

/* is a prefix among others? */
static inline bool sal_nl_prefix_in(const struct sal_prefix *pfx,
				    const struct sal_prefix *others, u32 n)
{
	while (n--)
		if (others[n].len == pfx->len &&
		    ipv6_addr_equal(&others[n].addr, &pfx->addr))
			return true;
	return false;
}

/* objects that a request names; sal_mutex */
struct sal_service *sal_nl_find_service(struct sal_domain *d,
					const struct genl_info *info,
					int attr);
/* nl_drain.c: what endpoint-set says of a drain; 0 or EINVAL */
int sal_nl_drain_get(const struct genl_info *info, struct sal_endpoint_req *req);
struct sal_endpoint *sal_nl_find_endpoint(struct sal_service *svc,
					  const struct genl_info *info,
					  int attr);
struct sal_domain *sal_nl_obtain_domain(const struct genl_info *info);

/* nl_dump.c */

/**
 * struct sal_nl_dump_ctx - where a dump of an object table is
 * @last: number of the last object that was dumped, 0 for none
 */
struct sal_nl_dump_ctx {
	unsigned long last;
};

/* put one object into a message; 1 where it is left out */
typedef int (*sal_nl_dump_fn)(struct sk_buff *skb, void *obj,
			      const void *filter);

int sal_nl_dump_table(struct sk_buff *skb, struct netlink_callback *cb,
		      struct sal_domain *d, struct xarray *table,
		      sal_nl_dump_fn fill, const void *filter);
int sal_nl_dump_all(struct sk_buff *skb, struct netlink_callback *cb,
		    size_t table, sal_nl_dump_fn fill);
int sal_nl_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    sal_nl_dump_fn fill, void *obj, const void *filter);

/* nl_member_auto.c */
struct sal_member *sal_nl_member_auto(struct sal_txn *t, struct net *net,
				      const char *name,
				      struct netlink_ext_ack *extack);

/* nl_flow_filter.c */

/**
 * struct sal_nl_flow_filter - which flows a request is about
 * @svc: number of the service, or 0 for any
 * @endpoint: name of the endpoint, or NULL; lives as long as the request
 * @src: prefix of client addresses
 * @id: number of the flow
 * @sport: client port
 * @dport: port that the client sends to
 * @proto: IP protocol
 * @has_src: @src counts; likewise the others
 * @has_id: see @has_src
 * @has_sport: see @has_src
 * @has_dport: see @has_src
 * @has_proto: see @has_src
 */
struct sal_nl_flow_filter {
	u32 svc;
	const char *endpoint;
	struct sal_prefix src;
	u64 id;
	__be16 sport;
	__be16 dport;
	u8 proto;
	bool has_src;
	bool has_id;
	bool has_sport;
	bool has_dport;
	bool has_proto;
};

bool sal_nl_flow_matches(struct sal_domain *d,
			 const struct sal_nl_flow_filter *filter,
			 const struct sal_flow *f);

/**
 * struct sal_nl_flow_heads - attributes about headers, of whatever request
 * @src: a prefix
 * @proto: IP protocol
 * @sport: client port
 * @dport: port that the client sends to
 */
struct sal_nl_flow_heads {
	const struct nlattr *src;
	const struct nlattr *proto;
	const struct nlattr *sport;
	const struct nlattr *dport;
};

int sal_nl_flow_filter_heads(const struct sal_nl_flow_heads *heads,
			     struct sal_nl_flow_filter *filter,
			     struct netlink_ext_ack *extack);
int sal_nl_flow_filter(const struct genl_info *info,
		       struct sal_nl_flow_filter *filter);

/* nl_walk.c */
struct sal_walk;

size_t sal_nl_walk_size(const struct sal_walk *w);
int sal_nl_walk_put(struct sk_buff *skb, const struct sal_walk *w,
		    const struct net *reader);

/* nl_route.c: routes of members, see there */

/**
 * struct sal_nl_routes - what is to be done about routes
 * @del: pools whose routes are taken back
 * @add: pools that routes are made to, where there is none
 * @n_del: how many
 * @n_add: how many
 * @n_nets: in how many namespaces
 * @max_nets: for how many there is room
 * @later: in the list of what is done later
 * @nets: the namespaces, with a reference each
 */
struct sal_nl_routes {
	struct sal_prefix del[SAL_POOLS_MAX];
	struct sal_prefix add[SAL_POOLS_MAX];
	u32 n_del;
	u32 n_add;
	u32 n_nets;
	u32 max_nets;
	struct list_head later;
	struct net *nets[] __counted_by(max_nets);
};

void sal_nl_routes_lock(void);
void sal_nl_routes_unlock(void);
struct sal_nl_routes *sal_nl_routes_alloc(u32 max_nets,
					  struct netlink_ext_ack *extack);
void sal_nl_routes_net(struct sal_nl_routes *routes, struct net *net);
void sal_nl_routes_members(struct sal_nl_routes *routes,
			   struct sal_domain *d);
void sal_nl_routes_add(struct sal_nl_routes *routes,
		       const struct sal_prefix *pools, u32 n);
void sal_nl_routes_del(struct sal_nl_routes *routes,
		       const struct sal_prefix *pools, u32 n,
		       const struct sal_prefix *keep, u32 n_keep);
u32 sal_nl_routes_apply(const struct sal_nl_routes *routes);
void sal_nl_routes_free(struct sal_nl_routes *routes);

#endif /* _SAL_NL_UTIL_H */
