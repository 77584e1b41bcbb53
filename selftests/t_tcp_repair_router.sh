#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_tcp_repair, behind a router that is the member.
PLACEMENT=router
MOVES=5
# shellcheck source=selftests/handover.sh
. "$(dirname "$0")/handover.sh"

setup_handover
repair_cases
finish
