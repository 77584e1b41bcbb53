#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Routes that the module gave a member are taken back when the membership ends,
# in whatever way it ends; those that others made stay.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

trap cleanup EXIT
load
# before the domain's, so that it is also the first to end with the module
add_ns a
add_ns orch
ip -n orch link add br0 type bridge
ip -n orch link set br0 up
connect a 1
# somebody's own, which are none of ours
ip -n a route add 192.0.2.0/24 dev eth0 proto static
ip -n a -6 route add 2001:db8::/64 dev eth0 proto static

# the pools' routes that are there
routes()
{
	ip -n a "-$1" route show | grep -cE '^(10\.1\.0\.0/24|fd00:254::/64) '
}

others()
{
	ip -n a "-$1" route show proto static | wc -l
}

no_routes()
{
	[ "$(routes "$1")" = 0 ]
}

begin()
{
	S domain set "${DOMAIN[@]}" || return 1
	S member add netns a route auto || return 1
	expect "routes while it is a member" "$(routes "$1")" 1
}

end()
{
	poll 5 no_routes "$1" && expect "others' routes" "$(others "$1")" 1
}

deleted()
{
	begin "$1" || return 1
	S member del a || return 1
	end "$1"
}

flushed()
{
	begin "$1" || return 1
	S flush || return 1
	end "$1"
}

# The domain goes with its namespace, and the membership with the domain.
domain_gone()
{
	local rc=0
	begin "$1" || return 1
	# what is on the bridge goes with it; here only the domain is meant
	ip -n orch link set va netns 1 || return 1
	del_ns orch
	end "$1" || rc=1
	# for the next one
	add_ns orch
	ip -n orch link add br0 type bridge
	ip -n orch link set br0 up
	ip link set va netns orch
	ip -n orch link set va master br0 up
	ip -n a route del 10.1.0.0/24 2>/dev/null
	ip -n a -6 route del fd00:254::/64 2>/dev/null
	return "$rc"
}

unloaded_module()
{
	local rc=0
	begin "$1" || return 1
	run rmmod sal || return 1
	end "$1" || rc=1
	load || return 1
	ip -n a route del 10.1.0.0/24 2>/dev/null
	ip -n a -6 route del fd00:254::/64 2>/dev/null
	return "$rc"
}

each_family "the member is deleted" deleted
each_family "all is flushed" flushed
each_family "the module is unloaded" unloaded_module
each_family "the domain's namespace is deleted" domain_gone
finish
