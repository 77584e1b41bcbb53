#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two CPUs send through one hold queue, where the machine has two: each flow is in order,
# and nothing is lost, as often as packets wait and go on.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# NAME CPU FLOOD-OPTION...: one that stays on a CPU
flood_on()
{
	local name="$1" cpu="$2"
	shift 2
	echo "+ echoflood $* & on CPU $cpu" >&2
	flood_as "$name" ip netns exec a taskset -c "$cpu" \
		"$TOOLS/echoflood" "$@"
}

# FAMILY
both()
{
	local _
	flood_on f 0 -e 100 -n 0 -i 500 -w 1000 "$(vip "$1" 2)"
	flood_on g "$OTHER_CPU" -e 200 -n 0 -i 500 -w 1000 "$(vip "$1" 2)"
	for _ in {1..8}; do
		S service freeze b.com time 30s || return 1
		poll 9 held_some 20 || return 1
		S service thaw b.com
		poll 9 json_is ".[0].gate$1" open service show b.com ||
			return 1
	done
	nothing_lost "$(flood_end f TERM)" && nothing_lost "$(flood_end g TERM)"
}

setup
service b.com 2 hold packets 4000 bytes 16M time 30s
endpoint b.com b1 11
each_family "in order, before newer ones" both
finish
