# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the router does: variant_NAME sets it up, variant_NAME_proof, where there is
# one, fails where it is not at work after all, and variant_NAME_end takes down
# what does not go with the namespaces. Each is set up as its own documentation has it;
# tables have room for all flows, see conntrack_room() and bench.sh for IPVS.

# shellcheck disable=SC2034 # for those who source this
VARIANTS=(plain iptables nft flowtable ipvs sal)

# FLOWS: as many buckets as there are entries, and each flow has two
conntrack_room()
{
	local have
	have="$(cat /sys/module/nf_conntrack/parameters/hashsize)"
	[ "$have" -lt $((2 * $1)) ] || return 0
	echo $((2 * $1)) >/sys/module/nf_conntrack/parameters/hashsize
	sysctl -qw net.netfilter.nf_conntrack_max=$((2 * $1))
}

# it routes, and that is all
variant_plain()
{
	:
}

# the rules of the experiments that sal comes from
variant_iptables()
{
	in_ns router iptables -w -t nat -A PREROUTING -d "$VIP" \
		-j DNAT --to-destination "$SERVER"
}

# all of them, none gave way to another
variant_iptables_proof()
{
	[ "$(in_ns router conntrack -C)" -ge "$FLOWS" ]
}

variant_nft()
{
	in_ns router nft -f - <<-END
	table ip nat {
		map services {
			type ipv4_addr : ipv4_addr
			elements = { $VIP : $SERVER }
		}
		chain prerouting {
			type nat hook prerouting priority dstnat
			dnat to ip daddr map @services
		}
	}
	END
}

variant_nft_proof()
{
	variant_iptables_proof
}

variant_flowtable()
{
	variant_nft
	in_ns router nft -f - <<-END
	table ip fast {
		flowtable flows {
			hook ingress priority 0
			devices = { c0, s0 }
		}
		chain forward {
			type filter hook forward priority filter
			meta l4proto { tcp, udp } flow add @flows
		}
	}
	END
}

variant_flowtable_proof()
{
	[ "$(in_ns router conntrack -L -p udp 2>/dev/null |
		grep -c OFFLOAD)" -ge "$FLOWS" ]
}

variant_ipvs()
{
	ip -n router addr add "$VIP/32" dev lo
	in_ns router ipvsadm -A -u "$VIP:$DPORT" -s rr
	in_ns router ipvsadm -a -u "$VIP:$DPORT" -r "$SERVER:$DPORT" -m
}

variant_sal()
{
	insmod "$SAL_KO"
	salctl -n router domain set max-flows 2000000
	salctl -n router service add b.com vip "$VIP"
	salctl -n router endpoint add b.com netns server addr "$SERVER" nomember
	salctl -n router member add netns router
}

variant_sal_end()
{
	rmmod sal
}
