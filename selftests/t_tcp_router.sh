#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_tcp, behind a router that is the member.
PLACEMENT=router
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

setup_tcp
tcp_cases
finish
