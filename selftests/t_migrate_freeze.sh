#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# migrate with freeze: packets wait while flows move, in one request; and where they
# cannot move nothing has changed.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

thawed()
{
	expect "frozen" "$(json '.[0] | has("frozen")' service show b.com)" \
		false
}

# FAMILY: none goes to who was left
moves()
{
	local report seen out
	only b1
	flood f -n 0 -i 1000 -w 400 "$(vip "$1" 2)"
	poll 5 json_is '.[0].flows' 1 endpoint show b.com b1 || return 1
	S endpoint set b.com b2 state up
	out="$(S migrate b.com from b1 to b2 freeze time 10s)" || return 1
	seen="$(echos b1 "$1")"
	echo "$out" >&2
	thawed || return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report" &&
		expect "requests that b1 gets afterwards" \
			"$(echos b1 "$1")" "$seen" || return 1
	grep -q "^b.com: 1 flow moved to b2 .*, frozen for " <<<"$out"
}

often()
{
	local report _
	only b1
	S endpoint set b.com b2 state up
	flood f -n 0 -i 500 -w 400 -W 20000 "$(vip "$1" 2)"
	for _ in {1..10}; do
		S migrate b.com from b1 to b2 freeze >/dev/null &&
			S migrate b.com from b2 to b1 freeze >/dev/null ||
			return 1
	done
	report="$(flood_end f TERM)"
	nothing_lost "$report" && thawed
}

# TEXT MIGRATE-ARGUMENTS...: refused; flows are where they were, and go on
fails()
{
	local text="$1"
	shift
	refused "$text" migrate "$@" || return 1
	thawed && expect "flows of b1" \
		"$(json '.[0].flows' endpoint show b.com b1)" 1 && asks
}

cannot()
{
	only b1
	asks || return 1
	fails "not usable" b.com from b1 to b2 freeze || return 1
	S endpoint set b.com b2 state up
	fails "b9" b.com from b1 to b9 freeze || return 1
	fails "b9" b.com from b9 to b2 freeze || return 1
	S service set b.com hold off
	fails "holds no packets" b.com from b1 to b2 freeze || return 1
	S service set b.com hold packets 256
	fails "out of range" b.com from b1 to b2 freeze time 61s
}

# one flow, that stays for the idle time
asks()
{
	nothing_lost "$(echo_once -n 1 -e 77 "$(vip 4 2)")"
}

# Whoever has frozen it thaws it.
frozen_already()
{
	only b1
	asks || return 1
	S endpoint set b.com b2 state up
	S service freeze b.com time 30s || return 1
	refused "frozen already" migrate b.com from b1 to b2 freeze || return 1
	expect frozen "$(json '.[0] | has("frozen")' service show b.com)" true &&
		expect "flows of b1" "$(json '.[0].flows' endpoint show b.com \
			b1)" 1 || return 1
	S migrate b.com from b1 to b2 || return 1
	S service thaw b.com && answers "$(vip 4 2)"
}

check()
{
	local out
	only b1
	asks || return 1
	S endpoint set b.com b2 state up
	out="$(S migrate b.com from b1 to b2 freeze check)" || return 1
	expect "what would move" "$out" \
		"b.com: 1 flow would move to b2 (1 cell)" &&
		expect "flows of b1" "$(json '.[0].flows' endpoint show b.com \
			b1)" 1 && thawed
}

# Others freeze and thaw it, and take its endpoint away and bring it back, all at once:
# some requests are refused, none leaves it frozen, and no packet is lost.
crowd()
{
	local _ report
	only b1
	S endpoint set b.com b2 state up
	flood f -n 0 -i 2000 -w 400 -W 20000 "$(vip "$1" 2)"
	for _ in {1..15}; do
		S migrate b.com from b1 to b2 freeze
		S migrate b.com from b2 to b1 freeze
	done &>/dev/null &
	PIDS+=($!)
	CROWD=$!
	while kill -0 "$CROWD" 2>/dev/null; do
		S service freeze b.com
		S endpoint set b.com b2 state down
		S service thaw b.com
		S endpoint set b.com b2 state up
	done &>/dev/null
	wait "$CROWD"
	salctl -n orch service thaw b.com 2>/dev/null
	report="$(flood_end f TERM)"
	nothing_lost "$report" && thawed
}

setup_b_com hold time 10s packets 2000 bytes 8M
each_family "a flow moves, and who was left gets nothing afterwards" moves
each_family "to and fro: nothing is lost or overtaken" often
t "what cannot move has not moved, and goes on" cannot
t "a service that is frozen already" frozen_already
t "check changes nothing" check
each_family "beside others who freeze, thaw and change endpoints" crowd
finish
