#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest of two CPUs: flows of each CPU's own, sent on one of them and on both.
#
#	smp_rounds.sh FILE ROUNDS PACKETS
#
# FILE gets a line per sample, as with rounds.sh: smp-1 and smp-2, the time for each
# packet of all that were sent.
#
# SAL_KO	the module

set -euo pipefail

BENCH_DIR="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=selftests/bench/topology.sh
. "$BENCH_DIR/topology.sh"
# shellcheck source=selftests/bench/pktgen.sh
. "$BENCH_DIR/pktgen.sh"
# shellcheck source=selftests/bench/variants.sh
. "$BENCH_DIR/variants.sh"

export PATH="$BENCH_DIR/../../userland:$PATH"

file="${1:?}" rounds="${2:?}" packets="${3:?}"

VARIANTS_SMP=(plain sal sal-direct)

# each CPU has so many
FLOWS_SMP=100

# CPUS COUNT: each sends so many; prints the microseconds of the slowest
smp_pktgen()
{
	local cpu

	for ((cpu = 0; cpu < $1; cpu++)); do
		printf '%s\n' "add $cpu" "count $2" "clone_skb 0" "delay 0" \
			"pkt_size 60" "flag UDPCSUM" "flag NO_TIMESTAMP" "flag !SHARED" \
			"dst_mac $(mac "$ROUTER_CLIENT_MAC")" \
			"dst_min $TARGET" "dst_max $TARGET" \
			"src_min 10.8.0.1" "src_max 10.8.0.1" \
			"udp_dst_min $DPORT" "udp_dst_max $DPORT" \
			"udp_src_min $((20000 + cpu * 1000))" \
			"udp_src_max $((20000 + cpu * 1000 + FLOWS_SMP))"
	done | in_ns client bash -c '
		set -e
		cd /proc/net/pktgen
		for thread in kpktgend_*; do
			echo rem_device_all >$thread
		done
		while read -r word rest; do
			if [ "$word" = add ]; then
				device="eth0@$rest"
				echo "add_device $device" >"kpktgend_$rest"
			else
				echo "$word $rest" >"$device"
			fi
		done
		echo start >pgctrl
		sed -n "s/^Result: OK: \([0-9]*\)(.*/\1/p" eth0@* | sort -n | tail -n 1'
}

# CPUS: ns for each packet
smp_packets()
{
	local usec before

	before="$(counted server)"
	usec="$(straight $(($1 * PACKETS)) smp_pktgen "$1" "$PACKETS")"
	[ -n "$usec" ] || return 1
	all_arrived server $(($(counted server) - before)) $(($1 * PACKETS)) ||
		return 1
	awk -v usec="$usec" -v n=$(($1 * PACKETS)) \
		'BEGIN { printf "%.1f\n", usec * 1000 / n }'
}

# what the server answers to each of them
smp_replies()
{
	local cpu

	for cpu in 0 1; do
		pktgen server "$FLOWS_SMP" "dst_mac $(mac "$ROUTER_SERVER_MAC")" \
			"src_min $SERVER" "src_max $SERVER" \
			"dst_min 10.8.0.1" "dst_max 10.8.0.1" \
			"udp_src_min $DPORT" "udp_src_max $DPORT" \
			"udp_dst_min $((20000 + cpu * 1000))" \
			"udp_dst_max $((20000 + cpu * 1000 + FLOWS_SMP))" || return 1
	done
}

# as on a router of one CPU, see establish(); and that devices get their hooks takes a while
smp_establish()
{
	local i

	smp_pktgen 2 "$FLOWS_SMP" >/dev/null && smp_replies >/dev/null || return 1
	all_arrived server "$(counted server)" $((2 * FLOWS_SMP)) &&
		all_arrived client "$(counted client)" $((2 * FLOWS_SMP)) || return 1
	for ((i = 0; i < 20; i++)); do
		straight $((2 * FLOWS_SMP)) smp_pktgen 2 "$FLOWS_SMP" >/dev/null 2>&1 &&
			return
		sleep 0.2
	done
	return 1
}

smp_measure()
{
	local one two

	smp_establish || return 1
	one="$(smp_packets 1)" && two="$(smp_packets 2)" || return 1
	echo "smp-1 ns $one"
	echo "smp-2 ns $two"
}

modprobe -q pktgen || true
for ((round = 1; round <= rounds; round++)); do
	echo "round $round of $rounds (after $SECONDS s)"
	for variant in "${VARIANTS_SMP[@]}"; do
		lines="$(sample router "$variant" "$FLOWS_SMP" "$packets" smp_measure)"
		awk -v variant="$variant" -v flows="$FLOWS_SMP" \
			'{ print $1, variant, flows, $2, $3 }' <<<"$lines" >>"$file"
	done
done
