#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Moves of a service's flows, of selected ones, and of one.
# shellcheck source=selftests/select.sh
. "$(dirname "$0")/select.sh"

# so many cells with flows has an endpoint
cells_of()
{
	json '.[0].cells' migrate b.com from "$1" to b3 check
}

# Flows that remember the same share cells, whichever requests have moved them.
one_by_one()
{
	only_of b1
	S service set b.com grace 10m
	nothing_lost "$(echo_once -F 100 "$(vip "$1" 2)")" || return 1
	S endpoint set b.com b2 state up
	S endpoint set b.com b3 state up
	json '.[] | "migrate b.com from b1 to b2 id \(.id)"' \
		flow show >"$WORK/each"
	S -b "$WORK/each" >/dev/null && flows_of "0 100 0" || return 1
	# twice as many where the end of their grace has gone on by a step
	expect_num cells "$(cells_of b2)" -ge 10 &&
		expect_num cells "$(cells_of b2)" -le 32 || return 1
	moved 100 b2 b3 && flows_of "0 0 100" && S service set b.com grace 5s
}

bounded()
{
	expect_num cells "$(cells_of b2)" -le 512
}

# Moves of all flows are never refused, and those of selected ones are.
crowded()
{
	local forgot round id i=60
	only_of b1
	S endpoint set b.com b2 weight 0 state up
	S endpoint set b.com b3 weight 0 state up
	S service set b.com grace 10m timeout new 600s \
		timeout replied 600s || return 1
	forgot="$(counter cell-forgot)"
	# each of these moves brings 16 cells, or nearly
	for round in {1..40}; do
		echo_once -F 64 -e $((round * 100)) "$(vip 4 2)" >&2
		echo "migrate b.com from b1 to b2"
	done | S -b - >"$WORK/moves" || return 1
	expect moves "$(grep -c "moved to b2" "$WORK/moves")" 40 || return 1
	expect_num forgot "$(counter cell-forgot)" -gt "$forgot" &&
		poll 10 bounded || return 1
	nothing_lost "$(echo_once -F 40 -e 60000 "$(vip 4 2)")" || return 1
	# with another grace time each is of a kind of its own
	for id in $(json '.[] | select(.endpoint == "b1") | .id' flow show); do
		echo "service set b.com grace $((i++))s"
		echo "migrate b.com from b1 to b2 id $id"
	done >"$WORK/each"
	S -b "$WORK/each" -force >/dev/null 2>"$WORK/said" &&
		{ fail "none is refused"; return 1; }
	tail -n 1 "$WORK/said" >&2
	grep -q "'b2' has too many cells after 0 flows had moved" "$WORK/said" &&
		bounded || return 1
	S migrate b.com from b1 to b2 || return 1
	S endpoint set b.com b2 weight 1
	S endpoint set b.com b3 weight 1
	S service set b.com grace 5s timeout new 30s timeout replied 120s
}

setup_select
select_cases
each_family "flows that move one by one share cells" one_by_one
t "an endpoint has a bound of cells" crowded
each_family "new flows of a client go where they went" affinity
t "what there is no way to is refused" no_way
finish
