#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Moves of several into one, where flows clash only then; and moves to and from one that
# is just dying. Of whole endpoints, and of selected flows.
# shellcheck source=selftests/shared.sh
. "$(dirname "$0")/shared.sh"

setup
service b.com 2 late translate grace 30s
endpoint b.com b1 11
endpoint b.com b2 12
endpoint b.com b3 13

# --- who is dying ---------------------------------------------------------------

# What is counted for endpoints is what there is, and the client is answered.
all_is_well()
{
	poll 5 counts_are_right && answers "$(vip "$1" 2)"
}

counts_are_right()
{
	[ "$(json 'map(.flows) | add' endpoint show b.com)" = \
	  "$(json length flow show service b.com)" ]
}

# [SELECTOR...]: move flows in a circle, until end_moves
move_on()
{
	local moves
	for _ in {1..10}; do
		echo "migrate b.com from b1 to b3 $*"
		echo "migrate b.com from b3 to b2 $*"
		echo "migrate b.com from any to b1 $*"
	done >"$WORK/moves"
	rm -f "$WORK/enough"
	moves="$(json '.[0].generation' domain show)"
	while [ ! -e "$WORK/enough" ]; do
		salctl -n orch -force -b "$WORK/moves"
	done >/dev/null 2>"$WORK/refused" &
	MOVER=$!
	poll 5 json_is ".[0].generation > $((moves + 60))" true domain show
}

end_moves()
{
	touch "$WORK/enough"
	wait "$MOVER"
	sort "$WORK/refused" | uniq -c | head -n 9 >&2
}

# FAMILY [SELECTOR...]: moves to and from b3 go on while its namespace ends
dying()
{
	local f="$1" report name rc=0
	shift
	takes b.com/b1 || return 1
	in_ns a "$TOOLS/echoflood" -F 200 -w 64 -e 1000 "$(vip "$f" 2)" >&2
	flood x -n 0 -i 1000 -w 64 -W 3000 -e 95 "$(vip "$f" 2)"
	poll 5 not json_is length 0 flow show sport 95 || return 1
	ups b.com/b2 b.com/b3
	move_on "$@"
	del_ns b3 || rc=1
	poll 5 grep -q "no endpoint 'b3'" "$WORK/refused" || rc=1
	end_moves
	refused "no endpoint 'b3'" migrate b.com from b1 to b3 "$@" || rc=1
	all_is_well "$f" || rc=1
	hears "$(json '.[0].endpoint' flow show sport 95)" "$f" || rc=1
	report="$(flood_end x TERM)"
	for name in duplicates wrong_source corrupt errors; do
		expect "$name" "$(field "$report" "$name")" 0 || rc=1
	done
	add_host b3 13
	endpoint b.com b3 13
	return "$rc"
}

# FAMILY [SELECTOR...]: likewise, while it and b1 go down and up
failing()
{
	local f="$1" rc=0
	shift
	takes b.com/b1 || return 1
	in_ns a "$TOOLS/echoflood" -F 200 -w 64 -e 1000 "$(vip "$f" 2)" >&2
	ups b.com/b2 b.com/b3
	move_on "$@"
	for _ in {1..5}; do
		S endpoint set b.com b3 state down
		S endpoint set b.com b3 state up
		S endpoint set b.com b1 state down
		S endpoint set b.com b1 state up
	done
	end_moves
	expect "flows" "$(json length flow show service b.com)" 200 || rc=1
	all_is_well "$f" && return "$rc"
}

# FAMILY [SELECTOR...]: one.com and two.com have a flow each with ids 93 and 94, at
# different endpoints, until all are at b3
fold()
{
	local f="$1" rc=0 svc
	shift
	takes || return 1
	read -r MAPPED REMAPPED AMBIGUOUS <<<"$(counters "${COUNTED[@]}")"
	# who is down has no flows: so all are up, and each has weight in turn
	ups {one,two}.com/b{1,2,3}
	only_weighs one.com b1
	only_weighs two.com b2
	flood x -n 0 -i 2000 -e 93 "$(vip "$f" "$ONE")"
	flood y -n 0 -i 2000 -e 93 "$(vip "$f" "$TWO")"
	poll 5 json_is length 2 flow show || return 1
	only_weighs one.com b2
	only_weighs two.com b1
	flood z -n 0 -i 2000 -e 94 "$(vip "$f" "$ONE")"
	flood w -n 0 -i 2000 -e 94 "$(vip "$f" "$TWO")"
	poll 5 json_is length 4 flow show || return 1
	S migrate one.com from b1,b2 to b3 "$@"
	S migrate two.com from b1,b2 to b3 "$@"
	poll 5 json_is 'map(select(has("mapped"))) | length' 2 flow show ||
		rc=1
	hears b3 "$f" || rc=1
	expect "where they are" "$(json 'map(.endpoint) | join(",")' \
		flow show)" b3,b3,b3,b3 || rc=1
	S migrate one.com from b3 to b1 "$@"
	S migrate two.com from b3 to b1 "$@"
	hears b1 "$f" || rc=1
	for svc in x y z w; do
		nothing_lost "$(flood_end "$svc" TERM)" || rc=1
	done
	# what has left an address in its grace time may be in the way there, too
	expect_num "flows mapped after a move" \
		$(($(counter flow-remapped) - REMAPPED)) -ge 2 &&
		expect "replies that may be either's" \
			"$(counter ambiguous)" "$AMBIGUOUS" && return "$rc"
}

# SVC NS: new flows go there
only_weighs()
{
	local ns
	for ns in b1 b2 b3; do
		echo "endpoint set $1 $ns weight $([ "$ns" = "$2" ] &&
			echo 1 || echo 0)"
	done >"$WORK/weighs"
	S -b "$WORK/weighs"
}

each_family "to and from one whose namespace ends" dying
t "IPv4: the same of selected flows" dying 4 proto icmp
t "IPv6: the same of selected flows" dying 6 proto icmpv6
each_family "to and from one that fails and comes back" failing
t "IPv4: the same of selected flows" failing 4 proto icmp
t "IPv6: the same of selected flows" failing 6 proto icmpv6

S service flush
service one.com "$ONE" late translate grace 30s
service two.com "$TWO" late translate grace 30s
for ns in b1 b2 b3; do
	endpoint one.com "$ns" "1${ns#b}"
	endpoint two.com "$ns" "1${ns#b}"
done
each_family "two endpoints into one, where flows clash" fold
t "IPv4: the same of selected flows" fold 4 proto icmp
t "IPv6: the same of selected flows" fold 6 proto icmpv6
finish
