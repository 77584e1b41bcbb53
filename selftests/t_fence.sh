#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server that is killed cannot end a connection that has left it, or is about to.
# shellcheck source=selftests/fence.sh
. "$(dirname "$0")/fence.sh"

setup_b_com
fence_cases
finish
