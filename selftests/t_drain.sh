#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Endpoints that drain: up, draining, drained; deadlines; and what comes between.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/drain.sh
. "$(dirname "$0")/drain.sh"

setup_drain
VIP="$(vip 4 2)"
# longer than any case takes
LONG=10m

empty()
{
	both_up
	listen endpoint || return 1
	S endpoint drain b.com b1 deadline "$LONG"
	poll 5 is_state b1 drained && poll 5 steps_are b1 "begun drained" ||
		return 1
	deaf
	expect "a deadline" "$(json '.[0] | has("drain_left")' \
		endpoint show b.com b1)" false
}

cancelled()
{
	flows_with_b1 "$VIP" 5 && listen endpoint || return 1
	S endpoint drain b.com b1 deadline "$(patience 3)s" "then" reset
	S endpoint undrain b.com b1
	# the other one's deadline comes later
	S endpoint drain b.com b2 deadline "$(patience 3)100ms"
	poll 5 is_state b2 drained && is_state b1 up && has_flows b1 5 || return 1
	poll 5 steps_are b1 "begun cancelled" || return 1
	deaf
	expect cancelled "$(step b1 cancelled '[.drain_cause, .state, .drain_flows,
		.drain_ended]')" '["request","up",5,0]'
}

# Another deadline counts from now; none lets it drain for ever.
again()
{
	flows_with_b1 "$VIP" 5 && listen endpoint || return 1
	S endpoint drain b.com b1 deadline 9m "then" reset
	S endpoint drain b.com b1 deadline "$LONG" "then" move
	json_is '.[0] | "\(.drain_deadline) \(.drain_then) \(.drain_left > 540000)"' \
		"600000 move true" endpoint show b.com b1 || return 1
	# what does not say so changes no deadline
	S endpoint set b.com b1 weight 2 state draining
	json_is '.[0].drain_deadline' 600000 endpoint show b.com b1 || return 1
	S endpoint drain b.com b1
	json_is '.[0] | has("drain_deadline")' false endpoint show b.com b1 ||
		return 1
	S endpoint drain b.com b1 deadline 100ms
	poll 5 is_state b1 drained && has_flows b2 5 || return 1
	poll 5 steps_are b1 "begun changed changed changed deadline drained"
	deaf
	S endpoint set b.com b1 weight 1
}

set_down()
{
	flows_with_b1 "$VIP" 5 && listen || return 1
	S endpoint drain b.com b1 deadline "$LONG"
	S endpoint set b.com b1 state down
	is_state b1 down && has_flows b2 5 || return 1
	S endpoint set b.com b1 state up
	is_state b1 up && poll 5 steps_are b1 "begun cancelled" || return 1
	deaf
	expect cause "$(step b1 cancelled .drain_cause)" '"endpoint-down"' &&
		expect "moved by" "$(told '.event == "migrate"' |
			jq -c '[.flows, .cause]')" '[5,"endpoint-down"]'
}

deleted()
{
	flows_with_b1 "$VIP" 5 && listen endpoint || return 1
	S endpoint drain b.com b1 deadline "$LONG"
	S endpoint del b.com b1
	poll 5 is_told '.event == "endpoint-del"' || return 1
	endpoint b.com b1 11
	poll 5 is_told '.event == "endpoint-add"' || return 1
	deaf
	expect events "$(jq -r 'select(.name == "b1") | .drain_step // .event' \
		"$WORK/events" | paste -s -d ' ')" \
		"endpoint-set begun cancelled endpoint-del endpoint-add" || return 1
	is_state b1 up && has_flows b2 5
}

lease_ends()
{
	flows_with_b1 "$VIP" 5 && listen endpoint || return 1
	S endpoint set b.com b1 lease "$(patience 3)s"
	S endpoint drain b.com b1 deadline "$LONG"
	poll 5 is_state b1 drained && has_flows b2 5 || return 1
	poll 5 steps_are b1 "begun drained" || return 1
	deaf
	expect cause "$(step b1 drained '[.drain_cause, .drain_moved]')" \
		'["lease",0]' || return 1
	S endpoint set b.com b1 lease none
}

# Its device fails and nobody else is there: what waits is its own again after that.
resumed()
{
	flows_with_b1 "$VIP" 5
	S endpoint set b.com b2 state down
	listen || return 1
	S endpoint drain b.com b1
	run ip -n b1 link set eth0 down
	poll 5 is_state b1 drained || return 1
	run ip -n b1 link set eth0 up
	run ip -n b1 addr replace "$(addr 6 11)/64" dev eth0 nodad
	poll 5 has_flows b1 5 && poll 5 is_state b1 draining || return 1
	poll 5 steps_are b1 "begun drained resumed" || return 1
	expect cause "$(step b1 drained .drain_cause)" '"device"' || return 1
	S flow flush
	poll 5 is_state b1 drained || return 1
	poll 5 steps_are b1 "begun drained resumed drained"
	deaf
}

# by a request, as long as it is usable
migrated()
{
	flows_with_b1 "$VIP" 5 && listen || return 1
	S endpoint drain b.com b1 deadline "$LONG"
	S migrate b.com from b1 to b2
	poll 5 is_state b1 drained || return 1
	S migrate b.com from b2 to b1
	poll 5 is_state b1 draining && has_flows b1 5 || return 1
	poll 5 steps_are b1 "begun drained resumed" || return 1
	deaf
	# the deadline was for those that were there
	expect "a deadline" "$(json '.[0] | has("drain_deadline")' \
		endpoint show b.com b1)" false
}

# A new address takes over what there is: flows, deadline, time.
new_address()
{
	flows_with_b1 "$VIP" 5 && listen endpoint || return 1
	S endpoint drain b.com b1 deadline "$LONG" "then" reset
	ip -n b1 addr add 10.0.1.31/16 dev eth0
	S endpoint set b.com b1 addr 10.0.1.31 || return 1
	json_is '.[0] | "\(.state) \(.drain_deadline) \(.drain_then) \(.drain_flows) \(.flows)"' \
		"draining 600000 reset 5 5" endpoint show b.com b1 || return 1
	S endpoint set b.com b1 addr 10.0.1.11 addr fd00:1::11 || return 1
	ip -n b1 addr del 10.0.1.31/16 dev eth0
	S flow flush
	poll 5 is_state b1 drained && poll 5 steps_are b1 "begun drained" ||
		return 1
	deaf
	expect drained "$(step b1 drained '[.drain_flows, .drain_ended]')" '[5,5]'
}

transactions()
{
	local id
	flows_with_b1 "$VIP" 5 && listen || return 1
	S -b - <<-END 2>/dev/null && return 1
		begin
		endpoint drain b.com b1 deadline 100ms then reset
		endpoint del b.com b9
		commit
	END
	is_state b1 up && has_flows b1 5 || return 1
	S -b - <<-END || return 1
		begin
		endpoint add b.com netns b3 addr 10.0.1.13 addr fd00:1::13
		endpoint drain b.com b1 deadline 100ms
		endpoint drain b.com b2
		endpoint undrain b.com b2
		commit
	END
	poll 5 is_state b1 drained && is_state b2 up || return 1
	id="$(step b1 begun .transaction)"
	expect_num transaction "$id" -gt 0 || return 1
	poll 5 steps_are b1 "begun deadline drained" || return 1
	deaf
	expect "steps of b2" "$(steps b2)" "" || return 1
	S -b - <<-END || return 1
		begin
		endpoint undrain b.com b1
		endpoint del b.com b3
		commit
	END
	is_state b1 up
}

# All go: what is left has no place to go, and is answered by who is there.
everybody()
{
	only b1
	echo_once -F 5 "$VIP" >/dev/null
	S endpoint set b.com b2 state up
	S endpoint drain b.com b1 deadline 100ms
	S endpoint drain b.com b2 deadline 100ms
	poll 5 json_is '.[0].drain_left' 0 endpoint show b.com b1
	[ "$(($(flows_of b1) + $(flows_of b2)))" = 5 ] || fail "flows are gone"
}

full()
{
	flows_with_b1 "$VIP" 40 || return 1
	S endpoint set b.com b2 max-flows 1
	S endpoint set b.com b1 weight 0
	echo_once -e 50000 -F 1 "$VIP" >/dev/null
	S endpoint set b.com b1 weight 1
	has_flows b2 1 && listen endpoint || return 1
	S endpoint drain b.com b1 deadline 100ms
	poll 5 steps_are b1 "begun deadline" && has_flows b1 40 || return 1
	S endpoint set b.com b2 max-flows 0
	poll 5 is_state b1 drained && has_flows b2 41
	deaf
}

# It is the kernel that watches: those who drain a hundred at once are long gone.
many()
{
	local i
	S service add many.com vip 10.1.0.9
	for i in {1..100}; do
		echo "endpoint add many.com e$i addr 10.9.0.$i"
		echo "endpoint drain many.com e$i deadline $((i % 7 * 50 + 50))ms"
	done >"$WORK/many"
	S -b "$WORK/many" || return 1
	poll 10 json_is '[.[] | select(.state == "drained")] | length' 100 \
		endpoint show many.com || return 1
	S service del many.com
}

shown()
{
	local out
	flows_with_b1 "$VIP" 5
	S endpoint drain b.com b1 deadline "$LONG" "then" reset
	out="$(salctl -n orch -o endpoint show b.com b1)"
	echo "$out" >&2
	grep -Eq ' state draining deadline 10m left [0-9]+m?[0-9.]*m?s then reset for .* flows 5 ended 0 ' \
		<<<"$out" || fail "a drain" || return 1
	S endpoint undrain b.com b1
	out="$(salctl -n orch -o endpoint show b.com b1)"
	grep -q deadline <<<"$out" && fail "a deadline is left"
	return 0
}

each_family "the last flow ends: drained" natural
each_family "at the deadline a stream moves, and nothing is lost" deadline_moves
each_family "nobody takes them: they stay until somebody does" deadline_waits
each_family "at the deadline flows are reset" deadline_resets
each_family "flows that begin with it" race
t "one without flows is drained at once" empty
t "undrain cancels" cancelled
t "another deadline, and none" again
t "set down meanwhile" set_down
t "deleted meanwhile" deleted
t "its lease ends meanwhile" lease_ends
t "it fails, alone, and comes back" resumed
t "its flows are moved by request, and back" migrated
t "it gets another address" new_address
t "in transactions" transactions
t "all drain" everybody
t "the others are full" full
t "a hundred at once" many
t "shown" shown
finish
