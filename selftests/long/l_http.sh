#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 100 MB, thousands of connections and requests by VIP.
FILE_SIZE=100M
CONNECTIONS=1000
REQUESTS=10000
# shellcheck source=selftests/clients.sh
. "$(dirname "$0")/../clients.sh"

setup_clients
http_cases
finish
