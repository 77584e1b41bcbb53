#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Real clients and servers by VIP: ping, tracepath, curl, dig, redis-benchmark, iperf3
# and socat do as they do without it, and lose nothing by moves.
# shellcheck source=selftests/clients.sh
. "$(dirname "$0")/clients.sh"

setup_clients
clients_cases
finish
