#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Segmentation, merging and checksums, by devices and not.
# shellcheck source=selftests/offload.sh
. "$(dirname "$0")/offload.sh"

setup_offload
offload_cases
offload_more_cases
finish
