#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP connections go to another namespace with their server (tcp repair): nothing is
# reset, no byte is lost, repeated or changed.
# shellcheck source=selftests/handover.sh
. "$(dirname "$0")/handover.sh"

setup_handover
repair_cases
finish
