#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client pings a service by its VIP, and sees nothing but the VIP.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com

real_ping()
{
	local out
	out="$(pings a 3 "$(vip "$1" 2)")" || return 1
	echo "$out" >&2
	expect "replies from the VIP" \
		"$(grep -c "from $(vip "$1" 2): icmp_seq" <<<"$out")" 3
}

stream()
{
	local report
	report="$(echo_once -n 1000 -i 500 "$(vip "$1" 2)")"
	nothing_lost "$report" && expect sent "$(field "$report" sent)" 1000
}

# One client's flows are spread over both, and each answers for its own.
both_answer()
{
	local before1 before2
	before1="$(echos b1 "$1")" before2="$(echos b2 "$1")"
	for _ in 1 2 3 4; do
		answers "$(vip "$1" 2)" || return 1
	done
	expect b1 "$(echos b1 "$1")" $((before1 + 2)) &&
		expect b2 "$(echos b2 "$1")" $((before2 + 2))
}

hairpin()
{
	S member set b1 route auto
	pings b1 4 "$(vip "$1" 2)" >&2
}

options()
{
	if [ "$1" = 4 ]; then
		pings a 2 -T tsonly "$(vip 4 2)" >&2
	else
		pings a 2 -s 1400 "$(vip 6 2)" >&2
	fi
}

large()
{
	local out
	out="$(pings a 2 -s 6000 "$(vip "$1" 2)")" ||
		return 1
	echo "$out" >&2
	expect "replies from the VIP" \
		"$(grep -c "from $(vip "$1" 2): icmp_seq" <<<"$out")" 2
}

each_family "ping by VIP, answered by the VIP" real_ping
each_family "1000 requests, none lost" stream
each_family "new flows take turns" both_answer
each_family "an endpoint is a client of its own service" hairpin
each_family "with options, and with a full packet" options
each_family "larger than the MTU" large
finish
