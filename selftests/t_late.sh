#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Replies of the endpoint that a flow has left reach the client; errors do not.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2
endpoint b.com b1 11
endpoint b.com b2 12 state down

# What b1 sends is under way for a while.
delay_b1()
{
	run tc -n b1 qdisc replace dev eth0 root netem delay "${WAY}s"
}

fresh()
{
	run tc -n b1 qdisc del dev eth0 root 2>/dev/null
	S endpoint set b.com b1 state up
	S endpoint set b.com b2 state down
	S flow flush
	answers "$(vip "$1" 2)" || return 1
	S endpoint set b.com b2 state up
}

got_request()
{
	[ "$(echos "$1" "$2")" -gt "$3" ]
}

# FAMILY: send three, and move before the replies are back
move_meanwhile()
{
	local before start
	S flow flush
	S endpoint set b.com b2 state down
	before="$(echos b1 "$1")"
	start="$(ms)"
	flood f -n 3 -i 1000 -W $((WAY * 1000 + 7000)) "$(vip "$1" 2)"
	poll 5 got_request b1 "$1" $((before + 2)) || return 1
	S endpoint set b.com b2 state up
	S migrate b.com from b1 to b2 || return 1
	in_time "$start"
	[ -z "$TOO_SLOW" ] || { flood_end f >/dev/null; return 1; }
}

# FAMILY COMMAND
late()
{
	while_under_way "$2" "$1"
}

late_translated()
{
	local report before
	fresh "$1" || return 1
	S service set b.com late translate grace 30s
	before="$(counter late)"
	delay_b1 || return 1
	move_meanwhile "$1" || return 1
	report="$(flood_end f)"
	nothing_lost "$report" &&
		expect late "$(counter late)" $((before + 3))
}

late_dropped()
{
	local report before
	fresh "$1" || return 1
	S service set b.com late drop grace 30s
	before="$(counter late-drop)"
	delay_b1 || return 1
	move_meanwhile "$1" || return 1
	poll $((WAY + 9)) counted late-drop $((before + 3)) || return 1
	report="$(flood_end f TERM)"
	expect received "$(field "$report" received)" 0
}

counted()
{
	[ "$(counter "$1")" -ge "$2" ]
}

grace_over()
{
	local before
	fresh "$1" || return 1
	S service set b.com late translate grace 50ms
	before="$(counter stale)"
	delay_b1 || return 1
	move_meanwhile "$1" || return 1
	poll $((WAY + 9)) counted stale $((before + 3)) || return 1
	expect received "$(field "$(flood_end f TERM)" received)" 0
}

# The endpoint is deleted, not its namespace: it is still known for a while.
late_of_deleted()
{
	local report
	fresh "$1" || return 1
	S service set b.com late translate grace 30s
	delay_b1 || return 1
	move_meanwhile "$1" || return 1
	S endpoint del b.com b1
	report="$(flood_end f)"
	endpoint b.com b1 11
	nothing_lost "$report"
}

# FAMILY FROM-NS ABOUT: an ICMP "port unreachable" to the client about its
# request to the address ABOUT, as the host in FROM-NS would send it
send_error()
{
	in_ns "$2" python3 "$LIB_DIR/tools/icmp_error.py" \
		"$(addr "$1" 1)" "$3" "$4"
}

fenced()
{
	local report before
	fresh "$1" || return 1
	before="$(counter fenced)"
	flood f -n 0 -i 5000 -e 77 "$(vip "$1" 2)"
	poll 5 json_is 'length > 0' true flow show service b.com sport 77 ||
		return 1
	S migrate b.com from b1 to b2
	S migrate b.com from b2 to b1
	S migrate b.com from b1 to b2
	send_error "$1" b1 "$(addr "$1" 11)" 77
	poll 5 counted fenced $((before + 1)) || return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report"
}

error_translated()
{
	local report before
	fresh "$1" || return 1
	S endpoint set b.com b2 state down
	flood f -n 0 -i 5000 -e 78 "$(vip "$1" 2)"
	poll 5 json_is 'length > 0' true flow show service b.com sport 78 ||
		return 1
	before="$(counter error)"
	send_error "$1" b1 "$(addr "$1" 11)" 78
	poll 5 counted error $((before + 1)) || return 1
	report="$(flood_end f TERM)"
	expect errors "$(field "$report" errors)" 1 &&
		expect "quotes" "$(field "$report" error.quoted)" \
			"$(vip "$1" 2)" &&
		expect "comes from" "$(field "$report" error.from)" \
			"$(vip "$1" 2)"
}

each_family "late replies reach the client" late late_translated
each_family "late drop: they do not" late late_dropped
each_family "after the grace time they do not" late grace_over
each_family "those of a deleted endpoint do" late late_of_deleted
each_family "errors of an endpoint that was left are fenced off" fenced
each_family "errors of the endpoint itself speak of the VIP" error_translated
finish
