# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Drains, for both placements: b.com has b1 and b2.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"
# shellcheck source=selftests/listen.sh
. "$(dirname "$0")/listen.sh"

setup_drain()
{
	setup_tcp
	S service set b.com timeout new 600s timeout replied 600s
}

both_up()
{
	S endpoint set b.com b1 state up
	S endpoint set b.com b2 state up
	S flow flush
}

state_of()
{
	json '.[0].state' endpoint show b.com "$1"
}

is_state()
{
	[ "$(state_of "$1")" = "$2" ]
}

flows_of()
{
	json '.[0].flows' endpoint show b.com "$1"
}

has_flows()
{
	[ "$(flows_of "$1")" = "$2" ]
}

# VIP N: so many flows, all with b1
flows_with_b1()
{
	only b1
	echo_once -F "$2" "$1" >/dev/null
	S endpoint set b.com b2 state up
	expect "flows of b1" "$(flows_of b1)" "$2"
}

# FAMILY: flows stay, new ones go elsewhere, and it is told when the last has ended
natural()
{
	local vip
	vip="$(vip "$1" 2)"
	flows_with_b1 "$vip" 20 && listen endpoint || return 1
	S endpoint drain b.com b1
	is_state b1 draining || fail "not draining" || return 1
	echo_once -e 30000 -F 30 "$vip" >/dev/null
	expect "flows of b1" "$(flows_of b1)" 20 &&
		expect "flows of b2" "$(flows_of b2)" 30 || return 1
	S flow flush service b.com endpoint b1
	poll 5 is_state b1 drained && poll 5 steps_are b1 "begun drained" ||
		return 1
	deaf
	expect begun "$(step b1 begun '[.state, .drain_cause, .drain_flows]')" \
		'["draining","request",20]' || return 1
	expect drained "$(step b1 drained '[.state, .drain_cause, .drain_flows,
		.drain_ended, .drain_moved, .drain_time >= 0]')" \
		'["drained","flows-ended",20,20,0,true]' || return 1
	S endpoint undrain b.com b1
	is_state b1 up || fail "not up again" || return 1
	echo_once -e 40000 -F 30 "$vip" >/dev/null
	expect_num "flows of b1" "$(flows_of b1)" -gt 0
}

# FAMILY: at the deadline a stream moves, and loses nothing
deadline_moves()
{
	local report
	only b1
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	poll 5 has_flows b1 1 && listen || return 1
	S endpoint set b.com b2 state up
	S endpoint drain b.com b1 deadline 300ms "then" move
	poll 5 is_state b1 drained && poll 5 has_flows b2 1 || return 1
	report="$(flood_end f TERM)"
	poll 5 steps_are b1 "begun deadline drained" || return 1
	deaf
	expect deadline "$(step b1 deadline '[.drain_cause, .drain_deadline,
		.drain_then, .drain_moved]')" '["deadline",300,"move",1]' &&
		expect drained "$(step b1 drained '[.drain_cause, .drain_moved,
			.drain_ended, .drain_time >= 300]')" \
			'["deadline",1,0,true]' &&
		expect migrate "$(told '.event == "migrate"' |
			jq -c '[.from, .to, .flows, .cause]')" \
			'[["b1"],"b2",1,"deadline"]' || return 1
	nothing_lost "$report"
}

# FAMILY: nobody takes them: they stay, and are answered, until somebody does
deadline_waits()
{
	local report
	only b1
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	poll 5 has_flows b1 1 && listen endpoint || return 1
	S endpoint drain b.com b1 deadline 100ms
	poll 5 steps_are b1 "begun deadline" || return 1
	is_state b1 draining && has_flows b1 1 || return 1
	expect left "$(json '.[0].drain_left' endpoint show b.com b1)" 0 ||
		return 1
	S endpoint set b.com b2 state up
	poll 5 is_state b1 drained && has_flows b2 1 || return 1
	report="$(flood_end f TERM)"
	poll 5 steps_are b1 "begun deadline deadline drained" || return 1
	deaf
	expect moved "$(step b1 deadline .drain_moved)" 1 && nothing_lost "$report"
}

# FAMILY: at the deadline flows are reset: a connection, and a datagram's
deadline_resets()
{
	local vip
	vip="$(vip "$1" 2)"
	flows_with_b1 "$vip" 10 || return 1
	S endpoint set b.com b2 state down
	talk t "$vip" 7 || return 1
	expect "before" "$(say t echo 10)" "echoed 10" || return 1
	S endpoint set b.com b2 state up
	listen || return 1
	S endpoint drain b.com b1 deadline 200ms "then" reset
	poll 5 is_state b1 drained || return 1
	poll 5 steps_are b1 "begun deadline drained" || return 1
	deaf
	expect deadline "$(step b1 deadline '[.drain_then, .drain_moved]')" \
		'["reset",11]' || return 1
	expect "no flow has moved" "$(told '.event == "migrate"')" "" || return 1
	expect "after" "$(say t echo 10)" "ECONNRESET" || return 1
	hang_up t
	[ "$PLACEMENT" = router ] || answers "$vip"
}

# FAMILY: flows come and go all the time as it begins to drain, again and again
race()
{
	local vip round report
	vip="$(vip "$1" 2)"
	both_up
	S service set b.com timeout replied 1s
	for round in 1 2 3; do
		flood f -F 2000 -e 1000 -w 64 -i 200 "$vip"
		poll 5 json_is '.[0].flows > 20' true endpoint show b.com b1
		S endpoint drain b.com b1
		S flow flush service b.com endpoint b1
		report="$(flood_end f)"
		all_answered "$report" || return 1
		S flow flush service b.com endpoint b1
		poll 5 is_state b1 drained && has_flows b1 0 || return 1
		echo "round $round" >&2
		S endpoint undrain b.com b1
	done
	S service set b.com timeout replied 600s
}
