# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# UDP, for both placements: b.com is served by b1 and b2, each of which echoes on
# port 7 and on port 5000.
# shellcheck source=selftests/by_port.sh
. "$(dirname "$0")/by_port.sh"

setup_udp()
{
	setup_b_com hold time 20s
	serve b1 7 5000
	serve b2 7 5000
}

# --- cases ------------------------------------------------------------------

stream()
{
	only b1 b2
	nothing_lost "$(echo_once -u 7 -n 2000 "$(vip "$1" 2)")"
}

# Up to what needs many fragments; an odd length, too.
sizes()
{
	local len rc=0
	only b1
	for len in 21 1400 1473 3001 20000 60000; do
		nothing_lost "$(echo_once -u 7 -n 10 -i 5000 -l "$len" \
			"$(vip "$1" 2)")" || { fail "length $len"; rc=1; }
	done
	return "$rc"
}

# One port of the client, two of the service: two flows, neither mapped.
two_ports()
{
	local mapped
	only b1
	mapped="$(counter flow-mapped)"
	expect "what is answered" "$(ask a udp -p 4001 "$(vip "$1" 2)" 7 \
		"$(vip "$1" 2)" 5000 | cut -d ' ' -f 1-4 | xargs)" \
		"$(vip "$1" 2) b1 $(addr "$1" 1) 4001 $(vip "$1" 2) b1 $(addr \
			"$1" 1) 4001" &&
		expect "ports" "$(json '[.[].dport] | sort | join(",")' \
			flow show)" 7,5000 &&
		expect mapped "$(counter flow-mapped)" "$mapped"
}

# One socket that talks to two VIPs of the service and to the server itself: each
# answer comes from the address that was asked.
many_addresses()
{
	only b1
	expect "who answers" "$(ask a udp -p 4002 "$(vip "$1" 2)" 7 \
		"$(vip "$1" 3)" 7 "$(addr "$1" 11)" 7 "$(vip "$1" 2)" 7 \
		"$(addr "$1" 11)" 7 | cut -d ' ' -f 1 | xargs)" \
		"$(vip "$1" 2) $(vip "$1" 3) $(addr "$1" 11) $(vip "$1" 2) $(addr \
			"$1" 11)"
}

connected()
{
	only b1
	expect "what is answered" "$(ask a udp -c -p 4003 "$(vip "$1" 2)" 7)" \
		"$(vip "$1" 2) b1 $(addr "$1" 1) 4003"
}

# Nobody is on that port: whoever is connected is told, and by the VIP.
closed_port()
{
	only b1
	expect "what the client gets" "$(ask a udp -c "$(vip "$1" 2)" 9)" \
		ECONNREFUSED
}

# Servers are programs here: which of two answers sooner is their affair, so
# answers may overtake each other at a move.
moves()
{
	local report
	only b1
	S endpoint set b.com b2 state up
	flood f -u 7 -n 0 -i 300 -w 32 "$(vip "$1" 2)"
	taskset -c "$OTHER_CPU" ip netns exec orch "$LIB_DIR/tools/moves.py" \
		watch "udp$1" 100 b.com b1 b2 >&2 || return 1
	report="$(flood_end f TERM)"
	all_answered "$report"
}

# Nothing is lost while nobody serves it.
held()
{
	local report
	only
	flood f -u 7 -n 20 -i 20000 -w 32 -W 20000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets > 5' true service show b.com ||
		return 1
	S endpoint set b.com b1 state up
	report="$(flood_end f)"
	nothing_lost "$report" && expect sent "$(field "$report" sent)" 20
}

# PROTO: a is an instance of a service itself, whose VIP the server sees
named()
{
	local rc=0
	only b1
	service a.com 4
	endpoint a.com a 1
	expect "what the server says" \
		"$(ask a "$2" -p 4010 "$(vip "$1" 2)" 7)" \
		"$(vip "$1" 2) b1 $(vip "$1" 4) 4010" || rc=1
	S service del a.com
	return "$rc"
}

hairpin()
{
	only b1
	expect "what is answered" "$(ask b1 udp -p 4004 "$(vip "$1" 2)" 7)" \
		"$(vip "$1" 2) b1 $(vip "$1" 2) 4004"
}

udp_cases()
{
	S service set b.com vip "$(vip 4 2)" vip "$(vip 4 3)" \
		vip "$(vip 6 2)" vip "$(vip 6 3)"
	each_family "a stream" stream
	each_family "datagrams of all sizes" sizes
	each_family "the server sees the client" seen udp
	each_family "IP options, extension headers" options udp
	each_family "forty sockets, both instances answer" shares udp
	each_family "one port of the client, two of the service" two_ports
	each_family "one socket, two VIPs and the server's address" \
		many_addresses
	each_family "a connected socket" connected
	each_family "a closed port: the client is told" closed_port
	each_family "100 moves under a stream, nothing lost" moves
	each_family "held while nobody serves it, nothing lost" held
}
