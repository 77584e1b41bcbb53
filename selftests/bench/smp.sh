#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make bench-smp': the router bench in a virtual machine of two CPUs, on both of them and
# on one. Where it is emulated only the ratio of these two means anything.
#
#	smp.sh DIR
#
# DIR takes the guest's output, and the samples as they come; results-smp.json is
# written beside this file.
#
# SAL_KO	the module, for the kernel that setup.sh has unpacked
# SAL_ROUNDS	how often each is measured (5)
# SAL_SMP_PACKETS	that each CPU sends (20000)

set -euo pipefail

BENCH_DIR="$(cd "$(dirname "$0")" && pwd)"
VM_DIR="$BENCH_DIR/../vm"

dir="${1:?directory}"
mkdir -p "$dir"
dir="$(cd "$dir" && pwd)"
: >"$dir/samples"

export SAL_VM_CPUS=2
"$VM_DIR/boot.sh" -o "$dir" -- "$BENCH_DIR/smp_rounds.sh" "$dir/samples" \
	"${SAL_ROUNDS:-5}" "${SAL_SMP_PACKETS:-20000}"
kernel="$("$VM_DIR/setup.sh" --print KERNEL)"
"$BENCH_DIR/report.py" "$dir/samples" \
	"Linux ${kernel##*/vmlinuz-}, virtual machine, 2 CPUs" \
	"$BENCH_DIR/results-smp.json"
