#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP by VIP: connections live, end and stay as with any server.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

setup_tcp
tcp_cases
tcp_more_cases
finish
