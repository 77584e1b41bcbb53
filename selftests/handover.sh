# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# TCP connections that move: b.com is served by one process, in b1 to begin with,
# which hands all of its sockets to one in b2, and back. See tools/moveserver.c and
# tools/moveclient.c.
# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

MOVES="${MOVES:-10}"
IDLE="${IDLE:-50}"		# connections of each family

# server NS [OPTION...] [PORT...]
server()
{
	local ns="$1" file="$WORK/server.$1" opts=() limit
	shift
	while [[ "${1:-}" = -* ]]; do
		opts+=("$1")
		[ "$1" != -L ] || { opts+=("$2"); shift; }
		shift
	done
	rm -f "$file"
	limit="$(ulimit -Hn)"
	(ulimit -n "$limit" && exec ip netns exec "$ns" "$TOOLS/moveserver" \
		"${opts[@]}" "$WORK/control.$ns" "$@") >"$file" 2>&1 &
	SERVER_PID=$!
	PIDS+=("$SERVER_PID")
	poll 5 grep -qs listening "$file"
}

setup_handover()
{
	local ns
	ulimit -n "$(ulimit -Hn)"
	setup
	# a hand-over takes each queue twice, and TCP has a share of the memory only
	for ns in a b1 b2; do
		in_ns "$ns" sysctl -qw net.ipv4.tcp_rmem="4096 131072 524288" \
			net.ipv4.tcp_wmem="4096 16384 524288"
	done
	service b.com 2 tcp repair hold packets 4000 bytes 8M time 20s
	endpoint b.com b1 11
	endpoint b.com b2 12
	S endpoint drain b.com b2
	server b1 7
	server b2
	AT=b1
	STALLS="$WORK/stalls"
	: >"$STALLS"
}

# hand_over FROM TO [OPTION...]: in one command
hand_over()
{
	local from="$1" to="$2"
	shift 2
	"$TOOLS/salhandover" -n orch -t 60s -l 20 "$@" b.com from "$from" \
		"$WORK/control.$from" to "$to" "$WORK/control.$to"
}

# once, to where it is not
move()
{
	local to=b2
	[ "$AT" = b1 ] || to=b1
	hand_over "$AT" "$to" -j "$@" >"$WORK/moved" || return 1
	tee -a "$STALLS" <"$WORK/moved" >&2
	AT="$to"
}

# client NAME [MOVECLIENT OPTION...] MODE FAMILY [PORT]: in the background; its
# report comes with client_end NAME
client()
{
	local name="$1" family opts=()
	shift
	while [[ "$1" = -* ]]; do
		opts+=("$1")
		[ "$1" = -s ] || { opts+=("$2"); shift; }
		shift
	done
	family="$2"
	echo "+ moveclient ${opts[*]} $1 $(vip "$family" 2) ${3:-7} &" >&2
	flood_as "$name" ip netns exec a "$TOOLS/moveclient" "${opts[@]}" \
		"$1" "$(vip "$family" 2)" "${3:-7}"
	poll 30 grep -q connected "$WORK/flood.$name.err"
}

# clients_end NAME...: all at once
clients_end()
{
	local name var
	for name; do
		var="FLOOD_$name"
		kill -TERM "${!var}" || true
	done
	for name; do
		poll 60 test -s "$WORK/flood.$name" || return 1
		sed "s/^/| $name: /" "$WORK/flood.$name" \
			"$WORK/flood.$name.err" >&2
	done
}

# unharmed NAME: what such a client has to report
unharmed()
{
	local name report
	report="$(cat "$WORK/flood.$1")"
	local rc=0
	for name in wrong lost resets closed; do
		expect "$1: $name" "$(field "$report" $name)" 0 || rc=1
	done
	return "$rc"
}

# carried NAME FIELD AT-LEAST: and something has happened
carried()
{
	unharmed "$1" &&
		expect_num "$1: $2" "$(field "$(cat "$WORK/flood.$1")" "$2")" \
			-ge "$3"
}

# all that stood still, as the driver saw it; and each client
print_stalls()
{
	jq -rs 'flatten | "# \(length) moves of \(max_by(.sockets).sockets) sockets, frozen for " +
		"\(map(.frozen / 1e6) | "\(min * 10 | floor / 10) to \(max * 10 | floor / 10)") ms"' \
		"$STALLS"
	jq -r --arg name "$1" '"# longest silence: \(.stall_ms) ms"' "$WORK/flood.$1"
}

# --- cases ------------------------------------------------------------------

# each kind of client at once, of both families; N moves
move_all()
{
	local f i
	for f in 4 6; do
		client "both$f" -i 3 both "$f" || return 1
		client "slow$f" -s both "$f" || return 1
		client "ask$f" -c 4 -i 1 ask "$f" || return 1
		client "greet$f" -c 2 greet "$f" || return 1
		client "half$f" -c 2 half "$f" || return 1
		client "shut$f" -c 2 -i 20 shut "$f" || return 1
		client "new$f" -c 2 -i 20 new "$f" || return 1
		client "idle$f" -c "$IDLE" idle "$f" || return 1
	done
	for ((i = 0; i < $1; i++)); do
		move || return 1
	done
	# shellcheck disable=SC2046 # names have no spaces
	clients_end $(printf '%s4 %s6 ' both{,} slow{,} ask{,} greet{,} half{,} \
		shut{,} new{,} idle{,})
}

# FAMILY: what each of them has to report
reports()
{
	local f="$1"
	t "IPv$f: streams in both directions" carried "both$f" received 100000
	t "IPv$f: and to who reads slowly" carried "slow$f" received 20000
	t "IPv$f: requests" carried "ask$f" answered 20
	t "IPv$f: $IDLE idle connections" carried "idle$f" answered "$IDLE"
	t "IPv$f: new connections" carried "new$f" answered 2
	t "IPv$f: a server that speaks first" \
		carried "greet$f" greetings $((2 * MOVES))
	t "IPv$f: and to who has nothing to say any more" \
		carried "half$f" greetings $((2 * MOVES))
	t "IPv$f: a server that has nothing to say any more" \
		carried "shut$f" answered 2
	print_stalls "ask$f"
}

repair_cases()
{
	t "$MOVES moves" move_all "$MOVES"
	reports 4
	reports 6
}

# Of what was negotiated nothing: no timestamps, no SACK, no scaled windows.
PLAIN=(net.ipv4.tcp_timestamps net.ipv4.tcp_sack net.ipv4.tcp_window_scaling)

plain()
{
	local f rc=0
	in_ns a sysctl -qw "${PLAIN[@]/%/=0}"
	for f in 4 6; do
		client "both$f" -i 3 both "$f" && client "ask$f" -i 1 ask "$f" || rc=1
	done
	in_ns a sysctl -qw "${PLAIN[@]/%/=1}"
	[ "$rc" = 0 ] && move && move && move || return 1
	clients_end both4 ask4 both6 ask6 || return 1
	for f in 4 6; do
		carried "both$f" received 100000 && carried "ask$f" answered 4 ||
			rc=1
	done
	return "$rc"
}

# FAMILY: The successor fails when it has half of them: the server goes on, and
# hands over to another one later.
failing()
{
	local old="$AT" to=b2
	[ "$AT" = b1 ] || to=b1
	client both -i 3 both "$1" && client ask -c 4 ask "$1" || return 1
	mv "$WORK/control.$to" "$WORK/control.good"
	server "$to" -x || return 1
	! move || return 1
	kill "$SERVER_PID"
	mv "$WORK/control.good" "$WORK/control.$to"
	expect "who has them" "$(json \
		'map(select(.flows > 0) | .name) | join(" ")' \
		endpoint show b.com)" "$old" || return 1
	json_is '.[0] | has("frozen")' false service show b.com ||
		fail "it is frozen yet" || return 1
	move || return 1
	clients_end both ask || return 1
	carried both received 100000 && carried ask answered 4
}
