#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Say which endpoints of a service are well: the kernel cannot see that a server has
# died in a namespace that lives.
#
#	health.sh SERVICE SECONDS COMMAND...
#
# Every so many seconds, and whenever an endpoint is added, COMMAND is run for each
# endpoint, with each of its addresses as its last argument: in the endpoint's network
# namespace where it has a name here, else in the domain's, which this has to be run
# in. It has to succeed for all of these in as many seconds again.
#
# An endpoint with a lease is renewed where it does. So one whose lease lasts three
# times as long may fail once, and all of it works when this script dies. One without is
# set down where it does not, so that its flows move at once, and up when it does again,
# unless somebody else has set it down. One that drains and is not well is set down, and
# stays so. For example
#
#	salctl endpoint add web.com far addr 192.0.2.7 lease 6s
#	health.sh web.com 2 curl -sfo /dev/null
#
# Needs jq.
set -u

if [ $# -lt 3 ]; then
	sed -n 's/^#\t\(health.sh SERVICE .*\)/usage: \1/p' "$0" >&2
	exit 2
fi
service="$1"
seconds="$2"
shift 2

# a file for each endpoint that is down because of us, named by its number
marks="$(mktemp -d)"
MONITOR_PID=
trap 'rm -rf "$marks"; kill ${MONITOR_PID:-} 2>/dev/null' EXIT
trap exit INT TERM
coproc MONITOR { exec salctl -j monitor endpoint 2>/dev/null; }

# endpoints: number, name, state, lease or -, namespace or -, addresses
endpoints()
{
	salctl -j endpoint show "$service" | jq -r '.[] |
		[.id, .name, .state, .lease // "-", .netns // "-",
		.ipv4 // empty, .ipv6 // empty] | join(" ")'
}

# is_well NETNS ADDRESS... -- COMMAND...
is_well()
{
	local netns="$1" addrs=() there=() addr

	shift
	while [ "$1" != -- ]; do
		addrs+=("$1")
		shift
	done
	shift
	[ "$netns" = - ] || there=(ip netns exec "$netns")
	for addr in "${addrs[@]}"; do
		"${there[@]}" timeout "$seconds" "$@" "$addr" || return 1
	done
}

# well NUMBER NAME STATE LEASE
well()
{
	if [ "$4" != - ]; then
		salctl endpoint renew "$service" "$2"
	elif [ -e "$marks/$1" ]; then
		rm "$marks/$1"
		[ "$3" != down ] || salctl endpoint set "$service" "$2" state up
	fi
}

# ill NUMBER NAME STATE LEASE
ill()
{
	[ "$4" = - ] && [ "$3" != down ] || return
	[ "$3" != up ] || touch "$marks/$1"
	salctl endpoint set "$service" "$2" state down
}

# look COMMAND...: at all of them at once
look()
{
	local id name state lease netns addrs probes=()

	while read -r id name state lease netns addrs; do
		# shellcheck disable=SC2086 # several words
		if is_well "$netns" $addrs -- "$@" </dev/null; then
			well "$id" "$name" "$state" "$lease"
		else
			ill "$id" "$name" "$state" "$lease"
		fi &
		probes+=($!)
	done < <(endpoints)
	[ ${#probes[@]} -eq 0 ] || wait "${probes[@]}"
}

# until it is time, or there is a new one
pause()
{
	local end=$((SECONDS + seconds)) line

	while [ "$SECONDS" -lt "$end" ]; do
		if read -r -t $((end - SECONDS)) line <&"${MONITOR[0]}"; then
			[[ "$line" != *'"event":"endpoint-add"'* ]] || return
		elif [ $? -le 128 ]; then
			break
		fi
	done
	# without events: who may not read them can probe all the same
	[ "$SECONDS" -ge "$end" ] || sleep $((end - SECONDS))
}

while pause || true; do
	look "$@"
done
