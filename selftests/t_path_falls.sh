#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is on the way and keeps packets from the direct path at the edge: each thing that would
# do something to them, or show them to somebody. None is lost meanwhile.
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup_path

# device_hook inet|netdev HOOK DEVICE, or del: of a device of the bridge's namespace
device_hook()
{
	if [ "$2" = del ]; then
		in_ns orch nft delete table "$1" way
		return
	fi
	in_ns orch nft -f - <<-END
	table $1 way {
		chain some {
			type filter hook $2 device "$3" priority 0
		}
	}
	END
}

bridge_hook()
{
	in_ns orch nft -f - <<-END
	table bridge way {
		chain some {
			type filter hook forward priority 0
		}
	}
	END
}

# soon NS: a neighbour that is not heard of for a second is asked whether it is still there
soon()
{
	local f
	for f in ipv4 ipv6; do
		in_ns "$1" sysctl -qw "net.$f.neigh.eth0.base_reachable_time_ms=1000" \
			"net.$f.neigh.eth0.delay_first_probe_time=1" \
			"net.$f.neigh.eth0.retrans_time_ms=200"
	done
}

# FAMILY: an address that another instance takes without a word is found there
taken_over()
{
	local far len rc=0
	far="$(addr "$1" 77)"
	len="$([ "$1" = 4 ] && echo 24 || echo 64)"
	run ip -n b2 addr add "$far/$len" dev eth0 nodad
	run S endpoint add c.com far addr "$far"
	poll 5 asked_straight "$1" || rc=1
	run ip -n b2 addr del "$far/$len" dev eth0
	run ip -n b1 addr add "$far/$len" dev eth0 nodad
	poll 20 answered "$1" || rc=1
	S endpoint del c.com far
	ip -n b1 addr del "$far/$len" dev eth0
	return "$rc"
}

# FAMILY: a and b1 talk by a VLAN of the bridge; who is where in it they need not ask
by_vlan()
{
	local ns
	for ns in a b1; do
		ip -n "$ns" link add link eth0 name eth0.5 type vlan id 5 &&
			ip -n "$ns" link set eth0.5 up || return 1
	done
	vlan_to a "$(addr "$1" 11)" 02:00:00:00:00:11 &&
		vlan_to b1 "$(addr "$1" 1)" 02:00:00:00:00:01
}

vlan_to()
{
	ip -n "$1" neigh replace "$2" dev eth0.5 lladdr "$3" nud permanent &&
		ip -n "$1" route add "$2" dev eth0.5
}

by_no_vlan()
{
	ip -n a link del eth0.5
	ip -n b1 link del eth0.5
}

answered()
{
	[ "$(field "$(echo_once -n 4 -i 100000 -W 300 -e 79 "$(vip "$1" 3)")" received)" = 4 ]
}

asked_straight()
{
	local before
	before="$(counter direct)"
	answered "$1" && [ $(($(counter direct) - before)) = 4 ]
}

# a.eth0 -> va -> [br0] -> vb1 -> eth0.b1
each_family "straight, both ways" goes_straight
for at in "a eth0" "orch va" "orch br0" "orch vb1"; do
	each_family "somebody captures at $at" while_there tap "tap $at" untap
done
each_family "a queueing discipline" while_there qdisc \
	"ip netns exec a tc qdisc add dev eth0 root pfifo limit 100" \
	"ip netns exec a tc qdisc del dev eth0 root"
each_family "a queueing discipline of the port" while_there qdisc \
	"ip netns exec orch tc qdisc add dev vb1 root fq" \
	"ip netns exec orch tc qdisc del dev vb1 root"
each_family "tc at a port of the bridge" while_there tc \
	"ip netns exec orch tc qdisc add dev vb1 clsact" \
	"ip netns exec orch tc qdisc del dev vb1 clsact"
each_family "a program for what leaves the client" while_there tc \
	"attach a tcx-egress eth0" detach
each_family "a program for what comes to the bridge" while_there tc \
	"attach orch tcx-ingress va" detach
each_family "a program for what leaves the bridge" while_there tc \
	"attach orch tcx-egress vb1" detach
each_family "XDP at the client" while_there xdp "attach a xdp eth0" detach
each_family "XDP at the client's port" while_there xdp "attach orch xdp va" detach
each_family "XDP at the server's port" while_there xdp "attach orch xdp vb1" detach
each_family "XDP at the server" while_there xdp "attach b1 xdp eth0" detach
each_family "the server receives by NAPI" while_there xdp \
	"ip netns exec b1 ethtool -K eth0 gro on" \
	"ip netns exec b1 ethtool -K eth0 gro off"
each_family "hooks for what comes to the bridge" while_there device-hooks \
	"device_hook inet ingress va" "device_hook inet del"
each_family "hooks for what leaves the bridge" while_there device-hooks \
	"device_hook netdev egress vb1" "device_hook netdev del"
each_family "hooks of bridges" while_there bridge-hooks bridge_hook \
	"ip netns exec orch nft delete table bridge way"
each_family "br_netfilter" while_there bridge-hooks \
	"modprobe br_netfilter" "rmmod br_netfilter"
each_family "a bridge that filters VLANs" while_there bridge \
	"ip -n orch link set br0 type bridge vlan_filtering 1" \
	"ip -n orch link set br0 type bridge vlan_filtering 0"
each_family "an isolated port" while_there bridge \
	"ip -n orch link set va type bridge_slave isolated on" \
	"ip -n orch link set va type bridge_slave isolated off"
each_family "a locked port" while_there bridge \
	"ip netns exec orch bridge link set dev vb1 locked on" \
	"ip netns exec orch bridge link set dev vb1 locked off"
# shellcheck disable=SC2016 # while_there has it
each_family "a device that is none of a pair" while_there device \
	'by_vlan "$FAMILY"' by_no_vlan
service c.com 3
soon a
each_family "an address that another takes over" taken_over
finish
