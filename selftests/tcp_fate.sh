# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What becomes of TCP connections as flows move, for both placements: b1 and b2 take
# idle connections on port 9, besides the echoes of tcp.sh.
# shellcheck source=selftests/tcp.sh
. "$(dirname "$0")/tcp.sh"

# idle_server NS [reset]: see tools/conns.py
idle_server()
{
	local ns="$1"
	shift
	rm -f "$WORK/idle.$ns"
	ip netns exec "$ns" python3 "$LIB_DIR/tools/conns.py" serve 9 "$@" \
		>"$WORK/idle.$ns" 2>&1 &
	PIDS+=($!)
	declare -g "IDLE_PID_$ns=$!"
	poll 10 grep -qs listening "$WORK/idle.$ns"
}

# kill_server NS
kill_server()
{
	local pid="IDLE_PID_$1"
	kill -KILL "${!pid}"
	wait "${!pid}" 2>/dev/null
	return 0
}

# idle NUMBER ADDRESS: connections of a to port 9
idle_conns()
{
	rm -f "$WORK/conns"
	ip netns exec a python3 "$LIB_DIR/tools/conns.py" connect "$1" "$2" 9 \
		>"$WORK/conns" 2>&1 &
	PIDS+=($!)
	poll 10 grep -qs connected "$WORK/conns"
}

# ended NUMBER HOW FILE: so many connections ended so
ended()
{
	expect_num "$2" "$(grep -c "$2" "$3")" -eq "$1" 2>/dev/null
}

conns_are()
{
	[ "$(grep -v connected "$WORK/conns")" = "$1" ]
}

# no_flows_of SERVICE
no_flows_of()
{
	json_is length 0 flow show service "$1"
}

counted()
{
	[ "$(counter "$1")" -ge "$2" ]
}

# watch: events about moves from here on, in $WORK/events
watch()
{
	ip netns exec orch salctl -j monitor migrate >"$WORK/events" 2>&1 &
	PIDS+=($!)
	# it is subscribed when it hears of this
	poll 10 watch_hears
}

watch_hears()
{
	S migrate b.com from b1 to b2 >/dev/null 2>&1
	grep -q migrate "$WORK/events"
}

# event FILTER: one came that matches
event()
{
	[ -n "$(jq -c "select($1)" "$WORK/events" 2>/dev/null)" ]
}
