# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# firewall: as router, where the router is a host of containers, too: its rules are those
# that Docker makes, and bridges call them. firewall-edge, -rtt: as edge, where client and
# server are two of its containers.

# NS BRIDGE: what iptables -S says there, in nftables' own words, but for the last two rules
# of forward: they are for what is behind the router, as a container's published port.
docker_rules()
{
	in_ns "$1" nft -f - <<-END
	table ip docker {
		chain user {
		}
		chain isolation-1 {
			iifname "$2" oifname != "$2" jump isolation-2
		}
		chain isolation-2 {
			oifname "$2" drop
		}
		chain published {
			ip daddr 172.17.0.2 iifname != "$2" oifname "$2" tcp dport 80 accept
			ip daddr $SERVER iifname != "s0" oifname "s0" udp dport $DPORT accept
		}
		chain forward {
			type filter hook forward priority filter; policy drop;
			jump user
			jump isolation-1
			oifname "$2" ct state related,established accept
			oifname "$2" jump published
			iifname "$2" accept
			ct state related,established accept
			jump published
		}
		chain nat {
			iifname "$2" return
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
			ip saddr 172.17.0.0/16 oifname != "$2" masquerade
		}
	}
	END
}

# NS BRIDGE
firewall_rules()
{
	in_ns "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=1 &&
		docker_rules "$@"
}

firewall_up()
{
	modprobe br_netfilter && router_up || return 1
	ip -n router link add docker0 type bridge &&
		ip -n router addr add 172.17.0.1/16 dev docker0 &&
		ip -n router link set docker0 up &&
		firewall_rules router docker0 || return 1
	# or rules do not know replies of its flows
	[ "$VARIANT" != ipvs ] || in_ns router sysctl -qw net.ipv4.vs.conntrack=1
}

# its hooks would be there for the bridge of others
firewall_end()
{
	modprobe -r br_netfilter
}

firewall-edge_up()
{
	modprobe br_netfilter && edge_up && firewall_rules host br0
}

firewall-edge_end()
{
	firewall_end
}

firewall_measure()
{
	establish && router_packets firewall
}

firewall-edge_measure()
{
	edge_one_way firewall-edge && edge_round_trip firewall-rtt
}

# VARIANT FLOWS PACKETS
firewall_sample()
{
	spread_flows "$2" && sample firewall "$@" firewall_measure
}

# VARIANT FLOWS PACKETS
firewall-edge_sample()
{
	sample firewall-edge "$@" firewall-edge_measure
}
