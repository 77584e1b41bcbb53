#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# As t_initiator, behind a router that is the member.
PLACEMENT=router
# shellcheck source=selftests/initiator.sh
. "$(dirname "$0")/initiator.sh"

# From behind the router to a member's own, and on to another one; the router alone
# knows what the server answers to where that is none.
to_members()
{
	local ns rc=0
	fresh && arrive a2 5 && arrive c 6 || return 1
	for ns in a2 c; do
		S member add netns "$ns"
		endpoint a.com "$ns" "$([ "$ns" = a2 ] && echo 5 || echo 6)"
	done
	feed "$1" || return 1
	expect "opened, with a server that is no member" "$(opened a a2)" 0 ||
		rc=1
	S member add netns b1
	take_as a2 "$1"
	take_as c "$1"
	expect "opened, a to a2" "$(opened a a2)" 1 || rc=1
	poll 10 has_said client.a2 ^got 10 || rc=1
	expect "opened, a2 to c" "$(opened a2 c)" 1 || rc=1
	poll 10 has_said client.c ^got 10 || rc=1
	got_all a a2 c || rc=1
	# it could not come back
	S flow flush
	S member del b1
	return "$rc"
}

# It is saved when the router had told the name, and a2 has not asked yet.
saved_between()
{
	local rc=0
	fresh && arrive a2 5 && arrive c 6 && serve_later "$1" 7 || return 1
	S member add netns a2
	S member add netns c
	S member add netns b1
	endpoint a.com a2 5
	endpoint a.com c 6
	take_as a "$1" 1
	poll 10 has_said server "^asked $(vip "$1" 1) $PORT " && answer 1 &&
		poll 5 has_said client.a ^got || return 1
	expect "opened, a to a2" "$(opened a a2)" 1 || rc=1
	salctl -n orch save flows >"$WORK/saved"
	grep '^flow' "$WORK/saved" >&2
	grep -q "^flow .* member a2 .* told-before router " "$WORK/saved" ||
		fail "what it was told is not saved" || rc=1
	S flush && S restore "$WORK/saved" || return 1
	expect "opened, a2 to c" "$(opened a2 c)" 1 || rc=1
	S flow flush
	S member del b1
	return "$rc"
}

setup_initiator
initiator_cases
each_family "saved before its client has asked again" saved_between
each_family "a server keeps sending from router to members" to_members
finish
