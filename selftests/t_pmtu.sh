#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ICMP errors on the way of UDP and TCP: path MTU, hops, who has gone.
# shellcheck source=selftests/pmtu.sh
. "$(dirname "$0")/pmtu.sh"

setup_pmtu
pmtu_cases
finish
