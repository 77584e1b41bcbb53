# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A client that is an endpoint itself goes and comes back elsewhere: for both
# placements. b1 is b.com; it knows its clients by the VIP of a.com, which is a, and
# a2 and c where they are there. b1 answers when it is told to.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

SERVER=
PORT=4000
declare -A CLIENTS=()

setup_initiator()
{
	setup
	del_ns b2
	del_ns b3
	in_ns b1 sysctl -qw net.ipv4.icmp_echo_ignore_all=1 \
		net.ipv6.icmp.echo_ignore_all=1
	service b.com 2
	endpoint b.com b1 11
	service a.com 1 hold packets 5000 bytes 4M time 60s
	endpoint a.com a 1
	[ "$PLACEMENT" = router ] || S member set b1 route auto
	serve b1 80
}

# arrive NS HOST: as a namespace; it is no endpoint yet
arrive()
{
	add_host "$1" "$2"
	[ "$PLACEMENT" = router ] || S member add netns "$1" route auto
}

no_endpoint()
{
	json_is "map(select(.name == \"$1\")) | length" 0 endpoint show a.com
}

leave()
{
	del_ns "$1" && poll 10 no_endpoint "$1"
}

is_there()
{
	[[ " ${NAMESPACES[*]} " = *" $1 "* ]]
}

# a is the only endpoint of a.com
fresh()
{
	local ns
	# what is in a namespace keeps it
	for ns in "${!CLIENTS[@]}"; do
		stop_asking "$ns"
	done
	for ns in a2 c; do
		is_there "$ns" || continue
		no_endpoint "$ns" || S endpoint del a.com "$ns"
		leave "$ns" || return 1
	done
	is_there a || arrive a 1
	no_endpoint a || S endpoint set a.com a state up
	no_endpoint a && endpoint a.com a 1
	S flow flush
}

# --- who answers, and who asks ------------------------------------------------

# serve_later FAMILY echo|PORT
serve_later()
{
	[ -z "$SERVER" ] || kill "$SERVER"
	rm -f "$WORK/server"
	ip netns exec b1 python3 "$LIB_DIR/tools/initiator.py" serve "$@" \
		>"$WORK/server" 2>&1 &
	SERVER=$!
	PIDS+=("$SERVER")
	poll 10 grep -qs listening "$WORK/server"
}

# said FILE TEXT: in how many lines
said()
{
	grep -c "$2" "$WORK/$1"
}

# FILE TEXT: likewise, once nothing was added for half a second
rests()
{
	local was now
	now="$(said "$@")"
	until [ "${was:-}" = "$now" ]; do
		was="$now"
		sleep 0.5
		now="$(said "$@")"
	done
	echo "$now"
}

has_said()
{
	[ "$(said "$1" "$2")" -ge "${3:-1}" ]
}

# answer COUNT: so many are to be there to be answered, and are
answer()
{
	kill -USR1 "$SERVER" && poll 5 has_said server "^answered $1$"
}

# NS FAMILY: by id 777, until stop_asking NS
ping_as()
{
	rm -f "$WORK/client.$1"
	ip netns exec "$1" ping -n -e 777 -i 0.2 "$(vip "$2" 2)" \
		>"$WORK/client.$1" 2>&1 &
	CLIENTS[$1]=$!
	PIDS+=($!)
}

# NS FAMILY [COUNT [TO]]: the same by UDP, of a port; COUNT requests or none
take_as()
{
	local ask=()
	[ -z "${3:-}" ] || ask=("$3" "${4:-$(vip "$2" 2)}" 7)
	rm -f "$WORK/client.$1"
	ip netns exec "$1" python3 "$LIB_DIR/tools/initiator.py" take "$2" \
		"$PORT" "${ask[@]}" >"$WORK/client.$1" 2>&1 &
	CLIENTS[$1]=$!
	PIDS+=($!)
	poll 10 grep -qs listening "$WORK/client.$1"
}

# NS [SIGNAL]: what it has printed stays
stop_asking()
{
	kill "-${2:-TERM}" "${CLIENTS[$1]}"
	wait "${CLIENTS[$1]}" 2>/dev/null
	unset "CLIENTS[$1]"
}

# NS: how many requests ping has sent, as it says at its end
sent_by()
{
	sed -n 's/ packets transmitted.*//p' "$WORK/client.$1"
}

# FAMILY: flows with b.com: who it is for, and who the client is to the server
flow_is()
{
	json 'map("\(.id) \(.src) \(.peer)") | join(",")' flow show service b.com
}

flow_id()
{
	json 'map(.id) | join(",")' flow show service b.com
}

# held COUNT
held()
{
	json_is '.[0].held_packets' "$1" service show a.com
}

opened()
{
	json '.[0].opened' migrate a.com from "$1" to "$2" "${@:3}"
}

# --- an answer to a request from before -----------------------------------------

# What a was not answered yet is answered as nobody is there, and a2 gets it.
echo_waits()
{
	local n id
	fresh && serve_later "$1" echo || return 1
	ping_as a "$1"
	poll 10 has_said server "^asked $(vip "$1" 1) 777 " 3 || return 1
	stop_asking a INT
	n="$(sent_by a)"
	poll 5 has_said server ^asked "$n" || return 1
	id="$(flow_id)"
	leave a || return 1
	answer "$n" && poll 5 held "$n" || return 1

	arrive a2 5
	ping_as a2 "$1"
	poll 10 has_said server "^asked $(addr "$1" 5) " || return 1
	expect "held while a2 is nobody" "$(held "$n" && echo yes)" yes &&
		expect "answers" "$(said client.a2 icmp_seq=)" 0 || return 1
	endpoint a.com a2 5
	poll 10 has_said client.a2 "from $(vip "$1" 2): icmp_seq=" "$n" ||
		return 1
	# it goes on by the name, and as the same flow
	poll 10 has_said server "^asked $(vip "$1" 1) 777 " $((n + 2)) ||
		return 1
	stop_asking a2 INT
	cat "$WORK/client.a2" >&2
	expect "flow" "$(flow_is)" "$id $(addr "$1" 5) $(vip "$1" 1)" &&
		expect "answers to requests of a" "$(said client.a2 icmp_seq=)" \
			"$n" &&
		expect "the last of them" "$(said client.a2 "icmp_seq=$n ")" 1
}

udp_waits()
{
	local id
	fresh && serve_later "$1" 7 || return 1
	take_as a "$1" 5
	poll 10 has_said server "^asked $(vip "$1" 1) $PORT " 5 || return 1
	stop_asking a
	id="$(flow_id)"
	leave a && answer 5 && poll 5 held 5 || return 1
	arrive a2 5
	take_as a2 "$1"
	endpoint a.com a2 5
	poll 10 has_said client.a2 "^got . $(vip "$1" 2)$" 5 || return 1
	stop_asking a2
	take_as a2 "$1" 2
	poll 10 has_said server "^asked $(vip "$1" 1) $PORT " 7 &&
		answer 2 || return 1
	poll 5 has_said client.a2 "^got . $(vip "$1" 2)$" 2 &&
		expect "flow" "$(flow_is)" "$id $(addr "$1" 5) $(vip "$1" 1)"
}

# Made anew with the same address: another namespace all the same.
same_address()
{
	fresh && serve_later "$1" 7 || return 1
	take_as a "$1" 4
	poll 10 has_said server ^asked 4 || return 1
	stop_asking a
	leave a && answer 4 && poll 5 held 4 || return 1
	arrive a 1
	take_as a "$1"
	endpoint a.com a 1
	poll 10 has_said client.a ^got 4 || return 1
	stop_asking a
	take_as a "$1" 1
	poll 10 has_said server "^asked $(vip "$1" 1) $PORT " 5 &&
		expect flows "$(json length flow show service b.com)" 1
}

# It gets another address, in its own namespace.
renumbered()
{
	local new old
	new="$(addr "$1" 7)" old="$(addr "$1" 1)"
	fresh && serve_later "$1" 7 || return 1
	take_as a "$1" 4
	poll 10 has_said server ^asked 4 || return 1
	another_address "$1" "$new"
	ip -n a addr del "$(ip -n a -o addr show dev eth0 to "$old" |
		awk '{ print $4 }')" dev eth0
	answer 4 && poll 5 held 4 || return 1
	S endpoint set a.com a addr "$new" addr "$(addr $((10 - $1)) 1)"
	poll 10 has_said client.a ^got 4 || return 1
	expect "flow" "$(json 'map("\(.src) \(.peer)") | join(",")' \
		flow show service b.com)" "$new $(vip "$1" 1)" || return 1
	stop_asking a
	leave a
}

another_address()
{
	local bits nodad=()
	if [ "$PLACEMENT" = router ]; then
		ip -n orch route add "$2" dev va
		bits=$(($1 == 4 ? 32 : 128))
	else
		bits=$(($1 == 4 ? 24 : 64))
	fi
	[ "$1" = 4 ] || nodad=(nodad)
	ip -n a addr add "$2/$bits" dev eth0 "${nodad[@]}"
}

# --- a server that keeps sending --------------------------------------------------

# from NS...: what they got is all that was sent, each once, in order for each
got_all()
{
	local ns fed
	kill -USR2 "$SERVER" && poll 5 has_said server "^fed " || return 1
	fed="$(sed -n 's/^fed //p' "$WORK/server")"
	echo "fed $fed" >&2
	poll 20 has_got "$fed" "$@" || return 1
	for ns; do
		sed -n 's/^got \([0-9]*\) .*/\1/p' "$WORK/client.$ns" |
			sort -nc || { fail "order at $ns"; return 1; }
	done
	expect "what came" "$(for ns; do cat "$WORK/client.$ns"; done |
		sed -n 's/^got \([0-9]*\) .*/\1/p' | sort -n | uniq -c |
		awk '$1 != 1 || $2 != NR' | wc -l)" 0 &&
		expect "who it came from" "$(for ns; do
			cat "$WORK/client.$ns"; done | grep ^got |
			cut -d ' ' -f 3 | sort -u)" "$(vip "$FAMILY" 2)"
}

has_got()
{
	local fed="$1" ns sum=0
	shift
	for ns; do
		sum=$((sum + $(said "client.$ns" ^got)))
	done
	[ "$sum" -ge "$fed" ]
}

feed()
{
	FAMILY="$1"
	serve_later "$1" 7 || return 1
	take_as a "$1" 1
	poll 10 has_said server ^asked || return 1
	kill -USR2 "$SERVER" && poll 5 has_said client.a ^got 20
}

# a is told to be down first, so that no answer meets a namespace whose program has
# ended
stream_over_gap()
{
	local before
	fresh && feed "$1" || return 1
	S endpoint set a.com a state down
	poll 5 json_is '.[0].held_packets > 10' true service show a.com ||
		return 1
	before="$(rests client.a ^got)"
	stop_asking a
	leave a || return 1
	arrive a2 5
	take_as a2 "$1"
	endpoint a.com a2 5
	poll 10 has_said client.a2 ^got 100 || return 1
	expect "what a got since it was down" "$(said client.a ^got)" "$before" &&
		got_all a a2
}

# Both are there; each answer is one's or the other's.
stream_over_moves()
{
	local _ rc=0
	fresh && arrive a2 5 && endpoint a.com a2 5 && feed "$1" || return 1
	take_as a2 "$1"
	for _ in {1..10}; do
		expect "opened, a to a2" "$(opened a a2)" 1 || rc=1
		expect "opened, a2 to a" "$(opened a2 a)" 1 || rc=1
	done
	expect "opened, a to a2" "$(opened a a2)" 1 || rc=1
	poll 10 has_said client.a2 ^got 20 || return 1
	got_all a a2 && return $rc
}

# Another one is there as a dies: no request, nothing is held.
survivor()
{
	fresh && arrive c 6 && endpoint a.com c 6 && feed "$1" || return 1
	take_as c "$1"
	S endpoint set a.com a state down
	poll 10 has_said client.c ^got 20 || return 1
	got_all a c &&
		expect "flow" "$(json '.[0].src' flow show service b.com)" \
			"$(addr "$1" 6)"
}

# --- who gets what ----------------------------------------------------------------

# Another client by the same id, that is no endpoint of a.com, gets nothing of a's.
stranger()
{
	local n
	fresh && serve_later "$1" echo || return 1
	ping_as a "$1"
	poll 10 has_said server "^asked $(vip "$1" 1) 777 " 2 || return 1
	stop_asking a INT
	leave a || return 1
	n="$(sent_by a)"
	poll 5 has_said server ^asked "$n" || return 1
	answer "$n" && poll 5 held "$n" || return 1
	arrive c 6
	ping_as c "$1"
	poll 10 has_said server "^asked $(addr "$1" 6) 777 " 3 || return 1
	kill -USR1 "$SERVER"
	poll 5 has_said client.c "from $(vip "$1" 2)" 3 || return 1
	stop_asking c INT
	# those that it was told of are its own: each once
	expect "answers that c got twice" "$(sed -n 's/.*icmp_seq=\([0-9]*\).*/\1/p' \
		"$WORK/client.c" | sort | uniq -d | wc -l)" 0 &&
		expect "held yet" "$(held "$n" && echo yes)" yes
}

# FAMILY COUNT: a has asked so often; a2 is there, too
a_has_asked()
{
	fresh && arrive a2 5 && endpoint a.com a2 5 && serve_later "$1" 7 &&
		take_as a "$1" "$2" && poll 10 has_said server ^asked "$2"
}

# a and a2 both ask by one id, so that a2's is mapped; and one has what both had
both()
{
	local rc=0
	a_has_asked "$1" 2 || return 1
	take_as a2 "$1" 2
	poll 10 has_said server ^asked 4 || return 1
	expect "would move" "$(opened a a2 check)" 1 || rc=1
	expect "moved" "$(opened a a2)" 1 || rc=1
	answer 4 && poll 5 has_said client.a2 "^got . $(vip "$1" 2)$" 4 ||
		return 1
	expect "what a got" "$(said client.a ^got)" 0 || rc=1
	# what goes on is what has come
	stop_asking a2
	take_as a2 "$1" 1
	poll 10 has_said server "^asked $(vip "$1" 1) $PORT " 3 || rc=1
	# a begins anew
	stop_asking a
	take_as a "$1" 1
	poll 10 has_said server ^asked 6 && answer 2 &&
		poll 5 has_said client.a ^got && poll 5 has_said client.a2 ^got ||
		rc=1
	# by another id, as its own is taken; by that the server knows a2 then
	expect "moved again" "$(opened a a2)" 1 || rc=1
	stop_asking a2
	take_as a2 "$1" 1
	poll 10 has_said server ^asked 7 && answer 1 &&
		poll 5 has_said client.a2 "^got 1 $(vip "$1" 2)$" || rc=1
	expect "ids" "$(sed -n 's/^asked [^ ]* \([0-9]*\) .*/\1/p' \
		"$WORK/server" | tail -2 | uniq | wc -l)" 1 || rc=1
	return $rc
}

# All three ask by one id, so that those of a and c are mapped, and c has both.
both_mapped()
{
	local ns rc=0
	fresh && serve_later "$1" 7 || return 1
	for ns in a2 c; do
		arrive "$ns" "$([ "$ns" = a2 ] && echo 5 || echo 6)"
		endpoint a.com "$ns" "$([ "$ns" = a2 ] && echo 5 || echo 6)"
	done
	for ns in a2 a c; do
		take_as "$ns" "$1" 1
		poll 10 has_said server ^asked $((${#CLIENTS[@]})) || return 1
	done
	expect "mapped" "$(json 'map(select(.mapped)) | length' \
		flow show service b.com)" 2 || rc=1
	expect "moved" "$(opened a c)" 1 || rc=1
	answer 3 && poll 5 has_said client.c "^got 1 $(vip "$1" 2)$" 2 &&
		poll 5 has_said client.a2 "^got 1 $(vip "$1" 2)$" || rc=1
	# what goes on is what has come
	stop_asking c
	take_as c "$1" 1
	poll 10 has_said server ^asked 4 || rc=1
	expect "ids" "$(sed -n 's/^asked [^ ]* \([0-9]*\) .*/\1/p' \
		"$WORK/server" | awk 'NR == 2 || NR == 4' | uniq | wc -l)" 1 ||
		rc=1
	answer 1 && poll 5 has_said client.c ^got && return $rc
}

# A request of a that arrives as a2 has its flow already is known by the name.
under_way()
{
	local rc=0
	fresh && serve_later "$1" 7 || return 1
	take_as a "$1" 1
	poll 10 has_said server ^asked 1 || return 1
	arrive a2 5
	endpoint a.com a2 5
	stop_asking a
	run tc -n orch qdisc add dev vb1 root netem delay 3s
	take_as a "$1" 2
	take_as a2 "$1"
	poll 5 sent_two || return 1
	expect "moved" "$(opened a a2)" 1 || rc=1
	poll 10 has_said server ^asked 3 || rc=1
	run tc -n orch qdisc del dev vb1 root
	# also where the machine is so slow that they came before
	answer 3 && poll 5 has_said client.a2 ^got 2 || rc=1
	expect "who asked" "$(sed -n 's/^asked \([^ ]*\) .*/\1/p' "$WORK/server" |
		sort -u)" "$(vip "$1" 1)" && return $rc
}

# What a sends to b1's own address as a2 has its flow already is a's.
direct_after()
{
	local rc=0
	a_has_asked "$1" 1 || return 1
	stop_asking a
	take_as a2 "$1"
	expect "moved" "$(opened a a2)" 1 || rc=1
	take_as a "$1" 2 "$(addr "$1" 11)"
	poll 10 has_said server ^asked 3 || return 1
	expect "who asked" "$(sed -n 's/^asked \([^ ]*\) .*/\1/p' "$WORK/server" |
		tail -2 | uniq)" "$(addr "$1" 1)" || rc=1
	answer 3 && poll 5 has_said client.a "^got . $(addr "$1" 11)$" 2 &&
		poll 5 has_said client.a2 "^got 1 $(vip "$1" 2)$" || rc=1
	expect "what a2 got" "$(said client.a2 ^got)" 1 && return $rc
}

# they are in the queue, or have left it
sent_two()
{
	[ "$(tc -n orch -s -j qdisc show dev vb1 | jq '.[0].qlen')" -ge 2 ] ||
		has_said server ^asked 3
}

# --- what does not move -----------------------------------------------------------

tcp_stays()
{
	local rc=0
	fresh && arrive a2 5 && endpoint a.com a2 5 || return 1
	ask a tcp -p 4100 "$(vip "$1" 2)" 80 >/dev/null || return 1
	expect "flows" "$(json length flow show service b.com)" 1 || rc=1
	expect "moved" "$(opened a a2)" 0 || rc=1
	expect "client" "$(json '.[0].src' flow show service b.com)" \
		"$(addr "$1" 1)" || rc=1
	return $rc
}

# b1 is not told the name: it would not know who a2 is
plain()
{
	local rc=0
	fresh && arrive a2 5 && endpoint a.com a2 5 || return 1
	serve_later "$1" 7 || return 1
	untell "$1"
	take_as a "$1" 2
	poll 10 has_said server "^asked $(addr "$1" 1) $PORT " 2 && answer 2 &&
		poll 5 has_said client.a ^got 2 || rc=1
	expect "would move" "$(opened a a2 check)" 0 || rc=1
	expect "moved" "$(opened a a2)" 0 || rc=1
	expect "flow" "$(json '.[0] | "\(.src) \(.peer)"' \
		flow show service b.com)" "$(addr "$1" 1) null" || rc=1
	retell "$1"
	return $rc
}

# b1 has no route back to the name
untell()
{
	if [ "$PLACEMENT" = router ]; then
		ip -n b1 route add blackhole "$(vip "$1" 1)"
	else
		S member set b1 route none
	fi
}

retell()
{
	if [ "$PLACEMENT" = router ]; then
		ip -n b1 route del blackhole "$(vip "$1" 1)"
	else
		S member set b1 route auto
	fi
}

# --- what is told -----------------------------------------------------------------

# a moves by request, then a2 dies with c there, then c with nobody
events()
{
	local rc=0
	a_has_asked "$1" 1 || return 1
	rm -f "$WORK/events"
	salctl -n orch -j monitor migrate >"$WORK/events" 2>&1 &
	PIDS+=($!)
	poll 5 grep -qs listening "$WORK/events" || return 1
	S migrate a.com from a to a2
	stop_asking a
	S endpoint del a.com a
	arrive c 6
	endpoint a.com c 6
	leave a2 && poll 5 has_said events netns || return 1
	S endpoint set a.com c state down
	S endpoint set a.com c state up
	leave c
	endpoint a.com a 1
	poll 5 has_said events endpoint-up || return 1
	cat "$WORK/events" >&2
	expect "events" "$(jq -r 'select(.event == "migrate") | "\(.from |
		join(",")) \(.to) \(.opened) \(.cause)"' "$WORK/events" | xargs)" \
		"a a2 1 request a2 c 1 netns a 1 endpoint-up" || rc=1
	return $rc
}

told()
{
	a_has_asked "$1" 1 || return 1
	S migrate a.com from a to a2 >"$WORK/moved"
	cat "$WORK/moved" >&2
	grep -q "^a.com: 0 flows and 1 opened one moved to a2 (0 cells) in " \
		"$WORK/moved"
}

initiator_cases()
{
	each_family "ping -e: answers to a client that has gone" echo_waits
	each_family "UDP: answers to a client that has gone" udp_waits
	each_family "made anew with the same address" same_address
	each_family "another address" renumbered
	each_family "a server keeps sending while its client is away" \
		stream_over_gap
	each_family "a server keeps sending over 21 moves of its client" \
		stream_over_moves
	each_family "another one is there: it goes on at once" survivor
	each_family "a stranger by the same id gets nothing" stranger
	each_family "two clients by one port become one" both
	each_family "one of two mapped ones becomes the other's" both_mapped
	each_family "requests under way as the client moves" under_way
	each_family "what its former client sends to the server's address" \
		direct_after
	each_family "TCP stays" tcp_stays
	each_family "what the server knows by its address stays" plain
	t "events tell from where, how many and why" events 4
	t "the tool tells" told 6
}
