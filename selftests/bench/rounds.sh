#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: measure everything once, and again, so that what else the machine does
# hits all alike.
#
#	rounds.sh FILE ROUNDS PACKETS FLOWS...
#
# FILE gets a line per sample: BENCH VARIANT FLOWS UNIT VALUE. Ends at the first that
# cannot be proved to have done what it should.
#
# SAL_KO	the module
# SAL_BENCH_KO	the benchmark's own
# SAL_BENCH_BIN	where ipvsadm is

set -euo pipefail

BENCH_DIR="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=selftests/bench/topology.sh
. "$BENCH_DIR/topology.sh"
# shellcheck source=selftests/bench/pktgen.sh
. "$BENCH_DIR/pktgen.sh"
# shellcheck source=selftests/bench/variants.sh
. "$BENCH_DIR/variants.sh"
# shellcheck source=selftests/bench/router.sh
. "$BENCH_DIR/router.sh"
# shellcheck source=selftests/bench/edge.sh
. "$BENCH_DIR/edge.sh"
# shellcheck source=selftests/bench/new.sh
. "$BENCH_DIR/new.sh"
for bench in tables config lookup move firewall; do
	# shellcheck source=/dev/null
	. "$BENCH_DIR/$bench.sh"
done

export PATH="$BENCH_DIR/../../userland:${SAL_BENCH_BIN:?}:$PATH"

file="${1:?}" rounds="${2:?}" packets="${3:?}"
shift 3

insmod "$SAL_BENCH_KO"

# BENCH VARIANT FLOWS [ARGUMENT]: into the file
take()
{
	local lines

	conntrack_room "$3"
	# not in a pipe: it would go on after a failure
	lines="$("$1_sample" "${@:2}")"
	awk -v variant="$2" -v flows="$3" \
		'{ print $1, variant, flows, $2, $3 }' <<<"$lines" >>"$file"
}

# what takes minutes, and is not part of the quick one, nor of each round
long_round()
{
	local flows n variant

	for n in 1 1000 100000 1000000; do
		for variant in "${VARIANTS_LOOKUP[@]}"; do
			take lookup "$variant" "$n" "$packets"
		done
	done
	for n in 1 10 1000; do
		for variant in "${VARIANTS_SCHEDULE[@]}"; do
			take schedule "$variant" "$n"
		done
	done
	for flows in 1 10000 1000000; do
		# some take minutes for so many
		[ "$flows" -le 10000 ] || [ "$round" -eq 1 ] || continue
		for variant in "${VARIANTS_MOVE[@]}"; do
			take move "$variant" "$flows"
		done
	done
	for flows in 1 10000; do
		for variant in "${VARIANTS[@]}"; do
			take firewall "$variant" "$flows" "$packets"
		done
		for variant in "${VARIANTS_EDGE[@]}"; do
			take firewall-edge "$variant" "$flows" "$packets"
		done
	done
	# likewise
	[ "$round" -eq 1 ] || return 0
	for variant in "${VARIANTS_CONFIG[@]}"; do
		take config "$variant" 100000
	done
}

# only so often: conntrack alone takes up to a minute until it looks; and what else takes
# long
expiries=2
longs=2

for ((round = 1; round <= rounds; round++)); do
	echo "round $round of $rounds (after $SECONDS s)"
	for flows; do
		for variant in "${VARIANTS[@]}"; do
			take router "$variant" "$flows" "$packets"
		done
	done
	for flows; do
		# of sockets
		[ "$flows" -le 10000 ] || continue
		for variant in "${VARIANTS_EDGE[@]}"; do
			take edge "$variant" "$flows" "$packets"
		done
	done
	for flows; do
		# fewer would be none of them that are new
		[ "$flows" -gt 10000 ] || continue
		expire=
		[ "$flows" -ne 200000 ] || [ "$round" -gt "$expiries" ] || expire=1
		for variant in "${VARIANTS_NEW[@]}"; do
			take new "$variant" "$flows" "$expire"
		done
	done
	[ "${!#}" -lt 1000000 ] || [ "$round" -gt "$longs" ] || long_round
done
