/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reason_list.h - everything that is counted, and in words
 *
 * For each: symbol, name that users see, whether the packet was dropped, the
 * sentence that explains it. Included by who has defined SAL_REASON(), which
 * is why there is no guard. Users see the order: new ones come last.
 */
SAL_REASON(FORWARD, "forward", false,
	   "translated towards an endpoint")
SAL_REASON(REVERSE, "reverse", false,
	   "reply translated back to the address that the client asked")
SAL_REASON(LATE, "late", false,
	   "of these, replies of an endpoint that the flow has left")
SAL_REASON(ERROR, "error", false,
	   "ICMP error about a flow, translated for who gets it")
SAL_REASON(FLOW_NEW, "flow-new", false,
	   "packet that began a flow")
SAL_REASON(FLOW_MAPPED, "flow-mapped", false,
	   "of these, flows whose id clashed and was mapped")
SAL_REASON(HELD, "held", false,
	   "put into a hold queue, the service having no endpoint")
SAL_REASON(RELEASED, "released", false,
	   "left a hold queue for an endpoint")
SAL_REASON(RELEASE_UNDRAINED, "release-undrained", false,
	   "gate opened before the backlog was seen empty, or the queue was")
SAL_REASON(EMPTY, "empty", true,
	   "no usable endpoint, and nothing is held or its time is over")
SAL_REASON(HOLD_FULL, "hold-full", true,
	   "over the service's bound of packets that wait")
SAL_REASON(HOLD_PURGED, "hold-purged", true,
	   "held for a service or a member that was deleted")
SAL_REASON(UNSUPPORTED, "unsupported", true,
	   "for a VIP, but the service does not speak the protocol, or not on that port")
SAL_REASON(FRAGMENT, "fragment", true,
	   "fragment sent to a VIP")
SAL_REASON(MALFORMED, "malformed", true,
	   "headers too short or nonsense")
SAL_REASON(FLOW_LIMIT, "flow-limit", true,
	   "new flow over a bound of the domain or of all domains of user namespaces")
SAL_REASON(CLASH, "clash", true,
	   "would have begun a flow, but no free id was found")
SAL_REASON(STALE, "stale", true,
	   "reply of an endpoint that the flow has left for good")
SAL_REASON(FENCED, "fenced", true,
	   "RST of an endpoint that the flow has left or is about to, or ICMP error about it")
SAL_REASON(NO_ROUTE, "no-route", true,
	   "no route to the endpoint, or to the client for a reject")
SAL_REASON(NO_MEMORY, "no-memory", true,
	   "an allocation failed")
SAL_REASON(NO_HOOK, "no-hook", true,
	   "released after the member's hooks had gone")
SAL_REASON(NAMED, "named", false,
	   "request whose endpoint sees the VIP of the client's service")
SAL_REASON(UNNAMED, "unnamed", false,
	   "answer to such a VIP, sent to the client")
SAL_REASON(FLOW_REMAPPED, "flow-remapped", false,
	   "flow whose id clashed where it had moved to, and was mapped there")
SAL_REASON(AMBIGUOUS, "ambiguous", true,
	   "reply or error that may be about flows of two services")
SAL_REASON(STRAY, "stray", true,
	   "TCP segment that begins no connection, and is of no flow")
SAL_REASON(EVICTED, "evicted", false,
	   "flow that was not assured and gave way to another at the limit")
SAL_REASON(FULL, "full", true,
	   "of a new flow, and no usable endpoint takes any more")
SAL_REASON(AFFINITY_FULL, "affinity-full", false,
	   "new flow whose client's endpoint is not kept, over a bound of the domain")
SAL_REASON(RULE_DROP, "rule-drop", true,
	   "a rule says drop")
SAL_REASON(RULE_REJECT, "rule-reject", true,
	   "a rule says reject")
SAL_REASON(RULE_LOOP, "rule-loop", true,
	   "redirected by too many rules, one after the other")
SAL_REASON(MISS, "miss", false,
	   "address that listeners were asked for, because of an upcall rule")
SAL_REASON(MISS_UNANSWERED, "miss-unanswered", true,
	   "waited for the answer to a miss, and there was none in time")
SAL_REASON(MISS_LIMIT, "miss-limit", true,
	   "not asked for, as too many addresses are")
SAL_REASON(DENIED, "denied", true,
	   "would have begun a flow that a policy, or the default, denies")
SAL_REASON(UNHASHED, "unhashed", false,
	   "new flow that Maglev's table had no endpoint for; by weighted round robin")
SAL_REASON(HOLD_FLOW_FULL, "hold-flow-full", true,
	   "over what one flow may have of its service's bound of packets that wait")
SAL_REASON(HOLD_DOMAIN_FULL, "hold-domain-full", true,
	   "likewise over that of the domain or of all domains of user namespaces")
SAL_REASON(HOLD_EVICTED, "hold-evicted", true,
	   "waited, and made room for one of a flow that had fewer waiting")
SAL_REASON(FLOW_REHOMED, "flow-rehomed", false,
	   "flow that goes on with another endpoint as its client")
SAL_REASON(LATE_DROP, "late-drop", true,
	   "late reply for a service that says late drop")
SAL_REASON(CUT, "cut", true,
	   "TCP segment of a flow that is being reset, answered by a RST")
SAL_REASON(FLOW_CUT, "flow-cut", false,
	   "TCP flow that was reset instead of being moved, as its service says")
SAL_REASON(CELL_FORGOT, "cell-forgot", false,
	   "cell that forgot former endpoints before their time, its endpoint having too many")
SAL_REASON(DIRECT, "direct", false,
	   "took the direct path")
