#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path of a router: who takes it, and which packets do not.
PLACEMENT=router BRIDGELESS=yes
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup_path

# where it is over it is for the router to say so
time_to_live()
{
	local out
	goes_straight "$1" || return 1
	out="$(in_ns a ping -n -c 1 -t 1 -W 10 "$(vip "$1" 2)")"
	echo "$out" >&2
	grep -q "From $(addr "$1" 254).*\(Time to live exceeded\|Hop limit\)" <<<"$out"
}

# a router that does not forward
no_router()
{
	local rc=0 name
	name="$([ "$1" = 4 ] && echo net.ipv4.ip_forward ||
		echo net.ipv6.conf.all.forwarding)"
	goes_straight "$1" || return 1
	in_ns orch sysctl -qw "$name=0"
	expect received "$(field "$(echo_once -n 5 -i 500 -W 500 -e 77 "$(vip "$1" 2)")" \
		received)" 0 || rc=1
	in_ns orch sysctl -qw "$name=1"
	goes_straight "$1" || rc=1
	return "$rc"
}

# who must come by the device that leads back to it does; and who does not is dropped
rp_filter()
{
	local rc=0
	in_ns orch sysctl -qw net.ipv4.conf.all.rp_filter="$1"
	goes_straight 4 || rc=1
	in_ns orch sysctl -qw net.ipv4.conf.all.rp_filter=0
	return "$rc"
}

# NUMBER NS FAMILY: so many echo requests has it received in all
exactly()
{
	[ "$(echos "$2" "$3")" = "$1" ]
}

FRAMES=40

# FAMILY KIND no|round|straight: of a conversation that goes straight these are lost, as without
# us, or go round, or straight: IP makes of them what the others are
frames()
{
	local came straight both=1 all=2
	[ "$3" = no ] || both=2 all=3
	[ "$3" != straight ] || all=4
	goes_straight "$1" || return 1
	straight="$(counter direct)"
	came="$(echos b1 "$1")"
	in_ns a "$LIB_DIR/tools/frames.py" eth0 "$(at_router va)" "$(addr "$1" 1)" \
		"$(vip "$1" 2)" 77 "$FRAMES" "$2" plain || return 1
	# as do those that are plain, and all answers
	poll 5 exactly $((came + both * FRAMES)) b1 "$1" || return 1
	expect "went straight" $(($(counter direct) - straight)) $((all * FRAMES))
}

# larger than the MTU between router and server: the client is told, and goes on
smaller_wire()
{
	local rc=0 before
	goes_straight "$1" || return 1
	ip -n orch link set vb1 mtu 1300
	ip -n b1 link set eth0 mtu 1300
	before="$(counter direct)"
	talk s "$(vip "$1" 2)" 7 || return 1
	expect "1 MB" "$(say s echo 1000000)" "echoed 1000000" || rc=1
	hang_up s
	expect_num "went straight" $(($(counter direct) - before)) -gt 20 || rc=1
	# the first is told, and more where IPv6 has yet to be told how large they may be
	echo_once -n 10 -i 20000 -W 500 -e 77 -l 1400 "$(vip "$1" 2)" >/dev/null
	straight "$1" "$((FLOOD - 20))" "$((2 * FLOOD))" -l 1200 || rc=1
	straight "$1" 0 $((FLOOD * 3)) -l 1400 || rc=1
	ip -n orch link set vb1 mtu 1500
	ip -n b1 link set eth0 mtu 1500
	goes_straight "$1" || rc=1
	return "$rc"
}

each_family "straight, both ways" goes_straight
each_family "switched off" switched_off
each_family "the time to live" time_to_live
each_family "a router that does not forward" no_router
t "IPv4: strict reverse paths" rp_filter 1
t "IPv4: loose reverse paths" rp_filter 2
each_family "a smaller MTU on the way" smaller_wire
each_family "a VLAN's" frames tagged no
each_family "a tag that names none" frames priority straight
each_family "longer than the packet" frames padded straight
each_family "options" frames options round
each_family "fragments" frames fragments round
each_family "for another" frames others no
each_family "for all" frames broadcast no
t "IPv4: a wrong header checksum" frames 4 sum no
each_family "shorter than it says" frames short no
each_family "neither IPv4 nor IPv6" frames version no
finish
