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

export PATH="$BENCH_DIR/../../userland:${SAL_BENCH_BIN:?}:$PATH"

file="${1:?}" rounds="${2:?}" packets="${3:?}"
shift 3

conntrack_room "$(printf '%s\n' "$@" | sort -n | tail -n 1)"

for ((round = 1; round <= rounds; round++)); do
	echo "round $round of $rounds (after $SECONDS s)"
	for flows; do
		for variant in "${VARIANTS[@]}"; do
			ns="$(router_sample "$variant" "$flows" "$packets")"
			echo "router $variant $flows ns $ns" >>"$file"
		done
	done
done
