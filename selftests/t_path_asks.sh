#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a sender has, or asks for, that keeps its packets from the direct path at the edge: its
# namespace, control groups, neighbours and sockets. None is lost meanwhile.
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup_path

# an address of more than one
neighbour_is()
{
	run ip -n a neigh replace "$(addr "$FAMILY" 11)" lladdr "$1" dev eth0 \
		nud permanent
}

neighbour_is_not()
{
	run ip -n a neigh del "$(addr "$FAMILY" 11)" dev eth0
}

# another way to the same, by another device, and who is bound to that
second_device()
{
	local f
	ip link add va2 netns orch type veth peer name eth1 netns a \
		address 02:00:00:00:01:01
	ip -n orch link set va2 master br0 up
	in_ns a sysctl -qw net.ipv4.conf.all.arp_ignore=1
	ip -n a link set eth1 up
	ip -n a addr add 10.0.1.21/16 dev eth1 noprefixroute
	ip -n a addr add fd00:1::21/64 dev eth1 noprefixroute nodad
	for f in 4 6; do
		ip -n a route add "$(addr "$f" 11)" dev eth1 metric 5000
		ip -n a route add "$(vip "$f" 2)" dev eth1 metric 5000
		# less than the pool's is
		ip -n a route add "$(vip "$f" 2)" dev eth0 metric 10
		ip -n a route add "$(addr "$f" 11)" dev eth0 metric 10
	done
}

bound_to_device()
{
	goes_straight "$1" || return 1
	by_socket "$1" $((2 * SOCKET - 10)) $((2 * SOCKET)) -- device eth0 || return 1
	by_socket "$1" 0 "$SOCKET" -b "$(addr "$1" 21)" -- device eth1
}

# times of sending are told as without the direct path, and answers go straight
stamps()
{
	local without
	S service set b.com direct off
	by_socket "$1" 0 0 -- stamps yes || return 1
	without="${SOCKET_GOT#* }"
	S service set b.com direct auto
	goes_straight "$1" || return 1
	by_socket "$1" 0 "$SOCKET" -- stamps yes || return 1
	expect_num "times of sending" "$without" -ge "$SOCKET" &&
		expect "times of sending" "${SOCKET_GOT#* }" "$without"
}

# what no queueing discipline looks at is no reason
times()
{
	by_socket "$1" $((2 * SOCKET - 10)) $((2 * SOCKET)) -- txtime 1 &&
		by_socket "$1" $((2 * SOCKET - 10)) $((2 * SOCKET)) -- rate 1000000
}

# who was paced by fq once is for as long as it sends
paced()
{
	local rc=0 before
	goes_straight "$1" || return 1
	run ip netns exec a tc qdisc add dev eth0 root fq || return 1
	mkfifo "$WORK/go"
	ip netns exec a "$LIB_DIR/tools/sockopts.py" -w -n "$SOCKET" -p 4200 \
		"$(vip "$1" 2)" 7 <"$WORK/go" >"$WORK/paced" &
	PIDS+=($!)
	exec {go}>"$WORK/go"
	poll 5 grep -qs half "$WORK/paced" || rc=1
	run ip netns exec a tc qdisc del dev eth0 root
	poll 5 path_is "$ANY_DIRECT" "$1" || rc=1
	before="$(counter direct)"
	echo >&"$go"
	poll 5 grep -qs "^$SOCKET " "$WORK/paced" || rc=1
	expect_num "went straight" $(($(counter direct) - before)) -le \
		$((SOCKET / 2 + 1)) || rc=1
	exec {go}>&-
	rm "$WORK/go"
	goes_straight "$1" || rc=1
	return "$rc"
}

# the service is the client's own
own_service()
{
	local rc=0 before
	endpoint c.com a 1 || return 1
	before="$(counter direct)"
	nothing_lost "$(echo_once -n 20 -e 78 "$(vip "$1" 3)")" || rc=1
	expect "went straight" "$(counter direct)" "$before" || rc=1
	S endpoint del c.com a
	return "$rc"
}

each_family "straight, both ways" goes_straight
each_family "a routing rule" while_there rules "rules a add" "rules a del"
each_family "policies of IPsec" while_there xfrm "policies a add" "policies a del"
each_family "nothing may leave without a policy" blocked a out
each_family "a program of its control group" while_there "$ANY_DIRECT" \
	cgroup_program cgroup_no_program
each_family "a program of another control group" programs_of_others others
each_family "a neighbour who is many" while_there neighbour \
	"neighbour_is 03:00:00:00:00:11" neighbour_is_not
each_family "time stamps" stamps
each_family "paced by fq" paced
each_family "paced, and sent in time, by none" times
service c.com 3
each_family "the client's own service" own_service
second_device
each_family "bound to a device" bound_to_device
finish
