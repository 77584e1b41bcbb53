// SPDX-License-Identifier: GPL-2.0
/*
 * canned.c - what the fake kernel's sal family says
 *
 * Answers do not depend on what was changed before. Requests are written to
 * $SAL_FAKE_LOG, one JSON object a line.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/sal.h>

#include "../addr.h"
#include "../names.h"
#include "../out.h"
#include "../salctl.h"
#include "../sock.h"
#include "fake.h"

#define TYPE_OVERRUN	0x7f02

/* --- attributes --- */

static void put_prefix(struct nlmsghdr *nlh, uint16_t attr, const char *text)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, attr);
	struct prefix p;

	if (prefix_parse(text, &p))
		abort();
	if (p.family == AF_INET)
		mnl_attr_put(nlh, SAL_A_PREFIX_IPV4, 4, p.addr);
	else
		mnl_attr_put(nlh, SAL_A_PREFIX_IPV6, 16, p.addr);
	mnl_attr_put_u32(nlh, SAL_A_PREFIX_LEN, p.len);
	mnl_attr_nest_end(nlh, nest);
}

static void put_addr(struct nlmsghdr *nlh, uint16_t attr, const char *text)
{
	struct prefix p;

	if (addr_parse(text, &p))
		abort();
	mnl_attr_put(nlh, attr, p.family == AF_INET ? 4 : 16, p.addr);
}

static const struct nlattr *find_attr(const struct nlmsghdr *nlh,
				      uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static bool names_it(const struct fake *f, uint16_t type, const char *name)
{
	const struct nlattr *attr = find_attr(f->req, type);

	return attr && !strcmp(mnl_attr_get_str(attr), name);
}

/* --- objects --- */

static void put_service(struct nlmsghdr *nlh, int which)
{
	bool first = !which;

	mnl_attr_put_strz(nlh, SAL_A_SERVICE_NAME, first ? "b.com" : "c.com");
	if (!first)
		mnl_attr_put_strz(nlh, SAL_A_SERVICE_ALIAS, "www.c.com");
	put_addr(nlh, SAL_A_SERVICE_SID,
		 first ? "::ffff:10.0.254.2" : "fd75:8ebb:fc98::7");
	if (first)
		put_prefix(nlh, SAL_A_SERVICE_VIP, "10.0.254.2");
	put_prefix(nlh, SAL_A_SERVICE_VIP,
		   first ? "fd00:254::2" : "fd75:8ebb:fc98::7");
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_HOLD_PACKETS, 256);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_HOLD_BYTES, 524288);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_HOLD_TIME, 1000);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_ON_EMPTY, SAL_ON_EMPTY_REJECT);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_LATE, SAL_LATE_TRANSLATE);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_GRACE, 5000);
	if (!first) {
		mnl_attr_put_u8(nlh, SAL_A_SERVICE_PROTO, 6);
		mnl_attr_put_u16(nlh, SAL_A_SERVICE_PORT, 8000);
		mnl_attr_put_u16(nlh, SAL_A_SERVICE_PORT_END, 8009);
	}
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_STRAY, SAL_STRAY_RESET);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_TCP, SAL_TCP_PIN);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_TIMEOUT_NEW, 30);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_TIMEOUT_ESTABLISHED, 7440);
	if (!first)
		mnl_attr_put(nlh, SAL_A_SERVICE_DERIVED, 0, NULL);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_ENDPOINTS, first ? 2 : 0);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_USABLE4, first ? 2 : 0);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_USABLE6, first ? 2 : 0);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_GATE4, !first);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_GATE6, first ? 0 : 7);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_FLOWS, first ? 3 : 0);
	mnl_attr_put_u32(nlh, SAL_A_SERVICE_HELD_PACKETS, first ? 0 : 2);
	mnl_attr_put_u64(nlh, SAL_A_SERVICE_HELD_BYTES, first ? 0 : 1536);
	if (first) {
		mnl_attr_put_u64(nlh, SAL_A_SERVICE_FORWARD_PACKETS, 10);
		mnl_attr_put_u64(nlh, SAL_A_SERVICE_FORWARD_BYTES, 840);
		mnl_attr_put_u64(nlh, SAL_A_SERVICE_REVERSE_PACKETS, 9);
		mnl_attr_put_u64(nlh, SAL_A_SERVICE_REVERSE_BYTES, 5000000000);
	}
	/* of a newer kernel */
	mnl_attr_put_u32(nlh, 999, 1);
}

static void put_endpoint(struct nlmsghdr *nlh, int which)
{
	static const char *const names[] = { "b1", "b2", "far\033[2J" };
	static const uint32_t faults[] = {
		0, SAL_FAULT_ADDRESS | SAL_FAULT_DEVICE, SAL_FAULT_LEASE
	};

	mnl_attr_put_strz(nlh, SAL_A_ENDPOINT_SERVICE, "b.com");
	mnl_attr_put_strz(nlh, SAL_A_ENDPOINT_NAME, names[which]);
	mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_ID, which + 1);
	if (which < 2)
		mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_NSID, which);
	put_addr(nlh, SAL_A_ENDPOINT_IPV4, which ? "10.0.0.3" : "10.0.0.2");
	if (!which)
		put_addr(nlh, SAL_A_ENDPOINT_IPV6, "fd00::2");
	if (which == 1)
		mnl_attr_put_u16(nlh, SAL_A_ENDPOINT_PORT, 8080);
	mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_WEIGHT, 1);
	mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_STATE, which == 2);
	mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_FAULT4, faults[which]);
	if (which == 2) {
		mnl_attr_put(nlh, SAL_A_ENDPOINT_REMOTE, 0, NULL);
		mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_LEASE, 5000);
		mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_LEASE_LEFT, 0);
	}
	mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_FLOWS, which ? 0 : 3);
	mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_CELLS, 1);
	mnl_attr_put_u64(nlh, SAL_A_ENDPOINT_FORWARD_PACKETS, 10 - which);
	mnl_attr_put_u64(nlh, SAL_A_ENDPOINT_FORWARD_BYTES, 840);
	mnl_attr_put_u64(nlh, SAL_A_ENDPOINT_REVERSE_PACKETS, 9);
	mnl_attr_put_u64(nlh, SAL_A_ENDPOINT_REVERSE_BYTES, 756);
}

static void put_member(struct nlmsghdr *nlh, int which)
{
	mnl_attr_put_u32(nlh, SAL_A_MEMBER_ID, which + 1);
	mnl_attr_put_strz(nlh, SAL_A_MEMBER_NAME, which ? "c" : "a");
	mnl_attr_put_u32(nlh, SAL_A_MEMBER_NSID, which ? 5 : 2);
	mnl_attr_put_u32(nlh, SAL_A_MEMBER_ROUTE, which);
	mnl_attr_put_u32(nlh, SAL_A_MEMBER_ENDPOINTS, 0);
	if (!which) {
		put_prefix(nlh, SAL_A_MEMBER_UNROUTED, "10.0.254.0/24");
		put_prefix(nlh, SAL_A_MEMBER_UNROUTED, "fd00:254::/64");
	}
}

static void put_flow(struct nlmsghdr *nlh, int which)
{
	uint16_t port = htons(4000 + which);

	mnl_attr_put_u32(nlh, SAL_A_FLOW_ID, 12 + which);
	mnl_attr_put_strz(nlh, SAL_A_FLOW_SERVICE, "b.com");
	if (!which)
		mnl_attr_put_strz(nlh, SAL_A_FLOW_ENDPOINT, "b1");
	mnl_attr_put_strz(nlh, SAL_A_FLOW_MEMBER, "a");
	mnl_attr_put_u8(nlh, SAL_A_FLOW_PROTO, which ? 58 : 17);
	put_prefix(nlh, SAL_A_FLOW_SRC, which ? "fd00::1" : "10.0.0.1");
	put_prefix(nlh, SAL_A_FLOW_DST, which ? "fd00:254::2" : "10.0.254.2");
	mnl_attr_put(nlh, SAL_A_FLOW_SPORT, 2, &port);
	if (which)
		mnl_attr_put(nlh, SAL_A_FLOW_MAPPED, 2, &port);
	if (!which)
		mnl_attr_put_u16(nlh, SAL_A_FLOW_DPORT, htons(53));
	mnl_attr_put_u32(nlh, SAL_A_FLOW_STATE,
			 which ? SAL_FLOW_STATE_NEW : SAL_FLOW_STATE_ASSURED);
	mnl_attr_put_u32(nlh, SAL_A_FLOW_PLACEMENT, which);
	if (which)
		put_prefix(nlh, SAL_A_FLOW_PEER, "fd00:254::1");
	mnl_attr_put_u32(nlh, SAL_A_FLOW_IDLE, which ? 61 : 3);
	if (!which)
		return;
	mnl_attr_put_u64(nlh, SAL_A_FLOW_FORWARD_PACKETS, 10);
	mnl_attr_put_u64(nlh, SAL_A_FLOW_FORWARD_BYTES, 840);
	mnl_attr_put_u64(nlh, SAL_A_FLOW_REVERSE_PACKETS, 9);
	mnl_attr_put_u64(nlh, SAL_A_FLOW_REVERSE_BYTES, 5000000000);
}

static void put_domain(struct nlmsghdr *nlh, int which)
{
	(void)which;
	put_prefix(nlh, SAL_A_DOMAIN_VIP_POOL, "10.0.254.0/24");
	put_prefix(nlh, SAL_A_DOMAIN_VIP_POOL, "fd00:254::/64");
	put_prefix(nlh, SAL_A_DOMAIN_ID_PREFIX, "fd75:8ebb:fc98::/48");
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_MAX_SERVICES, 65536);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_MAX_ENDPOINTS, 65536);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_MAX_MEMBERS, 4096);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_MAX_FLOWS, 262144);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_MAX_HELD, 8388608);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_SERVICES, 2);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_ENDPOINTS, 3);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_MEMBERS, 2);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_FLOWS, 2);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_HELD_PACKETS, 0);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_HELD_BYTES, 0);
	mnl_attr_put_u64(nlh, SAL_A_DOMAIN_CREATED, 5000000000);
	mnl_attr_put_u64(nlh, SAL_A_DOMAIN_DESTROYED, 4999999998);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_GENERATION, 7);
	mnl_attr_put_u32(nlh, SAL_A_DOMAIN_FLOW_ACCT, SAL_SWITCH_ON);
}

static void put_stats(struct nlmsghdr *nlh, int which)
{
	static const char *const names[] = { "forward", "empty", "clash" };
	static const char *const docs[] = {
		"translated towards an endpoint",
		"no usable endpoint, and nothing is held",
		"would have begun a flow, but no free id was found",
	};

	mnl_attr_put_u32(nlh, SAL_A_STATS_ID, which);
	mnl_attr_put_strz(nlh, SAL_A_STATS_NAME, names[which]);
	mnl_attr_put_strz(nlh, SAL_A_STATS_DOC, docs[which]);
	if (which)
		mnl_attr_put(nlh, SAL_A_STATS_DROP, 0, NULL);
	mnl_attr_put_u32(nlh, SAL_A_STATS_PACKETS, which == 2 ? 0 : 12 - which);
}

static void put_migrate(struct nlmsghdr *nlh, int which)
{
	mnl_attr_put_strz(nlh, SAL_A_MIGRATE_SERVICE, "b.com");
	mnl_attr_put_strz(nlh, SAL_A_MIGRATE_FROM, "b1");
	if (!which)
		mnl_attr_put_strz(nlh, SAL_A_MIGRATE_TO, "b2");
	mnl_attr_put_u32(nlh, SAL_A_MIGRATE_FLOWS, 3);
	mnl_attr_put_u32(nlh, SAL_A_MIGRATE_CELLS, 1);
	mnl_attr_put_u32(nlh, SAL_A_MIGRATE_DURATION, 4231);
	if (fake_is("resets"))
		mnl_attr_put_u32(nlh, SAL_A_MIGRATE_RESETS, 2);
	else if (!which)
		mnl_attr_put_u32(nlh, SAL_A_MIGRATE_OPENED, 2);
}

/* it begins to wait, or has gone on */
static void put_hold(struct nlmsghdr *nlh, int which)
{
	mnl_attr_put_strz(nlh, SAL_A_HOLD_SERVICE, "b.com");
	mnl_attr_put_u32(nlh, SAL_A_HOLD_FAMILY, 4);
	mnl_attr_put_u32(nlh, SAL_A_HOLD_CAUSE,
			 which ? SAL_HOLD_CAUSE_THAW : SAL_HOLD_CAUSE_FREEZE);
	if (which) {
		mnl_attr_put_u32(nlh, SAL_A_HOLD_DURATION, 250000000);
		mnl_attr_put_u32(nlh, SAL_A_HOLD_RELEASED, 7);
		mnl_attr_put_u32(nlh, SAL_A_HOLD_RELEASED_BYTES, 588);
		mnl_attr_put_u32(nlh, SAL_A_HOLD_EXPIRED, 0);
		mnl_attr_put_u32(nlh, SAL_A_HOLD_EVICTED, 2);
	}
	mnl_attr_put_u32(nlh, SAL_A_HOLD_HELD_PACKETS, !which);
	mnl_attr_put_u32(nlh, SAL_A_HOLD_HELD_BYTES, which ? 0 : 896);
}

static void put_fence(struct nlmsghdr *nlh, int which)
{
	mnl_attr_put_strz(nlh, SAL_A_MIGRATE_SERVICE, "b.com");
	mnl_attr_put_strz(nlh, SAL_A_MIGRATE_FROM, "b1");
	mnl_attr_put_u32(nlh, SAL_A_MIGRATE_FENCED_RESETS, 7 + which);
	mnl_attr_put_u32(nlh, SAL_A_MIGRATE_FENCED_LATE, 1);
}

static struct nlattr *step_begin(struct nlmsghdr *nlh, uint32_t kind,
				 uint32_t finding, int nsid)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SAL_A_RESOLVE_STEP);

	mnl_attr_put_u32(nlh, SAL_A_STEP_KIND, kind);
	mnl_attr_put_u32(nlh, SAL_A_STEP_FINDING, finding);
	if (nsid >= 0)
		mnl_attr_put_u32(nlh, SAL_A_STEP_NSID, nsid);
	return nest;
}

static void put_route(struct nlmsghdr *nlh, int nsid, const char *to,
		      const char *via)
{
	struct nlattr *nest;

	nest = step_begin(nlh, SAL_STEP_KIND_ROUTE, SAL_FINDING_OK, nsid);
	put_prefix(nlh, SAL_A_STEP_ADDR, to);
	if (via)
		put_prefix(nlh, SAL_A_STEP_VIA, via);
	mnl_attr_put_strz(nlh, SAL_A_STEP_DEV, "eth0");
	mnl_attr_nest_end(nlh, nest);
}

static void put_walk_begin(struct nlmsghdr *nlh)
{
	struct nlattr *nest;

	put_prefix(nlh, SAL_A_RESOLVE_SRC, "10.0.0.1");
	put_prefix(nlh, SAL_A_RESOLVE_DST, "10.0.254.2");
	nest = step_begin(nlh, SAL_STEP_KIND_SERVICE, SAL_FINDING_OK, -1);
	mnl_attr_put_strz(nlh, SAL_A_STEP_NAME, "b.com");
	put_prefix(nlh, SAL_A_STEP_ADDR, "10.0.254.2");
	mnl_attr_nest_end(nlh, nest);
	put_route(nlh, 2, "10.0.254.2", "10.0.0.254");
	nest = step_begin(nlh, SAL_STEP_KIND_MEMBER, SAL_FINDING_OK, -1);
	mnl_attr_put_strz(nlh, SAL_A_STEP_NAME, "orch");
	mnl_attr_put_u32(nlh, SAL_A_STEP_PLACEMENT, SAL_PLACEMENT_ROUTER);
	put_prefix(nlh, SAL_A_STEP_VIA, "10.0.0.254");
	mnl_attr_nest_end(nlh, nest);
}

static void put_walk_gate(struct nlmsghdr *nlh, bool lost)
{
	struct nlattr *nest;

	nest = step_begin(nlh, SAL_STEP_KIND_GATE,
			  lost ? SAL_FINDING_BAD : SAL_FINDING_OK, -1);
	mnl_attr_put_u32(nlh, SAL_A_STEP_GATE,
			 lost ? SAL_GATE_CLOSED : SAL_GATE_OPEN);
	mnl_attr_put_u32(nlh, SAL_A_STEP_ENDPOINTS, 1);
	mnl_attr_put_u32(nlh, SAL_A_STEP_HELD_PACKETS, lost);
	mnl_attr_nest_end(nlh, nest);
	nest = step_begin(nlh, SAL_STEP_KIND_ENDPOINT,
			  lost ? SAL_FINDING_NOTE : SAL_FINDING_OK, 0);
	mnl_attr_put_strz(nlh, SAL_A_STEP_NAME, "b1");
	put_prefix(nlh, SAL_A_STEP_ADDR, "10.0.0.2");
	mnl_attr_put_u32(nlh, SAL_A_STEP_STATE, SAL_ENDPOINT_STATE_UP);
	mnl_attr_put_u32(nlh, SAL_A_STEP_FAULT, lost ? SAL_FAULT_ADDRESS : 0);
	mnl_attr_nest_end(nlh, nest);
}

static void put_walk_end(struct nlmsghdr *nlh)
{
	struct nlattr *nest;

	nest = step_begin(nlh, SAL_STEP_KIND_NEIGHBOUR, SAL_FINDING_OK, 5);
	put_prefix(nlh, SAL_A_STEP_ADDR, "10.0.0.2");
	mnl_attr_put_strz(nlh, SAL_A_STEP_DEV, "eth0");
	mnl_attr_put_u32(nlh, SAL_A_STEP_NEIGHBOUR, SAL_NEIGHBOUR_REACHABLE);
	mnl_attr_nest_end(nlh, nest);
	if (!fake_is("filters"))
		return;
	nest = step_begin(nlh, SAL_STEP_KIND_FILTER, SAL_FINDING_NOTE, 0);
	mnl_attr_put_strz(nlh, SAL_A_STEP_NAME, "inet fw in");
	mnl_attr_put_u32(nlh, SAL_A_STEP_HOOK, SAL_HOOK_INPUT);
	mnl_attr_put_u32(nlh, SAL_A_STEP_PRIORITY, -5);
	mnl_attr_put(nlh, SAL_A_STEP_DROPS, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
	nest = step_begin(nlh, SAL_STEP_KIND_CONNTRACK, SAL_FINDING_OK, 0);
	mnl_attr_nest_end(nlh, nest);
	/* of a newer kernel */
	nest = step_begin(nlh, 99, SAL_FINDING_OK, 0);
	mnl_attr_put_u32(nlh, 999, 1);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_put_u32(nlh, SAL_A_RESOLVE_LEFT_OUT, 3);
}

static void put_walk(struct nlmsghdr *nlh)
{
	bool lost = fake_is("lost");

	put_walk_begin(nlh);
	put_walk_gate(nlh, lost);
	if (!lost)
		put_walk_end(nlh);
	mnl_attr_put_u32(nlh, SAL_A_RESOLVE_VERDICT,
			 lost ? SAL_VERDICT_HELD : fake_is("filters") ?
			 SAL_VERDICT_FILTERS : SAL_VERDICT_ANSWERS);
}

/* @which: 1 for a walk */
static void put_resolve(struct nlmsghdr *nlh, int which)
{
	mnl_attr_put_strz(nlh, SAL_A_RESOLVE_SERVICE, "b.com");
	put_addr(nlh, SAL_A_RESOLVE_SID, "::ffff:10.0.254.2");
	put_prefix(nlh, SAL_A_RESOLVE_VIP, "10.0.254.2");
	mnl_attr_put_u32(nlh, SAL_A_RESOLVE_GATE4, SAL_GATE_OPEN);
	mnl_attr_put_u32(nlh, SAL_A_RESOLVE_GATE6, SAL_GATE_RELEASING);
	mnl_attr_put_u32(nlh, SAL_A_RESOLVE_USABLE4, 2);
	mnl_attr_put_u32(nlh, SAL_A_RESOLVE_USABLE6, 1);
	if (which)
		put_walk(nlh);
}

static void put_transaction(struct nlmsghdr *nlh, int which)
{
	(void)which;
	mnl_attr_put_u32(nlh, SAL_A_TRANSACTION_ID, 4);
	mnl_attr_put_u32(nlh, SAL_A_TRANSACTION_REQUESTS, 12);
}

static void put_count(struct nlmsghdr *nlh, int which)
{
	(void)which;
	mnl_attr_put_u32(nlh, SAL_A_FLOW_COUNT, 1);
}

typedef void (*put_fn)(struct nlmsghdr *nlh, int which);

static void put_policy(struct nlmsghdr *nlh, int which)
{
	if (!which)
		mnl_attr_put_strz(nlh, SAL_A_POLICY_FROM, "a.com");
	mnl_attr_put_strz(nlh, SAL_A_POLICY_TO, "b.com");
	mnl_attr_put_u32(nlh, SAL_A_POLICY_ACCESS,
			 which ? SAL_ACCESS_ALLOW : SAL_ACCESS_DENY);
}

static const struct {
	put_fn put;
	int num;	/* in a dump */
} objects[SAL_CMD_MAX + 1] = {
	[SAL_CMD_DOMAIN_GET] = { put_domain, 1 },
	[SAL_CMD_MEMBER_NEW] = { put_member },
	[SAL_CMD_MEMBER_GET] = { put_member, 2 },
	[SAL_CMD_SERVICE_NEW] = { put_service },
	[SAL_CMD_SERVICE_GET] = { put_service, 2 },
	[SAL_CMD_ENDPOINT_NEW] = { put_endpoint },
	[SAL_CMD_ENDPOINT_GET] = { put_endpoint, 3 },
	[SAL_CMD_FLOW_GET] = { put_flow, 2 },
	[SAL_CMD_FLOW_DEL] = { put_count },
	[SAL_CMD_MIGRATE] = { put_migrate },
	[SAL_CMD_RESOLVE] = { put_resolve },
	[SAL_CMD_STATS_GET] = { put_stats, 3 },
	[SAL_CMD_POLICY_GET] = { put_policy, 2 },
};

/* --- refusals --- */

/* The kernel's own: what the policy would have let through */
static void refuse_range(const struct fake *f, const struct nlattr *bad)
{
	char buf[1024] MSG_ALIGNED;
	struct nlmsghdr *nlh;
	struct nlmsgerr *err;
	struct nlattr *nest;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	nlh->nlmsg_seq = f->req->nlmsg_seq;
	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = -ERANGE;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "integer out of range");
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
			 (const char *)bad - (const char *)f->req);
	nest = mnl_attr_nest_start(nlh, NLMSGERR_ATTR_POLICY);
	mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 1);
	mnl_attr_put_u64(nlh, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, 65535);
	mnl_attr_nest_end(nlh, nest);
	fake_send(f, nlh);
}

static void refuse_missing(const struct fake *f, uint16_t type,
			   const struct nlattr *nest)
{
	char buf[1024] MSG_ALIGNED;
	struct nlmsghdr *nlh;
	struct nlmsgerr *err;

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	nlh->nlmsg_seq = f->req->nlmsg_seq;
	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = -EINVAL;
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE, type);
	if (nest)
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_NEST,
				 (const char *)nest - (const char *)f->req);
	fake_send(f, nlh);
}

/* the length within the second VIP of a request */
static const struct nlattr *second_len(const struct nlmsghdr *req,
				       const struct nlattr **nest)
{
	const struct nlattr *attr, *in;
	bool first = true;

	mnl_attr_for_each(attr, req, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != SAL_A_SERVICE_VIP)
			continue;
		if (first) {
			first = false;
			continue;
		}
		*nest = attr;
		mnl_attr_for_each_nested(in, attr)
			if (mnl_attr_get_type(in) == SAL_A_PREFIX_LEN)
				return in;
	}
	return NULL;
}

static bool refuse(const struct fake *f, uint8_t cmd)
{
	const struct nlattr *attr, *nest = NULL;

	if (fake_is("eperm")) {
		fake_ack(f, EPERM, NULL, NULL);
		return true;
	}
	if (cmd == SAL_CMD_SERVICE_DEL && fake_is("racing")) {
		fake_ack(f, ENOENT, "there is no such service", NULL);
		return true;
	}
	if (cmd == SAL_CMD_SERVICE_GET &&
	    names_it(f, SAL_A_SERVICE_NAME, "nix")) {
		fake_ack(f, ENOENT, "there is no service 'nix'",
			 find_attr(f->req, SAL_A_SERVICE_NAME));
		return true;
	}
	if (cmd == SAL_CMD_SERVICE_NEW) {
		attr = second_len(f->req, &nest);
		if (nest && fake_is("bad-len"))
			fake_ack(f, EINVAL, "bits behind the length", attr);
		else if (nest && fake_is("no-len"))
			refuse_missing(f, SAL_A_PREFIX_LEN, nest);
		else if (fake_is("no-vip"))
			refuse_missing(f, SAL_A_SERVICE_VIP, NULL);
		else if (fake_is("taken"))
			fake_ack(f, EEXIST, NULL, NULL);
		else
			return false;
		return true;
	}
	if (cmd == SAL_CMD_ENDPOINT_NEW && fake_is("range")) {
		refuse_range(f, find_attr(f->req, SAL_A_ENDPOINT_WEIGHT));
		return true;
	}
	if (cmd == SAL_CMD_ENDPOINT_NEW && fake_is("in-use")) {
		fake_ack(f, EADDRINUSE,
			 "address is in use by endpoint 'b1' of 'b.com'",
			 find_attr(f->req, SAL_A_ENDPOINT_IPV4));
		return true;
	}
	return false;
}

/* --- requests --- */

/* All attributes of a set, in the order of their numbers */
static json_t *decode_all(const struct attr_set *set,
			  const struct nlmsghdr *nlh)
{
	struct field fields[64] = { 0 };
	struct layout layout = { set, fields, 0 };
	json_t *obj, *val;
	const char *key;
	uint16_t nr;
	void *tmp;

	for (nr = 1; nr <= set->max; nr++)
		fields[layout.num++].attr = nr;
	obj = out_decode(&layout, nlh);
	json_object_foreach_safe(obj, tmp, key, val)
		if (json_is_false(val) ||
		    (json_is_array(val) && !json_array_size(val)))
			json_object_del(obj, key);
	if (json_object_get(obj, "netns_fd"))
		json_object_set_new(obj, "netns_fd", json_string("fd"));
	return obj;
}

static void log_request(const struct fake *f, uint8_t cmd)
{
	const struct sal_op *op = op_get(cmd);
	const char *name = getenv("SAL_FAKE_LOG");
	json_t *obj, *attrs;
	FILE *log;

	if (!name)
		return;
	log = fopen(name, "ae");
	if (!log)
		_exit(1);
	obj = json_object();
	json_object_set_new(obj, "op", json_string(op->name));
	if (f->req->nlmsg_flags & NLM_F_DUMP)
		json_object_set_new(obj, "dump", json_true());
	attrs = decode_all(op->set, f->req);
	json_object_update(obj, attrs);
	json_decref(attrs);
	json_dumpf(obj, log, JSON_COMPACT);
	fputc('\n', log);
	json_decref(obj);
	fclose(log);
}

static void send_object(const struct fake *f, uint8_t cmd, int which,
			uint16_t flags)
{
	static char buf[FAKE_BUF] MSG_ALIGNED;
	struct nlmsghdr *nlh;

	nlh = fake_msg(buf, f, FAKE_FAMILY, flags, cmd);
	objects[cmd].put(nlh, which);
	fake_send(f, nlh);
}

static void answer_dump(const struct fake *f, uint8_t cmd)
{
	static int dumps;
	bool intr = fake_is("intr-forever") || (fake_is("intr") && dumps < 3);
	int num = objects[cmd].num;
	int i;

	dumps++;
	if (fake_is("empty"))
		num = 0;
	for (i = 0; i < num; i++)
		send_object(f, cmd, i, NLM_F_MULTI |
			    (intr && i ? NLM_F_DUMP_INTR : 0));
	fake_done(f, fake_is("dump-error") ? ENOMEM : 0, 0);
}

void canned_answer(const struct fake *f)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(f->req);
	uint8_t cmd = genl->cmd;

	log_request(f, cmd);
	if (refuse(f, cmd) || keep_answer(f, cmd))
		return;
	if (f->req->nlmsg_flags & NLM_F_DUMP) {
		answer_dump(f, cmd);
		return;
	}
	if (objects[cmd].put)
		send_object(f, cmd, cmd == SAL_CMD_RESOLVE &&
			    find_attr(f->req, SAL_A_RESOLVE_NETNS_FD), 0);
	fake_ack(f, 0, fake_is("remark") ?
		 "the service has a VIP but no endpoint for IPv6" : NULL, NULL);
}

/* --- events --- */

/* as of events that are part of a transaction */
static void put_part(struct nlmsghdr *nlh, uint8_t cmd)
{
	switch (cmd) {
	case SAL_CMD_SERVICE_ADD_NTF:
	case SAL_CMD_SERVICE_SET_NTF:
	case SAL_CMD_SERVICE_DEL_NTF:
		mnl_attr_put_u32(nlh, SAL_A_SERVICE_TRANSACTION, 4);
		break;
	case SAL_CMD_ENDPOINT_SET_NTF:
	case SAL_CMD_ENDPOINT_DEL_NTF:
		mnl_attr_put_u32(nlh, SAL_A_ENDPOINT_TRANSACTION, 4);
		break;
	case SAL_CMD_MIGRATE_NTF:
		mnl_attr_put_u32(nlh, SAL_A_MIGRATE_TRANSACTION, 4);
		break;
	}
}

static void send_event(const struct fake *f, uint8_t cmd, put_fn put,
		       int which, uint16_t seq_attr, uint64_t seq)
{
	static char buf[FAKE_BUF] MSG_ALIGNED;
	struct fake quiet = { NULL, f->fd };
	struct nlmsghdr *nlh;

	nlh = fake_msg(buf, &quiet, FAKE_FAMILY, 0, cmd);
	put(nlh, which);
	if (cmd == SAL_CMD_MIGRATE_NTF)
		mnl_attr_put_u32(nlh, SAL_A_MIGRATE_CAUSE, SAL_CAUSE_DEVICE);
	mnl_attr_put_u32(nlh, seq_attr, seq);
	if (fake_is("part"))
		put_part(nlh, cmd);
	fake_send(f, nlh);
}

static void send_overrun(const struct fake *f)
{
	struct nlmsghdr nlh = {
		.nlmsg_len = sizeof(nlh),
		.nlmsg_type = TYPE_OVERRUN,
	};

	fake_send(f, &nlh);
}

static void send_gone(const struct fake *f)
{
	char buf[256] MSG_ALIGNED;
	struct fake quiet = { NULL, f->fd };
	struct nlmsghdr *nlh;

	nlh = fake_msg(buf, &quiet, GENL_ID_CTRL, 0, CTRL_CMD_DELFAMILY);
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAKE_FAMILY);
	fake_send(f, nlh);
}

/**
 * canned_events() - what becomes of a listener to a group
 * @f: where to send
 * @group: the group
 *
 * The last group of all is followed by the end of the family.
 */
void canned_events(const struct fake *f, unsigned int group)
{
	switch (group) {
	case FAKE_GROUP:
		send_event(f, SAL_CMD_SERVICE_ADD_NTF, put_service, 0,
			   SAL_A_SERVICE_SEQ, 7);
		send_event(f, SAL_CMD_SERVICE_SET_NTF, put_service, 0,
			   SAL_A_SERVICE_SEQ, 8);
		send_event(f, SAL_CMD_SERVICE_DEL_NTF, put_service, 1,
			   SAL_A_SERVICE_SEQ, 12);
		break;
	case FAKE_GROUP + 1:
		send_event(f, SAL_CMD_ENDPOINT_SET_NTF, put_endpoint, 1,
			   SAL_A_ENDPOINT_SEQ, 1);
		send_overrun(f);
		send_event(f, SAL_CMD_ENDPOINT_DEL_NTF, put_endpoint, 1,
			   SAL_A_ENDPOINT_SEQ, 3);
		break;
	case FAKE_GROUP + 2:
		send_event(f, SAL_CMD_FLOW_ADD_NTF, put_flow, 0,
			   SAL_A_FLOW_SEQ, 1);
		send_event(f, SAL_CMD_FLOW_DEL_NTF, put_flow, 1,
			   SAL_A_FLOW_SEQ, 2);
		break;
	case FAKE_GROUP + 3:
		send_event(f, SAL_CMD_MIGRATE_NTF, put_migrate, 1,
			   SAL_A_MIGRATE_SEQ, 1);
		if (fake_is("resets"))
			send_event(f, SAL_CMD_FENCE_NTF, put_fence, 0,
				   SAL_A_MIGRATE_SEQ, 2);
		if (!fake_is("stays") && !fake_is("part"))
			send_gone(f);
		break;
	case FAKE_GROUP + 4:
		send_event(f, SAL_CMD_TRANSACTION_COMMIT_NTF, put_transaction,
			   0, SAL_A_TRANSACTION_SEQ, 2);
		send_gone(f);
		break;
	case FAKE_GROUP + 8:
		send_event(f, SAL_CMD_HOLD_BEGIN_NTF, put_hold, 0,
			   SAL_A_HOLD_SEQ, 1);
		send_event(f, SAL_CMD_HOLD_END_NTF, put_hold, 1,
			   SAL_A_HOLD_SEQ, 4);
		send_gone(f);
		break;
	}
}
