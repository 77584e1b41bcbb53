#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Moves of selected flows where a router translates.
# shellcheck source=selftests/select.sh
. "$(dirname "$0")/select.sh"

PLACEMENT=router
setup_select
select_cases
finish
