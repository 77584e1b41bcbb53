#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules that ask: packets wait for an answer, and go on with it.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

RESOLVER="$LIB_DIR/../userland/examples/resolver.sh"
setup

# of all VIPs
net()
{
	if [ "$1" = 4 ]; then echo 10.1.0.0/24; else echo fd00:254::/64; fi
}

asks()
{
	S rule replace "$(net "$1")" upcall "${@:2}"
}

clean()
{
	S rule flush
	S service flush
	S flow flush
	expect "held bytes" "$(json '.[0].held_bytes' domain show)" 0
}

cleanly()
{
	local rc=0
	"$@" || rc=1
	clean || rc=1
	return "$rc"
}

waiting()
{
	[ "$(json '.[0].held_packets' domain show)" -ge "$1" ]
}

resolver()
{
	printf '%s\n' "b.com $(vip 4 2),$(vip 6 2) b1 $(addr 4 11),$(addr 6 11)" \
		"c.com $(vip 4 3),$(vip 6 3) b2 $(addr 4 12),$(addr 6 12)" \
		>"$WORK/table"
	"$RESOLVER" "$WORK/table" -n orch >"$WORK/resolver" 2>&1 &
	PIDS+=($!)
	poll 9 grep -qs listening "$WORK/resolver"
}

# the first ping is answered, and what comes behind it, in order
on_demand()
{
	local report before
	asks "$1" time 20s
	before="$(counter miss)"
	report="$(echo_once -n 50 -i 1000 -w 1000 -W 20000 "$(vip "$1" 2)")"
	cat "$WORK/resolver" >&2
	nothing_lost "$report" &&
		expect misses "$(counter miss)" $((before + 1)) &&
		answers "$(vip "$1" 3)" &&
		expect services "$(json 'map(.name) | join(" ")' service show)" \
			"b.com c.com"
}

# what a program that connects notices is that it takes a moment
on_demand_tcp()
{
	asks "$1" time 20s
	expect "who answers" "$(ask a tcp "$(vip "$1" 2)" 7000 |
		grep -o 'b[0-9]' | head -n 1)" b1
}

# FAMILY: nobody answers for this one; it is asked for anew each time
unanswered()
{
	local report misses lost
	asks "$1" time 200ms "then" reject
	misses="$(counter miss)"
	lost="$(counter miss-unanswered)"
	report="$(echo_once -n 1 "$(vip "$1" 77)")"
	expect errors "$(field "$report" errors)" 1 || return 1
	asks "$1" time 200ms "then" drop
	report="$(echo_once -n 1 -i 1000 -W 1000 "$(vip "$1" 77)")"
	expect "received, errors" "$(field "$report" received) $(field \
		"$report" errors)" "0 0" || return 1
	poll 5 counted miss-unanswered $((lost + 2)) || return 1
	expect misses "$(counter miss)" $((misses + 2)) &&
		expect unanswered "$(counter miss-unanswered)" $((lost + 2))
}

# one event for those that wait for one address, and what it says
one_event()
{
	local proto=1
	[ "$1" = 4 ] || proto=58
	asks "$1" time 20s
	salctl -n orch -j monitor miss rule >"$WORK/misses.$1" 2>&1 &
	PIDS+=($!)
	poll 9 grep -qs listening "$WORK/misses.$1" || return 1
	flood f -n 20 -i 1000 -w 1000 -W 100 "$(vip "$1" 77)"
	poll 5 waiting 20 || return 1
	flood_end f >/dev/null
	S rule del "$(net "$1")"
	poll 5 grep -q rule-del "$WORK/misses.$1" || return 1
	kill "${PIDS[-1]}"
	cat "$WORK/misses.$1" >&2
	expect events "$(jq -c 'select(.event == "miss") |
		[.addr, .proto, .dport, .src, .member, .netns, .rule]' \
		"$WORK/misses.$1")" "[\"$(vip "$1" 77)\",$proto,null,\"$(addr \
		"$1" 1)\",\"a\",\"a\",\"$(net "$1")\"]"
}

# FAMILY ANSWER...: 200 requests wait until somebody says this
answered_by()
{
	local f="$1" report
	shift
	service b.com 2 hold packets 4000 bytes 16M time 60s
	endpoint b.com b1 11
	asks "$f" time 20s
	# of an address 64 wait
	flood f -n 200 -i 500 -w 60 -W 20000 "$(vip "$f" 50)"
	poll 5 waiting 30 || return 1
	S "$@" || return 1
	report="$(flood_end f)"
	nothing_lost "$report"
}

# a service comes first, and its endpoint later: it is its queue then
by_parts()
{
	local report
	asks "$1" time 20s
	flood f -n 200 -i 500 -w 60 -W 20000 "$(vip "$1" 50)"
	poll 5 waiting 30 || return 1
	service b.com 50 hold packets 4000 bytes 16M time 60s || return 1
	poll 5 json_is '.[0].held_packets > 30' true service show b.com ||
		return 1
	expect "waiting for an answer" "$(json '.[0].held_packets' \
		rule show "$(net "$1")")" 0 || return 1
	endpoint b.com b1 11
	report="$(flood_end f)"
	nothing_lost "$report"
}

# the rule is replaced, or goes, and who has the address answers by itself
left_alone()
{
	local report rc=0
	own add "$1"
	asks "$1" time 20s
	flood f -n 20 -i 500 -w 1000 -W 20000 "$(vip "$1" 60)"
	poll 5 waiting 20 || return 1
	S rule "${@:2}" || rc=1
	report="$(flood_end f)"
	all_answered "$report" || rc=1
	own del "$1"
	return "$rc"
}

# who has the address becomes an endpoint, to which no rule applies
endpoint_comes()
{
	local report rc=0
	own add "$1"
	asks "$1" time 20s
	flood f -n 20 -i 500 -w 1000 -W 20000 "$(vip "$1" 60)"
	poll 5 waiting 20 || return 1
	service b.com 2
	S endpoint add b.com netns b2 addr "$(vip "$1" 60)" || rc=1
	report="$(flood_end f)"
	all_answered "$report" || rc=1
	own del "$1"
	return "$rc"
}

# what waits gets the verdict that there is now
then_dropped()
{
	local before
	asks "$1" time 20s
	before="$(counter rule-drop)"
	flood f -n 20 -i 500 -w 1000 -W 100 "$(vip "$1" 60)"
	poll 5 waiting 20 || return 1
	S rule replace "$(net "$1")" drop
	flood_end f >/dev/null
	expect rule-drop "$(counter rule-drop)" $((before + 20))
}

# Of 1536 addresses at once 1024 are asked for, one rule holding 256 packets.
flood_of_misses()
{
	local misses limit base="10.200.0.0" i rules=() sent rc=0
	misses="$(counter miss)"
	limit="$(counter miss-limit)"
	[ "$1" = 4 ] || base="fd00:200::"
	for i in {0..5}; do
		rules+=("$([ "$1" = 4 ] && echo "10.200.$i.0/24" ||
			echo "fd00:200::${i}00/120")")
		S rule add "${rules[-1]}" upcall time 60s "then" drop
	done
	ip -n a route replace "$base/$([ "$1" = 4 ] && echo 16 || echo 64)" dev eth0
	sent="$(in_ns a "$LIB_DIR/tools/miss_flood.py" "$base" 1536)"
	# what was asked for may still send
	in_ns a "$LIB_DIR/tools/miss_flood.py" "${base%0}7" 1 >&2
	S stats show >&2
	expect sent "$sent" 1536 &&
		expect misses "$(counter miss)" $((misses + 1024)) &&
		expect_num "over the limit" "$(counter miss-limit)" -ge \
			$((limit + 512)) || rc=1
	# without a rule it would go on, to more neighbours than the kernel has room for
	for i in "${rules[@]}"; do
		S rule replace "$i" drop
	done
	return "$rc"
}

# Four addresses fill the queue of the rule; another has room and is asked for all the
# same.
bounded_queue()
{
	local before misses host
	asks "$1" time 20s
	before="$(counter hold-evicted)"
	for host in 70 71 72 73; do
		flood "f$host" -n 64 -i 100 -w 1000 -W 100 "$(vip "$1" "$host")"
	done
	poll 9 waiting 256 || return 1
	for host in 70 71 72 73; do
		flood_end "f$host" >/dev/null
	done
	misses="$(counter miss)"
	not answers "$(vip "$1" 50)" 2 || return 1
	expect held "$(json '.[0].held_packets' rule show "$(net "$1")")" 256 &&
		expect hold-evicted "$(counter hold-evicted)" \
			$((before + 1)) &&
		expect misses "$(counter miss)" $((misses + 1)) || return 1
	service b.com 50 && endpoint b.com b1 11 && answers "$(vip "$1" 50)"
}

# A flood to one address keeps no other from being asked for, and answered.
flood_to_one()
{
	local before misses
	service b.com 2
	endpoint b.com b1 11
	asks "$1" time 20s
	before="$(counter hold-full)"
	flood f -R -n 0 -i 100 -w 1000 -W 100 "$(vip "$1" 77)"
	poll 9 counted hold-full $((before + 1)) || return 1
	expect held "$(json '.[0].held_packets' rule show "$(net "$1")")" 64 ||
		return 1
	misses="$(counter miss)"
	flood g -n 20 -i 500 -w 1000 -W 20000 "$(vip "$1" 50)"
	poll 5 waiting 84 && poll 5 counted miss $((misses + 1)) &&
		S rule add "$(vip "$1" 50)" forward b.com || return 1
	nothing_lost "$(flood_end g)" || return 1
	flood_end f TERM >/dev/null
}

counted()
{
	[ "$(counter "$1")" -ge "$2" ]
}

# whose packets wait goes
member_goes()
{
	local before
	asks "$1" time 20s
	before="$(counter hold-purged)"
	flood f -n 20 -i 500 -w 1000 -W 100 "$(vip "$1" 77)"
	poll 5 waiting 20 || return 1
	S member del a
	flood_end f >/dev/null
	S member add netns a route auto
	expect hold-purged "$(counter hold-purged)" $((before + 20))
}

unload_with_waiting()
{
	asks 4 time 60s
	asks 6 time 60s
	flood v4 -n 20 -i 500 -w 1000 -W 100 "$(vip 4 77)"
	flood v6 -n 20 -i 500 -w 1000 -W 100 "$(vip 6 77)"
	poll 5 waiting 40 || return 1
	run rmmod sal || return 1
	flood_end v4 >/dev/null
	flood_end v6 >/dev/null
	load
	S domain set "${DOMAIN[@]}"
	S member add netns a route auto
}

domain_ends_with_waiting()
{
	asks 4 time 60s
	flood v4 -n 20 -i 500 -w 1000 -W 100 "$(vip 4 77)"
	poll 5 waiting 20 || return 1
	del_ns orch
	flood_end v4 >/dev/null
	# nothing of it is left for the next one
	add_ns orch
	expect rules "$(json length rule show)" 0
}

both()
{
	local name="$1" cmd="$2" f
	shift 2
	for f in 4 6; do
		t "IPv$f: $name" cleanly "$cmd" "$f" "$@"
	done
}

serve b1 7000

both "no answer: the verdict, and it is asked anew" unanswered
both "one event for an address" one_event
t "IPv4: a rule is the answer" cleanly answered_by 4 \
	rule add "$(vip 4 50)" forward b.com
t "IPv6: a rule is the answer" cleanly answered_by 6 \
	rule add "$(vip 6 50)" forward b.com
t "IPv4: another rule in its place" cleanly answered_by 4 \
	rule replace "$(net 4)" redirect b.com
t "IPv6: another rule in its place" cleanly answered_by 6 \
	rule replace "$(net 6)" redirect b.com
t "IPv4: a VIP is the answer" cleanly answered_by 4 \
	service set b.com vip "$(vip 4 50)"
both "a service comes, and its endpoint later" by_parts
t "IPv4: the rule goes" cleanly left_alone 4 del "$(net 4)"
t "IPv6: the rule goes" cleanly left_alone 6 del "$(net 6)"
t "IPv4: deliver is the answer" cleanly left_alone 4 \
	add "$(vip 4 60)" deliver
t "IPv6: deliver is the answer" cleanly left_alone 6 \
	add "$(vip 6 60)" deliver
both "an endpoint comes" endpoint_comes
both "drop is the answer" then_dropped
both "a rule holds so many" bounded_queue
both "a flood to one address" flood_to_one
both "a flood of misses is bounded" flood_of_misses
both "a member goes whose packets wait" member_goes
if resolver; then
	both "services on demand" on_demand
	both "services on demand, by TCP" on_demand_tcp
else
	t "the resolver listens" false
fi
kill "${PIDS[-1]}"
in_userns || t "unload with packets waiting" unload_with_waiting
t "the domain ends with packets waiting" domain_ends_with_waiting
finish
