#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An endpoint that is gone without a word: the client's own kernel tells it,
# of the VIP; but not any more once the flow has been moved away.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2
endpoint b.com b1 11

# Its device has carrier, its address is there: only the bridge has forgotten. One entry
# goes, once: a flush looks again, and takes that with it which the next packet waits for.
vanish()
{
	run ip -n orch link set vb1 nomaster
	run ip -n a neigh del "$(addr "$1" 11)" dev eth0
}

appear()
{
	run ip -n orch link set vb1 master br0
	run ip -n a neigh flush dev eth0
	S endpoint del b.com b2 2>/dev/null
	S flow flush
	poll 5 no_flows
}

# The kernel has asked who has the address, and what was sent waits for that.
asking()
{
	ip -n a neigh show "$(addr "$1" 11)" | grep -q INCOMPLETE
}

counted()
{
	[ "$(counter "$1")" -ge "$2" ]
}

told()
{
	local report before
	before="$(counter error)"
	vanish "$1"
	flood f -n 5 -i 1000 -W 20000 "$(vip "$1" 2)"
	poll 9 counted error $((before + 5)) || return 1
	report="$(flood_end f TERM)"
	appear || return 1
	expect errors "$(field "$report" errors)" 5 &&
		expect "quoted" "$(field "$report" error.quoted)" \
			"$(vip "$1" 2)"
}

not_told()
{
	local report before asks
	before="$(counter fenced)"
	# once a second, for longer than it takes to move
	asks=$((4 + $(patience 2)))
	run ip netns exec a sysctl -qw \
		"net.ipv4.neigh.eth0.mcast_solicit=$asks" \
		"net.ipv6.neigh.eth0.mcast_solicit=$asks"
	flood f -n 0 -i 5000 -w 10000 -W 3000 "$(vip "$1" 2)"
	poll 5 json_is length 1 flow show service b.com || return 1
	endpoint b.com b2 12 || return 1
	vanish "$1"
	poll 5 asking "$1" || return 1
	S migrate b.com from b1 to b2 || return 1
	poll 9 counted fenced $((before + 1)) || return 1
	report="$(flood_end f TERM)"
	appear || return 1
	expect errors "$(field "$report" errors)" 0 &&
		expect_num received "$(field "$report" received)" -gt 0 &&
		expect duplicates "$(field "$report" duplicates)" 0
}

each_family "the client is told, of the VIP" told
each_family "after a move it is not told of what was left" not_told
finish
