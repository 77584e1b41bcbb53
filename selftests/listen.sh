# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What salctl monitor tells, in a file.

# listen [GROUP...]: from now on, to $WORK/events
listen()
{
	rm -f "$WORK/events" "$WORK/events.err"
	ip netns exec orch salctl -j monitor "$@" >"$WORK/events" \
		2>"$WORK/events.err" &
	PIDS+=($!)
	MONITOR=$!
	poll 9 grep -qs listening "$WORK/events" "$WORK/events.err"
}

deaf()
{
	kill "$MONITOR"
	cat "$WORK/events" >&2
}

# told FILTER: events that match
told()
{
	jq -c "select($1)" "$WORK/events" 2>/dev/null
}

is_told()
{
	[ -n "$(told "$1")" ]
}

# ENDPOINT: what was told of its drain so far, in a line
steps()
{
	told ".event == \"endpoint-drain\" and .name == \"$1\"" |
		jq -r '.drain_step' | paste -s -d ' '
}

steps_are()
{
	[ "$(steps "$1")" = "$2" ]
}

# ENDPOINT STEP FILTER: of the latest such step
step()
{
	told ".name == \"$1\" and .drain_step == \"$2\"" | tail -n 1 | jq -c "$3"
}
