# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Conversations outlive the module: t_upgrade.sh and t_upgrade_router.sh set PLACEMENT.

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

UPGRADE="$LIB_DIR/../userland/sal-upgrade"
PROTOS=(udp tcp)
PORT=5000
declare -A SIDE

# The same with another version: a build is known by that.
other_build()
{
	sed 's/\x00version=0\.1\.0\x00/\x00version=0.1.9\x00/' "$SAL_KO" \
		>"$WORK/other.ko"
	not cmp -s "$SAL_KO" "$WORK/other.ko"
}

version()
{
	cat /sys/module/sal/version
}

setup_upgrade()
{
	setup_b_com
	S domain set flow-acct on
	SAL_OTHER="$WORK/other.ko"
	other_build
}

# side NAME NS serve|ask PROTO ADDRESS PORT
side()
{
	local name="$1" ns="$2"
	shift 2
	rm -f "$WORK/$name"
	ip netns exec "$ns" python3 "$LIB_DIR/tools/both_ways.py" "$@" \
		>"$WORK/$name" 2>&1 &
	SIDE[$name]=$!
	PIDS+=($!)
}

# one of each protocol, with both servers up; the service chooses
begin()
{
	local f="$1" proto ns
	for proto in "${PROTOS[@]}"; do
		for ns in b1 b2; do
			side "$proto$ns" "$ns" serve "$proto" \
				"$(addr "$f" "${ns/b/1}")" "$PORT"
			poll 40 grep -qs listening "$WORK/$proto$ns" || return 1
		done
		side "$proto" a ask "$proto" "$(vip "$f" 2)" "$PORT"
	done
	flood ping -n 0 -i 10000 -w 10000 -W 3000 "$(vip "$f" 2)"
	poll 60 under_way
}

# each client has got something from its server
under_way()
{
	json_is '[.[] | select(.state == "assured")] | length' 3 flow show
}

report()
{
	grep '^{' "$WORK/$1"
}

# ended NAME...: of which one server has nobody to talk to
ended()
{
	local name
	for name; do
		report "$name" >/dev/null || return 1
	done
}

# the server that was asked, of a connection or of datagrams
server_of()
{
	local ns
	for ns in b1 b2; do
		if [ "$1" = tcp ]; then
			grep -qs begun "$WORK/tcp$ns" && echo "tcp$ns"
		else
			grep -qs '"received": [1-9]' "$WORK/udp$ns" &&
				echo "udp$ns"
		fi
	done
}

# NAME FIELD
of()
{
	field "$(report "$1")" "$2"
}

finish_udp()
{
	kill "${SIDE[udp]}" && poll 10 ended udp || return 1
	kill "${SIDE[udpb1]}" "${SIDE[udpb2]}"
	poll 10 ended udpb1 udpb2
}

finish_tcp()
{
	kill "${SIDE[tcp]}" && poll 60 ended tcp || return 1
	poll 10 ended "$(server_of tcp)" || return 1
	kill "${SIDE[tcpb1]}" "${SIDE[tcpb2]}" 2>/dev/null
	return 0
}

# NAME...: nothing that has come was wrong
unharmed()
{
	local name
	for name; do
		report "$name" >&2
		expect "$name: wrong" "$(of "$name" wrong)" 0 &&
			expect "$name: error" "$(of "$name" error)" "" || return 1
	done
}

# no reset, no byte wrong, and none missing
stream_is_whole()
{
	local server
	server="$(server_of tcp)"
	unharmed tcp "$server" || return 1
	expect_num "sent" "$(of tcp sent)" -gt 0 || return 1
	expect "the server has got" "$(of "$server" received)" \
		"$(of tcp sent)" || return 1
	expect "the client has got" "$(of tcp received)" "$(of "$server" sent)"
}

# what is lost is what was sent while nobody translated, and no more
datagrams_are_known()
{
	local server
	server="$(server_of udp)"
	unharmed udp "$server" || return 1
	expect "udp: strangers" "$(of udp strangers)" 0 || return 1
	expect "one server" "$(wc -w <<<"$server")" 1 || return 1
	echo "# udp: lost $(($(of udp sent) - $(of "$server" received))) there," \
		"$(($(of "$server" sent) - $(of udp received))) back," \
		"$(of udp refused) not sent" >&2
	expect_num "received" "$(of udp received)" -gt 0
}

# echoes: those that came were answered by whom was asked, and once
pings_are_known()
{
	local report="$1" name
	for name in duplicates wrong_source corrupt reordered; do
		expect "$name" "$(field "$report" $name)" 0 || return 1
	done
	expect_num "answered" "$(field "$report" received)" -gt 0
}

# what does not change by itself: no time, and no count
save_flows()
{
	salctl -n orch save flows | sed -n '/^flow add/s/ idle .*//p'
}

flows_busy()
{
	json_is '[.[] | select(.idle < 1)] | length' 3 flow show
}

# packets that each flow has seen, there and back, by protocol
packets()
{
	json 'map({"\(.proto)": [.forward_packets, .reverse_packets]}) | add' \
		flow show
}

# PACKETS: each of the three goes on, and in both directions
goes_on()
{
	json_is "$1 as \$was | [.[] | \$was[\"\(.proto)\"] as \$p |
		.forward_packets >= \$p[0] + 10 and
		.reverse_packets >= \$p[1] + 10] | [length, all] | tostring" \
		"[3,true]" flow show
}

# nobody of an earlier case
begin_anew()
{
	[ ${#PIDS[@]} -eq 0 ] || kill "${PIDS[@]}" 2>/dev/null
	PIDS=()
	PORT=$((PORT + 1))
	S flow flush
}

# FAMILY COMMAND...: which takes the module away and brings another one
survive()
{
	local f="$1" report was
	shift
	begin_anew
	begin "$f" || return 1
	save_flows >"$WORK/before"
	expect "flows" "$(wc -l <"$WORK/before")" 3 || return 1
	"$@" || return 1
	was="$(packets)"
	echo "$was" >&2
	expect "protocols" "$(jq length <<<"$was")" 3 || return 1
	poll 20 goes_on "$was" || return 1
	save_flows >"$WORK/after"
	diff "$WORK/before" "$WORK/after" >&2 || return 1
	report="$(flood_end ping TERM)" || return 1
	pings_are_known "$report" || return 1
	echo "# ping: lost $(field "$report" lost)," \
		"$(field "$report" refused) not sent" >&2
	finish_udp && finish_tcp && datagrams_are_known && stream_is_whole
}

# to the other build, whichever is loaded
by_tool()
{
	local ko="$SAL_OTHER" was
	was="$(version)"
	[ "$was" = 0.1.0 ] || ko="$SAL_KO"
	run "$UPGRADE" "$ko" || return 1
	[ "$(version)" != "$was" ] || fail "the same build" || return 1
	expect "guard" "$(S upgrade-guard)" off || return 1
	not ls -d /var/lib/sal/upgrade.* 2>/dev/null
}

# the guard may be on while the module translates, for as long as one likes
by_hand()
{
	S upgrade-guard on && poll 10 flows_busy || return 1
	S upgrade-guard shut && S save flows >"$WORK/saved" || return 1
	run rmmod sal || return 1
	sleep 1
	run insmod "$SAL_KO" && S restore "$WORK/saved" || return 1
	S upgrade-guard off
}

upgrade_cases()
{
	each_family "ping, UDP and TCP outlive the module, by sal-upgrade" \
		survive by_tool
	each_family "likewise step by step, with a second in between" \
		survive by_hand
}
