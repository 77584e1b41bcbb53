#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client that is an endpoint of a service is known by that service's VIP, where
# the server's answers to it come back to where it is turned into the client again.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com
add_host a2 2
service a.com 1
endpoint a.com a 1
endpoint a.com a2 2
S member set a2 route auto


declare -A ASKED
LISTENERS=0
# FAMILY NS COUNT: in the background, see asked
listen()
{
	# a file of its own: the one before may still be written to
	LISTENERS=$((LISTENERS + 1))
	ASKED[$2]="$WORK/asked.$LISTENERS"
	ip netns exec "$2" python3 "$LIB_DIR/tools/who_asks.py" "$1" "$3" \
		>"${ASKED[$2]}" 2>&1 &
	PIDS+=($!)
	poll 5 grep -q listening "${ASKED[$2]}"
}

# NS: the sources that it has seen, each once
asked()
{
	grep -v listening "${ASKED[$1]}" | cut -d ' ' -f 1 | sort -u
}

has_asked()
{
	[ -n "$(asked "$1")" ]
}

# NS COUNT: who looks on has told of so many
has_told()
{
	[ "$(grep -vc listening "${ASKED[$1]}")" -ge "$2" ]
}

# FAMILY NS SOURCE: a's request is seen there with that source, and answered
sees()
{
	listen "$1" "$2" 1 && answers "$(vip "$1" 2)" || return 1
	poll 5 has_asked "$2" || return 1
	expect "source that $2 sees" "$(asked "$2")" "$3"
}

# b1 and b2 are members, but have no route to a.com's VIP yet
unrouted()
{
	only b1
	sees "$1" b1 "$(addr "$1" 1)" &&
		expect "flows with a peer name" "$(json \
			'map(select(.peer)) | length' flow show)" 0
}

named()
{
	only b1
	sees "$1" b1 "$(vip "$1" 1)" &&
		expect "peer, as flow show says" "$(json '.[0] |
			"\(.src) \(.peer)"' flow show service b.com)" \
			"$(addr "$1" 1) $(vip "$1" 1)"
}

no_member()
{
	local rc=0
	only b1
	S member del netns b1
	sees "$1" b1 "$(addr "$1" 1)" || rc=1
	S member add netns b1 route auto
	return "$rc"
}

# a's namespace and a2's use one echo id; b1 sees one VIP, so one of them is
# mapped.
one_id()
{
	local before
	only b1
	before="$(counter flow-mapped)"
	listen "$1" b1 40
	flood_as x ip netns exec a2 "$TOOLS/echoflood" -e 777 -n 20 -i 3000 \
		"$(vip "$1" 2)"
	flood y -e 777 -n 20 -i 3000 "$(vip "$1" 2)"
	nothing_lost "$(flood_end x)" && nothing_lost "$(flood_end y)" &&
		poll 5 has_told b1 40 &&
		expect mapped "$(counter flow-mapped)" $((before + 1)) &&
		expect "sources" "$(asked b1)" "$(vip "$1" 1)" &&
		expect "ids" "$(grep -v listening "${ASKED[b1]}" |
			cut -d ' ' -f 2 | sort -u | wc -l)" 2
}

# The server moves, and the next one knows the client by the same name.
moves()
{
	local report
	only b1
	S endpoint set b.com b2 state up
	flood f -n 0 -i 300 -w 32 "$(vip "$1" 2)"
	taskset -c "$OTHER_CPU" ip netns exec orch "$LIB_DIR/tools/moves.py" \
		watch "$1" 100 b.com b1 b2 >&2 || return 1
	listen "$1" b1 50
	listen "$1" b2 50
	S migrate b.com from b1 to b2
	poll 5 has_asked b2 || return 1
	S migrate b.com from b2 to b1
	poll 5 has_asked b1 || return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report" &&
		expect "source that b1 sees" "$(asked b1)" "$(vip "$1" 1)" &&
		expect "source that b2 sees" "$(asked b2)" "$(vip "$1" 1)"
}

# A conversation keeps its name: the client gets one while it lasts, and loses
# it, and goes on.
comes_and_goes()
{
	local report
	only b1
	S endpoint del a.com a
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	poll 5 json_is 'length > 0' true flow show service b.com || return 1
	endpoint a.com a 1
	listen "$1" b1 5
	poll 5 has_asked b1 || return 1
	expect "source of the one that runs" "$(asked b1)" "$(addr "$1" 1)" ||
		return 1
	answers "$(vip "$1" 2)" || return 1
	expect "peers" "$(json '[.[].peer] | sort | join(",")' \
		flow show service b.com)" ",$(vip "$1" 1)" || return 1
	S endpoint del a.com a
	answers "$(vip "$1" 2)" || return 1
	report="$(flood_end f TERM)"
	endpoint a.com a 1
	nothing_lost "$report"
}

# b1 is a client of its own service, and is named to itself
hairpin()
{
	only b1
	listen "$1" b1 1
	pings b1 2 "$(vip "$1" 2)" >&2 && poll 5 has_asked b1 || return 1
	expect "source that b1 sees" "$(asked b1)" "$(vip "$1" 2)"
}

# A reply to a VIP that nobody was told is dropped.
unasked()
{
	local before
	before="$(counter unsupported)"
	in_ns b1 python3 - "$(vip "$1" 1)" <<'END'
import socket, struct, sys
addr = sys.argv[1]
v6 = ":" in addr
s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW,
                  58 if v6 else 1)
data = struct.pack("!BBHHH", 129 if v6 else 0, 0, 0, 4711, 1)
if not v6:
    total = sum(struct.unpack("!4H", data))
    total = (total & 0xffff) + (total >> 16)
    data = data[:2] + struct.pack("!H", ~total & 0xffff) + data[4:]
s.sendto(data, (addr, 0))
END
	expect "dropped and counted" "$(counter unsupported)" $((before + 1))
}

each_family "no route to the name: the server sees the address" unrouted
S member set b1 route auto
S member set b2 route auto
each_family "the server sees the VIP of the client's service" named
each_family "a server that is no member sees the address" no_member
each_family "two instances with one echo id" one_id
each_family "100 moves of the server, nothing lost, one name" moves
each_family "the client gets a name and loses it, nothing lost" comes_and_goes
each_family "a client of its own service" hairpin
each_family "a reply that nobody asked for is dropped" unasked
finish
