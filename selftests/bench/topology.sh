# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Where it is measured; namespaces are made anew for each sample. A router:
#
#	client                 router                 server
#	10.0.1.1 --- 10.0.1.254 (c0)  (s0) 10.0.2.254 --- 10.0.2.11
#	eth0                                              eth0
#
# Or a bridge, and the client's own namespace translates (the edge):
#
#	client                  host                  server
#	10.0.1.1 ----------- (c0) br0 (s0) ----------- 10.0.2.11
#	eth0                                           eth0
#
# Packets go to TARGET, port 9: the virtual address, or the server's own where nobody
# translates. On the router they come from FLOWS addresses and ports behind 10.8.0.1.
# Each end counts what arrives as it should, and drops it where a device hands
# it over: what comes next is the same for all, and not what is measured.

# shellcheck disable=SC2034 # for those who source this
VIP=10.1.0.2 SERVER=10.0.2.11 CLIENT=10.0.1.1 DPORT=9

# The last digit of addresses of devices
CLIENT_MAC=1 ROUTER_CLIENT_MAC=2 ROUTER_SERVER_MAC=3 SERVER_MAC=4

in_ns()
{
	local ns="$1"
	shift
	ip netns exec "$ns" "$@"
}

mac()
{
	echo "02:00:00:00:00:0$1"
}

add_namespaces()
{
	local ns

	TOPOLOGY=("$@")
	for ns; do
		ip netns add "$ns"
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1
		ip -n "$ns" link set lo up
	done
}

# wire NS MAC ADDRESS/BITS MIDDLE DEVICE MAC: between that namespace and the one in the
# middle
wire()
{
	ip link add eth0 netns "$1" address "$(mac "$2")" type veth \
		peer name "$5" netns "$4" address "$(mac "$6")"
	ip -n "$1" link set eth0 up
	ip -n "$4" link set "$5" up
	ip -n "$1" addr add "$3" dev eth0
}

# route NS MAC ADDRESS DEVICE MAC: by the router, and nobody asks in between
route()
{
	ip -n router addr add "${3%.*}.254/24" dev "$4"
	ip -n "$1" route add default via "${3%.*}.254"
	ip -n "$1" neigh add "${3%.*}.254" lladdr "$(mac "$5")" dev eth0
	ip -n router neigh add "$3" lladdr "$(mac "$2")" dev "$4"
}

# count_at NS FIELD...: of packets that a namespace receives, those that match
count_at()
{
	local ns="$1"
	shift
	in_ns "$ns" nft -f - <<-END
	table inet far {
		chain in {
			type filter hook ingress device "eth0" priority 0
			$* counter drop
		}
	}
	END
}

# NS: how many there were
counted()
{
	in_ns "$1" nft list chain inet far in |
		sed -n 's/.*counter packets \([0-9]*\) .*/\1/p'
}

# NS...: they receive
receive()
{
	local ns

	for ns; do
		in_ns "$ns" nft delete table inet far
	done
}

# WHO GOT WANT
all_arrived()
{
	[ "$2" -eq "$3" ] && return
	echo "bench: $VARIANT, $FLOWS flows: $1 received $2 of $3 packets" >&2
	return 1
}

# shellcheck disable=SC2034 # for variants.sh
router_up()
{
	AT=router HOOK=prerouting DOMAIN=router
	add_namespaces client router server
	wire client "$CLIENT_MAC" "$CLIENT/24" router c0 "$ROUTER_CLIENT_MAC"
	wire server "$SERVER_MAC" "$SERVER/24" router s0 "$ROUTER_SERVER_MAC"
	route client "$CLIENT_MAC" "$CLIENT" c0 "$ROUTER_CLIENT_MAC"
	route server "$SERVER_MAC" "$SERVER" s0 "$ROUTER_SERVER_MAC"
	ip -n router route add 10.8.0.0/16 via "$CLIENT"
	in_ns router sysctl -qw net.ipv4.ip_forward=1
	count_at server ip daddr "$SERVER" udp dport "$DPORT"
	count_at client ip saddr "$TARGET" udp sport "$DPORT"
}

# shellcheck disable=SC2034 # for variants.sh
edge_up()
{
	AT=client HOOK=output DOMAIN=host
	add_namespaces client host server
	ip -n host link add br0 type bridge
	ip -n host link set br0 up
	wire client "$CLIENT_MAC" "$CLIENT/16" host c0 "$ROUTER_CLIENT_MAC"
	wire server "$SERVER_MAC" "$SERVER/16" host s0 "$ROUTER_SERVER_MAC"
	ip -n host link set c0 master br0
	ip -n host link set s0 master br0
	ip -n client neigh add "$SERVER" lladdr "$(mac "$SERVER_MAC")" dev eth0
	ip -n server neigh add "$CLIENT" lladdr "$(mac "$CLIENT_MAC")" dev eth0
	ip -n client route add "$VIP" dev eth0
	# or the bridge would have to send packets to all ports, as nobody answers them
	in_ns server ping -q -c 1 -w 10 "$CLIENT" >/dev/null
	count_at server ip daddr "$SERVER" udp dport "$DPORT"
}

# Namespaces are cleaned up by a worker; whoever registers something for namespaces, or no
# longer does, waits for it, and so does the next sample.
topology_down()
{
	local ns

	for ns in "${TOPOLOGY[@]}"; do
		ip netns del "$ns"
	done
	[ -n "${SAL_BENCH_KO:-}" ] || return 0
	rmmod sal_bench
	insmod "$SAL_BENCH_KO"
}

# sample PLACEMENT VARIANT FLOWS PACKETS COMMAND...: set up, measure, take down; TARGET
# is where packets go. What does not go with the namespaces has a PLACEMENT_end.
sample()
{
	local rc=0 placement="$1" end

	VARIANT="$2" FLOWS="$3" PACKETS="$4"
	shift 4
	TARGET="$([ "$VARIANT" = plain ] && echo "$SERVER" || echo "$VIP")"
	"${placement}_up" && "variant_$VARIANT" && "$@" || rc=1
	topology_down
	for end in "variant_${VARIANT}_end" "${placement}_end"; do
		! declare -F "$end" >/dev/null || "$end" || rc=1
	done
	return $rc
}

# None of FLOWS gave way to another, and what else there is to prove.
proved()
{
	local flows="variant_${VARIANT}_flows" proof="variant_${VARIANT}_proof"

	if declare -F "$flows" >/dev/null && [ "$("$flows")" -lt "$FLOWS" ]; then
		echo "bench: $VARIANT has $("$flows") of $FLOWS flows" >&2
		return 1
	fi
	! declare -F "$proof" >/dev/null || "$proof" || {
		echo "bench: $VARIANT is not at work" >&2
		return 1
	}
}

# NS COMMAND...: to sal_bench
bench_module()
{
	local ns="$1"
	shift
	in_ns "$ns" bash -c "echo $* >/proc/sal_bench" || {
		echo "bench: $VARIANT, $FLOWS flows: $* failed" >&2
		return 1
	}
}

# BENCH COUNT: a line, of what sal_bench has done: ns for each, or a rate where a stream had
# so many MB
bench_line()
{
	case "$1" in
	*-tcp)	awk -v n="$2" -v bench="$1" \
			'{ printf "%s Mbit/s %.0f\n", bench, n * 8e9 / $1 }' ;;
	*)	awk -v n="$2" -v bench="$1" \
			'{ printf "%s ns %.1f\n", bench, $1 / n }' ;;
	esac </proc/sal_bench
}
