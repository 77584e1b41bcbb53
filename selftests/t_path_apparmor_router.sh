#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path of a router, in a kernel that has AppArmor's hooks in each namespace.
PLACEMENT=router BRIDGELESS=yes
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

has_apparmor || true
setup_path
each_family "straight, both ways" goes_straight direct
finish
