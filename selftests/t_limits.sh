#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Flows are bounded, weights are kept, members come and go.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com

# Nobody has gone on after an answer: the older ones give way.
flow_limit()
{
	local report before
	S flow flush
	poll 5 no_flows || return 1
	S domain set max-flows 10
	before="$(counter evicted)"
	report="$(echo_once -R -F 30 -W 500 "$(vip "$1" 2)")"
	S domain set max-flows 100000
	expect refused "$(field "$report" refused)" 0 &&
		expect evicted "$(counter evicted)" $((before + 20)) &&
		expect flows "$(json '.[0].flows' domain show)" 10
}

weights()
{
	local b1 b2
	S flow flush
	S endpoint set b.com b1 weight 3
	b1="$(echos b1 "$1")" b2="$(echos b2 "$1")"
	echo_once -F 40 "$(vip "$1" 2)" >/dev/null
	S endpoint set b.com b1 weight 1
	expect b1 $(($(echos b1 "$1") - b1)) 30 &&
		expect b2 $(($(echos b2 "$1") - b2)) 10
}

# What is under way to a member that leaves is nobody's to translate any more: its
# answers, no more than the window has, come by the name of who has sent them.
member_under_traffic()
{
	local report window=64
	flood f -n 0 -i 500 -w "$window" -W 100 "$(vip "$1" 2)"
	poll 5 json_is 'length > 0' true flow show || return 1
	S member del a || return 1
	poll 5 json_is '.[0].flows' 0 domain show || return 1
	S member add netns a route auto || return 1
	poll 5 answers "$(vip "$1" 2)" 1 || return 1
	report="$(flood_end f TERM)"
	# its own requests were nobody's for a while, but none was mistaken
	expect_num wrong_source "$(field "$report" wrong_source)" -le "$window" &&
		expect duplicates "$(field "$report" duplicates)" 0 &&
		expect corrupt "$(field "$report" corrupt)" 0
}

routes()
{
	ip -n a "-$1" route show proto 83 | tee >(cat >&2) | wc -l
}

route_auto()
{
	local other=192.0.2.0/24
	[ "$1" = 4 ] || other=2001:db8::/64
	expect "a pool's" "$(routes "$1")" 1 || return 1
	S domain set "${DOMAIN[@]}" vip-pool "$other"
	expect "a later pool's as well" "$(routes "$1")" 2 || return 1
	S domain set "${DOMAIN[@]}"
	expect "not that of a pool that went" "$(routes "$1")" 1 || return 1
	S member set a route none
	expect "none" "$(routes "$1")" 0 || return 1
	json '.[] | select(.name == "a") | .unrouted[]' member show |
		grep -q "$(vip "$1" 0 | sed 's/0$//')" ||
		fail "show does not tell" || return 1
	S member set a route auto
	expect "again" "$(routes "$1")" 1 || return 1
	S member del a
	expect "taken back with membership" "$(routes "$1")" 0 || return 1
	S member add netns a route auto
}

# An idle flow is collected after its time: not waited for here, but a service
# that goes takes its flows along.
service_takes_flows()
{
	service c.com 3
	endpoint c.com b3 13
	answers "$(vip 4 3)" && answers "$(vip 6 3)" || return 1
	expect flows "$(json length flow show service c.com)" 2 || return 1
	S service del c.com
	poll 5 json_is '[.[] | select(.service == "c.com")] | length' 0 \
		flow show
}

each_family "over the limit of flows those not assured give way" flow_limit
each_family "new flows go by weight" weights
each_family "a member leaves and joins under traffic" member_under_traffic
each_family "routes to the pools come and go" route_auto
t "a service takes its flows along" service_takes_flows
finish
