#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many services; a million are l_many.sh's.
# shellcheck source=selftests/many.sh
. "$(dirname "$0")/many.sh"

MANY=100000
! grep -q ' kasan_report$' /proc/kallsyms || MANY=10000
setup_many
many_cases
finish
