#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Router placement: who routes between clients and endpoints is the member; they
# are not, and know nothing of it.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

PLACEMENT=router
# as flood() sets it
export FLOOD_f=''
setup_b_com

real_ping()
{
	local out
	out="$(pings a 3 "$(vip "$1" 2)")" || return 1
	echo "$out" >&2
	expect "replies from the VIP" \
		"$(grep -c "from $(vip "$1" 2): icmp_seq" <<<"$out")" 3 &&
		expect "where it was translated" "$(json '[.[] |
			"\(.member) \(.placement)"] | unique | join(",")' \
			flow show service b.com)" "orch router"
}

stream()
{
	local report
	report="$(echo_once -n 1000 -i 500 "$(vip "$1" 2)")"
	nothing_lost "$report" && expect sent "$(field "$report" sent)" 1000
}

# fragments both ways: the router puts them together, and cuts again
large()
{
	local out
	out="$(pings a 2 -s 6000 "$(vip "$1" 2)")" ||
		return 1
	echo "$out" >&2
	expect "replies from the VIP" \
		"$(grep -c "from $(vip "$1" 2): icmp_seq" <<<"$out")" 2
}

# 200 moves, each followed by a request to where it went
moves()
{
	local report
	flood f -n 0 -i 300 -w 32 "$(vip "$1" 2)"
	taskset -c "$OTHER_CPU" ip netns exec orch "$LIB_DIR/tools/moves.py" \
		watch "$1" 200 b.com b1 b2 >&2 || return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report"
}

# b1's namespace goes, with b2 there
survivor()
{
	local before report
	S endpoint set b.com b2 state down
	S flow flush
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	poll 5 bound_to b1 || return 1
	S endpoint set b.com b2 state up
	before="$(echos b2 "$1")"
	del_ns b1
	poll 5 bound_to b2 && poll 5 more_than "$before" b2 "$1" || return 1
	report="$(flood_end f TERM)"
	add_host b1 11
	endpoint b.com b1 11
	nothing_lost "$report"
}

# nobody is left, what comes waits in the router
held()
{
	local report
	S service set b.com hold packets 2000 bytes 8M time 20s
	S endpoint del b.com b2
	flood f -n 0 -i 2000 -w 1000 "$(vip "$1" 2)"
	poll 5 bound_to b1 || return 1
	del_ns b1
	poll 5 held_some || return 1
	endpoint b.com b2 12
	poll 5 json_is ".[0].gate$1" open service show b.com || return 1
	report="$(flood_end f TERM)"
	add_host b1 11
	endpoint b.com b1 11
	nothing_lost "$report"
}

# What waits cannot go on where the device has gone that it came by; in this
# picture that is the client's only one.
device_gone()
{
	local before
	before="$(counter no-route)"
	S service set b.com hold packets 2000 bytes 8M time 20s
	S endpoint set b.com b1 state down
	S endpoint set b.com b2 state down
	flood f -n 0 -i 2000 -w 1000 -W 100 "$(vip "$1" 2)"
	poll 5 held_some || return 1
	flood_end f TERM >/dev/null
	del_ns a
	poll 5 not in_ns orch test -e /sys/class/net/va || return 1
	S endpoint set b.com b1 state up
	S endpoint set b.com b2 state up
	poll 5 json_is '.[0].held_packets' 0 service show b.com || return 1
	add_host a 1
	expect_num "dropped and counted" "$(counter no-route)" -gt \
		$((before + 5)) && answers "$(vip "$1" 2)"
}

counted()
{
	[ "$(counter "$1")" -ge "$2" ]
}

both_down()
{
	S endpoint set b.com b1 state "$1"
	S endpoint set b.com b2 state "$1"
}

# FAMILY ON-EMPTY: what the client gets after the hold time
verdict()
{
	local before want rc=0 report
	S service set b.com hold packets 64 bytes 1M time 100ms on-empty "$2"
	both_down down
	before="$(counter empty)"
	want=$([ "$2" = drop ] && echo 0 || echo 2)
	report="$(echo_once -n 2 -i 1000 -w 2 -W $((1500 + want * 10000)) \
		"$(vip "$1" 2)")"
	poll 5 counted empty $((before + 2)) || rc=1
	expect errors "$(field "$report" errors)" "$want" &&
		expect lost "$(field "$report" lost)" 2 &&
		expect counted "$(counter empty)" $((before + 2)) || rc=1
	both_down up
	return "$rc"
}

# FAMILY: and at once, where nothing is held
rejects_at_once()
{
	local rc=0 out
	S service set b.com hold off on-empty reject
	both_down down
	out="$(in_ns a ping -n -c 1 -W 20 "$(vip "$1" 2)")"
	echo "$out" >&2
	grep -q "From $(addr "$1" 254).*[uU]nreachable" <<<"$out" || rc=1
	both_down up
	return "$rc"
}

# The time to live ends at the router, behind our hook: its error quotes what
# the client has sent, or ping would not know that it is its own.
expires_on_the_way()
{
	local out
	out="$(in_ns a ping -n -c 1 -t 1 -W 20 "$(vip "$1" 2)")"
	echo "$out" >&2
	grep -qi "From $(addr "$1" 254).*\(exceeded\|hop limit\)" <<<"$out"
}

unsupported()
{
	local before got
	S service set b.com proto icmp
	before="$(counter unsupported)"
	got="$(in_ns a python3 - "$(vip "$1" 2)" <<'END'
import errno, socket, sys
addr = sys.argv[1]
family = socket.AF_INET6 if ":" in addr else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.settimeout(10)
s.connect((addr, 80))
s.send(b"hello")
try:
    s.recv(100)
except OSError as e:
    print(errno.errorcode.get(e.errno, e))
END
)"
	S service set b.com proto any
	expect "the sender gets" "$got" ECONNREFUSED &&
		expect counted "$(counter unsupported)" $((before + 1))
}

# The router is a client, too: at its own LOCAL_OUT.
own_ping()
{
	local rc=0
	S member set orch route auto
	S flow flush
	pings orch 2 "$(vip "$1" 2)" >&2 &&
		expect "where it was translated" "$(json '[.[].placement] |
			unique | join(",")' flow show service b.com)" edge ||
		rc=1
	S member set orch route none
	return "$rc"
}

# And an instance may live in it.
local_endpoint()
{
	local rc=0
	both_down down
	endpoint b.com orch 254 || return 1
	answers "$(vip "$1" 2)" || rc=1
	S endpoint del b.com orch
	both_down up
	return "$rc"
}

# a is a member, too: the packet is translated once, by the first who can.
both_placements()
{
	local forward reverse rc=0
	S member add netns a route auto
	S flow flush
	forward="$(counter forward)" reverse="$(counter reverse)"
	echo_once -n 100 -i 500 "$(vip "$1" 2)" >"$WORK/both"
	nothing_lost "$(cat "$WORK/both")" &&
		expect forward "$(counter forward)" $((forward + 100)) &&
		expect reverse "$(counter reverse)" $((reverse + 100)) &&
		expect "who translated" "$(json '[.[] |
			"\(.member) \(.placement)"] | unique | join(",")' \
			flow show service b.com)" "a edge" || rc=1
	S member del netns a
	return "$rc"
}

# the router's flow alone is there, and used
router_goes_on()
{
	local before
	[ "$(json 'map(.placement) | unique | join(",")' flow show)" = router ] ||
		return 1
	before="$(counter reverse)"
	sleep 0.2
	[ "$(counter reverse)" -gt "$before" ]
}

# A running conversation goes on as its client becomes a member, and as it ends
# to be one: another hook translates it, and has a flow of its own. But what is under way
# to one that just ends to be a member is nobody's, so it waits.
placement_changes()
{
	local report
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	poll 5 json_is 'map(select(.placement == "router")) | length > 0' \
		true flow show || return 1
	S member add netns a route auto
	poll 5 json_is 'map(select(.placement == "edge")) | length > 0' \
		true flow show || return 1
	kill -STOP "$FLOOD_f"
	sleep 0.5
	S member del netns a
	kill -CONT "$FLOOD_f"
	poll 5 router_goes_on || return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report"
}

each_family "ping by VIP, answered by the VIP" real_ping
each_family "1000 requests, none lost" stream
each_family "larger than the MTU" large
each_family "200 moves, nothing lost, repeated or reordered" moves
each_family "a namespace goes: a survivor takes over, nothing is lost" survivor
each_family "none is left: all is held and answered later" held
each_family "what is held goes with the device it came by" device_gone
for on_empty in reject drop; do
	each_family "on-empty $on_empty after the hold time" verdict $on_empty
done
each_family "rejected at once where nothing is held" rejects_at_once
each_family "an error on the way is about the VIP" expires_on_the_way
each_family "what the service does not speak is answered" unsupported
each_family "the router is a client itself" own_ping
each_family "an instance lives in the router" local_endpoint
each_family "both placements: translated once" both_placements
each_family "a client that becomes a member, and none again" placement_changes
finish
