# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Moves of some flows and not of others, for both placements. b.com has b1, b2 and b3.
# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

setup_select()
{
	setup
	service b.com 2
	endpoint b.com b1 11
	endpoint b.com b2 12
	endpoint b.com b3 13
	ip -n a addr add "$(addr 4 2)/32" dev eth0
	# not for who does not ask for it
	ip -n a addr add "$(addr 6 2)/128" dev eth0 nodad preferred_lft 0
	if [ "$PLACEMENT" = router ]; then
		ip -n orch route add "$(addr 4 2)" dev va
		ip -n orch route add "$(addr 6 2)" dev va
	fi
	serve b1 7
	serve b2 7
	serve b3 7
}

# NS...: only these take flows, of which there are none
only_of()
{
	local ns
	for ns in b1 b2 b3; do
		echo "endpoint set b.com $ns state $([[ " $* " = *" $ns "* ]] &&
			echo up || echo down)"
	done >"$WORK/only"
	echo "flow flush" >>"$WORK/only"
	S -b "$WORK/only" && poll 5 no_flows
}

# FAMILY: 3 echo flows with ids 31 to 33, one of id 31 from another address, two of
# UDP with ports 31 and 32; all with b1, and the others may have them
six_flows()
{
	local f="$1"
	only_of b1
	nothing_lost "$(echo_once -F 3 -e 31 "$(vip "$f" 2)")" &&
		nothing_lost "$(echo_once -n 1 -e 31 -s "$(addr "$f" 2)" \
			"$(vip "$f" 2)")" &&
		nothing_lost "$(echo_once -n 1 -e 31 -u 7 "$(vip "$f" 2)")" &&
		nothing_lost "$(echo_once -n 1 -e 32 -u 7 "$(vip "$f" 2)")" ||
		return 1
	S endpoint set b.com b2 state up
	S endpoint set b.com b3 state up
	flows_of "6 0 0"
}

# B1 B2 B3: the number of flows of each, as endpoints count and as flows are shown
flows_of()
{
	expect "flows of endpoints" \
		"$(json '[.[].flows] | join(" ")' endpoint show b.com)" "$1" &&
		expect "flows that are with them" "$(json 'map(.endpoint) as $e |
			["b1", "b2", "b3"] |
			map(. as $n | $e | map(select(. == $n)) | length) |
			join(" ")' flow show service b.com)" "$1"
}

# TEXT FROM TO [SELECTOR...]: what a request says
says()
{
	local want="$1" from="$2" to="$3" said
	shift 3
	said="$(S migrate b.com from "$from" to "$to" "$@")"
	[[ "$said" = "b.com: $want to $to"* ]] || fail "said: $said"
}

# FLOWS FROM TO [SELECTOR...]: first asked, then done
moved()
{
	local n="$1"
	shift
	[ "$n" = 1 ] && n="1 flow" || n="$n flows"
	says "$n would move" "$@" check && says "$n moved" "$@"
}

asked_only()
{
	six_flows "$1" || return 1
	says "2 flows would move" b1 b2 proto udp check &&
		says "6 flows would move" any b3 check &&
		flows_of "6 0 0"
}

# --- cases ------------------------------------------------------------------

selectors()
{
	local f="$1" len=32
	[ "$f" = 4 ] || len=128
	six_flows "$f" || return 1
	moved 1 b1 b2 src "$(addr "$f" 2)/$len" && flows_of "5 1 0" &&
		moved 2 b1 b2 proto udp && flows_of "3 3 0" &&
		moved 1 b1 b3 sport 32 && flows_of "2 3 1" &&
		moved 1 b2 b3 sport 31 proto udp dport 7 src "$(addr "$f" 1)" &&
		flows_of "2 2 2" &&
		moved 0 b1 b2 sport 99 && flows_of "2 2 2" &&
		moved 2 b1,b2 b3 sport 31 && flows_of "1 1 4"
}

# all of a service, wherever they are; and those of them that match
of_service()
{
	six_flows "$1" || return 1
	moved 2 b1 b2 sport 31 src "$(addr "$1" 1)" && flows_of "4 2 0" &&
		moved 3 any b3 sport 31 && flows_of "3 0 3" &&
		moved 3 any b3 && flows_of "0 0 6" &&
		moved 0 any b3 && moved 6 any b2 && flows_of "0 6 0"
}

one_flow()
{
	local id other
	six_flows "$1" || return 1
	id="$(json '.[] | select(.sport == 32 and .proto == 17) | .id' \
		flow show)"
	moved 1 b1 b2 id "$id" && flows_of "5 1 0" &&
		expect "where it is" "$(json '.[0].endpoint' flow show \
			id "$id")" b2 &&
		moved 0 b1 b2 id "$id" && moved 1 any b3 id "$id" &&
		flows_of "5 0 1" || return 1
	other="$((id + 100000))"
	refused "service 'b.com' has no such flow $other" \
		migrate b.com from b1 to b2 id "$other"
}

# 51 moves of one of two streams, each followed by a request to where it went
under_traffic()
{
	local rc=0
	only_of b1
	flood s -n 0 -i 1000 -e 42 "$(vip "$1" 2)"
	flood m -n 0 -i 300 -w 32 -e 41 "$(vip "$1" 2)"
	poll 5 json_is length 2 flow show || return 1
	S endpoint set b.com b2 state up
	S endpoint set b.com b3 state up
	moved 1 b1 b2 sport 41 || rc=1
	taskset -c "$OTHER_CPU" ip netns exec orch "$LIB_DIR/tools/moves.py" \
		watch "$1" 51 b.com b2 b3 41 >&2 || rc=1
	flows_of "1 0 1" || rc=1
	nothing_lost "$(flood_end m TERM)" &&
		nothing_lost "$(flood_end s TERM)" && return "$rc"
}

# 300 flows at once, moved to and fro by many requests while they send
many()
{
	local _
	only_of b1
	flood m -F 300 -w 16 "$(vip "$1" 2)"
	poll 5 json_is 'length > 9' true flow show || return 1
	S endpoint set b.com b2 state up
	for _ in {1..20}; do
		echo "migrate b.com from b1 to b2 proto $2"
		echo "migrate b.com from b2 to b1 src $(addr "$1" 1)"
	done >"$WORK/many"
	S -b "$WORK/many" >/dev/null || return 1
	nothing_lost "$(flood_end m)" || return 1
	S migrate b.com from any to b3 proto "$2" check 2>/dev/null
	S endpoint set b.com b3 state up
	moved 300 any b3 proto "$2" && flows_of "0 0 300" &&
		S endpoint set b.com b3 state down &&
		expect_num "flows of b1" "$(json '.[0].flows' \
			endpoint show b.com b1)" -gt 0
}

tcp_stays()
{
	local out
	only_of b1
	ask a tcp "$(vip "$1" 2)" 7 >/dev/null || return 1
	nothing_lost "$(echo_once -n 1 -e 51 "$(vip "$1" 2)")" || return 1
	S endpoint set b.com b2 state up
	out="$(S migrate b.com from b1 to b2 dport 7 2>&1)" || return 1
	grep -q "TCP flows stay" <<<"$out" ||
		fail "does not say that it stays: $out" || return 1
	flows_of "2 0 0" && moved 1 any b2 src "$(addr "$1" 1)" &&
		flows_of "1 1 0"
}

# what there is no way to
no_way()
{
	only_of b1
	S endpoint add b.com name half netns b3 addr "$(addr 4 13)" \
		state down 2>/dev/null
	S endpoint del b.com b3
	S endpoint add b.com name half netns b3 addr "$(addr 4 13)"
	nothing_lost "$(echo_once -n 1 -e 61 "$(vip 4 2)")" &&
		nothing_lost "$(echo_once -n 1 -e 62 "$(vip 6 2)")" || return 1
	S migrate b.com from any to b1
	refused "'half' has no IPv6 address, and selected flows do" \
		migrate b.com from b1 to half src fd00::/16 &&
		refused "'half' has no IPv6 address, and selected flows do" \
			migrate b.com from b1 to half sport 62 check &&
		moved 1 b1 half sport 61 || return 1
	refused "endpoint 'b2' is not usable" \
		migrate b.com from b1 to b2 sport 62 || return 1
	S endpoint del b.com half
	endpoint b.com b3 13
}

heard()
{
	grep -q '"event":"migrate"' "$WORK/events"
}

events()
{
	six_flows "$1" || return 1
	S migrate b.com from b1 to b2 proto udp
	ip netns exec orch salctl -j monitor migrate >"$WORK/events" 2>&1 &
	PIDS+=($!)
	poll 9 grep -qs listening "$WORK/events" || return 1
	S migrate b.com from any to b3 sport 31 check
	S migrate b.com from any to b3 sport 31
	poll 5 heard || return 1
	kill "$!"
	expect "what is told" "$(grep '^{' "$WORK/events" | jq -r 'select(.event ==
		"migrate") | "\(.from[0]) " + "\(.to) \(.flows) \(.cause) \(.duration > 0)"' | sort | xargs)" \
		"b1 b3 2 request true b2 b3 1 request true"
}

# What is selected moves, and nothing is concluded from that: new flows of the client
# go on to whom they went before.
affinity()
{
	only_of b1
	S service set b.com affinity 10m
	nothing_lost "$(echo_once -n 1 -e 81 "$(vip "$1" 2)")" || return 1
	S endpoint set b.com b2 state up
	S migrate b.com from b1 to b2 sport 81
	nothing_lost "$(echo_once -F 4 -e 82 "$(vip "$1" 2)")" || return 1
	flows_of "4 1 0" && S service set b.com affinity 0
}

select_cases()
{
	each_family "check says what would move, and moves nothing" asked_only
	each_family "by source, protocol and ports" selectors
	each_family "by service" of_service
	each_family "one flow" one_flow
	each_family "52 moves of one stream of two, nothing is lost" \
		under_traffic
	t "IPv4: many flows to and fro while they begin" many 4 icmp
	t "IPv6: many flows to and fro while they begin" many 6 icmpv6
	each_family "TCP stays, and that is said" tcp_stays
	each_family "an event for each that was left" events
}
