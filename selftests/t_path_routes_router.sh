#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path of a router: other routes, many clients, and what must not overtake.
PLACEMENT=router BRIDGELESS=yes
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup
second_wire orch vc b1
service b.com 2
endpoint b.com b1 11
S domain set direct auto

poll_straight()
{
	poll 10 straight "$1" $((2 * FLOOD - 20)) $((2 * FLOOD))
}

# 250 clients that a routes to: each has a path of its own
CROWD=250
ROUNDS=6

crowd()
{
	local net=10.0.2. before right
	[ "$1" = 4 ] || net=fd00:2::
	run ip -n orch "-$1" route replace "$(crowd_prefix "$1")" \
		via "$(addr "$1" 1)" dev va
	run ip -n a "-$1" route replace local "$(crowd_prefix "$1")" dev lo
	serve b1 7000 || return 1
	before="$(counter direct)"
	right="$(in_ns a python3 "$LIB_DIR/tools/crowd.py" "$net" "$CROWD" "$ROUNDS" \
		"$(vip "$1" 2)" 7000)"
	kill "${PIDS[-1]}"
	expect "right answers" "$right" $((CROWD * ROUNDS)) &&
		expect_num "went straight" $(($(counter direct) - before)) -ge \
			$((2 * CROWD * (ROUNDS - 1) - 2 * CROWD / 4))
}

crowd_prefix()
{
	if [ "$1" = 4 ]; then echo 10.0.2.0/24; else echo fd00:2::/64; fi
}

several_hops()
{
	while_there "$1" route \
		"ip -n orch route del $(addr "$1" 11) dev vb1; hops orch vc $1 $(addr "$1" 11)" \
		"unhop orch $1 $(addr "$1" 11); ip -n orch route add $(addr "$1" 11) dev vb1"
}

# behind a bridge of another namespace there are two backlogs on the way
behind_bridge()
{
	local f
	add_ns sw
	add_ns e
	ip link add ve netns orch type veth peer name p0 netns sw
	ip link add p1 netns sw type veth peer name eth0 netns e \
		address 02:00:00:00:00:14
	ip -n sw link add br1 type bridge
	ip -n sw link set br1 up
	ip -n sw link set p0 master br1 up
	ip -n sw link set p1 master br1 up
	for f in orch:ve e:eth0; do
		in_ns "${f%:*}" sysctl -qw "net.ipv6.conf.${f#*:}.accept_dad=0"
		ip -n "${f%:*}" link set "${f#*:}" up
	done
	for f in 4 6; do
		ip -n orch addr add "$(addr "$f" 254)" dev ve
		ip -n orch route add "$(addr "$f" 14)" dev ve
		ip -n e addr add "$(addr "$f" 14)" dev eth0
		ip -n e "-$f" route add default via "$(addr "$f" 254)" dev eth0 onlink
	done
	service d.com 4
	endpoint d.com e 14
	serve e 7000
}

# another one behind that bridge
neighbour_of_e()
{
	local f
	add_ns h
	ip link add p2 netns sw type veth peer name eth0 netns h \
		address 02:00:00:00:00:15
	ip -n sw link set p2 master br1 up
	in_ns h sysctl -qw net.ipv6.conf.eth0.accept_dad=0
	ip -n h link set eth0 up
	# it would be told that e is nearer, and e that it is
	in_ns orch sysctl -qw net.ipv4.conf.all.send_redirects=0 \
		net.ipv4.conf.ve.send_redirects=0
	for f in 4 6; do
		in_ns h sysctl -qw "net.ipv$f.conf.eth0.accept_redirects=0"
		in_ns e sysctl -qw "net.ipv$f.conf.eth0.accept_redirects=0"
		ip -n orch route add "$(addr "$f" 15)" dev ve
		ip -n h addr add "$(addr "$f" 15)" dev eth0
		ip -n h "-$f" route add default via "$(addr "$f" 254)" dev eth0 onlink
	done
}

# what leaves by the device that it came by goes round, both ways
hairpin()
{
	local before
	before="$(counter direct)"
	nothing_lost "$(in_ns h "$TOOLS/echoflood" -n "$FLOOD" -i 500 -w 32 -e 79 \
		"$(vip "$1" 4)")" &&
		expect "went straight" $(($(counter direct) - before)) 0
}

BURSTS=100

# FAMILY: straight
goes_to_e()
{
	local before
	before="$(counter direct)"
	nothing_lost "$(echo_once -n 50 -i 500 -e 78 "$(vip "$1" 4)")" &&
		[ $(($(counter direct) - before)) -ge 80 ]
}

# what goes round is not overtaken by what follows straight
in_order()
{
	local report rc=0 before
	poll 5 goes_to_e "$1" || return 1
	tc -n a qdisc add dev eth0 root netem delay 2ms
	before="$(counter direct)"
	report="$(in_ns a python3 "$LIB_DIR/tools/mixed.py" "$(vip "$1" 4)" 7000 \
		"$BURSTS")"
	expect "answered, out of order" "$report" "$((4 * BURSTS)) 0" || rc=1
	expect_num "went straight" $(($(counter direct) - before)) -ge \
		"$BURSTS" || rc=1
	tc -n a qdisc del dev eth0 root
	return "$rc"
}

# nor is what comes in a list, where it waits for the others
in_order_of_lists()
{
	local rc=0
	run napi on off || return 1
	in_order "$1" || rc=1
	run napi off on
	return "$rc"
}

# An endpoint of a service without a VIP has no name (but for IPv6, where that is the ID), but
# b1 has one, and asks it by an address that a rule gives. Its answers are those, and no
# requests.
answers_to_a_name()
{
	local rc=0 before
	S rule add "$(vip "$1" 50)" forward c.com
	rm -f "$WORK/b1.twin" "$WORK/b3.twin"
	before="$(counter direct)"
	ip netns exec b1 python3 "$LIB_DIR/tools/twins.py" answer 5000 40 \
		"$(vip "$1" 50)" >"$WORK/b1.twin" 2>&1 &
	PIDS+=($!)
	poll 5 grep -qs listening "$WORK/b1.twin" || return 1
	ip netns exec b3 python3 "$LIB_DIR/tools/twins.py" ask 5000 40 \
		"$(vip "$1" 2)" >"$WORK/b3.twin" 2>&1 &
	PIDS+=($!)
	poll 10 grep -qs '^[0-9]' "$WORK/b3.twin" || rc=1
	expect "b3's answers" "$(cat "$WORK/b3.twin")" 40 || rc=1
	expect_num "went straight" $(($(counter direct) - before)) -ge 20 || rc=1
	poll 10 grep -qs '^[0-9]' "$WORK/b1.twin" || rc=1
	expect "b1's answers" "$(tail -n 1 "$WORK/b1.twin")" 40 || rc=1
	kill "${PIDS[-1]}" "${PIDS[-2]}" 2>/dev/null
	S rule flush
	S flow flush
	return "$rc"
}

# DEVICE: of the router's, with an address there, and routes to a
a_is_behind()
{
	local f
	for f in 4 6; do
		ip -n orch addr replace "$(addr "$f" 254)" dev "$1"
		ip -n orch route replace "$(addr "$f" 1)" dev "$1"
	done
}

# The device that it is behind becomes a bridge's port, and is one no more: its packets
# go straight by whichever is the router's.
becomes_port()
{
	local rc=0
	poll_straight "$1" || return 1
	run ip -n orch link add br9 type bridge
	in_ns orch sysctl -qw net.ipv6.conf.br9.accept_dad=0
	run ip -n orch link set va master br9
	ip -n orch link set br9 up
	a_is_behind br9
	poll_straight "$1" || rc=1
	run ip -n orch link set va nomaster
	a_is_behind va
	ip -n orch link del br9
	poll_straight "$1" || rc=1
	return "$rc"
}

# devices get their hooks one after the other
each_family "both ways" poll_straight
each_family "by a device that becomes a bridge's port" becomes_port
each_family "250 clients" crowd
t "IPv4: a route by code point" by_code_point orch vc
each_family "several next hops" several_hops
behind_bridge
neighbour_of_e
each_family "to one behind the same device" hairpin
each_family "what goes round is not overtaken" in_order
each_family "in lists" in_order_of_lists
S service add c.com
endpoint c.com b3 13
t "IPv4: an answer to a client with a name" answers_to_a_name 4
finish
