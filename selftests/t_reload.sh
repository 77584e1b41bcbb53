#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What follows from a name alone is the same after the module came anew.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup

configure()
{
	S domain set "${DOMAIN[@]}" vip-pool fd75:8ebb:fc98::/48
	S service add c.com
	endpoint c.com b3 13
}

sid()
{
	json '.[0].sid' service show c.com
}

same_id()
{
	local before
	configure || return 1
	before="$(sid)"
	answers "$before" || return 1
	run rmmod sal || return 1
	load || return 1
	S member add netns a route auto || return 1
	configure || return 1
	expect "the ID" "$(sid)" "$before" && answers "$before"
}

# t_route_end.sh looks after its routes
nothing_stays()
{
	run rmmod sal || return 1
	load || return 1
	expect "services" "$(json length service show)" 0 &&
		expect "endpoints" "$(json length endpoint show)" 0 &&
		expect "members" "$(json length member show)" 0
}

t "a name has the same ID after a reload, and answers by it" same_id
t "no service, endpoint or member outlives the module" nothing_stays
finish
