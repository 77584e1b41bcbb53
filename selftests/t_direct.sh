#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client talks to a service and, by the same echo id, to the endpoint's own
# address: each gets its own answers, whichever began first.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2
endpoint b.com b1 11

# FAMILY FIRST SECOND: addresses; the second begins later and ends earlier, however
# long it takes to begin
both()
{
	local before
	S flow flush
	poll 5 no_flows || return 1
	before="$(counter flow-mapped)"
	flood x -e 500 -n 0 -i 2000 "$2"
	poll 10 some_sent || return 1
	flood y -e 500 -n 300 -i 2000 "$3"
	nothing_lost "$(flood_end y)" || return 1
	nothing_lost "$(flood_end x TERM)" || return 1
	expect mapped "$(counter flow-mapped)" $((before + 1))
}

some_sent()
{
	[ "$(echos b1 4)$(echos b1 6)" != "$SEEN" ]
}

service_first()
{
	SEEN="$(echos b1 4)$(echos b1 6)"
	both "$1" "$(vip "$1" 2)" "$(addr "$1" 11)"
}

address_first()
{
	SEEN="$(echos b1 4)$(echos b1 6)"
	both "$1" "$(addr "$1" 11)" "$(vip "$1" 2)"
}

# An answer that is under way when the client begins with the service is still
# what it is: as many of them as are remembered in a table that has no room for
# two of one hash.
under_way()
{
	local rc=0 before asked ids=48
	S flow flush
	poll 5 no_flows || return 1
	before="$(counter flow-mapped)"
	# they would ask for longer than they want to wait
	know a "$(addr "$1" 11)" 11
	know b1 "$(addr "$1" 1)" 01
	run tc -n b1 qdisc add dev eth0 root netem delay 3s
	asked=$(("$(echos b1 "$1")" + ids))
	flood x -e 502 -F "$ids" -W 10000 "$(addr "$1" 11)"
	poll 10 all_sent "$1" "$asked" || rc=1
	flood y -e 502 -F "$ids" -W 10000 "$(vip "$1" 2)"
	nothing_lost "$(flood_end x)" && nothing_lost "$(flood_end y)" || rc=1
	run tc -n b1 qdisc del dev eth0 root
	# also where the machine is so slow that it was not under way any more
	expect mapped "$(counter flow-mapped)" $((before + ids)) && return "$rc"
}

# FAMILY NUMBER
all_sent()
{
	[ "$(echos b1 "$1")" = "$2" ]
}

# NS ADDRESS HOST: as connect has set it
know()
{
	run ip -n "$1" neigh replace "$2" lladdr "02:00:00:00:00:$3" \
		dev eth0 nud permanent
}

# the flow goes elsewhere, the direct conversation does not
moves()
{
	S flow flush
	endpoint b.com b2 12
	S endpoint set b.com b2 state down
	flood x -e 501 -n 0 -i 1000 -w 32 "$(vip "$1" 2)"
	poll 5 json_is 'length' 1 flow show || return 1
	flood y -e 501 -n 0 -i 1000 -w 32 "$(addr "$1" 11)"
	poll 5 json_is 'length' 2 flow show || return 1
	S endpoint set b.com b2 state up
	S migrate b.com from b1 to b2
	for _ in {1..10}; do
		S migrate b.com from b2 to b1
		S migrate b.com from b1 to b2
	done
	nothing_lost "$(flood_end x TERM)" &&
		nothing_lost "$(flood_end y TERM)" || return 1
	expect "what direct ones go to" "$(json '.[] |
		select(.dst == "'"$(addr "$1" 11)"'") | .endpoint' \
		flow show)" null || return 1
	S endpoint del b.com b2
}

each_family "the service first, then the endpoint's address" service_first
each_family "the endpoint's address first, then the service" address_first
each_family "the service, with an answer of the address under way" under_way
each_family "the flow moves, and the direct conversation stays" moves
finish
