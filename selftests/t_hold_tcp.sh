#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A held TCP segment is not sent once more beside its held self: its sender sees that it
# has not left the host, and waits.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

# FILE NAME: of a's counters, two lines for each protocol: names, then numbers
mib()
{
	in_ns a awk -v name="$2" '
		$1 == last { for (i = 2; i <= NF; i++)
				if (names[i] == name) print $i }
		{ last = $1; split($0, names) }' "/proc/net/$1"
}

retransmits()
{
	mib snmp RetransSegs
}

# how often it was time to send again what is still in a queue of the host
still_here()
{
	mib netstat TCPSpuriousRtxHostQueues
}

still_here_again()
{
	[ "$(still_here)" -ge "$1" ]
}

held()
{
	json '.[0].held_packets' service show b.com
}

holds_some()
{
	[ "$(held)" -gt 0 ]
}

# FAMILY BYTES: the retransmission timer comes twice, and finds it there. Once it has left
# TCP may send it again, as that time is over.
segment()
{
	local before here held
	only b1
	talk t -t 60 "$(vip "$1" 2)" 7 && say t echo 10 || return 1
	S service freeze b.com time 60s || return 1
	say t echo "$2" >"$WORK/said" &
	PIDS+=($!)
	poll 5 holds_some || return 1
	before="$(retransmits)"
	here="$(still_here)"
	held="$(held)"
	poll 9 still_here_again $((here + 2)) || return 1
	expect "held segments" "$(held)" "$held" &&
		expect retransmits "$(retransmits)" "$before" || return 1
	S service thaw b.com
	poll 9 grep -qs "echoed $2" "$WORK/said"
	local rc=$?
	hang_up t
	return "$rc"
}

# a SYN likewise
opening()
{
	local before here
	only b1
	before="$(retransmits)"
	here="$(still_here)"
	S service freeze b.com time 60s || return 1
	ask a tcp "$(vip "$1" 2)" 7 >"$WORK/asked" &
	PIDS+=($!)
	poll 5 holds_some && poll 9 still_here_again $((here + 1)) || return 1
	expect "held segments" "$(held)" 1 &&
		expect retransmits "$(retransmits)" "$before" || return 1
	S service thaw b.com
	poll 9 grep -q b1 "$WORK/asked"
}

setup_tcp
S service set b.com hold time 60s
each_family "one segment" segment 100
each_family "as many as may be under way" segment 200000
each_family "a SYN" opening
finish
