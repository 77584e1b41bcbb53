#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An IPv6 packet may name an IPv4 address in its v4-mapped form, which is how
# tables hold that. It is not for the IPv4 VIP, and must not wait for it: once it
# did so in the IPv6 queue for an IPv4 endpoint, which no release could end.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2 hold packets 100 bytes 1M time 60s
# What is mapped has to be routed to meet our hook.
run ip -n a -6 route add ::ffff:0:0/96 dev eth0

send_mapped()
{
	run ip netns exec a python3 -c '
import socket, struct, sys
sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
sock.sendto(struct.pack("!BBHHH", 128, 0, 0, 7, 1), (sys.argv[1], 0))
' "::ffff:$(vip 4 2)"
}

# Requests that left the client as IPv6 at all
sent6()
{
	in_ns a awk '$1 == "Icmp6OutEchos" { print $2 }' /proc/net/snmp6
}

passes()
{
	local before sent
	sent="$(sent6)"
	before="$(json '[.[].packets] | add' stats show)"
	send_mapped || return 1
	expect "requests sent" "$(sent6)" $((sent + 1)) &&
		expect "packets counted" \
			"$(json '[.[].packets] | add' stats show)" "$before" &&
		expect "packets held" \
			"$(json '.[0].held_packets' service show b.com)" 0
}

# Nor where there is an IPv6 endpoint and no IPv4 one.
passes_beside_one()
{
	S endpoint add b.com netns b1 addr "$(addr 6 11)" &&
		answers "$(vip 6 2)" && passes
}

t "it passes while no endpoint is there" passes
t "it passes while only an IPv6 endpoint is there" passes_beside_one
finish
