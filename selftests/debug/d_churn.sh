#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A minute of everything at once: traffic of both placements while instances,
# namespaces, devices, addresses, members, services and flows come and go; two
# services have the same addresses, and are asked by the same ids.
# SAL_SEED replays each part's choices.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

SEED="${SAL_SEED:-$((RANDOM * 32768 + RANDOM))}"
TIME="${SAL_FUZZ_TIME:-60}"

PLACEMENT=router
setup_b_com hold packets 100 bytes 256k time 200ms
service c.com 3 hold packets 100 bytes 256k time 200ms
endpoint c.com b1 11
endpoint c.com b2 12
add_host c 2
S domain set max-flows 5000
ktap_print_msg "seed $SEED"

# All that follows may be refused: what it is about may just have gone.
q()
{
	salctl -n orch "$@"
}

# PICK becomes one of so many; in this shell, as each other one would begin with
# numbers of its own
pick()
{
	PICK=$((RANDOM % $1))
}

THEN=(move reset)
SCHEDULERS=(wrr lc p2c maglev)

churn_endpoints()
{
	local ns svc
	pick 3
	ns="b$((1 + PICK))"
	pick 2
	svc="$([ "$PICK" = 0 ] && echo b.com || echo c.com)"
	pick 9
	case "$PICK" in
	6)	q endpoint drain "$svc" "$ns" deadline $((1 + RANDOM % 300))ms \
			"then" "${THEN[RANDOM % 2]}" ;;
	7)	q endpoint set "$svc" "$ns" tier $((RANDOM % 2)) \
			max-flows $((RANDOM % 30)) ;;
	8)	pick 4
		q service set "$svc" sched "${SCHEDULERS[PICK]}" \
			affinity $((RANDOM % 2))s ;;
	0)	q endpoint del "$svc" "$ns" ;;
	1)	q endpoint set "$svc" "$ns" state down ;;
	2)	q endpoint set "$svc" "$ns" state up ;;
	3)	q endpoint set "$svc" "$ns" weight $((1 + RANDOM % 9)) ;;
	*)	q endpoint add "$svc" netns "$ns" addr "$(addr 4 1"${ns#b}")" \
			addr "$(addr 6 1"${ns#b}")" nomember ;;
	esac
}

churn_moves()
{
	q migrate b.com from "b$((1 + RANDOM % 3))" to "b$((1 + RANDOM % 3))"
	q migrate c.com from "b$((1 + RANDOM % 3))" to "b$((1 + RANDOM % 3))"
}

churn_members()
{
	pick 4
	case "$PICK" in
	0)	q member del netns a ;;
	1)	q member add netns a route auto ;;
	2)	q member del netns b1 ;;
	3)	q member add netns b1 route auto ;;
	esac
}

churn_services()
{
	local n
	pick 4
	n="$PICK"
	pick 6
	case "$PICK" in
	0)	q service del "x$n.com" ;;
	1)	q service set b.com vip "$(vip 4 2)" vip "$(vip 6 2)" \
			vip "$(vip 4 $((20 + n)))" ;;
	2)	q service set b.com hold packets $((1 + n * 50)) bytes 256k \
			time $((1 + n * 60))ms ;;
	3)	q flow flush service b.com ;;
	4)	q domain set flow-acct "$([ "$n" -lt 2 ] && echo on ||
			echo off)" ;;
	*)	q service add "x$n.com" vip "$(vip 4 $((10 + n)))" \
			vip "$(vip 6 $((10 + n)))"
		q endpoint add "x$n.com" name "e$n" addr "$(addr 4 $((60 + n)))" ;;
	esac
}

# Rules, among them some about VIPs that the streams use: each goes soon after.
churn_rules()
{
	local n f pfx
	pick 2
	f=$((4 + 2 * PICK))
	pick 4
	n="$PICK"
	pfx="$(vip "$f" $((1 + n)))"
	[ "$n" -gt 0 ] || pfx="$([ "$f" = 4 ] && echo 10.1.0.0/24 ||
		echo fd00:254::/64)"
	pick 7
	case "$PICK" in
	0)	q rule replace "$pfx" upcall time 200ms ;;
	1)	q rule replace "$pfx" upcall time 5s "then" drop ;;
	2)	q rule replace "$pfx" redirect "x$n.com" ;;
	3)	q rule replace "$pfx" forward b.com ;;
	4)	q rule replace "$pfx" deliver ;;
	5)	q rule flush ;;
	*)	q rule replace "$pfx" drop ;;
	esac
	q -j rule show
	q rule del "$pfx"
}

# An instance and a VIP of b.com are another service's for a while; or not, as
# one of the lines cannot be done, or the file ends before the commit.
churn_transactions()
{
	local n eps
	pick 3
	n=$((1 + PICK))
	eps="netns b$n addr $(addr 4 "1$n") addr $(addr 6 "1$n") nomember"
	{
		printf '%s\n' begin "service set b.com vip $(vip 4 2)" \
			"service add t.com vip $(vip 4 3) vip $(vip 6 2)" \
			"endpoint del b.com b$n" "endpoint add t.com $eps"
		pick 4
		case "$PICK" in
		0)	printf '%s\n' "service del nix" commit ;;
		1)	;;
		*)	echo commit ;;
		esac
	} | q -b -
	printf '%s\n' begin "service del t.com" \
		"service set b.com vip $(vip 4 2) vip $(vip 6 2)" \
		"endpoint replace b.com $eps" commit | q -b -
}

churn_devices()
{
	local ns host
	pick 2
	ns="b$((1 + PICK))"
	host="1${ns#b}"
	pick 5
	case "$PICK" in
	0)	ip -n "$ns" link set eth0 down; ip -n "$ns" link set eth0 up
		ip -n "$ns" addr add "$(addr 6 "$host")" dev eth0 nodad
		for f in 4 6; do
			ip -n "$ns" "-$f" route add default \
				via "$(addr "$f" 254)" dev eth0 onlink
		done ;;
	1)	ip -n "$ns" addr del "$(addr 4 "$host")" dev eth0 ;;
	*)	ip -n "$ns" addr add "$(addr 4 "$host")" dev eth0 ;;
	esac
}

# b3's own, since others stay as they are while it is made anew
churn_namespaces()
{
	ip netns del b3
	poll 5 not in_ns orch test -e /sys/class/net/vb3
	ip netns add b3
	connect_routed b3 13
	sleep 0.5
}

churn_leases()
{
	local svc ns
	pick 2
	svc="$([ "$PICK" = 0 ] && echo b.com || echo c.com)"
	pick 3
	ns="b$((1 + PICK))"
	pick 6
	case "$PICK" in
	0)	q endpoint set "$svc" "$ns" lease none ;;
	1|2)	q endpoint set "$svc" "$ns" lease $((1 + RANDOM % 300))ms ;;
	*)	q endpoint renew "$svc" "$ns" ;;
	esac
}

churn_readers()
{
	q -j flow show
	q -j service show
	q -j endpoint show
	q -j stats show
	q resolve b.com
}

# PART NUMBER: until the time is over
part()
{
	local end=$((SECONDS + TIME))
	RANDOM=$(((10#$SEED + $2) % 32768))
	while [ "$SECONDS" -lt "$end" ]; do
		"$1"
	done
	echo "$1" >>"$WORK/parts"
} >/dev/null 2>&1

PARTS=(churn_endpoints churn_moves churn_members churn_services
       churn_transactions churn_devices churn_namespaces churn_readers
       churn_leases churn_rules)

streams()
{
	local ns to
	for ns in a c; do
		for to in "$(vip 4 2)" "$(vip 6 2)" "$(vip 4 3)" "$(vip 6 3)"; do
			ip netns exec "$ns" "$TOOLS/echoflood" -n 0 -i 5000 \
				-e 99 -w 64 -W 1000 "$to" >/dev/null 2>&1 &
			PIDS+=($!)
			STREAMS+=($!)
		done
	done
}

STREAMS=()
churn()
{
	local name pids=()
	streams
	for name in "${PARTS[@]}"; do
		part "$name" "${#pids[@]}" &
		pids+=($!)
		PIDS+=($!)
	done
	wait "${pids[@]}"
	kill "${STREAMS[@]}"
	wait "${STREAMS[@]}"
	ktap_print_msg "forward $(counter forward), held $(counter held)," \
		"flows $(json '.[0].created' domain show)," \
		"mapped $(counter flow-mapped)," \
		"after a move $(counter flow-remapped)"
	expect "parts that came to their end" "$(wc -l <"$WORK/parts")" \
		"${#PARTS[@]}" &&
		expect_num "requests translated" "$(counter forward)" -gt 100
}

works()
{
	S flush || return 1
	S member add netns orch
	service b.com 2
	del_ns b1
	poll 5 not in_ns orch test -e /sys/class/net/vb1 || return 1
	add_host b1 11
	endpoint b.com b1 11 || return 1
	answers "$(vip 4 2)" && answers "$(vip 6 2)"
}

t "everything at once" churn
t "after it the domain works as before" works
finish
