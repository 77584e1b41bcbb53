#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two services have endpoints on one address, and a client talks to both by one
# echo id: each is answered as itself, wherever the flows move, and no reply is
# taken for one to the other.
# shellcheck source=selftests/shared.sh
. "$(dirname "$0")/shared.sh"

setup_shared
ip -n b1 addr add "$(addr 4 21)/16" dev eth0
ip -n b1 addr add "$(addr 6 21)/64" dev eth0 nodad

# What a namespace sends is under way for a while.
delay()
{
	run tc -n "$1" qdisc replace dev eth0 root netem delay "$2"
}

undelay()
{
	run tc -n "$1" qdisc del dev eth0 root
}

same_service()
{
	local out
	out="$(S endpoint add one.com name again addr "$(addr "$1" 11)" 2>&1)" &&
		return 1
	grep -q "in use by endpoint 'b1' of 'one.com'" <<<"$out" ||
		fail "said: $out"
}

# The first one to be there goes, and comes back behind the other.
first_deleted()
{
	fresh b1 || return 1
	flood x -e 606 -n 100 -i 500 "$(vip "$1" "$ONE")"
	flood y -e 606 -n 0 -i 500 "$(vip "$1" "$TWO")"
	nothing_lost "$(flood_end x)" && hears b1 "$1" || return 1
	for _ in {1..5}; do
		S endpoint del one.com b1 && hears b1 "$1" &&
			endpoint one.com b1 11 && hears b1 "$1" || return 1
	done
	nothing_lost "$(flood_end y TERM)" || return 1
	nothing_lost "$(echo_once -e 607 -n 10 "$(vip "$1" "$ONE")")"
}

# b2's replies to the id that the flow had there are under way as it takes
# another one.
late_after_remap()
{
	local late name rc=0 report
	fresh b2 || return 1
	late="$(counter late)"
	flood x -e 608 -n 0 -i 5000 "$(vip "$1" "$ONE")"
	delay b2 1s
	flood y -e 608 -n 0 -i 50000 -w 1000 "$(vip "$1" "$TWO")"
	poll 5 flows_are one.com "b1 false" &&
		poll 5 flows_are two.com "b2 false" || return 1
	all_up
	hears b2 "$1" && S migrate two.com from b2 to b1 &&
		poll 5 flows_are two.com "b1 true" || rc=1
	expect "flows of two.com that are shown" \
		"$(json length flow show service two.com)" 1 || rc=1
	report="$(flood_end y TERM)"
	undelay b2
	for name in lost duplicates wrong_source corrupt errors; do
		expect "$name" "$(field "$report" "$name")" 0 || rc=1
	done
	expect_num "late replies" "$(counter late)" -gt "$late" || rc=1
	nothing_lost "$(flood_end x TERM)" && counted 0 1 0 && return "$rc"
}

late_more()
{
	[ "$(counter late)" -gt "$1" ]
}

# none in a second
late_rests()
{
	local before
	before="$(counter late)"
	sleep 1
	[ "$(counter late)" = "$before" ]
}

# b2 goes on and on with the old id: it is late for the grace time, and no longer.
late_ends()
{
	local late rc=0
	fresh b2 && S service set two.com grace 2s || return 1
	late="$(counter late)"
	flood x -e 618 -n 0 -i 5000 "$(vip "$1" "$ONE")"
	flood y -e 618 -n 0 -i 5000 "$(vip "$1" "$TWO")"
	poll 5 flows_are one.com "b1 false" &&
		poll 5 flows_are two.com "b2 false" || return 1
	all_up
	hears b2 "$1" && S migrate two.com from b2 to b1 &&
		poll 5 flows_are two.com "b1 true" || rc=1
	ip netns exec b2 "$LIB_DIR/tools/answer_on.py" "$(addr "$1" 1)" 618 &
	PIDS+=($!)
	poll 5 late_more "$late" || rc=1
	poll 15 late_rests || rc=1
	kill "${PIDS[-1]}"
	flood_end x TERM >/dev/null
	flood_end y TERM >/dev/null
	S service set two.com grace 30s
	return "$rc"
}

# FAMILY: of flows of two.com that ended, packets one way and the other
told()
{
	jq -cs 'map(select(.event == "flow-del" and .service == "two.com")) |
		[.[].forward_packets, .[].reverse_packets]' "$WORK/events.$1"
}

is_told()
{
	[ "$(told "$1")" = "$2" ]
}

# What it has carried goes along to the flow with the other id, and so do b2's
# replies that are under way meanwhile; who adds up ends of flows gets all of it.
counts_go_on()
{
	local late report sent rc=0
	S domain set flow-acct on
	fresh b2 || return 1
	ip netns exec orch salctl -j monitor flow >"$WORK/events.$1" 2>&1 &
	PIDS+=($!)
	poll 9 grep -qs listening "$WORK/events.$1" || return 1
	late="$(counter late)"
	flood x -e 617 -n 0 -i 5000 "$(vip "$1" "$ONE")"
	delay b2 1s
	flood y -e 617 -n 0 -i 20000 -w 1000 "$(vip "$1" "$TWO")"
	poll 5 flows_are one.com "b1 false" &&
		poll 5 flows_are two.com "b2 false" || return 1
	all_up
	hears b2 "$1" && S migrate two.com from b2 to b1 &&
		poll 5 flows_are two.com "b1 true" || rc=1
	report="$(flood_end y TERM)"
	undelay b2
	flood_end x TERM >/dev/null
	all_answered "$report" || rc=1
	sent="$(field "$report" sent)"
	expect_num "late replies" "$(counter late)" -gt "$late" || rc=1
	expect "packets, both ways" "$(json '.[0] | "\(.forward_packets) \(
		.reverse_packets)"' flow show service two.com)" \
		"$sent $sent" || rc=1
	S flow flush
	poll 5 is_told "$1" "[null,$sent,null,$sent]" ||
		{ told "$1" >&2; rc=1; }
	S domain set flow-acct off
	return "$rc"
}

# The flow of two.com has come, but not sent: what b1 sends is for one.com's,
# also when that one goes on.
reply_first()
{
	local before rc=0
	fresh b2 || return 1
	nothing_lost "$(echo_once -e 609 -n 1 "$(vip "$1" "$TWO")")" || return 1
	delay b1 2s
	before="$(echos b1 "$1")"
	flood x -e 609 -n 3 -i 1000 "$(vip "$1" "$ONE")"
	poll 5 more_echos b1 "$1" $((before + 2)) || rc=1
	all_up
	S migrate two.com from b2 to b1
	nothing_lost "$(flood_end x)" && counted 0 0 0 || rc=1
	undelay b1
	nothing_lost "$(echo_once -e 609 -n 3 "$(vip "$1" "$TWO")")" &&
		nothing_lost "$(echo_once -e 609 -n 3 "$(vip "$1" "$ONE")")" &&
		counted 0 1 0 && return "$rc"
}

is_ambiguous()
{
	[ $(($(counter ambiguous) - AMBIGUOUS)) -ge "$1" ]
}

# Both were at b1, and neither is, when replies come from there: they are
# dropped and counted, and are all that is lost.
ambiguous()
{
	while_under_way neither "$1"
}

neither()
{
	local before report sent start rc=0
	fresh b2 || return 1
	nothing_lost "$(echo_once -e 610 -n 1 "$(vip "$1" "$TWO")")" || return 1
	delay b1 "${WAY}s"
	before="$(echos b1 "$1")"
	start="$(ms)"
	flood x -e 610 -n 0 -i 100000 -w 1000 -W 3000 "$(vip "$1" "$ONE")"
	poll 5 more_echos b1 "$1" $((before + 2)) || rc=1
	all_up
	S migrate two.com from b2 to b1
	S migrate two.com from b1 to b2
	S migrate one.com from b1 to b3
	in_time "$start"
	hears b3 "$1" || rc=1
	sent=$(($(echos b1 "$1") - before))
	poll $((WAY + 20)) is_ambiguous "$sent" || rc=1
	report="$(flood_end x TERM)"
	undelay b1
	expect lost "$(field "$report" lost)" "$sent" &&
		expect "wrong source" "$(field "$report" wrong_source)" 0 &&
		expect corrupt "$(field "$report" corrupt)" 0 &&
		counted 0 0 "$sent" && return "$rc"
}

# An endpoint comes to an address in use, flows follow.
comes_later()
{
	fresh b2 || return 1
	S endpoint del two.com b1
	flood x -e 611 -n 0 -i 500 "$(vip "$1" "$ONE")"
	flood y -e 611 -n 0 -i 500 "$(vip "$1" "$TWO")"
	poll 5 flows_are one.com "b1 false" &&
		poll 5 flows_are two.com "b2 false" || return 1
	endpoint two.com b1 11
	S migrate two.com from b2 to b1
	poll 5 flows_are two.com "b1 true" && hears b1 "$1" || return 1
	nothing_lost "$(flood_end x TERM)" &&
		nothing_lost "$(flood_end y TERM)" && counted 0 1 0
}

# An endpoint is given an address in use, its flows with it.
moves_house()
{
	local rc=0
	fresh b2 || return 1
	S endpoint del two.com b1
	S endpoint add two.com name house netns b1 addr "$(addr "$1" 21)" \
		state down
	flood x -e 612 -n 0 -i 500 "$(vip "$1" "$ONE")"
	flood y -e 612 -n 0 -i 500 "$(vip "$1" "$TWO")"
	poll 5 flows_are one.com "b1 false" &&
		poll 5 flows_are two.com "b2 false" || return 1
	S endpoint set two.com house state up
	S migrate two.com from b2 to house
	poll 5 flows_are two.com "house false" && hears b1 "$1" || rc=1
	S endpoint set two.com house addr "$(addr "$1" 11)"
	poll 5 flows_are two.com "house true" && hears b1 "$1" || rc=1
	nothing_lost "$(flood_end x TERM)" &&
		nothing_lost "$(flood_end y TERM)" && counted 0 1 0 || rc=1
	S endpoint del two.com house
	endpoint two.com b1 11
	return "$rc"
}

# Both have instances elsewhere, and move at once.
both_to_and_fro()
{
	local lost=0 name report rc=0
	fresh b2 || return 1
	flood x -e 613 -n 0 -i 300 -w 32 -W 3000 "$(vip "$1" "$ONE")"
	flood y -e 613 -n 0 -i 300 -w 32 -W 3000 "$(vip "$1" "$TWO")"
	poll 5 flows_are one.com "b1 false" &&
		poll 5 flows_are two.com "b2 false" || return 1
	all_up
	for _ in {1..50}; do
		echo "migrate two.com from b2 to b1"
		echo "migrate one.com from b1 to b3"
		echo "migrate two.com from b1 to b2"
		echo "migrate one.com from b3 to b1"
	done >"$WORK/moves"
	S -b "$WORK/moves" >/dev/null || rc=1
	for report in "$(flood_end x TERM)" "$(flood_end y TERM)"; do
		for name in duplicates wrong_source corrupt errors; do
			expect "$name" "$(field "$report" "$name")" 0 || rc=1
		done
		lost=$((lost + $(field "$report" lost)))
	done
	expect "lost, and counted as ambiguous" "$lost" \
		$(($(counter ambiguous) - AMBIGUOUS)) || rc=1
	return "$rc"
}

counted_errors()
{
	[ "$(counter error)" -ge "$1" ]
}

# FAMILY ID: an error about a request by that id to b1, for who has sent it
send_error()
{
	in_ns b1 python3 "$LIB_DIR/tools/icmp_error.py" \
		"$(addr "$1" 1)" "$(addr "$1" 11)" "$2"
}

# An error is about the flow whose id on that side it quotes.
errors()
{
	local before id report
	fresh b1 || return 1
	flood x -e 614 -n 0 -i 2000 "$(vip "$1" "$ONE")"
	poll 5 flows_are one.com "b1 false" || return 1
	flood y -e 614 -n 0 -i 2000 "$(vip "$1" "$TWO")"
	poll 5 flows_are two.com "b1 true" || return 1
	id="$(json '.[0].mapped' flow show service two.com)"
	before="$(counter error)"
	send_error "$1" 614
	poll 5 counted_errors $((before + 1)) || return 1
	report="$(flood_end x TERM)"
	expect "the first quotes" "$(field "$report" error.quoted)" \
		"$(vip "$1" "$ONE")" || return 1
	send_error "$1" "$id"
	poll 5 counted_errors $((before + 2)) || return 1
	report="$(flood_end y TERM)"
	expect "the second quotes" "$(field "$report" error.quoted)" \
		"$(vip "$1" "$TWO")"
}

# A client in two services is known by its first, to both of b1's.
first_name()
{
	fresh b1 || return 1
	expect "source that one.com sees" "$(source_of "$1" "$ONE")" \
		"$(vip "$1" 1)" &&
		expect "source that two.com sees" "$(source_of "$1" "$TWO")" \
			"$(vip "$1" 1)" &&
		S endpoint del a.com a && S flow flush || return 1
	expect "source, the first being gone" "$(source_of "$1" "$TWO")" \
		"$(vip "$1" 9)" || return 1
	S endpoint del z.com a
	endpoint a.com a 1
	endpoint z.com a 1
}

# Both are told one name, answer it, and move.
named()
{
	local named
	named="$(counter named)"
	clash "$1" 615 500 || return 1
	expect "peers" "$(json '[.[].peer] | unique | join(",")' flow show)" \
		"$(vip "$1" 1)" || return 1
	nothing_lost "$(flood_end x TERM)" &&
		nothing_lost "$(flood_end y TERM)" && counted 0 1 0 &&
		expect_num "requests with a name" "$(counter named)" \
			-gt "$named"
}

# Two clients with one name ask one service each by one id.
two_clients()
{
	fresh b1 || return 1
	flood x -e 616 -n 0 -i 1000 "$(vip "$1" "$ONE")"
	poll 5 flows_are one.com "b1 false" || return 1
	nothing_lost "$(ip netns exec a2 "$TOOLS/echoflood" -e 616 -n 200 \
		-i 500 "$(vip "$1" "$TWO")")" &&
		expect "peers" "$(json '[.[].peer] | unique | join(",")' \
			flow show)" "$(vip "$1" 1)" &&
		nothing_lost "$(flood_end x TERM)" && counted 1 0 0
}

each_family "one service cannot be on an address twice" same_service
each_family "both at once by one id" both_at_once
each_family "each alone, nothing mapped" each_alone
each_family "the first one goes and comes back" first_deleted
each_family "a clash after a move, found by the next request" clash_after_move
each_family "late replies after such a clash" late_after_remap
each_family "late replies for ever" late_ends
each_family "what a flow has counted goes on after such a clash" counts_go_on
each_family "a clash after a move, a reply comes first" reply_first
each_family "what may be either's is dropped and counted" ambiguous
each_family "an endpoint comes to an address in use" comes_later
each_family "an endpoint is given an address in use" moves_house
each_family "a conversation with the address beside both" direct_beside
each_family "100 moves to and fro" to_and_fro
each_family "200 moves of both" both_to_and_fro
each_family "a thousand at once, by the same ids" many_at_once
each_family "an error is for the one that it is about" errors

service a.com 1
service z.com 9
endpoint a.com a 1
endpoint z.com a 1
S member set b1 route auto
S member set b2 route auto
each_family "a client in two services is known by the first" first_name
each_family "both are told the name of the client" named
add_host a2 2
endpoint a.com a2 2
S member set a2 route auto
each_family "two clients of one name, one id" two_clients
finish
