#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What ends a path of a router, while packets take it.
PLACEMENT=router BRIDGELESS=yes
# shellcheck source=selftests/path_ends.sh
. "$(dirname "$0")/path_ends.sh"

setup_ends
ends_cases
finish
