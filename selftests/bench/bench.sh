#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The host's half of `make bench': boot User Mode Linux without sanitizers, measure in
# there, write results.json beside this file, print the table, and put it and plots into
# Documentation/performance.
#
#	bench.sh [--quick] DIR
#
# DIR takes the guest's output, the samples as they come, and what --quick draws.
#
# SAL_KO	the module, built without its self-tests; in the repository
# SAL_BENCH_KO	the benchmark's own (edge/)
# SAL_ROUNDS	how often each is measured (5, 3 with --quick)

set -euo pipefail

BENCH_DIR="$(cd "$(dirname "$0")" && pwd)"
VM_DIR="$BENCH_DIR/../vm"

packets=1000000 flows=(1 10000 200000 1000000) rounds=5
plots="$BENCH_DIR/../../Documentation/performance"
if [ "${1:-}" = --quick ]; then
	packets=200000 flows=(1 10000) rounds=3 plots=
	shift
fi
dir="${1:?directory}"
mkdir -p "$dir"
dir="$(cd "$dir" && pwd)"
plots="${plots:-$dir}"
mkdir -p "$plots"

linux="$("$VM_DIR/setup_uml.sh" --plain --print LINUX)"
# the guest does not see the cache
rm -rf "${dir:?}/bin"
cp -r "$("$BENCH_DIR/setup.sh" --print BIN)" "$dir/bin"
: >"$dir/samples"

export SAL_KIND=plain SAL_BENCH_BIN="$dir/bin" SAL_VM_MEM="${SAL_VM_MEM:-3G}"
# IPVS's table grows up to that
"$VM_DIR/uml.sh" -o "$dir" -a ip_vs.conn_tab_bits=20 -- "$BENCH_DIR/rounds.sh" "$dir/samples" \
	"${SAL_ROUNDS:-$rounds}" "$packets" "${flows[@]}"
"$BENCH_DIR/report.py" "$dir/samples" "$linux" "$BENCH_DIR/results.json" |
	tee "$plots/results.txt"
"$BENCH_DIR/plot.py" "$BENCH_DIR/results.json" "$plots"
