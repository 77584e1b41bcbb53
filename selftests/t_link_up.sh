#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The only endpoint's device goes down and comes up again by its own end. The
# bridge at the other end of the cable takes a moment longer until it forwards,
# and nothing that was held may leave before that.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2 hold packets 1000 bytes 8M time 60s
endpoint b.com b1 11

# forwarding (3) or not (0, disabled)
port_is()
{
	[ "$(in_ns orch cat /sys/class/net/vb1/brport/state)" = "$1" ]
}

comes_up()
{
	local report
	run ip -n b1 link set eth0 down
	poll 5 port_is 0 || return 1
	flood f -n 100 -i 1000 -w 1000 -W 60000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 100 service show b.com || return 1
	run ip -n b1 link set eth0 up
	# IPv6 has forgotten its address
	[ "$1" = 4 ] || run ip -n b1 addr add "$(addr 6 11)/64" dev eth0 nodad
	report="$(flood_end f)"
	[ "$1" = 6 ] || run ip -n b1 addr add "$(addr 6 11)/64" dev eth0 nodad
	nothing_lost "$report" &&
		expect received "$(field "$report" received)" 100
}

each_family "what was held waits until the bridge forwards" comes_up
finish
