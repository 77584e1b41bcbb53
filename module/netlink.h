/* SPDX-License-Identifier: GPL-2.0 */
/*
 * netlink.h - the generic netlink family
 */
#ifndef _SAL_NETLINK_H
#define _SAL_NETLINK_H

#include <net/genetlink.h>
#include <net/netlink.h>

#include <uapi/linux/sal.h>

#include "addr.h"
#include "netlink_gen.h"

struct net;
struct sal_domain;
struct sal_endpoint;
struct sal_flow;
struct sal_policy;
struct sal_member;
struct sal_rule;
struct sal_service;
struct sal_traffic_sum;

/* nl_util.c: attributes to addresses and back */

/* a prefix nest */
int sal_nl_get_prefix(const struct nlattr *nest, struct sal_prefix *pfx,
		      struct netlink_ext_ack *extack);
int sal_nl_put_prefix(struct sk_buff *skb, int attr,
		      const struct sal_prefix *pfx);
/* the same of prefixes that may be that of all addresses */
int sal_nl_get_any_prefix(const struct nlattr *nest, struct sal_prefix *pfx,
			  struct netlink_ext_ack *extack);
int sal_nl_put_any_prefix(struct sk_buff *skb, int attr,
			  const struct sal_prefix *pfx);
int sal_nl_put_addr(struct sk_buff *skb, int attr, const struct in6_addr *addr);
int sal_nl_put_traffic(struct sk_buff *skb, int attr,
		       const struct sal_traffic_sum *sum);
/* a network namespace by descriptor, with a reference; the requester needs
 * CAP_NET_ADMIN over it
 */
struct net *sal_nl_get_netns(struct sk_buff *skb, const struct nlattr *attr,
			     struct netlink_ext_ack *extack);

/* one each for get, dump and events; seq 0 leaves the number out */
size_t sal_nl_service_size(const struct sal_service *svc);
int sal_nl_fill_service(struct sk_buff *skb, struct sal_service *svc, u64 seq);
int sal_nl_fill_endpoint(struct sk_buff *skb, struct sal_endpoint *ep,
			 struct net *net, u64 seq);
/* nl_drain.c: its deadline, and how its drain goes on; sal_mutex for the latter */
int sal_nl_fill_deadline(struct sk_buff *skb, const struct sal_endpoint *ep,
			 bool left);
int sal_nl_fill_drain(struct sk_buff *skb, const struct sal_endpoint *ep);
int sal_nl_fill_flow(struct sk_buff *skb, struct sal_domain *d,
		     struct sal_flow *f, u64 seq);
int sal_nl_fill_rule(struct sk_buff *skb, const struct sal_rule *rule, u64 seq);
int sal_nl_fill_policy(struct sk_buff *skb, const struct sal_policy *p,
		       u64 seq);
/* for the event of its end, which has this, too */
int sal_nl_fill_carried(struct sk_buff *skb, const struct sal_flow *f);

int sal_nl_init(void);
void sal_nl_exit(void);

#endif /* _SAL_NETLINK_H */
