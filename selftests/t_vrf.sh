#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A VRF shows each packet to the hooks twice. It is translated once.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

modprobe vrf 2>/dev/null
setup_b_com

# a's device, and its route to the pools
enslave()
{
	in_ns a sysctl -qw net.ipv6.conf.all.keep_addr_on_down=1
	run ip -n a link add vrf0 type vrf table 10 || return 1
	run ip -n a link set vrf0 up
	run ip -n a link set eth0 master vrf0 || return 1
	run ip -n a route replace 10.1.0.0/24 dev eth0 vrf vrf0
	run ip -n a -6 route replace fd00:254::/64 dev eth0 vrf vrf0
}

stream()
{
	local forward out
	S flow flush
	forward="$(counter forward)"
	out="$(pings a 20 -I vrf0 "$(vip "$1" 2)")"
	echo "$out" >&2
	grep -q " 20 received" <<<"$out" &&
		expect forward "$(counter forward)" $((forward + 20)) &&
		expect flows "$(json length flow show)" 1
}

t "the client's device is in a VRF" enslave
each_family "20 requests, one flow" stream
finish
