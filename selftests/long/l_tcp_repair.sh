#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_tcp_repair, 100 moves (fewer where the kernel is slow) with 1000 idle connections.
IDLE=500
# shellcheck source=selftests/handover.sh
. "$(dirname "$0")/../handover.sh"

MOVES=100
[ "${SAL_KIND:-}" = plain ] || MOVES=$((MOVES / $(patience 1)))
setup_handover
repair_cases
finish
