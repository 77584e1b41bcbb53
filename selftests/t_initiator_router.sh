#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_initiator, behind a router that is the member.
PLACEMENT=router
# shellcheck source=selftests/initiator.sh
. "$(dirname "$0")/initiator.sh"

setup_initiator
initiator_cases
finish
