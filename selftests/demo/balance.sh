# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Shares: b.com has four instances of weights 1 to 4. For each scheduler
# a.com asks b.com from thousands of ports, each of which is a flow; then the
# heaviest instance takes no more, and as many ports ask again.
#
# Recorded is what a.com was answered, a line for each port, in
# $SCENE_DIR/NUMBER.SCHEDULER.STEP.FAMILY; balance.py counts.

BALANCE_PORTS=2000	# of each family, in each step
BALANCE_ROUND=500	# so many sockets at once
BALANCE_FIRST=20000	# the first port
BALANCE_SCHEDS=(wrr lc p2c maglev)

# ask_all FAMILY FILE
ask_all()
{
	local vip=VIP$1 first last=$((BALANCE_FIRST + BALANCE_PORTS))

	for ((first = BALANCE_FIRST; first < last; first += BALANCE_ROUND)); do
		ip netns exec a.com "$TOOLS/ask" udp -P "$(seq -s ' ' "$first" \
			$((first + BALANCE_ROUND - 1)))" "${!vip}" "$UDP_PORT"
	done >"$2"
}

# balance_step NUMBER.SCHEDULER.STEP: no flow of earlier steps is there
balance_step()
{
	local family pids=()

	O flow flush >/dev/null
	for family in 4 6; do
		ask_all "$family" "$SCENE_DIR/$1.$family" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

scene_balance()
{
	local i n=0 sched

	WHAT=balance
	echo sal >"$SCENE_DIR/who"
	draw b.com.1 b.com.2 b.com.3 b.com.4
	{
		echo "domain set vip-pool 10.1.0.0/24 vip-pool fd00:254::/64"
		echo "member add netns a.com route auto"
		service b.com 2
		for i in 1 2 3 4; do
			echo "$(endpoint "b.com.$i") weight $i"
		done
	} | O -b - || return 1
	for sched in "${BALANCE_SCHEDS[@]}"; do
		n=$((n + 1))
		O service set b.com sched "$sched" || return 1
		O endpoint undrain b.com b.com.4 || return 1
		balance_step "$n.$sched.all"
		O endpoint drain b.com b.com.4 || return 1
		balance_step "$n.$sched.less"
	done
}
