#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_conntrack, and one in the router that is the member.
PLACEMENT=router
# shellcheck source=selftests/conntrack.sh
. "$(dirname "$0")/conntrack.sh"

setup_conntrack
conntrack_cases
finish
