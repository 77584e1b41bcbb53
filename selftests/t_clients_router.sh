#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_clients, behind a router that is the member.
PLACEMENT=router
# shellcheck source=selftests/clients.sh
. "$(dirname "$0")/clients.sh"

setup_clients
clients_cases
finish
