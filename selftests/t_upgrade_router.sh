#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_upgrade, behind a router that is the member.
PLACEMENT=router
# shellcheck source=selftests/upgrade.sh
. "$(dirname "$0")/upgrade.sh"

setup_upgrade || exit 1

upgrade_cases
finish
