#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What there is without sal: address translation in the client's namespace,
# which this script has to run in.
#
#	baseline.sh DIR iptables|nft first INSTANCE	for both families
#	baseline.sh DIR iptables|nft move FROM TO	first IPv4, then IPv6
#
# iptables is what the experiment of 2018 did: two rules, deleted and added
# again, and the flow deleted from the connection tracking after that. nft does
# as much by an element of a map, changed in one transaction. The times of each
# move go to DIR, and the number of commands that it took.

set -u

DEMO_DIR="$(cd "$(dirname "$0")" && pwd)"
SCENE_DIR="$1"

# shellcheck source=selftests/demo/picture.sh
. "$DEMO_DIR/picture.sh"
# shellcheck source=selftests/demo/record.sh
. "$DEMO_DIR/record.sh"

CLIENT="$(host_of a.com)"

# vip FAMILY
vip()
{
	local name="VIP$1"

	echo "${!name}"
}

# step COMMAND...: of a move
step()
{
	STEPS=$((STEPS + 1))
	"$@"
}

forget_flow()
{
	step conntrack -f "ipv$1" -D -d "$2" >/dev/null 2>&1
}

# --- iptables ---------------------------------------------------------------

# ipt_rules FAMILY -A|-D VIP ADDR CLIENT
ipt_rules()
{
	local ipt=iptables

	[ "$1" = 4 ] || ipt=ip6tables
	step $ipt -t nat "$2" OUTPUT -d "$3" -j DNAT --to-destination "$4"
	step $ipt -t nat "$2" INPUT -s "$4" -d "$5" -j SNAT --to-source "$3"
}

# *_first FAMILY VIP CLIENT TO
iptables_first()
{
	ipt_rules "$1" -A "$2" "$4" "$3"
}

# *_move FAMILY VIP CLIENT FROM TO
iptables_move()
{
	ipt_rules "$1" -D "$2" "$4" "$3"
	ipt_rules "$1" -A "$2" "$5" "$3"
	forget_flow "$1" "$2"
}

# --- nft --------------------------------------------------------------------

declare -A NFT_FAMILY=([4]=ip [6]=ip6) NFT_TYPE=([4]=ipv4_addr [6]=ipv6_addr)

nft_first()
{
	local family="${NFT_FAMILY[$1]}" type="${NFT_TYPE[$1]}"

	nft -f - <<END
table $family demo {
	map to {
		type $type : $type
		elements = { $2 : $4 }
	}
	chain out {
		type nat hook output priority -100
		dnat to $family daddr map @to
	}
}
END
}

nft_move()
{
	local family="${NFT_FAMILY[$1]}"

	step nft "delete element $family demo to { $2 };
		  add element $family demo to { $2 : $5 }"
	forget_flow "$1" "$2"
}

# ----------------------------------------------------------------------------

for family in 4 6; do
	STEPS=0
	client="$(addr "$family" "$CLIENT")"
	instances=()
	for instance in "${@:4}"; do
		instances+=("$(addr "$family" "$(host_of "$instance")")")
	done
	case "$3" in
	first)
		"$2_first" "$family" "$(vip "$family")" "$client" \
			"${instances[@]}" || exit 1
		;;
	move)
		timed "$family" "$2_move" "$family" "$(vip "$family")" \
			"$client" "${instances[@]}"
		echo "$STEPS" >"$SCENE_DIR/steps"
		;;
	esac
done
