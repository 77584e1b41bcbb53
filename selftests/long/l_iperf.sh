#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# iperf3 by VIP: TCP and UDP, both directions, ordinary and jumbo frames.
STREAM=100M
DATAGRAMS=2000
# shellcheck source=selftests/clients.sh
. "$(dirname "$0")/../clients.sh"

setup_clients
iperf_cases
finish
