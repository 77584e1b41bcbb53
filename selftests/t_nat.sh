#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# iptables NAT in the client and at the servers, containers on either side, and a
# bridge between them that filters.
# shellcheck source=selftests/nat.sh
. "$(dirname "$0")/nat.sh"

setup_nat

# The client goes by another of its addresses.
other_source()
{
	tables "$1" a -t nat -A POSTROUTING -o eth0 -j SNAT \
		--to-source "$(addr "$1" 9)"
	holds "$1" "$(addr "$1" 9)"
}

masqueraded()
{
	tables "$1" a -t nat -A POSTROUTING -o eth0 -j MASQUERADE
	holds "$1" "$(addr "$1" 1)"
}

# What a container of the client's asks for a passes, and takes for its own.
from_container()
{
	local report
	only b1
	both_say "$1" c0 "b1 $(addr "$1" 1)" || return 1
	S endpoint set b.com b2 state up
	flood_as f ip netns exec c0 "$TOOLS/echoflood" -u 7 -n 0 -i 1000 \
		-w 64 "$(vip "$1" 2)"
	poll 5 json_is 'length > 0' true flow show service b.com || return 1
	move_often || return 1
	report="$(flood_end f TERM)"
	all_answered "$report"
}

bridge_filters()
{
	local rc=0
	in_ns orch sysctl -qw net.bridge.bridge-nf-call-iptables=1 \
		net.bridge.bridge-nf-call-ip6tables=1
	enforce orch forward
	everything "$1" || rc=1
	in_ns orch sysctl -qw net.bridge.bridge-nf-call-iptables=0 \
		net.bridge.bridge-nf-call-ip6tables=0
	in_ns orch nft delete table inet enforce
	return "$rc"
}

ip -n a addr add "$(addr 4 9)/16" dev eth0
ip -n a addr add "$(addr 6 9)/64" dev eth0 nodad preferred_lft 0
each_family "the client goes by another address" other_source
each_family "the client masquerades" masqueraded
each_family "the servers translate ports" redirected
container a c0
each_family "the client is a container" from_container
container b1 c1
serve c1 7
each_family "the server is a container" published
bridge_netfilter || ktap_test_fail "br_netfilter"
each_family "the bridge between them filters, by states" bridge_filters
finish
