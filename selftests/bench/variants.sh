# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Who translates, in namespace AT and at its hook HOOK: variant_NAME sets it up,
# variant_NAME_end takes down what does not go with the namespaces. Where there are any,
# variant_NAME_flows prints how many flows it has, variant_NAME_lifetime says for how many
# seconds it keeps those that were not answered, and variant_NAME_proof fails where it is
# not at work after all. Each is set up as its own documentation has it; tables have room
# for all flows, see conntrack_room() and bench.sh for IPVS.

# shellcheck disable=SC2034 # for those who source this
# on a router; on the client's own host, where nothing is forwarded; with nothing but new
# flows; and who does TCP and ICMP: a flowtable leaves ICMP to nft, and IPVS answers
# pings itself
VARIANTS=(plain iptables nft flowtable ipvs sal sal-direct)
VARIANTS_EDGE=(plain iptables nft ipvs sal sal-direct)
VARIANTS_NEW=(plain nft ipvs sal sal-direct)

# VARIANT: whether it translates echo requests
does_icmp()
{
	[ "$1" != flowtable ] && [ "$1" != ipvs ]
}

# FLOWS: as many buckets as there are entries, and each flow has two; no less than by itself
conntrack_room()
{
	local n=$((2 * $1)) file=/sys/module/nf_conntrack/parameters/hashsize
	: "${CONNTRACK_LEAST:=$(cat "$file")}"
	[ "$n" -gt "$CONNTRACK_LEAST" ] || n="$CONNTRACK_LEAST"
	echo "$n" >"$file"
	sysctl -qw "net.netfilter.nf_conntrack_max=$n"
}

# nobody does
variant_plain()
{
	:
}

# the rules of the experiments that sal comes from
variant_iptables()
{
	in_ns "$AT" iptables -w -t nat -A "${HOOK^^}" -d "$VIP" \
		-j DNAT --to-destination "$SERVER"
}

variant_iptables_flows()
{
	in_ns "$AT" conntrack -C
}

variant_nft()
{
	in_ns "$AT" nft -f - <<-END
	table ip nat {
		map services {
			type ipv4_addr : ipv4_addr
			elements = { $VIP : $SERVER }
		}
		chain $HOOK {
			type nat hook $HOOK priority -100
			dnat to ip daddr map @services
		}
	}
	END
}

variant_nft_flows()
{
	in_ns "$AT" conntrack -C
}

variant_nft_lifetime()
{
	in_ns "$AT" sysctl -qw "net.netfilter.nf_conntrack_udp_timeout=$1"
}

variant_flowtable()
{
	variant_nft
	in_ns "$AT" nft -f - <<-END
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
	[ "$(in_ns "$AT" conntrack -L -p udp 2>/dev/null |
		grep -c OFFLOAD)" -ge "$FLOWS" ]
}

variant_ipvs()
{
	local proto

	# what is not for itself a router would forward; a host has no such doubt
	[ "$HOOK" = output ] || ip -n "$AT" addr add "$VIP/32" dev lo
	for proto in -u -t; do
		in_ns "$AT" ipvsadm -A "$proto" "$VIP:$DPORT" -s rr
		in_ns "$AT" ipvsadm -a "$proto" "$VIP:$DPORT" -r "$SERVER:$DPORT" -m
	done
}

variant_ipvs_flows()
{
	in_ns "$AT" awk '$1 == "->" && $2 ~ /:0009$/ { sum += $5 + $6 }
		END { print sum + 0 }' /proc/net/ip_vs
}

variant_ipvs_lifetime()
{
	in_ns "$AT" ipvsadm --set 0 0 "$1"
}

# DOMAIN is the namespace that services are of
variant_sal()
{
	local nomember=()

	[ "$HOOK" = output ] || nomember=(nomember)
	insmod "$SAL_KO"
	salctl -n "$DOMAIN" domain set max-flows 2000000 direct off
	salctl -n "$DOMAIN" service add b.com vip "$VIP"
	salctl -n "$DOMAIN" endpoint add b.com netns server addr "$SERVER" \
		"${nomember[@]}"
	salctl -n "$DOMAIN" member add netns "$AT"
}

variant_sal_flows()
{
	salctl -n "$DOMAIN" -j domain show | sed -n 's/.*"flows":\([0-9]*\).*/\1/p'
}

variant_sal_lifetime()
{
	salctl -n "$DOMAIN" service set b.com timeout new "$1s"
}

variant_sal_end()
{
	rmmod sal
}

# the direct path allowed
variant_sal-direct()
{
	variant_sal
	salctl -n "$DOMAIN" domain set direct auto
}

variant_sal-direct_flows()
{
	variant_sal_flows
}

# how many packets went straight
direct_count()
{
	salctl -n "$DOMAIN" -j stats show |
		sed -n 's/.*"name":"direct","packets":\([0-9]*\).*/\1/p'
}

# where they may go straight: not behind a firewall, and no flow that nobody has answered
# shellcheck disable=SC2153,SC2154 # sample() has them
are_straight()
{
	[ "$VARIANT" = sal-direct ] && [[ "$placement" != @(firewall*|new) ]]
}

# COUNT COMMAND...: so many packets that it has sent, or nearly, have gone straight
straight()
{
	local before went count="$1"
	shift
	are_straight || { "$@"; return; }
	before="$(direct_count)"
	"$@" || return 1
	went=$(($(direct_count) - before))
	[ $((went * 100)) -lt $((count * 95)) ] || return 0
	echo "bench: $went of $count packets went straight: $*" >&2
	return 1
}

# a router's device gets its hook when the first packets have passed, by a work
goes_straight()
{
	local i before

	for ((i = 0; i < 50; i++)); do
		before="$(direct_count)"
		send_requests 10 >/dev/null
		[ $(($(direct_count) - before)) -lt 10 ] || return 0
		sleep 0.1
	done
	return 1
}

# where there is none, that is what is measured
variant_sal-direct_proof()
{
	local shown

	are_straight || return 0
	[ "$placement" = edge ] || goes_straight || return 1
	shown="$(salctl -n "$DOMAIN" -j service show b.com)"
	grep -q '"kind":"\(direct\|late\)"' <<<"$shown" && return
	echo "$shown" >&2
	return 1
}

variant_sal-direct_lifetime()
{
	variant_sal_lifetime "$1"
}

variant_sal-direct_end()
{
	variant_sal_end
}
