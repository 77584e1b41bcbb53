#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ICMP has more than echo. A service speaks echo: other questions are answered
# with an error about the VIP, and no endpoint gets them.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com

# how many of them both endpoints have got; the kernel lists what it has seen
got()
{
	local ns
	for ns in b1 b2; do
		if [ "$1" = 4 ]; then
			in_ns "$ns" awk '/^IcmpMsg:/ && !names {
				names = split($0, name); next }
				/^IcmpMsg:/ { for (i = 2; i <= names; i++)
					if (name[i] == "InType13") print $i }' \
				/proc/net/snmp
		else
			in_ns "$ns" awk '$1 == "Icmp6InType139" { print $2 }' \
				/proc/net/snmp6
		fi
	done | awk '{ sum += $1 } END { print sum + 0 }'
}

# Protocol unreachable, and what ICMPv6 has for it: a parameter problem,
# unrecognized next header.
answered()
{
	local before want="3 2"
	[ "$1" = 4 ] || want="4 1"
	before="$(counter unsupported)"
	expect "the sender gets" "$(in_ns a "$LIB_DIR/tools/icmp_other.py" \
		"$(vip "$1" 2)")" "$want $(vip "$1" 2)" &&
		expect counted "$(counter unsupported)" $((before + 1)) &&
		expect "that endpoints got" "$(got "$1")" 0
}

# Not even by the kernel that sends one itself: it would have to send an error
# while it sends that answer, which a kernel with sanitizers has told of.
no_answer_to_answers()
{
	local before
	before="$(counter unsupported)"
	expect "the sender gets" "$(in_ns a "$LIB_DIR/tools/icmp_other.py" \
		"$(vip "$1" 2)" answer)" nothing &&
		expect counted "$(counter unsupported)" $((before + 1))
}

# The counters that prove it do count.
would_be_seen()
{
	local pid rc=0
	ip netns exec a "$LIB_DIR/tools/icmp_other.py" "$(addr "$1" 11)" >&2 &
	pid=$!
	PIDS+=("$pid")
	poll 5 got_one "$1" || rc=1
	kill "$pid"
	wait "$pid" 2>/dev/null
	return "$rc"
}

got_one()
{
	[ "$(got "$1")" -ge 1 ]
}

each_family "other questions to a VIP are refused" answered
each_family "answers to a VIP are dropped and not answered" \
	no_answer_to_answers
each_family "other questions to an endpoint's address are none of ours" \
	would_be_seen
finish
