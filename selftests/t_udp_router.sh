#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_udp, behind a router that is the member.
PLACEMENT=router
# shellcheck source=selftests/udp.sh
. "$(dirname "$0")/udp.sh"

setup_udp
udp_cases
finish
