#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Root of a user namespace runs a domain of its own over namespaces of its own, and
# is a guest of the machine: no right over what it names of others, no ID of what it
# does not know, no more than a share of the memory.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2 hold packets 10 bytes 1M time 60s

# --- guests -----------------------------------------------------------------

declare -A GUEST

in_its_own()
{
	local kind
	for kind in user net; do
		[ "$(readlink "/proc/$1/ns/$kind")" != \
		  "$(readlink "/proc/self/ns/$kind")" ] || return 1
	done
}

# guest NAME: a process in a user and a network namespace of its own
guest()
{
	unshare -Urn sleep 1000 &
	GUEST[$1]=$!
	PIDS+=($!)
	poll 5 in_its_own "${GUEST[$1]}" || return 1
	as_guest "$1" ip link set lo up
}

# as_guest NAME COMMAND...: as its root
as_guest()
{
	local pid="${GUEST[$1]}"
	shift
	echo "+ as guest: $*" >&2
	nsenter -t "$pid" -U -n --preserve-credentials "$@"
}

# at_guest NAME COMMAND...: in its network namespace, as who runs this test
at_guest()
{
	local pid="${GUEST[$1]}"
	shift
	echo "+ at guest: $*" >&2
	nsenter -t "$pid" -n "$@"
}

end_guest()
{
	kill "${GUEST[$1]}"
	wait "${GUEST[$1]}" 2>/dev/null
	unset "GUEST[$1]"
}

guest_json()
{
	local name="$1" filter="$2"
	shift 2
	as_guest "$name" salctl -j "$@" | jq -r "$filter"
}

# all that a refused request could have changed, IDs of namespaces included
guest_state()
{
	guest_json g '.[0].generation' domain show
	at_guest g ip netns list-id | sort
	guest_json g length member show
}

# refused TEXT COMMAND...
refused()
{
	local text="$1" out
	shift
	out="$("$@" 2>&1)" && { fail "allowed: $*"; return 1; }
	echo "$out" >&2
	grep -q "$text" <<<"$out" || fail "not for '$text': $*"
}

# --- one's own --------------------------------------------------------------

CHILD=""

# a second namespace of the guest's, on a wire
child()
{
	# becomes unshare, and that sleep
	nsenter -t "${GUEST[g]}" -U -n --preserve-credentials \
		unshare -n sleep 1000 &
	CHILD=$!
	PIDS+=("$CHILD")
	poll 5 own_net "$CHILD" || return 1
	as_guest g ip link add w type veth peer name eth0 netns "$CHILD"
	as_guest g ip addr add 10.9.0.1/24 dev w
	as_guest g ip link set w up
	as_guest g ip route add 10.9.1.0/24 dev w
	as_guest g nsenter -t "$CHILD" -n ip addr add 10.9.0.2/24 dev eth0
	as_guest g nsenter -t "$CHILD" -n ip link set eth0 up
}

own_net()
{
	in_its_own "$1" && [ "$(readlink "/proc/$1/ns/net")" != \
			     "$(readlink "/proc/${GUEST[g]}/ns/net")" ]
}

own()
{
	child && set_direct as_guest g salctl || return 1
	as_guest g salctl service add own.com vip 10.9.1.2 &&
		as_guest g salctl member add pid "${GUEST[g]}" name me &&
		as_guest g salctl endpoint add own.com pid "$CHILD" name c \
			addr 10.9.0.2 || return 1
	poll 5 as_guest g ping -n -c 1 -W 2 10.9.1.2 >&2 &&
		expect flows "$(guest_json g length flow show)" 1 &&
		as_guest g salctl resolve own.com from pid "${GUEST[g]}" >&2
}

own_events()
{
	local pid rc=0
	nsenter -t "${GUEST[g]}" -U -n --preserve-credentials \
		salctl monitor >"$WORK/own" 2>&1 &
	pid=$!
	PIDS+=("$pid")
	poll 5 grep -q listening "$WORK/own" || rc=1
	as_guest g salctl endpoint set own.com c weight 2
	poll 5 grep -q "endpoint set own.com c" "$WORK/own" || rc=1
	kill "$pid"
	return "$rc"
}

# --- others' ----------------------------------------------------------------

# A request that names another's namespace is refused, and has changed nothing:
# there is not even an ID for it.
anothers()
{
	local before over="no CAP_NET_ADMIN over the network namespace (attribute netns-fd)"
	before="$(guest_state)"
	refused "$over" as_guest g salctl member add \
			netns /run/netns/a name a &&
		refused "$over" as_guest g salctl member del \
			netns /run/netns/a &&
		refused "$over" as_guest g salctl endpoint add own.com \
			netns /run/netns/b1 name b addr 10.0.1.11 &&
		refused "$over" as_guest g salctl endpoint replace own.com \
			netns /run/netns/b1 name c addr 10.0.1.11 &&
		refused "$over" as_guest g salctl resolve own.com \
			from netns /run/netns/a &&
		expect "what the guest has" "$(guest_state)" "$before"
}

# In the domain's namespace, with a right over the client's and not over this one
over_client_only()
{
	local out before
	before="$(in_ns orch ip netns list-id)"
	# shellcheck disable=SC2016 # for the inner shell
	out="$(in_ns orch unshare -Ur bash -c '
		net() { readlink "/proc/$1/ns/net"; }
		unshare -n sleep 100 &
		for i in {1..500}; do
			[ "$(net $!)" = "$(net self)" ] || break
			sleep 0.02
		done
		salctl resolve b.com && echo resolved
		salctl resolve b.com from pid $! && echo walked
		kill $!' 2>&1)"
	echo "$out" >&2
	grep -q resolved <<<"$out" && ! grep -q walked <<<"$out" &&
		grep -q "walk needs CAP_NET_ADMIN over the domain's" \
			<<<"$out" &&
		expect IDs "$(in_ns orch ip netns list-id)" "$before"
}

# Made a member by who had a right over both; what is done there stays as it was
# agreed, and ends when the domain's owner wants.
given_member()
{
	at_guest g salctl member add netns /run/netns/b3 name given || return 1
	refused "no CAP_NET_ADMIN over the member's network namespace (attribute route)" \
			as_guest g salctl member set given route auto &&
		as_guest g salctl member set given route none &&
		at_guest g salctl member set given route auto &&
		as_guest g salctl member set given route none &&
		as_guest g salctl member del given
}

# --- IDs --------------------------------------------------------------------

endpoint_gone()
{
	[ "$(jq -s '[.[] | select(.event == "endpoint-del")] | length' \
		"$WORK/ids")" = "$1" ]
}

# While a namespace is there its ID is told; when it goes there is none, as it may
# be another's by now.
ids()
{
	local pid
	add_ns goes
	ip netns exec orch salctl -j monitor endpoint >"$WORK/ids" \
		2>"$WORK/ids.err" &
	pid=$!
	PIDS+=("$pid")
	poll 5 grep -qs listening "$WORK/ids" || return 1
	S endpoint add b.com netns goes addr 10.0.1.99
	S endpoint del b.com goes
	poll 5 endpoint_gone 1 || return 1
	S endpoint add b.com netns goes addr 10.0.1.99
	expect "name by ID" "$(json '.[0].netns' endpoint show b.com)" goes ||
		return 1
	del_ns goes
	poll 5 endpoint_gone 2 || return 1
	kill "$pid"
	cat "$WORK/ids" >&2
	expect "has an ID" "$(jq -s -c '[.[] | select(.event != "listening") |
		select(.event != "endpoint-set") | .nsid != null]' \
		"$WORK/ids")" "[true,true,true,false]"
}

told()
{
	[ "$(grep -c . "$WORK/elsewhere")" = "$1" ]
}

# Who listens in another namespace to all that it knows is told of its own.
elsewhere()
{
	local pid rc=0
	add_ns w
	ip -n w netns set orch 7
	ip netns exec w "$LIB_DIR/tools/all_nsid.py" >"$WORK/elsewhere" &
	pid=$!
	PIDS+=("$pid")
	poll 9 grep -qs listening "$WORK/elsewhere" || return 1
	S service add e.com
	S service del e.com
	salctl -n w service add w.com
	poll 5 told 2 || rc=1
	salctl -n w flush
	poll 5 told 3 || rc=1
	cat "$WORK/elsewhere" >&2
	expect "not from here" "$(grep -vc "here\|listening" \
		"$WORK/elsewhere")" 0 || rc=1
	kill "$pid"
	del_ns w
	return "$rc"
}

# --- bounds -----------------------------------------------------------------

limits()
{
	local name before over="domain of a user namespace needs CAP_NET_ADMIN in the initial one"
	before="$(guest_json g '.[0] | "\(.max_services) \(.max_flows)"' \
		domain show)"
	for name in services endpoints flows; do
		refused "$over (attribute max-$name)" as_guest g \
			salctl domain set "max-$name" 300000 || return 1
	done
	refused "$over (attribute max-members)" as_guest g \
			salctl domain set max-members 5000 &&
		refused "$over (attribute max-held)" as_guest g \
			salctl domain set max-services 10 max-held 9M &&
		expect limits "$(guest_json g \
			'.[0] | "\(.max_services) \(.max_flows)"' \
			domain show)" "$before" &&
		as_guest g salctl domain set max-flows 1000 &&
		as_guest g salctl domain set max-flows 262144
}

SHARE=$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) * 1024 / 32))

# a guest that holds what is sent to 10.9.1.2
holder()
{
	guest "$1" || return 1
	as_guest "$1" ip addr add 10.9.0.1/24 dev lo
	as_guest "$1" ip route add 10.9.1.0/24 dev lo
	as_guest "$1" salctl member add pid "${GUEST[$1]}" name me
	as_guest "$1" salctl service add own.com vip 10.9.1.2 \
		hold packets 65536 bytes 1G time 60s
}

fill()
{
	as_guest "$1" "$LIB_DIR/tools/hold_fill.py" 10.9.1.2 "$2" |
		tee >(cat >&2)
}

holds()
{
	[ "$(field "$(fill "$1" 1)" taken)" = 1 ]
}

# All guests together hold so much and no more, others hold as ever.
held_share()
{
	local report held
	holder h1 && holder h2 || return 1
	# who runs the machine may let one have all of it
	at_guest h1 salctl domain set max-held 1G || return 1
	report="$(fill h1 20000)"
	held="$(guest_json h1 '.[0].held_bytes' domain show)"
	expect_num held "$held" -le "$SHARE" &&
		expect_num held "$held" -gt $((SHARE - 200000)) &&
		expect refused "$(field "$report" refused)" true &&
		expect_num counted "$(guest_json h1 '.[] |
			select(.name == "hold-domain-full") | .packets' \
			stats show)" -gt 0 || return 1
	expect "another guest's" "$(field "$(fill h2 1)" taken)" 0 || return 1
	flood f -n 3 -i 1000 -W 500 10.1.0.2
	poll 5 json_is '.[0].held_packets' 3 service show b.com || return 1
	flood_end f >/dev/null
	# a guest that ends would wait for its packets' time: they keep their sockets
	as_guest h1 salctl flush
	holds h2 || fail "nothing was given back" || return 1
	as_guest h2 salctl flush
	end_guest h1
	end_guest h2
}

# N: as lines of a batch. Those that are down have no cells yet, but what they would
# take is counted, and it is faster.
endpoints()
{
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			s = int(i / 500)
			if (i % 500 == 0)
				printf "service add s%d.com vip 10.9.1.%d\n", s, s
			printf "endpoint add s%d.com name e%d addr 10.%d.%d.%d state down\n",
			       s, i, 10 + i / 62500, i / 250 % 250, i % 250 + 1
		}
	}'
}

has_room()
{
	as_guest "$1" salctl service add more.com
}

# Likewise for objects: an endpoint takes some 5 kB with its cells.
table_share()
{
	local n out
	guest t1 && guest t2 || return 1
	endpoints $((SHARE / 4000)) >"$WORK/batch"
	refused "user namespaces have used up their share of memory" \
		as_guest t1 salctl -b "$WORK/batch" || return 1
	n="$(guest_json t1 '.[0].endpoints' domain show)"
	expect_num endpoints "$n" -gt $((SHARE / 8000)) || return 1
	# what is left is less than one endpoint
	out="$(as_guest t2 salctl -b "$WORK/batch" 2>&1)"
	echo "$out" >&2
	grep -q "used up their share" <<<"$out" || fail "another guest" ||
		return 1
	S service add more.com && S endpoint add more.com name e \
		addr 10.0.1.88 && S service del more.com || return 1
	end_guest t1
	poll 9 has_room t2 && end_guest t2
}

guest g || ktap_test_fail "a user namespace"
t "a guest runs its own domain over its own namespaces" own
t "and hears its events" own_events
t "it has no right over another's namespace" anothers
t "nor over one that it was given as a member" given_member
t "a walk needs a right over the domain, too" over_client_only
t "namespaces are told by IDs that hold" ids
t "events stay in the domain's namespace" elsewhere
t "a guest does not raise its limits" limits
# in a user namespace all are guests, and nobody could give one of them all there is
if ! in_userns && [ "$SHARE" -gt $((1 << 28)) ]; then
	ktap_test_skip "more memory than a test should fill"
elif ! in_userns; then
	t "guests share what they hold" held_share
	t "and what their tables take" table_share
fi
end_guest g
finish
