#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Dumps are complete, resume, tell of changes, and are filtered in the kernel.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com
endpoint b.com b3 13

# c.com has endpoints outside of this host, with those of d.com between them
service c.com 3
S service add d.com
for i in {1..999}; do
	[ "$i" -gt 997 ] || echo "service add s$i.com"
	[ "$i" -gt 200 ] || echo "endpoint add c.com name c$i addr 10.0.2.$i"
	[ "$i" -gt 100 ] || echo "endpoint add d.com name d$i addr 10.0.3.$i"
done >"$WORK/batch"
S -b "$WORK/batch"

dump()
{
	in_ns orch python3 "$LIB_DIR/tools/nl_dump.py" "$@"
}

# says NUMBER INTERRUPTED OBJECT... [-- COMMAND...]: the dump has many parts, so
# many objects, and each once
says()
{
	expect "dump of ${*:3}" "$(dump "${@:3}")" \
		"parts=many $3s=$1 repeated=0 interrupted=$2"
}

t "1000 services, each once" says 1000 no service
t "interrupted by a deletion" says 999 yes service -- \
	salctl service del s997.com
t "interrupted by an addition" says 1000 yes service -- \
	salctl service add s997.com

t "303 endpoints, each once" says 303 no endpoint
t "200 endpoints of one service" says 200 no endpoint service=c.com
t "interrupted by an endpoint's deletion" says 302 yes endpoint -- \
	salctl endpoint del c.com c200
t "interrupted by an endpoint's addition" says 200 yes endpoint \
	service=c.com -- salctl endpoint add c.com name c200 addr 10.0.2.200
t "interrupted by another service's endpoint" says 200 yes endpoint \
	service=c.com -- salctl endpoint set d.com d1 weight 2

# --- members: few, but each tells of all the routes that it has not -----------

members()
{
	local i pools=("${DOMAIN[@]}")

	for i in {1..14}; do
		pools+=(vip-pool "2001:db8:$i::/64")
	done
	S domain set "${pools[@]}" || return 1
	for i in {1..21}; do
		ip netns add "m$i" || return 1
		NAMESPACES+=("m$i")
		[ "$i" -gt 20 ] || echo "member add netns m$i"
	done >"$WORK/batch"
	S -b "$WORK/batch" || return 1
	says 24 no member
}

t "24 members, each once" members
t "interrupted by a member's deletion" says 23 yes member -- \
	salctl member del m20
t "interrupted by a member's addition" says 24 yes member -- \
	salctl member add netns m21

# --- flows -------------------------------------------------------------------

# Of b.com 300 for IPv4, and 90 for IPv6, by turns to b1, b2 and b3; 110 with
# another address of the client's, to c.com, of which one endpoint is up.
# They stay until all has been looked at.
flows()
{
	local i
	for i in {1..200}; do
		echo "endpoint del c.com c$i"
	done >"$WORK/batch"
	S -b "$WORK/batch"
	ip -n b1 addr add 10.0.1.31/16 dev eth0
	S endpoint add c.com netns b1 addr 10.0.1.31 name c1 &&
		S service set b.com timeout new 1h timeout replied 1h &&
		S service set c.com timeout new 1h timeout replied 1h || return 1
	ip -n a addr add 10.0.1.2/16 dev eth0
	S flow flush
	poll 5 no_flows || return 1
	echo_once -F 300 -w 64 "$(vip 4 2)" &&
		echo_once -F 90 -w 64 "$(vip 6 2)" &&
		echo_once -F 110 -w 64 -s 10.0.1.2 "$(vip 4 3)"
}

# The table grows some time after the flows have come, and a dump meanwhile is
# said to be interrupted, and may repeat some. One that is not is exact.
quiet()
{
	dump flow | grep -q interrupted=no
}

all_flows()
{
	flows && poll 5 quiet && says 500 no flow
}

of_client()
{
	says 110 no flow src=10.0.1.2 && says 410 no flow src=10.0.0.0/8 &&
		says 90 no flow src=fd00:1::/64 &&
		expect "dump of another source" "$(dump flow src=10.9.0.0/16)" \
			"parts=1 flows=0 repeated=0 interrupted=no"
}

# The kernel reads on until a part has something in it: few flows, few parts.
by_protocol()
{
	expect flows "$(json length flow show proto icmpv6)" 90
}

t "500 flows, each once" all_flows
t "flows of a service" says 390 no flow service=b.com
t "flows of an endpoint" says 130 no flow service=b.com endpoint=b1
t "flows of a client" of_client
t "flows of a protocol" by_protocol

# Their table is walked anew when it has grown, which it does by itself a moment after
# there were too many: what was there is there.
grown()
{
	local out flows repeated
	out="$(dump flow service=b.com -- ip netns exec a bash -c \
		"\"$TOOLS/echoflood\" -F 3000 -w 64 -e 1000 $(vip 4 3); sleep 2")"
	echo "$out" >&2
	IFS="= " read -r _ _ _ flows _ repeated _ <<<"$out"
	expect "flows, each at least once" $((flows - repeated)) 390 &&
		grep -q interrupted=yes <<<"$out"
}

t "interrupted by so many flows that the table grows" grown
finish
