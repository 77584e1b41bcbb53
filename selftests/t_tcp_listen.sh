#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Listeners that a TCP server hands over: of which addresses and devices they are, and
# what was set for them.
# shellcheck source=selftests/handover.sh
. "$(dirname "$0")/handover.sh"

# connects NS ADDRESS PORT
connects()
{
	# shellcheck disable=SC2016 # of the other shell
	in_ns "$1" timeout 10 bash -c ': 3<>"/dev/tcp/$0/$1"' "$2" "$3"
}

# What listens on the loopback address does not become public; all other addresses are
# the successor's.
listeners()
{
	server b3 -l9 99 || return 1
	"$TOOLS/salhandover" --bare -a "$(addr 4 12)" "$WORK/control.b3" \
		"$WORK/control.b2" || return 1
	kill "$SERVER_PID"
	connects b2 127.0.0.1 9 && connects b1 "$(addr 4 12)" 99 || return 1
	! connects b1 "$(addr 4 12)" 9 || fail "it is public" || return 1
	# its own segments are as small as it said
	# shellcheck disable=SC2016 # of the other shell
	in_ns b2 bash -c '3<>"/dev/tcp/127.0.0.1/9" ss -Htin "dport = :9"' |
		tee /dev/stderr | grep -q mss:688 || return 1
	move && move && connects b1 127.0.0.1 9
}

# A device is another one elsewhere.
bound()
{
	local rc=0
	server b3 -d -l9 || return 1
	! "$TOOLS/salhandover" --bare "$WORK/control.b3" "$WORK/control.b2" \
		2>"$WORK/said" || fail "it has moved" || rc=1
	kill "$SERVER_PID"
	cat "$WORK/said" >&2
	grep -q "bound to device lo" "$WORK/said" || fail "it does not say so" || rc=1
	return "$rc"
}

# endpoints with ports of their own
ports()
{
	local f
	service c.com 3 proto tcp port 70 tcp repair hold packets 400 bytes 1M time 20s &&
		endpoint c.com b3 13 port 7070 && endpoint c.com b2 12 port 7171 &&
		S endpoint drain c.com b2 && server b3 7070 || return 1
	for f in 4 6; do
		flood_as "ask$f" ip netns exec a "$TOOLS/moveclient" -i 1 ask \
			"$(vip "$f" 3)" 70
		poll 30 grep -q connected "$WORK/flood.ask$f.err" || return 1
	done
	"$TOOLS/salhandover" -n orch -t 60s c.com from b3 "$WORK/control.b3" \
		to b2 "$WORK/control.b2" || return 1
	kill "$SERVER_PID"
	connects a "$(vip 4 3)" 70 && clients_end ask4 ask6 &&
		carried ask4 answered 4 && carried ask6 answered 4
}

setup_handover
t "listeners of some addresses" listeners
t "a listener of one device" bound
t "endpoints with ports of their own" ports
finish
