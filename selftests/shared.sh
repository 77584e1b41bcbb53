# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two services with endpoints on one address, for both placements: one.com and
# two.com are both served by b1 at .11; two.com has an instance b2 at .12, too,
# and one.com an instance b3 at .13. What a client sends by one echo id to both
# would be the same to b1.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

ONE=40
TWO=41
# as flood() sets them
export FLOOD_x='' FLOOD_y='' FLOOD_z=''

setup_shared()
{
	setup
	service one.com "$ONE" late translate grace 30s
	service two.com "$TWO" late translate grace 30s
	endpoint one.com b1 11
	endpoint one.com b3 13 state down
	endpoint two.com b1 11
	endpoint two.com b2 12 state down
}

# STATE SERVICE/NS...: lines for a batch
set_state()
{
	local state="$1" ep
	shift
	for ep in "$@"; do
		echo "endpoint set ${ep%/*} ${ep#*/} state $state"
	done
}

# SVC/NS...: of all there are, those with b1, b2 or b3 that take flows, of which there
# are none
takes()
{
	local svc ns ep
	for svc in $(json '.[].name' service show); do
		for ns in b1 b2 b3; do
			ep="$svc/$ns"
			set_state "$([[ " $* " = *" $ep "* ]] && echo up ||
				echo down)" "$ep"
		done
	done >"$WORK/takes"
	echo "flow flush" >>"$WORK/takes"
	S -b "$WORK/takes" && poll 5 no_flows
}

ups()
{
	set_state up "$@" >"$WORK/ups"
	S -b "$WORK/ups"
}

all_up()
{
	set_state up one.com/b1 one.com/b3 two.com/b1 two.com/b2 >"$WORK/up"
	S -b "$WORK/up"
}

COUNTED=(flow-mapped flow-remapped ambiguous)

# NS: where flows of two.com begin; those of one.com do at b1
fresh()
{
	local var none=b2
	[ "$1" = b1 ] || none=b1
	# what a case that has failed has left
	for var in FLOOD_x FLOOD_y FLOOD_z; do
		[ -z "${!var}" ] || kill "${!var}" 2>/dev/null
	done
	{
		set_state up one.com/b1 "two.com/$1"
		set_state down one.com/b3 "two.com/$none"
		echo "flow flush"
	} >"$WORK/fresh"
	S -b "$WORK/fresh"
	poll 5 no_flows || return 1
	read -r MAPPED REMAPPED AMBIGUOUS <<<"$(counters "${COUNTED[@]}")"
}

# MAPPED REMAPPED AMBIGUOUS: how many since it was fresh
counted()
{
	local mapped remapped ambiguous
	read -r mapped remapped ambiguous <<<"$(counters "${COUNTED[@]}")"
	expect "flows mapped when they began" $((mapped - MAPPED)) "$1" &&
		expect "flows mapped after a move" \
			$((remapped - REMAPPED)) "$2" &&
		expect "replies that may be either's" \
			$((ambiguous - AMBIGUOUS)) "$3"
}

# SERVICE: where its flows are, and whether their ids are mapped
flows()
{
	json '[.[] | "\(.endpoint) \(has("mapped"))"] | unique | join(",")' \
		flow show service "$1"
}

flows_are()
{
	[ "$(flows "$1")" = "$2" ]
}

# NS FAMILY NUMBER: it has received more requests
more_echos()
{
	[ "$(echos "$1" "$2")" -gt "$3" ]
}

# NS FAMILY: wait for another request there
hears()
{
	poll 5 more_echos "$1" "$2" "$(echos "$1" "$2")"
}

# --- cases ------------------------------------------------------------------

both_at_once()
{
	fresh b1 || return 1
	flood x -e 600 -n 1000 -i 1000 "$(vip "$1" "$ONE")"
	flood y -e 600 -n 1000 -i 1000 "$(vip "$1" "$TWO")"
	nothing_lost "$(flood_end x)" && nothing_lost "$(flood_end y)" &&
		counted 1 0 0
}

# Nobody else is there: nothing is mapped.
each_alone()
{
	fresh b1 || return 1
	nothing_lost "$(echo_once -e 601 -n 10 "$(vip "$1" "$ONE")")" &&
		nothing_lost "$(echo_once -e 602 -n 10 \
			"$(vip "$1" "$TWO")")" &&
		counted 0 0 0
}

# FAMILY ID INTERVAL: the flow of two.com comes to where one.com has one with the
# same id; both go on
clash()
{
	fresh b2 || return 1
	flood x -e "$2" -n 0 -i "$3" "$(vip "$1" "$ONE")"
	flood y -e "$2" -n 0 -i "$3" "$(vip "$1" "$TWO")"
	poll 5 flows_are one.com "b1 false" &&
		poll 5 flows_are two.com "b2 false" || return 1
	all_up
	S migrate two.com from b2 to b1
	poll 5 flows_are two.com "b1 true" && hears b1 "$1"
}

clash_after_move()
{
	clash "$1" 603 1000 || return 1
	nothing_lost "$(flood_end x TERM)" &&
		nothing_lost "$(flood_end y TERM)" && counted 0 1 0
}

direct_beside()
{
	fresh b1 || return 1
	flood x -e 604 -n 0 -i 2000 "$(vip "$1" "$ONE")"
	poll 5 flows_are one.com "b1 false" || return 1
	flood z -e 604 -n 0 -i 2000 "$(addr "$1" 11)"
	poll 5 json_is 'length' 2 flow show || return 1
	flood y -e 604 -n 0 -i 2000 "$(vip "$1" "$TWO")"
	poll 5 flows_are two.com "b1 true" || return 1
	hears b1 "$1" || return 1
	nothing_lost "$(flood_end x TERM)" &&
		nothing_lost "$(flood_end y TERM)" &&
		nothing_lost "$(flood_end z TERM)" && counted 2 0 0
}

to_and_fro()
{
	fresh b2 || return 1
	flood x -e 605 -n 0 -i 300 -w 32 "$(vip "$1" "$ONE")"
	flood y -e 605 -n 0 -i 300 -w 32 "$(vip "$1" "$TWO")"
	poll 5 flows_are one.com "b1 false" &&
		poll 5 flows_are two.com "b2 false" || return 1
	all_up
	taskset -c "$OTHER_CPU" ip netns exec orch "$LIB_DIR/tools/moves.py" \
		watch "$1" 100 two.com b2 b1 >&2 || return 1
	nothing_lost "$(flood_end x TERM)" &&
		nothing_lost "$(flood_end y TERM)" && counted 0 1 0
}

# Two CPUs begin flows by the same thousand ids, where they meet at b1.
many_at_once()
{
	local name report rc=0
	fresh b1 || return 1
	flood x -F 1000 -e 1 -w 32 "$(vip "$1" "$ONE")"
	taskset -p -c "$OTHER_CPU" "$FLOOD_x" >/dev/null
	flood y -F 1000 -e 1 -w 32 "$(vip "$1" "$TWO")"
	taskset -p -c 0 "$FLOOD_y" >/dev/null
	for report in "$(flood_end x)" "$(flood_end y)"; do
		for name in lost duplicates wrong_source corrupt errors; do
			expect "$name" "$(field "$report" "$name")" 0 || rc=1
		done
	done
	ktap_print_msg "IPv$1: $(($(counter flow-remapped) - REMAPPED)) remapped"
	expect "ambiguous" $(($(counter ambiguous) - AMBIGUOUS)) 0 || rc=1
	expect_num "ids that are another" $(($(counter flow-mapped) - MAPPED +
		$(counter flow-remapped) - REMAPPED)) -ge 1000 && return "$rc"
}
