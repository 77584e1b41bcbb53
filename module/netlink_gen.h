/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sal.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: make regen KSRC=... */

#ifndef _LINUX_SAL_GEN_H
#define _LINUX_SAL_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/sal.h>

/* Common nested types */
extern const struct nla_policy sal_any_prefix_nl_policy[SAL_A_ANY_PREFIX_LEN + 1];
extern const struct nla_policy sal_prefix_nl_policy[SAL_A_PREFIX_LEN + 1];

int sal_nl_no_transaction(const struct genl_split_ops *ops,
			  struct sk_buff *skb, struct genl_info *info);
int sal_nl_flow_get_start(struct netlink_callback *cb);
int sal_nl_flow_get_done(struct netlink_callback *cb);

int sal_nl_domain_get_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_domain_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sal_nl_domain_set_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_domain_flush_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_member_new_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_member_set_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_member_get_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_member_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sal_nl_member_del_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_service_new_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_service_get_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_service_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sal_nl_service_del_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_service_freeze_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_service_thaw_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_endpoint_new_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_endpoint_set_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_endpoint_get_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_endpoint_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int sal_nl_endpoint_del_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sal_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_migrate_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_resolve_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sal_nl_transaction_begin_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_transaction_commit_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_transaction_abort_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_rule_new_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_rule_get_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_rule_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sal_nl_rule_del_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_policy_new_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_policy_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sal_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info);
int sal_nl_flow_new_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	SAL_NLGRP_SERVICE,
	SAL_NLGRP_ENDPOINT,
	SAL_NLGRP_FLOW,
	SAL_NLGRP_MIGRATE,
	SAL_NLGRP_TRANSACTION,
	SAL_NLGRP_RULE,
	SAL_NLGRP_MISS,
	SAL_NLGRP_POLICY,
	SAL_NLGRP_HOLD,
};

extern struct genl_family sal_nl_family;

#endif /* _LINUX_SAL_GEN_H */
