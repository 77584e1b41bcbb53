#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Stateful firewalls in the client and at the servers.
# shellcheck source=selftests/conntrack.sh
. "$(dirname "$0")/conntrack.sh"

setup_conntrack
conntrack_cases
finish
