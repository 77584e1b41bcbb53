#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules in a router are about what is sent to it by those who route through it.
# shellcheck source=selftests/lib.sh
PLACEMENT=router
. "$(dirname "$0")/lib.sh"

setup_b_com
service c.com 3
endpoint c.com b3 13
serve b3 7000

all()
{
	if [ "$1" = 4 ]; then echo 0.0.0.0/0; else echo ::/0; fi
}

cleanly()
{
	local rc=0
	"$@" || rc=1
	S rule flush
	S flow flush
	return "$rc"
}

forward()
{
	S rule add "$(vip "$1" 50)" forward c.com && answers "$(vip "$1" 50)" &&
		expect placement "$(json '.[0] | "\(.service) \(.placement)"' \
			flow show)" "c.com router" || return 1
	expect "by TCP" "$(ask a tcp "$(vip "$1" 50)" 7000 |
		grep -o 'b[0-9]' | head -n 1)" b3
}

redirect()
{
	local before
	before="$(echos b3 "$1")"
	S rule add "$(vip "$1" 2)" redirect c.com && answers "$(vip "$1" 2)" &&
		expect "requests at b3" $(($(echos b3 "$1") - before)) 1
}

verdicts()
{
	local report want="3 1" before
	[ "$1" = 4 ] || want="1 3"
	S rule add "$(vip "$1" 2)" reject
	report="$(echo_once -n 1 "$(vip "$1" 2)")"
	expect error "$(field "$report" error.type) $(field "$report" \
		error.code)" "$want" || return 1
	before="$(counter rule-drop)"
	S rule replace "$(vip "$1" 2)" drop
	report="$(echo_once -n 2 -i 1000 -W 300 "$(vip "$1" 2)")"
	expect "received, errors" "$(field "$report" received) $(field \
		"$report" errors)" "0 0" &&
		expect rule-drop "$(counter rule-drop)" $((before + 2))
}

# a's conversations with endpoints' own addresses, with the router itself, and
# answers, go on
default_rule()
{
	S rule add "$(all "$1")" drop || return 1
	answers "$(vip "$1" 2)" && answers "$(addr "$1" 11)" &&
		answers "$(addr "$1" 254)" || return 1
	expect "by TCP" "$(ask a tcp "$(addr "$1" 13)" 7000 |
		grep -o 'b[0-9]' | head -n 1)" b3 || return 1
	expect "by UDP" "$(ask a udp "$(addr "$1" 13)" 7000 |
		grep -o 'b[0-9]' | head -n 1)" b3 || return 1
	not answers "$(vip "$1" 77)" 2
}

asked()
{
	local report
	S rule add "$(vip "$1" 77)" upcall time 20s
	flood f -n 20 -i 500 -w 1000 -W 20000 "$(vip "$1" 77)"
	poll 5 json_is '.[0].held_packets' 20 rule show "$(vip "$1" 77)" ||
		return 1
	S rule replace "$(vip "$1" 77)" forward c.com
	report="$(flood_end f)"
	nothing_lost "$report"
}

both()
{
	local f
	for f in 4 6; do
		t "IPv$f: $1" cleanly "$2" "$f"
	done
}

both "forward" forward
both "redirect" redirect
both "reject, drop" verdicts
both "a default rule leaves endpoints, the router and answers alone" \
	default_rule
both "a packet waits for an answer" asked
finish
