#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# UDP by VIP: whatever a socket does with a server it does with a service.
# shellcheck source=selftests/udp.sh
. "$(dirname "$0")/udp.sh"

# a and b1 ask each other, each from the port by which it is asked. b1 sees a's own
# address, as it had no route to a.com when that began; so what it asks is no
# answer, but to a would look like one, by the same port.
mirrored()
{
	local mapped file="$WORK/peers" rc=0
	only b1
	S member set b1 route none
	service a.com 4
	endpoint a.com a 1
	rm -f "$file" "$WORK/peers.a" "$WORK/peers.b1"
	ip netns exec b1 "$LIB_DIR/tools/peers.py" -f "$file" \
		"$(vip "$1" 4)" 7000 >"$WORK/peers.b1" &
	PIDS+=($!)
	ip netns exec a "$LIB_DIR/tools/peers.py" "$(vip "$1" 2)" 7000 \
		>"$WORK/peers.a" &
	PIDS+=($!)
	poll 30 is_bound b1 7000 || return 1
	poll 30 is_bound a 7000 || return 1
	poll 5 grep -qs answered "$WORK/peers.a" || return 1
	mapped="$(counter flow-mapped)"
	S member set b1 route auto
	touch "$file"
	poll 5 grep -qs answered "$WORK/peers.b1" || rc=1
	kill "${PIDS[@]: -2}"
	cat "$WORK/peers.a" "$WORK/peers.b1" >&2
	expect "of b1" "$(sort "$WORK/peers.b1" | xargs)" \
		"answered by $(vip "$1" 4) 7000 asked by $(addr "$1" 1) 7000" ||
		rc=1
	expect "who answers a" "$(grep answered "$WORK/peers.a")" \
		"answered by $(vip "$1" 2) 7000" || rc=1
	expect "by that port a is asked" \
		"$(grep -c "asked by .* 7000$" "$WORK/peers.a")" 0 &&
		expect mapped "$(counter flow-mapped)" $((mapped + 1)) || rc=1
	S service del a.com
	return "$rc"
}

setup_udp
udp_cases
S member set b1 route auto
each_family "a client of its own service" hairpin
each_family "a client that is an instance of another" named udp
each_family "likewise by TCP" named tcp
each_family "two who ask each other by one port" mirrored
finish
