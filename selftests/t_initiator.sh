#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client that is an endpoint goes away and comes back elsewhere: what it has opened
# follows it, by request and where it ends; answers meanwhile wait for it.
# shellcheck source=selftests/initiator.sh
. "$(dirname "$0")/initiator.sh"

setup_initiator
initiator_cases
finish
