#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Moves after moves: on to a third, and back; of whole endpoints, of selected flows, and
# of both.
# shellcheck source=selftests/shared.sh
. "$(dirname "$0")/shared.sh"

setup
service b.com 2 late translate grace 30s
endpoint b.com b1 11
endpoint b.com b2 12
endpoint b.com b3 13

delay()
{
	run tc -n "$1" qdisc replace dev eth0 root netem delay "${WAY}s"
}

undelay()
{
	run tc -n "$1" qdisc del dev eth0 root
}

# FAMILY PLACE [SELECTOR...]: three requests are at b1, which has not answered, as
# their flow goes on from there to the places
go_on_from_b1()
{
	while_under_way going_on "$@"
}

going_on()
{
	local f="$1" places="$2" before from=b1 to late start rc=0
	shift 2
	takes b.com/b1 || return 1
	answers "$(vip "$f" 2)" || return 1
	late="$(counter late)"
	delay b1
	before="$(echos b1 "$f")"
	start="$(ms)"
	flood x -n 3 -i 1000 -W $((WAY * 1000 + 20000)) -e 91 "$(vip "$f" 2)"
	poll 5 more_echos b1 "$f" $((before + 2)) || rc=1
	ups b.com/b2 b.com/b3
	for to in $places; do
		S migrate b.com from "$from" to "$to" "$@" || rc=1
		from="$to"
	done
	in_time "$start"
	nothing_lost "$(flood_end x)" || rc=1
	undelay b1
	expect "where it is" "$(json '.[0].endpoint' flow show sport 91)" \
		"$from" || rc=1
	if [ "$from" != b1 ]; then
		expect late "$(counter late)" $((late + 3)) || rc=1
	fi
	return "$rc"
}

on_to_third()
{
	go_on_from_b1 "$1" "b2 b3" "${@:2}"
}

# whole, then selected; and the other way round
mixed()
{
	local rc=0
	go_on_from_b1 "$1" "b2" sport 91 || return 1
	delay b2
	flood x -n 3 -i 1000 -W $((WAY * 1000 + 20000)) -e 91 "$(vip "$1" 2)"
	hears b2 "$1" && S migrate b.com from b2 to b3 &&
		S migrate b.com from b3 to b1 sport 91 || rc=1
	nothing_lost "$(flood_end x)" || rc=1
	undelay b2
	return "$rc"
}

and_back()
{
	go_on_from_b1 "$1" "b2 b1 b2 b3 b2 b1" "${@:2}"
}

# Under a stream, along a chain and back, by one batch.
streams()
{
	local f="$1" report
	shift
	takes b.com/b1 || return 1
	flood x -n 0 -i 300 -w 32 -e 92 "$(vip "$f" 2)"
	poll 5 json_is length 1 flow show || return 1
	ups b.com/b2 b.com/b3
	for _ in {1..10}; do
		echo "migrate b.com from b1 to b2 $*"
		echo "migrate b.com from b2 to b3 $*"
		echo "migrate b.com from b1,b3 to b2 $*"
		echo "migrate b.com from b2,b3 to b1 $*"
	done >"$WORK/moves"
	S -b "$WORK/moves" >/dev/null && hears b1 "$f" &&
		S migrate b.com from any to b3 "$@" && hears b3 "$f" || return 1
	nothing_lost "$(flood_end x TERM)"
}

each_family "b1 to b2 to b3, with late replies of b1" on_to_third
each_family "the same of a selected flow" on_to_third sport 91
each_family "of a whole endpoint and of a flow in turns" mixed
each_family "and back, and again" and_back
each_family "the same of a selected flow" and_back sport 91
each_family "a chain under a stream" streams
each_family "the same of a selected flow" streams sport 92
finish
