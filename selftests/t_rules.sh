#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rules about prefixes: what each does, which one matches, what is refused.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

setup_b_com
service c.com 3
endpoint c.com b3 13

# prefix FAMILY HOST LENGTH: of a VIP
prefix()
{
	local host="$2"
	[ "$1 $host" != "6 0" ] || host=
	echo "$(vip "$1" "$host")/$3"
}

all()
{
	if [ "$1" = 4 ]; then echo 0.0.0.0/0; else echo ::/0; fi
}

no_rules()
{
	S rule flush && expect rules "$(json length rule show)" 0
}

# COMMAND...: then there are no rules any more, whatever came of it
cleanly()
{
	local rc=0
	"$@" || rc=1
	no_rules || rc=1
	S flow flush
	return "$rc"
}

# refused TEXT COMMAND...: by the kernel, and that is what it says
refused()
{
	local text="$1"
	shift
	if S "$@" 2>"$WORK/err"; then
		fail "not refused: $*"
		return 1
	fi
	cat "$WORK/err" >&2
	grep -qF "$text" "$WORK/err" || fail "no '$text'"
}

# --- what each does ---------------------------------------------------------

forward()
{
	local before
	S rule add "$(vip "$1" 50)" forward c.com || return 1
	S rule add "$(prefix "$1" 40 "$2")" forward c.com || return 1
	before="$(echos b3 "$1")"
	answers "$(vip "$1" 50)" && answers "$(vip "$1" 41)" || return 1
	expect "requests at b3" $(($(echos b3 "$1") - before)) 2 &&
		expect flows "$(json '[.[].service] | unique | join(" ")' \
			flow show)" c.com
}

by_tcp()
{
	S rule add "$(vip "$1" 50)" forward c.com || return 1
	expect "who answers" "$(ask a tcp "$(vip "$1" 50)" 7000 |
		grep -o 'b[0-9]' | head -n 1)" b3 || return 1
	expect "who answers" "$(ask a udp "$(vip "$1" 50)" 7000 |
		grep -o 'b[0-9]' | head -n 1)" b3
}

# b2 has the address, and answers by it
deliver()
{
	local before rc=0
	own add "$1"
	S rule add "$(prefix "$1" 0 "$2")" drop
	S rule add "$(vip "$1" 60)" deliver
	before="$(counter forward)"
	poll 5 answers "$(vip "$1" 60)" 1 || rc=1
	expect forward "$(counter forward)" "$before" || rc=1
	own del "$1"
	return "$rc"
}

drop()
{
	local before report
	before="$(counter rule-drop)"
	S rule add "$(vip "$1" 2)" drop || return 1
	report="$(echo_once -n 3 -i 1000 -W 300 "$(vip "$1" 2)")"
	expect received "$(field "$report" received)" 0 &&
		expect errors "$(field "$report" errors)" 0 &&
		expect rule-drop "$(counter rule-drop)" $((before + 3)) ||
		return 1
	S rule del "$(vip "$1" 2)" && answers "$(vip "$1" 2)"
}

reject()
{
	local before report want="3 1"
	[ "$1" = 4 ] || want="1 3"
	before="$(counter rule-reject)"
	S rule add "$(vip "$1" 2)" reject || return 1
	report="$(echo_once -n 1 "$(vip "$1" 2)")"
	expect error "$(field "$report" error.type) $(field "$report" \
		error.code)" "$want" &&
		expect about "$(field "$report" error.quoted)" \
			"$(vip "$1" 2)" &&
		expect rule-reject "$(counter rule-reject)" $((before + 1))
}

# New requests for b.com go to c.com for a while; b.com knows nothing of it, and
# whoever talks to it already goes on.
redirect()
{
	local report before
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	poll 5 json_is 'map(.service) | unique | join(" ")' b.com flow show ||
		return 1
	before="$(echos b3 "$1")"
	S rule add "$(vip "$1" 2)" redirect c.com && answers "$(vip "$1" 2)" ||
		return 1
	S rule del "$(vip "$1" 2)" && answers "$(vip "$1" 2)" || return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report" &&
		expect "requests at b3" $(($(echos b3 "$1") - before)) 1
}

# who_is PROTOCOL ADDRESS: that answers there
who_is()
{
	ask a "$1" "$2" 7000 | grep -o 'b[0-9]' | head -n 1
}

EVERY=("redirect c.com" drop reject deliver "upcall time 100ms then drop")

# A connection to b.com stays, whatever its VIP is to newer ones.
stays()
{
	local action rc=0
	only b1
	talk t "$(vip "$1" 2)" 7000 || return 1
	for action in "${EVERY[@]}"; do
		# shellcheck disable=SC2086
		S rule replace "$(vip "$1" 2)" $action || rc=1
		expect "$action" "$(say t echo 1000)" "echoed 1000" || rc=1
	done
	S rule replace "$(vip "$1" 2)" redirect c.com
	expect "a new one" "$(who_is tcp "$(vip "$1" 2)")" b3 || rc=1
	hang_up t || rc=1
	return "$rc"
}

# There is no flow: what has begun is not dropped, what begins is.
stays_without_vip()
{
	local rc=0
	own add "$1"
	poll 5 answers "$(vip "$1" 60)" 1 && talk t "$(vip "$1" 60)" 7000 || rc=1
	S rule add "$(all "$1")" drop || rc=1
	expect "what has begun" "$(say t echo 1000)" "echoed 1000" || rc=1
	not answers "$(vip "$1" 60)" 2 || rc=1
	hang_up t || rc=1
	own del "$1"
	return "$rc"
}

# b1 knows the client by a VIP, and answers to that, whatever a rule says of it.
known_by_vip()
{
	local action rc=0
	only b1
	service a.com 1
	endpoint a.com a 1
	S member set b1 route auto
	for action in "${EVERY[@]}"; do
		# shellcheck disable=SC2086
		S rule replace "$(vip "$1" 1)" $action || rc=1
		expect "TCP, $action" "$(who_is tcp "$(vip "$1" 2)")" b1 || rc=1
		expect "UDP, $action" "$(who_is udp "$(vip "$1" 2)")" b1 || rc=1
	done
	expect "what b1 knows it by" "$(json 'map(.peer) | unique | join(" ")' \
		flow show service b.com)" "$(vip "$1" 1)" || rc=1
	S member set b1 route none
	S service del a.com
	S endpoint set b.com b2 state up
	return "$rc"
}

# what a rule says where it is redirected to applies: two hops, then a verdict
composed()
{
	local report
	S rule add "$(vip "$1" 50)" redirect alias.com &&
		S rule add "$(vip "$1" 8)" redirect c.com || return 1
	answers "$(vip "$1" 50)" || return 1
	expect action "$(json '.[0] | "\(.service) \(.action)"' \
		resolve "$(vip "$1" 50)")" "c.com forward" || return 1
	S rule replace "$(vip "$1" 8)" reject
	report="$(echo_once -n 1 "$(vip "$1" 50)")"
	expect errors "$(field "$report" errors)" 1
}

# --- which one matches ------------------------------------------------------

is_action()
{
	expect "action of $2" "$(json '.[0].action' resolve "$2")" "$1"
}

longest()
{
	local len="$2"
	S rule add "$(all "$1")" reject
	S rule add "$(prefix "$1" 0 "$3")" drop
	S rule add "$(prefix "$1" 40 "$len")" forward c.com
	S rule add "$(vip "$1" 41)" deliver
	is_action deliver "$(vip "$1" 41)" &&
		is_action forward "$(vip "$1" 42)" &&
		is_action drop "$(vip "$1" 50)" &&
		is_action reject "$(addr "$1" 200)" &&
		expect VIP "$(json '.[0] | "\(.service) \(.action)"' \
			resolve "$(vip "$1" 2)")" "b.com null" &&
		answers "$(vip "$1" 2)" && answers "$(vip "$1" 42)" &&
		not answers "$(vip "$1" 50)" 2
}

# One rule of each length; the longest goes, and the next one matches.
each_length()
{
	local bits=32 len
	[ "$1" = 4 ] || bits=128
	python3 - "$(vip "$1" 200)" "$bits" >"$WORK/lengths" <<'END'
import ipaddress
import sys

addr = sys.argv[1]
bits = int(sys.argv[2])
nets = [ipaddress.ip_network(f"{addr}/{n}", strict=False)
        for n in range(bits + 1)]
for net in nets:
    print("rule add", net, "drop")
for net in reversed(nets):
    print("resolve", addr)
    print("rule del", net)
END
	S -j -b "$WORK/lengths" | jq -r '.[].rule? // empty' |
		sed -n 's,.*/,,p' >"$WORK/matched"
	# the longest one is shown without its length
	for ((len = bits - 1; len >= 0; len--)); do
		echo "$len"
	done | diff - "$WORK/matched" >&2
}

# Under a default rule nobody is cut off from endpoints' own addresses, nor are
# their answers; nor is what is no one host's.
default_rule()
{
	S rule add "$(all "$1")" drop || return 1
	answers "$(vip "$1" 2)" && answers "$(addr "$1" 11)" || return 1
	in_ns a ping -n -c 1 -W 20 "$(addr "$1" 1)" >/dev/null || return 1
	in_ns b1 ping -n -c 1 -W 20 "$(addr "$1" 12)" >/dev/null || return 1
	expect "by TCP" "$(ask a tcp "$(addr "$1" 13)" 7000 |
		grep -o 'b[0-9]' | head -n 1)" b3 || return 1
	expect "by UDP" "$(ask a udp "$(addr "$1" 13)" 7000 |
		grep -o 'b[0-9]' | head -n 1)" b3 || return 1
	expect "UDP, nobody there" "$(ask a udp -c "$(addr "$1" 13)" 7001)" \
		ECONNREFUSED || return 1
	not answers "$(addr "$1" 200)" 2
}

# --- add, replace, show, del ------------------------------------------------

story()
{
	local pfx
	pfx="$(prefix "$1" 0 "$2")"
	S rule add "$pfx" drop || return 1
	refused "there is a rule" rule add "$pfx" reject || return 1
	S rule replace "$pfx" forward b.com || return 1
	expect show "$(json '.[0] | "\(.prefix) \(.action) \(.service)"' \
		rule show "$pfx")" "$pfx forward b.com" || return 1
	S rule replace "$pfx" upcall time 5s "then" drop || return 1
	expect show "$(json '.[0] | "\(.action) \(.time) \(.then)"' \
		rule show "$pfx")" "upcall 5000 drop" || return 1
	S rule replace "$(vip "$1" 7)" deliver || return 1
	expect rules "$(json '.[0].rules' domain show)" 2 || return 1
	S rule del "$pfx" && refused "no rule" rule del "$pfx" &&
		refused "no rule" rule show "$pfx"
}

limit()
{
	S domain set max-rules 2
	S rule add 10.9.0.1 drop
	S rule add 10.9.0.2 drop
	refused "limit of 2 rules" rule add 10.9.0.3 drop || return 1
	S rule replace 10.9.0.2 reject
}

# a service's ID is its first VIP: that is where it is redirected to
loops()
{
	S service replace x.com vip "$(vip "$1" 20)"
	S service replace y.com vip "$(vip "$1" 21)"
	refused circle rule add "$(vip "$1" 20)" redirect x.com || return 1
	S rule add "$(vip "$1" 20)" redirect y.com &&
		refused circle rule add "$(vip "$1" 21)" redirect x.com &&
		S rule add "$(vip "$1" 21)" drop &&
		refused circle rule replace "$(vip "$1" 21)" redirect x.com
}

# a chain of eight is the longest; the ninth would not be the last one's fault
chain()
{
	local i
	for i in {0..9}; do
		S service add "l$i.com" vip "10.1.0.10$i"
	done
	for i in {0..7}; do
		S rule add "10.1.0.10$i" redirect "l$((i + 1)).com" || return 1
	done
	expect end "$(json '.[0].service' resolve 10.1.0.100)" l8.com &&
		refused "more than 8" rule add 10.1.0.108 redirect l9.com
}

# VIPs come later than rules: what has become a circle drops, and is counted
circle()
{
	local before
	S rule add 10.1.0.110 redirect l0.com
	S rule add 10.1.0.100 redirect l1.com
	S service set l1.com vip 10.1.0.110
	before="$(counter rule-loop)"
	not answers 10.1.0.100 2 || return 1
	expect_num rule-loop "$(counter rule-loop)" -gt "$before" &&
		expect verdict "$(json '.[0].verdict' resolve 10.1.0.100 \
			from netns a)" rule-loop
}

named()
{
	S rule add "$(vip "$1" 50)" forward c.com
	refused "the rule of $(vip "$1" 50)/$2" service del c.com || return 1
	S rule del "$(vip "$1" 50)"
}

flush()
{
	S service add gone.com vip 10.1.0.120
	S rule add 10.1.0.121 redirect gone.com
	S rule add 10.1.0.122 drop
	S flush || return 1
	expect rules "$(json length rule show)" 0 &&
		expect services "$(json length service show)" 0
}

bad()
{
	refused "loopback" rule add 127.0.0.0/8 drop &&
		refused "multicast" rule add ff02::/16 drop &&
		refused "link-local" rule add fe80::1 drop &&
		refused "no service" rule add 10.9.0.0/16 forward nobody.com &&
		refused "bits behind" rule add 10.9.0.1/16 drop
}

# --- resolve ----------------------------------------------------------------

walks()
{
	local verdict
	for verdict in drop reject deliver; do
		S rule replace "$(vip "$1" 50)" "$verdict"
		expect verdict "$(json '.[0].verdict' resolve "$(vip "$1" 50)" \
			from netns a)" "rule-$verdict" || return 1
	done
	S rule replace "$(vip "$1" 50)" upcall
	expect verdict "$(json '.[0].verdict' resolve "$(vip "$1" 50)" \
		from netns a)" upcall || return 1
	S rule replace "$(vip "$1" 50)" forward c.com
	expect verdict "$(json '.[0] | "\(.verdict) \(.service)"' \
		resolve "$(vip "$1" 50)" from netns a)" "answers c.com" ||
		return 1
	S rule replace "$(vip "$1" 2)" drop
	salctl -n orch "-$1" resolve b.com from netns a |
		tee "$WORK/walk" >&2
	grep -q "bad  rule of $(vip "$1" 2): drop" "$WORK/walk" &&
		grep -q "cure: salctl -n orch rule del" "$WORK/walk"
}

serve b3 7000
serve b1 7000
serve b2 7000

# by family: lengths of a prefix of 8, and of all VIPs
both()
{
	local name="$1" cmd="$2" rest
	shift 2
	for rest in "4 $1" "6 $2"; do
		# shellcheck disable=SC2086
		t "IPv${rest%% *}: $name" cleanly $cmd $rest
	done
}

both "forward: as a VIP" forward "29" "125"
both "forward, by TCP and UDP" by_tcp "" ""
both "deliver passes untouched" deliver "24" "64"
both "drop" drop "" ""
both "reject" reject "" ""
both "redirect, and back" redirect "" ""
both "a connection stays" stays "" ""
both "a connection stays, where there is no VIP" stays_without_vip "" ""
both "answers to a client that is known by a VIP" known_by_vip "" ""
S service add alias.com vip "$(vip 4 8)"
t "IPv4: redirected twice, and rejected there" cleanly composed 4
S service set alias.com vip "$(vip 6 8)"
t "IPv6: redirected twice, and rejected there" cleanly composed 6
both "the longest prefix first" longest "29 24" "125 64"
both "each length" each_length "" ""
both "a default rule leaves endpoints and answers alone" default_rule "" ""
both "add, replace, show, del" story "24" "64"
both "a circle is refused" loops "" ""
both "a service that a rule names stays" named "32" "128"
both "resolve tells of rules" walks "" ""
t "more than 8 are refused" cleanly chain
t "a circle that comes later drops" cleanly circle
t "what no rule can be about, or name" cleanly bad
t "limit of rules" cleanly limit
S domain set max-rules 4096
t "flush takes rules first" flush
finish
