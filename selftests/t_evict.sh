#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# At the limit of flows those that nobody has answered, or gone on with, give way;
# those that are assured do not, whoever knocks.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

# as flood() sets them
export FLOOD_ping='' FLOOD_udp=''

setup_tcp
# What is answered to them goes nowhere, and does not wait for a neighbour either.
for ns in b1 b2; do
	ip -n "$ns" route add blackhole 10.0.200.0/24
	ip -n "$ns" route add blackhole fd00:1::dead:0/112
done

LIMIT=1000

# KIND FAMILY COUNT: first packets from as many sources
knock()
{
	local net=10.0.200.0 fixed=3
	[ "$2" = 4 ] || net=fd00:1::dead:0 fixed=14
	in_ns a "$TOOLS/rawflood" "$1" "$3" "$net" "$fixed" \
		"$(vip "$2" 2)" 7 | tee >(cat >&2)
}

assured()
{
	[ "$(json '[.[] | select(.state == "assured")] | length' flow show \
		src "$1")" = "$2" ]
}

# those that wait to be freed included
in_memory()
{
	json '.[0] | .created - .destroyed' domain show
}

# what a case that has failed has left
stop_floods()
{
	local var
	for var in FLOOD_ping FLOOD_udp; do
		[ -z "${!var:-}" ] || kill "${!var}" 2>/dev/null
	done
	S domain set max-flows 100000
}

# FAMILY KIND: a ping, a UDP stream and a TCP connection go on under a flood from
# ten times as many sources as the domain may have flows.
flood_of()
{
	local rc=0 before
	stop_floods
	only b1 b2
	flood ping -n 0 -i 20000 -w 64 -e 10 "$(vip "$1" 2)"
	flood udp -u 7 -n 0 -i 20000 -w 64 -e 2000 "$(vip "$1" 2)"
	talk t "$(vip "$1" 2)" 7 || return 1
	say t echo 10 || return 1
	poll 5 assured "$(addr "$1" 1)" 3 || return 1
	S domain set max-flows "$LIMIT"
	before="$(counter evicted)"
	# some are refused, too, while many that gave way wait to be freed
	knock "$2" "$1" $((10 * LIMIT)) || rc=1
	expect_num evicted $(($(counter evicted) - before)) -gt "$LIMIT" ||
		rc=1
	expect_num flows "$(json '.[0].flows' domain show)" -le "$LIMIT" ||
		rc=1
	expect_num "flows in memory" "$(in_memory)" -le $((2 * LIMIT)) || rc=1
	expect "what the connection says" "$(say t echo 1000)" "echoed 1000" ||
		rc=1
	hang_up t
	nothing_lost "$(flood_end ping TERM)" || rc=1
	nothing_lost "$(flood_end udp TERM)" || rc=1
	S domain set max-flows 100000
	return "$rc"
}

# All are assured: who comes is refused, is told, and is counted.
full()
{
	local rc=0 before report
	stop_floods
	only b1
	flood ping -n 0 -i 20000 -w 64 -e 10 "$(vip "$1" 2)"
	poll 5 assured "$(addr "$1" 1)" 1 || return 1
	S domain set max-flows 1
	before="$(counter flow-limit)"
	report="$(knock echo "$1" 20)"
	expect refused "$(field "$report" refused)" 20 || rc=1
	expect flow-limit "$(counter flow-limit)" $((before + 20)) || rc=1
	S domain set max-flows 100000
	nothing_lost "$(flood_end ping TERM)" || rc=1
	return "$rc"
}

# The one that was silent longest goes.
oldest()
{
	stop_floods
	only b1
	S service set b.com timeout new 1m
	S domain set max-flows 3
	echo_once -F 1 -e 1 -n 1 "$(vip "$1" 2)" >/dev/null
	sleep 2
	echo_once -F 3 -e 2 -n 1 "$(vip "$1" 2)" >/dev/null
	expect "ids that are left" "$(json '[.[].sport] | sort | join(" ")' \
		flow show)" "2 3 4"
	local rc=$?
	S domain set max-flows 100000
	return "$rc"
}

each_family "assured ones go on under a flood of echo requests" flood_of echo
each_family "likewise of datagrams" flood_of udp
each_family "likewise of SYNs" flood_of syn
each_family "where all are assured, who comes is refused" full
each_family "the one that was silent longest goes" oldest
finish
