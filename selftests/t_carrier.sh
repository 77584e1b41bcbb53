#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A cable is pulled. The kernel tells up to a second later; until then packets
# go nowhere, as without us. From then on none is lost.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2 hold packets 4000 bytes 16M time 60s

known()
{
	json_is ".[0].fault$1[0]" device endpoint show b.com b1
}

begin()
{
	S endpoint del b.com b2 2>/dev/null
	S endpoint del b.com b3 2>/dev/null
	run ip -n orch link set vb1 up
	S endpoint add b.com netns b1 addr "$(addr 4 11)" \
		addr "$(addr 6 11)" 2>/dev/null
	poll 5 json_is ".[0].fault$1 | length" 0 endpoint show b.com b1 ||
		return 1
	S flow flush
	poll 5 no_flows && poll 5 answers "$(vip "$1" 2)" 1
}

# Flows that exist when it happens, and all that is sent once it is known.
survivor()
{
	local report
	begin "$1" || return 1
	flood old -n 0 -i 5000 -w 10000 -W 3000 "$(vip "$1" 2)"
	poll 5 json_is 'length > 1' true flow show service b.com || return 1
	endpoint b.com b2 12 || return 1
	run ip -n orch link set vb1 down
	poll 5 known "$1" || return 1
	report="$(echo_once -n 100 -i 1000 "$(vip "$1" 2)")"
	nothing_lost "$report" || return 1
	poll 5 json_is '[.[].endpoint] | unique | join(",")' b2 \
		flow show service b.com || return 1
	report="$(flood_end old TERM)"
	# what was sent before anybody knew has no answer, all else has one
	expect duplicates "$(field "$report" duplicates)" 0 &&
		expect reordered "$(field "$report" reordered)" 0 &&
		expect_num received "$(field "$report" received)" -gt 0
}

none()
{
	local report
	begin "$1" || return 1
	run ip -n orch link set vb1 down
	poll 5 known "$1" || return 1
	flood f -n 100 -i 1000 -w 1000 -W 60000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 100 service show b.com || return 1
	endpoint b.com b3 13 || return 1
	report="$(flood_end f)"
	nothing_lost "$report" &&
		expect received "$(field "$report" received)" 100
}

# The cable is back: what was held goes where it was to go at first.
comes_back()
{
	local report
	begin "$1" || return 1
	run ip -n orch link set vb1 down
	poll 5 known "$1" || return 1
	flood f -n 100 -i 1000 -w 1000 -W 60000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 100 service show b.com || return 1
	run ip -n orch link set vb1 up
	report="$(flood_end f)"
	nothing_lost "$report" &&
		expect received "$(field "$report" received)" 100
}

each_family "a survivor takes all from then on" survivor
each_family "none: all is held for the one that comes" none
each_family "none: all is held for the cable" comes_back
finish
