# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What is recorded of a scene, in $SCENE_DIR:
#
#	client4, client6	what the pings, or the clients of UDP, printed
#	short4.. long4..	what the curls printed, see curls.sh
#	capture			requests and replies at all ports of the bridge
#	capture.err		whether that is all of them
#	events			salctl's monitor, where sal is played
#	marks			what was done: time, what
#	moves			of each move: begin, end, families
#	replies			what the kernel said of each move, where sal is
#				played
#	servers			what those who answer had to complain of

CLIENTS=()
CAPTURE=""
MONITOR=""

mark()
{
	echo "$EPOCHREALTIME $*" >>"$SCENE_DIR/marks"
}

# timed FAMILIES COMMAND...: its time goes to the moves
timed()
{
	local families="$1" begin="$EPOCHREALTIME"

	shift
	"$@"
	echo "$begin $EPOCHREALTIME $families" >>"$SCENE_DIR/moves"
}

# poll COMMAND...
poll()
{
	local i

	for ((i = 0; i < 600; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	echo "demo: never came true: $*" >&2
	return 1
}

# On the bridge's side of the ports, because a process inside an instance's
# namespace would keep that alive; on all of them at once, because the capture
# of one port would end, and might lose the last packets, as the port goes.
#
# Of TCP it is who asks for a connection, and who accepts it.
capture_begin()
{
	local filter

	case "$WHAT" in
	echo)	filter="icmp[0] == 8 or icmp[0] == 0 or
			(icmp6 and (ip6[40] == 128 or ip6[40] == 129))" ;;
	udp)	filter="udp port $UDP_PORT" ;;
	web)	filter="tcp port $WEB_PORT and (tcp[13] & 2 != 0 or
			(ip6 and ip6[53] & 2 != 0))" ;;
	esac
	ip netns exec orchestrator tcpdump -i any -n -s 96 -B 8192 -Z root \
		-w "$SCENE_DIR/capture" "$filter" 2>"$SCENE_DIR/capture.err" &
	CAPTURE=$!
	poll grep -q "listening on" "$SCENE_DIR/capture.err"
}

capture_end()
{
	[ -n "$CAPTURE" ] || return 0
	# The kernel hands packets over by the block, once a second.
	sleep 1.5
	kill -INT "$CAPTURE"
	wait "$CAPTURE"
	CAPTURE=""
}

monitor_begin()
{
	salctl -n orchestrator -j -t monitor migrate >"$SCENE_DIR/events" &
	MONITOR=$!
	poll grep -q listening "$SCENE_DIR/events"
}

monitor_end()
{
	[ -n "$MONITOR" ] || return 0
	kill -INT "$MONITOR"
	wait "$MONITOR"
	MONITOR=""
}

# --- clients, one of each family ---------------------------------------------

# client_begin COMMAND...: in the client's namespace
client_begin()
{
	ip netns exec a.com "$@" &
	CLIENTS+=($!)
}

# pings_begin COUNT: it is a count that ends them and no signal, which would
# leave a request behind whose reply nobody waits for. The time-out is for one
# that is stuck.
#
# By itself ping has a send buffer for a few requests. Those that are held stay
# in it, so that ping would wait, as it may; -S makes room for more than a
# hundred, about as many as it can be given replies to at once.
pings_begin()
{
	local family vip

	for family in 4 6; do
		vip=VIP$family
		client_begin timeout -s INT $(($1 / 25 + 60)) \
			ping -n -D -i 0.01 -S 50000 -c "$1" -W 3 "${!vip}" \
			>"$SCENE_DIR/client$family" 2>&1
	done
	clients_got client
}

# Until clients_end ends them, who then wait for what is under way.
streams_begin()
{
	local family vip

	for family in 4 6; do
		vip=VIP$family
		client_begin "$TOOLS/echoflood" -v -u "$UDP_PORT" -n 0 \
			-i 10000 -w 4000 -W 3000 "${!vip}" \
			>"$SCENE_DIR/client$family" 2>&1
	done
	clients_got client
}

# curls_begin short|long: until SCENE_DIR/over or enough is there
curls_begin()
{
	local family

	for family in 4 6; do
		client_begin "$DEMO_DIR/curls.sh" "$SCENE_DIR" "$family" "$1"
	done
	clients_got "$1"
}

# clients_got FILE: each of them has got something
clients_got()
{
	local family

	for family in 4 6; do
		poll grep -qsE "seq=|#[0-9]" "$SCENE_DIR/$1$family" || return 1
	done
}

# Whether all of them are still running
asking()
{
	local pid

	for pid in "${CLIENTS[@]}"; do
		kill -0 "$pid" 2>/dev/null || return 1
	done
}

clients_end()
{
	local pid

	touch "$SCENE_DIR/enough" "$SCENE_DIR/over"
	[ "$WHAT" != udp ] || kill "${CLIENTS[@]}"
	for pid in "${CLIENTS[@]}"; do
		wait "$pid"
	done
	CLIENTS=()
}
