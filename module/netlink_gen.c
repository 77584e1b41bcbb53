// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sal.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: make regen KSRC=... */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/sal.h>

/* Integer value ranges */
static const struct netlink_range_validation sal_a_domain_max_services_range = {
	.min	= 1ULL,
	.max	= 1048576ULL,
};

static const struct netlink_range_validation sal_a_domain_max_endpoints_range = {
	.min	= 1ULL,
	.max	= 1048576ULL,
};

static const struct netlink_range_validation sal_a_domain_max_members_range = {
	.min	= 1ULL,
	.max	= 65536ULL,
};

static const struct netlink_range_validation sal_a_domain_max_flows_range = {
	.min	= 1ULL,
	.max	= 16777216ULL,
};

static const struct netlink_range_validation sal_a_domain_max_held_range = {
	.max	= 1073741824ULL,
};

static const struct netlink_range_validation sal_a_domain_max_rules_range = {
	.min	= 1ULL,
	.max	= 1048576ULL,
};

static const struct netlink_range_validation sal_a_domain_max_policies_range = {
	.min	= 1ULL,
	.max	= 1048576ULL,
};

static const struct netlink_range_validation sal_a_service_hold_packets_range = {
	.max	= SAL_HOLD_PACKETS_MAX,
};

static const struct netlink_range_validation sal_a_service_hold_time_range = {
	.max	= SAL_HOLD_TIME_MAX,
};

static const struct netlink_range_validation sal_a_service_grace_range = {
	.max	= SAL_GRACE_MAX,
};

static const struct netlink_range_validation sal_a_service_timeout_new_range = {
	.min	= 1ULL,
	.max	= SAL_TIMEOUT_MAX,
};

static const struct netlink_range_validation sal_a_service_timeout_replied_range = {
	.min	= 1ULL,
	.max	= SAL_TIMEOUT_MAX,
};

static const struct netlink_range_validation sal_a_service_timeout_syn_range = {
	.min	= 1ULL,
	.max	= SAL_TIMEOUT_MAX,
};

static const struct netlink_range_validation sal_a_service_timeout_established_range = {
	.min	= 1ULL,
	.max	= SAL_TIMEOUT_MAX,
};

static const struct netlink_range_validation sal_a_service_timeout_closing_range = {
	.min	= 1ULL,
	.max	= SAL_TIMEOUT_MAX,
};

static const struct netlink_range_validation sal_a_service_timeout_closed_range = {
	.min	= 1ULL,
	.max	= SAL_TIMEOUT_MAX,
};

static const struct netlink_range_validation sal_a_service_affinity_range = {
	.max	= SAL_TIMEOUT_MAX,
};

static const struct netlink_range_validation sal_a_service_frozen_range = {
	.min	= 1ULL,
	.max	= SAL_HOLD_TIME_MAX,
};

static const struct netlink_range_validation sal_a_endpoint_weight_range = {
	.max	= SAL_WEIGHT_MAX,
};

static const struct netlink_range_validation sal_a_endpoint_lease_range = {
	.max	= SAL_LEASE_MAX,
};

static const struct netlink_range_validation sal_a_endpoint_drain_deadline_range = {
	.max	= SAL_LEASE_MAX,
};

static const struct netlink_range_validation sal_a_migrate_time_range = {
	.min	= 1ULL,
	.max	= SAL_HOLD_TIME_MAX,
};

static const struct netlink_range_validation sal_a_rule_time_range = {
	.min	= SAL_RULE_TIME_MIN,
	.max	= SAL_HOLD_TIME_MAX,
};

/* Common nested types */
const struct nla_policy sal_any_prefix_nl_policy[SAL_A_ANY_PREFIX_LEN + 1] = {
	[SAL_A_ANY_PREFIX_IPV4] = { .type = NLA_BE32, },
	[SAL_A_ANY_PREFIX_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[SAL_A_ANY_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
};

const struct nla_policy sal_prefix_nl_policy[SAL_A_PREFIX_LEN + 1] = {
	[SAL_A_PREFIX_IPV4] = { .type = NLA_BE32, },
	[SAL_A_PREFIX_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[SAL_A_PREFIX_LEN] = NLA_POLICY_RANGE(NLA_U32, 1, 128),
};

/* SAL_CMD_DOMAIN_SET - do */
static const struct nla_policy sal_domain_set_nl_policy[SAL_A_DOMAIN_DIRECT + 1] = {
	[SAL_A_DOMAIN_VIP_POOL] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_DOMAIN_ID_PREFIX] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_DOMAIN_MAX_SERVICES] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_domain_max_services_range),
	[SAL_A_DOMAIN_MAX_ENDPOINTS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_domain_max_endpoints_range),
	[SAL_A_DOMAIN_MAX_MEMBERS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_domain_max_members_range),
	[SAL_A_DOMAIN_MAX_FLOWS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_domain_max_flows_range),
	[SAL_A_DOMAIN_MAX_HELD] = NLA_POLICY_FULL_RANGE(NLA_UINT, &sal_a_domain_max_held_range),
	[SAL_A_DOMAIN_FLOW_ACCT] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_DOMAIN_MAX_RULES] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_domain_max_rules_range),
	[SAL_A_DOMAIN_POLICY] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_DOMAIN_MAX_POLICIES] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_domain_max_policies_range),
	[SAL_A_DOMAIN_DIRECT] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* SAL_CMD_MEMBER_NEW - do */
static const struct nla_policy sal_member_new_nl_policy[SAL_A_MEMBER_ROUTE + 1] = {
	[SAL_A_MEMBER_NAME] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_MEMBER_NETNS_FD] = { .type = NLA_U32, },
	[SAL_A_MEMBER_ROUTE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* SAL_CMD_MEMBER_SET - do */
static const struct nla_policy sal_member_set_nl_policy[SAL_A_MEMBER_ROUTE + 1] = {
	[SAL_A_MEMBER_NAME] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_MEMBER_ROUTE] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* SAL_CMD_MEMBER_GET - do */
static const struct nla_policy sal_member_get_nl_policy[SAL_A_MEMBER_NAME + 1] = {
	[SAL_A_MEMBER_NAME] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
};

/* SAL_CMD_MEMBER_DEL - do */
static const struct nla_policy sal_member_del_nl_policy[SAL_A_MEMBER_NETNS_FD + 1] = {
	[SAL_A_MEMBER_NAME] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_MEMBER_NETNS_FD] = { .type = NLA_U32, },
};

/* SAL_CMD_SERVICE_NEW - do */
static const struct nla_policy sal_service_new_nl_policy[SAL_A_SERVICE_DIRECT + 1] = {
	[SAL_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_SERVICE_VIP] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_SERVICE_ALIAS] = { .type = NLA_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_SERVICE_HOLD_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_hold_packets_range),
	[SAL_A_SERVICE_HOLD_BYTES] = { .type = NLA_U32, },
	[SAL_A_SERVICE_HOLD_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_hold_time_range),
	[SAL_A_SERVICE_HOLD_SHARE] = NLA_POLICY_RANGE(NLA_U32, 1, 100),
	[SAL_A_SERVICE_ON_EMPTY] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_SERVICE_LATE] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_SERVICE_GRACE] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_grace_range),
	[SAL_A_SERVICE_PROTO] = NLA_POLICY_MAX(NLA_U8, 17),
	[SAL_A_SERVICE_PORT] = { .type = NLA_U16, },
	[SAL_A_SERVICE_PORT_END] = { .type = NLA_U16, },
	[SAL_A_SERVICE_STRAY] = NLA_POLICY_MAX(NLA_U32, 2),
	[SAL_A_SERVICE_TCP] = NLA_POLICY_MAX(NLA_U32, 2),
	[SAL_A_SERVICE_SCHED] = NLA_POLICY_MAX(NLA_U32, 3),
	[SAL_A_SERVICE_AFFINITY] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_affinity_range),
	[SAL_A_SERVICE_DIRECT] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_SERVICE_TIMEOUT_NEW] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_new_range),
	[SAL_A_SERVICE_TIMEOUT_REPLIED] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_replied_range),
	[SAL_A_SERVICE_TIMEOUT_SYN] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_syn_range),
	[SAL_A_SERVICE_TIMEOUT_ESTABLISHED] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_established_range),
	[SAL_A_SERVICE_TIMEOUT_CLOSING] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_closing_range),
	[SAL_A_SERVICE_TIMEOUT_CLOSED] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_closed_range),
	[SAL_A_SERVICE_REPLACE] = { .type = NLA_FLAG, },
};

/* SAL_CMD_SERVICE_SET - do */
static const struct nla_policy sal_service_set_nl_policy[SAL_A_SERVICE_DIRECT + 1] = {
	[SAL_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_SERVICE_VIP] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_SERVICE_ALIAS] = { .type = NLA_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_SERVICE_HOLD_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_hold_packets_range),
	[SAL_A_SERVICE_HOLD_BYTES] = { .type = NLA_U32, },
	[SAL_A_SERVICE_HOLD_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_hold_time_range),
	[SAL_A_SERVICE_HOLD_SHARE] = NLA_POLICY_RANGE(NLA_U32, 1, 100),
	[SAL_A_SERVICE_ON_EMPTY] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_SERVICE_LATE] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_SERVICE_GRACE] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_grace_range),
	[SAL_A_SERVICE_PROTO] = NLA_POLICY_MAX(NLA_U8, 17),
	[SAL_A_SERVICE_PORT] = { .type = NLA_U16, },
	[SAL_A_SERVICE_PORT_END] = { .type = NLA_U16, },
	[SAL_A_SERVICE_STRAY] = NLA_POLICY_MAX(NLA_U32, 2),
	[SAL_A_SERVICE_TCP] = NLA_POLICY_MAX(NLA_U32, 2),
	[SAL_A_SERVICE_SCHED] = NLA_POLICY_MAX(NLA_U32, 3),
	[SAL_A_SERVICE_AFFINITY] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_affinity_range),
	[SAL_A_SERVICE_DIRECT] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_SERVICE_TIMEOUT_NEW] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_new_range),
	[SAL_A_SERVICE_TIMEOUT_REPLIED] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_replied_range),
	[SAL_A_SERVICE_TIMEOUT_SYN] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_syn_range),
	[SAL_A_SERVICE_TIMEOUT_ESTABLISHED] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_established_range),
	[SAL_A_SERVICE_TIMEOUT_CLOSING] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_closing_range),
	[SAL_A_SERVICE_TIMEOUT_CLOSED] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_timeout_closed_range),
};

/* SAL_CMD_SERVICE_GET - do */
static const struct nla_policy sal_service_get_nl_policy[SAL_A_SERVICE_NAME + 1] = {
	[SAL_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
};

/* SAL_CMD_SERVICE_DEL - do */
static const struct nla_policy sal_service_del_nl_policy[SAL_A_SERVICE_NAME + 1] = {
	[SAL_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
};

/* SAL_CMD_SERVICE_FREEZE - do */
static const struct nla_policy sal_service_freeze_nl_policy[SAL_A_SERVICE_FROZEN + 1] = {
	[SAL_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_SERVICE_FROZEN] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_service_frozen_range),
};

/* SAL_CMD_SERVICE_THAW - do */
static const struct nla_policy sal_service_thaw_nl_policy[SAL_A_SERVICE_NAME + 1] = {
	[SAL_A_SERVICE_NAME] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
};

/* SAL_CMD_ENDPOINT_NEW - do */
static const struct nla_policy sal_endpoint_new_nl_policy[SAL_A_ENDPOINT_ABSENT + 1] = {
	[SAL_A_ENDPOINT_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_ENDPOINT_NAME] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_ENDPOINT_NETNS_FD] = { .type = NLA_U32, },
	[SAL_A_ENDPOINT_IPV4] = { .type = NLA_BE32, },
	[SAL_A_ENDPOINT_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[SAL_A_ENDPOINT_PORT] = { .type = NLA_U16, },
	[SAL_A_ENDPOINT_WEIGHT] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_endpoint_weight_range),
	[SAL_A_ENDPOINT_TIER] = NLA_POLICY_MAX(NLA_U32, SAL_TIER_MAX),
	[SAL_A_ENDPOINT_MAX_FLOWS] = { .type = NLA_U32, },
	[SAL_A_ENDPOINT_STATE] = NLA_POLICY_MAX(NLA_U32, 3),
	[SAL_A_ENDPOINT_NO_MEMBER] = { .type = NLA_FLAG, },
	[SAL_A_ENDPOINT_REPLACE] = { .type = NLA_FLAG, },
	[SAL_A_ENDPOINT_LEASE] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_endpoint_lease_range),
	[SAL_A_ENDPOINT_ABSENT] = { .type = NLA_FLAG, },
};

/* SAL_CMD_ENDPOINT_SET - do */
static const struct nla_policy sal_endpoint_set_nl_policy[SAL_A_ENDPOINT_DRAIN_THEN + 1] = {
	[SAL_A_ENDPOINT_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_ENDPOINT_NAME] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_ENDPOINT_IPV4] = { .type = NLA_BE32, },
	[SAL_A_ENDPOINT_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[SAL_A_ENDPOINT_PORT] = { .type = NLA_U16, },
	[SAL_A_ENDPOINT_WEIGHT] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_endpoint_weight_range),
	[SAL_A_ENDPOINT_TIER] = NLA_POLICY_MAX(NLA_U32, SAL_TIER_MAX),
	[SAL_A_ENDPOINT_MAX_FLOWS] = { .type = NLA_U32, },
	[SAL_A_ENDPOINT_STATE] = NLA_POLICY_MAX(NLA_U32, 3),
	[SAL_A_ENDPOINT_LEASE] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_endpoint_lease_range),
	[SAL_A_ENDPOINT_RENEW] = { .type = NLA_FLAG, },
	[SAL_A_ENDPOINT_DRAIN_DEADLINE] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_endpoint_drain_deadline_range),
	[SAL_A_ENDPOINT_DRAIN_THEN] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_ENDPOINT_NETNS_FD] = { .type = NLA_U32, },
	[SAL_A_ENDPOINT_NO_MEMBER] = { .type = NLA_FLAG, },
};

/* SAL_CMD_ENDPOINT_GET - do */
static const struct nla_policy sal_endpoint_get_do_nl_policy[SAL_A_ENDPOINT_NAME + 1] = {
	[SAL_A_ENDPOINT_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_ENDPOINT_NAME] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
};

/* SAL_CMD_ENDPOINT_GET - dump */
static const struct nla_policy sal_endpoint_get_dump_nl_policy[SAL_A_ENDPOINT_SERVICE + 1] = {
	[SAL_A_ENDPOINT_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
};

/* SAL_CMD_ENDPOINT_DEL - do */
static const struct nla_policy sal_endpoint_del_nl_policy[SAL_A_ENDPOINT_NAME + 1] = {
	[SAL_A_ENDPOINT_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_ENDPOINT_NAME] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
};

/* SAL_CMD_FLOW_GET - do */
static const struct nla_policy sal_flow_get_do_nl_policy[SAL_A_FLOW_ID + 1] = {
	[SAL_A_FLOW_ID] = { .type = NLA_UINT, },
};

/* SAL_CMD_FLOW_GET - dump */
static const struct nla_policy sal_flow_get_dump_nl_policy[SAL_A_FLOW_DPORT + 1] = {
	[SAL_A_FLOW_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_FLOW_ENDPOINT] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_FLOW_PROTO] = { .type = NLA_U8, },
	[SAL_A_FLOW_SRC] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_FLOW_SPORT] = { .type = NLA_BE16, },
	[SAL_A_FLOW_DPORT] = { .type = NLA_BE16, },
};

/* SAL_CMD_FLOW_DEL - do */
static const struct nla_policy sal_flow_del_nl_policy[SAL_A_FLOW_DPORT + 1] = {
	[SAL_A_FLOW_ID] = { .type = NLA_UINT, },
	[SAL_A_FLOW_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_FLOW_ENDPOINT] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_FLOW_PROTO] = { .type = NLA_U8, },
	[SAL_A_FLOW_SRC] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_FLOW_SPORT] = { .type = NLA_BE16, },
	[SAL_A_FLOW_DPORT] = { .type = NLA_BE16, },
};

/* SAL_CMD_MIGRATE - do */
static const struct nla_policy sal_migrate_nl_policy[SAL_A_MIGRATE_TIME + 1] = {
	[SAL_A_MIGRATE_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_MIGRATE_FROM] = { .type = NLA_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_MIGRATE_TO] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_MIGRATE_CHECK] = { .type = NLA_FLAG, },
	[SAL_A_MIGRATE_SRC] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_MIGRATE_PROTO] = { .type = NLA_U8, },
	[SAL_A_MIGRATE_SPORT] = { .type = NLA_BE16, },
	[SAL_A_MIGRATE_DPORT] = { .type = NLA_BE16, },
	[SAL_A_MIGRATE_ID] = { .type = NLA_UINT, },
	[SAL_A_MIGRATE_FREEZE] = { .type = NLA_FLAG, },
	[SAL_A_MIGRATE_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_migrate_time_range),
};

/* SAL_CMD_RESOLVE - do */
static const struct nla_policy sal_resolve_nl_policy[SAL_A_RESOLVE_DPORT + 1] = {
	[SAL_A_RESOLVE_NAME] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_RESOLVE_IPV4] = { .type = NLA_BE32, },
	[SAL_A_RESOLVE_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[SAL_A_RESOLVE_NETNS_FD] = { .type = NLA_U32, },
	[SAL_A_RESOLVE_FAMILY] = { .type = NLA_U16, },
	[SAL_A_RESOLVE_PROTO] = NLA_POLICY_MIN(NLA_U8, 1),
	[SAL_A_RESOLVE_DPORT] = { .type = NLA_BE16, },
};

/* SAL_CMD_RULE_NEW - do */
static const struct nla_policy sal_rule_new_nl_policy[SAL_A_RULE_REPLACE + 1] = {
	[SAL_A_RULE_PREFIX] = NLA_POLICY_NESTED(sal_any_prefix_nl_policy),
	[SAL_A_RULE_ACTION] = NLA_POLICY_MAX(NLA_U32, 5),
	[SAL_A_RULE_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_RULE_TIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &sal_a_rule_time_range),
	[SAL_A_RULE_THEN] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_RULE_REPLACE] = { .type = NLA_FLAG, },
};

/* SAL_CMD_RULE_GET - do */
static const struct nla_policy sal_rule_get_nl_policy[SAL_A_RULE_PREFIX + 1] = {
	[SAL_A_RULE_PREFIX] = NLA_POLICY_NESTED(sal_any_prefix_nl_policy),
};

/* SAL_CMD_RULE_DEL - do */
static const struct nla_policy sal_rule_del_nl_policy[SAL_A_RULE_PREFIX + 1] = {
	[SAL_A_RULE_PREFIX] = NLA_POLICY_NESTED(sal_any_prefix_nl_policy),
};

/* SAL_CMD_POLICY_NEW - do */
static const struct nla_policy sal_policy_new_nl_policy[SAL_A_POLICY_REPLACE + 1] = {
	[SAL_A_POLICY_FROM] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_POLICY_TO] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_POLICY_ACCESS] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_POLICY_REPLACE] = { .type = NLA_FLAG, },
};

/* SAL_CMD_POLICY_DEL - do */
static const struct nla_policy sal_policy_del_nl_policy[SAL_A_POLICY_TO + 1] = {
	[SAL_A_POLICY_FROM] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_POLICY_TO] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
};

/* SAL_CMD_FLOW_NEW - do */
static const struct nla_policy sal_flow_new_nl_policy[SAL_A_FLOW_TOLD_BEFORE + 1] = {
	[SAL_A_FLOW_SERVICE] = { .type = NLA_NUL_STRING, .len = SAL_NAME_MAX, },
	[SAL_A_FLOW_ENDPOINT] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_FLOW_MEMBER] = { .type = NLA_NUL_STRING, .len = SAL_LABEL_MAX, },
	[SAL_A_FLOW_PROTO] = { .type = NLA_U8, },
	[SAL_A_FLOW_SRC] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_FLOW_DST] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_FLOW_SPORT] = { .type = NLA_BE16, },
	[SAL_A_FLOW_MAPPED] = { .type = NLA_BE16, },
	[SAL_A_FLOW_IDLE] = { .type = NLA_U32, },
	[SAL_A_FLOW_PLACEMENT] = NLA_POLICY_MAX(NLA_U32, 1),
	[SAL_A_FLOW_DPORT] = { .type = NLA_BE16, },
	[SAL_A_FLOW_FORWARD_PACKETS] = { .type = NLA_UINT, },
	[SAL_A_FLOW_FORWARD_BYTES] = { .type = NLA_UINT, },
	[SAL_A_FLOW_REVERSE_PACKETS] = { .type = NLA_UINT, },
	[SAL_A_FLOW_REVERSE_BYTES] = { .type = NLA_UINT, },
	[SAL_A_FLOW_MARKS] = NLA_POLICY_MASK(NLA_U32, 0x3f),
	[SAL_A_FLOW_CLIENT_NAME] = NLA_POLICY_NESTED(sal_prefix_nl_policy),
	[SAL_A_FLOW_TOLD] = NLA_POLICY_MAX(NLA_U32, 3),
	[SAL_A_FLOW_DIRECT] = { .type = NLA_FLAG, },
	[SAL_A_FLOW_SERVICE_PORT] = { .type = NLA_BE16, },
	[SAL_A_FLOW_CLIENT_ABSENT] = { .type = NLA_FLAG, },
	[SAL_A_FLOW_TOLD_BEFORE] = NLA_POLICY_MAX(NLA_U32, 3),
};

/* Ops table for sal */
static const struct genl_split_ops sal_nl_ops[] = {
	{
		.cmd	= SAL_CMD_DOMAIN_GET,
		.doit	= sal_nl_domain_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SAL_CMD_DOMAIN_GET,
		.dumpit	= sal_nl_domain_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SAL_CMD_DOMAIN_SET,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_domain_set_doit,
		.policy		= sal_domain_set_nl_policy,
		.maxattr	= SAL_A_DOMAIN_DIRECT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_DOMAIN_FLUSH,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_domain_flush_doit,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_MEMBER_NEW,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_member_new_doit,
		.policy		= sal_member_new_nl_policy,
		.maxattr	= SAL_A_MEMBER_ROUTE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_MEMBER_SET,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_member_set_doit,
		.policy		= sal_member_set_nl_policy,
		.maxattr	= SAL_A_MEMBER_ROUTE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_MEMBER_GET,
		.doit		= sal_nl_member_get_doit,
		.policy		= sal_member_get_nl_policy,
		.maxattr	= SAL_A_MEMBER_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SAL_CMD_MEMBER_GET,
		.dumpit	= sal_nl_member_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SAL_CMD_MEMBER_DEL,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_member_del_doit,
		.policy		= sal_member_del_nl_policy,
		.maxattr	= SAL_A_MEMBER_NETNS_FD,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_SERVICE_NEW,
		.doit		= sal_nl_service_new_doit,
		.policy		= sal_service_new_nl_policy,
		.maxattr	= SAL_A_SERVICE_DIRECT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_SERVICE_SET,
		.doit		= sal_nl_service_set_doit,
		.policy		= sal_service_set_nl_policy,
		.maxattr	= SAL_A_SERVICE_DIRECT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_SERVICE_GET,
		.doit		= sal_nl_service_get_doit,
		.policy		= sal_service_get_nl_policy,
		.maxattr	= SAL_A_SERVICE_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SAL_CMD_SERVICE_GET,
		.dumpit	= sal_nl_service_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SAL_CMD_SERVICE_DEL,
		.doit		= sal_nl_service_del_doit,
		.policy		= sal_service_del_nl_policy,
		.maxattr	= SAL_A_SERVICE_NAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_SERVICE_FREEZE,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_service_freeze_doit,
		.policy		= sal_service_freeze_nl_policy,
		.maxattr	= SAL_A_SERVICE_FROZEN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_SERVICE_THAW,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_service_thaw_doit,
		.policy		= sal_service_thaw_nl_policy,
		.maxattr	= SAL_A_SERVICE_NAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_ENDPOINT_NEW,
		.doit		= sal_nl_endpoint_new_doit,
		.policy		= sal_endpoint_new_nl_policy,
		.maxattr	= SAL_A_ENDPOINT_ABSENT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_ENDPOINT_SET,
		.doit		= sal_nl_endpoint_set_doit,
		.policy		= sal_endpoint_set_nl_policy,
		.maxattr	= SAL_A_ENDPOINT_DRAIN_THEN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_ENDPOINT_GET,
		.doit		= sal_nl_endpoint_get_doit,
		.policy		= sal_endpoint_get_do_nl_policy,
		.maxattr	= SAL_A_ENDPOINT_NAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_ENDPOINT_GET,
		.dumpit		= sal_nl_endpoint_get_dumpit,
		.policy		= sal_endpoint_get_dump_nl_policy,
		.maxattr	= SAL_A_ENDPOINT_SERVICE,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SAL_CMD_ENDPOINT_DEL,
		.doit		= sal_nl_endpoint_del_doit,
		.policy		= sal_endpoint_del_nl_policy,
		.maxattr	= SAL_A_ENDPOINT_NAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_FLOW_GET,
		.doit		= sal_nl_flow_get_doit,
		.policy		= sal_flow_get_do_nl_policy,
		.maxattr	= SAL_A_FLOW_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_FLOW_GET,
		.start		= sal_nl_flow_get_start,
		.dumpit		= sal_nl_flow_get_dumpit,
		.done		= sal_nl_flow_get_done,
		.policy		= sal_flow_get_dump_nl_policy,
		.maxattr	= SAL_A_FLOW_DPORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SAL_CMD_FLOW_DEL,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_flow_del_doit,
		.policy		= sal_flow_del_nl_policy,
		.maxattr	= SAL_A_FLOW_DPORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_MIGRATE,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_migrate_doit,
		.policy		= sal_migrate_nl_policy,
		.maxattr	= SAL_A_MIGRATE_TIME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_RESOLVE,
		.doit		= sal_nl_resolve_doit,
		.policy		= sal_resolve_nl_policy,
		.maxattr	= SAL_A_RESOLVE_DPORT,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SAL_CMD_STATS_GET,
		.dumpit	= sal_nl_stats_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= SAL_CMD_TRANSACTION_BEGIN,
		.doit	= sal_nl_transaction_begin_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SAL_CMD_TRANSACTION_COMMIT,
		.doit	= sal_nl_transaction_commit_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SAL_CMD_TRANSACTION_ABORT,
		.doit	= sal_nl_transaction_abort_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_RULE_NEW,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_rule_new_doit,
		.policy		= sal_rule_new_nl_policy,
		.maxattr	= SAL_A_RULE_REPLACE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_RULE_GET,
		.doit		= sal_nl_rule_get_doit,
		.policy		= sal_rule_get_nl_policy,
		.maxattr	= SAL_A_RULE_PREFIX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SAL_CMD_RULE_GET,
		.dumpit	= sal_nl_rule_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SAL_CMD_RULE_DEL,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_rule_del_doit,
		.policy		= sal_rule_del_nl_policy,
		.maxattr	= SAL_A_RULE_PREFIX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_POLICY_NEW,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_policy_new_doit,
		.policy		= sal_policy_new_nl_policy,
		.maxattr	= SAL_A_POLICY_REPLACE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SAL_CMD_POLICY_GET,
		.dumpit	= sal_nl_policy_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SAL_CMD_POLICY_DEL,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_policy_del_doit,
		.policy		= sal_policy_del_nl_policy,
		.maxattr	= SAL_A_POLICY_TO,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SAL_CMD_FLOW_NEW,
		.pre_doit	= sal_nl_no_transaction,
		.doit		= sal_nl_flow_new_doit,
		.policy		= sal_flow_new_nl_policy,
		.maxattr	= SAL_A_FLOW_TOLD_BEFORE,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group sal_nl_mcgrps[] = {
	[SAL_NLGRP_SERVICE] = { "service", },
	[SAL_NLGRP_ENDPOINT] = { "endpoint", },
	[SAL_NLGRP_FLOW] = { "flow", },
	[SAL_NLGRP_MIGRATE] = { "migrate", },
	[SAL_NLGRP_TRANSACTION] = { "transaction", },
	[SAL_NLGRP_RULE] = { "rule", },
	[SAL_NLGRP_MISS] = { "miss", },
	[SAL_NLGRP_POLICY] = { "policy", },
	[SAL_NLGRP_HOLD] = { "hold", },
};

struct genl_family sal_nl_family __ro_after_init = {
	.name		= SAL_FAMILY_NAME,
	.version	= SAL_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= sal_nl_ops,
	.n_split_ops	= ARRAY_SIZE(sal_nl_ops),
	.mcgrps		= sal_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(sal_nl_mcgrps),
};
