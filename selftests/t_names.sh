#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Names as DNS has them, and other names of services.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
S domain set "${DOMAIN[@]}" vip-pool fd75:8ebb:fc98::/48
service b.com 2
endpoint b.com b1 11

# N: a name of N bytes, in labels of 63
name_of()
{
	local name
	name="$(printf 'n%.0s' {1..63})"
	name="$name.$name.$name.$name"
	echo "${name:0:$1}"
}

# SERVICE: its aliases
aliases()
{
	json '.[0].alias | join(" ")' service show "$1"
}

# names as DNS has them

longest()
{
	local name
	name="$(name_of 255)"
	expect length ${#name} 255 || return 1
	S service add "$name" && endpoint "$name" b2 12 || return 1
	expect name "$(json '.[0].name' service show "$name")" "$name" || return 1
	expect resolved "$(json '.[0].service' resolve "$name")" "$name" ||
		return 1
	answers "$(id_of "$name")" || return 1
	expect "that of its flow" \
		"$(json '.[0].service' flow show service "$name")" "$name" ||
		return 1
	S service del "$name"
}

too_long()
{
	refused "" service add "$(name_of 255)n" &&
		refused "" service add c.com alias "$(name_of 255)n" &&
		refused "" service show "$(name_of 255)n"
}

labels()
{
	local label
	label="$(printf 'l%.0s' {1..64})"
	refused "a label is longer than 63 bytes" service add "c.$label.com" &&
		refused "a label is empty" service add c..com &&
		refused "a label is empty" service add .com &&
		refused "a label is empty" service add . &&
		refused "'any' and 'none' are no names" service add Any &&
		refused "'any' and 'none' are no names" \
			service add c.com alias other.net alias none. &&
		refused "a label is empty" service add c.com.. &&
		refused "a label is empty" service add b.com.. &&
		refused "a label is empty" service replace b.com.. &&
		refused "a label is empty" service add c.com alias b.com.. &&
		refused "only letters" service add c/com || return 1
	S service add "c.${label:1}.com" && S service del "c.${label:1}.com"
}

spelling()
{
	S service add C-1.Com. || return 1
	expect "as it was given" "$(json '.[0].name' service show c-1.com)" \
		C-1.Com &&
		expect "its ID" "$(json '.[0].sid' service show C-1.COM)" \
			"$(id_of c-1.com)" &&
		refused "there is a service 'C-1.Com' already" \
			service add c-1.com &&
		S service del c-1.com.
}

# aliases

alias_answers()
{
	S service set b.com alias www.b.com alias other.org || return 1
	expect aliases "$(aliases b.com)" "www.b.com other.org" || return 1
	nothing_lost "$(echo_once -n 20 "$(id_of www.b.com)")" &&
		nothing_lost "$(echo_once -n 20 "$(id_of other.org)")" &&
		answers "$(vip 6 2)" && answers "$(vip 4 2)"
}

alias_resolves()
{
	expect service "$(json '.[0].service' resolve WWW.b.com.)" b.com &&
		expect address "$(json '.[0].vip | join(" ")' \
			resolve www.b.com)" "$(id_of www.b.com)" &&
		expect "its service's" "$(json '.[0].vip | length' \
			resolve b.com)" 4 &&
		expect verdict "$(json '.[0].verdict' \
			resolve www.b.com from netns a)" answers
}

alias_in_commands()
{
	expect show "$(json '.[0].name' service show www.b.com)" b.com &&
		endpoint www.b.com b3 13 &&
		expect endpoints "$(json length endpoint show other.org)" 2 &&
		S migrate www.b.com from b1 to b3 &&
		S endpoint del other.org b3 &&
		S service set other.org on-empty drop &&
		expect set "$(json '.[0].on_empty' service show b.com)" drop
}

# other settings leave them alone, and they leave the VIPs alone
alias_stays()
{
	S service set b.com vip "$(vip 4 2)" || return 1
	expect aliases "$(aliases b.com)" "www.b.com other.org" || return 1
	answers "$(id_of www.b.com)" || return 1
	S service set b.com alias other.org alias new.net || return 1
	expect VIPs "$(json '.[0].vip | length' service show b.com)" 3 || return 1
	answers "$(vip 4 2)" && answers "$(id_of new.net)" &&
		answers "$(id_of other.org)"
}

alias_replaced()
{
	expect aliases "$(aliases b.com)" "other.org new.net" &&
		refused "no service 'www.b.com'" service show www.b.com &&
		refused "no service has this address" \
			resolve "$(id_of www.b.com)" || return 1
	S service set b.com alias none || return 1
	expect none "$(aliases b.com)" "" &&
		expect VIPs "$(json '.[0].vip | length' service show b.com)" 1 ||
		return 1
	S service set b.com alias www.b.com
}

alias_clash()
{
	S service add c.com alias c.net || return 1
	refused "there is a service 'c.com' already" \
		service set b.com alias C.com &&
		refused "'c.net' is an alias of service 'c.com'" \
			service set b.com alias c.net &&
		refused "'www.b.com' is an alias of service 'b.com'" \
			service add www.b.com &&
		refused "'www.b.com' is an alias of service 'b.com'" \
			service replace www.b.com &&
		refused "(attribute alias[1])" \
			service set c.com alias d.com alias www.b.com &&
		refused "an alias is the service's own name" \
			service set c.com alias c.com. &&
		refused "the same alias is given twice" \
			service set c.com alias d.com alias D.com &&
		refused "VIP is in use by service 'b.com'" \
			service add d.com vip "$(id_of www.b.com)" || return 1
	expect "nothing changed" "$(aliases b.com) $(aliases c.com)" \
		"www.b.com c.net"
}

alias_many()
{
	local i words=()
	for i in {1..16}; do
		words+=(alias "n$i.org")
	done
	S service set c.com "${words[@]}" || return 1
	expect number "$(json '.[0].alias | length' service show c.com)" 16 &&
		refused "at most 16 aliases (attribute alias[16])" \
			service set c.com "${words[@]}" alias n17.org &&
		expect dump "$(json '[.[].alias | length] | add' \
			service show)" 17
}

# all longest, with as many VIPs as there may be: a dump has it, and so have the
# reply and the event of a transaction
alias_longest()
{
	local i name monitor vips=() words=()
	name="$(name_of 255)"
	for i in {10..25}; do
		words+=(alias "$i${name:2}")
	done
	for i in {1..64}; do
		vips+=(vip "192.0.2.$i")
	done
	salctl -n orch -j monitor service >"$WORK/events" 2>&1 &
	monitor=$!
	PIDS+=("$monitor")
	poll 5 listens || return 1
	printf '%s\n' begin \
		"service set c.com ${words[*]}" \
		"service replace d.com ${vips[*]}" commit | S -b - || return 1
	expect dump "$(json '[.[].alias[] | length] | max' \
		service show)" 255 &&
		poll 5 grep -q "25${name:2}" "$WORK/events" &&
		kill "$monitor" &&
		S service set c.com alias none &&
		S service set d.com "${words[@]}" &&
		expect VIPs "$(json '.[0].vip | length' service show d.com)" 80
}

listens()
{
	S service set b.com grace 5s && [ -s "$WORK/events" ]
}

alias_transaction()
{
	# a name changes hands, in either direction
	printf '%s\n' begin "service set b.com alias moved.org" \
		"service del c.com" "service add c.com alias www.b.com" \
		commit | S -b - || return 1
	expect "after it" "$(aliases b.com), $(aliases c.com)" \
		"moved.org, www.b.com" || return 1
	printf '%s\n' begin "service set b.com alias www2.org" \
		"service set c.com alias moved.org" \
		"service add www2.org" commit >"$WORK/batch"
	refused "batch:4: " -b "$WORK/batch" &&
		expect "as before" "$(aliases b.com), $(aliases c.com)" \
			"moved.org, www.b.com" &&
		answers "$(id_of moved.org)" || return 1
	# what was an alias becomes a service
	printf '%s\n' begin "service set b.com alias none" \
		"service add moved.org" commit | S -b - || return 1
	expect "a service" "$(json '.[0].service' resolve moved.org)" moved.org
}

alias_deleted()
{
	S service del c.com || return 1
	refused "no service 'www.b.com'" service show www.b.com &&
		S service add www.b.com && S service del www.b.com
}

t "a name of 255 bytes, and not of 256" longest
t "longer ones are refused" too_long
t "labels have 1 to 63 bytes" labels
t "upper and lower case and a dot at the end do not differ" spelling
t "IPv6: aliases answer by their own addresses" alias_answers
t "an alias resolves to its own address" alias_resolves
t "commands take aliases" alias_in_commands
t "aliases and VIPs are changed without each other" alias_stays
t "set replaces aliases" alias_replaced
t "a name is that of one service" alias_clash
t "so many aliases, and no more" alias_many
t "the longest of them" alias_longest
t "aliases in transactions" alias_transaction
t "aliases go with their service" alias_deleted
finish
