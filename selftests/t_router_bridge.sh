#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The router's way to its clients is a bridge of its own, and br_netfilter shows
# what passes it to the router's hooks, as where Docker runs.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

PLACEMENT=router
setup_b_com

# a's wire, and one of another host on the same link, go to the router's bridge
bridged()
{
	local f
	add_ns c
	ip link add vc netns orch type veth peer name eth0 netns c \
		address 02:00:00:00:00:02
	ip -n c link set eth0 up
	ip -n c addr add "$(addr 4 2)/24" dev eth0
	ip -n orch link set vc master br0 up
	ip -n orch link set va master br0
	for f in 4 6; do
		ip -n orch addr del "$(addr "$f" 254)" dev va
		ip -n orch addr add "$(addr "$f" 254)" dev br0
		ip -n orch route replace "$(addr "$f" 1)" dev br0
	done
	poll 5 in_ns a ping -n -c 1 -W 1 "$(addr 4 254)" >/dev/null &&
		poll 5 in_ns a ping -n -c 1 -W 1 "$(addr 6 254)" >/dev/null
}

call()
{
	in_ns orch sysctl -qw "net.bridge.bridge-nf-call-iptables=$1" \
		"net.bridge.bridge-nf-call-ip6tables=$1"
}

stream()
{
	local report
	report="$(echo_once -n 500 -i 500 "$(vip "$1" 2)")"
	nothing_lost "$report" && expect sent "$(field "$report" sent)" 500
}

# released in order; not with br_netfilter, where the bridge has yet to say whether
# it lets a packet in when our hook sees it
held()
{
	local report
	S service set b.com hold packets 2000 bytes 8M time 20s
	S endpoint set b.com b1 state down
	S endpoint set b.com b2 state down
	flood f -n 0 -i 2000 -w 1000 "$(vip "$1" 2)"
	poll 5 held_some || return 1
	S endpoint set b.com b1 state up
	poll 5 json_is ".[0].gate$1" open service show b.com || return 1
	report="$(flood_end f TERM)"
	S endpoint set b.com b2 state up
	nothing_lost "$report"
}

rejects()
{
	local out rc=0
	S service set b.com hold off on-empty reject
	S endpoint set b.com b1 state down
	S endpoint set b.com b2 state down
	out="$(in_ns a ping -n -c 1 -W 20 "$(vip "$1" 2)")"
	echo "$out" >&2
	grep -q "From $(addr "$1" 254).*[uU]nreachable" <<<"$out" || rc=1
	S endpoint set b.com b1 state up
	S endpoint set b.com b2 state up
	return "$rc"
}

# with br_netfilter: rejected at once, though the service holds for long
not_held()
{
	local report held rc=0
	held="$(counter held)"
	S service set b.com hold packets 2000 bytes 8M time 20s \
		on-empty reject
	S endpoint set b.com b1 state down
	S endpoint set b.com b2 state down
	report="$(echo_once -n 1 "$(vip "$1" 2)")"
	expect "errors" "$(field "$report" errors)" 1 &&
		expect "held" "$(counter held)" "$held" || rc=1
	S endpoint set b.com b1 state up
	S endpoint set b.com b2 state up
	return "$rc"
}

# To what the bridge forwards between others it is no router: c has the VIP
# itself, and a knows it to be on the link.
passes_by()
{
	local forward rc=0
	forward="$(counter forward)"
	ip -n c addr add "$(vip 4 2)" dev eth0
	ip -n a route add "$(vip 4 2)" dev eth0
	answers "$(vip 4 2)" || rc=1
	ip -n a route del "$(vip 4 2)" dev eth0
	ip -n c addr del "$(vip 4 2)" dev eth0
	expect forward "$(counter forward)" "$forward" && return "$rc"
}

# HOW COMMAND: that is how br_netfilter is, and this becomes of what nobody is there for
round()
{
	each_family "500 requests, none lost; br_netfilter $1" stream
	each_family "nobody is there; br_netfilter $1" "$2"
	each_family "rejected at once; br_netfilter $1" rejects
	t "what the bridge forwards is left alone; br_netfilter $1" passes_by
}

t "clients are on a bridge of the router" bridged
in_ns orch test -e /proc/sys/net/bridge || round "not loaded" held
bridge_netfilter || ktap_test_fail "br_netfilter"
call 0
round 0 held
call 1
round 1 not_held
finish
