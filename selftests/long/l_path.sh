#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path at the edge: who takes it, and what keeps packets from it.
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/../path.sh"

# it shows all bridges to hooks, and is not a module everywhere
rmmod br_netfilter 2>/dev/null || true
setup
if in_ns orch test -e /proc/sys/net/bridge; then
	echo "br_netfilter is there" >&2
	exit "$KSFT_SKIP"
fi
service b.com 2
endpoint b.com b1 11
S domain set direct auto

MAC=02:00:00:00:00:11

captured()
{
	[ "$(grep -c "^in 02:00:00:00:00:01 $MAC $(addr "$1" 1) $(addr "$1" 11) 64" \
		"$WORK/tap.b1")" -ge "$FLOOD" ]
}

# Who receives sees what it would have seen, and it goes straight all the same; the answers
# pass who captures, and go round.
captured_at_the_end()
{
	local rc=0
	tap b1 eth0 || return 1
	poll 5 path_is "$ANY_DIRECT" "$1" || rc=1
	straight "$1" $((FLOOD - 10)) "$FLOOD" || rc=1
	poll 5 captured "$1" || rc=1
	untap
	sort "$WORK/tap.b1" | uniq -c >&2
	return "$rc"
}

# what a device of the endpoint has for what it receives is run
rules_at_the_end()
{
	local rc=0
	in_ns b1 nft -f - <<-END
	table netdev end {
		chain in {
			type filter hook ingress device "eth0" priority 0
			counter
		}
	}
	END
	goes_straight "$1" || rc=1
	expect_num "packets counted" "$(in_ns b1 nft list table netdev end |
		sed -n 's/.*counter packets \([0-9]*\) .*/\1/p')" -ge "$FLOOD" || rc=1
	in_ns b1 nft delete table netdev end
	return "$rc"
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

# what the endpoint counts is what a wire would have brought
counted_by_devices()
{
	local rx before
	rx=/sys/class/net/eth0/statistics/rx_packets
	goes_straight "$1" || return 1
	before="$(in_ns b1 cat "$rx")"
	straight "$1" $((2 * FLOOD - 20)) $((2 * FLOOD)) || return 1
	expect_num "packets received by the device" \
		$(($(in_ns b1 cat "$rx") - before)) -ge "$FLOOD"
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

# another hardware address, another namespace with the same address: it ends at once
moved_away()
{
	local rc=0
	goes_straight "$1" || return 1
	flood f -n 0 -i 500 -w 32 "$(vip "$1" 2)"
	ip -n b1 link set eth0 address 02:00:00:00:01:11
	poll 15 path_is "$ANY_DIRECT" "$1" || rc=1
	ip -n b1 link set eth0 address "$MAC"
	poll 15 path_is "$ANY_DIRECT" "$1" || rc=1
	flood_end f TERM >&2
	goes_straight "$1" || rc=1
	return "$rc"
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

each_family "switched off" switched_off
each_family "what the endpoint's device has is run" rules_at_the_end
each_family "firewalls by states" stateful
each_family "devices count it" counted_by_devices
each_family "too large" too_large
each_family "another hardware address" moved_away
each_family "100 moves under a stream" moves
each_family "captured at the end" captured_at_the_end
each_family "a queueing discipline" while_there qdisc \
	"ip netns exec a tc qdisc add dev eth0 root pfifo limit 100" \
	"ip netns exec a tc qdisc del dev eth0 root"
each_family "tc at a port of the bridge" while_there tc \
	"ip netns exec orch tc qdisc add dev vb1 clsact" \
	"ip netns exec orch tc qdisc del dev vb1 clsact"
each_family "somebody captures at the client" while_there tap "tap a eth0" untap
each_family "somebody captures at the bridge" while_there tap "tap orch br0" untap
each_family "an isolated port" while_there bridge \
	"ip -n orch link set va type bridge_slave isolated on" \
	"ip -n orch link set va type bridge_slave isolated off"
each_family "a routing rule" while_there rules \
	"ip -n a -4 rule add from 192.0.2.1 lookup main; ip -n a -6 rule add from 2001:db8::1 lookup main" \
	"ip -n a -4 rule del from 192.0.2.1 lookup main; ip -n a -6 rule del from 2001:db8::1 lookup main"
finish
