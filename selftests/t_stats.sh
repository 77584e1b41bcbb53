#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a service and its endpoints have carried is what was sent.
# shellcheck source=selftests/udp.sh
. "$(dirname "$0")/udp.sh"

setup_udp

# SERVICE [ENDPOINT]: forward packets and bytes, reverse packets and bytes
carried()
{
	json '.[0] | "\(.forward_packets) \(.forward_bytes) \(
		.reverse_packets) \(.reverse_bytes)"' stats show "$@"
}

# BEFORE AFTER: the differences
since()
{
	local before after i out=()
	read -ra before <<<"$1"
	read -ra after <<<"$2"
	for i in 0 1 2 3; do
		out+=($((after[i] - before[i])))
	done
	echo "${out[*]}"
}

# 50 datagrams of 100 bytes, with their headers
one()
{
	local svc ep len=128
	[ "$1" = 4 ] || len=148
	only b1
	svc="$(carried b.com)" ep="$(carried b.com b1)"
	nothing_lost "$(echo_once -u 7 -n 50 -l 100 "$(vip "$1" 2)")" ||
		return 1
	expect service "$(since "$svc" "$(carried b.com)")" \
		"50 $((50 * len)) 50 $((50 * len))" &&
		expect endpoint "$(since "$ep" "$(carried b.com b1)")" \
			"50 $((50 * len)) 50 $((50 * len))"
}

# A service has carried what its endpoints have.
sum()
{
	local svc
	only b1 b2
	svc="$(carried b.com)"
	answers "$(vip "$1" 2)" && answers "$(vip "$1" 2)" || return 1
	expect packets "$(since "$svc" "$(carried b.com)" | cut -d ' ' -f 1,3)" \
		"2 2" &&
		expect "of both" "$(json '[.[1:][].forward_packets] | add' \
			stats show b.com)" \
			"$(json '.[0].forward_packets' stats show b.com)"
}

# What goes to the endpoint's own address is none of the service's.
direct()
{
	local ep
	only b1
	ep="$(carried b.com b1)"
	ask a udp -p 4200 "$(addr "$1" 11)" 7
	answers "$(addr "$1" 11)"
	expect endpoint "$(since "$ep" "$(carried b.com b1)")" "0 0 0 0"
}

each_family "packets and bytes, both directions" one
each_family "a service's are its endpoints'" sum
each_family "not what goes to an endpoint's own address" direct
t "who does not exist is not shown" not salctl -n orch stats show nix
finish
