#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Moves of a service's flows, of selected ones, and of one.
# shellcheck source=selftests/select.sh
. "$(dirname "$0")/select.sh"

setup_select
select_cases
each_family "new flows of a client go where they went" affinity
t "what there is no way to is refused" no_way
finish
