#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_remote, where a router translates.
# shellcheck source=selftests/remote.sh
. "$(dirname "$0")/remote.sh"

PLACEMENT=router

# FAMILY BEFORE OUTPUT: the router has not got so far as to count it, and says so,
# of the VIP
no_route_is_told()
{
	grep -Eq "From .*(Destination Net Unreachable|No route)" <<<"$3"
}

setup_remote
remote_cases
finish
