#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Take an endpoint away without harm to its flows: drain it, wait until it is told
# that the last one has gone, and delete it.
#
#	drain.sh SERVICE ENDPOINT [deadline T [then move|reset]]
#
# Fails where somebody ends the drain meanwhile. It may be run again after it was
# stopped: the kernel goes on without it. To be run in the domain's namespace. Needs jq.
set -u

if [ $# -lt 2 ]; then
	sed -n 's/^#\t\(drain.sh SERVICE .*\)/usage: \1/p' "$0" >&2
	exit 2
fi
service="$1"
endpoint="$2"

MONITOR_PID=
trap 'kill ${MONITOR_PID:-} 2>/dev/null' EXIT
trap exit INT TERM
coproc MONITOR { exec salctl -j monitor endpoint; }

# what has happened: "listening", "lost", "overrun", or what is told of this endpoint
next()
{
	local line word

	while read -r line <&"${MONITOR[0]}"; do
		word="$(jq -r --arg id "$1" 'if .name then
			select("\(.id)" == $id) | .drain_step // .event
			else .event end' <<<"$line")"
		[ -z "$word" ] || break
	done
	[ -n "${word:-}" ] && echo "$word"
}

no_more()
{
	echo "drain.sh: '$endpoint' drains no more" >&2
	exit 1
}

# where it is now: number and state
look()
{
	read -r id state < <(salctl -j endpoint show "$service" "$endpoint" |
		jq -r '.[0] | "\(.id) \(.state)"') || no_more
}

next - >/dev/null || exit 1
salctl endpoint drain "$@" || exit 1
look
while [ "$state" != drained ]; do
	[ "$state" = draining ] || no_more
	step="$(next "$id")" || exit 1
	case "$step" in
	drained)
		state=drained ;;
	lost|overrun)
		look ;;
	cancelled|endpoint-del)
		no_more ;;
	esac
done
salctl endpoint del "$service" "$endpoint"
