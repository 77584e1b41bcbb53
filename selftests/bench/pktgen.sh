# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packets, by the kernel's pktgen. It sends one when the one before has been
# received, or dropped, by whoever is last: on one CPU, where the receiver's
# softirq runs in between, the time for each is that of the whole way.

# PORTS and ADDRESSES: how FLOWS are spread. Both count up together, so the
# numbers must have no common factor. To pktgen the last address is one of them, and the
# last port is not.
spread_flows()
{
	case "$1" in
	1)		PORTS=1 ADDRESSES=1 ;;
	10000)		PORTS=10000 ADDRESSES=1 ;;
	200000)		PORTS=3125 ADDRESSES=64 ;;
	1000000)	PORTS=15625 ADDRESSES=64 ;;
	*)		echo "bench: no spread for $1 flows" >&2
			return 1 ;;
	esac
}

# NS COUNT SETTING...: send; prints microseconds. It gives away what it sends, as drivers
# do: who receives a packet that is pktgen's as well would have to copy it first.
pktgen()
{
	local ns="$1" count="$2"
	shift 2
	printf '%s\n' "count $count" "clone_skb 0" "delay 0" "pkt_size 60" \
		"flag UDPCSUM" "flag NO_TIMESTAMP" "flag !SHARED" "$@" |
	in_ns "$ns" bash -c '
		set -e
		cd /proc/net/pktgen
		echo rem_device_all >kpktgend_0
		echo add_device eth0 >kpktgend_0
		while read -r line; do
			echo "$line" >eth0
		done
		echo start >pgctrl
		sed -n "s/^Result: OK: \([0-9]*\)(.*/\1/p" eth0'
}

# COUNT [SETTING]...: requests to TARGET, from one flow after the other
send_requests()
{
	pktgen client "$1" "${@:2}" "dst_mac $(mac "$ROUTER_CLIENT_MAC")" \
		"dst_min $TARGET" "dst_max $TARGET" \
		"src_min 10.8.0.1" "src_max 10.8.0.$ADDRESSES" \
		"udp_dst_min $DPORT" "udp_dst_max $DPORT" \
		"udp_src_min 20000" "udp_src_max $((20000 + PORTS))"
}

# COUNT: what the server answers to them
send_replies()
{
	pktgen server "$1" "dst_mac $(mac "$ROUTER_SERVER_MAC")" \
		"src_min $SERVER" "src_max $SERVER" \
		"dst_min 10.8.0.1" "dst_max 10.8.0.$ADDRESSES" \
		"udp_src_min $DPORT" "udp_src_max $DPORT" \
		"udp_dst_min 20000" "udp_dst_max $((20000 + PORTS))"
}
