# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Where it is measured; namespaces are made anew for each sample:
#
#	client                 router                 server
#	10.0.1.1 --- 10.0.1.254 (c0)  (s0) 10.0.2.254 --- 10.0.2.11
#	eth0                                              eth0
#
# Packets come from FLOWS addresses and ports behind 10.8.0.1, and go to TARGET,
# port 9: the virtual address, or the server's own where nobody translates.
# Each end counts what arrives as it should, and drops it where a device hands
# it over: what comes next is the same for all, and not what is measured.

# shellcheck disable=SC2034 # for those who source this
VIP=10.1.0.2 SERVER=10.0.2.11 DPORT=9

# The last digit of addresses of devices
CLIENT_MAC=1 ROUTER_CLIENT_MAC=2 ROUTER_SERVER_MAC=3 SERVER_MAC=4

in_ns()
{
	local ns="$1"
	shift
	ip netns exec "$ns" "$@"
}

mac()
{
	echo "02:00:00:00:00:0$1"
}

# wire NS MAC ADDRESS DEVICE ROUTER_MAC: between that namespace and the router
wire()
{
	ip link add eth0 netns "$1" address "$(mac "$2")" type veth \
		peer name "$4" netns router address "$(mac "$5")"
	ip -n "$1" link set eth0 up
	ip -n router link set "$4" up
	ip -n "$1" addr add "$3/24" dev eth0
	ip -n router addr add "${3%.*}.254/24" dev "$4"
	ip -n "$1" route add default via "${3%.*}.254"
	# nobody asks in between
	ip -n "$1" neigh add "${3%.*}.254" lladdr "$(mac "$5")" dev eth0
	ip -n router neigh add "$3" lladdr "$(mac "$2")" dev "$4"
}

# count_at NS FIELD...: of packets that a namespace receives, those that match
count_at()
{
	local ns="$1"
	shift
	in_ns "$ns" nft -f - <<-END
	table inet far {
		chain in {
			type filter hook ingress device "eth0" priority 0
			$* counter drop
		}
	}
	END
}

# NS: how many there were
counted()
{
	in_ns "$1" nft list chain inet far in |
		sed -n 's/.*counter packets \([0-9]*\) .*/\1/p'
}

topology_up()
{
	local ns

	for ns in client router server; do
		ip netns add "$ns"
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1
		ip -n "$ns" link set lo up
	done
	wire client "$CLIENT_MAC" 10.0.1.1 c0 "$ROUTER_CLIENT_MAC"
	wire server "$SERVER_MAC" "$SERVER" s0 "$ROUTER_SERVER_MAC"
	ip -n router route add 10.8.0.0/16 via 10.0.1.1
	in_ns router sysctl -qw net.ipv4.ip_forward=1
	count_at server ip daddr "$SERVER" udp dport "$DPORT"
	count_at client ip saddr "$TARGET" udp sport "$DPORT"
}

topology_down()
{
	local ns

	for ns in client router server; do
		ip netns del "$ns"
	done
}
