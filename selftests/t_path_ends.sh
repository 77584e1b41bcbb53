#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What ends a path at the edge, while packets take it.
# shellcheck source=selftests/path_ends.sh
. "$(dirname "$0")/path_ends.sh"

setup_ends

# what another bridge has is not for this one
other_bridge()
{
	local rc=0
	ip -n orch link add br1 type bridge
	ip -n orch link set br1 up
	nothing_comes "$1" "ip -n orch link set vb1 master br1" \
		"ip -n orch link set vb1 master br0" || rc=1
	ip -n orch link del br1
	return "$rc"
}

# where a client is none any more, and again
no_member()
{
	nothing_comes "$1" "S member del netns a" \
		"S member add netns a route auto"
}

# what the bridge and neighbours have learnt gets old, and is learnt again
grows_old()
{
	local ns
	for ns in a b1; do
		in_ns "$ns" sysctl -qw net.ipv4.neigh.eth0.base_reachable_time_ms=500 \
			net.ipv6.neigh.eth0.base_reachable_time_ms=500
	done
	ip -n orch link set br0 type bridge ageing_time 100
	sleep 3
	ip -n orch link set br0 type bridge ageing_time 30000
	flows_straight
}

ends_cases
each_family "what was learnt gets old" without_loss grows_old
each_family "a port is another bridge's" with_loss other_bridge
each_family "the client is no member" with_loss no_member
finish
