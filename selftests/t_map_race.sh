#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Flows with mapped ids are in two tables. They are made on one CPU while
# another one removes all flows: each is removed once, and none is left.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
S service add two.com vip "$(vip 4 40)" vip "$(vip 4 41)" \
	vip "$(vip 6 40)" vip "$(vip 6 41)"
endpoint two.com b1 11

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

each_family "mapped flows are made and removed at once" race
finish
