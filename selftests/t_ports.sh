#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A service of one protocol, of one port or some; and endpoints that have its ports
# by other numbers.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com
serve b1 53 54 80 8000 8001 8002 8009
serve b2 80 9000 9001 9002

# PROTO FAMILY PORT: who answers there, or what the client gets
who()
{
	ask a "$1" -c "$(vip "$2" 2)" "$3" | cut -d ' ' -f 2
}

# FAMILY PROTO...: by which the service answers on port 53, and by echo
answers_by()
{
	local f="$1" proto rc=0 want
	shift
	for proto in tcp udp; do
		want=ECONNREFUSED
		[[ " $* " != *" $proto "* ]] || want=b1
		expect "by $proto" "$(who "$proto" "$f" 53)" "$want" || rc=1
	done
	want=fail
	[[ " $* " != *" echo "* ]] || want=0
	if answers "$(vip "$f" 2)"; then
		[ "$want" = 0 ] || { fail "it answers a ping"; rc=1; }
	else
		[ "$want" != 0 ] || { fail "it answers no ping"; rc=1; }
	fi
	return "$rc"
}

one_protocol()
{
	local rc=0
	S endpoint set b.com b2 state down
	answers_by "$1" tcp udp echo || rc=1
	S service set b.com proto udp
	answers_by "$1" udp || rc=1
	S service set b.com proto tcp
	answers_by "$1" tcp || rc=1
	S service set b.com proto icmp
	answers_by "$1" echo || rc=1
	S service set b.com proto any
	answers_by "$1" tcp udp echo || rc=1
	S endpoint set b.com b2 state up
	return "$rc"
}

# PROTO
one_port()
{
	local rc=0 proto="$2"
	S service set b.com proto "$proto" port 53
	S endpoint set b.com b2 state down
	expect "on its port" "$(who "$proto" "$1" 53)" b1 || rc=1
	expect "on another" "$(who "$proto" "$1" 54)" ECONNREFUSED || rc=1
	S service set b.com proto "$proto" port 54-80
	expect "below the range" "$(who "$proto" "$1" 53)" ECONNREFUSED || rc=1
	expect "the first" "$(who "$proto" "$1" 54)" b1 || rc=1
	expect "the last" "$(who "$proto" "$1" 80)" b1 || rc=1
	expect "above it" "$(who "$proto" "$1" 8000)" ECONNREFUSED || rc=1
	S endpoint set b.com b2 state up
	S service set b.com proto any
	return "$rc"
}

# Who is refused is counted, and no endpoint sees it.
counted()
{
	local before
	S flow flush
	S service set b.com proto udp port 53
	before="$(counter unsupported)"
	expect refused "$(who udp "$1" 80)" ECONNREFUSED &&
		expect counted "$(counter unsupported)" $((before + 1)) &&
		expect flows "$(json length flow show dport 80)" 0
	local rc=$?
	S service set b.com proto any
	return "$rc"
}

# PROTO: one port, which both have by other numbers; the answer comes from the
# service's, from either and after a move, and errors do, too
mapped()
{
	local proto="$2" rc=0 i got=""
	S flow flush
	S service set b.com proto "$proto" port 80
	S endpoint set b.com b1 port 8000
	S endpoint set b.com b2 port 9000
	for i in 1 2 3 4 5 6; do
		got+="$(who "$proto" "$1" 80) "
	done
	expect "who answers" "$(xargs -n 1 <<<"$got" | sort -u | xargs)" \
		"b1 b2" || rc=1
	expect "as flow show says" "$(json '[.[].dport] | unique | join(" ")' \
		flow show)" 80 || rc=1
	S endpoint set b.com b2 port 9009
	S endpoint set b.com b1 state down
	expect "a closed port" "$(who "$proto" "$1" 80)" ECONNREFUSED || rc=1
	S endpoint set b.com b1 state up
	unmapped
	return "$rc"
}

# endpoints as they were
unmapped()
{
	S endpoint del b.com b1
	S endpoint del b.com b2
	S service set b.com proto any
	endpoint b.com b1 11
	endpoint b.com b2 12
}

range()
{
	local i rc=0
	S service set b.com proto udp port 7000-7009
	S endpoint set b.com b1 port 8000
	S endpoint set b.com b2 state down
	for i in 0 1 2 9; do
		expect "port 700$i" "$(who udp "$1" "700$i")" b1 || rc=1
	done
	S endpoint set b.com b2 port 9000 state up
	S endpoint set b.com b1 state down
	for i in 0 1 2; do
		expect "port 700$i" "$(who udp "$1" "700$i")" b2 || rc=1
	done
	S endpoint set b.com b1 state up
	unmapped
	return "$rc"
}

# Under a stream the flow moves between endpoints with different ports.
moves()
{
	local report
	S flow flush
	S service set b.com proto udp port 80
	S endpoint set b.com b1 port 8000
	S endpoint set b.com b2 port 9000 state down
	flood f -u 80 -n 0 -i 300 -w 32 "$(vip "$1" 2)"
	poll 5 json_is length 1 flow show || return 1
	S endpoint set b.com b2 state up
	taskset -c "$OTHER_CPU" ip netns exec orch "$LIB_DIR/tools/moves.py" \
		watch "udp$1" 20 b.com b1 b2 >&2
	local rc=$?
	report="$(flood_end f TERM)"
	unmapped
	[ "$rc" = 0 ] && all_answered "$report"
}

# A client that talks to a service and to the endpoint's own port, which that has
# under another number, from one port.
direct_beside()
{
	local vip addr rc=0
	vip="$(vip "$1" 2)" addr="$(addr "$1" 11)"
	S service set b.com proto udp port 80
	S endpoint set b.com b1 port 8000
	S endpoint set b.com b2 state down
	expect "who answers" "$(ask a udp -p 4100 "$vip" 80 "$addr" 8000 "$vip" 80 \
		"$addr" 80 "$addr" 8000 | cut -d ' ' -f 1 | xargs)" \
		"$vip $addr $vip $addr $addr" || rc=1
	S endpoint set b.com b2 state up
	unmapped
	return "$rc"
}

# TEXT WORD...: refused, with a text that has TEXT
refused()
{
	local text="$1" out
	shift
	out="$(salctl -n orch "$@" 2>&1)" &&
		{ fail "it was done: $*"; return 1; }
	echo "$out" >&2
	[[ "$out" = *"$text"* ]] || fail "want '$text'"
}

bad()
{
	local rc=0
	refused "proto is none of" service set b.com proto 2 || rc=1
	refused "ports are those of" service set b.com proto icmp port 5 || rc=1
	refused "the last port comes before the first" \
		service set b.com proto tcp port 90-80 || rc=1
	refused "has no port that could be another" \
		endpoint set b.com b1 port 8000 || rc=1
	S service set b.com proto tcp port 80-89
	refused "do not fit" endpoint set b.com b1 port 65530 || rc=1
	S endpoint set b.com b1 port 65520
	refused "it goes first" service set b.com proto tcp port 81-89 || rc=1
	refused "it goes first" service set b.com proto any || rc=1
	refused "do not fit" service set b.com proto tcp port 80-99 || rc=1
	unmapped
	return "$rc"
}

each_family "a service of one protocol" one_protocol
each_family "of one port, or some, by UDP" one_port udp
each_family "likewise by TCP" one_port tcp
each_family "who is refused is counted" counted
each_family "endpoints that have the port by another number, UDP" mapped udp
each_family "likewise TCP" mapped tcp
each_family "a range of them" range
each_family "moves between different ports, nothing lost" moves
each_family "the endpoint's own port beside it" direct_beside
t "what cannot be is refused, and says why" bad
finish
