#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VIPs: addresses and prefixes, longest first; IDs from names; two of them.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup

# FAMILY ADDRESS NS: which endpoint gets a request for the address?
goes_to()
{
	local before
	before="$(echos "$3" "$1")"
	answers "$2" || return 1
	expect "requests for $2 in $3" "$(echos "$3" "$1")" $((before + 1))
}

S service add wide vip 10.1.0.0/24 vip fd00:254::/64
endpoint wide b1 11
S service add narrow vip 10.1.0.16/28 vip fd00:254::10:0/112
endpoint narrow b2 12
S service add host vip 10.1.0.20 vip fd00:254::10:20
endpoint host b3 13

longest4()
{
	goes_to 4 10.1.0.5 b1 && goes_to 4 10.1.0.17 b2 &&
		goes_to 4 10.1.0.20 b3 && goes_to 4 10.1.0.21 b2
}

longest6()
{
	goes_to 6 fd00:254::5 b1 && goes_to 6 fd00:254::10:17 b2 &&
		goes_to 6 fd00:254::10:20 b3 && goes_to 6 fd00:254::10:21 b2
}

# What the longest one leaves is the next one's.
shorter_after_del()
{
	S service del host || return 1
	goes_to 4 10.1.0.20 b2 && goes_to 6 fd00:254::10:20 b2
}

id_from_name()
{
	S service add c.com && endpoint c.com b3 13 || return 1
	expect sid "$(json '.[0].sid' service show c.com)" "$(id_of c.com)" &&
		expect derived "$(json '.[0].derived' service show c.com)" true
}

id_answers()
{
	S domain set "${DOMAIN[@]}" vip-pool fd75:8ebb:fc98::/48 || return 1
	answers "$(id_of c.com)"
}

id_prefix()
{
	S domain set id-prefix fd00:77::/64 || return 1
	S service add d.com || return 1
	expect prefix "$(json '.[0].sid' service show d.com | cut -d: -f1,2)" \
		fd00:77 &&
		expect "who was there" "$(json '.[0].sid' service show c.com)" \
			"$(id_of c.com)"
}

# Both VIPs of one service from one client, at a time.
two_vips()
{
	local r1 r2
	flood one -n 200 -i 2000 -e 100 "$(vip "$1" 40)"
	flood two -n 200 -i 2000 -e "${2:-101}" "$(vip "$1" 41)"
	r1="$(flood_end one)" r2="$(flood_end two)"
	nothing_lost "$r1" && nothing_lost "$r2"
}

same_id()
{
	local before
	before="$(counter flow-mapped)"
	S flow flush
	two_vips "$1" 100 || return 1
	expect_num flow-mapped "$(counter flow-mapped)" -eq $((before + 1)) &&
		expect "mapped flows" "$(json '[.[] | select(.mapped)] | length' \
			flow show service two.com)" 1
}

t "IPv4: the longest prefix wins" longest4
t "IPv6: the longest prefix wins" longest6
t "a deleted prefix leaves its addresses to the next shorter one" \
	shorter_after_del
t "a service without VIP has its ID from its name" id_from_name
t "IPv6: that ID answers" id_answers
t "another ID prefix is for those that come" id_prefix

S service del wide
S service del narrow
S service add two.com vip 10.1.0.40 vip 10.1.0.41 vip fd00:254::40 \
	vip fd00:254::41
endpoint two.com b1 11
each_family "two VIPs of one service, each answered by the one asked" two_vips
each_family "the same with one echo id: the clash is mapped" same_id
finish
