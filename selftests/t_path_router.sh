#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path of a router: who takes it, and what keeps packets from it.
PLACEMENT=router BRIDGELESS=yes
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup
service b.com 2
endpoint b.com b1 11
S domain set direct auto

# the time to live counts the router
captured()
{
	[ "$(grep -c "^in .* 02:00:00:00:00:11 $(addr "$1" 1) $(addr "$1" 11) 63" \
		"$WORK/tap.b1")" -ge "$FLOOD" ]
}

captured_at_the_end()
{
	local rc=0
	tap b1 eth0 || return 1
	goes_straight "$1" || rc=1
	poll 5 captured "$1" || rc=1
	untap
	sort "$WORK/tap.b1" | uniq -c >&2
	return "$rc"
}

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

each_family "straight, both ways" goes_straight
each_family "switched off" switched_off
each_family "captured at the end" captured_at_the_end
each_family "the time to live" time_to_live
each_family "a router that does not forward" no_router
t "IPv4: strict reverse paths" rp_filter 1
t "IPv4: loose reverse paths" rp_filter 2
each_family "rules where it forwards" while_there hooks \
	"ip netns exec orch nft add table inet fw; ip netns exec orch nft add chain inet fw f '{ type filter hook forward priority 0; }'" \
	"ip netns exec orch nft delete table inet fw"
each_family "a queueing discipline" while_there qdisc \
	"ip netns exec orch tc qdisc add dev vb1 root pfifo limit 100" \
	"ip netns exec orch tc qdisc del dev vb1 root"
each_family "somebody captures at the router" while_there tap "tap orch vb1" untap
finish
