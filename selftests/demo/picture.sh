# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# The picture: one bridge, or one router, and a namespace for each instance.

VIP4=10.1.0.2
VIP6=fd00:254::2

# addr FAMILY HOST
addr()
{
	if [ "$1" = 4 ]; then echo "10.0.1.$2"; else echo "fd00:1::$2"; fi
}

# The host number of an instance; the interface index of its port of the bridge
# is the same (evidence.py knows them), so that what is captured there can be
# told apart even when the port is gone.
host_of()
{
	case "$1" in
	a.com)		echo 101 ;;
	a.com.2)	echo 102 ;;
	a.com.3)	echo 103 ;;
	b.com.1)	echo 111 ;;
	b.com.2)	echo 112 ;;
	b.com.3)	echo 113 ;;
	b.com.4)	echo 114 ;;
	c.com)		echo 121 ;;
	esac
}

# Whether orchestrator is a bridge between them, or routes between them
ROUTED=""

# A program takes long to start in an emulated machine: a namespace's commands
# go to one ip(8).
start_instance()
{
	if [ -n "$ROUTED" ]; then
		start_routed "$1"
	else
		start_bridged "$1"
	fi
	case "$1" in
	b.com.*)	serve "$1" ;;
	esac
}

# end_instance INSTANCE
end_instance()
{
	serve_end "$1"
	ip netns del "$1"
}

start_bridged()
{
	local ns="$1" host
	host="$(host_of "$1")"

	ip netns add "$ns"
	# The hardware address is the host's: neighbours that remember another
	# one for the same address would send to nowhere for a while.
	ip -n orchestrator -batch - <<-END
		link add p$host index $host type veth peer name eth0 \
			netns $ns address 02:00:00:00:01:${host#1}
		link set p$host master br0 up
	END
	ip -n "$ns" -batch - <<-END
		link set lo up
		addr add $(addr 4 "$host")/16 dev eth0
		link set eth0 up
		addr add $(addr 6 "$host")/64 dev eth0 nodad
	END
}

# Each on a wire of its own, and by the router to all others
start_routed()
{
	local ns="$1" host
	host="$(host_of "$1")"

	ip netns add "$ns"
	ip -n orchestrator -batch - <<-END
		link add p$host index $host type veth peer name eth0 netns $ns
		link set p$host up
		addr add 10.0.1.254 dev p$host
		addr add fd00:1::254 dev p$host nodad
		route add $(addr 4 "$host") dev p$host
		route add $(addr 6 "$host") dev p$host
	END
	ip -n "$ns" -batch - <<-END
		link set lo up
		link set eth0 up
		addr add $(addr 4 "$host") dev eth0
		addr add $(addr 6 "$host") dev eth0 nodad
		route add default via 10.0.1.254 dev eth0 onlink
		route add default via fd00:1::254 dev eth0 onlink
	END
}

# draw INSTANCE...: of b.com; the others are there anyway
draw()
{
	local ns

	ip netns add orchestrator
	if [ -n "$ROUTED" ]; then
		ip netns exec orchestrator sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
	else
		ip -n orchestrator link add br0 type bridge
		ip -n orchestrator link set br0 up
	fi
	for ns in a.com c.com "$@"; do
		start_instance "$ns"
	done
}

wipe()
{
	local ns

	for ns in orchestrator a.com a.com.{2,3} b.com.{1..4} c.com; do
		[ ! -e "/run/netns/$ns" ] || end_instance "$ns"
	done
}
