#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client that is an endpoint goes away and comes back elsewhere: what it has opened
# follows it, by request and where it ends; answers meanwhile wait for it.
# shellcheck source=selftests/initiator.sh
. "$(dirname "$0")/initiator.sh"

# leaves_address: a stays, and its address goes. Nor is its hardware address anybody's
# yet: the bridge would have it where a last reported to a multicast group.
leaves_address()
{
	ip -n a link set eth0 down
	arrive a2 1
}

# The endpoint goes to another namespace with its address, and the first one stays.
other_namespace()
{
	local rc=0
	fresh && feed "$1" || return 1
	S endpoint set a.com a state down
	leaves_address
	take_as a2 "$1"
	S endpoint set a.com a netns a2 addr "$(addr 4 1)" addr "$(addr 6 1)" \
		state up
	poll 20 has_said client.a2 ^got 20 && got_all a a2 || rc=1
	stop_asking a
	stop_asking a2
	S endpoint del a.com a
	leave a && return "$rc"
}

# Likewise, where it is deleted, and is another one there.
another_endpoint()
{
	local rc=0
	fresh && feed "$1" || return 1
	S endpoint del a.com a
	leaves_address
	take_as a2 "$1"
	endpoint a.com a2 1
	poll 20 has_said client.a2 ^got 20 && got_all a a2 || rc=1
	stop_asking a
	leave a && return "$rc"
}

# It goes on to a third one before anybody has looked.
third_namespace()
{
	local rc=0 to=(addr "$(addr 4 1)" addr "$(addr 6 1)")
	fresh && feed "$1" || return 1
	S endpoint set a.com a state down
	leaves_address
	ip -n a2 link set eth0 down
	arrive c 1
	take_as c "$1"
	S -b - <<-END || rc=1
		endpoint set a.com a netns a2 ${to[*]}
		endpoint set a.com a netns c ${to[*]}
		endpoint set a.com a state up
	END
	poll 20 has_said client.c ^got 20 && got_all a c || rc=1
	stop_asking a
	S endpoint del a.com a
	leave a && return "$rc"
}

setup_initiator
initiator_cases
each_family "it goes to another namespace, with its address" other_namespace
each_family "another one has its address in another namespace" another_endpoint
each_family "by way of another namespace to a third one" third_namespace
finish
