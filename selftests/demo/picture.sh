# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# The picture: one bridge, a namespace for each instance.

VIP4=10.1.0.2
VIP6=fd00:254::2

# addr FAMILY HOST
addr()
{
	if [ "$1" = 4 ]; then echo "10.0.1.$2"; else echo "fd00:1::$2"; fi
}

# The host number of an instance.
host_of()
{
	case "$1" in
	a.com)		echo 1 ;;
	a.com.2)	echo 2 ;;
	b.com.1)	echo 11 ;;
	b.com.2)	echo 12 ;;
	c.com)		echo 21 ;;
	esac
}

# The bridge's port of an instance; device names are short.
port_of()
{
	echo "p$(host_of "$1")"
}

start_instance()
{
	local ns="$1" host port
	host="$(host_of "$1")" port="$(port_of "$1")"

	ip netns add "$ns"
	ip -n "$ns" link set lo up
	ip link add "$port" netns orchestrator type veth \
		peer name eth0 netns "$ns" address "02:00:00:00:00:$host"
	ip -n orchestrator link set "$port" master br0 up
	ip -n "$ns" addr add "$(addr 4 "$host")/16" dev eth0
	ip -n "$ns" link set eth0 up
	ip -n "$ns" addr add "$(addr 6 "$host")/64" dev eth0 nodad
}

draw()
{
	local ns

	ip netns add orchestrator
	ip -n orchestrator link add br0 type bridge
	ip -n orchestrator link set br0 up
	for ns in a.com a.com.2 c.com "$@"; do
		start_instance "$ns"
	done
}

wipe()
{
	local ns

	for ns in orchestrator a.com a.com.2 b.com.1 b.com.2 c.com; do
		ip netns del "$ns" 2>/dev/null
	done
}
