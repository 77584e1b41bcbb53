#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path at the edge: who takes it, and what is too large for it; firewalls; moves.
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup_path

# TCP and UDP by the socket, both ways
protocols()
{
	local before
	goes_straight "$1" || return 1
	by_socket "$1" $((2 * SOCKET - 10)) $((2 * SOCKET)) -- || return 1
	before="$(counter direct)"
	talk s "$(vip "$1" 2)" 7 || return 1
	expect "1 MB" "$(say s echo 1000000)" "echoed 1000000" || return 1
	hang_up s
	expect_num "went straight" $(($(counter direct) - before)) -gt 20
}

# both have a firewall that knows states: packets leave late, and go straight
stateful()
{
	local rc=0 ns
	for ns in a b1; do
		in_ns "$ns" nft -f - <<-END
		table inet fw {
			chain in {
				type filter hook input priority 0; policy drop;
				ct state established,related accept
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
				icmp type echo-request accept
				icmpv6 type echo-request accept
			}
			chain out {
				type filter hook output priority 0; policy drop;
				ct state established,new,related accept
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
			}
		}
		END
	done
	goes_straight "$1" late || rc=1
	for ns in a b1; do
		in_ns "$ns" nft delete table inet fw
	done
	goes_straight "$1" || rc=1
	return "$rc"
}

# larger than the MTU it is cut, and put together; all others go straight
too_large()
{
	local before
	goes_straight "$1" || return 1
	before="$(counter direct)"
	in_ns a ping -n -c 3 -i 0.2 -W 10 -s 6000 "$(vip "$1" 2)" >&2 || return 1
	expect "went straight" "$(counter direct)" "$before" &&
		goes_straight "$1"
}

# a segment too large for the route to the endpoint, if not for that to the service
smaller_route()
{
	local rc=0 before
	goes_straight "$1" || return 1
	run ip -n a route add "$(addr "$1" 11)" dev eth0 mtu 1300 || return 1
	poll 5 path_is "$ANY_DIRECT" "$1" || rc=1
	straight "$1" 0 "$FLOOD" -l 1400 || rc=1
	before="$(counter direct)"
	talk s "$(vip "$1" 2)" 7 || return 1
	expect "1 MB" "$(say s echo 1000000)" "echoed 1000000" || rc=1
	hang_up s
	expect_num "went straight" $(($(counter direct) - before)) -gt 20 || rc=1
	expect "wrong sums" "$(bad_sums)" 0 || rc=1
	run ip -n a route del "$(addr "$1" 11)" dev eth0
	goes_straight "$1" || rc=1
	return "$rc"
}

# the bridge's port takes shorter ones than either end sends: what is too long is lost
# there, and must not come by us
smaller_port()
{
	local rc=0 before
	goes_straight "$1" || return 1
	before="$(echos b1 "$1")"
	run ip -n orch link set "$2" mtu 1300
	not in_ns a ping -n -c 3 -i 0.2 -W 1 -s 1400 "$(vip "$1" 2)" >&2 || rc=1
	expect "requests that came" "$(echos b1 "$1")" "$before" || rc=1
	run ip -n orch link set "$2" mtu 1500
	goes_straight "$1" || rc=1
	return "$rc"
}

# Options that ask for nothing are no reason
options_arrive()
{
	expect "what the server says" "$(ask a udp -o -p 4006 "$(vip "$1" 2)" 7)" \
		"$(vip "$1" 2) b1 $(addr "$1" 1) 4006"
}

# moves to and fro, all of it straight: nothing lost, nothing twice, in order
moves()
{
	local rc=0
	endpoint b.com b2 12
	flood f -n 0 -i 300 -w 32 "$(vip "$1" 2)"
	in_ns orch "$LIB_DIR/tools/moves.py" watch "$1" 100 b.com b1 b2 >&2 || rc=1
	nothing_lost "$(flood_end f TERM)" || rc=1
	S endpoint del b.com b2
	return "$rc"
}

each_family "straight, both ways" goes_straight
each_family "switched off" switched_off
each_family "UDP and TCP" protocols
each_family "firewalls by states" stateful
each_family "too large" too_large
each_family "too large for the route" smaller_route
each_family "too large for the client's port" smaller_port va
each_family "too large for the server's port" smaller_port vb1
each_family "options" options_arrive
each_family "100 moves under a stream" moves
finish
