#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path at the edge: who receives sees what it would have seen without, and so does
# who looks on.
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup_path

# hardware addresses
CLIENT=02:00:00:00:00:01
SERVER=02:00:00:00:00:11

# who receives captures what goes straight; what it sends then goes round
captured_by_server()
{
	seen b1 eth0 "^in $CLIENT $SERVER $(addr "$1" 1) $(addr "$1" 11) 64 right" \
		requests_straight "$1"
}

captured_by_client()
{
	seen a eth0 "^in $SERVER $CLIENT $(addr "$1" 11) $(addr "$1" 1) 64 right" \
		goes_round "$1" tap
}

# datagrams and segments, of which devices are to make the sums; FAMILY NS DEVICE
sums()
{
	local rc=0 before
	goes_straight "$1" || return 1
	tap "$2" "$3" || return 1
	before="$(counter direct)"
	nothing_lost "$(echo_once -u 7 -n "$FLOOD" -i 500 -l 1000 "$(vip "$1" 2)")" ||
		rc=1
	talk s "$(vip "$1" 2)" 7 || rc=1
	expect "100 KB" "$(say s echo 100000)" "echoed 100000" || rc=1
	hang_up s
	expect_num "went straight" $(($(counter direct) - before)) -ge "$FLOOD" || rc=1
	poll 5 tapped "$2" "^in .* 64 partial" "$FLOOD" || rc=1
	untap
	expect "wrong sums" "$(grep -c wrong "$WORK/tap.$2")" 0 || rc=1
	sort "$WORK/tap.$2" | uniq -c >&2
	return "$rc"
}

# what a device on the way is to sum, where it does not
no_sums()
{
	local rc=0
	goes_straight "$1" || return 1
	in_ns orch ethtool -K vb1 tx off >/dev/null || return 1
	sums_right "$1" || rc=1
	in_ns orch ethtool -K vb1 tx on >/dev/null || rc=1
	return "$rc"
}

sums_right()
{
	local rc=0
	tap b1 eth0 || return 1
	nothing_lost "$(echo_once -u 7 -n "$FLOOD" -i 500 -l 1000 "$(vip "$1" 2)")" ||
		rc=1
	poll 5 tapped b1 "^in .* 64 right" "$FLOOD" || rc=1
	untap
	expect "others" "$(grep -c "^in .* \(partial\|wrong\)" "$WORK/tap.b1")" 0 || rc=1
	return "$rc"
}

# likewise what rules of the sender have noted, of late packets
noted_late()
{
	local rc=0
	in_ns a nft -f - <<-END
	table inet marks {
		chain out {
			type filter hook output priority 0
			meta mark set 7
		}
		chain post {
			type filter hook postrouting priority 0
			meta priority set 1:2
		}
	}
	END
	poll 5 path_is late "$1" || rc=1
	noted "$1" mark || rc=1
	in_ns a nft delete table inet marks
	goes_straight "$1" || rc=1
	return "$rc"
}

each_family "the server captures" captured_by_server
each_family "the client captures" captured_by_client
each_family "checksums at the server" sums b1 eth0
each_family "checksums at the client" sums a eth0
each_family "a device on the way that does not sum" no_sums
each_family "what the endpoint's device has is run" rules_at_the_end
each_family "so is a program" program_at_the_end
each_family "a mark" noted mark
each_family "a priority" noted priority
each_family "a mark by a rule" noted_late
each_family "devices count it" counted_by_devices
each_family "so do service and flow" counted_by_us
finish
