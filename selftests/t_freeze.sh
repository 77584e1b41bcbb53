#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A service that is frozen: its packets wait, whatever endpoints it has, and go on
# in order when it thaws, by request or in its time.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

gates()
{
	json '.[0] | "\(.gate4) \(.gate6)"' service show b.com
}

thawed()
{
	json_is '.[0] | has("frozen")' false service show b.com
}

# FAMILY: an orchestrator moves state in the middle
by_hand()
{
	local report seen
	only b1
	flood f -n 0 -i 5000 -w 200 "$(vip "$1" 2)"
	poll 5 json_is '.[0].flows' 1 endpoint show b.com b1 || return 1
	S service freeze b.com time 60s || return 1
	expect "gates" "$(gates)" "closed closed" || return 1
	poll 10 json_is '.[0].held_packets > 10' true service show b.com ||
		return 1
	seen="$(echos b1 "$1")"
	S endpoint set b.com b2 state up
	S migrate b.com from b1 to b2 || return 1
	expect "requests that b1 gets meanwhile" "$(echos b1 "$1")" "$seen" ||
		return 1
	S service thaw b.com || return 1
	expect "gates" "$(gates | grep -c closed)" 0 || return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report" || return 1
	expect "requests that b1 gets afterwards" "$(echos b1 "$1")" "$seen"
}

in_time()
{
	local report
	only b1
	S service freeze b.com time 300ms || return 1
	report="$(echo_once -n 20 -i 1000 -w 20 -W 20000 "$(vip "$1" 2)")"
	nothing_lost "$report" && poll 5 thawed
}

# Nobody is there when it thaws: what has waited too long by then is rejected.
nobody()
{
	local report
	only b1
	S service freeze b.com time 60s || return 1
	S endpoint set b.com b1 state down
	flood f -n 5 -i 1000 -w 20 -W 20000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 5 service show b.com || return 1
	S endpoint set b.com b1 state up || return 1
	expect "gates" "$(gates)" "closed closed" || return 1
	S service thaw b.com || return 1
	report="$(flood_end f)"
	nothing_lost "$report"
}

# Within its bounds: a sender is told that there is no room, and that is counted.
bounds()
{
	local before report
	only b1
	S service set b.com hold packets 10
	before="$(counter hold-full)"
	S service freeze b.com time 60s || return 1
	flood f -R -n 30 -i 1000 -w 30 -W 20000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 10 service show b.com || return 1
	poll 5 more_full "$((before + 20))" || return 1
	S service thaw b.com
	report="$(flood_end f)"
	S service set b.com hold packets 256
	expect_num refused "$(field "$report" refused)" -ge 20 &&
		nothing_lost "$report"
}

more_full()
{
	[ "$(counter hold-full)" -ge "$1" ]
}

refused()
{
	S service thaw b.com && return 1
	S service set b.com hold off
	S service freeze b.com && return 1
	S service set b.com hold packets 256
	S service freeze none.com && return 1
	S service freeze b.com time 61s && return 1
	S service freeze b.com time 5s && S service freeze b.com time 60s &&
		expect_num "ms left" "$(json '.[0].frozen' service show b.com)" \
			-gt 6000 && S service thaw b.com
}

# It goes while it is frozen, and so do the module's namespaces, see the end.
deleted()
{
	S service freeze b.com time 60s || return 1
	flood f -n 5 -i 1000 -w 20 -W 100 "$(vip 4 2)"
	poll 5 json_is '.[0].held_packets' 5 service show b.com || return 1
	S service del b.com || return 1
	flood_end f >/dev/null
	service b.com 2 && endpoint b.com b1 11 && endpoint b.com b2 12 &&
		answers "$(vip 4 2)" && answers "$(vip 6 2)" &&
		S service freeze b.com time 60s
}

setup_b_com hold time 10s
each_family "packets wait while flows move, and nothing is lost" by_hand
each_family "it thaws in its time" in_time
each_family "an endpoint comes back, and it is frozen yet" nobody
each_family "bounds" bounds
t "what is refused" refused
t "a service is deleted, and the domain goes, while it is frozen" deleted
finish
