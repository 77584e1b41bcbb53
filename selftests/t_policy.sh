#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Policies: who may call whom, and what becomes of those who may not.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

setup_b_com
service a.com 3
service c.com 4
endpoint c.com b3 13
# a is an endpoint of a.com, and so a client of that name
endpoint a.com a 1

# FAMILY [VIP]: a ping tells that it is prohibited, and it is counted
denied()
{
	local before out word="Packet filtered"
	[ "$1" = 4 ] || word="Administratively prohibited"
	before="$(counter denied)"
	out="$(in_ns a ping -n -c 1 -W 20 "$(vip "$1" "${2:-2}")" 2>&1)"
	echo "$out" >&2
	[[ "$out" = *"$word"* ]] || fail "not told: $word" || return 1
	expect_num denied "$(counter denied)" -gt "$before"
}

# FAMILY [VIP]
allowed()
{
	answers "$(vip "$1" "${2:-2}")"
}

both()
{
	"$1" 4 "${2:-2}" && "$1" 6 "${2:-2}"
}

no_policies()
{
	json '.[] | "from \(.from // "any") to \(.to // "any")"' policy show |
		while read -r policy; do
			# shellcheck disable=SC2086 # words
			S policy del $policy
		done
	expect policies "$(json length policy show)" 0
}

default_allow()
{
	expect default "$(json '.[0].policy' domain show)" allow &&
		allowed "$1"
}

pair()
{
	S policy add from a.com to b.com deny || return 1
	denied "$1" && allowed "$1" 4 && S policy del from a.com to b.com &&
		allowed "$1"
}

# nothing is held for who may not ask
gate_shut()
{
	S endpoint set b.com b1 state down && S endpoint set b.com b2 state down &&
		S policy add from a.com to b.com deny || return 1
	denied "$1" || return 1
	expect held "$(json '.[0].held_packets' domain show)" 0 || return 1
	S policy del from a.com to b.com && S endpoint set b.com b1 state up &&
		S endpoint set b.com b2 state up
}

# A flow that is there goes; the client is told; it comes back when it may.
established()
{
	local report
	S flow flush
	flood f -n 0 -i 20000 -W 2000 -w 64 "$(vip "$1" 2)"
	poll 5 json_is 'length > 0' true flow show service b.com || return 1
	S policy add from a.com to b.com deny || return 1
	poll 5 json_is length 0 flow show service b.com || return 1
	denied "$1" || return 1
	S policy replace from a.com to b.com allow || return 1
	poll 5 json_is 'length > 0' true flow show service b.com || return 1
	report="$(flood_end f TERM)"
	S policy del from a.com to b.com
	expect_num errors "$(field "$report" errors)" -gt 0 &&
		expect wrong_source "$(field "$report" wrong_source)" 0
}

# The kernel's answer to a TCP client, too
tcp()
{
	local words port="700$1" want=EHOSTUNREACH
	[ "$1" = 4 ] || want=EACCES
	serve b1 "$port" && serve b2 "$port" || return 1
	S policy add from a.com to any deny || return 1
	words="$(ask a tcp "$(vip "$1" 2)" "$port")"
	S policy del from a.com to any
	expect "the client is told" "$words" "$want"
}

# A connection that is there: its client gets an error, and soon.
tcp_established()
{
	local port="800$1"
	serve b1 "$port" && serve b2 "$port" || return 1
	talk t "$(vip "$1" 2)" "$port" || return 1
	expect "before it" "$(say t echo 100)" "echoed 100" || return 1
	S policy add from a.com to b.com deny || return 1
	poll 5 json_is length 0 flow show service b.com || return 1
	expect "the client is told" "$(say t echo 100)" ECONNRESET
	local rc=$?
	hang_up t
	S policy del from a.com to b.com
	return "$rc"
}

# What is asked for is denied or not when somebody has said whose it is.
upcall()
{
	local net=10.1.0.0/24
	[ "$1" = 4 ] || net=fd00:254::/64
	S domain set policy deny && S rule add "$net" upcall time 9s || return 1
	flood f -n 1 -w 64 "$(vip "$1" 7)"
	poll 5 json_is '.[0].held_packets' 1 domain show || return 1
	service f.com 7 hold time 9s && S policy add from a.com to f.com allow &&
		endpoint f.com b1 11 || return 1
	nothing_lost "$(flood_end f)" || return 1
	no_policies && denied "$1" 7 || return 1
	S service del f.com && S rule flush && S domain set policy allow
}

# the most specific one, and where they are as specific one that denies
precedence()
{
	S domain set policy deny || return 1
	both denied || return 1
	S policy add from any to b.com allow && both allowed || return 1
	S policy add from a.com to any deny && both denied || return 1
	S policy add from a.com to b.com allow && both allowed &&
		both denied 4 || return 1
	# it is of two services now
	service d.com 5 && endpoint d.com a 1 || return 1
	S policy add from d.com to b.com deny && both denied || return 1
	S policy replace from d.com to b.com allow &&
		S policy replace from d.com to any allow || return 1
	# from a.com to any denies, from d.com to any allows
	both allowed && both denied 4 || return 1
	expect "in show" "$(json '.[] | "\(.from // "any") \(.to // "any") \(.access)"' \
		policy show | sort | tr '\n' ,)" \
		"a.com any deny,a.com b.com allow,any b.com allow,d.com any allow,d.com b.com allow,"
}

with_services()
{
	S service del d.com || return 1
	expect policies "$(json '.[0].policies' domain show)" 3 || return 1
	no_policies && S domain set policy allow && both allowed
}

default_deny()
{
	S domain set policy deny || return 1
	denied "$1" && S policy add from any to b.com allow && allowed "$1" &&
		denied "$1" 4 || return 1
	no_policies && S domain set policy allow
}

# who is of no service is subject to the default, and policies from any
stranger()
{
	S endpoint del a.com a && S policy add from a.com to b.com deny || return 1
	allowed "$1" && S policy add from any to b.com deny && denied "$1" ||
		return 1
	no_policies && endpoint a.com a 1
}

by_alias()
{
	S service set b.com alias www.b.com || return 1
	S policy add from a.com to www.b.com deny || return 1
	expect name "$(json '.[0].to' policy show)" b.com || return 1
	both denied && S policy del from a.com to www.b.com && both allowed
}

# FAMILY: what a walk says, and its cure
walk()
{
	local verdict=(json '.[0].verdict' "-$1" resolve b.com from netns a) cure
	S policy add from a.com to b.com deny || return 1
	expect verdict "$("${verdict[@]}")" denied || return 1
	expect policy "$(json '.[0].step[] | select(.kind == "policy") |
		"\(.policy_from) \(.policy_to) \(.access) \(.finding)"' \
		"-$1" resolve b.com from netns a)" "a.com b.com deny bad" ||
		return 1
	cure="$(json '.[0].cure' "-$1" resolve b.com from netns a)"
	# shellcheck disable=SC2086 # words
	$cure || return 1
	expect cured "$("${verdict[@]}")" answers || return 1
	S domain set policy deny
	expect default "$("${verdict[@]}")" denied || return 1
	cure="$(json '.[0].cure' "-$1" resolve b.com from netns a)"
	# shellcheck disable=SC2086 # words
	$cure || return 1
	expect cured "$("${verdict[@]}")" answers || return 1
	no_policies && S domain set policy allow
}

bad()
{
	S policy add from a.com to b.com deny || return 1
	refused "domain set policy" policy add from any to any deny &&
		refused "already" policy add from a.com to b.com allow &&
		refused "no service 'x.com'" policy add from x.com to b.com deny &&
		refused "no policy from 'b.com' to 'any'" \
			policy del from b.com to any || return 1
	S domain set max-policies 1 || return 1
	refused "its limit of 1 policies" policy add from b.com to any deny ||
		return 1
	S domain set max-policies 4096 && no_policies
}

# services at one address, all of which are asked about
at_address()
{
	local i
	for i in {1..64}; do
		echo "service add n$i.com"
		echo "endpoint add n$i.com e addr 10.0.9.9"
	done | S -b - || return 1
	S service add n65.com || return 1
	refused "the address has its limit of 64 endpoints" \
		endpoint add n65.com e addr 10.0.9.9 || return 1
	printf '%s\n' begin "endpoint del n1.com e" \
		"endpoint add n65.com e addr 10.0.9.9" \
		"endpoint replace n2.com e addr 10.0.9.9 weight 2" \
		commit | S -b - || return 1
	for i in {1..65}; do
		echo "service del n$i.com"
	done | S -b -
}

events()
{
	local monitor
	salctl -n orch -j monitor policy >"$WORK/events" 2>&1 &
	monitor=$!
	PIDS+=("$monitor")
	poll 5 grep -qs listening "$WORK/events" || return 1
	service e.com 6 && S policy add from a.com to e.com deny &&
		S policy replace from a.com to e.com allow &&
		S service del e.com || return 1
	poll 5 grep -q policy-del "$WORK/events" || return 1
	kill "$monitor"
	expect events "$(jq -c 'select(.seq) |
		[.event, .from, .to, .access, .seq]' "$WORK/events" |
		tr -d '\n')" \
		'["policy-add","a.com","e.com","deny",1]["policy-set","a.com","e.com","allow",2]["policy-del","a.com","e.com","allow",3]'
}

# The router's clients are told by the router.
router()
{
	S member add netns orch && S member del a || return 1
	in_ns orch sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	ip -n orch addr add "$(addr "$1" 254)/$([ "$1" = 4 ] && echo 16 || echo 64)" \
		dev br0 nodad
	ip -n a "-$1" route add "$(vip "$1" 2)" via "$(addr "$1" 254)"
	S policy add from a.com to b.com deny || return 1
	denied "$1" || return 1
	S policy del from a.com to b.com
	ip -n a "-$1" route del "$(vip "$1" 2)"
	S member del orch && S member add netns a route auto
}

each_family "allowed by default" default_allow
each_family "a pair is denied, and its client told" pair
each_family "with the gate shut" gate_shut
each_family "a flow ends when it is denied, and comes back" established
each_family "TCP" tcp
each_family "an established TCP connection" tcp_established
each_family "an upcall is answered first" upcall
t "precedence" precedence
t "policies go with their services" with_services
each_family "denied by default" default_deny
each_family "clients of no service" stranger
t "an alias stands for its service" by_alias
each_family "a walk tells the policy" walk
t "bad requests" bad
t "so many services at an address" at_address
t "events" events
each_family "in a router" router
finish
