#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As l_iperf, behind a router that is the member.
PLACEMENT=router
STREAM=100M
DATAGRAMS=2000
# shellcheck source=selftests/clients.sh
. "$(dirname "$0")/../clients.sh"

setup_clients
iperf_cases
finish
