#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An instance dies with requests that it had received and not answered. These
# are lost, as they would be on any network; a capture at its port tells how
# many they were. Nothing else is lost, and all else is answered in order.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2 hold packets 2000 bytes 8M time 20s
endpoint b.com b2 12 state down

# --- why b1 does not answer what it receives ---------------------------------

deaf()
{
	in_ns b1 sysctl -qw net.ipv4.icmp_echo_ignore_all=1 \
		net.ipv6.icmp.echo_ignore_all=1
}

# It does, but the answers are still in its queue when it dies.
slow()
{
	run tc -n b1 qdisc add dev eth0 root netem delay 60s
}

# --- the capture -------------------------------------------------------------

# Of all ports, as one that is bound to b1's ends with it, perhaps before all
# was read: what goes out there, and what comes in as an answer. As much of each
# as is printed; there is then room for thousands.
capture()
{
	rm -f "$WORK/capture" "$WORK/capture.err"
	ip netns exec orch tcpdump -i any -n -l --immediate-mode -Z root \
		-s 128 -B 4096 \
		"(outbound and (icmp[0] == 8 or ip6[40] == 128)) or
		(inbound and (icmp[0] == 0 or ip6[40] == 129))" \
		>"$WORK/capture" 2>"$WORK/capture.err" &
	CAPTURE=$!
	PIDS+=("$CAPTURE")
	poll 5 grep -qs "listening on" "$WORK/capture.err"
}

capture_end()
{
	kill -INT "$CAPTURE"
	wait "$CAPTURE"
	cat "$WORK/capture.err" >&2
	grep -q "^0 packets dropped" "$WORK/capture.err"
}

# found FAMILY NAME: a number of what inflight.py has found
found()
{
	sed -n "s/.*\b$2=\([0-9]*\).*/\1/p" "$WORK/found.$1"
}

# captured FAMILY SENT: tcpdump has told of so many requests; it may be behind,
# and does not read on when it is stopped
captured()
{
	"$LIB_DIR/tools/inflight.py" "$(addr "$1" 11)" vb1 \
		<"$WORK/capture" >"$WORK/found.$1"
	[ $(($(found "$1" in) + $(found "$1" elsewhere))) -ge "$2" ]
}

# --- the story ---------------------------------------------------------------

b1_there()
{
	S endpoint del b.com b1 2>/dev/null
	! ip netns list | grep -q '^b1\b' || del_ns b1
	add_host b1 11
	S endpoint set b.com b2 state down
	endpoint b.com b1 11
	S flow flush
	poll 5 no_flows
}

# NAMESPACE MORE: of both families, more than when note_echos was called
got_more()
{
	[ "$(echos "$1" 4)" -ge $((ECHOS4 + $2)) ] &&
		[ "$(echos "$1" 6)" -ge $((ECHOS6 + $2)) ]
}

note_echos()
{
	ECHOS4="$(echos "$1" 4)" ECHOS6="$(echos "$1" 6)"
}

# HOW: both families at once, as they die at once
play()
{
	local rc=0

	b1_there && capture || return 1
	flood v4 -n 0 -i 20000 -w 60000 -W 5000 "$(vip 4 2)"
	flood v6 -n 0 -i 20000 -w 60000 -W 5000 "$(vip 6 2)"
	note_echos b1
	poll 5 got_more b1 10 || return 1
	"$1" || return 1
	note_echos b1
	poll 5 got_more b1 10 || return 1

	S endpoint set b.com b2 state up || return 1
	note_echos b2
	del_ns b1 || return 1
	poll 5 got_more b2 10 || return 1
	flood_end v4 TERM >"$WORK/report.4" &&
		flood_end v6 TERM >"$WORK/report.6" || return 1
	poll 5 captured 4 "$(field "$(cat "$WORK/report.4")" sent)" || rc=1
	poll 5 captured 6 "$(field "$(cat "$WORK/report.6")" sent)" || rc=1
	capture_end || rc=1
	return "$rc"
}

# FAMILY HOW-PLAY-ENDED
judge()
{
	local report name rc="$2"

	[ "$rc" = 0 ] || return 1
	report="$(cat "$WORK/report.$1")"
	cat "$WORK/found.$1" >&2
	ktap_print_msg "IPv$1: inflight=$(found "$1" unanswered) lost=$((
		$(field "$report" lost) - $(found "$1" unanswered)))"
	expect "lost" "$(field "$report" lost)" "$(found "$1" unanswered)" ||
		rc=1
	for name in duplicates reordered wrong_source corrupt errors; do
		expect "$name" "$(field "$report" "$name")" 0 || rc=1
	done
	# that the capture has all, and there was something to be seen
	expect "captured" $(($(found "$1" in) + $(found "$1" elsewhere))) \
		"$(field "$report" sent)" || rc=1
	expect "went to both" "$(found "$1" twice)" 0 || rc=1
	expect_num "in flight" "$(found "$1" unanswered)" -ge 10 || rc=1
	expect_num "answered by b1" "$(found "$1" answered)" -ge 10 || rc=1
	return "$rc"
}

play deaf
each_family "what b1 did not answer is lost with it, and nothing else" judge $?
play slow
each_family "what b1 had not sent yet is lost with it, and nothing else" \
	judge $?
finish
