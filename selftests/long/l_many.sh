#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A million services.
# shellcheck source=selftests/many.sh
. "$(dirname "$0")/../many.sh"

MANY=1000000
setup_many
many_cases
finish
