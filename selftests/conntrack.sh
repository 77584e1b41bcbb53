# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Stateful firewalls on every side, for both placements: clients may begin
# conversations, servers may be asked, a router lets both pass; all else that
# conntrack cannot place is dropped.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

# NS HOOK...: in these hooks new conversations are let in
enforce()
{
	local ns="$1" hook new
	shift
	{
		echo "table inet enforce {"
		for hook in input output forward; do
			new=""
			[[ " $* " != *" $hook "* ]] || new="ct state new accept"
			cat <<-END
			chain $hook {
				type filter hook $hook priority filter
				policy drop
				iif lo accept
				oif lo accept
				icmpv6 type { nd-neighbor-solicit,
					nd-neighbor-advert } accept
				ct state established,related accept
				$new
				counter
			}
			END
		done
		echo "}"
	} | in_ns "$ns" nft -f -
}

setup_conntrack()
{
	setup_tcp
	S service set b.com hold packets 4000 bytes 16M time 60s
	enforce a output
	enforce b1 input
	enforce b2 input
	[ "$PLACEMENT" = edge ] || enforce orch forward
}

# It really does stop what nobody asked for.
enforces()
{
	expect "an echo request to the client" "$(in_ns b1 ping -n -c 1 -W 1 \
		"$(addr "$1" 1)" >/dev/null && echo answered)" ""
}

# KIND: echo or udp, 50 moves
moves()
{
	local report opts=()
	[ "$2" = echo ] || opts=(-u 7)
	only b1
	S endpoint set b.com b2 state up
	flood f "${opts[@]}" -n 0 -i 1000 -w 64 "$(vip "$1" 2)"
	poll 5 json_is length 1 flow show service b.com || return 1
	move_often || return 1
	report="$(flood_end f TERM)"
	all_answered "$report"
}

held_udp()
{
	local report
	only
	flood f -u 7 -n 100 -i 1000 -w 1000 -W 60000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 100 service show b.com || return 1
	S endpoint set b.com b1 state up
	report="$(flood_end f)"
	nothing_lost "$report"
}

refused_udp()
{
	only b1
	expect "what the client gets" "$(ask a udp -c "$(vip "$1" 2)" 9)" \
		ECONNREFUSED
}

conntrack_cases()
{
	each_family "the firewalls are in force" enforces
	each_family "50 moves of echo, nothing lost" moves echo
	each_family "50 moves of UDP, nothing lost" moves udp
	each_family "datagrams that were held pass" held_udp
	each_family "a closed port: the error passes" refused_udp
	each_family "a megabyte to and fro by TCP" bulk
	each_family "connections stay when the others move" pinned
	each_family "one whose endpoint is down is reset" broken
	each_family "a flow follows its connection, and goes soon" states
}
