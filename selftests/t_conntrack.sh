#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Stateful firewalls in the client and at the servers.
# shellcheck source=selftests/conntrack.sh
. "$(dirname "$0")/conntrack.sh"

# FAMILY: b2 sends to a, unasked, from the port on which it is asked
speaks()
{
	in_ns b2 python3 - "$(addr "$1" 12)" "$(addr "$1" 1)" <<-'END'
		import socket, sys
		here, there = sys.argv[1:]
		family = socket.AF_INET6 if ":" in here else socket.AF_INET
		sock = socket.socket(family, socket.SOCK_DGRAM)
		sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		sock.bind((here, 7))
		sock.sendto(b"first", (there, 4100))
	END
}

reversed_since()
{
	[ "$(counter reverse)" -gt "$1" ]
}

# what the client's firewall has not let in
unasked()
{
	in_ns a nft -j list table inet enforce | jq '[.. | .packets? // empty] |
		add'
}

stopped_since()
{
	[ "$(unasked)" -gt "$1" ]
}

# A new endpoint that speaks first is a new conversation, and not the client's: its
# firewall does not let that in before the client has sent.
server_first()
{
	local before stopped rc=0
	only b1
	ask a udp -p 4100 "$(vip "$1" 2)" 7 >/dev/null
	S endpoint set b.com b2 state up
	S migrate b.com from b1 to b2
	# its own firewall is not what this is about
	in_ns b2 nft delete table inet enforce
	before="$(counter reverse)"
	stopped="$(unasked)"
	speaks "$1"
	poll 5 stopped_since "$stopped" || rc=1
	expect "answers that have come" "$(counter reverse)" "$before" || rc=1
	expect "who answers" "$(ask a udp -p 4100 "$(vip "$1" 2)" 7 |
		cut -d ' ' -f 2)" b2 || rc=1
	before="$(counter reverse)"
	speaks "$1"
	poll 5 reversed_since "$before" || rc=1
	enforce b2 input
	return "$rc"
}

setup_conntrack
conntrack_cases
each_family "a new endpoint speaks first: not before the client" server_first
finish
