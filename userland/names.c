// SPDX-License-Identifier: GPL-2.0
/*
 * names.c - the spec's names for the numbers of uapi/linux/sal.h
 *
 * tests/run.sh compares these tables with the spec.
 */
#include <stddef.h>
#include <string.h>

#include <linux/sal.h>
#include <netinet/in.h>

#include "names.h"
#include "salctl.h"

#define NAMES(n, ...)							\
	static const char *const n##_name[] = { __VA_ARGS__ };		\
	const struct names names_##n = { n##_name, ARRAY_SIZE(n##_name) }

#define SET(n, spec)							\
	const struct attr_set set_##n = {				\
		.name = spec,						\
		.attr = n##_attr,					\
		.max = ARRAY_SIZE(n##_attr) - 1,			\
	}

NAMES(on_empty,
	[SAL_ON_EMPTY_DROP] = "drop",
	[SAL_ON_EMPTY_REJECT] = "reject",
);

NAMES(late,
	[SAL_LATE_TRANSLATE] = "translate",
	[SAL_LATE_DROP] = "drop",
);

NAMES(stray,
	[SAL_STRAY_RESET] = "reset",
	[SAL_STRAY_DROP] = "drop",
	[SAL_STRAY_ADOPT] = "adopt",
);

NAMES(direct_mode,
	[SAL_DIRECT_MODE_AUTO] = "auto",
	[SAL_DIRECT_MODE_OFF] = "off",
);

NAMES(path_kind,
	[SAL_PATH_KIND_DIRECT] = "direct",
	[SAL_PATH_KIND_LATE] = "late",
	[SAL_PATH_KIND_ROUTE] = "route",
	[SAL_PATH_KIND_NEIGHBOUR] = "neighbour",
	[SAL_PATH_KIND_DEVICE] = "device",
	[SAL_PATH_KIND_QDISC] = "qdisc",
	[SAL_PATH_KIND_TC] = "tc",
	[SAL_PATH_KIND_XDP] = "xdp",
	[SAL_PATH_KIND_TAP] = "tap",
	[SAL_PATH_KIND_BRIDGE] = "bridge",
	[SAL_PATH_KIND_BRIDGE_HOOKS] = "bridge-hooks",
	[SAL_PATH_KIND_DEVICE_HOOKS] = "device-hooks",
	[SAL_PATH_KIND_HOOKS] = "hooks",
	[SAL_PATH_KIND_XFRM] = "xfrm",
	[SAL_PATH_KIND_RULES] = "rules",
	[SAL_PATH_KIND_RPS] = "rps",
	[SAL_PATH_KIND_FULL] = "full",
);

NAMES(tcp,
	[SAL_TCP_PIN] = "pin",
	[SAL_TCP_RESET] = "reset",
	[SAL_TCP_REPAIR] = "repair",
);

NAMES(sched,
	[SAL_SCHED_WRR] = "wrr",
	[SAL_SCHED_LC] = "lc",
	[SAL_SCHED_P2C] = "p2c",
	[SAL_SCHED_MAGLEV] = "maglev",
);

NAMES(switch,
	[SAL_SWITCH_OFF] = "off",
	[SAL_SWITCH_ON] = "on",
);

NAMES(access,
	[SAL_ACCESS_ALLOW] = "allow",
	[SAL_ACCESS_DENY] = "deny",
);

NAMES(flow_mark,
	[__builtin_ctz(SAL_FLOW_MARK_REPLIED)] = "replied",
	[__builtin_ctz(SAL_FLOW_MARK_ASSURED)] = "assured",
	[__builtin_ctz(SAL_FLOW_MARK_FIN_CLIENT)] = "fin-client",
	[__builtin_ctz(SAL_FLOW_MARK_FIN_SERVER)] = "fin-server",
	[__builtin_ctz(SAL_FLOW_MARK_RESET)] = "reset",
	[__builtin_ctz(SAL_FLOW_MARK_ARRIVED)] = "arrived",
);

NAMES(told,
	[SAL_TOLD_NOT] = "not",
	[SAL_TOLD_ROUTER] = "router",
	[SAL_TOLD_EDGE] = "edge",
	[SAL_TOLD_ASK_EDGE] = "ask-edge",
);

NAMES(flow_state,
	[SAL_FLOW_STATE_NEW] = "new",
	[SAL_FLOW_STATE_REPLIED] = "replied",
	[SAL_FLOW_STATE_ASSURED] = "assured",
	[SAL_FLOW_STATE_CLOSING] = "closing",
	[SAL_FLOW_STATE_CLOSED] = "closed",
);

NAMES(state,
	[SAL_ENDPOINT_STATE_UP] = "up",
	[SAL_ENDPOINT_STATE_DOWN] = "down",
	[SAL_ENDPOINT_STATE_DRAINING] = "draining",
	[SAL_ENDPOINT_STATE_DRAINED] = "drained",
);

NAMES(drain_then,
	[SAL_DRAIN_THEN_MOVE] = "move",
	[SAL_DRAIN_THEN_RESET] = "reset",
);

NAMES(drain_step,
	[SAL_DRAIN_STEP_BEGUN] = "begun",
	[SAL_DRAIN_STEP_CHANGED] = "changed",
	[SAL_DRAIN_STEP_DEADLINE] = "deadline",
	[SAL_DRAIN_STEP_DRAINED] = "drained",
	[SAL_DRAIN_STEP_RESUMED] = "resumed",
	[SAL_DRAIN_STEP_CANCELLED] = "cancelled",
);

NAMES(route,
	[SAL_ROUTE_NONE] = "none",
	[SAL_ROUTE_AUTO] = "auto",
);

NAMES(gate,
	[SAL_GATE_OPEN] = "open",
	[SAL_GATE_CLOSED] = "closed",
	[SAL_GATE_RELEASING] = "releasing",
);

NAMES(cause,
	[SAL_CAUSE_REQUEST] = "request",
	[SAL_CAUSE_ENDPOINT_DOWN] = "endpoint-down",
	[SAL_CAUSE_ENDPOINT_DEL] = "endpoint-del",
	[SAL_CAUSE_ADDRESS] = "address",
	[SAL_CAUSE_DEVICE] = "device",
	[SAL_CAUSE_NETNS] = "netns",
	[SAL_CAUSE_ENDPOINT_UP] = "endpoint-up",
	[SAL_CAUSE_LEASE] = "lease",
	[SAL_CAUSE_DEADLINE] = "deadline",
	[SAL_CAUSE_FLOWS_ENDED] = "flows-ended",
);

NAMES(hold_cause,
	[SAL_HOLD_CAUSE_REQUEST] = "request",
	[SAL_HOLD_CAUSE_TIME] = "time",
	[SAL_HOLD_CAUSE_MIGRATE] = "migrate",
	[SAL_HOLD_CAUSE_FAILED] = "failed",
	[SAL_HOLD_CAUSE_DELETED] = "deleted",
	[SAL_HOLD_CAUSE_NO_ENDPOINT] = "no-endpoint",
	[SAL_HOLD_CAUSE_FREEZE] = "freeze",
	[SAL_HOLD_CAUSE_TRANSACTION] = "transaction",
	[SAL_HOLD_CAUSE_ENDPOINT_UP] = "endpoint-up",
	[SAL_HOLD_CAUSE_THAW] = "thaw",
	[SAL_HOLD_CAUSE_EXPIRED] = "expired",
	[SAL_HOLD_CAUSE_EVICTED] = "evicted",
	[SAL_HOLD_CAUSE_REFUSED] = "refused",
	[SAL_HOLD_CAUSE_PURGED] = "purged",
);

NAMES(placement,
	[SAL_PLACEMENT_EDGE] = "edge",
	[SAL_PLACEMENT_ROUTER] = "router",
);

/* by bit, where the others are by value */
NAMES(fault,
	[__builtin_ctz(SAL_FAULT_ADDRESS)] = "address",
	[__builtin_ctz(SAL_FAULT_DEVICE)] = "device",
	[__builtin_ctz(SAL_FAULT_NETNS)] = "netns",
	[__builtin_ctz(SAL_FAULT_LEASE)] = "lease",
);

NAMES(verdict,
	[SAL_VERDICT_ANSWERS] = "answers",
	[SAL_VERDICT_NOT_MEMBER] = "not-member",
	[SAL_VERDICT_NO_ROUTE] = "no-route",
	[SAL_VERDICT_NO_SERVICE] = "no-service",
	[SAL_VERDICT_UNSUPPORTED] = "unsupported",
	[SAL_VERDICT_NO_ENDPOINT] = "no-endpoint",
	[SAL_VERDICT_ENDPOINT_DOWN] = "endpoint-down",
	[SAL_VERDICT_HELD] = "held",
	[SAL_VERDICT_NEIGHBOUR] = "neighbour",
	[SAL_VERDICT_PAST_ROUTER] = "past-router",
	[SAL_VERDICT_FILTERS] = "filters",
	[SAL_VERDICT_RULE_DROP] = "rule-drop",
	[SAL_VERDICT_RULE_REJECT] = "rule-reject",
	[SAL_VERDICT_RULE_DELIVER] = "rule-deliver",
	[SAL_VERDICT_RULE_LOOP] = "rule-loop",
	[SAL_VERDICT_UPCALL] = "upcall",
	[SAL_VERDICT_DENIED] = "denied",
	[SAL_VERDICT_FULL] = "full",
);

NAMES(step_kind,
	[SAL_STEP_KIND_SERVICE] = "service",
	[SAL_STEP_KIND_ROUTE] = "route",
	[SAL_STEP_KIND_MEMBER] = "member",
	[SAL_STEP_KIND_GATE] = "gate",
	[SAL_STEP_KIND_ENDPOINT] = "endpoint",
	[SAL_STEP_KIND_NEIGHBOUR] = "neighbour",
	[SAL_STEP_KIND_CONNTRACK] = "conntrack",
	[SAL_STEP_KIND_FILTER] = "filter",
	[SAL_STEP_KIND_RULE] = "rule",
	[SAL_STEP_KIND_POLICY] = "policy",
);

NAMES(finding,
	[SAL_FINDING_OK] = "ok",
	[SAL_FINDING_NOTE] = "note",
	[SAL_FINDING_BAD] = "bad",
);

NAMES(hook,
	[SAL_HOOK_PREROUTING] = "prerouting",
	[SAL_HOOK_INPUT] = "input",
	[SAL_HOOK_FORWARD] = "forward",
	[SAL_HOOK_OUTPUT] = "output",
	[SAL_HOOK_POSTROUTING] = "postrouting",
);

NAMES(neighbour,
	[__builtin_ctz(SAL_NEIGHBOUR_INCOMPLETE)] = "incomplete",
	[__builtin_ctz(SAL_NEIGHBOUR_REACHABLE)] = "reachable",
	[__builtin_ctz(SAL_NEIGHBOUR_STALE)] = "stale",
	[__builtin_ctz(SAL_NEIGHBOUR_DELAY)] = "delay",
	[__builtin_ctz(SAL_NEIGHBOUR_PROBE)] = "probe",
	[__builtin_ctz(SAL_NEIGHBOUR_FAILED)] = "failed",
	[__builtin_ctz(SAL_NEIGHBOUR_NOARP)] = "noarp",
	[__builtin_ctz(SAL_NEIGHBOUR_PERMANENT)] = "permanent",
);

NAMES(action,
	[SAL_ACTION_FORWARD] = "forward",
	[SAL_ACTION_DELIVER] = "deliver",
	[SAL_ACTION_DROP] = "drop",
	[SAL_ACTION_REJECT] = "reject",
	[SAL_ACTION_REDIRECT] = "redirect",
	[SAL_ACTION_UPCALL] = "upcall",
);

static const struct attr prefix_attr[] = {
	[SAL_A_PREFIX_IPV4] = { "ipv4", T_IPV4 },
	[SAL_A_PREFIX_IPV6] = { "ipv6", T_IPV6 },
	[SAL_A_PREFIX_LEN] = { "len", T_COUNT },
};

SET(prefix, "prefix");

static const struct attr domain_attr[] = {
	[SAL_A_DOMAIN_VIP_POOL] = { "vip-pool", T_PREFIX, true },
	[SAL_A_DOMAIN_ID_PREFIX] = { "id-prefix", T_PREFIX },
	[SAL_A_DOMAIN_MAX_SERVICES] = { "max-services", T_COUNT },
	[SAL_A_DOMAIN_MAX_ENDPOINTS] = { "max-endpoints", T_COUNT },
	[SAL_A_DOMAIN_MAX_MEMBERS] = { "max-members", T_COUNT },
	[SAL_A_DOMAIN_MAX_FLOWS] = { "max-flows", T_COUNT },
	[SAL_A_DOMAIN_MAX_HELD] = { "max-held", T_SIZE },
	[SAL_A_DOMAIN_SERVICES] = { "services", T_COUNT },
	[SAL_A_DOMAIN_ENDPOINTS] = { "endpoints", T_COUNT },
	[SAL_A_DOMAIN_MEMBERS] = { "members", T_COUNT },
	[SAL_A_DOMAIN_FLOWS] = { "flows", T_COUNT },
	[SAL_A_DOMAIN_HELD_PACKETS] = { "held-packets", T_COUNT },
	[SAL_A_DOMAIN_HELD_BYTES] = { "held-bytes", T_COUNT },
	[SAL_A_DOMAIN_CREATED] = { "created", T_COUNT },
	[SAL_A_DOMAIN_DESTROYED] = { "destroyed", T_COUNT },
	[SAL_A_DOMAIN_GENERATION] = { "generation", T_COUNT },
	[SAL_A_DOMAIN_FLOW_ACCT] = { "flow-acct", T_ENUM, false,
				     &names_switch },
	[SAL_A_DOMAIN_MAX_RULES] = { "max-rules", T_COUNT },
	[SAL_A_DOMAIN_RULES] = { "rules", T_COUNT },
	[SAL_A_DOMAIN_POLICY] = { "policy", T_ENUM, false, &names_access },
	[SAL_A_DOMAIN_POLICIES] = { "policies", T_COUNT },
	[SAL_A_DOMAIN_MAX_POLICIES] = { "max-policies", T_COUNT },
	[SAL_A_DOMAIN_DIRECT] = { "direct", T_ENUM, false, &names_direct_mode },
};

SET(domain, "domain");

static const struct attr member_attr[] = {
	[SAL_A_MEMBER_ID] = { "id", T_COUNT },
	[SAL_A_MEMBER_NAME] = { "name", T_NAME },
	[SAL_A_MEMBER_NETNS_FD] = { "netns-fd", T_COUNT },
	[SAL_A_MEMBER_NSID] = { "nsid", T_NSID },
	[SAL_A_MEMBER_ROUTE] = { "route", T_ENUM, false, &names_route },
	[SAL_A_MEMBER_ENDPOINTS] = { "endpoints", T_COUNT },
	[SAL_A_MEMBER_UNROUTED] = { "unrouted", T_PREFIX, true },
};

SET(member, "member");

static const struct attr path_attr[] = {
	[SAL_A_PATH_MEMBER] = { "member", T_NAME },
	[SAL_A_PATH_PLACEMENT] = { "placement", T_ENUM, false, &names_placement },
	[SAL_A_PATH_ADDR] = { "addr", T_PREFIX },
	[SAL_A_PATH_KIND] = { "kind", T_ENUM, false, &names_path_kind },
	[SAL_A_PATH_DSCP] = { "dscp", T_NUMBER },
};

SET(path, "path");

static const struct attr service_attr[] = {
	[SAL_A_SERVICE_NAME] = { "name", T_NAME },
	[SAL_A_SERVICE_SID] = { "sid", T_IPV6 },
	[SAL_A_SERVICE_VIP] = { "vip", T_PREFIX, true },
	[SAL_A_SERVICE_HOLD_PACKETS] = { "hold-packets", T_COUNT },
	[SAL_A_SERVICE_HOLD_BYTES] = { "hold-bytes", T_SIZE },
	[SAL_A_SERVICE_HOLD_TIME] = { "hold-time", T_MS },
	[SAL_A_SERVICE_ON_EMPTY] = { "on-empty", T_ENUM, false,
				     &names_on_empty },
	[SAL_A_SERVICE_LATE] = { "late", T_ENUM, false, &names_late },
	[SAL_A_SERVICE_GRACE] = { "grace", T_MS },
	[SAL_A_SERVICE_REPLACE] = { "replace", T_FLAG },
	[SAL_A_SERVICE_DERIVED] = { "derived", T_FLAG },
	[SAL_A_SERVICE_ENDPOINTS] = { "endpoints", T_COUNT },
	[SAL_A_SERVICE_USABLE4] = { "usable4", T_COUNT },
	[SAL_A_SERVICE_USABLE6] = { "usable6", T_COUNT },
	[SAL_A_SERVICE_GATE4] = { "gate4", T_ENUM, false, &names_gate },
	[SAL_A_SERVICE_GATE6] = { "gate6", T_ENUM, false, &names_gate },
	[SAL_A_SERVICE_FLOWS] = { "flows", T_COUNT },
	[SAL_A_SERVICE_HELD_PACKETS] = { "held-packets", T_COUNT },
	[SAL_A_SERVICE_HELD_BYTES] = { "held-bytes", T_COUNT },
	[SAL_A_SERVICE_SEQ] = { "seq", T_COUNT },
	[SAL_A_SERVICE_TRANSACTION] = { "transaction", T_COUNT },
	[SAL_A_SERVICE_PROTO] = { "proto", T_PROTO },
	[SAL_A_SERVICE_PORT] = { "port", T_PORTS },
	[SAL_A_SERVICE_PORT_END] = { "port-end", T_COUNT },
	[SAL_A_SERVICE_STRAY] = { "stray", T_ENUM, false, &names_stray },
	[SAL_A_SERVICE_TCP] = { "tcp", T_ENUM, false, &names_tcp },
	[SAL_A_SERVICE_FROZEN] = { "frozen", T_MS },
	[SAL_A_SERVICE_SCHED] = { "sched", T_ENUM, false, &names_sched },
	[SAL_A_SERVICE_AFFINITY] = { "affinity", T_SECONDS },
	[SAL_A_SERVICE_TIMEOUT_NEW] = { "timeout-new", T_SECONDS },
	[SAL_A_SERVICE_TIMEOUT_REPLIED] = { "timeout-replied", T_SECONDS },
	[SAL_A_SERVICE_TIMEOUT_SYN] = { "timeout-syn", T_SECONDS },
	[SAL_A_SERVICE_TIMEOUT_ESTABLISHED] = { "timeout-established",
						T_SECONDS },
	[SAL_A_SERVICE_TIMEOUT_CLOSING] = { "timeout-closing", T_SECONDS },
	[SAL_A_SERVICE_TIMEOUT_CLOSED] = { "timeout-closed", T_SECONDS },
	[SAL_A_SERVICE_FORWARD_PACKETS] = { "forward-packets", T_COUNT },
	[SAL_A_SERVICE_FORWARD_BYTES] = { "forward-bytes", T_COUNT },
	[SAL_A_SERVICE_REVERSE_PACKETS] = { "reverse-packets", T_COUNT },
	[SAL_A_SERVICE_REVERSE_BYTES] = { "reverse-bytes", T_COUNT },
	[SAL_A_SERVICE_ALIAS] = { "alias", T_NAME, true },
	[SAL_A_SERVICE_HOLD_SHARE] = { "hold-share", T_COUNT },
	[SAL_A_SERVICE_DIRECT] = { "direct", T_ENUM, false, &names_direct_mode },
	[SAL_A_SERVICE_PATH] = { "path", T_NEST, true, .set = &set_path },
};

SET(service, "service");

static const struct attr endpoint_attr[] = {
	[SAL_A_ENDPOINT_SERVICE] = { "service", T_NAME },
	[SAL_A_ENDPOINT_NAME] = { "name", T_NAME },
	[SAL_A_ENDPOINT_ID] = { "id", T_COUNT },
	[SAL_A_ENDPOINT_NETNS_FD] = { "netns-fd", T_COUNT },
	[SAL_A_ENDPOINT_NSID] = { "nsid", T_NSID },
	[SAL_A_ENDPOINT_IPV4] = { "ipv4", T_IPV4 },
	[SAL_A_ENDPOINT_IPV6] = { "ipv6", T_IPV6 },
	[SAL_A_ENDPOINT_WEIGHT] = { "weight", T_COUNT },
	[SAL_A_ENDPOINT_TIER] = { "tier", T_COUNT },
	[SAL_A_ENDPOINT_MAX_FLOWS] = { "max-flows", T_COUNT },
	[SAL_A_ENDPOINT_STATE] = { "state", T_ENUM, false, &names_state },
	[SAL_A_ENDPOINT_NO_MEMBER] = { "no-member", T_FLAG },
	[SAL_A_ENDPOINT_REPLACE] = { "replace", T_FLAG },
	[SAL_A_ENDPOINT_FAULT4] = { "fault4", T_BITS, false, &names_fault },
	[SAL_A_ENDPOINT_FAULT6] = { "fault6", T_BITS, false, &names_fault },
	[SAL_A_ENDPOINT_FLOWS] = { "flows", T_COUNT },
	[SAL_A_ENDPOINT_CELLS] = { "cells", T_COUNT },
	[SAL_A_ENDPOINT_SEQ] = { "seq", T_COUNT },
	[SAL_A_ENDPOINT_TRANSACTION] = { "transaction", T_COUNT },
	[SAL_A_ENDPOINT_PORT] = { "port", T_COUNT },
	[SAL_A_ENDPOINT_FORWARD_PACKETS] = { "forward-packets", T_COUNT },
	[SAL_A_ENDPOINT_FORWARD_BYTES] = { "forward-bytes", T_COUNT },
	[SAL_A_ENDPOINT_REVERSE_PACKETS] = { "reverse-packets", T_COUNT },
	[SAL_A_ENDPOINT_REVERSE_BYTES] = { "reverse-bytes", T_COUNT },
	[SAL_A_ENDPOINT_LEASE] = { "lease", T_MS },
	[SAL_A_ENDPOINT_LEASE_LEFT] = { "lease-left", T_MS },
	[SAL_A_ENDPOINT_RENEW] = { "renew", T_FLAG },
	[SAL_A_ENDPOINT_REMOTE] = { "remote", T_FLAG },
	[SAL_A_ENDPOINT_DRAIN_DEADLINE] = { "drain-deadline", T_MS },
	[SAL_A_ENDPOINT_DRAIN_THEN] = { "drain-then", T_ENUM, false,
					&names_drain_then },
	[SAL_A_ENDPOINT_DRAIN_LEFT] = { "drain-left", T_MS },
	[SAL_A_ENDPOINT_DRAIN_TIME] = { "drain-time", T_MS },
	[SAL_A_ENDPOINT_DRAIN_FLOWS] = { "drain-flows", T_COUNT },
	[SAL_A_ENDPOINT_DRAIN_ENDED] = { "drain-ended", T_COUNT },
	[SAL_A_ENDPOINT_DRAIN_MOVED] = { "drain-moved", T_COUNT },
	[SAL_A_ENDPOINT_DRAIN_STEP] = { "drain-step", T_ENUM, false,
					&names_drain_step },
	[SAL_A_ENDPOINT_DRAIN_CAUSE] = { "drain-cause", T_ENUM, false,
					 &names_cause },
	[SAL_A_ENDPOINT_ABSENT] = { "absent", T_FLAG },
};

SET(endpoint, "endpoint");

static const struct attr flow_attr[] = {
	[SAL_A_FLOW_ID] = { "id", T_COUNT },
	[SAL_A_FLOW_SERVICE] = { "service", T_NAME },
	[SAL_A_FLOW_ENDPOINT] = { "endpoint", T_NAME },
	[SAL_A_FLOW_MEMBER] = { "member", T_NAME },
	[SAL_A_FLOW_PROTO] = { "proto", T_PROTO },
	[SAL_A_FLOW_SRC] = { "src", T_PREFIX },
	[SAL_A_FLOW_DST] = { "dst", T_PREFIX },
	[SAL_A_FLOW_SPORT] = { "sport", T_PORT },
	[SAL_A_FLOW_MAPPED] = { "mapped", T_PORT },
	[SAL_A_FLOW_IDLE] = { "idle", T_SECONDS },
	[SAL_A_FLOW_COUNT] = { "count", T_COUNT },
	[SAL_A_FLOW_SEQ] = { "seq", T_COUNT },
	[SAL_A_FLOW_PLACEMENT] = { "placement", T_ENUM, false, &names_placement },
	[SAL_A_FLOW_PEER] = { "peer", T_PREFIX },
	[SAL_A_FLOW_DPORT] = { "dport", T_PORT },
	[SAL_A_FLOW_STATE] = { "state", T_ENUM, false, &names_flow_state },
	[SAL_A_FLOW_FORWARD_PACKETS] = { "forward-packets", T_COUNT },
	[SAL_A_FLOW_FORWARD_BYTES] = { "forward-bytes", T_COUNT },
	[SAL_A_FLOW_REVERSE_PACKETS] = { "reverse-packets", T_COUNT },
	[SAL_A_FLOW_REVERSE_BYTES] = { "reverse-bytes", T_COUNT },
	[SAL_A_FLOW_MARKS] = { "marks", T_BITS, false, &names_flow_mark },
	[SAL_A_FLOW_CLIENT_NAME] = { "client-name", T_PREFIX },
	[SAL_A_FLOW_TOLD] = { "told", T_ENUM, false, &names_told },
	[SAL_A_FLOW_DIRECT] = { "direct", T_FLAG },
	[SAL_A_FLOW_SERVICE_PORT] = { "service-port", T_PORT },
	[SAL_A_FLOW_CLIENT_ABSENT] = { "client-absent", T_FLAG },
	[SAL_A_FLOW_TOLD_BEFORE] = { "told-before", T_ENUM, false, &names_told },
};

SET(flow, "flow");

static const struct attr migrate_attr[] = {
	[SAL_A_MIGRATE_SERVICE] = { "service", T_NAME },
	[SAL_A_MIGRATE_FROM] = { "from", T_NAME, true },
	[SAL_A_MIGRATE_TO] = { "to", T_NAME },
	[SAL_A_MIGRATE_CHECK] = { "check", T_FLAG },
	[SAL_A_MIGRATE_FLOWS] = { "flows", T_COUNT },
	[SAL_A_MIGRATE_CELLS] = { "cells", T_COUNT },
	[SAL_A_MIGRATE_DURATION] = { "duration", T_NS },
	[SAL_A_MIGRATE_CAUSE] = { "cause", T_ENUM, false, &names_cause },
	[SAL_A_MIGRATE_SEQ] = { "seq", T_COUNT },
	[SAL_A_MIGRATE_TRANSACTION] = { "transaction", T_COUNT },
	[SAL_A_MIGRATE_SRC] = { "src", T_PREFIX },
	[SAL_A_MIGRATE_PROTO] = { "proto", T_PROTO },
	[SAL_A_MIGRATE_SPORT] = { "sport", T_PORT },
	[SAL_A_MIGRATE_DPORT] = { "dport", T_PORT },
	[SAL_A_MIGRATE_ID] = { "id", T_COUNT },
	[SAL_A_MIGRATE_FREEZE] = { "freeze", T_FLAG },
	[SAL_A_MIGRATE_TIME] = { "time", T_MS },
	[SAL_A_MIGRATE_FROZEN] = { "frozen", T_NS },
	[SAL_A_MIGRATE_OPENED] = { "opened", T_COUNT },
	[SAL_A_MIGRATE_RESETS] = { "resets", T_COUNT },
	[SAL_A_MIGRATE_FENCED_RESETS] = { "fenced-resets", T_COUNT },
	[SAL_A_MIGRATE_FENCED_ERRORS] = { "fenced-errors", T_COUNT },
	[SAL_A_MIGRATE_FENCED_LATE] = { "fenced-late", T_COUNT },
};

SET(migrate, "migrate");

static const struct attr step_attr[] = {
	[SAL_A_STEP_KIND] = { "kind", T_ENUM, false, &names_step_kind },
	[SAL_A_STEP_FINDING] = { "finding", T_ENUM, false, &names_finding },
	[SAL_A_STEP_NSID] = { "nsid", T_NSID },
	[SAL_A_STEP_NAME] = { "name", T_NAME },
	[SAL_A_STEP_ADDR] = { "addr", T_PREFIX },
	[SAL_A_STEP_VIA] = { "via", T_PREFIX },
	[SAL_A_STEP_DEV] = { "dev", T_NAME },
	[SAL_A_STEP_ERRNO] = { "errno", T_COUNT },
	[SAL_A_STEP_PLACEMENT] = { "placement", T_ENUM, false,
				   &names_placement },
	[SAL_A_STEP_FOREIGN] = { "foreign", T_FLAG },
	[SAL_A_STEP_STATE] = { "state", T_ENUM, false, &names_state },
	[SAL_A_STEP_FAULT] = { "fault", T_BITS, false, &names_fault },
	[SAL_A_STEP_ENDPOINTS] = { "endpoints", T_COUNT },
	[SAL_A_STEP_GATE] = { "gate", T_ENUM, false, &names_gate },
	[SAL_A_STEP_HELD_PACKETS] = { "held-packets", T_COUNT },
	[SAL_A_STEP_NEIGHBOUR] = { "neighbour", T_BITS, false,
				   &names_neighbour },
	[SAL_A_STEP_HOOK] = { "hook", T_ENUM, false, &names_hook },
	[SAL_A_STEP_PRIORITY] = { "priority", T_NUMBER },
	[SAL_A_STEP_BRIDGE] = { "bridge", T_FLAG },
	[SAL_A_STEP_DROPS] = { "drops", T_FLAG },
	[SAL_A_STEP_NOT_FORWARDING] = { "not-forwarding", T_FLAG },
	[SAL_A_STEP_RULE] = { "rule", T_PREFIX },
	[SAL_A_STEP_ACTION] = { "action", T_ENUM, false, &names_action },
	[SAL_A_STEP_ACCESS] = { "access", T_ENUM, false, &names_access },
	[SAL_A_STEP_POLICY_FROM] = { "policy-from", T_NAME },
	[SAL_A_STEP_POLICY_TO] = { "policy-to", T_NAME },
};

SET(step, "step");

static const struct attr resolve_attr[] = {
	[SAL_A_RESOLVE_NAME] = { "name", T_NAME },
	[SAL_A_RESOLVE_IPV4] = { "ipv4", T_IPV4 },
	[SAL_A_RESOLVE_IPV6] = { "ipv6", T_IPV6 },
	[SAL_A_RESOLVE_SERVICE] = { "service", T_NAME },
	[SAL_A_RESOLVE_SID] = { "sid", T_IPV6 },
	[SAL_A_RESOLVE_VIP] = { "vip", T_PREFIX, true },
	[SAL_A_RESOLVE_GATE4] = { "gate4", T_ENUM, false, &names_gate },
	[SAL_A_RESOLVE_GATE6] = { "gate6", T_ENUM, false, &names_gate },
	[SAL_A_RESOLVE_USABLE4] = { "usable4", T_COUNT },
	[SAL_A_RESOLVE_USABLE6] = { "usable6", T_COUNT },
	[SAL_A_RESOLVE_NETNS_FD] = { "netns-fd", T_COUNT },
	[SAL_A_RESOLVE_FAMILY] = { "family", T_COUNT },
	[SAL_A_RESOLVE_PROTO] = { "proto", T_PROTO },
	[SAL_A_RESOLVE_DPORT] = { "dport", T_PORT },
	[SAL_A_RESOLVE_SRC] = { "src", T_PREFIX },
	[SAL_A_RESOLVE_DST] = { "dst", T_PREFIX },
	[SAL_A_RESOLVE_STEP] = { "step", T_NEST, true, .set = &set_step },
	[SAL_A_RESOLVE_LEFT_OUT] = { "left-out", T_COUNT },
	[SAL_A_RESOLVE_VERDICT] = { "verdict", T_ENUM, false, &names_verdict },
	[SAL_A_RESOLVE_RULE] = { "rule", T_PREFIX },
	[SAL_A_RESOLVE_ACTION] = { "action", T_ENUM, false, &names_action },
};

SET(resolve, "resolve");

static const struct attr stats_attr[] = {
	[SAL_A_STATS_ID] = { "id", T_COUNT },
	[SAL_A_STATS_NAME] = { "name", T_NAME },
	[SAL_A_STATS_DOC] = { "doc", T_TEXT },
	[SAL_A_STATS_DROP] = { "drop", T_FLAG },
	[SAL_A_STATS_PACKETS] = { "packets", T_COUNT },
};

SET(stats, "stats");

static const struct attr transaction_attr[] = {
	[SAL_A_TRANSACTION_ID] = { "id", T_COUNT },
	[SAL_A_TRANSACTION_REQUESTS] = { "requests", T_COUNT },
	[SAL_A_TRANSACTION_SEQ] = { "seq", T_COUNT },
};

SET(transaction, "transaction");

static const struct attr any_prefix_attr[] = {
	[SAL_A_ANY_PREFIX_IPV4] = { "ipv4", T_IPV4 },
	[SAL_A_ANY_PREFIX_IPV6] = { "ipv6", T_IPV6 },
	[SAL_A_ANY_PREFIX_LEN] = { "len", T_COUNT },
};

SET(any_prefix, "any-prefix");

static const struct attr rule_attr[] = {
	[SAL_A_RULE_ID] = { "id", T_COUNT },
	[SAL_A_RULE_PREFIX] = { "prefix", T_PREFIX },
	[SAL_A_RULE_ACTION] = { "action", T_ENUM, false, &names_action },
	[SAL_A_RULE_SERVICE] = { "service", T_NAME },
	[SAL_A_RULE_TIME] = { "time", T_MS },
	[SAL_A_RULE_THEN] = { "then", T_ENUM, false, &names_on_empty },
	[SAL_A_RULE_REPLACE] = { "replace", T_FLAG },
	[SAL_A_RULE_HELD_PACKETS] = { "held-packets", T_COUNT },
	[SAL_A_RULE_SEQ] = { "seq", T_COUNT },
};

SET(rule, "rule");

static const struct attr miss_attr[] = {
	[SAL_A_MISS_ADDR] = { "addr", T_PREFIX },
	[SAL_A_MISS_PROTO] = { "proto", T_PROTO },
	[SAL_A_MISS_DPORT] = { "dport", T_PORT },
	[SAL_A_MISS_SRC] = { "src", T_PREFIX },
	[SAL_A_MISS_MEMBER] = { "member", T_NAME },
	[SAL_A_MISS_NSID] = { "nsid", T_NSID },
	[SAL_A_MISS_RULE] = { "rule", T_PREFIX },
	[SAL_A_MISS_SEQ] = { "seq", T_COUNT },
};

SET(miss, "miss");

static const struct attr policy_attr[] = {
	[SAL_A_POLICY_FROM] = { "from", T_NAME },
	[SAL_A_POLICY_TO] = { "to", T_NAME },
	[SAL_A_POLICY_ACCESS] = { "access", T_ENUM, false, &names_access },
	[SAL_A_POLICY_REPLACE] = { "replace", T_FLAG },
	[SAL_A_POLICY_SEQ] = { "seq", T_COUNT },
};

SET(policy, "policy");

static const struct attr hold_attr[] = {
	[SAL_A_HOLD_SERVICE] = { "service", T_NAME },
	[SAL_A_HOLD_FAMILY] = { "family", T_COUNT },
	[SAL_A_HOLD_CAUSE] = { "cause", T_ENUM, false, &names_hold_cause },
	[SAL_A_HOLD_TIME] = { "time", T_MS },
	[SAL_A_HOLD_DURATION] = { "duration", T_NS },
	[SAL_A_HOLD_RELEASED] = { "released", T_COUNT },
	[SAL_A_HOLD_RELEASED_BYTES] = { "released-bytes", T_COUNT },
	[SAL_A_HOLD_EXPIRED] = { "expired", T_COUNT },
	[SAL_A_HOLD_EVICTED] = { "evicted", T_COUNT },
	[SAL_A_HOLD_REFUSED] = { "refused", T_COUNT },
	[SAL_A_HOLD_PURGED] = { "purged", T_COUNT },
	[SAL_A_HOLD_HELD_PACKETS] = { "held-packets", T_COUNT },
	[SAL_A_HOLD_HELD_BYTES] = { "held-bytes", T_COUNT },
	[SAL_A_HOLD_SEQ] = { "seq", T_COUNT },
	[SAL_A_HOLD_TRANSACTION] = { "transaction", T_COUNT },
};

SET(hold, "hold");

const struct attr_set *const all_sets[] = {
	&set_prefix, &set_domain, &set_member, &set_path, &set_service, &set_endpoint,
	&set_flow, &set_migrate, &set_resolve, &set_step,
	&set_stats, &set_transaction, &set_any_prefix, &set_rule, &set_miss,
	&set_policy, &set_hold,
};

const unsigned int num_sets = ARRAY_SIZE(all_sets);

static const struct sal_op ops[] = {
	[SAL_CMD_DOMAIN_GET] = { "domain-get", &set_domain },
	[SAL_CMD_DOMAIN_SET] = { "domain-set", &set_domain },
	[SAL_CMD_DOMAIN_FLUSH] = { "domain-flush", &set_domain },
	[SAL_CMD_MEMBER_NEW] = { "member-new", &set_member },
	[SAL_CMD_MEMBER_SET] = { "member-set", &set_member },
	[SAL_CMD_MEMBER_GET] = { "member-get", &set_member },
	[SAL_CMD_MEMBER_DEL] = { "member-del", &set_member },
	[SAL_CMD_SERVICE_NEW] = { "service-new", &set_service, true },
	[SAL_CMD_SERVICE_SET] = { "service-set", &set_service, true },
	[SAL_CMD_SERVICE_GET] = { "service-get", &set_service },
	[SAL_CMD_SERVICE_DEL] = { "service-del", &set_service, true },
	[SAL_CMD_SERVICE_ADD_NTF] = { "service-add-ntf", &set_service },
	[SAL_CMD_SERVICE_SET_NTF] = { "service-set-ntf", &set_service },
	[SAL_CMD_SERVICE_DEL_NTF] = { "service-del-ntf", &set_service },
	[SAL_CMD_ENDPOINT_NEW] = { "endpoint-new", &set_endpoint, true },
	[SAL_CMD_ENDPOINT_SET] = { "endpoint-set", &set_endpoint, true },
	[SAL_CMD_ENDPOINT_GET] = { "endpoint-get", &set_endpoint },
	[SAL_CMD_ENDPOINT_DEL] = { "endpoint-del", &set_endpoint, true },
	[SAL_CMD_ENDPOINT_ADD_NTF] = { "endpoint-add-ntf", &set_endpoint },
	[SAL_CMD_ENDPOINT_SET_NTF] = { "endpoint-set-ntf", &set_endpoint },
	[SAL_CMD_ENDPOINT_DEL_NTF] = { "endpoint-del-ntf", &set_endpoint },
	[SAL_CMD_FLOW_GET] = { "flow-get", &set_flow },
	[SAL_CMD_FLOW_DEL] = { "flow-del", &set_flow },
	[SAL_CMD_FLOW_ADD_NTF] = { "flow-add-ntf", &set_flow },
	[SAL_CMD_FLOW_DEL_NTF] = { "flow-del-ntf", &set_flow },
	[SAL_CMD_MIGRATE] = { "migrate", &set_migrate },
	[SAL_CMD_MIGRATE_NTF] = { "migrate-ntf", &set_migrate },
	[SAL_CMD_RESOLVE] = { "resolve", &set_resolve },
	[SAL_CMD_STATS_GET] = { "stats-get", &set_stats },
	[SAL_CMD_TRANSACTION_BEGIN] = { "transaction-begin",
					&set_transaction },
	[SAL_CMD_TRANSACTION_COMMIT] = { "transaction-commit",
					 &set_transaction },
	[SAL_CMD_TRANSACTION_ABORT] = { "transaction-abort",
					&set_transaction },
	[SAL_CMD_TRANSACTION_COMMIT_NTF] = { "transaction-commit-ntf",
					     &set_transaction },
	[SAL_CMD_SERVICE_FREEZE] = { "service-freeze", &set_service },
	[SAL_CMD_SERVICE_THAW] = { "service-thaw", &set_service },
	[SAL_CMD_RULE_NEW] = { "rule-new", &set_rule },
	[SAL_CMD_RULE_GET] = { "rule-get", &set_rule },
	[SAL_CMD_RULE_DEL] = { "rule-del", &set_rule },
	[SAL_CMD_RULE_ADD_NTF] = { "rule-add-ntf", &set_rule },
	[SAL_CMD_RULE_DEL_NTF] = { "rule-del-ntf", &set_rule },
	[SAL_CMD_MISS_NTF] = { "miss-ntf", &set_miss },
	[SAL_CMD_POLICY_NEW] = { "policy-new", &set_policy },
	[SAL_CMD_POLICY_GET] = { "policy-get", &set_policy },
	[SAL_CMD_POLICY_DEL] = { "policy-del", &set_policy },
	[SAL_CMD_POLICY_ADD_NTF] = { "policy-add-ntf", &set_policy },
	[SAL_CMD_POLICY_SET_NTF] = { "policy-set-ntf", &set_policy },
	[SAL_CMD_POLICY_DEL_NTF] = { "policy-del-ntf", &set_policy },
	[SAL_CMD_HOLD_BEGIN_NTF] = { "hold-begin-ntf", &set_hold },
	[SAL_CMD_HOLD_DROP_NTF] = { "hold-drop-ntf", &set_hold },
	[SAL_CMD_HOLD_END_NTF] = { "hold-end-ntf", &set_hold },
	[SAL_CMD_HOLD_FREEZE_NTF] = { "hold-freeze-ntf", &set_hold },
	[SAL_CMD_HOLD_THAW_NTF] = { "hold-thaw-ntf", &set_hold },
	[SAL_CMD_ENDPOINT_DRAIN_NTF] = { "endpoint-drain-ntf", &set_endpoint },
	[SAL_CMD_FLOW_NEW] = { "flow-new", &set_flow },
	[SAL_CMD_FENCE_NTF] = { "fence-ntf", &set_migrate },
};

const struct sal_op *op_get(uint8_t cmd)
{
	if (cmd >= ARRAY_SIZE(ops) || !ops[cmd].name)
		return NULL;
	return &ops[cmd];
}

const struct attr *attr_get(const struct attr_set *set, uint16_t nr)
{
	if (nr > set->max || !set->attr[nr].name)
		return NULL;
	return &set->attr[nr];
}

bool names_find(const struct names *names, const char *name, uint32_t *val)
{
	unsigned int i;

	for (i = 0; i < names->num; i++) {
		if (names->name[i] && !strcmp(names->name[i], name)) {
			*val = i;
			return true;
		}
	}
	return false;
}

/* A few of /etc/protocols, so that output is the same on every host. */
static const struct {
	uint8_t proto;
	const char *name;
} protos[] = {
	{ IPPROTO_ICMP, "icmp" },
	{ IPPROTO_TCP, "tcp" },
	{ IPPROTO_UDP, "udp" },
	{ IPPROTO_DCCP, "dccp" },
	{ IPPROTO_ICMPV6, "icmpv6" },
	{ IPPROTO_SCTP, "sctp" },
	{ IPPROTO_UDPLITE, "udplite" },
};

const char *proto_name(uint8_t proto)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(protos); i++)
		if (protos[i].proto == proto)
			return protos[i].name;
	return NULL;
}

bool proto_find(const char *name, uint8_t *proto)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		if (!strcmp(protos[i].name, name)) {
			*proto = protos[i].proto;
			return true;
		}
	}
	return false;
}
