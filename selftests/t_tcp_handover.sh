#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What may be different where a TCP server hands over: nothing was negotiated, or the
# successor fails.
# shellcheck source=selftests/handover.sh
. "$(dirname "$0")/handover.sh"

setup_handover
t "no timestamps, no SACK, no scaled windows" plain
each_family "a successor that fails" failing
finish
