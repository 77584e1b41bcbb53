#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_fence, behind a router that is the member.
PLACEMENT=router
# shellcheck source=selftests/fence.sh
. "$(dirname "$0")/fence.sh"

setup_b_com
fence_cases
finish
