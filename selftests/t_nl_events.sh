#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Events against golden JSON, and their numbers.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

GOLDEN="$LIB_DIR/golden"
setup

ip netns exec orch salctl -j monitor >"$WORK/events" 2>"$WORK/events.err" &
PIDS+=($!)
MONITOR=$!

listening()
{
	grep -qs listening "$WORK/events" "$WORK/events.err"
}

scenario()
{
	S domain set flow-acct on
	S service add b.com vip 10.1.0.2
	S service set b.com on-empty drop
	S rule add 10.1.0.50 forward b.com
	S rule replace 10.1.0.50 upcall time 500ms
	in_ns a ping -n -c 1 -W 5 10.1.0.50 >/dev/null
	S rule del 10.1.0.50
	S endpoint add b.com netns b1 addr 10.0.1.11
	answers 10.1.0.2
	S endpoint add b.com netns b2 addr 10.0.1.12
	S migrate b.com from b1 to b2
	S service freeze b.com time 60s
	S service thaw b.com
	S endpoint drain b.com b2 deadline 10m "then" reset
	S endpoint undrain b.com b2
	S endpoint set b.com b2 state down
	ip -n b1 link set eth0 down
	poll 5 json_is '.[0].gate4' closed service show b.com
	S endpoint set b.com b2 state up
	del_ns b1
	poll 5 json_is 'length' 1 endpoint show b.com
	S service del b.com
	poll 5 json_is 'length' 0 flow show
}

# what differs from run to run
stable()
{
	jq -cS 'select(.event != "listening") | del(.id, .seq, .duration,
		.idle, .frozen, .drain_time, .nsid, .netns, .sport, .time, .timestamp)' \
		"$WORK/events"
}

# all that was to come, and what is told afterwards by the same socket
ended()
{
	stable | cmp -s "$GOLDEN/events.json"
}

has_end()
{
	grep -q '"end.com"' "$WORK/events"
}

matches()
{
	scenario || return 1
	poll 5 ended
	S service add end.com && poll 5 has_end || return 1
	stable | grep -v '"end.com"' >"$WORK/stable"
	cat "$WORK/stable" >&2
	diff -u "$GOLDEN/events.json" "$WORK/stable" >&2
}

# From 1, without a gap, in each group.
numbered()
{
	local group
	for group in service endpoint flow migrate rule miss hold; do
		expect "$group" "$(jq -c --arg g "$group" 'select(.seq) |
			select(.event | startswith($g)) | .seq' \
			"$WORK/events" | jq -sc \
			'. == [range(1; length + 1)] and length > 0')" true ||
			return 1
	done
}

poll 9 listening
t "a story in events is as written down" matches
t "events of each group are numbered without a gap" numbered
kill "$MONITOR"
finish
