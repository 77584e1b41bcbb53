# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# firewall: as router, where the router is a host of containers, too: its rules are those
# that Docker makes, and bridges call them.

# What iptables -S says there, in nftables' own words, but for the last two rules of
# forward: they are for what is behind the router, as a container's published port.
docker_rules()
{
	in_ns router nft -f - <<-END
	table ip docker {
		chain user {
		}
		chain isolation-1 {
			iifname "docker0" oifname != "docker0" jump isolation-2
		}
		chain isolation-2 {
			oifname "docker0" drop
		}
		chain published {
			ip daddr 172.17.0.2 iifname != "docker0" oifname "docker0" tcp dport 80 accept
			ip daddr $SERVER iifname != "s0" oifname "s0" udp dport $DPORT accept
		}
		chain forward {
			type filter hook forward priority filter; policy drop;
			jump user
			jump isolation-1
			oifname "docker0" ct state related,established accept
			oifname "docker0" jump published
			iifname "docker0" accept
			ct state related,established accept
			jump published
		}
		chain nat {
			iifname "docker0" return
			tcp dport 8080 dnat to 172.17.0.2:80
		}
		chain prerouting {
			type nat hook prerouting priority dstnat + 1
			fib daddr type local jump nat
		}
		chain output {
			type nat hook output priority -99
			ip daddr != 127.0.0.0/8 fib daddr type local jump nat
		}
		chain postrouting {
			type nat hook postrouting priority srcnat
			ip saddr 172.17.0.0/16 oifname != "docker0" masquerade
		}
	}
	END
}

firewall_up()
{
	modprobe br_netfilter && router_up || return 1
	ip -n router link add docker0 type bridge &&
		ip -n router addr add 172.17.0.1/16 dev docker0 &&
		ip -n router link set docker0 up &&
		in_ns router sysctl -qw net.bridge.bridge-nf-call-iptables=1 &&
		docker_rules || return 1
	# or rules do not know replies of its flows
	[ "$VARIANT" != ipvs ] || in_ns router sysctl -qw net.ipv4.vs.conntrack=1
}

# its hooks would be there for the bridge of others
firewall_end()
{
	modprobe -r br_netfilter
}

firewall_measure()
{
	establish && router_packets firewall
}

# VARIANT FLOWS PACKETS
firewall_sample()
{
	spread_flows "$2" && sample firewall "$@" firewall_measure
}
