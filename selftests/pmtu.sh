# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A path by a VIP that does not take all sizes, for both placements: the client has
# 1500 bytes to its router r, and r 1300 to b4, the only endpoint of far.com. At the
# edge r is a host like others; else orch is r.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

FAR=9
MTU=1300

# FAMILY: address of b4, and of the router on that wire
far()
{
	if [ "$1" = 4 ]; then echo 10.9.0.2; else echo fd00:9::2; fi
}

near()
{
	if [ "$1" = 4 ]; then echo 10.9.0.1; else echo fd00:9::1; fi
}

# FAMILY: who routes, as the client sees it
router()
{
	if [ "$PLACEMENT" = router ]; then addr "$1" 254; else addr "$1" 50; fi
}

# NS: a wire from there to b4
wire()
{
	local f ns
	add_ns b4
	ip link add vfar netns "$1" mtu "$MTU" type veth \
		peer name eth0 netns b4 mtu "$MTU"
	for ns in "$1:vfar" b4:eth0; do
		in_ns "${ns%:*}" sysctl -qw \
			"net.ipv6.conf.${ns#*:}.accept_dad=0"
		ip -n "${ns%:*}" link set "${ns#*:}" up
	done
	for f in 4 6; do
		ip -n "$1" addr add "$(near "$f")/$([ "$f" = 4 ] && echo 24 ||
			echo 64)" dev vfar
		ip -n b4 addr add "$(far "$f")/$([ "$f" = 4 ] && echo 24 ||
			echo 64)" dev eth0
		ip -n b4 "-$f" route add default via "$(near "$f")"
	done
}

setup_pmtu()
{
	local f
	setup
	if [ "$PLACEMENT" = router ]; then
		wire orch
	else
		add_host r 50
		in_ns r sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
		wire r
		for f in 4 6; do
			ip -n a route add "$(far "$f")" via "$(router "$f")"
		done
	fi
	service far.com "$FAR"
	S endpoint add far.com netns b4 addr "$(far 4)" addr "$(far 6)" \
		nomember
	serve b4 7
}

forget()
{
	ip -n a route flush cache
	ip -n a -6 route flush cache
	S flow flush
}

# --- cases ------------------------------------------------------------------

# The first one that is too large may be lost; from then on the client knows.
datagrams()
{
	local report
	forget
	echo_once -u 7 -n 2 -i 200000 -l 1400 -W 500 "$(vip "$1" "$FAR")" \
		>/dev/null
	report="$(echo_once -u 7 -n 20 -i 5000 -l 1400 "$(vip "$1" "$FAR")")"
	nothing_lost "$report" || return 1
	report="$(echo_once -u 7 -n 5 -i 5000 -l 20000 "$(vip "$1" "$FAR")")"
	nothing_lost "$report"
}

bulk()
{
	forget
	expect "a megabyte" "$(echo "echo 1000000" | in_ns a \
		"$TOOLS/talk" "$(vip "$1" "$FAR")" 7 | xargs)" \
		"connected echoed 1000000"
}

# Its last hop is the VIP, and it knows the MTU.
tracepath_tells()
{
	local out
	forget
	out="$(in_ns a timeout 60 tracepath -n -p 33434 \
		"$(vip "$1" "$FAR")")"
	echo "$out" >&2
	grep -q "$(router "$1")" <<<"$out" || fail "no router" || return 1
	grep -q "$(vip "$1" "$FAR") .*reached" <<<"$out" ||
		fail "the VIP is not reached" || return 1
	! grep -q "$(far "$1")" <<<"$out" ||
		fail "it tells the endpoint" || return 1
	grep -q "Resume: pmtu $MTU" <<<"$out" || fail "no MTU"
}

# A server that is connected to a client which has gone is told by the client's
# host, as if it had been asked without us.
client_gone()
{
	rm -f "$WORK/told"
	ip netns exec b4 python3 "$LIB_DIR/tools/answer_late.py" 5005 \
		>"$WORK/told" 2>&1 &
	PIDS+=($!)
	poll 5 grep -qs listening "$WORK/told" || return 1
	ask a udp -t 0.2 "$(vip "$1" "$FAR")" 5005
	poll 10 grep -q from "$WORK/told"
	cat "$WORK/told" >&2
	expect "what the server is told" "$(tail -n 1 "$WORK/told")" \
		"from $(addr "$1" 1) ECONNREFUSED"
}

# An error whose quote ends before the ports do is dropped.
short_quote()
{
	local before
	before="$(counter malformed)"
	in_ns b4 python3 "$LIB_DIR/tools/short_quote.py" "$(addr "$1" 1)" \
		"$(far "$1")"
	poll 5 malformed_since "$before"
}

malformed_since()
{
	[ "$(counter malformed)" -gt "$1" ]
}

pmtu_cases()
{
	each_family "datagrams larger than the path takes" datagrams
	each_family "a megabyte by TCP" bulk
	each_family "tracepath" tracepath_tells
	each_family "a client that has gone: the server is told" client_gone
	each_family "a quote that is too short" short_quote
}
