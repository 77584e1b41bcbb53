#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A stateful firewall in the client sees conversations with real addresses,
# which is what conntrack can follow: it neither stops moves nor is moved past.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com hold packets 4000 bytes 16M time 60s

# Nothing comes in but answers, nothing goes out that conntrack cannot place.
run ip netns exec a nft -f - <<'END'
table inet fw {
	counter unplaced { }
	chain in {
		type filter hook input priority filter; policy drop;
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
		ct state established,related accept
		counter name unplaced
	}
	chain out {
		type filter hook output priority filter; policy drop;
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
		ct state new,established,related accept
	}
}
END

unplaced()
{
	ip netns exec a nft -j list counter inet fw unplaced |
		jq '.nftables[] | .counter? | select(.) | .packets'
}

# It really does stop what nobody asked for.
enforces()
{
	expect "an echo request from outside" "$(in_ns b1 ping -n -c 1 -W 1 \
		"$(addr "$1" 1)" >/dev/null && echo answered)" ""
}

moves()
{
	local report before
	before="$(unplaced)"
	flood f -n 0 -i 1000 -w 64 "$(vip "$1" 2)"
	poll 5 json_is length 1 flow show service b.com || return 1
	move_often || return 1
	report="$(flood_end f TERM)"
	S flow flush
	poll 5 no_flows || return 1
	nothing_lost "$report" && expect unplaced "$(unplaced)" "$before"
}

held()
{
	local report before
	before="$(unplaced)"
	S endpoint set b.com b1 state down
	S endpoint set b.com b2 state down
	flood f -n 100 -i 1000 -w 1000 -W 60000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 100 service show b.com || return 1
	S endpoint set b.com b1 state up
	S endpoint set b.com b2 state up
	report="$(flood_end f)"
	S flow flush
	poll 5 no_flows || return 1
	nothing_lost "$report" && expect unplaced "$(unplaced)" "$before"
}

# What the firewall forbids stays forbidden, though it left as a VIP.
sees_real()
{
	local out
	run ip netns exec a nft insert rule inet fw out \
		"$([ "$1" = 4 ] && echo ip || echo ip6)" daddr \
		"{ $(addr "$1" 11), $(addr "$1" 12) }" reject || return 1
	out="$(in_ns a ping -n -c 1 -W 1 "$(vip "$1" 2)" >/dev/null &&
		echo answered)"
	run ip netns exec a nft flush chain inet fw out
	run ip netns exec a nft add rule inet fw out accept
	S flow flush
	expect "ping past a rule about endpoints" "$out" ""
}

each_family "the firewall is in force" enforces
each_family "50 moves are new conversations, and pass" moves
each_family "packets that were held pass" held
each_family "rules about endpoints' addresses apply" sees_real
finish
