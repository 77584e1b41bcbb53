# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What is recorded of a scene, in $SCENE_DIR:
#
#	ping		what ping printed
#	at.INSTANCE	what tcpdump saw at the instance's port of the bridge;
#			a process inside would keep the namespace alive
#	marks		what was done: time, what
#	moves		wall time of each move in ms, and the kernel's in us

now()
{
	date +%s.%N
}

mark()
{
	echo "$(now) $*" >>"$SCENE_DIR/marks"
}

capture()
{
	local port out="$SCENE_DIR/at.$1"
	port="$(port_of "$1")"

	ip netns exec orchestrator tcpdump -i "$port" -n -tt -l -Q inout \
		--immediate-mode "icmp or icmp6" >>"$out" 2>"$out.err" &
	CAPTURES+=($!)
	until grep -q "listening on" "$out.err"; do
		sleep 0.02
	done
}

captures_end()
{
	local pid

	for pid in "${CAPTURES[@]}"; do
		kill -INT "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	CAPTURES=()
}

# ping_begin FAMILY COUNT
ping_begin()
{
	local vip=VIP$1

	ip netns exec a.com ping -n -D -i 0.01 -c "$2" -W 3 "${!vip}" \
		>"$SCENE_DIR/ping" 2>&1 &
	PING=$!
	until grep -q icmp_seq "$SCENE_DIR/ping"; do
		kill -0 "$PING" || return 1
		sleep 0.02
	done
}

ping_end()
{
	wait "$PING"
}

# timed COMMAND...: its time goes to the moves
timed()
{
	local begin end

	begin="$(now)"
	"$@"
	end="$(now)"
	echo "$begin $end ${KERNEL_US:-}" >>"$SCENE_DIR/moves"
}
