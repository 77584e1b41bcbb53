#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# iptables NAT in the router that is the member, and beyond it.
PLACEMENT=router
# shellcheck source=selftests/nat.sh
. "$(dirname "$0")/nat.sh"

setup_nat

# To the servers all comes from the router.
masqueraded()
{
	tables "$1" orch -t nat -A POSTROUTING -o vb1 -j MASQUERADE
	tables "$1" orch -t nat -A POSTROUTING -o vb2 -j MASQUERADE
	holds "$1" "$(addr "$1" 254)"
}

# A port of the router's own is a server's, and the service is served beside it.
beside()
{
	local rc=0
	tables "$1" orch -t nat -A PREROUTING -p tcp -d "$(addr "$1" 254)" \
		--dport 8080 -j DNAT \
		--to-destination "$(at_port "$1" "$(addr "$1" 12)" 7)"
	only b1
	expect "by the router's port" \
		"$(ask a tcp -p 4324 "$(addr "$1" 254)" 8080)" \
		"$(addr "$1" 254) b2 $(addr "$1" 1) 4324" || rc=1
	holds "$1" "$(addr "$1" 1)" && return "$rc"
}

each_family "the router masquerades" masqueraded
each_family "ports of the router's own" beside
each_family "the servers translate ports" redirected
container b1 c1
serve c1 7
each_family "the server is a container" published
finish
