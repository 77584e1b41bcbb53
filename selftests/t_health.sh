#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server dies, or hangs, in a namespace that lives: health.sh of the examples sees
# it, and its flows move; and when it is back it gets new ones.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"
# shellcheck source=selftests/listen.sh
. "$(dirname "$0")/listen.sh"

setup_tcp
SERVER_B1="${PIDS[0]}"
# between looks; who is well answers in less, however busy the machine
PERIOD="$(patience 3)"

state_of()
{
	json '.[0].state' endpoint show b.com "$1"
}

is_state()
{
	[ "$(state_of "$1")" = "$2" ]
}

with()
{
	json_is '[.[].endpoint] | unique | join(",")' "$1" flow show service b.com
}

start()
{
	cat >"$WORK/probe" <<-END
		#!/bin/sh
		"$TOOLS/ask" udp -t $((PERIOD - 1)) "\$1" 7 | grep -q "^\$1 "
	END
	chmod +x "$WORK/probe"
	ip netns exec orch "$LIB_DIR/../userland/examples/health.sh" \
		b.com "$PERIOD" "$WORK/probe" >&2 &
	PIDS+=($!)
	HEALTH=$!
}

# FAMILY: a stream is with b1; b2 is there
stream()
{
	only b1
	flood u -u 7 -n 0 -i 20000 -w 1000 -W 3000 "$(vip "$1" 2)"
	poll 5 with b1 && S endpoint set b.com b2 state up && listen
}

# FAMILY: what was sent before somebody looked is lost, and nothing afterwards
moved_and_back()
{
	local report
	poll 20 is_state b1 down && poll 5 with b2 || return 1
	expect cause "$(told '.event == "migrate"' |
		jq -c '[.from, .to, .flows, .cause]')" \
		'[["b1"],"b2",1,"endpoint-down"]' || return 1
	report="$(flood_end u TERM)"
	deaf
	expect_num answered "$(field "$report" received)" -gt 0
}

# FAMILY
dies()
{
	stream "$1" || return 1
	kill "$SERVER_B1"
	moved_and_back || return 1
	serve b1 7
	SERVER_B1="${PIDS[-1]}"
	poll 20 is_state b1 up
}

# FAMILY: probes are given so long, and no longer
hangs()
{
	local rc=0
	stream "$1" || return 1
	kill -STOP "$SERVER_B1"
	moved_and_back || rc=1
	kill -CONT "$SERVER_B1"
	[ "$rc" = 0 ] && poll 20 is_state b1 up
}

# Who was set down by another stays so.
leaves_alone()
{
	S endpoint set b.com b1 state down
	listen endpoint || return 1
	# it is looked at at once, and so are the others
	S endpoint add b.com netns b3 addr 10.0.1.13
	poll 20 is_state b3 down || return 1
	serve b3 7
	poll 20 is_state b3 up || return 1
	is_state b1 down || fail "b1 was set up" || return 1
	deaf
	S endpoint del b.com b3
	S endpoint set b.com b1 state up
}

# With a lease nobody is set down: it expires, and so it does when health.sh dies.
leases()
{
	S endpoint set b.com b1 lease "$((3 * PERIOD))s"
	listen endpoint || return 1
	kill "$SERVER_B1"
	poll 20 json_is '.[0] | "\(.state) \(.fault4[0])"' "up lease" \
		endpoint show b.com b1 || return 1
	serve b1 7
	SERVER_B1="${PIDS[-1]}"
	poll 20 json_is '.[0].fault4 | length' 0 endpoint show b.com b1 || return 1
	deaf
	kill "$HEALTH"
	poll 20 json_is '.[0].fault4[0]' lease endpoint show b.com b1
}

start
each_family "the server is killed: its flows move; it comes back" dies
t "the server hangs: its flows move; it comes back" hangs 4
t "a new endpoint is probed; one that somebody has set down is not set up" \
	leaves_alone
t "one with a lease is renewed, as long as it is well" leases
finish
