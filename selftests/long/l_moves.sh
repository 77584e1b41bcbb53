#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# UDP clients and ping while their endpoint is moved 100 times, connections meanwhile.
MOVES=100
DATAGRAMS=4000
# shellcheck source=selftests/clients.sh
. "$(dirname "$0")/../clients.sh"

setup_clients
moves_cases
finish
