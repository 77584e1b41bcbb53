#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Leases: an endpoint whose lease is not renewed in time has a fault, as one whose
# device fails has; a renewal takes that away.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/listen.sh
. "$(dirname "$0")/listen.sh"

setup
service b.com 2 hold packets 2000 bytes 8M time 60s

# short enough to wait for, or longer than any case takes
SHORT=300ms
LONG=10m

both()
{
	S endpoint replace b.com netns b1 addr 10.0.1.11 addr fd00:1::11 "$@"
	S endpoint replace b.com netns b2 addr 10.0.1.12 addr fd00:1::12
	S flow flush
}

expired()
{
	json_is '.[0] | "\(.fault4[0]) \(.fault6[0]) \(.lease_left)"' \
		"lease lease 0" endpoint show b.com "$1"
}

usable()
{
	json_is '.[0] | (.fault4 + .fault6 | length) == 0' true \
		endpoint show b.com "$1"
}

streaming_to()
{
	poll 5 bound_to "$1"
}

# a later event is there, and so is all that was sent before
all_told()
{
	local weight
	weight="$(json '.[0].weight' endpoint show b.com b2)"
	S endpoint set b.com b2 weight $((weight + 1))
	poll 5 is_told ".name == \"b2\" and .weight == $((weight + 1))"
}

# FAMILY: b2 is there to take over
survivor()
{
	local report before
	both
	S endpoint set b.com b2 state down
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	streaming_to b1 || return 1
	S endpoint set b.com b2 state up
	before="$(echos b2 "$1")"
	S endpoint set b.com b1 lease "$SHORT"
	streaming_to b2 && poll 5 more_than "$before" b2 "$1" || return 1
	report="$(flood_end f TERM)"
	expired b1 && nothing_lost "$report"
}

# FAMILY: it is the only one, and its renewal gets what has waited
held()
{
	local report
	both
	S endpoint set b.com b2 state down
	flood f -n 0 -i 2000 -w 1000 "$(vip "$1" 2)"
	streaming_to b1 || return 1
	S endpoint set b.com b1 lease "$SHORT"
	poll 5 held_some || return 1
	expect gate "$(json ".[0].gate$1" service show b.com)" closed ||
		return 1
	S endpoint set b.com b1 lease "$LONG" || return 1
	poll 5 json_is ".[0].gate$1" open service show b.com || return 1
	report="$(flood_end f TERM)"
	usable b1 && nothing_lost "$report"
}

# Twice as long as it lasts.
kept()
{
	local left
	both lease 5s
	listen || return 1
	renewed_for 10 || return 1
	all_told || return 1
	deaf
	expect "events of b1" "$(told '.name == "b1"')" "" || return 1
	left="$(json '.[0].lease_left' endpoint show b.com b1)"
	expect_num left "$left" -gt 0 && expect_num left "$left" -le 5000
}

renewed_for()
{
	local end=$((SECONDS + $1))
	while [ "$SECONDS" -lt "$end" ]; do
		salctl -n orch endpoint renew b.com b1 || return 1
		usable b1 || return 1
	done
}

# No dump is interrupted by a renewal.
costs_nothing()
{
	local generation
	both lease "$LONG"
	generation="$(json '.[0].generation' domain show)"
	for _ in {1..50}; do
		echo "endpoint renew b.com b1"
	done >"$WORK/renew"
	S -b "$WORK/renew" || return 1
	expect generation "$(json '.[0].generation' domain show)" "$generation"
}

revived()
{
	both lease "$SHORT"
	poll 5 expired b1 || return 1
	S endpoint set b.com b2 state down
	S endpoint set b.com b1 lease "$LONG" || return 1
	usable b1 && answers "$(vip 4 2)" && answers "$(vip 6 2)"
}

taken_away()
{
	both lease "$SHORT"
	poll 5 expired b1 || return 1
	S endpoint set b.com b1 weight 3 2>"$WORK/err" || return 1
	cat "$WORK/err" >&2
	grep -q 'its lease has expired' "$WORK/err" || fail "no note" ||
		return 1
	expired b1 || fail "another setting renews" || return 1
	S endpoint set b.com b1 lease none || return 1
	usable b1 && json_is '.[0] | has("lease")' false \
		endpoint show b.com b1 || return 1
	S endpoint renew b.com b1 2>"$WORK/err" && return 1
	cat "$WORK/err" >&2
	grep -q "endpoint 'b1' has no lease (attribute renew)" "$WORK/err"
}

# A change of what is no setting is a new endpoint: it has the time of the old.
new_address()
{
	both lease 20s
	ip -n b1 addr add 10.0.1.31/16 dev eth0
	S endpoint set b.com b1 addr 10.0.1.31 || return 1
	json_is '.[0] | .lease == 20000 and .lease_left <= 20000' true \
		endpoint show b.com b1 || return 1
	S endpoint set b.com b1 lease "$SHORT"
	poll 5 expired b1 || return 1
	S endpoint set b.com b1 addr 10.0.1.11 2>/dev/null || return 1
	expired b1 || fail "a change of its address renews" || return 1
	S endpoint set b.com b1 lease "$LONG" || return 1
	usable b1
}

# What is at fault besides stays at fault.
other_faults()
{
	both lease "$SHORT"
	poll 5 expired b1 || return 1
	run ip -n b1 addr del 10.0.1.11/16 dev eth0
	poll 5 json_is '.[0].fault4 | join(",")' "address,lease" \
		endpoint show b.com b1 || return 1
	S endpoint set b.com b1 lease "$LONG" 2>/dev/null || return 1
	json_is '.[0] | .fault4 + .fault6 | join(",")' address \
		endpoint show b.com b1 || return 1
	run ip -n b1 addr add 10.0.1.11/16 dev eth0
	poll 5 usable b1
}

shown()
{
	local out
	both lease 90s
	out="$(salctl -n orch -o endpoint show b.com b1)"
	echo "$out" >&2
	grep -Eq ' lease 90s left [0-9]+(ms|s) ' <<<"$out" ||
		fail "what is left" || return 1
	S endpoint set b.com b1 lease "$SHORT"
	poll 5 expired b1 || return 1
	out="$(salctl -n orch -o endpoint show b.com b1)"
	echo "$out" >&2
	grep -q ' fault4 lease fault6 lease .* lease expired$' <<<"$out" ||
		fail "that it has expired" || return 1
	S endpoint set b.com b2 state down
	out="$(salctl -n orch resolve b.com from netns a)"
	S endpoint set b.com b2 state up
	echo "$out" >&2
	grep -q 'fault lease' <<<"$out" || fail "a walk does not tell" ||
		return 1
	S endpoint del b.com b2
	out="$(salctl -n orch resolve b.com from netns a)"
	echo "$out" >&2
	grep -q 'cure: salctl -n orch endpoint renew b.com b1' <<<"$out"
}

# once as the lease was set, and once more
is_back()
{
	[ "$(told '.name == "b1" and .fault4 == []' | wc -l)" = 2 ]
}

events()
{
	both lease "$LONG"
	in_ns a "$TOOLS/echoflood" -F 20 "$(vip 4 2)" >&2
	listen || return 1
	S endpoint set b.com b1 lease "$SHORT"
	poll 5 is_told '.event == "migrate" and .cause == "lease"' || return 1
	poll 5 is_told '.name == "b1" and .fault4 == ["lease"]' || return 1
	S endpoint renew b.com b1
	poll 5 is_back || return 1
	deaf
	expect "flows moved" "$(told '.cause == "lease"' |
		jq -c '[.from, .to, .flows > 0]' | sort -u)" \
		'[["b1"],"b2",true]' &&
		expect "what is left is not told" \
			"$(told 'has("lease_left")')" ""
}

# A transaction gives leases and renews them; one that fails does neither.
transaction()
{
	both lease "$SHORT"
	poll 5 expired b1 || return 1
	listen endpoint || return 1
	S -b - <<-END
		begin
		endpoint renew b.com b1
		endpoint set b.com b2 lease $LONG
		endpoint add b.com netns b3 addr 10.0.1.13 lease $LONG
		endpoint renew b.com b3
		endpoint renew b.com b2
		commit
	END
	# it may have expired again by now
	poll 5 is_told '.name == "b1" and .fault4 == [] and .transaction' &&
		usable b2 && json_is '.[0].lease' 600000 \
		endpoint show b.com b3 || return 1
	deaf
	poll 5 expired b1 || return 1
	S -b - <<-END 2>/dev/null && return 1
		begin
		endpoint set b.com b1 lease $LONG
		endpoint set b.com b2 lease none
		endpoint renew b.com b2
		commit
	END
	expired b1 && json_is '.[0].lease' 600000 endpoint show b.com b2 ||
		return 1
	S -b - <<-END
		begin
		endpoint set b.com b1 lease $LONG
		commit
		begin
		endpoint renew b.com b1
		endpoint del b.com b3
		commit
	END
	usable b1
}

# Whatever ends an endpoint ends its lease; and who comes after has none of it.
ends()
{
	both lease "$SHORT"
	S endpoint del b.com b1
	endpoint b.com b1 11 lease "$LONG"
	endpoint b.com b3 13 lease "$SHORT"
	del_ns b3
	add_host b3 13
	S service add d.com vip 10.1.0.4
	S endpoint add d.com netns b2 addr 10.0.1.12 lease "$SHORT"
	S service del d.com
	add_ns orch2
	salctl -n orch2 service add e.com vip 10.3.0.1
	salctl -n orch2 endpoint add e.com far addr 10.9.0.1 lease "$SHORT"
	salctl -n orch2 endpoint add e.com far2 addr 10.9.0.2 lease "$LONG"
	del_ns orch2
	poll 5 usable b1 && json_is '.[0].lease' 600000 endpoint show b.com b1
}

# Hundreds expire at once, in the order in which they come and in the reverse.
many()
{
	local i
	S service add many.com vip 10.1.0.9
	for i in {1..400}; do
		echo "endpoint add many.com e$i addr 10.9.$((i / 200)).$((i % 200 + 1)) lease $((600 - i))ms"
	done >"$WORK/many"
	S -b "$WORK/many" || return 1
	poll 10 json_is '[.[] | select(.fault4 == ["lease"])] | length' 400 \
		endpoint show many.com || return 1
	expect usable "$(json '.[0].usable4' service show many.com)" 0 ||
		return 1
	sed 's/endpoint add \(many.com e[0-9]*\).*/endpoint renew \1/' \
		"$WORK/many" >"$WORK/renew"
	S -b "$WORK/renew" || return 1
	S service del many.com
}

# The example: who answers its probes keeps its lease, and no other.
health()
{
	local rc=0 probe="$WORK/probe" file period
	period="$(patience 1)"
	cat >"$probe" <<-END
		#!/bin/sh
		[ -e "$WORK/well.\$1" ]
	END
	chmod +x "$probe"
	touch "$WORK"/well.{10.0.1.11,fd00:1::11,10.9.0.1}
	both lease "$((3 * period))s"
	S endpoint add b.com far addr 10.9.0.1 \
		lease "$((3 * period))s"
	poll 9 expired b1 || return 1
	ip netns exec orch "$LIB_DIR/../userland/examples/health.sh" \
		b.com "$period" "$probe" >&2 &
	PIDS+=($!)
	poll 9 usable b1 && poll 9 usable far || rc=1
	rm "$WORK/well.fd00:1::11" "$WORK/well.10.9.0.1"
	poll 9 expired b1 && poll 9 not usable far || rc=1
	for file in fd00:1::11 10.9.0.1; do
		touch "$WORK/well.$file"
	done
	poll 9 usable b1 && poll 9 usable far || rc=1
	kill "${PIDS[-1]}"
	S endpoint del b.com far
	return "$rc"
}

each_family "expired: a survivor takes over, nothing is lost" survivor
each_family "expired: none is left, all is held and answered later" held
t "renewed in time it stays, and no event tells of it" kept
t "a renewal changes no configuration" costs_nothing
t "renewed later it comes back" revived
t "other settings do not renew, and it can be taken away" taken_away
t "another address has what is left" new_address
t "other faults are told beside it" other_faults
t "show, a walk and its cure tell" shown
t "events tell" events
t "leases in transactions" transaction
t "it ends with its endpoint" ends
t "hundreds expire" many
t "whoever probes endpoints renews them" health
finish
