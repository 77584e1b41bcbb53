#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client that is an endpoint goes away and comes back elsewhere: what it has opened
# follows it, by request and where it ends; answers meanwhile wait for it.
# shellcheck source=selftests/initiator.sh
. "$(dirname "$0")/initiator.sh"

# The endpoint goes to another namespace with its address, and the first one stays.
other_namespace()
{
	local rc=0
	fresh && feed "$1" || return 1
	S endpoint set a.com a state down
	ip -n a addr flush dev eth0
	arrive a2 1
	take_as a2 "$1"
	S endpoint set a.com a netns a2 addr "$(addr 4 1)" addr "$(addr 6 1)" \
		state up
	ip -n b1 neigh flush all
	poll 20 has_said client.a2 ^got 20 && got_all a a2 || rc=1
	stop_asking a
	stop_asking a2
	S endpoint del a.com a
	leave a && return "$rc"
}

setup_initiator
initiator_cases
t "it goes to another namespace, with its address" other_namespace 4
finish
