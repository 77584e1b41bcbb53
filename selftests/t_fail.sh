#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Break before make: however an endpoint fails, its flows go to a survivor at
# once; with none left packets are held, and leave in order when one comes.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2 hold packets 2000 bytes 8M time 60s
service c.com 3

# --- the ways to fail; each takes FAMILY and breaks b1 ----------------------

# An answer leaves an instance in the same softirq in which the request came, so
# that none is in flight inside it, and nothing has to be lost. Where some are
# see t_inflight.sh.
netns()
{
	del_ns b1
}

device()
{
	run ip -n b1 link set eth0 down
}

# while another one comes and goes, so that all the time it is looked which are there
device_amid()
{
	local rc=0 pid _
	for _ in {1..2000}; do
		echo "link set d0 up"
		echo "link set d0 down"
	done >"$WORK/amid"
	run ip -n b1 link add d0 type dummy || return 1
	ip -n b1 -batch "$WORK/amid" 2>/dev/null &
	pid=$!
	PIDS+=("$pid")
	sleep 0.2
	device || rc=1
	kill "$pid"
	wait "$pid" 2>/dev/null
	return "$rc"
}

carrier()
{
	run ip -n orch link set vb1 down
}

address()
{
	run ip -n b1 addr del "$(addr "$1" 11)/$([ "$1" = 4 ] && echo 16 ||
		echo 64)" dev eth0
}

deleted()
{
	S endpoint del b.com b1
}

down()
{
	S endpoint set b.com b1 state down
}

# FAMILY TRIGGER REPORT: IPv6 takes the route to an address away before it says that
# the address goes. What arrives in between, which takes another CPU, b1 throws away
# and counts; nothing else is lost.
none_lost()
{
	local gone=0
	[ "$1 $2" != "6 address" ] || gone="$(in_ns b1 \
		awk '$1 == "Ip6InAddrErrors" { print $2 }' /proc/net/snmp6)"
	[ "$gone" -eq 0 ] || echo "# b1 threw $gone away" >&2
	nothing_lost "$(jq -c ".lost -= $gone" <<<"$3")"
}

# --- the state that each begins with and leaves behind ----------------------

b1_there()
{
	S endpoint del b.com b1 2>/dev/null
	! ip netns list | grep -q '^b1\b' || del_ns b1
	add_host b1 11
	endpoint b.com b1 11
	S flow flush
}

streaming()
{
	poll 5 json_is 'length > 0' true flow show service b.com
}

# FAMILY TRIGGER: b2 is there to take over
survivor()
{
	local report before
	b1_there
	S endpoint set b.com b2 state down 2>/dev/null
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	streaming || return 1
	endpoint b.com b2 12 2>/dev/null || S endpoint set b.com b2 state up
	before="$(echos b2 "$1")"
	"$2" "$1" || return 1
	poll 5 bound_to b2 || return 1
	poll 5 more_than "$before" b2 "$1" || return 1
	report="$(flood_end f TERM)"
	none_lost "$1" "$2" "$report"
}

# FAMILY TRIGGER: nobody is; then b3 comes
held()
{
	local report
	S endpoint del b.com b2 2>/dev/null
	S endpoint del b.com b3 2>/dev/null
	b1_there
	flood f -n 0 -i 2000 -w 1000 "$(vip "$1" 2)"
	streaming || return 1
	"$2" "$1" || return 1
	poll 5 held_some || return 1
	expect gate "$(json ".[0].gate$1" service show b.com)" closed ||
		return 1
	endpoint b.com b3 13 || return 1
	poll 5 json_is ".[0].gate$1" open service show b.com || return 1
	report="$(flood_end f TERM)"
	S endpoint del b.com b3
	none_lost "$1" "$2" "$report"
}

# Of a lost carrier the kernel tells up to a second later, and what was sent
# meanwhile is lost; but then flows move.
carrier_lost()
{
	b1_there
	S endpoint set b.com b2 state down 2>/dev/null
	flood f -n 0 -i 2000 -w 5000 -W 3000 "$(vip "$1" 2)"
	streaming || return 1
	endpoint b.com b2 12 2>/dev/null || S endpoint set b.com b2 state up
	carrier
	poll 5 bound_to b2 || return 1
	flood_end f TERM >/dev/null
	answers "$(vip "$1" 2)"
}

# What it lost comes back by itself.
recovers()
{
	b1_there
	run ip -n b1 link set eth0 down
	poll 5 json_is '.[0].fault4[0]' device endpoint show b.com b1 ||
		return 1
	run ip -n b1 link set eth0 up
	poll 5 json_is '.[0].fault4 | length' 0 endpoint show b.com b1 ||
		return 1
	run ip -n b1 addr del 10.0.1.11/16 dev eth0
	poll 5 json_is '.[0].fault4[0]' address endpoint show b.com b1 ||
		return 1
	run ip -n b1 addr add 10.0.1.11/16 dev eth0
	poll 5 json_is '.[0].fault4 | length' 0 endpoint show b.com b1
}

# The flows of one that fails go to all that are left, not to one of them.
spread()
{
	local f b2 b3
	endpoint c.com b2 22 2>/dev/null
	ip -n b2 addr add 10.0.1.22/16 dev eth0
	ip -n b2 addr add fd00:1::22/64 dev eth0 nodad
	ip -n b3 addr add 10.0.1.23/16 dev eth0
	ip -n b3 addr add fd00:1::23/64 dev eth0 nodad
	add_host b4 14
	f="$1"
	endpoint c.com b4 14
	S endpoint set c.com b2 state down
	in_ns a "$TOOLS/echoflood" -F 200 "$(vip "$f" 3)" >&2
	endpoint c.com b3 23
	S endpoint set c.com b2 state up
	del_ns b4
	poll 5 not json_is '.[0].name' b4 endpoint show c.com b4 || return 1
	b2="$(json '.[0].flows' endpoint show c.com b2)"
	b3="$(json '.[0].flows' endpoint show c.com b3)"
	expect "flows of both" $((b2 + b3)) 200 &&
		expect_num b2 "$b2" -ge 50 && expect_num b3 "$b3" -ge 50
}

for trigger in netns device device_amid address deleted down; do
	each_family "$trigger: a survivor takes over, nothing is lost" \
		survivor "$trigger"
	each_family "$trigger: none is left, all is held and answered later" \
		held "$trigger"
done
each_family "carrier: flows move when it is known" carrier_lost
t "device and address come back, and so does the endpoint" recovers
t "flows of a failed endpoint spread over the survivors" spread 4
finish
