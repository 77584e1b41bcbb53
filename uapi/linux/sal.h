/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sal.yaml */
/* YNL-GEN uapi header */
/* To regenerate run: make regen KSRC=... */

#ifndef _UAPI_LINUX_SAL_H
#define _UAPI_LINUX_SAL_H

#define SAL_FAMILY_NAME		"sal"
#define SAL_FAMILY_VERSION	1

#define SAL_NAME_MAX		255
#define SAL_LABEL_MAX		127
#define SAL_VIPS_MAX		64
#define SAL_ALIASES_MAX		16
#define SAL_POOLS_MAX		16
#define SAL_FROM_MAX		64
#define SAL_HOLD_TIME_MAX	60000
#define SAL_GRACE_MAX		600000
#define SAL_HOLD_PACKETS_MAX	65536
#define SAL_TRANSACTION_MAX	10000
#define SAL_TIMEOUT_MAX		2147483
#define SAL_WEIGHT_MAX		65535
#define SAL_TIER_MAX		255
#define SAL_LEASE_MAX		86400000
#define SAL_RULE_HOPS_MAX	8
#define SAL_RULE_TIME_MIN	100

/**
 * enum sal_on_empty - What becomes of a packet for a service that has no
 *   usable endpoint, once its hold time is over (or at once, where nothing is
 *   held).
 * @SAL_ON_EMPTY_DROP: The packet is dropped without a word.
 * @SAL_ON_EMPTY_REJECT: The sender gets an ICMP host unreachable (IPv4), or an
 *   ICMPv6 address unreachable (IPv6).
 */
enum sal_on_empty {
	SAL_ON_EMPTY_DROP,
	SAL_ON_EMPTY_REJECT,
};

/**
 * enum sal_late - What becomes of a reply that an endpoint sends for a flow
 *   which has been moved away from it, during the grace time. A RST, and an
 *   ICMP error about that endpoint, is dropped and counted whatever this says.
 * @SAL_LATE_TRANSLATE: It reaches the client, as if the flow had not moved.
 * @SAL_LATE_DROP: It is dropped and counted.
 */
enum sal_late {
	SAL_LATE_TRANSLATE,
	SAL_LATE_DROP,
};

/**
 * enum sal_stray - What becomes of a TCP segment that is for a VIP, of no
 *   flow, and no SYN: of a connection that began elsewhere, or whose flow has
 *   gone.
 * @SAL_STRAY_RESET: The sender gets a RST, as from a host without such a
 *   connection.
 * @SAL_STRAY_DROP: It is dropped and counted.
 * @SAL_STRAY_ADOPT: It begins a flow, as a SYN would: an endpoint that the
 *   scheduler chooses gets it.
 */
enum sal_stray {
	SAL_STRAY_RESET,
	SAL_STRAY_DROP,
	SAL_STRAY_ADOPT,
};

/**
 * enum sal_tcp - What becomes of TCP flows when a migrate request moves the
 *   others.
 * @SAL_TCP_PIN: They stay where they are, until they end or their endpoint
 *   cannot be used any more.
 * @SAL_TCP_RESET: They are ended by a RST to both sides, at once; also where
 *   their endpoint cannot be used any more.
 * @SAL_TCP_REPAIR: They move with the others: somebody takes the connections
 *   themselves from one endpoint to the other (TCP_REPAIR).
 */
enum sal_tcp {
	SAL_TCP_PIN,
	SAL_TCP_RESET,
	SAL_TCP_REPAIR,
};

/**
 * enum sal_sched - Which of the endpoints that take new flows gets one: those
 *   that are usable, of some weight, not draining and not full, of the lowest
 *   tier that has any.
 * @SAL_SCHED_WRR: Weighted round robin; each has as many turns as its weight
 *   says.
 * @SAL_SCHED_LC: The one with the fewest flows for its weight.
 * @SAL_SCHED_P2C: Of two that are drawn by weight, the one with fewer flows
 *   for its weight.
 * @SAL_SCHED_MAGLEV: Consistent hashing of the client's address, ports (echo
 *   id) and protocol: the same conversation gets the same endpoint in every
 *   domain with the same endpoints and weights, and where one comes or goes
 *   few others change theirs.
 */
enum sal_sched {
	SAL_SCHED_WRR,
	SAL_SCHED_LC,
	SAL_SCHED_P2C,
	SAL_SCHED_MAGLEV,
};

/**
 * enum sal_switch - Whether something is done.
 * @SAL_SWITCH_OFF: It is not.
 * @SAL_SWITCH_ON: It is.
 */
enum sal_switch {
	SAL_SWITCH_OFF,
	SAL_SWITCH_ON,
};

/**
 * enum sal_direct_mode - Whether packets go straight to the device that
 *   receives them where it is on this host, past what lies between.
 * @SAL_DIRECT_MODE_AUTO: They do where nothing is skipped that somebody has
 *   configured.
 * @SAL_DIRECT_MODE_OFF: They do not.
 */
enum sal_direct_mode {
	SAL_DIRECT_MODE_AUTO,
	SAL_DIRECT_MODE_OFF,
};

/**
 * enum sal_path_kind - Which path packets to an address take, and why it is no
 *   shorter.
 * @SAL_PATH_KIND_DIRECT: Straight from our first hook to the device that
 *   receives them.
 * @SAL_PATH_KIND_LATE: Straight, but from our last hook: others' hooks in the
 *   sender's namespace see them first.
 * @SAL_PATH_KIND_ROUTE: There is no plain unicast route, or it has an
 *   encapsulation, several next hops, or routes depend on the source (IPv6).
 * @SAL_PATH_KIND_NEIGHBOUR: The neighbour's hardware address is not known, or
 *   another one's.
 * @SAL_PATH_KIND_DEVICE: A device on the way is down, no Ethernet, or neither
 *   a pair of veth nor one with a single bridge in between.
 * @SAL_PATH_KIND_QDISC: A device on the way has a queueing discipline.
 * @SAL_PATH_KIND_TC: A device on the way has tc filters or tcx programs.
 * @SAL_PATH_KIND_XDP: A device on the way has an XDP program, or receives by
 *   NAPI.
 * @SAL_PATH_KIND_TAP: Somebody captures packets on a device on the way.
 * @SAL_PATH_KIND_BRIDGE: The bridge filters VLANs, has not learnt an address,
 *   or a port of it is isolated, locked, tunnels VLANs, or does not forward
 *   (spanning tree).
 * @SAL_PATH_KIND_BRIDGE_HOOKS: The bridge's namespace has hooks of bridges,
 *   such as br_netfilter's.
 * @SAL_PATH_KIND_DEVICE_HOOKS: A device on the way has hooks for ingress or
 *   egress.
 * @SAL_PATH_KIND_HOOKS: The router's namespace has hooks of others.
 * @SAL_PATH_KIND_XFRM: The namespace has IPsec policies.
 * @SAL_PATH_KIND_RULES: The namespace has routing rules of its own.
 * @SAL_PATH_KIND_RPS: A device on the way spreads what it receives over CPUs.
 * @SAL_PATH_KIND_FULL: The member has as many paths as it may.
 */
enum sal_path_kind {
	SAL_PATH_KIND_DIRECT,
	SAL_PATH_KIND_LATE,
	SAL_PATH_KIND_ROUTE,
	SAL_PATH_KIND_NEIGHBOUR,
	SAL_PATH_KIND_DEVICE,
	SAL_PATH_KIND_QDISC,
	SAL_PATH_KIND_TC,
	SAL_PATH_KIND_XDP,
	SAL_PATH_KIND_TAP,
	SAL_PATH_KIND_BRIDGE,
	SAL_PATH_KIND_BRIDGE_HOOKS,
	SAL_PATH_KIND_DEVICE_HOOKS,
	SAL_PATH_KIND_HOOKS,
	SAL_PATH_KIND_XFRM,
	SAL_PATH_KIND_RULES,
	SAL_PATH_KIND_RPS,
	SAL_PATH_KIND_FULL,
};

/**
 * enum sal_flow_state - How far a conversation has come.
 * @SAL_FLOW_STATE_NEW: Nothing has been answered.
 * @SAL_FLOW_STATE_REPLIED: An answer has passed.
 * @SAL_FLOW_STATE_ASSURED: The client has sent again after an answer; TCP, the
 *   connection is established. Such a flow does not give way to newcomers.
 * @SAL_FLOW_STATE_CLOSING: TCP, one side has closed.
 * @SAL_FLOW_STATE_CLOSED: TCP, both sides have closed, or one has reset it.
 */
enum sal_flow_state {
	SAL_FLOW_STATE_NEW,
	SAL_FLOW_STATE_REPLIED,
	SAL_FLOW_STATE_ASSURED,
	SAL_FLOW_STATE_CLOSING,
	SAL_FLOW_STATE_CLOSED,
};

/**
 * enum sal_endpoint_state - What the administrator wants of an endpoint.
 * @SAL_ENDPOINT_STATE_UP: It takes flows, as long as it has no fault.
 * @SAL_ENDPOINT_STATE_DOWN: It takes none, and those it had move to other
 *   endpoints.
 * @SAL_ENDPOINT_STATE_DRAINING: It keeps those that it has, and takes no new
 *   ones.
 * @SAL_ENDPOINT_STATE_DRAINED: It is draining, and has no flow any more. In
 *   requests the same as draining.
 */
enum sal_endpoint_state {
	SAL_ENDPOINT_STATE_UP,
	SAL_ENDPOINT_STATE_DOWN,
	SAL_ENDPOINT_STATE_DRAINING,
	SAL_ENDPOINT_STATE_DRAINED,
};

/**
 * enum sal_drain_then - What becomes of the flows that an endpoint still has
 *   at the deadline of its drain.
 * @SAL_DRAIN_THEN_MOVE: They move to the other endpoints, as those of one that
 *   fails, but only to such that take new flows; until there is one they stay.
 * @SAL_DRAIN_THEN_RESET: They are removed, and TCP connections among them are
 *   reset.
 */
enum sal_drain_then {
	SAL_DRAIN_THEN_MOVE,
	SAL_DRAIN_THEN_RESET,
};

/**
 * enum sal_drain_step - What an event about a drain tells.
 * @SAL_DRAIN_STEP_BEGUN: The endpoint takes no new flows.
 * @SAL_DRAIN_STEP_CHANGED: It has another deadline, or none any more.
 * @SAL_DRAIN_STEP_DEADLINE: The deadline has come, and flows have been moved
 *   or reset. Once more where others could be moved only later.
 * @SAL_DRAIN_STEP_DRAINED: Its last flow has gone. It has no deadline any
 *   more.
 * @SAL_DRAIN_STEP_RESUMED: It was drained, and flows have been moved to it, by
 *   a request or as no other endpoint was there for them.
 * @SAL_DRAIN_STEP_CANCELLED: It is up, down or deleted before it was drained.
 */
enum sal_drain_step {
	SAL_DRAIN_STEP_BEGUN,
	SAL_DRAIN_STEP_CHANGED,
	SAL_DRAIN_STEP_DEADLINE,
	SAL_DRAIN_STEP_DRAINED,
	SAL_DRAIN_STEP_RESUMED,
	SAL_DRAIN_STEP_CANCELLED,
};

/**
 * enum sal_fault - Why an endpoint that is up cannot be used for one address
 *   family. An endpoint without an address of the family has no fault there;
 *   it has just nothing to offer.
 * @SAL_FAULT_ADDRESS: The address is not (or no longer) there in its
 *   namespace.
 * @SAL_FAULT_DEVICE: The device that has the address is down or has no
 *   carrier.
 * @SAL_FAULT_NETNS: Its network namespace is being deleted.
 * @SAL_FAULT_LEASE: Its lease has expired.
 */
enum sal_fault {
	SAL_FAULT_ADDRESS = 1,
	SAL_FAULT_DEVICE = 2,
	SAL_FAULT_NETNS = 4,
	SAL_FAULT_LEASE = 8,
};

/**
 * enum sal_placement - Where the member of a flow translates it.
 * @SAL_PLACEMENT_EDGE: The member is the client's namespace: requests at its
 *   LOCAL_OUT hook, replies at LOCAL_IN.
 * @SAL_PLACEMENT_ROUTER: The member routes between client and endpoint:
 *   requests at its PRE_ROUTING hook, replies at POST_ROUTING.
 */
enum sal_placement {
	SAL_PLACEMENT_EDGE,
	SAL_PLACEMENT_ROUTER,
};

/**
 * enum sal_gate - State of a service, one for each address family.
 * @SAL_GATE_OPEN: There is a usable endpoint; packets pass.
 * @SAL_GATE_CLOSED: There is none; packets are held, or get the on-empty
 *   verdict.
 * @SAL_GATE_RELEASING: Held packets are leaving; newer ones queue behind them.
 */
enum sal_gate {
	SAL_GATE_OPEN,
	SAL_GATE_CLOSED,
	SAL_GATE_RELEASING,
};

/**
 * enum sal_route - What the module does about a member's routes to the VIP
 *   pools.
 * @SAL_ROUTE_NONE: Nothing; the administrator sees to them.
 * @SAL_ROUTE_AUTO: One route for each pool that has none yet, taken back when
 *   the membership ends. Such a route has the protocol number 83.
 */
enum sal_route {
	SAL_ROUTE_NONE,
	SAL_ROUTE_AUTO,
};

/**
 * enum sal_cause - Why flows moved.
 * @SAL_CAUSE_REQUEST: A migrate request.
 * @SAL_CAUSE_ENDPOINT_DOWN: The endpoint's state was set to down.
 * @SAL_CAUSE_ENDPOINT_DEL: The endpoint was deleted, or lost an address by a
 *   change.
 * @SAL_CAUSE_ADDRESS: The endpoint's address was removed from its namespace.
 * @SAL_CAUSE_DEVICE: The endpoint's device went down, lost its carrier or
 *   left.
 * @SAL_CAUSE_NETNS: The endpoint's network namespace exits.
 * @SAL_CAUSE_ENDPOINT_UP: An endpoint became usable and took the flows that
 *   had been left without one; such an event has no "from".
 * @SAL_CAUSE_LEASE: The endpoint's lease has expired.
 * @SAL_CAUSE_DEADLINE: The deadline of the endpoint's drain has come.
 * @SAL_CAUSE_FLOWS_ENDED: Of a drain: the last flow has ended, or was moved
 *   away by a request.
 */
enum sal_cause {
	SAL_CAUSE_REQUEST,
	SAL_CAUSE_ENDPOINT_DOWN,
	SAL_CAUSE_ENDPOINT_DEL,
	SAL_CAUSE_ADDRESS,
	SAL_CAUSE_DEVICE,
	SAL_CAUSE_NETNS,
	SAL_CAUSE_ENDPOINT_UP,
	SAL_CAUSE_LEASE,
	SAL_CAUSE_DEADLINE,
	SAL_CAUSE_FLOWS_ENDED,
};

/**
 * enum sal_verdict - What a walk from a client to an endpoint ended with.
 * @SAL_VERDICT_ANSWERS: Nothing on the way that the kernel can tell is wrong,
 *   and nobody else's filters are there.
 * @SAL_VERDICT_NOT_MEMBER: The client's namespace is no member of the domain,
 *   and neither is the gateway that its route to the VIP leads through.
 * @SAL_VERDICT_NO_ROUTE: A namespace on the way, or on the way back, has no
 *   route; or the member that routes does not forward.
 * @SAL_VERDICT_NO_SERVICE: No service of the domain has the name, or covers
 *   the address.
 * @SAL_VERDICT_UNSUPPORTED: The service does not speak the protocol.
 * @SAL_VERDICT_NO_ENDPOINT: The service has no endpoint with an address of the
 *   family.
 * @SAL_VERDICT_ENDPOINT_DOWN: There are such endpoints, but none that is
 *   usable.
 * @SAL_VERDICT_HELD: None is usable, or one has just become so, and packets
 *   wait in the hold queue now.
 * @SAL_VERDICT_NEIGHBOUR: A neighbour on the way, or on the way back, is asked
 *   for and does not answer.
 * @SAL_VERDICT_PAST_ROUTER: An endpoint's replies would not pass the router
 *   that translates the requests.
 * @SAL_VERDICT_FILTERS: All else is in order, but others' hooks see the
 *   packets. The kernel cannot tell what they do to them.
 * @SAL_VERDICT_RULE_DROP: A rule drops it.
 * @SAL_VERDICT_RULE_REJECT: A rule rejects it.
 * @SAL_VERDICT_RULE_DELIVER: A rule lets it pass untouched.
 * @SAL_VERDICT_RULE_LOOP: Too many rules redirect it, one to the other.
 * @SAL_VERDICT_UPCALL: A rule asks for it, and it waits for an answer.
 * @SAL_VERDICT_DENIED: A policy, or the domain's default, denies it.
 * @SAL_VERDICT_FULL: There are usable endpoints, but none takes new flows:
 *   they have no weight, are draining, or have as many as they may.
 */
enum sal_verdict {
	SAL_VERDICT_ANSWERS,
	SAL_VERDICT_NOT_MEMBER,
	SAL_VERDICT_NO_ROUTE,
	SAL_VERDICT_NO_SERVICE,
	SAL_VERDICT_UNSUPPORTED,
	SAL_VERDICT_NO_ENDPOINT,
	SAL_VERDICT_ENDPOINT_DOWN,
	SAL_VERDICT_HELD,
	SAL_VERDICT_NEIGHBOUR,
	SAL_VERDICT_PAST_ROUTER,
	SAL_VERDICT_FILTERS,
	SAL_VERDICT_RULE_DROP,
	SAL_VERDICT_RULE_REJECT,
	SAL_VERDICT_RULE_DELIVER,
	SAL_VERDICT_RULE_LOOP,
	SAL_VERDICT_UPCALL,
	SAL_VERDICT_DENIED,
	SAL_VERDICT_FULL,
};

/**
 * enum sal_step_kind - What a step of a walk looked at.
 * @SAL_STEP_KIND_SERVICE: The service that the name or the address stands for.
 * @SAL_STEP_KIND_ROUTE: A route, in the namespace that the step names.
 * @SAL_STEP_KIND_MEMBER: The member that translates.
 * @SAL_STEP_KIND_GATE: Whether the service lets packets pass.
 * @SAL_STEP_KIND_ENDPOINT: An endpoint.
 * @SAL_STEP_KIND_NEIGHBOUR: The neighbour that a route leads to.
 * @SAL_STEP_KIND_CONNTRACK: Connection tracking is at work in the namespace.
 * @SAL_STEP_KIND_FILTER: A netfilter hook of somebody else.
 * @SAL_STEP_KIND_RULE: A rule that the address is subject to.
 * @SAL_STEP_KIND_POLICY: The policy that decides, or the default.
 */
enum sal_step_kind {
	SAL_STEP_KIND_SERVICE,
	SAL_STEP_KIND_ROUTE,
	SAL_STEP_KIND_MEMBER,
	SAL_STEP_KIND_GATE,
	SAL_STEP_KIND_ENDPOINT,
	SAL_STEP_KIND_NEIGHBOUR,
	SAL_STEP_KIND_CONNTRACK,
	SAL_STEP_KIND_FILTER,
	SAL_STEP_KIND_RULE,
	SAL_STEP_KIND_POLICY,
};

/**
 * enum sal_finding - What a step of a walk found.
 * @SAL_FINDING_OK: In order.
 * @SAL_FINDING_NOTE: Worth knowing, but not what the verdict is about.
 * @SAL_FINDING_BAD: Packets come to grief here.
 */
enum sal_finding {
	SAL_FINDING_OK,
	SAL_FINDING_NOTE,
	SAL_FINDING_BAD,
};

/*
 * Where a filter meets packets, as netfilter numbers it.
 */
enum sal_hook {
	SAL_HOOK_PREROUTING,
	SAL_HOOK_INPUT,
	SAL_HOOK_FORWARD,
	SAL_HOOK_OUTPUT,
	SAL_HOOK_POSTROUTING,
};

/**
 * enum sal_action - What a rule does to packets for its prefix.
 * @SAL_ACTION_FORWARD: As if the prefix were a VIP of the service.
 * @SAL_ACTION_DELIVER: They pass untouched.
 * @SAL_ACTION_DROP: They are dropped and counted.
 * @SAL_ACTION_REJECT: The sender gets an ICMP host unreachable (IPv4), or an
 *   ICMPv6 address unreachable (IPv6).
 * @SAL_ACTION_REDIRECT: As if they had been sent to the ID of the service:
 *   what a rule or a VIP says there applies.
 * @SAL_ACTION_UPCALL: They wait, and listeners are asked by a miss event; a
 *   service or a rule that matches longer, or takes the rule's place, is the
 *   answer.
 */
enum sal_action {
	SAL_ACTION_FORWARD,
	SAL_ACTION_DELIVER,
	SAL_ACTION_DROP,
	SAL_ACTION_REJECT,
	SAL_ACTION_REDIRECT,
	SAL_ACTION_UPCALL,
};

/**
 * enum sal_neighbour - State of a neighbour entry, as in linux/neighbour.h.
 * @SAL_NEIGHBOUR_INCOMPLETE: It is being asked for.
 * @SAL_NEIGHBOUR_FAILED: It did not answer.
 */
enum sal_neighbour {
	SAL_NEIGHBOUR_INCOMPLETE = 1,
	SAL_NEIGHBOUR_REACHABLE = 2,
	SAL_NEIGHBOUR_STALE = 4,
	SAL_NEIGHBOUR_DELAY = 8,
	SAL_NEIGHBOUR_PROBE = 16,
	SAL_NEIGHBOUR_FAILED = 32,
	SAL_NEIGHBOUR_NOARP = 64,
	SAL_NEIGHBOUR_PERMANENT = 128,
};

/**
 * enum sal_access - What a policy says.
 * @SAL_ACCESS_ALLOW: Flows may begin.
 * @SAL_ACCESS_DENY: What would begin a flow is dropped; the sender gets an
 *   ICMP communication administratively prohibited.
 */
enum sal_access {
	SAL_ACCESS_ALLOW,
	SAL_ACCESS_DENY,
};

/**
 * enum sal_hold_cause - Why packets begin or cease to wait, or are lost.
 * @SAL_HOLD_CAUSE_REQUEST: Freeze and thaw, asked for.
 * @SAL_HOLD_CAUSE_TIME: Thaw, as the time is over.
 * @SAL_HOLD_CAUSE_MIGRATE: Freeze and thaw, by a migrate request.
 * @SAL_HOLD_CAUSE_FAILED: Thaw, by a migrate request that has failed.
 * @SAL_HOLD_CAUSE_DELETED: The service was deleted.
 * @SAL_HOLD_CAUSE_NO_ENDPOINT: No endpoint is usable.
 * @SAL_HOLD_CAUSE_FREEZE: The service is frozen.
 * @SAL_HOLD_CAUSE_TRANSACTION: A transaction changes the service, or has.
 * @SAL_HOLD_CAUSE_ENDPOINT_UP: An endpoint is usable again.
 * @SAL_HOLD_CAUSE_THAW: The service was thawed.
 * @SAL_HOLD_CAUSE_EXPIRED: They have waited too long.
 * @SAL_HOLD_CAUSE_EVICTED: They made room for flows that had fewer packets
 *   waiting.
 * @SAL_HOLD_CAUSE_REFUSED: They were over a bound.
 * @SAL_HOLD_CAUSE_PURGED: Their service or member was deleted.
 */
enum sal_hold_cause {
	SAL_HOLD_CAUSE_REQUEST,
	SAL_HOLD_CAUSE_TIME,
	SAL_HOLD_CAUSE_MIGRATE,
	SAL_HOLD_CAUSE_FAILED,
	SAL_HOLD_CAUSE_DELETED,
	SAL_HOLD_CAUSE_NO_ENDPOINT,
	SAL_HOLD_CAUSE_FREEZE,
	SAL_HOLD_CAUSE_TRANSACTION,
	SAL_HOLD_CAUSE_ENDPOINT_UP,
	SAL_HOLD_CAUSE_THAW,
	SAL_HOLD_CAUSE_EXPIRED,
	SAL_HOLD_CAUSE_EVICTED,
	SAL_HOLD_CAUSE_REFUSED,
	SAL_HOLD_CAUSE_PURGED,
};

/**
 * enum sal_flow_mark - What has passed of a flow.
 * @SAL_FLOW_MARK_REPLIED: An answer.
 * @SAL_FLOW_MARK_ASSURED: A packet of the client after an answer.
 * @SAL_FLOW_MARK_FIN_CLIENT: The client's FIN.
 * @SAL_FLOW_MARK_FIN_SERVER: The endpoint's FIN.
 * @SAL_FLOW_MARK_RESET: A RST of either.
 * @SAL_FLOW_MARK_ARRIVED: A packet of the client to the endpoint that it is
 *   with; so what that answers is known to be the flow's where others share
 *   its address.
 */
enum sal_flow_mark {
	SAL_FLOW_MARK_REPLIED = 1,
	SAL_FLOW_MARK_ASSURED = 2,
	SAL_FLOW_MARK_FIN_CLIENT = 4,
	SAL_FLOW_MARK_FIN_SERVER = 8,
	SAL_FLOW_MARK_RESET = 16,
	SAL_FLOW_MARK_ARRIVED = 32,
};

/**
 * enum sal_told - Whether an endpoint sees the client's name as the source.
 * @SAL_TOLD_NOT: It sees the client's address.
 * @SAL_TOLD_ROUTER: It sees the name, the router translates.
 * @SAL_TOLD_EDGE: It sees the name, its own namespace translates.
 * @SAL_TOLD_ASK_EDGE: The router has left that to the endpoint's namespace.
 */
enum sal_told {
	SAL_TOLD_NOT,
	SAL_TOLD_ROUTER,
	SAL_TOLD_EDGE,
	SAL_TOLD_ASK_EDGE,
};

enum {
	SAL_A_PREFIX_IPV4 = 1,
	SAL_A_PREFIX_IPV6,
	SAL_A_PREFIX_LEN,

	__SAL_A_PREFIX_MAX,
	SAL_A_PREFIX_MAX = (__SAL_A_PREFIX_MAX - 1)
};

enum {
	SAL_A_ANY_PREFIX_IPV4 = 1,
	SAL_A_ANY_PREFIX_IPV6,
	SAL_A_ANY_PREFIX_LEN,

	__SAL_A_ANY_PREFIX_MAX,
	SAL_A_ANY_PREFIX_MAX = (__SAL_A_ANY_PREFIX_MAX - 1)
};

enum {
	SAL_A_DOMAIN_VIP_POOL = 1,
	SAL_A_DOMAIN_ID_PREFIX,
	SAL_A_DOMAIN_MAX_SERVICES,
	SAL_A_DOMAIN_MAX_ENDPOINTS,
	SAL_A_DOMAIN_MAX_MEMBERS,
	SAL_A_DOMAIN_MAX_FLOWS,
	SAL_A_DOMAIN_MAX_HELD,
	SAL_A_DOMAIN_SERVICES,
	SAL_A_DOMAIN_ENDPOINTS,
	SAL_A_DOMAIN_MEMBERS,
	SAL_A_DOMAIN_FLOWS,
	SAL_A_DOMAIN_HELD_PACKETS,
	SAL_A_DOMAIN_HELD_BYTES,
	SAL_A_DOMAIN_CREATED,
	SAL_A_DOMAIN_DESTROYED,
	SAL_A_DOMAIN_GENERATION,
	SAL_A_DOMAIN_FLOW_ACCT,
	SAL_A_DOMAIN_MAX_RULES,
	SAL_A_DOMAIN_RULES,
	SAL_A_DOMAIN_POLICY,
	SAL_A_DOMAIN_POLICIES,
	SAL_A_DOMAIN_MAX_POLICIES,
	SAL_A_DOMAIN_DIRECT,

	__SAL_A_DOMAIN_MAX,
	SAL_A_DOMAIN_MAX = (__SAL_A_DOMAIN_MAX - 1)
};

enum {
	SAL_A_MEMBER_ID = 1,
	SAL_A_MEMBER_NAME,
	SAL_A_MEMBER_NETNS_FD,
	SAL_A_MEMBER_NSID,
	SAL_A_MEMBER_ROUTE,
	SAL_A_MEMBER_ENDPOINTS,
	SAL_A_MEMBER_UNROUTED,

	__SAL_A_MEMBER_MAX,
	SAL_A_MEMBER_MAX = (__SAL_A_MEMBER_MAX - 1)
};

enum {
	SAL_A_SERVICE_NAME = 1,
	SAL_A_SERVICE_SID,
	SAL_A_SERVICE_VIP,
	SAL_A_SERVICE_HOLD_PACKETS,
	SAL_A_SERVICE_HOLD_BYTES,
	SAL_A_SERVICE_HOLD_TIME,
	SAL_A_SERVICE_ON_EMPTY,
	SAL_A_SERVICE_LATE,
	SAL_A_SERVICE_GRACE,
	SAL_A_SERVICE_REPLACE,
	SAL_A_SERVICE_DERIVED,
	SAL_A_SERVICE_ENDPOINTS,
	SAL_A_SERVICE_USABLE4,
	SAL_A_SERVICE_USABLE6,
	SAL_A_SERVICE_GATE4,
	SAL_A_SERVICE_GATE6,
	SAL_A_SERVICE_FLOWS,
	SAL_A_SERVICE_HELD_PACKETS,
	SAL_A_SERVICE_HELD_BYTES,
	SAL_A_SERVICE_SEQ,
	SAL_A_SERVICE_TRANSACTION,
	SAL_A_SERVICE_PROTO,
	SAL_A_SERVICE_PORT,
	SAL_A_SERVICE_PORT_END,
	SAL_A_SERVICE_STRAY,
	SAL_A_SERVICE_TCP,
	SAL_A_SERVICE_TIMEOUT_NEW,
	SAL_A_SERVICE_TIMEOUT_REPLIED,
	SAL_A_SERVICE_TIMEOUT_SYN,
	SAL_A_SERVICE_TIMEOUT_ESTABLISHED,
	SAL_A_SERVICE_TIMEOUT_CLOSING,
	SAL_A_SERVICE_TIMEOUT_CLOSED,
	SAL_A_SERVICE_FORWARD_PACKETS,
	SAL_A_SERVICE_FORWARD_BYTES,
	SAL_A_SERVICE_REVERSE_PACKETS,
	SAL_A_SERVICE_REVERSE_BYTES,
	SAL_A_SERVICE_SCHED,
	SAL_A_SERVICE_AFFINITY,
	SAL_A_SERVICE_ALIAS,
	SAL_A_SERVICE_FROZEN,
	SAL_A_SERVICE_HOLD_SHARE,
	SAL_A_SERVICE_DIRECT,
	SAL_A_SERVICE_PATH,

	__SAL_A_SERVICE_MAX,
	SAL_A_SERVICE_MAX = (__SAL_A_SERVICE_MAX - 1)
};

enum {
	SAL_A_PATH_MEMBER = 1,
	SAL_A_PATH_PLACEMENT,
	SAL_A_PATH_ADDR,
	SAL_A_PATH_KIND,
	SAL_A_PATH_DSCP,

	__SAL_A_PATH_MAX,
	SAL_A_PATH_MAX = (__SAL_A_PATH_MAX - 1)
};

enum {
	SAL_A_ENDPOINT_SERVICE = 1,
	SAL_A_ENDPOINT_NAME,
	SAL_A_ENDPOINT_ID,
	SAL_A_ENDPOINT_NETNS_FD,
	SAL_A_ENDPOINT_NSID,
	SAL_A_ENDPOINT_IPV4,
	SAL_A_ENDPOINT_IPV6,
	SAL_A_ENDPOINT_WEIGHT,
	SAL_A_ENDPOINT_STATE,
	SAL_A_ENDPOINT_NO_MEMBER,
	SAL_A_ENDPOINT_REPLACE,
	SAL_A_ENDPOINT_FAULT4,
	SAL_A_ENDPOINT_FAULT6,
	SAL_A_ENDPOINT_FLOWS,
	SAL_A_ENDPOINT_CELLS,
	SAL_A_ENDPOINT_SEQ,
	SAL_A_ENDPOINT_TRANSACTION,
	SAL_A_ENDPOINT_PORT,
	SAL_A_ENDPOINT_FORWARD_PACKETS,
	SAL_A_ENDPOINT_FORWARD_BYTES,
	SAL_A_ENDPOINT_REVERSE_PACKETS,
	SAL_A_ENDPOINT_REVERSE_BYTES,
	SAL_A_ENDPOINT_TIER,
	SAL_A_ENDPOINT_MAX_FLOWS,
	SAL_A_ENDPOINT_LEASE,
	SAL_A_ENDPOINT_LEASE_LEFT,
	SAL_A_ENDPOINT_RENEW,
	SAL_A_ENDPOINT_REMOTE,
	SAL_A_ENDPOINT_DRAIN_DEADLINE,
	SAL_A_ENDPOINT_DRAIN_THEN,
	SAL_A_ENDPOINT_DRAIN_LEFT,
	SAL_A_ENDPOINT_DRAIN_TIME,
	SAL_A_ENDPOINT_DRAIN_FLOWS,
	SAL_A_ENDPOINT_DRAIN_ENDED,
	SAL_A_ENDPOINT_DRAIN_MOVED,
	SAL_A_ENDPOINT_DRAIN_STEP,
	SAL_A_ENDPOINT_DRAIN_CAUSE,
	SAL_A_ENDPOINT_ABSENT,

	__SAL_A_ENDPOINT_MAX,
	SAL_A_ENDPOINT_MAX = (__SAL_A_ENDPOINT_MAX - 1)
};

enum {
	SAL_A_FLOW_ID = 1,
	SAL_A_FLOW_SERVICE,
	SAL_A_FLOW_ENDPOINT,
	SAL_A_FLOW_MEMBER,
	SAL_A_FLOW_PROTO,
	SAL_A_FLOW_SRC,
	SAL_A_FLOW_DST,
	SAL_A_FLOW_SPORT,
	SAL_A_FLOW_MAPPED,
	SAL_A_FLOW_IDLE,
	SAL_A_FLOW_COUNT,
	SAL_A_FLOW_SEQ,
	SAL_A_FLOW_PLACEMENT,
	SAL_A_FLOW_PEER,
	SAL_A_FLOW_DPORT,
	SAL_A_FLOW_STATE,
	SAL_A_FLOW_FORWARD_PACKETS,
	SAL_A_FLOW_FORWARD_BYTES,
	SAL_A_FLOW_REVERSE_PACKETS,
	SAL_A_FLOW_REVERSE_BYTES,
	SAL_A_FLOW_MARKS,
	SAL_A_FLOW_CLIENT_NAME,
	SAL_A_FLOW_TOLD,
	SAL_A_FLOW_DIRECT,
	SAL_A_FLOW_SERVICE_PORT,
	SAL_A_FLOW_CLIENT_ABSENT,
	SAL_A_FLOW_TOLD_BEFORE,

	__SAL_A_FLOW_MAX,
	SAL_A_FLOW_MAX = (__SAL_A_FLOW_MAX - 1)
};

enum {
	SAL_A_MIGRATE_SERVICE = 1,
	SAL_A_MIGRATE_FROM,
	SAL_A_MIGRATE_TO,
	SAL_A_MIGRATE_CHECK,
	SAL_A_MIGRATE_FLOWS,
	SAL_A_MIGRATE_CELLS,
	SAL_A_MIGRATE_DURATION,
	SAL_A_MIGRATE_CAUSE,
	SAL_A_MIGRATE_SEQ,
	SAL_A_MIGRATE_TRANSACTION,
	SAL_A_MIGRATE_SRC,
	SAL_A_MIGRATE_PROTO,
	SAL_A_MIGRATE_SPORT,
	SAL_A_MIGRATE_DPORT,
	SAL_A_MIGRATE_ID,
	SAL_A_MIGRATE_FREEZE,
	SAL_A_MIGRATE_TIME,
	SAL_A_MIGRATE_FROZEN,
	SAL_A_MIGRATE_OPENED,
	SAL_A_MIGRATE_RESETS,
	SAL_A_MIGRATE_FENCED_RESETS,
	SAL_A_MIGRATE_FENCED_ERRORS,
	SAL_A_MIGRATE_FENCED_LATE,

	__SAL_A_MIGRATE_MAX,
	SAL_A_MIGRATE_MAX = (__SAL_A_MIGRATE_MAX - 1)
};

enum {
	SAL_A_RESOLVE_NAME = 1,
	SAL_A_RESOLVE_IPV4,
	SAL_A_RESOLVE_IPV6,
	SAL_A_RESOLVE_SERVICE,
	SAL_A_RESOLVE_SID,
	SAL_A_RESOLVE_VIP,
	SAL_A_RESOLVE_GATE4,
	SAL_A_RESOLVE_GATE6,
	SAL_A_RESOLVE_USABLE4,
	SAL_A_RESOLVE_USABLE6,
	SAL_A_RESOLVE_NETNS_FD,
	SAL_A_RESOLVE_FAMILY,
	SAL_A_RESOLVE_PROTO,
	SAL_A_RESOLVE_DPORT,
	SAL_A_RESOLVE_SRC,
	SAL_A_RESOLVE_DST,
	SAL_A_RESOLVE_STEP,
	SAL_A_RESOLVE_LEFT_OUT,
	SAL_A_RESOLVE_VERDICT,
	SAL_A_RESOLVE_RULE,
	SAL_A_RESOLVE_ACTION,

	__SAL_A_RESOLVE_MAX,
	SAL_A_RESOLVE_MAX = (__SAL_A_RESOLVE_MAX - 1)
};

enum {
	SAL_A_STEP_KIND = 1,
	SAL_A_STEP_FINDING,
	SAL_A_STEP_NSID,
	SAL_A_STEP_NAME,
	SAL_A_STEP_ADDR,
	SAL_A_STEP_VIA,
	SAL_A_STEP_DEV,
	SAL_A_STEP_ERRNO,
	SAL_A_STEP_PLACEMENT,
	SAL_A_STEP_FOREIGN,
	SAL_A_STEP_STATE,
	SAL_A_STEP_FAULT,
	SAL_A_STEP_ENDPOINTS,
	SAL_A_STEP_GATE,
	SAL_A_STEP_HELD_PACKETS,
	SAL_A_STEP_NEIGHBOUR,
	SAL_A_STEP_HOOK,
	SAL_A_STEP_PRIORITY,
	SAL_A_STEP_BRIDGE,
	SAL_A_STEP_DROPS,
	SAL_A_STEP_NOT_FORWARDING,
	SAL_A_STEP_RULE,
	SAL_A_STEP_ACTION,
	SAL_A_STEP_ACCESS,
	SAL_A_STEP_POLICY_FROM,
	SAL_A_STEP_POLICY_TO,

	__SAL_A_STEP_MAX,
	SAL_A_STEP_MAX = (__SAL_A_STEP_MAX - 1)
};

enum {
	SAL_A_STATS_ID = 1,
	SAL_A_STATS_NAME,
	SAL_A_STATS_DOC,
	SAL_A_STATS_DROP,
	SAL_A_STATS_PACKETS,

	__SAL_A_STATS_MAX,
	SAL_A_STATS_MAX = (__SAL_A_STATS_MAX - 1)
};

enum {
	SAL_A_TRANSACTION_ID = 1,
	SAL_A_TRANSACTION_REQUESTS,
	SAL_A_TRANSACTION_SEQ,

	__SAL_A_TRANSACTION_MAX,
	SAL_A_TRANSACTION_MAX = (__SAL_A_TRANSACTION_MAX - 1)
};

enum {
	SAL_A_RULE_ID = 1,
	SAL_A_RULE_PREFIX,
	SAL_A_RULE_ACTION,
	SAL_A_RULE_SERVICE,
	SAL_A_RULE_TIME,
	SAL_A_RULE_THEN,
	SAL_A_RULE_REPLACE,
	SAL_A_RULE_HELD_PACKETS,
	SAL_A_RULE_SEQ,

	__SAL_A_RULE_MAX,
	SAL_A_RULE_MAX = (__SAL_A_RULE_MAX - 1)
};

enum {
	SAL_A_MISS_ADDR = 1,
	SAL_A_MISS_PROTO,
	SAL_A_MISS_DPORT,
	SAL_A_MISS_SRC,
	SAL_A_MISS_MEMBER,
	SAL_A_MISS_NSID,
	SAL_A_MISS_RULE,
	SAL_A_MISS_SEQ,

	__SAL_A_MISS_MAX,
	SAL_A_MISS_MAX = (__SAL_A_MISS_MAX - 1)
};

enum {
	SAL_A_POLICY_FROM = 1,
	SAL_A_POLICY_TO,
	SAL_A_POLICY_ACCESS,
	SAL_A_POLICY_REPLACE,
	SAL_A_POLICY_SEQ,

	__SAL_A_POLICY_MAX,
	SAL_A_POLICY_MAX = (__SAL_A_POLICY_MAX - 1)
};

enum {
	SAL_A_HOLD_SERVICE = 1,
	SAL_A_HOLD_FAMILY,
	SAL_A_HOLD_CAUSE,
	SAL_A_HOLD_TIME,
	SAL_A_HOLD_DURATION,
	SAL_A_HOLD_RELEASED,
	SAL_A_HOLD_RELEASED_BYTES,
	SAL_A_HOLD_EXPIRED,
	SAL_A_HOLD_EVICTED,
	SAL_A_HOLD_REFUSED,
	SAL_A_HOLD_PURGED,
	SAL_A_HOLD_HELD_PACKETS,
	SAL_A_HOLD_HELD_BYTES,
	SAL_A_HOLD_SEQ,
	SAL_A_HOLD_TRANSACTION,

	__SAL_A_HOLD_MAX,
	SAL_A_HOLD_MAX = (__SAL_A_HOLD_MAX - 1)
};

enum {
	SAL_CMD_DOMAIN_GET = 1,
	SAL_CMD_DOMAIN_SET,
	SAL_CMD_DOMAIN_FLUSH,
	SAL_CMD_MEMBER_NEW,
	SAL_CMD_MEMBER_SET,
	SAL_CMD_MEMBER_GET,
	SAL_CMD_MEMBER_DEL,
	SAL_CMD_SERVICE_NEW,
	SAL_CMD_SERVICE_SET,
	SAL_CMD_SERVICE_GET,
	SAL_CMD_SERVICE_DEL,
	SAL_CMD_SERVICE_FREEZE,
	SAL_CMD_SERVICE_THAW,
	SAL_CMD_SERVICE_ADD_NTF,
	SAL_CMD_SERVICE_SET_NTF,
	SAL_CMD_SERVICE_DEL_NTF,
	SAL_CMD_ENDPOINT_NEW,
	SAL_CMD_ENDPOINT_SET,
	SAL_CMD_ENDPOINT_GET,
	SAL_CMD_ENDPOINT_DEL,
	SAL_CMD_ENDPOINT_ADD_NTF,
	SAL_CMD_ENDPOINT_SET_NTF,
	SAL_CMD_ENDPOINT_DEL_NTF,
	SAL_CMD_FLOW_GET,
	SAL_CMD_FLOW_DEL,
	SAL_CMD_FLOW_ADD_NTF,
	SAL_CMD_FLOW_DEL_NTF,
	SAL_CMD_MIGRATE,
	SAL_CMD_MIGRATE_NTF,
	SAL_CMD_RESOLVE,
	SAL_CMD_STATS_GET,
	SAL_CMD_TRANSACTION_BEGIN,
	SAL_CMD_TRANSACTION_COMMIT,
	SAL_CMD_TRANSACTION_ABORT,
	SAL_CMD_TRANSACTION_COMMIT_NTF,
	SAL_CMD_RULE_NEW,
	SAL_CMD_RULE_GET,
	SAL_CMD_RULE_DEL,
	SAL_CMD_RULE_ADD_NTF,
	SAL_CMD_RULE_DEL_NTF,
	SAL_CMD_MISS_NTF,
	SAL_CMD_POLICY_NEW,
	SAL_CMD_POLICY_GET,
	SAL_CMD_POLICY_DEL,
	SAL_CMD_POLICY_ADD_NTF,
	SAL_CMD_POLICY_SET_NTF,
	SAL_CMD_POLICY_DEL_NTF,
	SAL_CMD_HOLD_BEGIN_NTF,
	SAL_CMD_HOLD_DROP_NTF,
	SAL_CMD_HOLD_END_NTF,
	SAL_CMD_HOLD_FREEZE_NTF,
	SAL_CMD_HOLD_THAW_NTF,
	SAL_CMD_ENDPOINT_DRAIN_NTF,
	SAL_CMD_FLOW_NEW,
	SAL_CMD_FENCE_NTF,

	__SAL_CMD_MAX,
	SAL_CMD_MAX = (__SAL_CMD_MAX - 1)
};

#define SAL_MCGRP_SERVICE	"service"
#define SAL_MCGRP_ENDPOINT	"endpoint"
#define SAL_MCGRP_FLOW		"flow"
#define SAL_MCGRP_MIGRATE	"migrate"
#define SAL_MCGRP_TRANSACTION	"transaction"
#define SAL_MCGRP_RULE		"rule"
#define SAL_MCGRP_MISS		"miss"
#define SAL_MCGRP_POLICY	"policy"
#define SAL_MCGRP_HOLD		"hold"

#endif /* _UAPI_LINUX_SAL_H */
