#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 1000 moves under a stream with several requests in flight all the time, and
# 144 as fast as they go.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com

# FAMILY: they know each other for good. Replies that wait at one instance until
# the client is resolved would be overtaken by those of the next one.
neighbours()
{
	local host
	for host in 11 12 13; do
		run ip -n a neigh replace "$(addr "$1" "$host")" dev eth0 \
			lladdr "02:00:00:00:00:$host" nud permanent &&
			run ip -n "b${host#1}" neigh replace "$(addr "$1" 1)" \
				dev eth0 lladdr 02:00:00:00:00:01 \
				nud permanent || return 1
	done
}

# Between namespaces a reply is there before the next request is sent. So there
# is a wire: requests are on it when they were translated already, and replies
# when the endpoint has sent them. It is one for all, and keeps their order as
# long as one CPU receives from it. But whoever sends through netem takes along
# what is due, to the backlog of his CPU; hence one CPU for all backlogs.
wire()
{
	run tc -n a qdisc "$1" dev eth0 root netem delay 4ms &&
		run tc -n orch qdisc "$1" dev va root netem delay 4ms
}

one_cpu_receives()
{
	local ns
	for ns in a b1 b2 b3 orch; do
		# shellcheck disable=SC2016 # for that shell
		in_ns "$ns" bash -c 'for file in \
			/sys/class/net/*/queues/rx-*/rps_cpus; do
				[ ! -e "$file" ] || echo 1 >"$file" || exit
			done' || return 1
	done
}

# NAME NS ADDRESS: requests through the wire from the other CPU
others()
{
	flood_as "$1" taskset -c "$OTHER_CPU" ip netns exec "$2" \
		"$TOOLS/echoflood" -n 2000 -i 1000 "$3"
}

# FAMILY: without a service and without moves; nothing that the next case says
# would mean much if this one failed.
wire_keeps_order()
{
	local f="$1" rc=0
	neighbours "$f" && wire add || return 1
	others x b3 "$(addr "$f" 1)"
	others y a "$(addr "$f" 13)"
	taskset -c 0 ip netns exec a "$TOOLS/echoflood" -n 5000 -i 300 -w 32 \
		"$(addr "$f" 11)" >"$WORK/flood.m" 2>"$WORK/flood.m.err"
	nothing_lost "$(cat "$WORK/flood.m")" || rc=1
	nothing_lost "$(flood_end x)" || rc=1
	nothing_lost "$(flood_end y)" || rc=1
	wire del
	return "$rc"
}

# 48 moves in one batch, as fast as it goes, from the other CPU than the
# client's
moves()
{
	for _ in {1..24}; do
		echo "migrate b.com from b1 to b2"
		echo "migrate b.com from b2 to b1"
	done >"$WORK/moves"
	taskset -c "$OTHER_CPU" salctl -n orch -b "$WORK/moves" >/dev/null
}

# FAMILY: a thousand more, each looked at: where it went to gets a request,
# before the next one
moves_looked_at()
{
	taskset -c "$OTHER_CPU" ip netns exec orch "$LIB_DIR/tools/moves.py" \
		watch "$1" 1000 b.com b1 b2 >"$WORK/followed"
	cat "$WORK/followed" >&2
	grep -q followed=1000 "$WORK/followed"
}

# Each instance gets some between any two of its moves; together they got what
# the client got answers for.
thousand_moves()
{
	local f="$1" start1 start2 report vip late rc=0
	vip="$(vip "$f" 2)"
	neighbours "$f" || return 1
	start1="$(echos b1 "$f")" start2="$(echos b2 "$f")"
	late="$(counter late)"

	wire add || return 1
	GENERATION="$(json '.[0].generation' domain show)"
	echo "+ echoflood &" >&2
	flood_as m taskset -c 0 ip netns exec a "$TOOLS/echoflood" -n 0 \
		-i 300 -w 32 "$vip"

	moves && moves_looked_at "$f" && moves && moves || rc=1
	report="$(flood_end m TERM)"
	wire del
	late=$(($(counter late) - late))
	ktap_print_msg "IPv$f: $(field "$report" outstanding) requests in" \
		"flight (median), $late replies came after a move"
	nothing_lost "$report" || return 1
	expect "received by both" \
		$(($(echos b1 "$f") - start1 + $(echos b2 "$f") - start2)) \
		"$(field "$report" received)" &&
		expect "moves told" "$(json '.[0].generation' domain show)" \
			$((GENERATION + 1144)) &&
		expect_num "in flight, median" \
			"$(field "$report" outstanding)" -ge 3 &&
		expect_num "late replies" "$late" -gt 0 && return "$rc"
}

flow_follows()
{
	answers "$(vip "$1" 2)"
	S migrate b.com from b1 to b2 || return 1
	expect "flows of b1" "$(json '.[0].flows' endpoint show b.com b1)" 0 &&
		expect "endpoints of flows" "$(json '[.[].endpoint] | unique |
			join(",")' flow show service b.com)" b2
}

check_moves_nothing()
{
	local before
	before="$(json '[.[] | .endpoint]' flow show)"
	S migrate b.com from b2 to b1 check || return 1
	expect flows "$(json '[.[] | .endpoint]' flow show)" "$before"
}

several_from()
{
	endpoint b.com b3 13 || return 1
	S flow flush
	poll 5 no_flows || return 1
	for _ in {1..6}; do
		answers "$(vip "$1" 2)" || return 1
	done
	S migrate b.com from b1,b2 to b3 || return 1
	expect "flows of b3" "$(json '.[0].flows' endpoint show b.com b3)" 6 &&
		S endpoint del b.com b3
}

new_flows_go_on()
{
	local before
	S migrate b.com from b1 to b2 || return 1
	before="$(echos b1 "$1")"
	answers "$(vip "$1" 2)" && answers "$(vip "$1" 2)" || return 1
	expect "requests in b1" "$(echos b1 "$1")" $((before + 1))
}

t "one CPU receives from all devices" one_cpu_receives
each_family "a wire keeps order while others send, too" wire_keeps_order
each_family "1000 moves, nothing lost, repeated or reordered" thousand_moves
each_family "a flow is shown where it went" flow_follows
t "check does everything but the move" check_moves_nothing
each_family "several endpoints to one" several_from
each_family "who was left takes new flows" new_flows_go_on
finish
