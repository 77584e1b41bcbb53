# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Endpoints outside of this host, for both placements. The other host is three
# namespaces that are no members and that nobody has told the domain of: a router,
# and two instances behind it.
#
#	picture of lib.sh --- gw ------ f1    10.9.0.11  fd00:9::11
#	            10.0.1.90    \----- f2    10.9.0.12  fd00:9::12
#
# b.com has b1 here and f1 there. All that is known of the way is routes.
# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# far FAMILY HOST
far()
{
	if [ "$1" = 4 ]; then echo "10.9.0.$2"; else echo "fd00:9::$2"; fi
}

# those that translate have a route there
near()
{
	if [ "$PLACEMENT" = router ]; then echo orch; else echo a; fi
}

# FAMILY add|del|replace [HOST]: of the router, which has 90
route_there()
{
	local via onlink=()
	via="$(addr "$1" "${3:-90}")"
	if [ "$PLACEMENT" = router ]; then
		onlink=(dev vgw onlink)
	fi
	run ip -n "$(near)" "-$1" route "$2" "$(far "$1" 0)/$([ "$1" = 4 ] &&
		echo 24 || echo 64)" via "$via" "${onlink[@]}"
}

# NS HOST
add_far()
{
	add_ns "$1"
	wire_up gw "$1" "$2" far 09
}

setup_remote()
{
	local f
	setup
	add_host gw 90
	in_ns gw sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	add_far f1 11
	add_far f2 12
	for f in 4 6; do
		route_there "$f" add
	done
	service b.com 2 hold packets 2000 bytes 8M time 20s
	endpoint b.com b1 11
	S endpoint add b.com f1 addr "$(far 4 11)" addr "$(far 6 11)"
	serve b1 7
	serve f1 7
	serve f2 7
}

# --- cases ------------------------------------------------------------------

# only NAME...: of these two
these()
{
	local ep
	for ep in b1 f1; do
		S endpoint set b.com "$ep" lease none weight 1 \
			state "$([[ " $* " = *" $ep "* ]] && echo up ||
				echo down)"
	done
	S flow flush
}

reached()
{
	local out
	these f1
	out="$(pings a 3 "$(vip "$1" 2)")" || return 1
	echo "$out" >&2
	expect "replies from the VIP" \
		"$(grep -c "from $(vip "$1" 2): icmp_seq" <<<"$out")" 3 &&
		expect udp "$(ask a udp "$(vip "$1" 2)" 7 | cut -d ' ' -f 1-3)" \
			"$(vip "$1" 2) f1 $(addr "$1" 1)" &&
		expect tcp "$(ask a tcp "$(vip "$1" 2)" 7 | cut -d ' ' -f 1-3)" \
			"$(vip "$1" 2) f1 $(addr "$1" 1)"
}

# larger than the path takes in one piece, both ways
large()
{
	these f1
	nothing_lost "$(echo_once -u 7 -n 10 -i 5000 -l 20000 \
		"$(vip "$1" 2)")"
}

# a third of 300 is of weight 1, two thirds of weight 2
shares()
{
	these b1 f1
	S endpoint set b.com f1 weight 2
	in_ns a "$TOOLS/echoflood" -F 300 "$(vip "$1" 2)" >&2
	expect "flows of b1" "$(json '.[0].flows' endpoint show b.com b1)" 100 &&
		expect "flows of f1" \
			"$(json '.[0].flows' endpoint show b.com f1)" 200
}

# As t_migrate does; from the other CPU.
moves()
{
	local report
	these b1
	S endpoint set b.com f1 state up
	flood f -n 0 -i 300 -w 32 "$(vip "$1" 2)"
	taskset -c "$OTHER_CPU" ip netns exec orch "$LIB_DIR/tools/moves.py" \
		watch "$1" 40 b.com b1 f1 >&2 || return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report"
}

# FAMILY: one stream of two goes there and back, and the other stays
moves_selected()
{
	local report rc=0
	these b1
	S endpoint set b.com f1 state up
	flood g -n 0 -i 2000 -e 71 "$(vip "$1" 2)"
	flood f -n 0 -i 300 -w 32 -e 70 "$(vip "$1" 2)"
	poll 5 json_is length 2 flow show service b.com || return 1
	S migrate b.com from any to b1 || return 1
	taskset -c "$OTHER_CPU" ip netns exec orch "$LIB_DIR/tools/moves.py" \
		watch "$1" 21 b.com b1 f1 70 >&2 || rc=1
	expect "where they are" "$(json 'sort_by(.sport) |
		map("\(.sport) \(.endpoint)") | join(",")' flow show)" \
		"70 f1,71 b1" || rc=1
	report="$(flood_end f TERM)"
	nothing_lost "$report" && nothing_lost "$(flood_end g TERM)" &&
		return "$rc"
}

streaming_to()
{
	local before
	poll 5 bound_to "$1" || return 1
	before="$(echos "$1" "$2")"
	poll 5 more_than "$before" "$1" "$2"
}

# its flows go to b1 and come back, and nothing is lost
downed()
{
	local report
	these f1
	flood f -n 0 -i 1000 -w 32 "$(vip "$1" 2)"
	streaming_to f1 "$1" || return 1
	S endpoint set b.com b1 state up
	S endpoint set b.com f1 state down
	streaming_to b1 "$1" || return 1
	S endpoint set b.com f1 state up
	S endpoint set b.com b1 state down
	streaming_to f1 "$1" || return 1
	report="$(flood_end f TERM)"
	nothing_lost "$report"
}

# nobody tells that it has gone; its lease does
leased()
{
	local report
	these f1
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	streaming_to f1 "$1" || return 1
	S endpoint set b.com b1 state up
	S endpoint set b.com f1 lease 300ms
	streaming_to b1 "$1" || return 1
	report="$(flood_end f TERM)"
	expect fault "$(json ".[0].fault$1 | join(\",\")" \
		endpoint show b.com f1)" lease && nothing_lost "$report"
}

# the only one: what is asked waits for its renewal
leased_held()
{
	local report
	these f1
	S endpoint set b.com f1 lease 300ms
	poll 5 json_is ".[0].gate$1" closed service show b.com || return 1
	flood f -n 20 -i 10000 -w 32 -W 20000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets > 5' true service show b.com ||
		return 1
	S endpoint set b.com f1 lease 10m
	report="$(flood_end f)"
	nothing_lost "$report" && expect sent "$(field "$report" sent)" 20
}

# What nobody knows of is no fault; it is the client that hears of it.
no_fault()
{
	json_is '.[0] | "\(.fault4 + .fault6 | length) \(.remote)"' \
		"0 true" endpoint show b.com f1
}

# CAUSE: of an ICMP error that a's ping prints, FAMILY
ping_says()
{
	local out
	out="$(in_ns a ping -n -c 1 -W 20 "$(vip "$1" 2)")"
	echo "$out" >&2
	grep -Eq "$2" <<<"$out" || fail "does not say $2"
}

# the router has no route on: it says so, of the VIP
no_route_behind()
{
	local rc=0
	these f1
	run ip -n gw "-$1" route del "$(far "$1" 11)" dev vf1
	run ip -n gw "-$1" route add unreachable "$(far "$1" 11)"
	ping_says "$1" "From .* (Destination Host Unreachable|.*No route)" ||
		rc=1
	no_fault || rc=1
	run ip -n gw "-$1" route del unreachable "$(far "$1" 11)"
	run ip -n gw "-$1" route add "$(far "$1" 11)" dev vf1
	answers "$(vip "$1" 2)" || rc=1
	return "$rc"
}

# who translates has none
no_route()
{
	local before out rc=0
	these f1
	route_there "$1" del
	before="$(counter no-route)"
	out="$(in_ns a ping -n -c 1 -W 1 "$(vip "$1" 2)" 2>&1
		ask a udp -t 1 "$(vip "$1" 2)" 7)"
	echo "$out" >&2
	no_route_is_told "$1" "$before" "$out" || rc=1
	no_fault || rc=1
	out="$(salctl -n orch resolve "$(vip "$1" 2)" \
		from netns a)"
	echo "$out" >&2
	grep -q 'verdict: no-route' <<<"$out" || { fail "a walk"; rc=1; }
	route_there "$1" add
	answers "$(vip "$1" 2)" || rc=1
	return "$rc"
}

# nobody has the address of the router: who sends gives up, as for any address
silent()
{
	local rc=0
	these f1
	route_there "$1" replace 91
	ping_says "$1" "Destination Host Unreachable|Address unreachable" ||
		rc=1
	no_fault || rc=1
	route_there "$1" replace
	answers "$(vip "$1" 2)" || rc=1
	return "$rc"
}

shown()
{
	local out
	these b1 f1
	out="$(salctl -n orch -o endpoint show b.com)"
	echo "$out" >&2
	grep -q '^b.com f1  remote addr 10.9.0.11 ' <<<"$out" ||
		fail "show does not tell" || return 1
	grep -q '^b.com b1 .*remote' <<<"$out" && fail "b1 is said to be" &&
		return 1
	out="$(salctl -n orch resolve b.com from netns a)"
	echo "$out" >&2
	grep -q 'endpoint f1: 10.9.0.11, outside of this host, state up' \
		<<<"$out" && grep -q "to 10.9.0.11 via 10.0.1.90" <<<"$out" &&
		grep -q 'verdict: answers' <<<"$out"
}

# The address there is a VIP of another domain, whose member is the router.
their_domain()
{
	local f
	these f1
	salctl -n gw member add netns gw
	set_direct salctl -n gw
	salctl -n gw service add far.com vip 10.9.0.99 vip fd00:9::99
	salctl -n gw endpoint add far.com f1 addr "$(far 4 11)" \
		addr "$(far 6 11)"
	salctl -n gw endpoint add far.com f2 addr "$(far 4 12)" \
		addr "$(far 6 12)"
	S endpoint set b.com f1 state down
	S endpoint add b.com theirs addr 10.9.0.99 addr fd00:9::99
	for f in 4 6; do
		nothing_lost "$(echo_once -n 20 -i 5000 "$(vip "$f" 2)")" ||
			return 1
		expect "who answers" "$(for _ in 1 2 3 4; do
			ask a udp "$(vip "$f" 2)" 7
		done | cut -d ' ' -f 1,2 | sort -u | xargs)" \
			"$(vip "$f" 2) f1 $(vip "$f" 2) f2" || return 1
	done
	S endpoint del b.com theirs
	salctl -n gw flush
}

remote_cases()
{
	each_family "echo, UDP and TCP" reached
	each_family "in fragments" large
	each_family "shares with one that is here" shares
	each_family "moves there and back, nothing is lost" moves
	each_family "one flow of two moves there and back, nothing is lost" \
		moves_selected
	each_family "down and up, nothing is lost" downed
	each_family "its lease expires: another takes over, nothing is lost" \
		leased
	each_family "its lease expires: what is asked waits" leased_held
	each_family "no route to it" no_route
	each_family "no route behind its router" no_route_behind
	each_family "its router is silent" silent
	t "show and a walk tell" shown
	t "behind a VIP of another domain" their_domain
}
