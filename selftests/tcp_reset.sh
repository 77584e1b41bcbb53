# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Services that say tcp reset, for both placements.
# shellcheck source=selftests/tcp_fate.sh
. "$(dirname "$0")/tcp_fate.sh"

setup_reset()
{
	setup_tcp
	idle_server b1
	idle_server b2
	S service set b.com tcp reset
	service c.com 3
	endpoint c.com b1 11
	endpoint c.com b2 12 state down
}

# both instances are there, and what comes next is for b1
at_b1()
{
	only b1 b2
	S endpoint set b.com b2 weight 0
	: >"$WORK/idle.b1"
}

to_b2()
{
	S endpoint set b.com b2 weight 1
	S endpoint set b.com b1 weight 0
}

back()
{
	S endpoint set b.com b1 weight 1 state up
	S endpoint set b.com b2 weight 1 state up
}

# Nothing was sent, and nothing will be: both sides hear of it all the same.
idle_reset()
{
	local before rc=0
	at_b1
	before="$(counter flow-cut)"
	idle_conns 50 "$(vip "$1" 2)" || return 1
	to_b2
	expect "what would be" "$(json '.[0] | "\(.flows) \(.resets)"' \
		migrate b.com from b1 to b2 check)" "0 50" || rc=1
	expect "what is done" "$(json '.[0] | "\(.flows) \(.resets)"' \
		migrate b.com from b1 to b2)" "0 50" || rc=1
	poll 10 conns_are "50 ECONNRESET" || rc=1
	poll 10 ended 50 ECONNRESET "$WORK/idle.b1" || rc=1
	poll 10 no_flows_of b.com || rc=1
	expect "flow-cut" "$(counter flow-cut)" $((before + 50)) || rc=1
	back
	return "$rc"
}

# In the middle of a transfer in both directions.
busy_reset()
{
	local lines rc=0 var=TALK_t
	at_b1
	talk t -p 4010 "$(vip "$1" 2)" 7 || return 1
	say t echo 10 || return 1
	lines="$(wc -l <"$WORK/talk.t")"
	echo "echo 500000000" >&"${!var}"
	poll 10 carried 1000000 || rc=1
	to_b2
	S migrate b.com from b1 to b2 || rc=1
	poll 20 more_lines "$WORK/talk.t" "$lines" || rc=1
	expect "what becomes of it" "$(tail -n 1 "$WORK/talk.t")" ECONNRESET ||
		rc=1
	poll 10 not established b1 7 || rc=1
	hang_up t
	expect "who has that port's next one" \
		"$(ask a tcp -p 4010 "$(vip "$1" 2)" 7 | cut -d ' ' -f 2)" b2 ||
		rc=1
	back
	return "$rc"
}

# BYTES: b1 has sent so many
carried()
{
	json_is ".[0].reverse_bytes > $1" true -s endpoint show b.com b1
}

# NS PORT
established()
{
	in_ns "$1" ss -tnH state established "sport = :$2" | grep -q .
}

# Others move meanwhile, and lose nothing.
others_move()
{
	local report rc=0
	at_b1
	idle_conns 1 "$(vip "$1" 2)" || return 1
	flood f -n 0 -i 2000 "$(vip "$1" 2)"
	poll 5 json_is 'length > 1' true flow show service b.com || rc=1
	expect "what moves" "$(json '.[0] | "\(.flows) \(.resets)"' \
		migrate b.com from b1 to b2)" "1 1" || rc=1
	poll 10 conns_are "1 ECONNRESET" || rc=1
	report="$(flood_end f TERM)"
	nothing_lost "$report" || rc=1
	back
	return "$rc"
}

# FAMILY HOW: its endpoint cannot be used any more, while there is another
failed_reset()
{
	local rc=0
	at_b1
	idle_conns 3 "$(vip "$1" 2)" || return 1
	if [ "$2" = del ]; then
		S endpoint del b.com b1
	else
		[ "$2" != alone ] || S endpoint set b.com b2 state down
		S endpoint set b.com b1 state down
	fi
	poll 10 conns_are "3 ECONNRESET" || rc=1
	poll 10 ended 3 ECONNRESET "$WORK/idle.b1" || rc=1
	poll 10 no_flows_of b.com || rc=1
	[ "$2" != del ] || endpoint b.com b1 11
	back
	return "$rc"
}

# Those of another service stay, and so do those of this one when it says so.
pinned_stays()
{
	local rc=0
	at_b1
	S service set b.com tcp pin
	talk t "$(vip "$1" 2)" 7 || return 1
	talk u "$(vip "$1" 3)" 7 || return 1
	S endpoint set c.com b2 state up
	say t echo 10 && say u echo 10 || rc=1
	S migrate b.com from b1 to b2
	S service set b.com tcp reset
	S migrate c.com from b1 to b2
	expect "pinned" "$(say t who | cut -d ' ' -f 1)" b1 || rc=1
	expect "of another service" "$(say u who | cut -d ' ' -f 1)" b1 || rc=1
	hang_up t
	hang_up u
	S endpoint set c.com b2 state down
	back
	return "$rc"
}

told()
{
	local rc=0
	at_b1
	watch || return 1
	idle_conns 2 "$(vip 4 2)" || return 1
	S migrate b.com from b1 to b2 >"$WORK/said" || rc=1
	grep -q ", 2 reset in" "$WORK/said" || fail "not said: 2 reset" || rc=1
	poll 5 event '.resets == 2 and .cause == "request" and .from == ["b1"]' ||
		rc=1
	poll 10 conns_are "2 ECONNRESET" || rc=1
	idle_conns 2 "$(vip 4 2)" || return 1
	S endpoint set b.com b1 state down || rc=1
	poll 5 event '.resets == 2 and .cause == "endpoint-down"' || rc=1
	poll 10 conns_are "2 ECONNRESET" || rc=1
	back
	return "$rc"
}

reset_cases()
{
	each_family "idle connections are reset on both sides" idle_reset
	each_family "a busy one, too; its ports are used again" busy_reset
	each_family "other flows move meanwhile" others_move
	each_family "their endpoint is down" failed_reset down
	each_family "there is no other" failed_reset alone
	each_family "their endpoint is deleted" failed_reset del
	each_family "pinned ones stay" pinned_stays
	t "listeners are told" told
}
