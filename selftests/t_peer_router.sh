#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Peer names in the router placement: the router tells a server whose answers come
# back through it.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

PLACEMENT=router
setup
service b.com 2
endpoint b.com b1 11
service a.com 1
endpoint a.com a 1
add_host a2 2
endpoint a.com a2 2

# FAMILY SOURCE: a's request is seen by b1 with that source, and answered
sees()
{
	expect "source that b1 sees" "$(source_of "$1" 2)" "$2"
}

named()
{
	S flow flush
	sees "$1" "$(vip "$1" 1)" &&
		expect "peer, as flow show says" "$(json '.[0] |
			"\(.placement) \(.src) \(.peer)"' \
			flow show service b.com)" \
			"router $(addr "$1" 1) $(vip "$1" 1)"
}

# b1's route to the name does not lead through the router
elsewhere()
{
	local rc=0
	S flow flush
	ip -n b1 route add blackhole "$(vip "$1" 1)"
	sees "$1" "$(addr "$1" 1)" || rc=1
	ip -n b1 route del blackhole "$(vip "$1" 1)"
	return "$rc"
}

one_id()
{
	local before
	before="$(counter flow-mapped)"
	flood_as x ip netns exec a2 "$TOOLS/echoflood" -e 777 -n 200 -i 1000 \
		"$(vip "$1" 2)"
	flood y -e 777 -n 200 -i 1000 "$(vip "$1" 2)"
	nothing_lost "$(flood_end x)" && nothing_lost "$(flood_end y)" &&
		expect mapped "$(counter flow-mapped)" $((before + 1))
}

# An error from behind the router, about a request that was named there already:
# a has to see what it sent. The way to b2's second address leads through b1,
# where the hop limit ends.
error_behind()
{
	local out rc=0 unnamed
	unnamed="$(counter unnamed)"
	in_ns b1 sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	ip -n b2 addr add "$(addr "$1" 77)" dev eth0
	ip -n orch route add "$(addr "$1" 77)" via "$(addr "$1" 11)" \
		dev vb1 onlink
	S endpoint set b.com b1 state down
	S endpoint add b.com netns b2 name far addr "$(addr "$1" 77)" nomember
	out="$(in_ns a ping -n -c 1 -t 2 -W 20 "$(vip "$1" 2)")"
	echo "$out" >&2
	grep -qi "From $(addr "$1" 11).*\(exceeded\|hop limit\)" <<<"$out" ||
		rc=1
	S endpoint del b.com far
	S endpoint set b.com b1 state up
	ip -n orch route del "$(addr "$1" 77)"
	expect "errors to a name" "$(counter unnamed)" $((unnamed + 1)) &&
		return "$rc"
}

each_family "the server sees the VIP of the client's service" named
each_family "answers would not come back: it sees the address" elsewhere
each_family "two instances with one echo id" one_id
each_family "an error from behind the router is about the VIP" error_behind
finish
