#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_tcp_repair, 100 moves with 1000 idle connections.
MOVES=100
IDLE=500
# shellcheck source=selftests/handover.sh
. "$(dirname "$0")/../handover.sh"

setup_handover
repair_cases
finish
