#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path of a router: who receives sees what it would have seen without, and so does
# who looks on.
PLACEMENT=router BRIDGELESS=yes
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup_path

# the time to live counts the router
captured_at_the_end()
{
	seen b1 eth0 "^in $(at_router vb1) 02:00:00:00:00:11 $(addr "$1" 1) $(addr \
		"$1" 11) 63 right" goes_straight "$1"
}

# answers by the service's address
captured_by_client()
{
	seen a eth0 "^in $(at_router va) 02:00:00:00:00:01 $(vip "$1" 2) $(addr \
		"$1" 1) 63 right" goes_straight "$1"
}

# who captures where the router receives has it as it came, and it goes straight
captured_where_it_comes()
{
	seen orch va "^in 02:00:00:00:00:01 $(at_router va) $(addr "$1" 1) $(vip \
		"$1" 2) 64 right" requests_straight "$1" direct
}

# datagrams and segments, of which devices are to make the sums; FAMILY NS
sums()
{
	local rc=0 before
	goes_straight "$1" || return 1
	tap "$2" eth0 || return 1
	before="$(counter direct)"
	nothing_lost "$(echo_once -u 7 -n "$FLOOD" -i 500 -l 1000 "$(vip "$1" 2)")" ||
		rc=1
	talk s "$(vip "$1" 2)" 7 || rc=1
	expect "1 MB" "$(say s echo 1000000)" "echoed 1000000" || rc=1
	hang_up s
	expect_num "went straight" $(($(counter direct) - before)) -ge \
		$((2 * FLOOD)) || rc=1
	poll 5 tapped "$2" "^in .* 63 partial" "$FLOOD" || rc=1
	untap
	expect "wrong sums" "$(grep -c wrong "$WORK/tap.$2")" 0 || rc=1
	expect "bad checksums" "$(bad_sums)" 0 || rc=1
	return "$rc"
}

each_family "captured at the end" captured_at_the_end
each_family "captured by the client" captured_by_client
each_family "captured where it comes" captured_where_it_comes
each_family "checksums at the server" sums b1
each_family "checksums at the client" sums a
each_family "devices count it" counted_by_devices
each_family "so do service and flow" counted_by_us
each_family "what the endpoint's device has is run" rules_at_the_end
each_family "so is a program" program_at_the_end
each_family "a mark" noted mark
each_family "a priority" noted priority
finish
