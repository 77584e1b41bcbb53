#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP connections of a service that says tcp reset: when flows move, both sides get a
# RST at once, idle or busy.
# shellcheck source=selftests/tcp_reset.sh
. "$(dirname "$0")/tcp_reset.sh"

setup_reset
reset_cases
finish
