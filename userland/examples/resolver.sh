#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A resolver: makes services when somebody first talks to them.
#
#   resolver.sh TABLE [SALCTL-OPTION...]
#
# TABLE has a service on each line: its name, its VIPs, the network namespace of
# an endpoint, and its addresses there; several are separated by commas:
#
#   b.com 10.1.0.2,fd00:254::2 b1 10.0.1.11,fd00:1::11
#
# Needs a rule that asks, such as: salctl rule add 10.1.0.0/24 upcall time 5s
# Until salctl ends (the module is unloaded, say) it goes on.
set -u
set -o pipefail

table=${1:?usage: resolver.sh TABLE [SALCTL-OPTION...]}
shift
salctl=(salctl "$@")

# Service and endpoint come in one step: nobody finds one without the other.
make_service()
{
	local name=$1 vips=$2 netns=$3 addrs=$4

	"${salctl[@]}" -b - <<END
begin
service replace $name vip ${vips//,/ }
endpoint replace $name netns $netns addr ${addrs//,/ addr }
commit
END
}

resolve()
{
	local name vips netns addrs

	while read -r name vips netns addrs; do
		[[ ",$vips," == *",$1,"* ]] || continue
		make_service "$name" "$vips" "$netns" "$addrs" &&
			echo "$1 is $name"
		return
	done <"$table"
	# nobody: the rule's time and verdict say what becomes of it
	echo "$1 is nobody"
}

"${salctl[@]}" -j monitor miss |
	jq --unbuffered -r 'if .event == "miss" then .addr else "-" end' |
	while read -r addr; do
		if [ "$addr" = - ]; then
			# it listens, or has missed some: those are asked anew
			echo "listening"
		else
			resolve "$addr"
		fi
	done
