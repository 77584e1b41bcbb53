#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As l_http, behind a router that is the member.
PLACEMENT=router
FILE_SIZE=100M
CONNECTIONS=1000
REQUESTS=10000
# shellcheck source=selftests/clients.sh
. "$(dirname "$0")/../clients.sh"

setup_clients
http_cases
finish
