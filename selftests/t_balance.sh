#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which endpoint new flows go to: shares of each scheduler, measured over 20,000
# clients' tuples, and the endpoints that take none.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

TUPLES=20000
WEIGHTS=(0 1 2 3 4)

# flows_of EP...: how many each has, in one line
flows_of()
{
	local ep out=()
	for ep; do
		out+=("$(json '.[0].flows' endpoint show b.com "$ep")")
	done
	echo "${out[*]}"
}

flows_are()
{
	local want="$1"
	shift
	[ "$(flows_of "$@")" = "$want" ]
}

# fill FAMILY FLOWS [OPTION...]: as many flows as a has ids
fill()
{
	local report family="$1" flows="$2"
	shift 2
	report="$(echo_once -F "$flows" -e 1 -w 64 "$@" "$(vip "$family" 2)")" ||
		return 1
	expect "answered" "$(field "$report" received)" "$flows"
}

# before each case: what the others have changed
fresh()
{
	local i
	for i in 1 2 3 4; do
		S endpoint set b.com "b$i" weight "${WEIGHTS[i]}" tier 0 \
			max-flows 0 state up || return 1
	done
	S service set b.com sched wrr affinity off || return 1
	S flow flush
	poll 5 no_flows
}

# FAMILY SCHEDULER PERCENT: each has its weight's share of all, as exactly
shares()
{
	local i=0 got want off worst=0 rc=0 flows
	fresh && S service set b.com sched "$2" || return 1
	fill "$1" "$TUPLES" || return 1
	flows="$(flows_of b1 b2 b3 b4)"
	for got in $flows; do
		i=$((i + 1))
		want=$((TUPLES * WEIGHTS[i] / 10))
		# in hundredths of a percent
		off=$((10000 * (got > want ? got - want : want - got) / want))
		worst=$((off > worst ? off : worst))
	done
	ktap_print_msg "IPv$1 $2: $TUPLES tuples, weights 1 2 3 4: $flows," \
		"at most $((worst / 100)).$(printf %02d $((worst % 100))) % off"
	expect_num "hundredths of a percent" "$worst" -le $(($3 * 100)) || rc=1
	return "$rc"
}

# Flows stay when the scheduler is another; new ones go as that one says.
changed()
{
	fresh || return 1
	S endpoint set b.com b1 weight 4
	S endpoint set b.com b3 weight 0
	S endpoint set b.com b4 weight 0
	fill 4 60 || return 1
	expect "by turns, weights 4 and 2" "$(flows_of b1 b2)" "40 20" || return 1
	S endpoint set b.com b2 weight 4
	S service set b.com sched lc
	expect "as it is changed" "$(flows_of b1 b2)" "40 20" || return 1
	fill 4 100 || return 1
	expect "the fewest first" "$(flows_of b1 b2)" "50 50"
}

# FAMILY OPTION...: of an endpoint that is to take no more
none_new()
{
	local f="$1"
	shift
	fresh || return 1
	fill "$f" 10 || return 1
	expect "at first" "$(flows_of b1 b2 b3 b4)" "1 2 3 4" || return 1
	S endpoint set b.com b4 "$@" || return 1
	expect "it keeps those it has" "$(flows_of b4)" 4 || return 1
	# ids 1 to 10 once more, and 12 others
	fill "$f" 22 || return 1
	expect "new ones go to the others" "$(flows_of b1 b2 b3 b4)" "3 6 9 4"
}

drained()
{
	fresh || return 1
	fill "$1" 10 || return 1
	S endpoint drain b.com b4 || return 1
	expect "its state" "$(json '.[0].state' endpoint show b.com b4)" \
		draining || return 1
	fill "$1" 16 || return 1
	expect "drained" "$(flows_of b4)" 4 || return 1
	S endpoint undrain b.com b4 || return 1
	S endpoint set b.com b1 weight 0
	S endpoint set b.com b2 weight 0
	S endpoint set b.com b3 weight 0
	fill "$1" 20 || return 1
	expect "undrained" "$(flows_of b4)" 8
}

# Nobody takes new flows: who has one goes on, the others are told.
full()
{
	local i before report
	fresh || return 1
	fill "$1" 4 || return 1
	for i in 1 2 3 4; do
		S endpoint drain b.com "b$i" || return 1
	done
	before="$(counter full)"
	fill "$1" 4 || return 1
	report="$(echo_once -n 1 -e 100 "$(vip "$1" 2)")"
	expect "received" "$(field "$report" received)" 0 &&
		expect "errors" "$(field "$report" errors)" 1 &&
		expect "counted" "$(counter full)" $((before + 1)) || return 1
	S service set b.com on-empty drop
	report="$(echo_once -n 1 -e 101 -W 500 "$(vip "$1" 2)")"
	S service set b.com on-empty reject
	expect "received" "$(field "$report" received)" 0 &&
		expect "errors" "$(field "$report" errors)" 0 &&
		expect "counted" "$(counter full)" $((before + 2))
}

# No more than it may have; when flows end it takes others.
most()
{
	local report
	fresh || return 1
	S endpoint set b.com b1 weight 1 max-flows 10
	S endpoint set b.com b2 weight 1 max-flows 20
	S endpoint set b.com b3 weight 0
	S endpoint set b.com b4 weight 0
	report="$(echo_once -F 40 -e 1 -w 1 "$(vip "$1" 2)")"
	expect "answered" "$(field "$report" received)" 30 || return 1
	expect "flows" "$(flows_of b1 b2)" "10 20" || return 1
	S flow del service b.com endpoint b1
	# those that were removed count until nobody can see them any more
	poll 5 flows_are 0 b1 || return 1
	fill "$1" 40 2>/dev/null
	poll 5 flows_are "10 20" b1 b2
}

# The second tier gets flows where the first takes none, and no longer.
tiers()
{
	fresh || return 1
	S endpoint set b.com b1 weight 1
	S endpoint set b.com b2 weight 1
	S endpoint set b.com b3 weight 1 tier 1
	S endpoint set b.com b4 weight 1 tier 2
	fill "$1" 10 || return 1
	expect "the first tier" "$(flows_of b1 b2 b3 b4)" "5 5 0 0" || return 1
	S endpoint set b.com b1 state down
	expect "one of it fails" "$(flows_of b1 b2 b3 b4)" "0 10 0 0" || return 1
	S endpoint set b.com b2 state down
	expect "all of it do" "$(flows_of b1 b2 b3 b4)" "0 0 10 0" || return 1
	fill "$1" 14 || return 1
	expect "new ones, too" "$(flows_of b1 b2 b3 b4)" "0 0 14 0" || return 1
	S endpoint drain b.com b3
	fill "$1" 18 || return 1
	expect "the last tier" "$(flows_of b1 b2 b3 b4)" "0 0 14 4" || return 1
	S endpoint set b.com b1 state up
	fill "$1" 24 || return 1
	expect "the first again" "$(flows_of b1 b2 b3 b4)" "6 0 14 4"
}

# One that fails leaves its flows to one that takes no new ones, if need be.
last_resort()
{
	fresh || return 1
	S endpoint set b.com b3 state down
	S endpoint set b.com b4 state down
	fill "$1" 6 || return 1
	S endpoint drain b.com b1
	S endpoint set b.com b2 state down
	expect "flows" "$(flows_of b1 b2)" "6 0" || return 1
	fill "$1" 6
}

# A client keeps its endpoint, wherever its flows went.
affinity()
{
	local ep to
	fresh || return 1
	S service set b.com affinity 1h || return 1
	fill "$1" 50 || return 1
	expect "endpoints of one client" \
		"$(flows_of b1 b2 b3 b4 | tr ' ' '\n' | grep -cv '^0$')" 1 ||
		return 1
	ep="$(json '.[0].endpoint' flow show service b.com)"
	[ "$ep" != b3 ] && to=b3 || to=b2
	S migrate b.com from "$ep" to "$to" || return 1
	follows "$1" "$to" || return 1
	S endpoint drain b.com "$to"
	S flow flush
	fill "$1" 20 || return 1
	expect "of one that is drained" "$(flows_of "$to")" 0 || return 1
	S service set b.com affinity off
	S flow flush
	fill "$1" 20 || return 1
	expect_num "endpoints" \
		"$(flows_of b1 b2 b3 b4 | tr ' ' '\n' | grep -cv '^0$')" -eq 3
}

# FAMILY EP: does a new flow go there, too?
follows()
{
	NEXT_ID=$((${NEXT_ID:-1000} + 1))
	echo_once -n 1 -e "$NEXT_ID" "$(vip "$1" 2)" >/dev/null
	expect "endpoint of a new flow" "$(json '.[0].endpoint' flow show \
		service b.com sport "$NEXT_ID")" "$2"
}

# What was silent for the time is forgotten.
affinity_ends()
{
	fresh || return 1
	S service set b.com affinity 1s || return 1
	poll 20 spread "$1"
}

# There are no more entries than the domain may have flows.
affinity_full()
{
	local i before rc=0
	fresh || return 1
	for i in 1 2 3; do
		ip -n a addr add "$(addr "$1" "20$i")/$((128 - ($1 == 4) * 96))" \
			dev lo
	done
	S service set b.com affinity 1h || return 1
	before="$(counter affinity-full)"
	S domain set max-flows 2
	for i in 1 2 3; do
		echo_once -n 1 -s "$(addr "$1" "20$i")" -W 500 \
			"$(vip "$1" 2)" >/dev/null
	done
	expect_num "affinity-full" "$(counter affinity-full)" -gt "$before" ||
		rc=1
	S domain set max-flows 262144
	return "$rc"
}

spread()
{
	S flow flush
	sleep 1.1
	fill "$1" 1 || return 1
	ENDPOINTS+=("$(json '.[0].endpoint' flow show service b.com)")
	[ "$(printf '%s\n' "${ENDPOINTS[@]}" | sort -u | wc -l)" -gt 1 ]
}

setup
add_host b4 14
service b.com 2
for i in 1 2 3 4; do
	endpoint b.com "b$i" "1$i" weight "$i"
done

for sched in "wrr 1" "lc 5" "p2c 5" "maglev 5"; do
	# shellcheck disable=SC2086 # two words
	each_family "shares, ${sched% *}" shares $sched
done
t "the scheduler is changed" changed
each_family "weight 0" none_new weight 0
each_family "draining" none_new state draining
each_family "drain and undrain" drained
each_family "nobody takes new flows" full
each_family "as many flows as it may have" most
each_family "tiers" tiers
each_family "flows go to one that is draining where there is no other" \
	last_resort
each_family "a client keeps its endpoint" affinity
each_family "and not for ever" affinity_ends
each_family "and no more clients than flows" affinity_full
finish
