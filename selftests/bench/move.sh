# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# move: how long it takes to move all flows of one server to another: in the kernel, where
# it tells that, and for who waits in a shell. Meanwhile flows go on, 5000 packets a second in
# all: how many of them came to the old server since the command was given, and how many
# came to nobody until a second after it had ended.

# shellcheck disable=SC2034 # for rounds.sh
VARIANTS_MOVE=(nft ipvs sal)
OTHER=10.0.2.12

# the other server, where the first is
move_up()
{
	router_up
	ip -n server addr add "$OTHER/24" dev eth0
	ip -n router neigh add "$OTHER" lladdr "$(mac "$SERVER_MAC")" dev s0
	in_ns server nft add rule inet far in ip daddr "$OTHER" \
		udp dport "$DPORT" counter drop
}

# SERVER: packets that it has received
move_counted()
{
	in_ns server nft list chain inet far in |
		sed -n "s/.* $1 .*counter packets \([0-9]*\) .*/\1/p"
}

move_sal_ready()
{
	salctl -n router service set b.com timeout new 600s
}

# it prints how long, in ns
move_sal()
{
	salctl -n router endpoint add b.com b2 netns server addr "$OTHER" nomember &&
		salctl -n router -j migrate b.com from server to b2
}

move_nft_ready()
{
	variant_nft_lifetime 600
}

# the map for new flows, and what is known of old ones is forgotten
move_nft()
{
	in_ns router nft -f - <<-END && in_ns router conntrack -D -p udp \
		--orig-dst "$VIP" >/dev/null 2>&1
	delete element ip nat services { $VIP }
	add element ip nat services { $VIP : $OTHER }
	END
}

move_ipvs_ready()
{
	variant_ipvs_lifetime 600
	# flows of a server that is gone are begun anew
	in_ns router sysctl -qw net.ipv4.vs.expire_nodest_conn=1
}

move_ipvs()
{
	in_ns router ipvsadm -a -u "$VIP:$DPORT" -r "$OTHER:$DPORT" -m &&
		in_ns router ipvsadm -d -u "$VIP:$DPORT" -r "$SERVER:$DPORT"
}

# a packet of one flow after the other, until it is stopped
stream_start()
{
	send_requests 0 "delay 200000" >/dev/null &
	STREAM=$!
	sleep 0.3
}

# how many were sent
stream_stop()
{
	in_ns client bash -c 'echo stop >/proc/net/pktgen/pgctrl'
	wait "$STREAM"
	SENT="$(in_ns client sed -n 's/.*pkts-sofar: \([0-9]*\) .*/\1/p' \
		/proc/net/pktgen/eth0)"
}

move_measure()
{
	local old began report us

	"move_${VARIANT}_ready" && send_requests "$FLOWS" >/dev/null || return 1
	all_arrived server "$(move_counted "$SERVER")" "$FLOWS" || return 1
	stream_start
	old="$(move_counted "$SERVER")"
	began="${EPOCHREALTIME/[.,]/}"
	report="$("move_$VARIANT")" || return 1
	us=$((${EPOCHREALTIME/[.,]/} - began))
	sleep 1
	stream_stop
	[ "$(move_counted "$OTHER")" -gt 0 ] || return 1
	awk -v us="$us" -v late=$(($(move_counted "$SERVER") - old)) \
		-v lost=$((FLOWS + SENT - $(move_counted "$SERVER") -
			$(move_counted "$OTHER"))) 'BEGIN {
		printf "move-shell ms %.2f\n", us / 1000
		print "move-late packets " late
		print "move-lost packets " lost
	}'
	sed -n 's/.*"duration":\([0-9]*\).*/\1/p' <<<"$report" |
		awk '{ printf "move-kernel us %.3f\n", $1 / 1000 }'
}

# VARIANT FLOWS
move_sample()
{
	spread_flows "$2" && sample move "$1" "$2" 0 move_measure
}
