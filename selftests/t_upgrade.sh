#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Conversations outlive the module: ping, UDP and TCP, with both sides sending all the
# time, while sal-upgrade brings another build; by hand, step by step; and what is said
# where a step fails.
# shellcheck source=selftests/upgrade.sh
. "$(dirname "$0")/upgrade.sh"

setup_upgrade || exit 1

upgrade_cases
finish
