#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP connections go to another namespace with their server (tcp repair): nothing is
# reset, no byte is lost, repeated or changed.
# shellcheck source=selftests/handover.sh
. "$(dirname "$0")/handover.sh"

setup_handover
t "$MOVES moves" move_all "$MOVES"
for f in 4 6; do
	t "IPv$f: streams in both directions" carried "both$f" received 100000
	t "IPv$f: and to who reads slowly" carried "slow$f" received 20000
	t "IPv$f: requests" carried "ask$f" answered 20
	t "IPv$f: $IDLE idle connections" carried "idle$f" answered "$IDLE"
	t "IPv$f: a server that speaks first" greeted "$f"
	print_stalls "ask$f"
done
finish
