# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The scenes: what is done while a.com pings b.com. Each sets up what it needs,
# and tells by mark() what it does.

MOVES=100		# of edge-migrate and router, at least
BASELINE_MOVES=10	# of each baseline

# play SCENE: and tell of it
play()
{
	SCENE_DIR="$RESULTS/$1"
	mkdir -p "$SCENE_DIR"
	: >"$SCENE_DIR/marks"
	"scene_${1//-/_}" || return 1
	pings_end
	capture_end
	monitor_end
	wipe
	"$PYTHON" "$DEMO_DIR/report.py" scene "$SCENE_DIR"
}

# moves COMMAND...: there and back while both pings run, COMMAND with the name
# of the instance to leave and of that to go to; at most $1 of them
moves()
{
	local limit="$1" i from=b.com.1 to=b.com.2 swap

	shift
	for ((i = 0; i < limit; i++)); do
		pinging || return 0
		"$@" "$from" "$to"
		swap="$from" from="$to" to="$swap"
		sleep 0.03
	done
}

# --- sal --------------------------------------------------------------------

O()
{
	salctl -n orchestrator "$@"
}

# service NAME HOST [OPTION...]
service()
{
	echo "service add $1 vip 10.1.0.$2 vip fd00:254::$2 ${*:3}"
}

# endpoint INSTANCE: of the service that its name begins with
endpoint()
{
	local host
	host="$(host_of "$1")"

	echo "endpoint add ${1%.[12]} netns $1" \
		"addr $(addr 4 "$host") addr $(addr 6 "$host")" \
		"${ROUTED:+nomember}"
}

# sal_begin INSTANCE...: those of b.com that there are; it starts with the first
sal_begin()
{
	local instance

	echo sal >"$SCENE_DIR/who"
	draw "$@"
	{
		echo "domain set vip-pool 10.1.0.0/24 vip-pool fd00:254::/64"
		if [ -n "$ROUTED" ]; then
			echo "member add netns orchestrator"
		else
			echo "member add netns a.com.1 route auto"
		fi
		service a.com 1
		# For as long as a new one takes to start in a slow machine.
		service b.com 2 hold packets 4000 bytes 8M time 30s
		service c.com 3
		for instance in a.com.1 a.com.2 c.com b.com.1; do
			endpoint "$instance"
		done
	} | O -b - || return 1
	capture_begin && monitor_begin
}

sal_add()
{
	local words
	read -ra words < <(endpoint "$1")

	O "${words[@]}"
}

sal_migrate()
{
	O -j migrate b.com from "$1" to "$2" >>"$SCENE_DIR/replies"
}

sal_move()
{
	timed 46 sal_migrate "$1" "$2"
}

# How many requests it takes for the moves to be over before the last one, in
# this machine as slow as it is now: as many commands as there is time for while
# two other pings run tell, and twice that is enough.
enough()
{
	local pings=200 vip commands=1 count pids=()

	for vip in 10.1.0.3 fd00:254::3; do
		ip netns exec a.com.1 ping -n -q -i 0.01 -c "$pings" "$vip" \
			>/dev/null &
		pids+=($!)
	done
	while kill -0 "${pids[@]}" 2>/dev/null; do
		O service show >/dev/null
		sleep 0.03
		commands=$((commands + 1))
	done
	wait "${pids[@]}"
	count=$((2 * MOVES * pings / commands))
	echo $((count < 1500 ? 1500 : count > 30000 ? 30000 : count))
}

scene_edge_migrate()
{
	sal_begin b.com.1 b.com.2 || return 1
	pings_begin "$(enough)" || return 1
	sal_add b.com.2
	sleep 0.5
	moves 100000 sal_move
}

scene_router()
{
	local ROUTED=yes

	scene_edge_migrate
}

scene_edge_gap()
{
	sal_begin b.com.1 || return 1
	pings_begin 600 || return 1
	sleep 1
	mark "the namespace of b.com #1, the only one, is deleted"
	ip netns del b.com.1
	sleep 1
	mark "b.com #2 is started:" \
		"$(O -j service show b.com | jq -r '.[0].held_packets')" \
		"requests wait for it by now"
	start_instance b.com.2
	timed 46 sal_add b.com.2
	mark "it is b.com's endpoint; those that wait go first"
}

scene_edge_failover()
{
	sal_begin b.com.1 b.com.2 || return 1
	pings_begin 400 || return 1
	sal_add b.com.2
	sleep 1
	mark "the namespace of b.com #1 is deleted, and nothing else is done"
	ip netns del b.com.1
}

# --- the baselines: the client's own rules, see baseline.sh -----------------

# baseline HOW VERB ARGUMENT...
baseline()
{
	ip netns exec a.com.1 "$DEMO_DIR/baseline.sh" "$SCENE_DIR" "$@"
}

baseline_begin()
{
	echo "$1" >"$SCENE_DIR/who"
	draw "${@:2}"
	ip -n a.com.1 route add 10.1.0.0/24 dev eth0
	ip -n a.com.1 -6 route add fd00:254::/64 dev eth0
	baseline "$1" first b.com.1 || return 1
	capture_begin
}

baseline_moves()
{
	baseline_begin "$1" b.com.1 b.com.2 || return 1
	pings_begin 1000 || return 1
	sleep 0.5
	moves "$BASELINE_MOVES" baseline "$1" move
}

baseline_gap()
{
	baseline_begin "$1" b.com.1 || return 1
	pings_begin 1500 || return 1
	sleep 1
	mark "the namespace of b.com #1, the only one, is deleted"
	ip netns del b.com.1
	sleep 1
	mark "b.com #2 is started"
	start_instance b.com.2
	baseline "$1" move b.com.1 b.com.2
	mark "the rules name b.com #2"
}

scene_baseline_2018()
{
	baseline_moves iptables
}

scene_baseline_2018_gap()
{
	baseline_gap iptables
}

scene_baseline_nft()
{
	baseline_moves nft
}

scene_baseline_nft_gap()
{
	baseline_gap nft
}
