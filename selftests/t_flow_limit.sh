#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# At the limit of flows those that exist go on, whoever knocks.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com

existing_go_on()
{
	local report before
	S flow flush
	poll 5 no_flows || return 1
	flood old -n 0 -i 1000 -w 64 -e 10 "$(vip "$1" 2)"
	poll 5 json_is length 1 flow show service b.com || return 1
	S domain set max-flows "${2:-1}" || return 1
	before="$(counter flow-limit)"
	report="$(echo_once -R -F 20 -e 1000 -W 300 "$(vip "$1" 2)")"
	expect received "$(field "$report" received)" 0 &&
		expect refused "$(field "$report" refused)" 20 &&
		expect flow-limit "$(counter flow-limit)" $((before + 20)) ||
		return 1
	report="$(flood_end old TERM)"
	S domain set max-flows 100000
	nothing_lost "$report"
}

# Room comes back with what goes.
room_again()
{
	local report
	S flow flush
	poll 5 no_flows || return 1
	S domain set max-flows 10
	report="$(echo_once -R -F 10 -e 1 "$(vip "$1" 2)")"
	expect received "$(field "$report" received)" 10 || return 1
	S flow flush
	poll 5 no_flows || return 1
	report="$(echo_once -R -F 10 -e 101 "$(vip "$1" 2)")"
	S domain set max-flows 100000
	expect received "$(field "$report" received)" 10
}

each_family "who is in stays in, newcomers are told" existing_go_on
each_family "flows that go make room" room_again
finish
