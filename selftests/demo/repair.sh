# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# TCP connections that move: b.com is one server, which hands its sockets to its
# successor in another namespace, and back. Meanwhile a.com has streams in both
# directions, connections with requests, and idle ones; clients count bytes, and know
# what each of them has to be.
#
# Recorded is, in $SCENE_DIR, what the clients reported (FAMILY.KIND), and salhandover
# of each move (handovers).

REPAIR_MOVES=10
REPAIR_PORT=7
REPAIR_IDLE=50		# connections of each family
declare -A REPAIR_CLIENTS=([streams]="-c 2 -i 3 both" [requests]="-c 4 -i 5 ask"
	[idle]="-c $REPAIR_IDLE idle")

# repair_client FAMILY KIND
repair_client()
{
	local words vip=VIP$1 file="$SCENE_DIR/$1.$2"

	read -ra words <<<"${REPAIR_CLIENTS[$2]}"
	ip netns exec a.com "$TOOLS/moveclient" "${words[@]}" "${!vip}" \
		"$REPAIR_PORT" >"$file" 2>"$file.err" &
	CLIENTS+=($!)
	poll grep -qs connected "$file.err"
}

# repair_server INSTANCE [PORT]
repair_server()
{
	serve_by "$1" "$TOOLS/moveserver" "$SCENE_DIR/$1.control" "${@:2}"
	poll test -S "$SCENE_DIR/$1.control"
}

repair_moves()
{
	local i from=b.com.1 to=b.com.2 swap

	for ((i = 0; i < REPAIR_MOVES; i++)); do
		"$TOOLS/salhandover" -n orchestrator -j -t 30s -l 20 b.com \
			from "$from" "$SCENE_DIR/$from.control" \
			to "$to" "$SCENE_DIR/$to.control" || return 1
		swap="$from" from="$to" to="$swap"
		sleep 0.2
	done >"$SCENE_DIR/handovers"
}

scene_tcp_repair()
{
	local family kind instance rc=0

	WHAT=repair
	echo sal >"$SCENE_DIR/who"
	draw b.com.1 b.com.2
	{
		echo "domain set vip-pool 10.1.0.0/24 vip-pool fd00:254::/64"
		echo "member add netns a.com route auto"
		service b.com 2 tcp repair hold packets 4000 bytes 8M time 30s
		for instance in b.com.1 b.com.2; do
			endpoint "$instance"
			# queues exist twice for a moment: not too large ones
			ip netns exec "$instance" sysctl -qw \
				net.ipv4.tcp_rmem="4096 131072 524288" >&2
		done
		echo "endpoint drain b.com b.com.2"
	} | O -b - || return 1
	repair_server b.com.1 "$REPAIR_PORT" || return 1
	repair_server b.com.2 || return 1
	for family in 4 6; do
		for kind in "${!REPAIR_CLIENTS[@]}"; do
			repair_client "$family" "$kind" || return 1
		done
	done
	sleep 0.5
	repair_moves || rc=1
	sleep 0.5
	kill "${CLIENTS[@]}"
	return "$rc"
}
