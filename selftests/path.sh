# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For those who look which path packets take: how many went straight, and what is
# said of the paths. TCP and UDP are there, too, see tcp.sh.
# shellcheck source=selftests/tcp.sh
. "$(dirname "${BASH_SOURCE[0]}")/tcp.sh"

# who sends, by its member's name; and where that is translated
case "$PLACEMENT" in
router)	SENDER=orch ;;
*)	SENDER=a ;;
esac

# the router's hardware addresses
at_router()
{
	in_ns orch cat "/sys/class/net/$1/address"
}

# b.com is b1's, which echoes on port 7
setup_path()
{
	# it shows all bridges to hooks, and is not a module everywhere
	rmmod br_netfilter 2>/dev/null
	setup
	if in_ns orch test -e /proc/sys/net/bridge; then
		echo "br_netfilter is there" >&2
		exit "$KSFT_SKIP"
	fi
	service b.com 2
	endpoint b.com b1 11
	serve b1 7
	S domain set direct auto
	[ "$PLACEMENT" = edge ] || { poll 5 has_inlets 4 && poll 5 has_inlets 6; }
}

# napi on|off TSO: what the router receives from a; veth has no use for it where large
# segments come as they are
napi()
{
	in_ns orch ethtool -K va gro "$1" && in_ns a ethtool -K eth0 tso "$2"
}

# devices of a router get their hooks a while after the first packets
has_inlets()
{
	local before
	before="$(counter direct)"
	in_ns a timeout 3 "$TOOLS/echoflood" -n 4 -i 10000 -W 500 -e 77 \
		"$(vip "$1" 2)" >&2
	[ $(($(counter direct) - before)) = 8 ]
}

# what is said of paths was so at the last packet, so some are sent, of a conversation that
# is there; FAMILY ENDPOINT-HOST
path_kind()
{
	local to re
	to="$(addr "$1" "$2")"
	re="\"member\":\"$SENDER\"[^}]*\"addr\":\"$to\",\"kind\":\"([^\"]*)\"}"
	# who is refused would try on and on
	in_ns a timeout 3 "$TOOLS/echoflood" -n 4 -i 10000 -W 500 -e 77 \
		"$(vip "$1" 2)" >&2
	[[ "$(salctl -n orch -j service show b.com)" =~ $re ]] &&
		echo "${BASH_REMATCH[1]}"
}

# Debian's kernel has it, and is where it is tested that its hooks are in nobody's way
has_apparmor()
{
	grep -qs Y /sys/module/apparmor/parameters/enabled && return
	[[ "$(uname -r)" != *deb* ]] || { echo "no AppArmor" >&2; exit 1; }
	return 1
}

# straight, also where there are hooks that are to see it
ANY_DIRECT="direct|late"

# path_is KIND[|KIND] FAMILY [ENDPOINT-HOST]
path_is()
{
	[[ "|$1|" = *"|$(path_kind "$2" "${3:-11}")|"* ]]
}

# requests and answers, of a conversation that is there
FLOOD=200

# straight FAMILY LEAST MOST [ECHOFLOOD OPTION...]: so many of them went straight, and none
# was lost
straight()
{
	local before report n
	before="$(counter direct)"
	report="$(echo_once -n "$FLOOD" -i 500 -w 32 -e 77 "${@:4}" "$(vip "$1" 2)")"
	nothing_lost "$report" || return 1
	n=$(($(counter direct) - before))
	expect_num "went straight" "$n" -ge "$2" &&
		expect_num "went straight" "$n" -le "$3"
}

# FAMILY [KIND]: all but those that had to begin it; both ways
goes_straight()
{
	poll 5 path_is "${2:-$ANY_DIRECT}" "$1" &&
		straight "$1" $((2 * FLOOD - 20)) $((2 * FLOOD))
}

# FAMILY KIND: that is why requests do not; answers may
goes_round()
{
	poll 5 path_is "$2" "$1" && straight "$1" 0 "$FLOOD"
}

# while_there FAMILY KIND SETUP UNDO: packets do not go straight while SETUP is there, and
# do when it is not; both find the family in FAMILY. Those before it went straight.
while_there()
{
	local rc=0
	# shellcheck disable=SC2034 # for SETUP and UNDO
	FAMILY="$1"
	run eval "$3" || return 1
	goes_round "$1" "$2" || rc=1
	run eval "$4" || rc=1
	goes_straight "$1" || rc=1
	return "$rc"
}

# FAMILY: neither where the service, nor where the domain says off
switched_off()
{
	local rc=0
	goes_straight "$1" || return 1
	S service set b.com direct off
	straight "$1" 0 0 || rc=1
	S service set b.com direct auto
	goes_straight "$1" || rc=1
	S domain set direct off
	straight "$1" 0 0 || rc=1
	S domain set direct auto
	goes_straight "$1" || rc=1
	return "$rc"
}

# FAMILY LEAST MOST [SOCKOPTS.PY OPTION...] -- [OPTION VALUE]: so many of a socket's
# datagrams with that option, and their answers, went straight; all were answered. What is
# said of it is in SOCKET_GOT.
SOCKET=50

by_socket()
{
	local family="$1" least="$2" most="$3" options=() before got
	shift 3
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	before="$(counter direct)"
	got="$(in_ns a "$LIB_DIR/tools/sockopts.py" -n "$SOCKET" -p 4100 \
		"${options[@]}" "$(vip "$family" 2)" 7 "$@" | tail -n 1)"
	echo "answered $got" >&2
	# shellcheck disable=SC2034 # for who asks
	SOCKET_GOT="$got"
	expect answered "${got%% *}" "$SOCKET" || return 1
	got=$(($(counter direct) - before))
	expect_num "went straight" "$got" -ge "$least" &&
		expect_num "went straight" "$got" -le "$most"
}

# --- what is there of them at the end -----------------------------------------

# FAMILY OPTION: what a namespace notes on its packets stays there
noted()
{
	local rc=0
	in_ns b1 nft -f - <<-END
	table inet notes {
		chain in {
			type filter hook prerouting priority -300
			meta mark != 0 counter
			meta priority != 0 counter
		}
	}
	END
	by_socket "$1" $((2 * SOCKET - 10)) $((2 * SOCKET)) -- "$2" 5 || rc=1
	in_ns b1 nft list table inet notes >&2
	expect "with a note" "$(in_ns b1 nft list table inet notes |
		grep -c 'packets 0 bytes 0')" 2 || rc=1
	in_ns b1 nft delete table inet notes
	return "$rc"
}

# NS DEVICE rx|tx
packets()
{
	in_ns "$1" cat "/sys/class/net/$2/statistics/$3_packets"
}

# what devices count is what wires would have brought
counted_by_devices()
{
	local at=("a eth0 tx" "orch va rx" "orch vb1 tx" "b1 eth0 rx"
		  "b1 eth0 tx" "orch vb1 rx" "orch va tx" "a eth0 rx")
	local i before=()
	goes_straight "$1" || return 1
	# shellcheck disable=SC2086 # words
	for i in "${!at[@]}"; do
		before[i]="$(packets ${at[i]})"
	done
	straight "$1" $((2 * FLOOD - 20)) $((2 * FLOOD)) || return 1
	# shellcheck disable=SC2086 # words
	for i in "${!at[@]}"; do
		expect_num "packets of ${at[i]}" \
			$(($(packets ${at[i]}) - before[i])) -ge "$FLOOD" || return 1
	done
}

# packets that the service has carried, and the flows that are there
carried()
{
	json '[.[] | .forward_packets + .reverse_packets] | add // 0' "$@"
}

# what the service and the flow have carried is all of it
counted_by_us()
{
	local rc=0 service
	S domain set flow-acct on
	S flow flush
	goes_straight "$1" || rc=1
	S flow flush
	service="$(carried service show)"
	straight "$1" $((2 * FLOOD - 20)) $((2 * FLOOD)) || rc=1
	expect "packets of the service" $(($(carried service show) - service)) \
		$((2 * FLOOD)) || rc=1
	expect "packets of the flow" "$(carried -s flow show)" $((2 * FLOOD)) || rc=1
	S domain set flow-acct off
	return "$rc"
}

# what a device of the endpoint has for what it receives is run
rules_at_the_end()
{
	local rc=0
	in_ns b1 nft -f - <<-END
	table inet end {
		chain in {
			type filter hook ingress device "eth0" priority 0
			counter
		}
	}
	END
	goes_straight "$1" || rc=1
	expect_num "packets counted" "$(in_ns b1 nft list table inet end |
		sed -n 's/.*counter packets \([0-9]*\) .*/\1/p')" -ge "$FLOOD" || rc=1
	in_ns b1 nft delete table inet end
	return "$rc"
}

# so is a program there
program_at_the_end()
{
	local rc=0 before
	goes_straight "$1" || return 1
	before="$(echos b1 "$1")"
	attach b1 tcx-ingress eth0 drop || return 1
	expect received "$(field "$(echo_once -n 50 -i 500 -w 64 -W 200 -e 77 \
		"$(vip "$1" 2)")" received)" 0 || rc=1
	expect "requests that came" "$(echos b1 "$1")" "$before" || rc=1
	detach
	goes_straight "$1" || rc=1
	return "$rc"
}

# --- who looks on -----------------------------------------------------------

# tap NS DEVICE [ETHERTYPE]: somebody captures there, and writes down what
tap()
{
	rm -f "$WORK/tap.$1"
	ip netns exec "$1" python3 "$LIB_DIR/tools/tap.py" "${@:2}" >"$WORK/tap.$1" 2>&1 &
	TAP=$!
	PIDS+=("$TAP")
	poll 5 grep -qs listening "$WORK/tap.$1"
}

untap()
{
	kill "$TAP"
	wait "$TAP" 2>/dev/null
	true
}

# tapped NS PATTERN LEAST: so many lines are like this
tapped()
{
	[ "$(grep -c "$2" "$WORK/tap.$1")" -ge "$3" ]
}

# seen NS DEVICE PATTERN COMMAND...: it holds while somebody captures there, who has FLOOD
# lines like this
seen()
{
	local rc=0 ns="$1" device="$2" pattern="$3"
	shift 3
	tap "$ns" "$device" || return 1
	"$@" || rc=1
	poll 5 tapped "$ns" "$pattern" "$FLOOD" || rc=1
	untap
	sort "$WORK/tap.$ns" | uniq -c >&2
	return "$rc"
}

# FAMILY [KIND]: where somebody looks on, so that the answers go round, requests go straight
requests_straight()
{
	local rc=0
	poll 5 path_is "${2:-$ANY_DIRECT}" "$1" || rc=1
	straight "$1" $((FLOOD - 10)) "$FLOOD" || rc=1
	return "$rc"
}

# --- programs ---------------------------------------------------------------

# attach NS KIND TARGET [VERDICT]: a BPF program, see tools/bpf.py
attach()
{
	rm -f "$WORK/bpf"
	ip netns exec "$1" python3 "$LIB_DIR/tools/bpf.py" "${@:2}" >"$WORK/bpf" 2>&1 &
	BPF=$!
	PIDS+=("$BPF")
	poll 5 grep -qs attached "$WORK/bpf" || { cat "$WORK/bpf" >&2; return 1; }
}

detach()
{
	kill "$BPF"
	wait "$BPF" 2>/dev/null
	true
}

# cgroup_program [NAME]: of all control groups, or of a new one that has nobody in it, for what
# leaves sockets
cgroup_program()
{
	mkdir -p "$WORK/cgroup"
	mount -t cgroup2 none "$WORK/cgroup" && mkdir -p "$WORK/cgroup/${1:-}" &&
		attach orch cgroup "$WORK/cgroup/${1:-}"
}

cgroup_no_program()
{
	detach
	[ -z "${1:-}" ] || rmdir "$WORK/cgroup/$1"
	umount "$WORK/cgroup"
}

# FAMILY [NAME]: it is for others, as on each machine that systemd runs
programs_of_others()
{
	local rc=0
	run cgroup_program "${2:-}" || return 1
	goes_straight "$1" || rc=1
	cgroup_no_program "${2:-}"
	return "$rc"
}

# --- policies of IPsec ------------------------------------------------------

# policies NS add|del: for others' packets
policies()
{
	ip -n "$1" xfrm policy "$2" src 192.0.2.1 dst 192.0.2.2 dir out &&
		ip -n "$1" xfrm policy "$2" src 2001:db8::1 dst 2001:db8::2 dir fwd
}

# rules NS add|del: likewise, of routing
rules()
{
	ip -n "$1" -4 rule "$2" from 192.0.2.1 lookup main &&
		ip -n "$1" -6 rule "$2" from 2001:db8::1 lookup main
}

# blocked FAMILY NS out|fwd: where nothing may pass without a policy, nothing does
blocked()
{
	local rc=0 before
	goes_straight "$1" || return 1
	before="$(echos b1 "$1")"
	run ip -n "$2" xfrm policy setdefault "$3" block || return 1
	not answers "$(vip "$1" 2)" 1 || rc=1
	expect "requests that came" "$(echos b1 "$1")" "$before" || rc=1
	run ip -n "$2" xfrm policy setdefault "$3" accept || rc=1
	goes_straight "$1" || rc=1
	return "$rc"
}
# --- other routes to b1 ------------------------------------------------------

# second FAMILY LAST: an address on the second wire
second()
{
	if [ "$1" = 4 ]; then echo "10.0.9.$2"; else echo "fd00:9::$2"; fi
}

# second_wire NS DEVICE PEER: to the other's eth1, which has two addresses there
second_wire()
{
	local f
	ip link add "$2" netns "$1" type veth peer name eth1 netns "$3"
	for f in "$1:$2" "$3:eth1"; do
		in_ns "${f%:*}" sysctl -qw "net.ipv6.conf.${f#*:}.accept_dad=0" \
			net.ipv4.conf.all.rp_filter=0 \
			"net.ipv4.conf.${f#*:}.rp_filter=0"
		ip -n "${f%:*}" link set "${f#*:}" up
	done
	ip -n "$1" addr add "$(second 4 1)/24" dev "$2"
	ip -n "$1" addr add "$(second 6 1)/64" dev "$2" nodad
	for f in 11 21; do
		ip -n "$3" addr add "$(second 4 "$f")/24" dev eth1
		ip -n "$3" addr add "$(second 6 "$f")/64" dev eth1 nodad
	done
}

# received NS DEVICE: packets, so far
received()
{
	in_ns "$1" cat "/sys/class/net/$2/statistics/rx_packets"
}

CODED=50

# NS DEVICE: packets with one code point go by DEVICE, and straight; all others as before.
# Of a code point IPv4 routes know three bits, which were the type of service.
by_code_point()
{
	local rc=0 before direct
	goes_straight 4 || return 1
	run ip -n "$1" route add "$(addr 4 11)" tos 0x10 via "$(second 4 11)" dev "$2"
	before="$(received b1 eth1)"
	direct="$(counter direct)"
	in_ns a ping -n -q -c "$CODED" -i 0.01 -W 10 -Q 0x10 "$(vip 4 2)" >&2 || rc=1
	expect_num "came by the other device" $(($(received b1 eth1) - before)) \
		-ge "$CODED" || rc=1
	expect_num "went straight" $(($(counter direct) - direct)) -ge "$CODED" || rc=1
	before="$(received b1 eth1)"
	goes_straight 4 || rc=1
	expect_num "came by the other device" $(($(received b1 eth1) - before)) \
		-lt 20 || rc=1
	run ip -n "$1" route del "$(addr 4 11)" tos 0x10
	return "$rc"
}

# hops NS DEVICE FAMILY ADDRESS: two of them lead there
hops()
{
	ip -n "$1" nexthop add id 1 via "$(second "$3" 11)" dev "$2" &&
		ip -n "$1" nexthop add id 2 via "$(second "$3" 21)" dev "$2" &&
		ip -n "$1" nexthop add id 3 group 1/2 &&
		ip -n "$1" "-$3" route add "$4" nhid 3
}

unhop()
{
	ip -n "$1" "-$2" route del "$3" nhid 3
	ip -n "$1" nexthop flush >/dev/null 2>&1
}
