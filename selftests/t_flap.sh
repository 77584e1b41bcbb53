#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Endpoints go down and up all the time under a stream: whether another takes
# over or packets are held, nothing is lost, repeated or reordered.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2 hold packets 8000 bytes 32M time 60s

# The client stays on one CPU and all changes come from the other one, so that
# they really meet its packets, and so that order is a promise.
stream()
{
	echo "+ echoflood $1 &" >&2
	flood_as s taskset -c 0 ip netns exec a "$TOOLS/echoflood" -n 0 -i 300 \
		-w 256 "$1"
	poll 5 not json_is length 0 flow show service b.com
}

on_cpu1()
{
	taskset -c "$OTHER_CPU" salctl -n orch -b "$1" >/dev/null
}

both_there()
{
	endpoint b.com b1 11 2>/dev/null ||
		S endpoint set b.com b1 state up || return 1
	endpoint b.com b2 12 2>/dev/null ||
		S endpoint set b.com b2 state up || return 1
	S flow flush
	poll 5 no_flows
}

# 200 times the one that answers goes down, and the other one goes on
take_turns()
{
	local report before1 before2 _
	both_there || return 1
	for _ in {1..100}; do
		echo "endpoint set b.com b1 state down"
		echo "endpoint set b.com b1 state up"
		echo "endpoint set b.com b2 state down"
		echo "endpoint set b.com b2 state up"
	done >"$WORK/turns"
	stream "$(vip "$1" 2)" || return 1
	before1="$(echos b1 "$1")" before2="$(echos b2 "$1")"
	on_cpu1 "$WORK/turns" || return 1
	report="$(flood_end s TERM)"
	expect_num "requests in b1" "$(echos b1 "$1")" -gt "$before1" &&
		expect_num "requests in b2" "$(echos b2 "$1")" -gt \
			"$before2" && nothing_lost "$report"
}

# 200 times the last one goes: the gate closes, holds and opens again; and so again, as
# there may be no packet in between
last_one()
{
	local report held released _
	both_there || return 1
	S endpoint set b.com b2 state down || return 1
	for _ in {1..200}; do
		echo "endpoint set b.com b1 state down"
		echo "endpoint set b.com b1 state up"
	done >"$WORK/last"
	held="$(counter held)" released="$(counter released)"
	stream "$(vip "$1" 2)" || return 1
	for _ in {1..10}; do
		on_cpu1 "$WORK/last" || return 1
		[ "$(counter held)" -eq "$held" ] || break
	done
	report="$(flood_end s TERM)"
	held=$(($(counter held) - held))
	released=$(($(counter released) - released))
	ktap_print_msg "held $held times, released $released"
	expect_num "packets held" "$held" -gt 0 &&
		expect "packets released" "$released" "$held" &&
		nothing_lost "$report"
}

# Moves, failures and held packets at once, from two sides. A move to an
# endpoint that is down at that moment is refused, which is well.
all_at_once()
{
	local report pid _
	both_there || return 1
	for _ in {1..100}; do
		echo "migrate b.com from b1 to b2"
		echo "migrate b.com from b2 to b1"
	done >"$WORK/moves"
	for _ in {1..50}; do
		echo "endpoint set b.com b1 state down"
		echo "endpoint set b.com b2 state down"
		echo "endpoint set b.com b1 state up"
		echo "endpoint set b.com b2 state up"
	done >"$WORK/downs"
	stream "$(vip "$1" 2)" || return 1
	salctl -n orch -b "$WORK/moves" -force >/dev/null 2>&1 &
	pid=$!
	PIDS+=("$pid")
	on_cpu1 "$WORK/downs" || return 1
	wait "$pid"
	report="$(flood_end s TERM)"
	nothing_lost "$report"
}

each_family "200 failures with a survivor" take_turns
each_family "200 failures of the last one" last_one
each_family "failures and moves at once" all_at_once
finish
