#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As l_moves, behind a router that is the member.
PLACEMENT=router
MOVES=100
DATAGRAMS=4000
# shellcheck source=selftests/clients.sh
. "$(dirname "$0")/../clients.sh"

setup_clients
moves_cases
finish
