#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path at the edge, where devices spread what they receive over CPUs, if the kernel
# can do so.
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup_path

# spread NS DEVICE CPUS: a mask; 0 for not at all
spread()
{
	# shellcheck disable=SC2016 # for that shell
	in_ns "$1" bash -c 'echo "$1" >"/sys/class/net/$0/queues/rx-0/rps_cpus"' "$2" "$3"
}

# of a device that has gone the kernel goes on to say that there is one
gone()
{
	run ip -n orch link add spreads type veth peer name other || return 1
	run spread orch spreads 1
	run ip -n orch link del spreads
	goes_straight "$1"
}

each_family "straight, both ways" goes_straight
if in_ns orch test -e /sys/class/net/va/queues/rx-0/rps_cpus; then
	each_family "the client's port" while_there rps "spread orch va 1" "spread orch va 0"
	each_family "the server" while_there rps "spread b1 eth0 1" "spread b1 eth0 0"
	each_family "one that has gone" gone
fi
finish
