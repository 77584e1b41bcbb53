#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# UDP by VIP: whatever a socket does with a server it does with a service.
# shellcheck source=selftests/udp.sh
. "$(dirname "$0")/udp.sh"

setup_udp
udp_cases
S member set b1 route auto
each_family "a client of its own service" hairpin
each_family "a client that is an instance of another" named udp
each_family "likewise by TCP" named tcp
finish
