#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What keeps packets from the direct path of a router: each thing on the way that would do
# something to them. None is lost meanwhile.
PLACEMENT=router BRIDGELESS=yes
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup_path

# rule HOOK: of the router's
rule()
{
	in_ns orch nft -f - <<-END
	table inet fw {
		chain some {
			type filter hook $1 priority 0
			ip protocol tcp counter accept
		}
	}
	END
}

# likewise of the device that requests come by: run, and then they go straight from PRE_ROUTING
rule_where_it_comes()
{
	local rc=0
	goes_straight "$1" || return 1
	in_ns orch nft -f - <<-END || return 1
	table netdev fw {
		chain some {
			type filter hook ingress device "va" priority 0
			counter
		}
	}
	END
	goes_straight "$1" || rc=1
	in_ns orch nft list table netdev fw >&2
	expect_num "packets that it saw" "$(in_ns orch nft list table netdev fw |
		sed -n 's/.*counter packets \([0-9]*\).*/\1/p')" -ge "$FLOOD" || rc=1
	in_ns orch nft delete table netdev fw
	goes_straight "$1" || rc=1
	return "$rc"
}

# FAMILY CHECK SETUP UNDO: what sees them where they come, or how they do, does not keep them
# from it
behind()
{
	local rc=0
	goes_straight "$1" || return 1
	run eval "$3" || return 1
	"$2" "$1" || rc=1
	run eval "$4"
	goes_straight "$1" || rc=1
	return "$rc"
}

no_rule()
{
	in_ns orch nft delete table inet fw
}

# what a device of the router has for what comes by it is run
program_where_it_comes()
{
	local rc=0
	attach orch tcx-ingress va || return 1
	goes_straight "$1" || rc=1
	detach
	attach orch tcx-ingress va drop || return 1
	expect received "$(field "$(echo_once -n 10 -i 500 -W 200 -e 77 \
		"$(vip "$1" 2)")" received)" 0 || rc=1
	detach
	goes_straight "$1" || rc=1
	return "$rc"
}

# FAMILY DEVICE: a program receives the family's packets there, as DHCP's clients do, before
# they go straight; those that are sent it never sees
one_protocol()
{
	local rc=0
	goes_straight "$1" || return 1
	tap orch "$2" "$([ "$1" = 4 ] && echo 0x0800 || echo 0x86dd)" || return 1
	goes_straight "$1" || rc=1
	poll 5 tapped orch " $(vip "$1" 2) " "$FLOOD" || rc=1
	untap
	sort "$WORK/tap.orch" | uniq -c >&2
	goes_straight "$1" || rc=1
	return "$rc"
}

each_family "straight, both ways" goes_straight
for hook in prerouting forward postrouting; do
	each_family "rules for $hook" while_there hooks "rule $hook" no_rule
done
each_family "hooks for what comes by a device" rule_where_it_comes
each_family "a queueing discipline" while_there qdisc \
	"ip netns exec orch tc qdisc add dev vb1 root pfifo limit 100" \
	"ip netns exec orch tc qdisc del dev vb1 root"
each_family "a program for what leaves the router" while_there tc \
	"attach orch tcx-egress vb1" detach
each_family "a program for what comes to it" program_where_it_comes
each_family "XDP at the router" while_there xdp "attach orch xdp vb1" detach
each_family "XDP at the server" while_there xdp "attach b1 xdp eth0" detach
each_family "the server receives by NAPI" while_there xdp \
	"ip netns exec b1 ethtool -K eth0 gro on" \
	"ip netns exec b1 ethtool -K eth0 gro off"
# answers leave by the same device, so they go round
each_family "XDP where it comes" behind requests_straight "attach orch xdp va" detach
each_family "somebody captures at the router" while_there tap "tap orch vb1" untap
each_family "a program for one protocol of a device" one_protocol va
# older kernels do not tell, see direct-path.md
case "$(uname -r)" in
[456].*) ;;
*)	each_family "a program for one protocol of all devices" one_protocol any ;;
esac
each_family "a routing rule" while_there rules "rules orch add" "rules orch del"
each_family "policies of IPsec" while_there xfrm "policies orch add" "policies orch del"
each_family "nothing may pass without a policy" blocked orch fwd
each_family "a program of control groups, of which a router is none" programs_of_others
each_family "what comes by NAPI, in lists" behind goes_straight "napi on off" "napi off on"
finish
