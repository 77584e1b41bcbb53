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

# a service whose flows would not follow
unfit()
{
	local rc=0 said
	client both -i 3 both 4 && client ask -c 4 ask 4 || return 1
	for said in "tcp pin" "hold off"; do
		# shellcheck disable=SC2086 # words
		S service set b.com $said || return 1
		! move 2>"$WORK/said" || fail "$said: it has moved" || rc=1
		grep "lacks" "$WORK/said" >&2 || fail "$said: it does not say so" || rc=1
		S service set b.com tcp repair hold packets 4000 bytes 8M time 20s ||
			return 1
	done
	clients_end both ask || return 1
	carried both received 100000 && carried ask answered 4 && return "$rc"
}

# connects NS ADDRESS PORT
connects()
{
	# shellcheck disable=SC2016 # of the other shell
	in_ns "$1" timeout 10 bash -c ': 3<>"/dev/tcp/$0/$1"' "$2" "$3"
}

# What listens on the loopback address does not become public; all other addresses are
# the successor's.
listeners()
{
	server b3 -l9 99 || return 1
	"$TOOLS/salhandover" --bare -a "$(addr 4 12)" "$WORK/control.b3" \
		"$WORK/control.b2" || return 1
	kill "$SERVER_PID"
	connects b2 127.0.0.1 9 && connects b1 "$(addr 4 12)" 99 || return 1
	! connects b1 "$(addr 4 12)" 9 || fail "it is public" || return 1
	in_ns b2 ss -Htlni "sport = :9" | tee /dev/stderr |
		grep -q 127.0.0.1:9 || return 1
	move && move && connects b1 127.0.0.1 9
}

setup_handover
t "listeners of some addresses" listeners
t "a service that does not repair, or hold" unfit
t "no timestamps, no SACK, no scaled windows" plain
each_family "a successor that fails" failing
each_family "states that are wrong" spoilt
finish
