#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_tcp_reset, behind a router that is the member.
PLACEMENT=router
# shellcheck source=selftests/tcp_reset.sh
. "$(dirname "$0")/tcp_reset.sh"

setup_reset
reset_cases
finish
