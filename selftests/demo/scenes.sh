# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# The scenes: what is done while a.com talks to b.com. Each sets up what it
# needs, and tells by mark() what it does.

MOVES=100		# of edge-migrate and router, at least
BASELINE_MOVES=10	# of each baseline

declare -A TITLES=(
	[edge-migrate]="a ping is moved to and fro between two instances"
	[edge-gap]="the only instance goes; later there is another"
	[edge-failover]="the instance that answers goes; another is there"
	[router]="to and fro again; a router between them translates"
	[udp]="a UDP stream; who answers is replaced four times"
	[balance]="shares of four instances, by each scheduler"
	[initiator]="the client goes, and is elsewhere as it comes back"
	[tcp-repair]="TCP connections go to another server, ten times"
	[drain]="each instance is drained before it goes"
	[web]="curl in a loop, and a download, while instances change"
	[baseline-2018]="to and fro by iptables, as in 2018"
	[baseline-nft]="to and fro by a map of nft"
	[baseline-2018-gap]="the only instance goes; iptables, as in 2018"
	[baseline-nft-gap]="the only instance goes; a map of nft"
)

# play SCENE NUMBER-OF-ALL: and tell of it
play()
{
	local head="--- $2  $1: ${TITLES[$1]} " line

	printf -v line '%78s' ""
	line="${line// /-}"
	printf '\n%s%s\n' "$head" "${line:${#head}}"

	SCENE_DIR="$RESULTS/$1"
	mkdir -p "$SCENE_DIR"
	: >"$SCENE_DIR/marks"
	WHAT="echo"
	ROUTED=""
	"scene_${1//-/_}" || return 1
	clients_end
	capture_end
	monitor_end
	wipe
	"$PYTHON" "$DEMO_DIR/report.py" scene "$SCENE_DIR"
}

# moves LIMIT COMMAND...: there and back while both pings run, COMMAND with the
# name of the instance to leave and of that to go to; at most LIMIT of them
moves()
{
	local limit="$1" i from=b.com.1 to=b.com.2 swap

	shift
	for ((i = 0; i < limit; i++)); do
		asking || return 0
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

	echo "endpoint add ${1%.[1-4]} netns $1" \
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
		if [ -n "$ROUTED" ]; then
			# its clients' default routes lead to it
			echo "member add netns orchestrator"
		else
			echo "domain set vip-pool 10.1.0.0/24" \
				"vip-pool fd00:254::/64"
			echo "member add netns a.com route auto"
		fi
		service a.com 1
		# For as long as a new one takes to start in a slow machine.
		service b.com 2 hold packets 4000 bytes 8M time 30s
		service c.com 3
		for instance in a.com c.com b.com.1; do
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

# sal_batch LINE...: as one transaction
sal_batch()
{
	printf '%s\n' begin "$@" commit | O -b -
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
		ip netns exec a.com ping -n -q -i 0.01 -c "$pings" "$vip" \
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
	ROUTED=yes
	scene_edge_migrate
}

# How many packets wait for b.com
held()
{
	O -j service show b.com | jq -r '.[0].held_packets'
}

scene_edge_gap()
{
	sal_begin b.com.1 || return 1
	pings_begin 600 || return 1
	sleep 1
	mark "the namespace of b.com #1, the only one, is deleted"
	end_instance b.com.1
	sleep 1
	mark "b.com #2 is started: $(held) requests wait for it by now"
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
	end_instance b.com.1
}

# --- UDP ---------------------------------------------------------------------

udp_migrate()
{
	sal_add b.com.2
	sal_migrate b.com.1 b.com.2
}

udp_replace()
{
	sal_batch "$(endpoint b.com.3)" "endpoint del b.com b.com.2"
}

# An instance that has been left ends a second later, with nothing to answer any
# more.
udp_end()
{
	poll answered_all "$1"
	end_instance "$1"
}

scene_udp()
{
	WHAT=udp
	sal_begin b.com.1 || return 1
	streams_begin || return 1
	sleep 1
	start_instance b.com.2
	mark "b.com #2 has been started; migrate from #1 to #2"
	timed 46 udp_migrate
	sleep 1
	mark "b.com #1, which was left, is deleted, with its namespace"
	O endpoint del b.com b.com.1
	udp_end b.com.1

	start_instance b.com.3
	mark "b.com #3 has been started; in one transaction #2 goes, #3 comes"
	timed 46 udp_replace
	sleep 1
	udp_end b.com.2

	start_instance b.com.1
	sal_add b.com.1
	mark "b.com #1 is back; the device of #3 goes down and is deleted, nothing else"
	ip -n b.com.3 link set eth0 down
	ip -n b.com.3 link del eth0
	sleep 1
	end_instance b.com.3

	mark "b.com #1, the only one, is deleted"
	O endpoint del b.com b.com.1
	sleep 1
	udp_end b.com.1
	mark "b.com #2 is started: $(held) requests wait for it by now"
	start_instance b.com.2
	timed 46 sal_add b.com.2
	sleep 1
}

# --- TCP ---------------------------------------------------------------------

# idle INSTANCE: it has no connection any more
idle()
{
	[ "$(O -j flow show service b.com endpoint "$1" |
		jq 'map(select(.state != "closed")) | length')" = 0 ]
}

# drain INSTANCE TO: until nobody talks to it
drain()
{
	mark "$(title_of "$1") is drained: new connections go to #${2##*.}"
	sal_batch "endpoint drain b.com $1"
	poll idle "$1"
}

web_replace()
{
	sal_batch "endpoint del b.com b.com.2" "$(endpoint b.com.3)" \
		"endpoint undrain b.com b.com.1"
}

# answered INSTANCE: in both families
answered()
{
	local family

	for family in 4 6; do
		grep -q " $(title_of "$1") " "$SCENE_DIR/short$family" ||
			return 1
	done
}

scene_web()
{
	local moved

	WHAT=web
	printf '%s b.com\n' "$VIP4" "$VIP6" >"$SCENE_DIR/hosts"
	sal_begin b.com.1 || return 1
	curls_begin long && curls_begin short || return 1
	sleep 1
	start_instance b.com.2
	mark "b.com #2 is added"
	sal_add b.com.2
	sleep 2
	poll answered b.com.2 || return 1

	drain b.com.2 b.com.1 || return 1
	start_instance b.com.3
	mark "nobody talks to it: in one transaction #2 goes and #3 comes"
	web_replace
	sleep 1
	end_instance b.com.2
	poll answered b.com.3 || return 1

	moved="$(O -j migrate b.com from b.com.1 to b.com.3 | jq '.[0].flows')"
	mark "migrate from #1 to #3: $moved flows, connections stay (tcp pin)"
	sleep 2

	mark "the server is told that the download has been long enough"
	touch "$SCENE_DIR/enough"
	drain b.com.1 b.com.3 || return 1
	mark "nobody talks to it: it is deleted, with its namespace"
	O endpoint del b.com b.com.1
	end_instance b.com.1
	sleep 1
}

# --- the baselines: the client's own rules, see baseline.sh -----------------

# baseline HOW VERB ARGUMENT...
baseline()
{
	ip netns exec a.com "$DEMO_DIR/baseline.sh" "$SCENE_DIR" "$@"
}

baseline_begin()
{
	echo "$1" >"$SCENE_DIR/who"
	draw "${@:2}"
	ip -n a.com route add 10.1.0.0/24 dev eth0
	ip -n a.com -6 route add fd00:254::/64 dev eth0
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
	pings_begin 700 || return 1
	sleep 1
	mark "the namespace of b.com #1, the only one, is deleted"
	end_instance b.com.1
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
