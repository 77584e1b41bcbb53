#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# It does not answer: resolve from a namespace walks the way and names the cause.
# Each case breaks one thing, looks, does what the cure says, and looks again.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2 hold off
endpoint b.com b1 11
add_host stranger 9

# FAMILY FROM [WORD...]: what salctl says, in JSON, to be asked by jq
walk()
{
	local family="$1" from="$2"
	shift 2
	salctl -n orch -j resolve "$(vip "$family" 2)" from netns "$from" "$@" \
		>"$WORK/walk"
	WALK_RC=$?
	jq . "$WORK/walk" >&2
}

asked()
{
	jq -r ".[0] | $1" "$WORK/walk"
}

# VERDICT [JQ-FILTER WANT]: of the walk before; the first step that is bad is
# where it ended
verdict_is()
{
	expect verdict "$(asked .verdict)" "$1" || return 1
	if [ "$1" = answers ]; then
		expect "exit status" "$WALK_RC" 0 || return 1
	else
		expect "exit status" "$WALK_RC" 1 &&
			expect_cure || return 1
	fi
	[ $# -lt 3 ] || expect "$2" "$(asked "$2")" "$3"
}

expect_cure()
{
	[ "$(asked '.cure | length > 0')" = true ] || fail "no cure"
}

# the first bad step's
bad()
{
	echo "[.step[] | select(.finding == \"bad\")][0] | \"$1\""
}

# FAMILY: there is an answer, and the walk says so
in_order()
{
	answers "$(vip "$1" 2)" && walk "$1" a && verdict_is answers \
		'[.step[] | select(.finding == "bad")] | length' 0
}

good()
{
	in_order "$1" && expect kinds "$(asked '[.step[].kind] | join(" ")')" \
		"service route member gate endpoint route neighbour route neighbour" &&
		expect "source and destination" "$(asked '"\(.src) \(.dst)"')" \
			"$(addr "$1" 1) $(vip "$1" 2)"
}

by_name()
{
	local out
	out="$(S "-$1" resolve b.com from netns a)" || return 1
	echo "$out" >&2
	grep -q "service b.com: by $(vip "$1" 2)" <<<"$out" &&
		expect "last line" "$(tail -n 1 <<<"$out")" \
			"    verdict: answers"
}

by_pid()
{
	local pid
	ip netns exec a sleep 100 &
	pid=$!
	PIDS+=("$pid")
	poll 5 json_is '.[0].verdict' answers resolve "$(vip "$1" 2)" \
		from pid "$pid"
	local rc=$?
	kill "$pid"
	return "$rc"
}

not_member()
{
	local cure
	walk "$1" stranger
	verdict_is not-member "$(bad '\(.kind) \(.netns)')" \
		"member stranger" || return 1
	# the cure is a command
	cure="$(asked .cure)"
	echo "+ $cure" >&2
	$cure && walk "$1" stranger && verdict_is answers
	S member del stranger
}

# of another domain than the one that is asked
foreign()
{
	local rc=0
	add_ns orch2
	salctl -n orch2 member add netns stranger route none || return 1
	walk 4 stranger
	verdict_is not-member "$(bad '\(.foreign)')" true || rc=1
	salctl -n orch2 flush
	del_ns orch2
	return "$rc"
}

no_route()
{
	S member set a route none
	walk "$1" a
	verdict_is no-route "$(bad '\(.kind) \(.netns) \(.addr)')" \
		"route a $(vip "$1" 2)" || return 1
	S member set a route auto
	in_order "$1"
}

# the way back, in the endpoint's namespace
no_route_back()
{
	local rc=0
	run ip -n b1 "-$1" route add unreachable "$(addr "$1" 1)"
	walk "$1" a
	verdict_is no-route "$(bad '\(.kind) \(.netns) \(.addr)')" \
		"route b1 $(addr "$1" 1)" || rc=1
	ip -n b1 "-$1" route del unreachable "$(addr "$1" 1)"
	return "$rc"
}

no_service()
{
	salctl -n orch -j resolve "$(vip "$1" 99)" from netns a >"$WORK/walk"
	WALK_RC=$?
	verdict_is no-service "$(bad '\(.kind) \(.addr)')" \
		"service $(vip "$1" 99)" || return 1
	salctl -n orch -j resolve nobody.com from netns a >"$WORK/walk"
	WALK_RC=$?
	verdict_is no-service "$(bad '\(.kind) \(.name)')" "service nobody.com"
}

unsupported()
{
	local rc=0
	walk "$1" a proto sctp dport 80
	verdict_is unsupported "$(bad '\(.kind)')" service || rc=1
	S service set b.com proto tcp port 80
	walk "$1" a proto tcp dport 81
	verdict_is unsupported "$(bad '\(.kind)')" service || rc=1
	walk "$1" a proto udp dport 80
	verdict_is unsupported "$(bad '\(.kind)')" service || rc=1
	walk "$1" a proto tcp dport 80
	verdict_is answers || rc=1
	S service set b.com proto any
	return "$rc"
}

# an endpoint there is, but of the other family
no_endpoint()
{
	local other=$((10 - $1)) rc=0
	S service add half.com vip "$(vip "$1" 5)"
	S endpoint add half.com name h addr "$(addr "$other" 77)"
	salctl -n orch -j resolve half.com from netns a >"$WORK/walk"
	WALK_RC=$?
	jq . "$WORK/walk" >&2
	verdict_is no-endpoint "$(bad '\(.kind) \(.endpoints)')" "gate 0" ||
		rc=1
	S service del half.com
	return "$rc"
}

endpoint_down()
{
	local cure
	S endpoint set b.com b1 state down
	walk "$1" a
	verdict_is endpoint-down \
		'.step[] | select(.kind == "endpoint") | .state' down || return 1
	cure="$(asked .cure)"
	echo "+ $cure" >&2
	$cure && in_order "$1"
}

# The cure undrains one.
all_drained()
{
	local cure
	S endpoint drain b.com b1
	walk "$1" a
	verdict_is full || return 1
	cure="$(asked .cure)"
	echo "+ $cure" >&2
	$cure && in_order "$1" || return 1
	S endpoint set b.com b1 weight 0
	walk "$1" a
	verdict_is full || return 1
	S endpoint set b.com b1 weight 1
}

fault_is()
{
	walk "$1" a
	[ "$(asked '.step[] | select(.kind == "endpoint") | .fault[0]')" = "$2" ]
}

length()
{
	if [ "$1" = 4 ]; then echo 16; else echo 64; fi
}

connect_addr()
{
	local nodad=()
	[ "$1" = 4 ] || nodad=(nodad)
	run ip -n b1 addr replace "$(addr "$1" 11)/$(length "$1")" dev eth0 \
		"${nodad[@]}"
}

faults()
{
	run ip -n b1 link set eth0 down
	poll 5 not answers "$(vip "$1" 2)" 2 || return 1
	walk "$1" a
	verdict_is endpoint-down || return 1
	run ip -n b1 link set eth0 up
	# IPv6 has taken it away with the link
	connect_addr "$1"
	poll 5 json_is ".[0].gate$1" open service show b.com || return 1
	run ip -n b1 addr del "$(addr "$1" 11)/$(length "$1")" dev eth0
	poll 5 fault_is "$1" address || return 1
	verdict_is endpoint-down || return 1
	connect_addr "$1"
	poll 5 in_order "$1"
}

held()
{
	local rc=0
	S service set b.com hold packets 100 bytes 1M time 30s
	S endpoint set b.com b1 state down
	flood f -n 3 -i 1000 -W 30000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 3 service show b.com || return 1
	walk "$1" a
	verdict_is held "$(bad '\(.kind) \(.held_packets)')" "gate 3" || rc=1
	S endpoint set b.com b1 state up
	nothing_lost "$(flood_end f)" || rc=1
	S service set b.com hold off
	return "$rc"
}

failed()
{
	walk "$1" a
	[ "$(asked .verdict)" = neighbour ]
}

# an endpoint that is said to be outside of this host, and is nowhere
neighbour()
{
	S endpoint add b.com name gone addr "$(addr "$1" 88)"
	S endpoint set b.com b1 state down
	answers "$(vip "$1" 2)" && { fail "answered"; return 1; }
	poll 5 failed "$1" || return 1
	verdict_is neighbour "$(bad '\(.kind) \(.netns) \(.addr)')" \
		"neighbour a $(addr "$1" 88)" || return 1
	S endpoint del b.com gone
	S endpoint set b.com b1 state up
	in_order "$1"
}

# The kernel knows that a filter is there, not what it does; so it names it.
filters()
{
	local rc=0
	run ip netns exec b1 nft -f - <<-END
	table inet fw {
		chain in {
			type filter hook input priority 0; policy accept;
			icmp type echo-request drop
			icmpv6 type echo-request drop
		}
	}
	END
	not answers "$(vip "$1" 2)" 2 || rc=1
	walk "$1" a
	verdict_is filters '.step[] | select(.kind == "filter") |
		"\(.netns) \(.name) \(.hook) \(.priority) \(.drops)"' \
		"b1 inet fw in input 0 null" || rc=1
	[[ "$(asked .cure)" == *"ip netns exec b1 nft list ruleset" ]] ||
		rc=1
	ip netns exec b1 nft delete table inet fw
	in_order "$1" && return "$rc"
}

# Nor does the client's conntrack drop anything: it is told, and is no filter.
conntrack_alone()
{
	run ip netns exec a nft -f - <<-END
	table inet track {
		chain never { ct state new accept; }
	}
	END
	in_order "$1" && expect "steps about conntrack" "$(asked '[.step[] |
		select(.kind == "conntrack") | .netns] | join(",")')" a &&
		expect_num "conversations answered" "$(asked '.step[] |
			select(.kind == "conntrack") | .answered')" -gt 0
	local rc=$?
	ip netns exec a nft delete table inet track
	return "$rc"
}

# A rule of old has sent the client elsewhere. It is gone; what conntrack made of
# it stays, as long as the ping runs and there is any NAT: the story of 2018.
stale_conntrack()
{
	local rc=0 family=ip out
	[ "$1" = 4 ] || family=ip6
	S flow flush
	ip netns exec a conntrack -F 2>/dev/null
	run ip netns exec a nft -f - <<-END
	table $family old {
		chain out {
			type nat hook output priority -100;
			$family daddr $(addr "$1" 11) dnat to $(addr "$1" 88)
		}
	}
	table inet track {
		chain never { ct state new accept; }
	}
	END
	echo_once -e 4242 -n 1 -W 500 "$(vip "$1" 2)" >/dev/null
	run ip netns exec a nft flush chain "$family" old out
	out="$(echo_once -e 4242 -n 1 -W 500 "$(vip "$1" 2)")"
	expect "lost, though the rule is gone" "$(field "$out" lost)" 1 || rc=1
	walk "$1" a
	verdict_is conntrack "$(bad '\(.kind) \(.netns) \(.translated)')" \
		"conntrack a $(addr "$1" 88)" || rc=1
	# the first half of the cure
	run ip netns exec a conntrack -D -s "$(addr "$1" 1)" \
		-d "$(addr "$1" 11)" >&2
	nothing_lost "$(echo_once -e 4242 -n 1 "$(vip "$1" 2)")" ||
		rc=1
	ip netns exec a nft delete table "$family" old
	in_order "$1" || rc=1
	ip netns exec a nft delete table inet track
	return "$rc"
}

# br_netfilter shows what passes the bridge to the filters of its namespace
bridged()
{
	local rc=0
	bridge_netfilter || return 1
	run ip netns exec orch nft -f - <<-END
	table inet fw {
		chain thru {
			type filter hook forward priority 0; policy drop;
		}
	}
	END
	walk "$1" a
	verdict_is filters '.step[] | select(.kind == "filter") |
		"\(.name) \(.hook) \(.bridge) \(.drops)"' \
		"inet fw thru forward true true" || rc=1
	ip netns exec orch nft delete table inet fw
	return "$rc"
}

# What is asked wrongly is refused, and says what it is about.
refused()
{
	local want="$1" out
	shift
	out="$(salctl -n orch resolve "$@" 2>&1)" &&
		{ fail "not refused: $*"; return 1; }
	echo "$out" >&2
	grep -q "$want" <<<"$out"
}

refusals()
{
	refused "no service has this address" 10.1.0.99 &&
		refused "from is missing" b.com proto icmp &&
		refused "has no ports" b.com from netns a dport 80 &&
		refused "there is no network namespace" b.com from netns nix
}

# Not over the client's namespace alone: see t_rights.
permission()
{
	local out
	out="$(nobody_in orch salctl resolve b.com from netns a 2>&1)" &&
		{ fail allowed; return 1; }
	echo "$out" >&2
	grep -q "needs CAP_NET_ADMIN over the domain's network namespace" \
		<<<"$out"
}

# --- the router placement ----------------------------------------------------

to_router()
{
	local f ns
	S flush
	in_ns orch sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	for ns in a b1; do
		ip -n orch link set "v$ns" nomaster
		ip -n "$ns" addr flush dev eth0 scope global
	done
	for f in 4 6; do
		ip -n orch addr add "$(addr "$f" 254)" dev va
		ip -n orch addr add "$(addr "$f" 253)" dev vb1
	done
	wire va a 1 254
	wire vb1 b1 11 253
	S member add netns orch
	PLACEMENT=router
	service b.com 2 hold off
	endpoint b.com b1 11
	poll 5 answers 10.1.0.2 1 && poll 5 answers fd00:254::2 1
}

# DEVICE NS HOST ROUTER
wire()
{
	local f
	in_ns "$2" sysctl -qw net.ipv6.conf.eth0.accept_dad=0
	for f in 4 6; do
		ip -n orch route replace "$(addr "$f" "$3")" dev "$1"
		ip -n "$2" addr add "$(addr "$f" "$3")" dev eth0
		ip -n "$2" "-$f" route replace default \
			via "$(addr "$f" "$4")" dev eth0 onlink
	done
}

router_good()
{
	in_order "$1" && expect member "$(asked '.step[] |
		select(.kind == "member") | "\(.name) \(.placement) \(.via)"')" \
		"orch router $(addr "$1" 254)"
}

forwarding()
{
	if [ "$1" = 4 ]; then
		in_ns orch sysctl -qw "net.ipv4.ip_forward=$2"
	else
		in_ns orch sysctl -qw "net.ipv6.conf.all.forwarding=$2"
	fi
}

no_forwarding()
{
	local cure
	forwarding "$1" 0
	walk "$1" a
	verdict_is no-route "$(bad '\(.kind) \(.not_forwarding)')" \
		"member true" || return 1
	cure="$(asked .cure)"
	echo "+ $cure" >&2
	$cure >&2 && in_order "$1"
}

# the endpoint reaches the client by another way
past_router()
{
	local rc=0
	run ip link add direct netns a type veth peer name direct netns b1
	ip -n a link set direct up
	ip -n b1 link set direct up
	ip -n b1 "-$1" route add "$(addr "$1" 1)" dev direct
	walk "$1" a
	verdict_is past-router "$(bad '\(.kind) \(.netns) \(.dev)')" \
		"route b1 direct" || rc=1
	ip -n a link del direct
	return "$rc"
}

no_router()
{
	local rc=0
	S member del orch
	walk "$1" a
	verdict_is not-member "$(bad '\(.kind) \(.via)')" \
		"member $(addr "$1" 254)" || rc=1
	S member add netns orch
	return "$rc"
}

each_family "all is in order" good
each_family "by name, as text" by_name
each_family "from the namespace of a process" by_pid
each_family "not a member" not_member
t "a member of another domain" foreign
each_family "no route to the VIP" no_route
each_family "no route back" no_route_back
each_family "no service covers it" no_service
each_family "a protocol that the service does not speak" unsupported
each_family "no endpoint of this family" no_endpoint
each_family "endpoint down" endpoint_down
each_family "endpoints take no new flows" all_drained
each_family "endpoint's device, and address" faults
each_family "packets wait" held
each_family "a neighbour does not answer" neighbour
each_family "filters on the way are named" filters
each_family "conntrack alone is none" conntrack_alone
each_family "wrong conntrack state" stale_conntrack
each_family "filters that see bridged packets" bridged
t "bad requests are refused" refusals
t "a walk needs a right over the domain" permission
t "a router between client and endpoint" to_router
each_family "router: all is in order" router_good
each_family "router: it does not forward" no_forwarding
each_family "router: replies would go past it" past_router
each_family "router: it is no member" no_router
finish
