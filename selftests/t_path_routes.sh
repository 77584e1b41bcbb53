#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path at the edge, where there is more than one route, or a bridge's port
# does not forward.
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

# it shows all bridges to hooks, and is not a module everywhere
rmmod br_netfilter 2>/dev/null || true
setup
if in_ns orch test -e /proc/sys/net/bridge; then
	echo "br_netfilter is there" >&2
	exit "$KSFT_SKIP"
fi
second_wire a eth1 b1
service b.com 2
endpoint b.com b1 11
S domain set direct auto

several_hops()
{
	while_there "$1" route "hops a eth1 $1 $(addr "$1" 11)" \
		"unhop a $1 $(addr "$1" 11)"
}

# as IPv6 routes may depend on it, where the kernel can do so
by_source()
{
	goes_straight 6 || return 1
	run ip -n a -6 route add fd00:77::/64 from "$(addr 6 1)" dev eth1 || return 4
	ip -n a -6 route del fd00:77::/64 from "$(addr 6 1)" dev eth1
	while_there 6 route \
		"ip -n a -6 route add fd00:77::/64 from $(addr 6 1) dev eth1" \
		"ip -n a -6 route del fd00:77::/64 from $(addr 6 1) dev eth1"
}

# A server that says by which device its answers leave is heeded. (IPv6 heeds that only of
# sockets without an address.)
own_route()
{
	local rc=0 before
	ip -n b1 route add "$(addr "$1" 1)" dev eth0 metric 10
	ip -n b1 route add "$(addr "$1" 1)" via "$(second "$1" 1)" dev eth1 metric 500
	rm -f "$WORK/by"
	ip netns exec b1 python3 "$LIB_DIR/tools/echo_by.py" "$(addr "$1" 11)" 7001 eth1 \
		>"$WORK/by" 2>&1 &
	PIDS+=($!)
	poll 5 grep -qs listening "$WORK/by" || rc=1
	before="$(received a eth1)"
	nothing_lost "$(echo_once -n "$FLOOD" -i 500 -w "$FLOOD" -u 7001 -e 7777 \
		"$(vip "$1" 2)")" || rc=1
	expect_num "came by the other device" $(($(received a eth1) - before)) \
		-ge "$FLOOD" || rc=1
	kill "${PIDS[-1]}"
	ip -n b1 route del "$(addr "$1" 1)" dev eth1
	ip -n b1 route del "$(addr "$1" 1)" dev eth0
	goes_straight "$1" || rc=1
	return "$rc"
}

# seconds that a port listens, and then learns, before it forwards: the least
STP_DELAY=2

nothing_comes()
{
	[ "$(field "$(echo_once -n 5 -i 500 -W 300 -e 77 "$(vip "$1" 2)")" received)" = 0 ]
}

# a port that spanning tree has only learn forwards nothing
learns()
{
	local rc=0 start
	run ip -n orch link set br0 type bridge stp_state 1 \
		forward_delay $((STP_DELAY * 100))
	goes_straight "$1" || rc=1
	run ip -n orch link set va down
	start="$(ms)"
	run ip -n orch link set va up
	while [ $(($(ms) - start)) -lt $((STP_DELAY * 1500)) ]; do
		nothing_comes "$1" || rc=1
	done
	goes_straight "$1" || rc=1
	run ip -n orch link set br0 type bridge stp_state 0
	return "$rc"
}

t "IPv4: a route by code point" by_code_point a eth1
each_family "several next hops" several_hops
t "IPv6: routes by source" by_source
t "IPv4: an answer's own route" own_route 4
each_family "a port that does not forward" learns
finish
