#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two services have endpoints on one address, and a router translates.
# shellcheck source=selftests/shared.sh
. "$(dirname "$0")/shared.sh"

PLACEMENT=router
setup_shared

each_family "both at once by one id" both_at_once
each_family "each alone, nothing mapped" each_alone
each_family "a clash after a move" clash_after_move
each_family "a conversation with the address beside both" direct_beside
each_family "100 moves to and fro" to_and_fro
each_family "a thousand at once, by the same ids" many_at_once

service a.com 1
endpoint a.com a 1
each_family "with a name for the client: both at once" both_at_once
each_family "with a name for the client: a clash after a move" clash_after_move
finish
