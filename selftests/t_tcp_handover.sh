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

# The endpoints have other ports than the service, and that of the successor is given
# by -a; wrongly, where the successor knows better.
ported()
{
	local f rc=0
	[ "$AT" = b1 ] || move || return 1
	S flow flush
	S service set b.com proto tcp port 7
	S endpoint set b.com b2 port 1007
	for f in 4 6; do
		client "both$f" -i 3 both "$f" && client "new$f" -c 2 -i 20 new "$f" ||
			return 1
	done
	move -a "$(addr 4 12)" -a "$(addr 6 12)" && went_to 1007 || rc=1
	move -a "$(addr 4 11)" -a "$(addr 6 11)" && went_to 7 || rc=1
	server b2 -L "$(addr 4 12)" -L "$(addr 6 12)" || return 1
	move -a "$(addr 4 99)" -a "$(addr 6 99)" && went_to 1007 || rc=1
	clients_end both4 new4 both6 new6 || return 1
	for f in 4 6; do
		carried "both$f" received 100000 && carried "new$f" answered 2 ||
			rc=1
	done
	return "$rc"
}

# PORT: of the connections where they are now, of each family, in IPv6 sockets
went_to()
{
	local f
	in_ns "$AT" ss -tn >"$WORK/ss"
	for f in 4 6; do
		grep -qF "$(addr "$f" "${AT/b/1}")]:$1 " "$WORK/ss" && continue
		cat "$WORK/ss" >&2
		fail "none of IPv$f at port $1" || return 1
	done
}

setup_handover
t "no timestamps, no SACK, no scaled windows" plain
each_family "a successor that fails" failing
each_family "states that are wrong" spoilt
t "other ports, and addresses that are said" ported
finish
