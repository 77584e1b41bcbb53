#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What may be different where a TCP server hands over: nothing was negotiated, or the
# successor fails, or who drives it is not to be trusted.
# shellcheck source=selftests/handover.sh
. "$(dirname "$0")/handover.sh"

# FAMILY: hundreds of states of sockets that are a little wrong, and then one that is right
spoilt()
{
	local said count=$((300 / $(patience 1)))
	client both -i 3 both "$1" && client idle -c 4 idle "$1" || return 1
	server b3 || return 1
	said="$(python3 "$LIB_DIR/tools/move_fuzz.py" "$WORK/control.$AT" \
		"$WORK/control.b3" "$(addr "$1" 13)" "$count")" || return 1
	echo "$said" >&2
	expect "what is right" "${said#*, }" "last ok" || return 1
	expect_num "refused" "$(cut -d ' ' -f 2 <<<"${said%,*}")" -gt $((count / 3)) ||
		return 1
	kill "$SERVER_PID" || fail "it is gone" || return 1
	clients_end both idle || return 1
	carried both received 100000 && carried idle answered 4
}

setup_handover
t "no timestamps, no SACK, no scaled windows" plain
each_family "a successor that fails" failing
each_family "states that are wrong" spoilt
finish
