#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Namespaces go in any order, with traffic on its way; nothing is left behind.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

trap cleanup EXIT
load

# All there is, with a stream of each family; the stream ends with its
# namespace's last process, so it is stopped only after the deletions. [MS]: it waits
# so long for what is left.
begin()
{
	setup_orch
	add_host a 1
	add_host b1 11
	add_host b2 12
	S member add netns a route auto
	service b.com 2
	endpoint b.com b1 11
	flood v4 -n 0 -i 500 -w 64 -W "${1:-100}" "$(vip 4 2)"
	flood v6 -n 0 -i 500 -w 64 -W "${1:-100}" "$(vip 6 2)"
	poll 5 json_is 'length' 2 flow show
}

end()
{
	flood_end v4 TERM >/dev/null
	flood_end v6 TERM >/dev/null
	poll 5 shrunk_to_nothing
}

in_order()
{
	local ns
	begin || return 1
	for ns; do
		del_ns "$ns"
	done
	end || return 1
	del_ns b2
}

unload_each_time()
{
	in_order "$@" && poll 5 unloaded && load
}

# lives_in NS PID: has it got there?
lives_in()
{
	[ "$(stat -Lc %i "/run/netns/$1")" = "$(stat -Lc %i "/proc/$2/ns/net")" ]
}

# The name goes, a process lives there: so do the namespace and its endpoint.
unnamed()
{
	local pid report
	begin 20000 || return 1
	# not by a function: the number must be that of the process itself
	ip netns exec b1 sleep 1000 &
	pid=$!
	PIDS+=("$pid")
	poll 5 lives_in b1 "$pid" || return 1
	del_ns b1
	answers "$(vip 4 2)" && answers "$(vip 6 2)" || return 1
	expect faults "$(json '.[0].fault4 + .[0].fault6 | length' \
		endpoint show b.com b1)" 0 || return 1
	salctl -n orch endpoint show b.com b1 | tee >(cat >&2) |
		grep -q 'no name' || fail "show says nothing about it" || return 1

	# it dies, and the flows are held for b2
	S service set b.com hold packets 2000 bytes 8M time 60s
	kill "$pid"
	poll 9 not json_is length 1 endpoint show b.com || return 1
	endpoint b.com b2 12
	report="$(flood_end v4 TERM)"
	nothing_lost "$report" || return 1
	report="$(flood_end v6 TERM)"
	nothing_lost "$report" || return 1
	del_ns orch && del_ns a && del_ns b2
}

# Members of a domain that has gone are free for another.
member_of_another()
{
	begin || return 1
	del_ns orch
	end
	add_ns orch
	poll 5 S member add netns a || return 1
	del_ns orch && del_ns a && del_ns b1 && del_ns b2
}

for order in "orch a b1" "orch b1 a" "a orch b1" "a b1 orch" "b1 orch a" \
	"b1 a orch"; do
	# shellcheck disable=SC2086 # three words
	t "namespaces go in this order: $order" unload_each_time $order
done
t "a namespace without a name keeps its endpoint while it lives" unnamed
t "a member of a domain that has gone may join another" member_of_another
finish
