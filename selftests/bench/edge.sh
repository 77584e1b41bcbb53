# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# edge: what a packet costs that a client's socket sends, that its own namespace
# translates and a bridge takes to the server's device; edge-rtt is to the server's socket
# and back to the client's. Kernel sockets, see edge/sal_bench.c: no system call is in it.

# MB of one stream
STREAM="${STREAM:-1000}"
# What is set up once is measured so often: neighbours on the machine are not busy all the
# time.
REPEAT=3

# BENCH COUNT PACKETS COMMAND...: by the client, as often
bench_client()
{
	local bench="$1" count="$2" packets="$3" i
	shift 3
	for ((i = 0; i < REPEAT; i++)); do
		straight "$packets" bench_module client "$@" || return 1
		bench_line "$bench" "$count"
	done
}

# PLACEMENT: a round trip of an echo request; and TCP in segments as large as GSO makes
# them
other_protocols()
{
	# shellcheck disable=SC2153 # sample() has it
	local n=$((PACKETS / 8))

	if does_icmp "$VARIANT"; then
		bench_client "$1-icmp" "$n" $((2 * n)) icmp-ask "$TARGET" "$n" ||
			return 1
	fi
	bench_module server tcp-sink "$SERVER" "$DPORT" || return 1
	# in segments of 64 kB, and their acknowledgements
	bench_client "$1-tcp" "$STREAM" $((STREAM * 15)) tcp-stream "$TARGET" \
		"$DPORT" "$STREAM"
}

# BENCH
edge_one_way()
{
	local n=$((PACKETS / 2)) sent

	# who has to be asked about the bridge's ports comes to it when nobody sends
	bench_module client udp-send "$TARGET" "$DPORT" "$FLOWS" 10 || return 1
	sleep 0.3
	bench_client "$1" "$n" "$n" udp-send "$TARGET" "$DPORT" "$FLOWS" "$n" ||
		return 1
	sent=$((FLOWS + 10 + REPEAT * (FLOWS + n)))
	all_arrived server "$(counted server)" "$sent" || return 1
	proved
}

# BENCH; the server receives from now on
edge_round_trip()
{
	local n=$((PACKETS / 4))

	receive server
	bench_module server udp-echo "$SERVER" "$DPORT" || return 1
	bench_client "$1" "$n" $((2 * n)) udp-ask "$TARGET" "$DPORT" "$FLOWS" "$n"
}

edge_measure()
{
	edge_one_way edge && edge_round_trip edge-rtt || return 1
	[ "$FLOWS" -ne 1 ] || other_protocols edge
}

# VARIANT FLOWS PACKETS
edge_sample()
{
	sample edge "$@" edge_measure
}
