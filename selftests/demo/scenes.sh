# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# The scenes: what is done while a.com pings b.com. Each sets what it needs,
# and tells by mark() what it does.

CAPTURES=()
MOVES=100		# of edge-migrate
BASELINE_MOVES=10	# of each baseline

# play SCENE FAMILY
play()
{
	SCENE="$1" FAMILY="$2"
	SCENE_DIR="$RESULTS/$SCENE-v$FAMILY"
	mkdir -p "$SCENE_DIR"
	: >"$SCENE_DIR/marks"
	"scene_${1//-/_}" "$2"
	captures_end
	wipe
	python3 "$DEMO_DIR/report.py" scene "$SCENE_DIR"
}

# --- sal --------------------------------------------------------------------

O()
{
	salctl -n orchestrator "$@"
}

# endpoint INSTANCE: of the service that its name begins with
endpoint()
{
	local host
	host="$(host_of "$1")"
	O endpoint add "$(cut -d. -f1,2 <<<"$1")" netns "$1" \
		addr "$(addr 4 "$host")" addr "$(addr 6 "$host")"
}

sal_begin()
{
	local instance

	echo sal >"$SCENE_DIR/who"
	draw "$@"
	O domain set vip-pool 10.1.0.0/24 vip-pool fd00:254::/64
	O service add a.com vip 10.1.0.1 vip fd00:254::1
	O service add b.com vip "$VIP4" vip "$VIP6" \
		hold packets 1000 bytes 4M time 10s
	O service add c.com vip 10.1.0.3 vip fd00:254::3
	for instance in a.com a.com.2 c.com "$@"; do
		endpoint "$instance"
	done
	O member set a.com route auto
	for instance; do
		capture "$instance"
	done
}

sal_move()
{
	local us
	us="$(O -j migrate b.com from "$1" to "$2" |
		jq -r '.[0].duration / 1000')"
	KERNEL_US="$us"
}

scene_edge_migrate()
{
	local i from=b.com.1 to=b.com.2 swap

	echo 1 >"$SCENE_DIR/steps"
	sal_begin b.com.1 b.com.2
	O endpoint set b.com b.com.2 state down
	ping_begin "$1" 1500
	O endpoint set b.com b.com.2 state up
	mark "the first of $MOVES moves"
	for ((i = 0; i < MOVES; i++)); do
		timed sal_move "$from" "$to"
		swap="$from" from="$to" to="$swap"
		sleep 0.05
	done
	mark "the last one"
	ping_end
}

scene_edge_gap()
{
	echo 1 >"$SCENE_DIR/steps"
	sal_begin b.com.1
	ping_begin "$1" 500
	sleep 1
	mark "b.com.1, the only instance: its namespace is deleted"
	ip netns del b.com.1
	sleep 1
	mark "$(O -j service show b.com | jq -r '.[0].held_packets')\
 requests are held; b.com.2 is started"
	start_instance b.com.2
	capture b.com.2
	timed endpoint b.com.2
	mark "b.com.2 is known, the held ones leave first"
	ping_end
}

scene_edge_failover()
{
	echo 0 >"$SCENE_DIR/steps"
	sal_begin b.com.1 b.com.2
	O endpoint set b.com b.com.2 state down
	ping_begin "$1" 500
	O endpoint set b.com b.com.2 state up
	sleep 1
	mark "b.com.1's namespace is deleted, and nothing else is done"
	ip netns del b.com.1
	ping_end
}

# --- the experiment of 2018: iptables in the client's namespace -------------

ipt()
{
	local cmd=iptables
	[ "$FAMILY" = 4 ] || cmd=ip6tables
	ip netns exec a.com $cmd -w -t nat "$@"
}

flush_flow()
{
	local vip=VIP$FAMILY
	ip netns exec a.com conntrack -f "ipv$FAMILY" -D -d "${!vip}" \
		>/dev/null 2>&1
}

ipt_rules()
{
	local vip=VIP$FAMILY dst
	dst="$(addr "$FAMILY" "$(host_of "$2")")"
	ipt "$1" OUTPUT -d "${!vip}" -j DNAT --to-destination "$dst"
	ipt "$1" INPUT -s "$dst" -d "$(addr "$FAMILY" 1)" -j SNAT \
		--to-source "${!vip}"
}

ipt_move()
{
	ipt_rules -D "$1"
	ipt_rules -A "$2"
	flush_flow
}

baseline_begin()
{
	local instance

	draw "${@:2}"
	if [ "$FAMILY" = 4 ]; then
		ip -n a.com route add 10.1.0.0/24 dev eth0
	else
		ip -n a.com -6 route add fd00:254::/64 dev eth0
	fi
	"$1" "$2"
	for instance in "${@:2}"; do
		capture "$instance"
	done
}

ipt_first()
{
	echo iptables >"$SCENE_DIR/who"
	echo 5 >"$SCENE_DIR/steps"
	ipt_rules -A "$1"
}

# baseline_moves FIRST MOVE: there and back
baseline_moves()
{
	local i from=b.com.1 to=b.com.2 swap

	baseline_begin "$1" b.com.1 b.com.2
	ping_begin "$FAMILY" 500
	mark "the first of $BASELINE_MOVES moves"
	for ((i = 0; i < BASELINE_MOVES; i++)); do
		timed "$2" "$from" "$to"
		swap="$from" from="$to" to="$swap"
		sleep 0.1
	done
	mark "the last one"
	ping_end
}

baseline_gap()
{
	baseline_begin "$1" b.com.1
	ping_begin "$FAMILY" 500
	sleep 1
	mark "b.com.1, the only instance: its namespace is deleted"
	ip netns del b.com.1
	sleep 1
	mark "b.com.2 is started"
	start_instance b.com.2
	capture b.com.2
	timed "$2" b.com.1 b.com.2
	mark "the rules name b.com.2"
	ping_end
}

scene_baseline_2018()
{
	baseline_moves ipt_first ipt_move
}

scene_baseline_2018_gap()
{
	baseline_gap ipt_first ipt_move
}

# --- nftables: a map, changed in one transaction ----------------------------

nft_do()
{
	ip netns exec a.com nft "$@"
}

nft_first()
{
	local vip=VIP$FAMILY dst fam=ip type=ipv4_addr
	dst="$(addr "$FAMILY" "$(host_of "$1")")"
	[ "$FAMILY" = 4 ] || { fam=ip6; type=ipv6_addr; }

	echo nftables >"$SCENE_DIR/who"
	echo 2 >"$SCENE_DIR/steps"
	nft_do -f - <<END
table $fam demo {
	map to { type $type : $type; elements = { ${!vip} : $dst } }
	chain out {
		type nat hook output priority -100;
		dnat to $fam daddr map @to
	}
	chain in { type nat hook input priority 100; }
}
END
}

nft_move()
{
	local vip=VIP$FAMILY dst fam=ip
	dst="$(addr "$FAMILY" "$(host_of "$2")")"
	[ "$FAMILY" = 4 ] || fam=ip6

	nft_do "delete element $fam demo to { ${!vip} };
		add element $fam demo to { ${!vip} : $dst }"
	flush_flow
}

scene_baseline_nft()
{
	baseline_moves nft_first nft_move
}

scene_baseline_nft_gap()
{
	baseline_gap nft_first nft_move
}
