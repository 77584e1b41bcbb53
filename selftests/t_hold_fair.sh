#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who waits beside a flood: a flow that sends much pushes out its own packets and no
# other's, whichever bound is met.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2
service c.com 3
serve b1 7


hold()
{
	S service replace b.com vip "$(vip 4 2)" vip "$(vip 6 2)" \
		hold time 30s "$@"
}

counted()
{
	[ "$(counter "$1")" -ge "$2" ]
}

# FAMILY COUNTER [OPTION...]: it goes on sending, and is told that there is no room
flood_fills()
{
	local before family="$1" what="$2"
	shift 2
	before="$(counter "$what")"
	flood f -e 100 -R -n 0 -i 500 -w 1000 -W 2000 "$@" "$(vip "$family" 2)" ||
		return 1
	poll 9 counted "$what" $((before + 1))
}

# EVICTED: the flood has lost as many as have made room, and is in
# order
flood_lost()
{
	local report
	report="$(flood_end f TERM)"
	expect_num "refused" "$(field "$report" refused)" -gt 0 &&
		expect lost "$(field "$report" lost)" "$1" &&
		expect reordered "$(field "$report" reordered)" 0 &&
		expect duplicates "$(field "$report" duplicates)" 0
}

others_wait()
{
	local n
	for n in 1 2 3; do
		flood "g$n" -e $((200 + n)) -n 1 -W 20000 "$@" || return 1
	done
	poll 5 counted held $((HELD + 3))
}

others_are_answered()
{
	local n
	for n in 1 2 3; do
		nothing_lost "$(flood_end "g$n")" || return 1
	done
}

# FAMILY [OPTION...]: three others beside the flood, one packet each; they are of the
# same client, by other ids
beside()
{
	local evicted lost family="$1"
	shift
	HELD="$(counter held)"
	evicted="$(counter hold-evicted)"
	others_wait "$@" "$(vip "$family" 2)" || return 1
	expect_num "made room" $(($(counter hold-evicted) - evicted)) -ge 3 &&
		endpoint b.com b1 11 && others_are_answered || return 1
	# one of them may have come only now, if it is the flood that took its place
	lost=$(($(counter hold-evicted) - evicted))
	flood_lost "$lost"
	local rc=$?
	S endpoint del b.com b1
	return "$rc"
}

packets()
{
	hold packets 16 bytes 1M
	flood_fills "$1" hold-full && beside "$1"
}

# One that is larger takes the room of several.
bytes()
{
	hold packets 1000 bytes 32k
	flood_fills "$1" hold-full && beside "$1" -l 1200
}

segments_as()
{
	in_ns a "$LIB_DIR/tools/segments.py" "$@"
}

# One that hands over a few that are large has the most.
segments()
{
	local before
	hold packets 1000 bytes 512k
	before="$(counter hold-full)"
	segments_as -f -n 20 "$(vip "$1" 2)" 7 >&2
	expect_num "no room" "$(counter hold-full)" -gt "$before" || return 1
	HELD="$(counter held)"
	flood g -e 300 -n 20 -i 500 -w 1000 -W 20000 "$(vip "$1" 2)"
	poll 9 counted held $((HELD + 20)) || return 1
	endpoint b.com b1 11
	nothing_lost "$(flood_end g)"
	local rc=$?
	S endpoint del b.com b1
	return "$rc"
}

# And who has nothing there is let in with a large one, whatever it takes.
segmented()
{
	local evicted
	hold packets 1000 bytes 256k
	flood_fills "$1" hold-full || return 1
	HELD="$(counter held)"
	evicted="$(counter hold-evicted)"
	segments_as -n 1 -s 1400 "$(vip "$1" 2)" 7 >"$WORK/segments" 2>&1 &
	PIDS+=($!)
	poll 5 counted held $((HELD + 1)) || return 1
	evicted=$(($(counter hold-evicted) - evicted))
	endpoint b.com b1 11
	flood_lost "$evicted"
	local rc=$?
	poll 9 grep -qx 40 "$WORK/segments" || rc=1
	S endpoint del b.com b1
	return "$rc"
}

domain()
{
	hold packets 1000 bytes 1M
	S domain set max-held 32k
	flood_fills "$1" hold-domain-full && beside "$1"
	local rc=$?
	S domain set max-held 8M
	return "$rc"
}

# A packet of another service has no room to take there.
other_service()
{
	local before
	hold packets 1000 bytes 1M
	S domain set max-held 32k
	S service set c.com hold packets 10 time 30s
	flood_fills "$1" hold-domain-full || return 1
	before="$(counter hold-evicted)"
	not in_ns a ping -n -c 1 -W 1 "$(vip "$1" 3)" >&2
	local rc=$?
	S domain set max-held 8M
	endpoint b.com b1 11
	flood_lost 0 || rc=1
	S endpoint del b.com b1
	expect evicted "$(counter hold-evicted)" "$before" && return "$rc"
}

# Two that send much have about as much each; and then neither makes room for the other.
# As packets are released both take what comes free, so that is looked at before.
two()
{
	local before evicted
	hold packets 16 bytes 1M
	flood_fills "$1" hold-full || return 1
	before="$(counter hold-evicted)"
	flood g -e 300 -R -n 0 -i 500 -w 1000 -W 1000 "$(vip "$1" 2)"
	poll 20 counted hold-evicted $((before + 6)) || return 1
	poll 20 counted hold-full $(($(counter hold-full) + 100)) || return 1
	evicted=$(($(counter hold-evicted) - before))
	endpoint b.com b1 11
	expect reordered "$(field "$(flood_end g TERM)" reordered)" 0 &&
		expect reordered "$(field "$(flood_end f TERM)" reordered)" 0
	local rc=$?
	S endpoint del b.com b1
	expect_num "made room" "$evicted" -le 10 && return "$rc"
}

held_is()
{
	json_is '.[0].held_packets' "$1" service show b.com
}

# A quarter, and no more, though there is room; and the first packet in any case.
share()
{
	local before
	hold packets 40 bytes 1M share 25
	before="$(counter hold-full)"
	flood_fills "$1" hold-flow-full || return 1
	expect held "$(json '.[0].held_packets' service show b.com)" 10 ||
		return 1
	flood g -e 300 -R -n 0 -i 500 -w 1000 "$(vip "$1" 2)"
	poll 5 held_is 20 || return 1
	expect hold-full "$(counter hold-full)" "$before" || return 1
	endpoint b.com b1 11
	nothing_lost "$(flood_end g TERM)" && flood_lost 0
	local rc=$?
	S endpoint del b.com b1
	return "$rc"
}

share_of_little()
{
	hold packets 4 bytes 4k share 1
	flood_fills "$1" hold-flow-full || return 1
	expect held "$(json '.[0].held_packets' service show b.com)" 1 ||
		return 1
	endpoint b.com b1 11
	flood_lost 0
	local rc=$?
	S endpoint del b.com b1
	return "$rc"
}

shown()
{
	hold share 25
	expect share "$(json '.[0].hold_share' service show b.com)" 25 &&
		refused "integer out of range" service set b.com hold share 0 &&
		refused "integer out of range" service set b.com hold share 101
}

each_family "the queue is full of packets" packets
each_family "of bytes" bytes
each_family "of bytes, by a few packets" segments
each_family "of bytes, by many packets, and one comes that is large" segmented
each_family "the domain's share is used up" domain
each_family "which is no other service's to take" other_service
each_family "two floods" two
each_family "what one flow may have" share
each_family "which is one packet at least" share_of_little
t "it is shown, and bounded" shown
finish
