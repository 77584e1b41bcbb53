# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# TCP, for both placements: b.com is served by b1 and b2, each of which echoes on
# port 7.
# shellcheck source=selftests/by_port.sh
. "$(dirname "$0")/by_port.sh"

setup_tcp()
{
	setup_b_com hold time 20s
	serve b1 7
	serve b2 7
}

TALK_FDS=()

# one that had those of others would keep them from seeing their end
talk_run()
{
	local fd
	for fd in "${TALK_FDS[@]}"; do
		exec {fd}>&-
	done
	exec ip netns exec a "$TOOLS/talk" "${@:2}" \
		<"$WORK/talk.$1.in" >"$WORK/talk.$1" 2>&1
}

# talk NAME OPTION... ADDRESS PORT: a connection in the background, which does what
# is written to it, see tools/talk.c
talk()
{
	local name="$1"
	shift
	rm -f "$WORK/talk.$name" "$WORK/talk.$name.in"
	mkfifo "$WORK/talk.$name.in"
	talk_run "$name" "$@" &
	PIDS+=($!)
	declare -g "TALK_PID_$name=$!"
	exec {TALK}>"$WORK/talk.$name.in"
	declare -g "TALK_$name=$TALK"
	TALK_FDS+=("$TALK")
	poll 5 test -s "$WORK/talk.$name"
}

# say NAME COMMAND...: and its answer
say()
{
	local var="TALK_$1" name="$1" lines
	shift
	lines="$(wc -l <"$WORK/talk.$name")"
	echo "$*" >&"${!var}" || return 1
	poll 60 more_lines "$WORK/talk.$name" "$lines" || return 1
	tail -n 1 "$WORK/talk.$name" | tee >(sed "s/^/| $name $*: /" >&2)
}

more_lines()
{
	[ "$(wc -l <"$1")" -gt "$2" ]
}

# hang_up NAME: the file that it reads ends, and it closes and is gone
hang_up()
{
	local var="TALK_$1" pid="TALK_PID_$1" fd
	fd="${!var}"
	exec {fd}>&-
	poll 10 not kill -0 "${!pid}" 2>/dev/null
}

# packets that were dropped for their checksum, at either end
bad_sums()
{
	local ns
	for ns in a b1; do
		in_ns "$ns" cat /proc/net/snmp /proc/net/snmp6
	done | awk '
		/InCsumErrors/ && /^[A-Za-z]*:/ && $2 !~ /^[0-9]/ {
			for (i = 2; i <= NF; i++)
				if ($i == "InCsumErrors") col[$1] = i
			next
		}
		$1 in col { sum += $col[$1] }
		/^[A-Za-z0-9]*InCsumErrors/ { sum += $2 }
		END { print sum + 0 }'
}

# --- cases ------------------------------------------------------------------

# What is sent comes back, all of it, whatever the size of segments.
bulk()
{
	only b1 b2
	talk t "$(vip "$1" 2)" 7 || return 1
	expect "1 MB" "$(say t echo 1000000)" "echoed 1000000"
	local rc=$?
	expect "one byte" "$(say t echo 1)" "echoed 1" || rc=1
	hang_up t
	return "$rc"
}

# FAMILY: state of its only flow
state()
{
	json 'map(.state) | join(" ")' flow show service b.com
}

state_is()
{
	[ "$(state)" = "$1" ]
}

# A flow follows its connection: established, half closed, closed, gone soon.
states()
{
	only b1
	talk t "$(vip "$1" 2)" 7 || return 1
	say t echo 10 || return 1
	expect state "$(state)" assured || return 1
	hang_up t
	poll 5 state_is closed || return 1
	S service set b.com timeout closed 1s
	poll 10 state_is ""
	local rc=$?
	S service set b.com timeout closed 1m
	return "$rc"
}

# One that is silent lives as long as its service says.
idle()
{
	only b1
	talk t "$(vip "$1" 2)" 7 || return 1
	say t echo 10 || return 1
	S service set b.com timeout established 10s timeout syn 1s \
		timeout closing 1s
	sleep 4
	expect "state after 4 s" "$(state)" assured || return 1
	poll 10 state_is ""
	local rc=$?
	S service set b.com timeout established 2h timeout syn 2m \
		timeout closing 4m
	hang_up t
	return "$rc"
}

closed_port()
{
	only b1
	expect "what the client gets" "$(ask a tcp "$(vip "$1" 2)" 9)" \
		ECONNREFUSED && expect state "$(state)" closed
}

# STRAY WANT: a connection whose flow has gone
stray()
{
	local before rc
	only b1
	S service set b.com stray "$2"
	talk t -t 5 "$(vip "$1" 2)" 7 || return 1
	say t echo 10 || return 1
	before="$(counter stray)"
	S flow flush
	expect "what becomes of it" "$(say t echo 10)" "$3"
	rc=$?
	if [ "$2" = adopt ]; then
		expect "the flow" "$(state)" assured || rc=1
	else
		expect_num "stray" "$(counter stray)" -gt "$before" || rc=1
	fi
	# what was dropped is sent again and again, and would be adopted later
	[ "$2" != drop ] || say t abort >&2 || rc=1
	hang_up t
	# or its end would be adopted, too, in the next case
	[ "$2" != adopt ] || poll 5 state_is closed || rc=1
	S service set b.com stray reset
	return "$rc"
}

# Established connections stay when the others move.
pinned()
{
	only b1 b2
	S endpoint set b.com b2 state down
	talk t "$(vip "$1" 2)" 7 || return 1
	expect "who answers" "$(say t who | cut -d ' ' -f 1)" b1 || return 1
	S endpoint set b.com b2 state up
	expect "flows that move" "$(json '.[0].flows' migrate b.com \
		from b1 to b2)" 0 || return 1
	expect "1 MB after it" "$(say t echo 1000000)" "echoed 1000000" || return 1
	expect "who answers" "$(say t who | cut -d ' ' -f 1)" b1
	local rc=$?
	hang_up t
	return "$rc"
}

# Its endpoint has gone for good: whoever gets the connection does not know it.
broken()
{
	only b1 b2
	S endpoint set b.com b2 state down
	talk t "$(vip "$1" 2)" 7 || return 1
	say t echo 10 || return 1
	S endpoint set b.com b2 state up
	S endpoint set b.com b1 state down
	expect "what becomes of it" "$(say t echo 10)" ECONNRESET
	local rc=$?
	hang_up t
	return "$rc"
}

# A SYN that waits is answered as soon as there is who answers.
held()
{
	only
	talk t "$(vip "$1" 2)" 7 &
	poll 5 json_is '.[0].held_packets > 0' true service show b.com ||
		return 1
	S endpoint set b.com b1 state up
	poll 10 grep -q connected "$WORK/talk.t"
}

# NS: answers that were lost there
dropped()
{
	in_ns "$1" nft -j list table inet lossy |
		jq '[.. | .packets? // empty] | add'
}

# The answers to a SYN are lost: it comes again, and to the same endpoint.
syn_again()
{
	local ns rc=0
	only b1 b2
	for ns in b1 b2; do
		in_ns "$ns" nft -f - <<'END'
table inet lossy {
	chain out {
		type filter hook output priority 0
		tcp flags & (syn | ack) == syn | ack counter drop
	}
}
END
	done
	ask a tcp -t 4 "$(vip "$1" 2)" 7
	expect "flows, and the SYNs" "$(json '.[].endpoint' flow show)" \
		"$(for ns in b1 b2; do [ "$(dropped "$ns")" -lt 2 ] ||
			echo "$ns"; done)" || rc=1
	for ns in b1 b2; do
		in_ns "$ns" nft delete table inet lossy
	done
	return "$rc"
}

# The port of a connection that has ended is used again at once.
same_port()
{
	local i rc=0
	only b1 b2
	for i in 1 2 3; do
		ask a tcp -p 4005 "$(vip "$1" 2)" 7 >"$WORK/answer"
		grep -q " 4005$" "$WORK/answer" || { fail "number $i"; rc=1; }
	done
	return "$rc"
}

# what the placement may make a difference to
tcp_cases()
{
	each_family "the server sees the client" seen tcp
	each_family "IP options, extension headers" options tcp
	each_family "a megabyte to and fro" bulk
	each_family "forty connections, both instances answer" shares tcp
	each_family "a flow follows its connection, and goes soon" states
	each_family "a closed port: refused" closed_port
	each_family "a connection without a flow is reset" stray reset \
		ECONNRESET
	each_family "connections stay when the others move" pinned
	each_family "one whose endpoint is down is reset" broken
	each_family "a SYN that is held" held
}

# and the rest
tcp_more_cases()
{
	each_family "an idle one lives as long as its service says" idle
	each_family "a connection without a flow: its segments are dropped" \
		stray drop timeout
	each_family "or it is adopted" stray adopt "echoed 10"
	each_family "a SYN that comes again" syn_again
	each_family "one port, again and again" same_port
}
