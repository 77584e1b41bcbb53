#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Renew the leases of a service's endpoints as long as they are well.
#
#	health.sh SERVICE SECONDS COMMAND...
#
# Every so many seconds COMMAND is run for each endpoint that has a lease, with
# each of its addresses as its last argument: in the endpoint's network namespace
# where it has a name here, else in the domain's, which this has to be run in. An
# endpoint for which all of that succeeds, in as many seconds again, is renewed. So
# one whose lease lasts three times as long may fail once. For example
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

# endpoints: name, namespace or -, addresses
endpoints()
{
	salctl -j endpoint show "$service" | jq -r '.[] | select(.lease) |
		[.name, .netns // "-", .ipv4 // empty, .ipv6 // empty] |
		join(" ")'
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

# look COMMAND...: at all of them at once
look()
{
	local name netns addrs

	while read -r name netns addrs; do
		# shellcheck disable=SC2086 # several words
		is_well "$netns" $addrs -- "$@" </dev/null &&
			salctl endpoint renew "$service" "$name" &
	done < <(endpoints)
}

while sleep "$seconds"; do
	look "$@"
done
