#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What listeners hear of packets that wait: when it begins and ends, how long it took,
# and what became of them; not of each packet. What was missed is told.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2

# listen [GROUP]: anew
listen()
{
	[ -z "${MONITOR:-}" ] || kill "$MONITOR" 2>/dev/null
	rm -f "$WORK/events"
	ip netns exec orch salctl -j monitor "${1:-hold}" >"$WORK/events" \
		2>"$WORK/events.err" &
	MONITOR=$!
	PIDS+=("$MONITOR")
	poll 9 grep -qs listening "$WORK/events"
}

fresh()
{
	S endpoint del b.com b1 2>/dev/null
	S service replace b.com vip "$(vip 4 2)" vip "$(vip 6 2)" "$@" &&
		listen
}

# event NAME: its last one
event()
{
	jq -c "select(.event == \"$1\")" "$WORK/events" 2>/dev/null | tail -n 1
}

heard()
{
	[ -n "$(event "$1")" ]
}

# has NAME FILTER: what the last one of it is true for
has()
{
	local got
	got="$(event "$1")"
	echo "$got" >&2
	[ "$(jq "$2" <<<"$got")" = true ] || fail "$1: not $2"
}

# what was heard, in order
story()
{
	jq -r 'select(.event != "listening") | .event' "$WORK/events" | xargs
}

held_is()
{
	json_is '.[0].held_packets' "$1" service show b.com
}

frozen()
{
	fresh hold time 30s
	endpoint b.com b1 11 && S service freeze b.com time 20s || return 1
	flood f -n 5 -i 1000 -w 20 -W 20000 "$(vip "$1" 2)"
	poll 5 held_is 5 || return 1
	S service thaw b.com
	nothing_lost "$(flood_end f)" && poll 5 heard hold-end || return 1
	expect story "$(story)" \
		"hold-freeze hold-begin hold-thaw hold-end" || return 1
	has hold-freeze '.service == "b.com" and .cause == "request" and
		.time == 20000' &&
		has hold-begin ".cause == \"freeze\" and .family == $1 and
			.held_packets == 1 and .held_bytes > 0" &&
		has hold-thaw '.cause == "request" and .duration > 0 and
			.held_packets == 5' &&
		has hold-end ".cause == \"thaw\" and .family == $1 and
			.released == 5 and .released_bytes > 0 and
			.expired == 0 and .evicted == 0 and .refused == 0 and
			.purged == 0 and .held_packets == 0 and .duration > 0"
}

in_its_time()
{
	fresh hold time 30s
	S service freeze b.com time 200ms
	poll 5 heard hold-thaw && has hold-thaw '.cause == "time" and
		.duration >= 190000000'
}

# An orchestrator knows nothing else: it hears that packets wait for an endpoint, makes
# one, and hears that they have gone on.
act()
{
	fresh hold time 30s
	orchestrate <"$WORK/events" &
	PIDS+=($!)
	nothing_lost "$(echo_once -n 3 -i 1000 -w 20 -W 20000 \
		"$(vip "$1" 2)")" && poll 5 heard hold-end || return 1
	expect story "$(story)" "hold-begin hold-end" &&
		has hold-begin '.cause == "no-endpoint"' &&
		has hold-end '.cause == "endpoint-up" and .released == 3'
}

orchestrate()
{
	local line
	while :; do
		read -r line || { sleep 0.02; continue; }
		[ "$(jq -r '"\(.event) \(.cause)"' <<<"$line")" = \
			"hold-begin no-endpoint" ] || continue
		endpoint "$(jq -r .service <<<"$line")" b1 11
		return
	done
}

all_expired()
{
	[ "$(jq .expired <<<"$(event hold-drop)")" = 200 ]
}

# 200 packets are lost, in well under two seconds; the last of them are told of, too.
expired()
{
	local drops
	fresh hold time 100ms packets 1000 bytes 8M on-empty drop
	flood f -n 200 -i 1000 -w 1000 -W 1000 "$(vip "$1" 2)"
	flood_end f >/dev/null
	poll 5 held_is 0 && poll 5 heard hold-drop || return 1
	drops="$(jq -c 'select(.event == "hold-drop")' "$WORK/events" | wc -l)"
	expect_num "told of" "$drops" -lt 20 || return 1
	poll 5 all_expired && has hold-drop '.cause == "expired"' || return 1
	endpoint b.com b1 11
	poll 5 heard hold-end && has hold-end '.expired == 200 and
		.released == 0 and .cause == "endpoint-up"' &&
		expect begins "$(grep -c hold-begin "$WORK/events")" 1
}

full()
{
	fresh hold time 30s packets 8
	flood f -e 100 -R -n 0 -i 500 -w 100 -W 1000 "$(vip "$1" 2)"
	poll 5 heard hold-drop && has hold-drop '.cause == "refused" and
		.held_packets == 8' || return 1
	flood g -e 200 -n 1 -W 20000 "$(vip "$1" 2)"
	poll 9 evicted 1 || return 1
	endpoint b.com b1 11
	nothing_lost "$(flood_end g)" || return 1
	flood_end f TERM >/dev/null
	poll 5 heard hold-end && has hold-end '.evicted == 1 and
		.refused > 0 and .released >= 8'
}

# the next one that is told of a loss, a second later at most
evicted()
{
	[ "$(jq .evicted <<<"$(event hold-drop)")" = "$1" ]
}

deleted()
{
	fresh hold time 30s
	S service freeze b.com time 20s
	flood f -n 5 -i 1000 -w 20 -W 100 "$(vip 4 2)"
	poll 5 held_is 5 || return 1
	S service del b.com
	flood_end f >/dev/null
	service b.com 2
	poll 5 heard hold-end && has hold-thaw '.cause == "deleted"' &&
		has hold-end '.cause == "deleted" and .purged == 5'
}

moved()
{
	fresh hold time 30s
	endpoint b.com b1 11 && endpoint b.com b2 12 || return 1
	S migrate b.com from b1 to b2 freeze time 9s
	S migrate b.com from b1 to b2 freeze time 9s
	poll 5 heard hold-thaw || return 1
	has hold-freeze '.cause == "migrate" and .time == 9000' &&
		has hold-thaw '.cause == "migrate" and .duration > 0'
	local rc=$?
	S endpoint del b.com b2
	return "$rc"
}

# by the next event, once there is room for it
loss_is_told()
{
	salctl -n orch service set b.com hold packets $((RANDOM + 1))
	grep -q '"lost"' "$WORK/events"
}

# A listener that does not read is told how much it has missed. Events of 4 kB fill its
# buffer soon.
missed()
{
	local i part aliases=()
	part="$(printf 'x%.0s' {1..60})"
	for i in {1..16}; do
		aliases+=(alias "a$i.$part.$part.$part.com")
	done
	fresh hold time 30s "${aliases[@]}" && listen service || return 1
	kill -STOP "$MONITOR"
	for i in {1..4000}; do
		echo "service set b.com hold packets $((i % 2 + 99))"
	done >"$WORK/batch"
	S -b "$WORK/batch" || return 1
	kill -CONT "$MONITOR"
	poll 20 grep -q '"overrun"' "$WORK/events" || return 1
	poll 20 loss_is_told || return 1
	expect "all of them are told of, or that they are lost" \
		"$(grep -v listening "$WORK/events" | jq -sc '
		map(select(.seq)) as $e | (map(select(.event == "lost") |
			.count) | add) + ($e | length) ==
			$e[-1].seq - $e[0].seq + 1')" true
}

each_family "frozen and thawed" frozen
t "thawed in its time" in_its_time
each_family "an orchestrator acts on events alone" act
each_family "packets that waited too long, by the hundred" expired
each_family "a full queue" full
t "a service that is deleted" deleted
t "a migrate request with freeze" moved
t "what a listener has missed" missed
finish
