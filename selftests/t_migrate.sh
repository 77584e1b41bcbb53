#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 1000 moves under a stream, and 144 as fast as they go.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com

# 48 moves in one batch, as fast as it goes, from the other CPU than the
# client's
moves()
{
	for _ in {1..24}; do
		echo "migrate b.com from b1 to b2"
		echo "migrate b.com from b2 to b1"
	done >"$WORK/moves"
	taskset -c 1 salctl -n orch -b "$WORK/moves" >/dev/null
}

# FAMILY: a thousand more, each looked at: where it went to gets a request,
# before the next one
moves_looked_at()
{
	taskset -c 1 ip netns exec orch "$LIB_DIR/tools/moves.py" watch "$1" \
		1000 b.com b1 b2 >"$WORK/followed"
	cat "$WORK/followed" >&2
	grep -q followed=1000 "$WORK/followed"
}

# Each instance gets some between any two of its moves; together they got what
# the client got answers for.
thousand_moves()
{
	local f="$1" start1 start2 report vip rc=0
	vip="$(vip "$f" 2)"
	start1="$(echos b1 "$f")" start2="$(echos b2 "$f")"

	GENERATION="$(json '.[0].generation' domain show)"
	echo "+ echoflood &" >&2
	taskset -c 0 ip netns exec a "$TOOLS/echoflood" -n 0 -i 300 -w 32 \
		"$vip" >"$WORK/flood.m" 2>"$WORK/flood.m.err" &
	FLOOD_m=$!
	PIDS+=("$FLOOD_m")

	moves && moves_looked_at "$f" && moves && moves || rc=1
	report="$(flood_end m TERM)"
	nothing_lost "$report" || return 1
	expect "received by both" \
		$(($(echos b1 "$f") - start1 + $(echos b2 "$f") - start2)) \
		"$(field "$report" received)" &&
		expect "moves told" "$(json '.[0].generation' domain show)" \
			$((GENERATION + 1144)) && return "$rc"
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

each_family "1000 moves, nothing lost, repeated or reordered" thousand_moves
each_family "a flow is shown where it went" flow_follows
t "check does everything but the move" check_moves_nothing
each_family "several endpoints to one" several_from
each_family "who was left takes new flows" new_flows_go_on
finish
