#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tracepoints tell what happens, each when it does.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
can_trace

trace_on()
{
	: >"$TRACING/trace"
	echo 1 >"$TRACING/events/sal/enable"
}

# what has been traced since
traced()
{
	echo 0 >"$TRACING/events/sal/enable"
	sed -n 's/.*: \(sal_[a-z_]*\): /\1 /p' "$TRACING/trace" |
		tee >(cat >&2)
}

# PATTERN COUNT: so many lines of what has been traced
lines()
{
	expect "$1" "$(grep -c "$1" "$WORK/traced")" "$2"
}

story()
{
	local rc=0
	service b.com 2 hold time 20s
	endpoint b.com b1 11
	endpoint b.com b2 12 state down
	trace_on
	answers "$(vip 4 2)" || return 1
	S endpoint set b.com b1 state down
	flood f -n 3 -i 1000 -W 20000 "$(vip 4 2)"
	poll 5 json_is '.[0].held_packets' 3 service show b.com || return 1
	S endpoint set b.com b2 state up
	nothing_lost "$(flood_end f)" || return 1
	S service set b.com proto udp
	! answers "$(vip 4 2)" 2 || return 1
	traced >"$WORK/traced"
	lines "sal_lookup .*dst=::ffff:10.1.0.2 service=b.com" 8 || rc=1
	lines "sal_flow_new .*service=b.com proto=1 client=::ffff:10.0.1.1" 2 ||
		rc=1
	lines "sal_bind .*service=b.com endpoint=b1" 1 || rc=1
	lines "sal_bind .*service=b.com endpoint=b2" 1 || rc=1
	lines "sal_migrate service=b.com from=b1 to= flows=1" 1 || rc=1
	lines "sal_migrate service=b.com from= to=b2 flows=1" 1 || rc=1
	lines "sal_hold .*service=b.com packets=3" 1 || rc=1
	lines "sal_release .*service=b.com" 3 || rc=1
	lines "sal_drop reason=unsupported packets=1" 1 || rc=1
	return "$rc"
}

t "a story, as tracepoints tell it" story
finish
