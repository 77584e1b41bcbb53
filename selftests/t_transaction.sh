#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Lines between begin and commit are done together or not at all: who is asked,
# who listens and each packet sees all of them or none. A line that cannot be
# done is named.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

FILE="$WORK/batch"

setup_b_com
add_host b4 14
service c.com 3
endpoint c.com b3 13
ip -n b1 addr add 10.0.1.21/16 dev eth0
ip -n b1 addr add fd00:1::21/64 dev eth0 nodad

# all that there is, but for flows and cells, which end in their own time, and what
# has been carried
table()
{
	local object
	for object in domain service endpoint member; do
		salctl -n orch -j "$object" show | jq -c \
			'del(.[] | .flows, .cells, .created, .destroyed,
				.forward_packets, .forward_bytes,
				.reverse_packets, .reverse_bytes)'
	done
}

# LINE...: a transaction in FILE
lines()
{
	printf '%s\n' begin "$@" commit >"$FILE"
	sed 's/^/| /' "$FILE" >&2
}

# LINE...: and done
transact()
{
	lines "$@"
	salctl -n orch -b "$FILE"
}

# LINE TEXT: what FILE has in that line cannot be done, for a reason
# that reads like TEXT, and nothing has changed
refuses()
{
	local before out
	before="$(table)"
	out="$(salctl -n orch -b "$FILE" 2>&1)" &&
		{ fail "it was done: $(cat "$FILE")"; return 1; }
	echo "$out" >&2
	grep -q "^$FILE:$1: .*$2" <<<"$out" ||
		fail "it does not name line $1" || return 1
	expect "what there is" "$(table)" "$before"
}

# --- the line that fails ----------------------------------------------------

# one of each kind that can be done
GOOD=(
	"service add n.com vip 10.1.0.9 vip fd00:254::9"
	"service add from-its.name"
	"service set b.com vip 10.1.0.8 hold off"
	"service replace b.com vip 10.1.0.2 on-empty drop"
	"service replace n2.com vip 10.1.0.10"
	"service del b.com"
	"endpoint add c.com netns b4 addr 10.0.1.14 addr fd00:1::14"
	"endpoint add c.com far addr 10.0.9.1 weight 3"
	"endpoint set b.com b1 weight 7 state down"
	"endpoint set b.com b1 addr 10.0.1.21"
	"endpoint replace b.com b2 netns b2 addr 10.0.1.12"
	"endpoint del b.com b1"
)

# one of each kind that cannot, and why
BAD=(
	"service add c.com"			"already"
	"service add x.com vip 10.1.0.3"	"in use"
	"service set nix hold off"		"no service"
	"service set c.com vip 10.0.1.13"	"VIP covers"
	"service del nix"			"no service"
	"endpoint add nix x addr 10.0.9.2"	"no service"
	"endpoint add c.com b3 addr 10.0.9.2"	"already"
	"endpoint add c.com x addr 10.0.1.13"	"in use"
	"endpoint set c.com x weight 2"		"no endpoint"
	"endpoint del c.com x"			"no endpoint"
)

each_before()
{
	local good rc=0
	for good in "${GOOD[@]}"; do
		lines "$good" "service del nix" "service del c.com"
		refuses 3 "no service" || rc=1
	done
	return "$rc"
}

each_bad()
{
	local i rc=0
	for ((i = 0; i < ${#BAD[@]}; i += 2)); do
		lines "service add n.com" "${BAD[i]}" "service add n2.com"
		refuses 3 "${BAD[i + 1]}" || rc=1
	done
	return "$rc"
}

# none of what there was is left when the last one fails
all_before()
{
	local before
	lines "${GOOD[@]:0:5}" "${GOOD[@]:6}" "service del b.com" \
		"service del c.com" "endpoint del c.com b3"
	refuses $((${#GOOD[@]} + 3)) "no service" || return 1
	# and yet the lines before it can be done
	before="$(table)"
	sed -i '/endpoint del c.com b3/d; s/^commit/abort/' "$FILE"
	salctl -n orch -b "$FILE" || return 1
	expect "what there is after an abort" "$(table)" "$before" || return 1
	answers "$(vip 4 2)" && answers "$(vip 6 3)"
}

not_allowed()
{
	local line rc=0
	for line in "domain set max-flows 1000" "member add netns b4" \
		"member set a route none" "member del a" "flow flush" \
		"migrate b.com from b1 to b2" flush; do
		lines "service add n.com" "$line"
		refuses 3 transaction || rc=1
	done
	return "$rc"
}

unfinished()
{
	printf '%s\n' "# before" begin "${GOOD[@]:0:3}" >"$FILE"
	refuses 2 "no commit"
}

# With -force the rest of a transaction is looked at and not done; what follows
# it is.
forced()
{
	local out
	printf '%s\n' begin "service add n.com" "service add" \
		"member del a" "service add n2.com" commit \
		"service add n3.com" >"$FILE"
	out="$(salctl -n orch -force -b "$FILE" 2>&1)" &&
		{ fail "it was done"; return 1; }
	echo "$out" >&2
	expect "lines told of" "$(cut -d : -f 2 <<<"$out" | xargs)" "3 4 6" &&
		expect services "$(json '[.[].name] | join(" ")' \
			service show)" "b.com c.com n3.com" &&
		S service del n3.com
}

t "a line that fails is named, whatever came before it" each_before
t "whatever it is, its reason is told" each_bad
t "after many lines nothing is left of them" all_before
t "what cannot be part of a transaction is refused" not_allowed
t "a file that ends before the commit" unfinished
t "-force goes on, but not to the commit" forced

# --- order ------------------------------------------------------------------

same_name()
{
	transact "endpoint del b.com b1" \
		"endpoint add b.com netns b1 addr $(addr "$1" 11)" \
		"endpoint del b.com b2" || return 1
	answers "$(vip "$1" 2)" || return 1
	expect "endpoints" "$(json '[.[].name] | join(" ")' endpoint show \
		b.com)" b1 || return 1
	transact "service del b.com" \
		"service add b.com vip $(vip 4 2) vip $(vip 6 2)" \
		"endpoint add b.com netns b2 addr 10.0.1.12 addr fd00:1::12" \
		"endpoint add b.com netns b1 addr 10.0.1.11 addr fd00:1::11" ||
		return 1
	answers "$(vip "$1" 2)"
}

# the address of the first one goes to the second of the same service
address_handed()
{
	local before rc=0
	transact "endpoint set b.com b1 addr $(addr "$1" 21)" \
		"endpoint del b.com b2" \
		"endpoint add b.com other netns b1 addr $(addr "$1" 11)" ||
		return 1
	before="$(echos b1 "$1")"
	answers "$(vip "$1" 2)" && answers "$(vip "$1" 2)" || rc=1
	expect "requests in b1" "$(echos b1 "$1")" $((before + 2)) || rc=1
	# the other way round it is in use
	lines "endpoint set b.com other addr $(addr "$1" 21)" \
		"endpoint del b.com b1"
	refuses 2 "in use" || rc=1
	transact "endpoint del b.com other" \
		"endpoint set b.com b1 addr $(addr "$1" 11)" \
		"endpoint add b.com netns b2 addr 10.0.1.12 addr fd00:1::12" ||
		return 1
	return "$rc"
}

vip_handed()
{
	local before f="$1"
	lines "service set c.com vip $(vip "$f" 2)" \
		"service set b.com vip $(vip "$f" 8)"
	refuses 2 "in use" || return 1
	answers "$(vip "$f" 2)" || return 1
	transact "service set b.com vip $(vip "$f" 8)" \
		"service set c.com vip $(vip "$f" 2)" \
		"service set b.com vip $(vip "$f" 3)" || return 1
	before="$(echos b3 "$f")"
	answers "$(vip "$f" 2)" || return 1
	expect "requests in b3" "$(echos b3 "$f")" $((before + 1)) || return 1
	answers "$(vip "$f" 3)" || return 1
	expect "requests in b3" "$(echos b3 "$f")" $((before + 1)) || return 1
	not answers "$(vip "$f" 8)" 2 || fail "by a VIP of the middle" || return 1
	transact "service set b.com vip $(vip 4 8)" \
		"service set c.com vip $(vip 4 3) vip $(vip 6 3)" \
		"service set b.com vip $(vip 4 2) vip $(vip 6 2)"
}

# what comes and goes within it was never there
within()
{
	local names
	names="$(json '[.[].name]' service show)"
	transact "service add t.com vip 10.1.0.20" \
		"endpoint add t.com netns b4 addr 10.0.1.14" \
		"endpoint set t.com b4 weight 2" \
		"endpoint set t.com b4 addr 10.0.9.9" "endpoint del t.com b4" \
		"service set t.com vip 10.1.0.21" "service del t.com" ||
		return 1
	expect services "$(json '[.[].name]' service show)" "$names" || return 1
	transact "service add t.com vip $(vip 4 20) vip $(vip 6 20)" \
		"endpoint add t.com netns b4 addr 10.0.9.9" \
		"endpoint set t.com b4 addr 10.0.1.14 addr fd00:1::14" ||
		return 1
	answers "$(vip 4 20)" && answers "$(vip 6 20)" || return 1
	transact "service flush" \
		"service add b.com vip $(vip 4 2) vip $(vip 6 2)" \
		"service add c.com vip $(vip 4 3) vip $(vip 6 3)" \
		"endpoint add b.com netns b1 addr 10.0.1.11 addr fd00:1::11" \
		"endpoint add b.com netns b2 addr 10.0.1.12 addr fd00:1::12" \
		"endpoint add c.com netns b3 addr 10.0.1.13 addr fd00:1::13" ||
		return 1
	answers "$(vip 4 2)" && answers "$(vip 6 3)" &&
		not json_is length 1 service show t.com
}

each_family "a name is given up and taken" same_name
each_family "an address goes from one endpoint to another" address_handed
each_family "a VIP goes from one service to another" vip_handed
t "what is made and deleted within it" within

# --- one that is open -------------------------------------------------------

# LINE...: begin, and these lines, which the kernel keeps while fd 7 is open
keep()
{
	# not what an earlier one has said: it might not even have opened this one
	# when we close it, and wait for ever
	rm -f "$WORK/fifo" "$WORK/kept"
	mkfifo "$WORK/fifo"
	salctl -n orch -b "$WORK/fifo" >"$WORK/kept" 2>"$WORK/kept.err" &
	KEEPER=$!
	PIDS+=("$KEEPER")
	exec 7<>"$WORK/fifo"
	printf '%s\n' begin "$@" "domain show" >&7
	poll 9 test -s "$WORK/kept" || { cat "$WORK/kept.err" >&2; return 1; }
}

# how it has ended
kept_end()
{
	exec 7>&-
	wait "$KEEPER"
	local rc=$?
	cat "$WORK/kept.err" >&2
	return "$rc"
}

killed()
{
	local before
	before="$(table)"
	keep "${GOOD[@]:0:5}" "${GOOD[@]:6}" || return 1
	expect "what there is, before the commit" "$(table)" "$before" ||
		return 1
	# nobody else is kept waiting, and it has no part in theirs
	S service add x.com && S service del x.com || return 1
	before="$(table)"
	kill -KILL "$KEEPER"
	kept_end 2>/dev/null
	expect "what there is, after its end" "$(table)" "$before" &&
		S service add n.com && S service del n.com
}

# Its namespace dies between the line and the commit: it is the line's fault, or
# there is an endpoint that goes as it would have gone a moment later.
namespace_dies()
{
	local before
	add_ns gone
	before="$(json '[.[].name]' endpoint show b.com)"
	keep "endpoint add b.com netns gone addr 10.0.1.99" || return 1
	del_ns gone
	echo commit >&7
	kept_end || grep -q "^$WORK/fifo:2: " "$WORK/kept.err" ||
		fail "line 2 is not named" || return 1
	poll 9 json_is '[.[].name]' "$before" endpoint show b.com || return 1
	answers "$(vip 4 2)" && answers "$(vip 6 2)"
}

# What it was about has gone at the commit.
others_are_faster()
{
	keep "service add n.com" "endpoint set c.com b3 weight 2" || return 1
	S service del c.com
	echo commit >&7
	kept_end && { fail "it was done"; return 1; }
	grep -q "^$WORK/fifo:3: .*c.com" "$WORK/kept.err" || return 1
	expect services "$(json '[.[].name] | join(" ")' service show)" b.com &&
		service c.com 3 && endpoint c.com b3 13
}

t "it is forgotten where salctl is killed" killed
t "a namespace that dies before the commit" namespace_dies
t "somebody else was faster" others_are_faster

# --- listeners --------------------------------------------------------------

# FILTER: names of the events so far that are like that
heard()
{
	jq -r "select($1) | .event" "$WORK/events" | xargs
}

heard_last()
{
	grep -q '"last.com"' "$WORK/events"
}

listeners()
{
	local id group
	salctl -n orch -j monitor service endpoint migrate transaction \
		>"$WORK/events" &
	PIDS+=($!)
	poll 9 grep -q listening "$WORK/events" || return 1
	answers "$(vip 4 2)" && answers "$(vip 6 2)" || return 1

	lines "${GOOD[@]:0:5}" "service del nix"
	refuses 7 "no service" || return 1
	sed -i 's/^commit/abort/; /nix/d' "$FILE"
	S -b "$FILE" || return 1
	lines "service add n.com" "endpoint add n.com far addr 10.0.9.1" \
		"endpoint del b.com b1" "service set c.com hold off" \
		"service add t.com" "service del t.com"
	id="$(salctl -n orch -j -b "$FILE" | jq -r '.[0].id')"
	S service add last.com
	S service del last.com
	poll 9 heard_last || return 1
	cat "$WORK/events" >&2

	expect "events of the transaction" "$(jq -r "select(.transaction ==
		$id and .event != \"migrate\") | \"\(.event) \(.name)\"" \
		"$WORK/events" | sort | xargs)" \
		"endpoint-add far endpoint-del b1 service-add n.com service-set c.com" ||
		return 1
	expect "moves without it" \
		"$(heard '.event == "migrate" and .transaction == null')" "" &&
		expect "events of another one" \
		"$(heard ".transaction and .transaction != $id")" "" &&
		expect "and its end" \
		"$(jq -c 'select(.event == "transaction-commit") |
			del(.seq)' "$WORK/events")" \
		"{\"event\":\"transaction-commit\",\"id\":$id,\"requests\":6}" &&
		expect "what came after that" "$(sed -n \
			'/transaction-commit/,$p' "$WORK/events" |
			jq -r .event | xargs)" \
			"transaction-commit service-add service-del" || return 1
	for group in service endpoint migrate transaction; do
		expect "numbers of $group" "$(jq -c --arg g "$group" \
			'select(.event | startswith($g)) | .seq' \
			"$WORK/events" | jq -sc '. == [range(1; length + 1)]')" \
			true || return 1
	done
	S service del n.com
	endpoint b.com b1 11
}

t "listeners see one transaction, and nothing of others" listeners

# --- how much ---------------------------------------------------------------

# 100 services with 99 endpoints each
ten_thousand()
{
	awk 'BEGIN {
		print "begin"
		for (s = 1; s <= 100; s++) {
			printf "service add s%d vip 10.2.0.%d\n", s, s
			for (e = 1; e < 100; e++)
				printf "endpoint add s%d e%d addr 10.3.%d.%d\n",
				       s, e, s, e
		}
		print "commit"
	}' >"$FILE"
}

large()
{
	local start took
	ten_thousand
	sed -i '$s/.*/service add one-more\n&/' "$FILE"
	refuses 10002 transaction || return 1
	sed -i /one-more/d "$FILE"
	start="$(ms)"
	salctl -n orch -j -b "$FILE" >"$WORK/large" || return 1
	took=$(($(ms) - start))
	expect requests "$(jq '.[0].requests' "$WORK/large")" 10000 &&
		expect endpoints "$(json '.[0].endpoints' domain show)" \
			$((9900 + 3)) &&
		expect "those of one" "$(json '.[0].endpoints' service show \
			s100)" 99 || return 1
	ktap_print_msg "10000 requests in one transaction: $took ms"

	# and with one that fails at its end
	sed -i "s/add/del/; s/vip.*//; s/addr.*//; 10001s/.*/service del nix/" \
		"$FILE"
	sed -i '/^service del s/d' "$FILE"
	refuses 9901 "no service" || return 1
	printf 'service del s%d\n' {1..100} | sed '1ibegin
		$acommit' >"$FILE"
	start="$(ms)"
	salctl -n orch -b "$FILE" || return 1
	ktap_print_msg "100 services with 9900 endpoints deleted:" \
		"$(($(ms) - start)) ms"
	expect endpoints "$(json '.[0].endpoints' domain show)" 3
}

# Not where KASAN has two CPUs: there the kernel takes all memory to take leave of
# per-CPU memory that is given back by the megabyte; and this is about no race.
[ "${SAL_KIND:-}" = smp ] || t "10000 requests, and not one more" large

# --- under traffic ----------------------------------------------------------

# Each one answers with a hop limit of its own.
for host in 11 12 13 14; do
	in_ns "b${host#1}" sysctl -qw "net.ipv4.ip_default_ttl=1$host" \
		"net.ipv6.conf.eth0.hop_limit=1$host"
done
# and may be asked without a raw socket
in_ns a sysctl -qw "net.ipv4.ping_group_range=0 0"
VIPS="$(vip 4 2),$(vip 6 2),$(vip 4 3),$(vip 6 3)"

# b.com by b1 and b2, c.com by b3 and b4; nothing is held for want of an endpoint
two_and_two()
{
	transact "service flush" \
		"service add b.com vip $(vip 4 2) vip $(vip 6 2) hold off" \
		"service add c.com vip $(vip 4 3) vip $(vip 6 3) hold off" \
		"$(endpoint_line b.com 1)" "$(endpoint_line b.com 2)" \
		"$(endpoint_line c.com 3)" "$(endpoint_line c.com 4)"
}

# SERVICE N: the line that adds bN
endpoint_line()
{
	echo "endpoint add $1 netns b$2 addr 10.0.1.1$2 addr fd00:1::1$2"
}

# NUMBER STATE FILE [STATE FILE]: transactions while whole.py looks, and while
# streams of both families go to both services
under_traffic()
{
	local name n="$1" rc=0
	shift
	flood b4 -n 0 -i 3000 "$(vip 4 2)"
	flood b6 -n 0 -i 3000 "$(vip 6 2)"
	flood c4 -n 0 -i 3000 "$(vip 4 3)"
	flood c6 -n 0 -i 3000 "$(vip 6 3)"
	in_ns a "$LIB_DIR/tools/whole.py" "$n" "$VIPS" "$@" >"$WORK/whole" \
		2>"$WORK/whole.err"
	cat "$WORK/whole" >&2
	head -n 3 "$WORK/whole.err" >&2
	for name in b4 b6 c4 c6; do
		nothing_lost "$(flood_end "$name" TERM)" || rc=1
	done
	for name in lost wrong_source neither; do
		expect "$name" "$(jq ".$name" "$WORK/whole")" 0 || rc=1
	done
	return "$rc"
}

seen()
{
	jq -r "\"\(.done) \(.refused) \(.changes)\"" "$WORK/whole"
}

# DIRECTION FILE: all endpoints of b.com go to c.com and the other way round
exchange()
{
	local b=(1 2) c=(3 4) ep
	[ "$1" = there ] || { b=(3 4); c=(1 2); }
	{
		echo begin
		for ep in "${b[@]}"; do echo "endpoint del b.com b$ep"; done
		for ep in "${c[@]}"; do echo "endpoint del c.com b$ep"; done
		for ep in "${c[@]}"; do endpoint_line b.com "$ep"; done
		for ep in "${b[@]}"; do endpoint_line c.com "$ep"; done
		echo commit
	} >"$2"
}

exchanged()
{
	two_and_two || return 1
	exchange there "$WORK/there"
	exchange back "$WORK/back"
	under_traffic 20 111/112,111/112,113/114,113/114 "$WORK/there" \
		113/114,113/114,111/112,111/112 "$WORK/back" || return 1
	expect "done, refused, seen" "$(seen)" "20 0 20"
}

# B C FILE: VIPs of b.com and c.com, by way of one that nobody knows
hand_vips()
{
	printf '%s\n' begin "service set b.com vip $(vip 4 99)" \
		"service set c.com vip $(vip 4 "$2") vip $(vip 6 "$2")" \
		"service set b.com vip $(vip 4 "$1") vip $(vip 6 "$1")" \
		commit >"$3"
}

handed()
{
	two_and_two || return 1
	hand_vips 3 2 "$WORK/there"
	hand_vips 2 3 "$WORK/back"
	under_traffic 20 111/112,111/112,113/114,113/114 "$WORK/there" \
		113/114,113/114,111/112,111/112 "$WORK/back" || return 1
	expect "done, refused, seen" "$(seen)" "20 0 20"
}

# A VIP that is given up falls to a shorter prefix, whose service the transaction
# does not name: what waited meanwhile goes there.
falls_to_prefix()
{
	local rc=0 name
	two_and_two || return 1
	S service add n.com vip 10.1.0.0/24 vip fd00:254::/64
	endpoint n.com b4 14
	flood x4 -n 0 -i 1000 -w 64 "$(vip 4 2)"
	flood x6 -n 0 -i 1000 -w 64 "$(vip 6 2)"
	for _ in {1..8}; do
		transact "service set b.com vip 10.2.0.1" \
			"service set c.com on-empty drop" || rc=1
		transact "service set b.com vip $(vip 4 2) vip $(vip 6 2)" \
			"service set c.com on-empty reject" || rc=1
	done
	for name in x4 x6; do
		nothing_lost "$(flood_end "$name" TERM)" || rc=1
	done
	S service del n.com
	return "$rc"
}

refused_under_traffic()
{
	local before
	two_and_two || return 1
	before="$(json '[.[].name]' service show)"
	exchange there "$WORK/there"
	sed -i '$s/.*/service del c.com\nservice del nix\n&/' "$WORK/there"
	under_traffic 20 111/112,111/112,113/114,113/114 "$WORK/there" ||
		return 1
	expect "done, refused, seen" "$(seen)" "0 20 0" &&
		expect services "$(json '[.[].name]' service show)" "$before"
}

t "endpoints are exchanged under traffic: all or nothing" exchanged
t "VIPs are exchanged under traffic: all or nothing" handed
t "a VIP falls to a shorter prefix under traffic" falls_to_prefix
t "one that is refused under traffic disturbs nobody" refused_under_traffic

# --- rights -----------------------------------------------------------------

nobody()
{
	local out before
	before="$(table)"
	lines "service add n.com"
	chmod a+rx "$WORK"
	out="$(nobody_in orch salctl -b "$FILE" 2>&1)" &&
		{ fail allowed; return 1; }
	echo "$out" >&2
	grep -q "^$FILE:1: permission denied.*CAP_NET_ADMIN" <<<"$out" &&
		expect "what there is" "$(table)" "$before"
}

own_domain()
{
	lines "service add own.com" "endpoint add own.com far addr 10.0.9.1"
	unshare -Urn bash -c "salctl -b $FILE && salctl endpoint show" |
		tee >(cat >&2) | grep -q '^own.com far'
}

anothers_namespace()
{
	local out
	lines "service add own.com" \
		"endpoint add own.com netns /run/netns/b1 addr 10.0.1.11"
	out="$(unshare -Urn bash -c "salctl -b $FILE" 2>&1)" &&
		{ fail allowed; return 1; }
	echo "$out" >&2
	grep -q "^$FILE:3: .*no CAP_NET_ADMIN over" <<<"$out"
}

t "it needs CAP_NET_ADMIN to begin" nobody
t "root of a user namespace has transactions in its own domain" own_domain
t "but no right over another's namespace" anothers_namespace

# --- the end ----------------------------------------------------------------

# A transaction that is open does not hold the module, and goes with it.
unload_open()
{
	keep "${GOOD[@]:0:5}" || return 1
	poll 9 unloaded || return 1
	echo commit >&7
	kept_end && { fail "it was done"; return 1; }
	load
	S domain set "${DOMAIN[@]}"
	expect services "$(json length service show)" 0
}

in_userns || t "the module goes while one is open" unload_open
finish
