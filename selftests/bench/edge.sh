# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# edge: what a packet costs that a client's socket sends, that its own namespace
# translates and a bridge takes to the server's device; edge-rtt is to the server's socket
# and back to the client's. Kernel sockets, see edge/sal_bench.c: no system call is in it.

# MB of one stream
STREAM="${STREAM:-1000}"

# PLACEMENT: a round trip of an echo request; and TCP in segments as large as GSO makes
# them
other_protocols()
{
	if does_icmp "$VARIANT"; then
		bench_module client icmp-ask "$TARGET" $((PACKETS / 4)) || return 1
		bench_line "$1-icmp" $((PACKETS / 4))
	fi
	bench_module server tcp-sink "$SERVER" "$DPORT" || return 1
	bench_module client tcp-stream "$TARGET" "$DPORT" "$STREAM" || return 1
	awk -v mb="$STREAM" -v bench="$1-tcp" \
		'{ printf "%s Mbit/s %.0f\n", bench, mb * 8e9 / $1 }' /proc/sal_bench
}

edge_measure()
{
	bench_module client udp-send "$TARGET" "$DPORT" "$FLOWS" "$PACKETS" || return 1
	all_arrived server "$(counted server)" $((FLOWS + PACKETS)) && proved || return 1
	bench_line edge "$PACKETS"
	receive server
	bench_module server udp-echo "$SERVER" "$DPORT" || return 1
	bench_module client udp-ask "$TARGET" "$DPORT" "$FLOWS" $((PACKETS / 2)) ||
		return 1
	bench_line edge-rtt $((PACKETS / 2))
	[ "$FLOWS" -ne 1 ] || other_protocols edge
}

# VARIANT FLOWS PACKETS
edge_sample()
{
	sample edge "$@" edge_measure
}
