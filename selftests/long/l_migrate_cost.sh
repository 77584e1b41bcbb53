#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Moving 1,000,000 flows takes as long as moving hundreds, and one by one.
CLIENTS=20
# shellcheck source=selftests/cost.sh
. "$(dirname "$0")/../cost.sh"

setup_cost
cost_cases
finish
