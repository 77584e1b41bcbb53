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

# A namespace that has the endpoint's address, and is not where that is, keeps what it has
# begun, wherever the endpoint goes. Twice the collector's time lets it do what it would.
namesake()
{
	fresh && serve_later "$1" 7 && arrive c 1 || return 1
	take_as c "$1" 1
	poll 10 has_said server ^asked || return 1
	S endpoint del a.com a
	endpoint a.com a 1
	sleep 4
	expect "whose it is" "$(json '.[0].member' flow show service b.com)" c ||
		return 1
	S endpoint set a.com a state down
	sleep 4
	expect "whose it is" "$(json '.[0].member' flow show service b.com)" c
}

# What waits is there for users, too, and in a file.
waits_in_sight()
{
	local id sel=(service b.com)
	fresh && serve_later "$1" 7 || return 1
	take_as a "$1" 5
	poll 10 has_said server "^asked $(vip "$1" 1) $PORT " 5 || return 1
	stop_asking a
	id="$(flow_id)"
	leave a || return 1
	expect "what waits" "$(json 'map("\(.id) \(.member) \(.client_absent)") |
		join(",")' flow show "${sel[@]}")" "$id null true" || return 1
	S flow show id "$id" >"$WORK/shown"
	cat "$WORK/shown" >&2
	grep -q "endpoint b1 peer $(vip "$1" 1) client-absent state " \
		"$WORK/shown" || fail "not told" || return 1
	expect "flows of the service" "$(json '.[0].flows' \
		service show b.com)" 1 || return 1
	arrive c 6 && endpoint b.com c 6 || return 1
	expect "moved" "$(json '.[0].flows' migrate b.com from any to c \
		src "$(addr "$1" 1)")" 1 || return 1
	expect "moved back" "$(json '.[0].flows' migrate b.com from c to b1 \
		sport "$PORT")" 1 || return 1
	S endpoint del b.com c

	salctl -n orch save flows >"$WORK/saved"
	grep '^flow' "$WORK/saved" >&2
	S flush && S restore "$WORK/saved" >"$WORK/shown" || return 1
	expect "restored" "$(cat "$WORK/shown")" "1 flow restored, 0 refused" &&
		expect "what waits" "$(json '.[] | .client_absent' \
			flow show "${sel[@]}")" true || return 1
	salctl -n orch save flows | grep '^flow' >"$WORK/again"
	diff <(grep '^flow' "$WORK/saved" | sed 's/ idle [^ ]*//') \
		<(sed 's/ idle [^ ]*//' "$WORK/again") >&2 ||
		fail "it was saved as another one" || return 1
	answer 5 && poll 5 held 5 || return 1
	arrive a2 5
	take_as a2 "$1"
	endpoint a.com a2 5
	poll 10 has_said client.a2 "^got . $(vip "$1" 2)$" 5
}

# Who does not want it to wait removes it; what a2 asks then is another one.
waits_no_more()
{
	local id
	fresh && serve_later "$1" 7 || return 1
	take_as a "$1" 5
	poll 10 has_said server ^asked 5 || return 1
	stop_asking a
	id="$(flow_id)"
	leave a || return 1
	expect "removed" "$(json '.[0].count' flow flush service b.com)" 1 &&
		expect "flows" "$(json length flow show)" 0 &&
		refused "no flow" flow del id 4294967295 || return 1
	serve_later "$1" 7 && arrive a2 5 && endpoint a.com a2 5 || return 1
	take_as a2 "$1" 1
	poll 10 has_said server ^asked && answer 1 &&
		poll 5 has_said client.a2 "^got 1 $(vip "$1" 2)$" || return 1
	[ "$(flow_id)" != "$id" ] || fail "it is the same flow"
}

# Only such flows are made without their member.
no_member()
{
	local flow=(service b.com src "$(addr "$1" 9)" dst "$(vip "$1" 2)"
		sport 4000 dport 7)
	fresh || return 1
	refused "member is missing" flow add "${flow[@]}" proto udp &&
		refused "does not go on without" flow add "${flow[@]}" \
			proto udp client-absent &&
		refused "does not go on without" flow add "${flow[@]}" proto tcp \
			client-absent client-name "$(vip "$1" 1)" &&
		S flow add "${flow[@]}" proto udp client-absent \
			client-name "$(vip "$1" 1)"
}

# What its server knows by its address stays, as for an endpoint from before, and after a
# restore; what that knows by the name does not.
told_before()
{
	local flow=(service b.com endpoint b1 member a placement edge proto udp
		src "$(addr "$1" 1)" dst "$(vip "$1" 2)" dport 7
		client-name "$(vip "$1" 1)")
	fresh && arrive a2 5 && endpoint a.com a2 5 || return 1
	S flow add "${flow[@]}" sport 4001 told-before not &&
		S flow add "${flow[@]}" sport 4002 told-before edge || return 1
	expect "would move" "$(opened a a2 check)" 1 || return 1
	salctl -n orch save flows >"$WORK/saved"
	grep '^flow' "$WORK/saved" >&2
	expect "saved" "$(grep -o 'told-before [a-z]*' "$WORK/saved" | sort |
		xargs)" "told-before edge told-before not" || return 1
	S flush && S restore "$WORK/saved" &&
		expect "moves" "$(opened a a2)" 1 &&
		expect "what has moved" "$(json 'map("\(.sport) \(.member)") |
			sort | join(",")' flow show)" "4001 a,4002 a2"
}

# The VIP was another service's: what c has by its port with that is over, as for a
# request of its own, and keeps none of a's away.
given_vip()
{
	local both rc=0
	both=("$(vip "$1" 50)" "$(vip "$1" 51)")
	fresh && arrive c 6 && endpoint a.com c 6 || return 1
	S service add x.com vip "${both[0]}" vip "${both[1]}"
	endpoint x.com b1 11
	# the second one is mapped
	ask c udp -p 4000 "${both[0]}" 80 "${both[1]}" 80 >/dev/null || return 1
	S service set x.com vip "${both[0]}"
	S service set b.com vip "$(vip "$1" 2)" vip "${both[1]}"
	ask a udp -p 4000 "$(vip "$1" 2)" 80 "${both[1]}" 80 >/dev/null || rc=1
	expect "with another service yet" "$(json 'map(select(.dst == "'"${both[1]}"'") |
		"\(.service) \(.member)") | sort | join(",")' flow show)" \
		"b.com a,x.com c" || rc=1
	expect "moved" "$(opened a c)" 2 || rc=1
	expect "whose they are" "$(json 'map("\(.service) \(.member)") | sort |
		join(",")' flow show)" "b.com c,b.com c,x.com c" || rc=1
	expect "who answers" "$(ask c udp -p 4000 "${both[1]}" 80 |
		cut -d ' ' -f 1,2)" "${both[1]} b1" || rc=1
	S service del x.com
	S service set b.com vip "$(vip 4 2)" vip "$(vip 6 2)"
	return "$rc"
}

setup_initiator
initiator_cases
each_family "what a server was told before is saved" told_before
each_family "a VIP that was another service's" given_vip
each_family "what waits is shown, moved, saved and restored" waits_in_sight
each_family "what waits is removed" waits_no_more
each_family "a flow without a member has a client that may come" no_member
each_family "it goes to another namespace, with its address" other_namespace
each_family "another one has its address in another namespace" another_endpoint
each_family "by way of another namespace to a third one" third_namespace
each_family "a namespace with its address keeps what is its own" namesake
finish
