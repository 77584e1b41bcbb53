# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Other rules that translate, before and behind ours, for both placements: iptables
# NAT, and what Docker sets up.
# shellcheck source=selftests/conntrack.sh
. "$(dirname "$0")/conntrack.sh"

setup_nat()
{
	setup_tcp
	S service set b.com hold packets 4000 bytes 16M time 60s
}

# FAMILY NS ARGUMENT...: iptables there
tables()
{
	local tool=iptables ns="$2"
	[ "$1" = 4 ] || tool=ip6tables
	shift 2
	run ip netns exec "$ns" "$tool" -w "$@"
}

# FAMILY N: an address on a link of containers
inner()
{
	if [ "$1" = 4 ]; then echo "172.17.0.$2"; else echo "fd00:17::$2"; fi
}

# FAMILY ADDRESS PORT: where conntrack wants a target
at_port()
{
	if [ "$1" = 4 ]; then echo "$2:$3"; else echo "[$2]:$3"; fi
}

# HOST NS: NS is a container of HOST's, on a bridge docker0 there; what it sends
# elsewhere is HOST's, and nobody else's may pass
container()
{
	local host="$1" ns="$2" f
	add_ns "$ns"
	in_ns "$host" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	ip -n "$host" link add docker0 type bridge
	ip -n "$host" link set docker0 up
	ip link add "v$ns" netns "$host" type veth peer name eth0 netns "$ns"
	ip -n "$host" link set "v$ns" master docker0 up
	ip -n "$ns" link set eth0 up
	ip -n "$host" addr add "$(inner 4 1)/24" dev docker0
	ip -n "$host" addr add "$(inner 6 1)/64" dev docker0 nodad
	ip -n "$ns" addr add "$(inner 4 2)/24" dev eth0
	ip -n "$ns" addr add "$(inner 6 2)/64" dev eth0 nodad
	for f in 4 6; do
		ip -n "$ns" "-$f" route add default via "$(inner "$f" 1)"
		container_rules "$f" "$host"
	done
}

container_rules()
{
	local net
	net="$(inner "$1" 0)/$([ "$1" = 4 ] && echo 24 || echo 64)"
	tables "$1" "$2" -t nat -A POSTROUTING -s "$net" ! -o docker0 \
		-j MASQUERADE
	tables "$1" "$2" -P FORWARD DROP
	tables "$1" "$2" -A FORWARD -o docker0 -m conntrack \
		--ctstate RELATED,ESTABLISHED -j ACCEPT
	tables "$1" "$2" -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
}

# FAMILY HOST PORT TO-PORT: a port of HOST's is one of its container's
publish()
{
	local proto
	for proto in udp tcp; do
		tables "$1" "$2" -t nat -A PREROUTING -p "$proto" \
			-d "$(addr "$1" 11)" --dport "$3" -j DNAT \
			--to-destination "$(at_port "$1" "$(inner "$1" 2)" "$4")"
		tables "$1" "$2" -A FORWARD ! -i docker0 -o docker0 \
			-p "$proto" -d "$(inner "$1" 2)" --dport "$4" -j ACCEPT
	done
}

# FAMILY NS WANT: what servers say to who asks the VIP in NS, by either protocol
both_say()
{
	local proto rc=0
	for proto in udp tcp; do
		expect "$proto" "$(ask "$2" "$proto" -p 4321 "$(vip "$1" 2)" 7)" \
			"$(vip "$1" 2) $3 4321" || rc=1
	done
	return "$rc"
}

# FAMILY: no rule is left, and nothing is known of what was
forget()
{
	local ns
	S flow flush
	for ns in "${NAMESPACES[@]}"; do
		tables "$1" "$ns" -t nat -F
		tables "$1" "$ns" -P FORWARD ACCEPT
		tables "$1" "$ns" -F FORWARD
		in_ns "$ns" conntrack -F >/dev/null 2>&1
	done
}

# FAMILY: all that there is, by whatever rules there are
everything()
{
	local rc=0
	moves "$1" echo || rc=1
	moves "$1" udp || rc=1
	refused_udp "$1" || rc=1
	bulk "$1" || rc=1
	return "$rc"
}

# FAMILY SOURCE: by the rules there are b1 sees SOURCE, and all else works; they go
holds()
{
	local rc=0
	only b1
	both_say "$1" a "b1 $2" || rc=1
	everything "$1" || rc=1
	forget "$1"
	return "$rc"
}

# The endpoints take port 70 for port 7.
redirected()
{
	local ns proto rc=0
	for ns in b1 b2; do
		for proto in udp tcp; do
			tables "$1" "$ns" -t nat -A PREROUTING -p "$proto" \
				--dport 70 -j DNAT --to-destination \
				"$(at_port "$1" "$(addr "$1" $((10 +
					${ns#b})))" 7)"
		done
	done
	only b1
	for proto in udp tcp; do
		expect "$proto" "$(ask a "$proto" -p 4322 "$(vip "$1" 2)" 70)" \
			"$(vip "$1" 2) b1 $(addr "$1" 1) 4322" || rc=1
	done
	everything "$1" || rc=1
	forget "$1"
	return "$rc"
}

# b1's port 80 is a container's port 7.
published()
{
	local proto rc=0
	publish "$1" b1 80 7
	only b1
	for proto in udp tcp; do
		expect "$proto" "$(ask a "$proto" -p 4323 "$(vip "$1" 2)" 80)" \
			"$(vip "$1" 2) c1 $(addr "$1" 1) 4323" || rc=1
	done
	forget "$1"
	return "$rc"
}
