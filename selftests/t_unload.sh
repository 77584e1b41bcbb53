#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The module goes and comes back while packets are on their way.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

trap cleanup EXIT
load
setup_orch
add_host a 1
add_host b1 11
add_host b2 12

configure()
{
	S domain set "${DOMAIN[@]}"
	S member add netns a route auto
	service b.com 2 "$@"
}

unload_under_traffic()
{
	configure
	endpoint b.com b1 11
	endpoint b.com b2 12
	flood v4 -n 0 -i 300 -w 64 -W 100 "$(vip 4 2)"
	flood v6 -n 0 -i 300 -w 64 -W 100 "$(vip 6 2)"
	poll 5 json_is 'length' 2 flow show || return 1
	run rmmod sal || return 1
	load || return 1
	configure
	endpoint b.com b1 11
	poll 5 answers "$(vip 4 2)" 1 && poll 5 answers "$(vip 6 2)" 1 || return 1
	flood_end v4 TERM >/dev/null
	flood_end v6 TERM >/dev/null
	poll 5 unloaded
}

unload_with_held()
{
	load
	configure hold packets 1000 bytes 8M time 60s
	flood v4 -n 0 -i 500 -w 300 -W 100 "$(vip 4 2)"
	flood v6 -n 0 -i 500 -w 300 -W 100 "$(vip 6 2)"
	poll 5 json_is '.[0].held_packets > 100' true service show || return 1
	run rmmod sal || return 1
	flood_end v4 TERM >/dev/null
	flood_end v6 TERM >/dev/null
}

# With requests, moves and dumps going on, from several sides.
unload_busy()
{
	local i
	load
	configure
	endpoint b.com b1 11
	endpoint b.com b2 12
	flood v4 -n 0 -i 300 -w 64 -W 100 "$(vip 4 2)"
	for i in 1 2; do
		while ! [ -e "$WORK/stop" ]; do
			salctl -n orch migrate b.com from b1 to b2
			salctl -n orch flow show
			salctl -n orch endpoint set b.com b1 state down
			salctl -n orch endpoint set b.com b1 state up
		done >/dev/null 2>&1 &
		PIDS+=($!)
	done
	salctl -n orch monitor >/dev/null 2>&1 &
	PIDS+=($!)
	poll 5 counted_moves || return 1
	# a request that is being served holds the module for a moment
	poll 9 unloaded
	i=$?
	touch "$WORK/stop"
	flood_end v4 TERM >/dev/null
	load
	return "$i"
}

counted_moves()
{
	[ "$(counter forward)" -gt 500 ]
}

t "rmmod and insmod under traffic" unload_under_traffic
t "rmmod while packets are held" unload_with_held
t "rmmod while it is asked, moved and dumped" unload_busy
finish
