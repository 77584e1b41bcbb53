#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Flows with mapped ids are in two tables, and what clashes after a move changes
# hands in them. Both is done on one CPU while another one removes all flows: each
# is removed once, and none is left.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
S service add two.com vip "$(vip 4 40)" vip "$(vip 4 41)" \
	vip "$(vip 6 40)" vip "$(vip 6 41)"
endpoint two.com b1 11
service one.com 42
endpoint one.com b1 11
service far.com 43
endpoint far.com b1 11
endpoint far.com b2 12

# Removes all flows again and again until it is told to stop
flusher()
{
	until [ -e "$WORK/stop" ]; do
		taskset -c "$OTHER_CPU" salctl -n orch -b "$WORK/flushes" >/dev/null ||
			return 1
	done
}

# Every id of the second VIP clashes with one of the first.
race()
{
	local before pid
	before="$(counter flow-mapped)"
	rm -f "$WORK/stop"
	for _ in {1..100}; do
		echo "flow flush"
	done >"$WORK/flushes"
	flusher &
	pid=$!
	PIDS+=("$pid")
	for _ in {1..10}; do
		taskset -c 0 ip netns exec a "$TOOLS/echoflood" -F 1000 -e 1 \
			-w 1000 -W 0 "$(vip "$1" 40)" >/dev/null &
		PIDS+=("$!")
		taskset -c 0 ip netns exec a "$TOOLS/echoflood" -F 1000 -e 1 \
			-w 1000 -W 0 "$(vip "$1" 41)" >/dev/null
		wait "$!"
	done
	touch "$WORK/stop"
	wait "$pid" || return 1
	ktap_print_msg "IPv$1: $(($(counter flow-mapped) - before)) mapped"
	expect_num "mapped flows" "$(counter flow-mapped)" -gt "$before" ||
		return 1
	S flow flush
	poll 5 no_flows
}

# Flows of far.com come to b1 again and again, where one.com has the same ids.
race_moved()
{
	local before pid id i
	before="$(counter flow-remapped)"
	rm -f "$WORK/stop"
	for _ in {1..20}; do
		echo "flow flush"
	done >"$WORK/flushes"
	for _ in {1..50}; do
		echo "migrate far.com from b2 to b1"
		echo "migrate far.com from b1 to b2"
	done >"$WORK/moves"
	# so that they are there when others have their turn, where there is one CPU
	echo "migrate far.com from b2 to b1" >>"$WORK/moves"
	for id in {1..4}; do
		flood "one$id" -n 0 -i 500 -e "$id" -W 0 "$(vip "$1" 42)"
		flood "far$id" -n 0 -i 500 -e "$id" -W 0 "$(vip "$1" 43)"
	done
	flusher &
	pid=$!
	PIDS+=("$pid")
	for i in {1..50}; do
		S -b "$WORK/moves" >/dev/null || return 1
		[ "$i" -lt 10 ] || [ "$(counter flow-remapped)" -le "$before" ] ||
			break
	done
	touch "$WORK/stop"
	wait "$pid" || return 1
	for id in {1..4}; do
		no_mistakes "$(flood_end "one$id" TERM)" &&
			no_mistakes "$(flood_end "far$id" TERM)" || return 1
	done
	ktap_print_msg "IPv$1: $(($(counter flow-remapped) - before)) remapped"
	expect_num "remapped flows" "$(counter flow-remapped)" -gt "$before" ||
		return 1
	S flow flush
	poll 5 no_flows
}

# REPORT: what is under way as its flow is removed comes back as it was sent
no_mistakes()
{
	expect duplicates "$(field "$1" duplicates)" 0 &&
		expect corrupt "$(field "$1" corrupt)" 0
}

each_family "mapped flows are made and removed at once" race
each_family "flows clash after moves and are removed at once" race_moved
finish
