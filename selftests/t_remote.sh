#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Endpoints outside of this host: an address, and routes to it.
# shellcheck source=selftests/remote.sh
. "$(dirname "$0")/remote.sh"

# FAMILY BEFORE OUTPUT: the sender is, as for any address without a route
no_route_is_told()
{
	expect_num "no-route" "$(counter no-route)" -gt "$2" &&
		grep -q ENETUNREACH <<<"$3"
}

setup_remote
remote_cases
finish
