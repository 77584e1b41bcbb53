#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many services; a million are l_many.sh's.
# shellcheck source=selftests/many.sh
. "$(dirname "$0")/many.sh"

# hash tables have just not grown
MANY=190000
! grep -q ' kasan_report$' /proc/kallsyms || MANY=10000
setup_many
many_cases
finish
