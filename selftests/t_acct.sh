#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Flows count what they carry where the domain says so: what the client's own
# filters have seen, in both directions, until the flow ends.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

setup_tcp
ip netns exec orch salctl -j monitor flow >"$WORK/events" 2>&1 &
PIDS+=($!)
poll 9 grep -qs listening "$WORK/events"

# Behind our hook on the way out, and before it on the way in: real addresses.
run ip netns exec a nft -f - <<'END'
table inet seen {
	counter out { }
	counter in { }
	chain out {
		type filter hook output priority filter
		icmp type echo-request counter name out
		icmpv6 type echo-request counter name out
		meta l4proto { tcp, udp } counter name out
	}
	chain in {
		type filter hook input priority filter
		icmp type echo-reply counter name in
		icmpv6 type echo-reply counter name in
		meta l4proto { tcp, udp } counter name in
	}
}
END

# --- what there is to compare -----------------------------------------------

# packets and bytes out, and in, since it was reset
seen()
{
	in_ns a nft -j list counters table inet seen | jq -r '
		[.nftables[] | .counter? | select(.)] |
		map({(.name): "\(.packets) \(.bytes)"}) | add |
		"\(.out) \(.in)"'
}

# the same of the domain's only flow, or of those that SELECTOR... has
carried()
{
	json 'map("\(.forward_packets) \(.forward_bytes) \(
		.reverse_packets) \(.reverse_bytes)") | join(", ")' \
		flow show "$@"
}

NOTHING="null null null null"

is_seen()
{
	[ "$(carried)" = "$(seen)" ]
}

# on|off [NS]: new flows, at b1 unless told
fresh()
{
	S domain set flow-acct "$1" || return 1
	only "${2:-b1}"
	poll 5 no_flows || return 1
	in_ns a nft reset counters table inet seen >/dev/null
}

# FAMILY LENGTH: that of an echo message or of a datagram, and the IP header
size()
{
	echo $(($2 + ($1 == 4 ? 20 : 40)))
}

# --- cases ------------------------------------------------------------------

switch()
{
	expect "in the beginning" "$(json '.[0].flow_acct' domain show)" off &&
		S domain set flow-acct on &&
		expect "then" "$(json '.[0].flow_acct' domain show)" on &&
		S domain set max-flows 100000 &&
		expect "after something else" \
			"$(json '.[0].flow_acct' domain show)" on &&
		S domain set flow-acct off &&
		expect "at last" "$(json '.[0].flow_acct' domain show)" off
}

refused()
{
	local out
	out="$(S domain set flow-acct yes 2>&1)" && return 1
	grep -q "flow-acct 'yes': not one of off, on" <<<"$out" ||
		fail "said: $out"
	# by the kernel, in the words of the policy
	in_ns orch env PYTHONPATH="$LIB_DIR/tools" python3 -c '
from nl import N, Family, attr, u32
acct = N["SAL_A_DOMAIN_FLOW_ACCT"]
err, text, bad = Family().req("DOMAIN_SET", attr(acct, u32(2)))
print("refused:", err, text, bad)
raise SystemExit(not (err and text and bad == acct))' >&2 &&
		expect "the switch" "$(json '.[0].flow_acct' domain show)" off
}

off()
{
	fresh off || return 1
	answers "$(vip "$1" 2)" || return 1
	expect "JSON" "$(carried)" "$NOTHING" || return 1
	# nor in text
	not grep -e packets -e bytes <<<"$(S -s flow show)"
}

echoes()
{
	local len
	len="$(size "$1" 100)"
	fresh on || return 1
	nothing_lost "$(echo_once -n 50 -l 100 "$(vip "$1" 2)")" || return 1
	expect "sent and received" "$(seen)" \
		"50 $((50 * len)) 50 $((50 * len))" &&
		expect carried "$(carried)" "$(seen)" || return 1
	grep -q "forward packets 50 bytes $((50 * len)) reverse packets 50" \
		<<<"$(S -s flow show)" || fail "not in the text" || return 1
	not grep packets <<<"$(S flow show)"
}

datagrams()
{
	local len
	len="$(size "$1" 108)"
	fresh on || return 1
	nothing_lost "$(echo_once -u 7 -n 50 -l 100 "$(vip "$1" 2)")" ||
		return 1
	expect "sent and received" "$(seen)" \
		"50 $((50 * len)) 50 $((50 * len))" &&
		expect carried "$(carried)" "$(seen)"
}

# From the first SYN to the last ACK, and whatever the size of segments.
connection()
{
	local n rc=0
	fresh on || return 1
	talk t "$(vip "$1" 2)" 7 || return 1
	expect "a megabyte" "$(say t echo 1000000)" "echoed 1000000" || rc=1
	hang_up t
	poll 5 json_is '.[0].state' closed flow show || return 1
	poll 5 is_seen || rc=1
	echo "carried $(carried), seen $(seen)" >&2
	for n in forward reverse; do
		expect_num "bytes, $n" "$(json ".[0].${n}_bytes" flow show)" \
			-gt 1000000 || rc=1
	done
	return "$rc"
}

# What runs when the switch is thrown goes on as it has begun.
running()
{
	local rc=0
	fresh off || return 1
	flood f -e 700 -n 0 -i 2000 "$(vip "$1" 2)"
	poll 5 json_is length 1 flow show || return 1
	S domain set flow-acct on
	answers "$(vip "$1" 2)" || rc=1
	expect "the earlier flow" "$(carried sport 700)" "$NOTHING" || rc=1
	expect "flows that count" "$(json 'map(select(.forward_packets)) |
		length' flow show)" 1 || rc=1
	S domain set flow-acct off
	nothing_lost "$(flood_end f TERM)" || rc=1
	expect "it still does" "$(carried sport 700)" "$NOTHING" || rc=1
	return "$rc"
}

# and the other way round, with a move between
moved()
{
	local len report sent before
	len="$(size "$1" 100)"
	fresh on || return 1
	before="$(json '.[0].forward_packets' stats show b.com b2)"
	flood f -n 0 -i 2000 -l 100 "$(vip "$1" 2)"
	poll 5 json_is '.[0].forward_packets > 50' true flow show || return 1
	S domain set flow-acct off
	S endpoint set b.com b2 state up
	S migrate b.com from b1 to b2
	poll 5 json_is ".[0].forward_packets > $before" true \
		stats show b.com b2 ||
		return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report" || return 1
	sent="$(field "$report" sent)"
	expect "where it is" "$(json '.[].endpoint' flow show)" b2 &&
		expect "flows of b1" "$(json '.[0].flows' \
			endpoint show b.com b1)" 0 &&
		expect carried "$(carried)" \
			"$sent $((sent * len)) $sent $((sent * len))" &&
		expect "sent and received" "$(seen)" "$(carried)"
}

# ID: what the event of the end of that flow has
told()
{
	jq -r "select(.event == \"flow-$2\" and .id == $1) |
		\"\(.forward_packets) \(.forward_bytes) \(
			.reverse_packets) \(.reverse_bytes)\"" "$WORK/events"
}

is_told()
{
	[ -n "$(told "$@")" ]
}

event()
{
	local id carried
	fresh on || return 1
	nothing_lost "$(echo_once -n 20 -l 50 "$(vip "$1" 2)")" || return 1
	id="$(json '.[0].id' flow show)" carried="$(carried)"
	S flow flush
	poll 5 is_told "$id" del || return 1
	expect "the last event" "$(told "$id" del)" "$carried" &&
		expect "carried" "$carried" "$(seen)" &&
		expect "the first one" "$(told "$id" add)" "$NOTHING" || return 1
	# one that does not count says nothing
	fresh off || return 1
	answers "$(vip "$1" 2)" || return 1
	id="$(json '.[0].id' flow show)"
	S flow flush
	poll 5 is_told "$id" del &&
		expect "without counters" "$(told "$id" del)" "$NOTHING"
}

# What goes to the endpoint's own address is counted where there is a flow for it,
# and is none of the service's.
direct()
{
	local svc rc=0
	fresh on || return 1
	nothing_lost "$(echo_once -e 701 -n 1 "$(vip "$1" 2)")" || return 1
	svc="$(json '.[0].forward_packets' stats show b.com)"
	nothing_lost "$(echo_once -e 701 -n 30 "$(addr "$1" 11)")" || rc=1
	expect "packets of the flow with the address" "$(json '.[] |
		select(.dst == "'"$(addr "$1" 11)"'") |
		"\(.forward_packets) \(.reverse_packets)"' flow show)" \
		"30 30" || rc=1
	expect "of the service" \
		"$(json '.[0].forward_packets' stats show b.com)" "$svc" || rc=1
	return "$rc"
}

# What waits is counted when it leaves.
held()
{
	local report
	fresh on b1 || return 1
	S endpoint set b.com b1 state down
	flood f -n 20 -i 2000 -w 32 -W 20000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets > 5' true service show b.com ||
		return 1
	expect "flows meanwhile" "$(json length flow show)" 0 || return 1
	S endpoint set b.com b1 state up
	report="$(flood_end f)"
	nothing_lost "$report" && expect "packets" "$(carried |
		cut -d ' ' -f 1,3)" "20 20"
}

no_flow_objects()
{
	local SLABS=(sal_flow sal_flow_acct)
	shrunk_to_nothing
}

# Such flows are apart, and there are none without the switch.
memory()
{
	fresh off || return 1
	poll 5 no_flow_objects || return 1
	answers "$(vip 4 2)" && answers "$(vip 6 2)" || return 1
	expect "objects of the larger slab" "$(slab_objects sal_flow_acct)" 0 ||
		return 1
	fresh on || return 1
	answers "$(vip 4 2)" || return 1
	expect_num "objects of the larger slab" \
		"$(slab_objects sal_flow_acct)" -gt 0
}

t "off until it is switched on, and a setting like others" switch
t "a value that makes no sense is refused, and named" refused
each_family "off: nothing is counted, nothing shown" off
each_family "echo: packets and bytes, both directions" echoes
each_family "UDP" datagrams
each_family "TCP" connection
each_family "a flow from before does not count" running
each_family "one that counts goes on over a move, and without the switch" moved
each_family "the event of its end has what it has carried" event
each_family "a conversation with an endpoint's own address" direct
each_family "what was held" held
t "flows without counters take no more memory" memory
finish
