#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Held packets are their sender's: its socket is full, as on a slow link, long
# before the queue is; it waits, and is woken up.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2
serve b1 7
# ping's kind of socket, for the group that we are
run ip netns exec a sysctl -qw net.ipv4.ping_group_range="0 0"

state_is()
{
	grep -qs "^$1 [0-9]" "$WORK/state"
}

# FAMILY [unanswered|PORT]: in the background
sender()
{
	rm -f "$WORK/state"
	ip netns exec a "$LIB_DIR/tools/backpressure.py" "$(vip "$1" 2)" \
		"$WORK/state" "${@:2}" &
	SENDER=$!
	PIDS+=("$SENDER")
}

# FAMILY [PORT]
socket_full()
{
	local before sent
	S service set b.com hold packets 4000 bytes 32M time 60s || return 1
	before="$(counter hold-full)"
	sender "$@"
	poll 9 state_is full || return 1
	sent="$(cut -d' ' -f2 "$WORK/state")"
	ktap_print_msg "IPv$1: the socket was full with $sent packets"
	expect_num "packets that the socket takes" "$sent" -gt 0 &&
		expect "held packets" "$(json '.[0].held_packets' \
			service show b.com)" "$sent" &&
		expect "refused by the queue" "$(counter hold-full)" \
			"$before" || return 1

	endpoint b.com b1 11 || return 1
	poll 20 state_is drained || return 1
	wait "$SENDER"
	S endpoint del b.com b1
	expect "the sender goes on" "$(cat "$WORK/state")" "drained $sent"
}

datagrams()
{
	socket_full "$1" 7
}

# Nobody comes: after the hold time the socket has its room back, all of it.
# Where something is not dropped in time the sender waits for good.
socket_free_again()
{
	local took full waited
	S service set b.com hold packets 4000 bytes 32M time 2s on-empty drop ||
		return 1
	sender "$1" unanswered
	poll 20 state_is free || return 1
	wait "$SENDER"
	read -r _ took _ full waited <"$WORK/state"
	ktap_print_msg "IPv$1: room for $took again after $waited ms"
	expect "packets that the socket takes again" "$took" "$full" &&
		expect_num "waited, ms" "$waited" -ge 1500 &&
		expect_num "waited, ms" "$waited" -le 20000
}

each_family "a sender's socket fills up, and drains" socket_full
each_family "so does that of datagrams" datagrams
each_family "and is free again after the hold time, with nobody there" \
	socket_free_again
finish
