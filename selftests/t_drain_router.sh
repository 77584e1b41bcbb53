#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Endpoints that drain, in the router placement.
PLACEMENT=router
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/drain.sh
. "$(dirname "$0")/drain.sh"

setup_drain
each_family "at the deadline a stream moves, and nothing is lost" deadline_moves
each_family "at the deadline flows are reset" deadline_resets
finish
