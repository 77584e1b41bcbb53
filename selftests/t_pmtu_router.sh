#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_pmtu, behind a router that is the member.
PLACEMENT=router
# shellcheck source=selftests/pmtu.sh
. "$(dirname "$0")/pmtu.sh"

setup_pmtu
pmtu_cases
finish
