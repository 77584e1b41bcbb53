#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A hold time that was made shorter holds for what comes from then on, whatever
# waits already.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup

fresh()
{
	S service del b.com 2>/dev/null
	service b.com 2 hold packets 100 bytes 1M time 60s on-empty reject
}

held()
{
	json_is '.[0].held_packets' "$1" service show b.com
}

other()
{
	[ "$1" = 4 ] && echo 6 || echo 4
}

# FAMILY FAMILY-OF-THE-FIRST: one waits for a minute; then the time is made
# shorter, and one more comes.
shorter()
{
	local before
	fresh || return 1
	before="$(counter empty)"
	flood long -n 1 -W 100 -e 1 "$(vip "$2" 2)"
	poll 5 held 1 || return 1
	S service set b.com hold packets 100 bytes 1M time 300ms || return 1
	flood short -n 1 -e 2 "$(vip "$1" 2)"
	poll 3 counted empty $((before + 1)) || return 1
	expect errors "$(field "$(flood_end short TERM)" errors)" 1
}

counted()
{
	[ "$(counter "$1")" -ge "$2" ]
}

behind_other()
{
	shorter "$1" "$(other "$1")"
}

behind_same()
{
	shorter "$1" "$1"
}

each_family "a shorter time holds, one of the other family waiting" \
	behind_other
each_family "a shorter time holds, one of the same family waiting" behind_same
finish
