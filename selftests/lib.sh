# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests have in common. A test looks like this:
#
#	. "$(dirname "$0")/lib.sh"
#	setup
#	a_case() { ...; }		# returns 0 where all is well
#	t "what a user sees" a_case
#	each_family "the same" another	# once with 4 and once with 6
#	finish
#
# setup draws this picture, which is that of the 2018 experiment; names and
# addresses are the same in every test:
#
#	   a              b1             b2             b3
#	10.0.1.1       10.0.1.11      10.0.1.12      10.0.1.13
#	fd00:1::1      fd00:1::11     fd00:1::12     fd00:1::13
#	   |eth0          |eth0          |eth0          |eth0
#	   |va            |vb1           |vb2           |vb3
#	 [br0 ------------------- orch ---------------------]
#
#	orch	owns the domain; its bridge is a plain one
#	a	the client: a member with routes to the pools
#	b1..	where endpoints live
#	pools	10.1.0.0/24 and fd00:254::/64
#
# finish proves that all that was created is destroyed: flows, slab objects,
# the module itself.

LIB_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=selftests/ktap_helpers.sh
. "$LIB_DIR/ktap_helpers.sh"

set -u

export SAL_KO="${SAL_KO:?the module: run the tests by run.sh}"
TOOLS="${SAL_TOOLS:-$LIB_DIR/tools}"
WORK="$(mktemp -d)"
NAMESPACES=()
PIDS=()
BRIDGE_NETFILTER=

# What a domain is set to as a test begins. SAL_DIRECT (auto, off): whether packets may
# take the direct path; tests that are not about that pass with either.
DOMAIN=(vip-pool 10.1.0.0/24 vip-pool fd00:254::/64)
[ -z "${SAL_DIRECT:-}" ] || DOMAIN+=(direct "$SAL_DIRECT")

# SALCTL...: likewise a domain without these pools, by salctl with these arguments
set_direct()
{
	[ -z "${SAL_DIRECT:-}" ] || "$@" domain set direct "$SAL_DIRECT"
}

# Say what is run, so that a log can be followed by hand.
run()
{
	echo "+ $*" >&2
	"$@"
}

# salctl in the domain's namespace
S()
{
	echo "+ salctl -n orch $*" >&2
	salctl -n orch "$@"
}

# Whether it is run by root of a user namespace (run.sh, userns-t_NAME.sh).
in_userns()
{
	[ -n "${SAL_USERNS:-}" ]
}

# in NS COMMAND...
in_ns()
{
	local ns="$1"
	shift
	ip netns exec "$ns" "$@"
}

# nobody_in NS COMMAND...: with no right at all. This user namespace has no other
# user than root, who then keeps the name and nothing else.
nobody_in()
{
	local ns="$1" leave=(--reuid 65534 --clear-groups)
	shift
	! in_userns || leave=()
	in_ns "$ns" setpriv "${leave[@]}" --bounding-set -all "$@"
}

fail()
{
	echo "FAIL: $*" >&2
	return 1
}

# expect WHAT GOT WANT
expect()
{
	[ "$2" = "$3" ] || fail "$1: got '$2', want '$3'"
}

# expect_num WHAT GOT OPERATOR WANT, as test(1) compares
expect_num()
{
	test "$2" "$3" "$4" || fail "$1: $2 is not $3 $4"
}

# not the first one, where the machine has more
export OTHER_CPU=$((1 % $(nproc)))

# patience NUMBER: of seconds or the like, more where the machine is slow
patience()
{
	local times=1
	[ -z "${KSFT_MACHINE_SLOW:-}" ] || times=3
	echo $(($1 * times))
}

# poll SECONDS COMMAND...: until it succeeds. What takes longer is wrong; but time is
# also what others on the machine take, so it is as many as matter to nobody.
POLL_LEAST=20

poll()
{
	local limit end
	limit="$(patience "$1")"
	[ "$limit" -ge "$POLL_LEAST" ] || limit="$POLL_LEAST"
	shift
	end=$((SECONDS + limit))
	until "$@"; do
		if [ "$SECONDS" -ge "$end" ]; then
			fail "not within $limit s: $*"
			return 1
		fi
		sleep 0.02
	done
}

# is_bound NS PORT: by a program that serves there
is_bound()
{
	[ -n "$(in_ns "$1" ss -Hlntu "sport = $2")" ]
}

not()
{
	! "$@"
}

# --- addresses: FAMILY is 4 or 6 --------------------------------------------

# vip FAMILY N
vip()
{
	if [ "$1" = 4 ]; then echo "10.1.0.$2"; else echo "fd00:254::$2"; fi
}

# addr FAMILY N
addr()
{
	if [ "$1" = 4 ]; then echo "10.0.1.$2"; else echo "fd00:1::$2"; fi
}

# --- namespaces -------------------------------------------------------------

add_ns()
{
	run ip netns add "$1"
	NAMESPACES+=("$1")
	ip -n "$1" link set lo up
}

del_ns()
{
	local ns left=()

	run ip netns del "$1"
	for ns in "${NAMESPACES[@]}"; do
		[ "$ns" = "$1" ] || left+=("$ns")
	done
	NAMESPACES=("${left[@]}")
}

# connect NS HOST: NS gets eth0 on the bridge, with addresses that end in HOST.
# The hardware address is the host's, too: neighbours that remember another one
# for the same address would send to nowhere for a while.
connect()
{
	ip link add "v$1" netns orch type veth peer name eth0 netns "$1" \
		address "02:00:00:00:00:$2"
	ip -n orch link set "v$1" master br0 up
	ip -n "$1" addr add "$(addr 4 "$2")/16" dev eth0
	ip -n "$1" link set eth0 up
	ip -n "$1" addr add "$(addr 6 "$2")/64" dev eth0 nodad
}

# wire_up ROUTER NS HOST FUNCTION LINK: NS gets eth0 on a wire of its own to ROUTER, which
# routes; nobody else is on the link. FUNCTION FAMILY HOST is its address, and LINK tells
# hardware addresses of one HOST apart.
wire_up()
{
	local router="$1" ns="$2" f
	ip link add "v$ns" netns "$router" type veth peer name eth0 netns "$ns" \
		address "02:00:00:00:$5:$3"
	for f in "$router:v$ns" "$ns:eth0"; do
		in_ns "${f%:*}" sysctl -qw "net.ipv6.conf.${f#*:}.accept_dad=0"
		ip -n "${f%:*}" link set "${f#*:}" up
	done
	for f in 4 6; do
		ip -n "$router" addr add "$("$4" "$f" 254)" dev "v$ns"
		ip -n "$router" route add "$("$4" "$f" "$3")" dev "v$ns"
		ip -n "$ns" addr add "$("$4" "$f" "$3")" dev eth0
		ip -n "$ns" "-$f" route add default via "$("$4" "$f" 254)" \
			dev eth0 onlink
	done
}

# connect_routed NS HOST: the address is the same as on the bridge
connect_routed()
{
	wire_up orch "$1" "$2" addr 00
}

# add_host NS HOST
add_host()
{
	add_ns "$1"
	if [ "$PLACEMENT" = router ]; then
		connect_routed "$1" "$2"
	else
		connect "$1" "$2"
	fi
}

load()
{
	lsmod | grep -q '^sal ' || run insmod "$SAL_KO"
}

# Where a test may not, run.sh does so after it.
unload()
{
	in_userns || rmmod sal 2>/dev/null
}

# br_netfilter, as long as this test takes: while it is there it looks at what any bridge
# passes on, so there is no direct path along one
bridge_netfilter()
{
	! in_ns orch test -e /proc/sys/net/bridge/bridge-nf-call-iptables || return 0
	run modprobe br_netfilter && BRIDGE_NETFILTER=yes
}

setup_orch()
{
	add_ns orch
	if [ -z "${BRIDGELESS:-}" ]; then
		ip -n orch link add br0 type bridge
		ip -n orch link set br0 up
	fi
	if [ "$PLACEMENT" = router ]; then
		in_ns orch sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
	fi
	S domain set "${DOMAIN[@]}"
}

# PLACEMENT=edge: the picture above. PLACEMENT=router: hosts have wires of their
# own instead, orch routes between them and is the member, a is none. BRIDGELESS: it has
# no bridge, so br_netfilter, which is not a module everywhere, has no hooks there.
PLACEMENT="${PLACEMENT:-edge}"

setup()
{
	trap cleanup EXIT
	load
	setup_orch
	add_host a 1
	add_host b1 11
	add_host b2 12
	add_host b3 13
	if [ "$PLACEMENT" = router ]; then
		S member add netns orch
	else
		S member add netns a route auto
	fi
}

# service NAME VIPHOST [OPTION...]: with a VIP of each family
service()
{
	local name="$1" host="$2"
	shift 2
	S service add "$name" vip "$(vip 4 "$host")" vip "$(vip 6 "$host")" "$@"
}

# endpoint SERVICE NS HOST [OPTION...]
endpoint()
{
	local svc="$1" ns="$2" host="$3"
	shift 3
	[ "$PLACEMENT" = edge ] || set -- "$@" nomember
	S endpoint add "$svc" netns "$ns" addr "$(addr 4 "$host")" \
		addr "$(addr 6 "$host")" "$@"
}

# the services of the picture: b.com with b1 and b2
setup_b_com()
{
	setup
	service b.com 2 "$@"
	endpoint b.com b1 11
	endpoint b.com b2 12
}

# only NS...: of the picture's instances of b.com these take flows
only()
{
	local ns
	for ns in b1 b2; do
		S endpoint set b.com "$ns" \
			state "$([[ " $* " = *" $ns "* ]] && echo up ||
				echo down)"
	done
	S flow flush
}

# b.com's flows go from b1 to b2 and back, 25 times, by one batch
move_often()
{
	local _
	for _ in {1..25}; do
		echo "migrate b.com from b1 to b2"
		echo "migrate b.com from b2 to b1"
	done >"$WORK/moves"
	S -b "$WORK/moves" >/dev/null
}

# own add|del FAMILY: an address that b2 has besides
own()
{
	local bits=32 nodad=()
	[ "$2" = 4 ] || bits=128 nodad=(nodad)
	[ "$1" = add ] || nodad=()
	ip -n b2 addr "$1" "$(vip "$2" 60)/$bits" dev eth0 "${nodad[@]}"
}

# refused TEXT COMMAND...: by salctl, with this text on stderr
refused()
{
	local want="$1" text
	shift
	if text="$(S "$@" 2>&1)"; then
		fail "not refused: $*"
		return 1
	fi
	echo "$text" >&2
	[[ "$text" = *"$want"* ]] || fail "not told: $want"
}

# --- what a user sees -------------------------------------------------------

# json FILTER OBJECT-AND-ARGUMENTS...: one value out of salctl's JSON
json()
{
	local filter="$1"
	shift
	salctl -n orch -j "$@" | jq -r "$filter"
}

# json_is FILTER WANT OBJECT-AND-ARGUMENTS...
json_is()
{
	local filter="$1" want="$2"
	shift 2
	[ "$(json "$filter" "$@" 2>/dev/null)" = "$want" ]
}

# counter NAME: of the domain; without jq, for the same reason as field()
counter()
{
	local re="\"name\":\"$1\",\"packets\":([0-9]+)"

	[[ "$(salctl -n orch -j stats show)" =~ $re ]] && echo "${BASH_REMATCH[1]}"
}

# counters NAME...: in one line, all of one moment
counters()
{
	local filter='(map({(.name): .packets}) | add) as $c | "' name

	for name; do
		filter+="\(\$c[\"$name\"]) "
	done
	json "$filter\"" stats show
}

# echos NS FAMILY: echo requests that the namespace has received
echos()
{
	if [ "$2" = 4 ]; then
		in_ns "$1" awk '/^Icmp:/ && $2 ~ /^[0-9]/ { print $10 }' \
			/proc/net/snmp
	else
		in_ns "$1" awk '$1 == "Icmp6InEchos" { print $2 }' \
			/proc/net/snmp6
	fi
}

# ENDPOINT[,ENDPOINT...]: where all flows of b.com are
bound_to()
{
	json_is '[.[].endpoint] | unique | join(",")' "$1" \
		flow show service b.com
}

# NUMBER NS FAMILY: echo requests that it has received
more_than()
{
	[ "$(echos "$2" "$3")" -gt "$1" ]
}

# [NUMBER]: more packets than that wait for b.com
held_some()
{
	json_is ".[0].held_packets > ${1:-5}" true service show b.com
}

# --- the client -------------------------------------------------------------

# NAME COMMAND...: one that runs echoflood, in the background, for flood_end
flood_as()
{
	local name="$1"
	shift
	# not the report of an earlier one: the child's > may come too late
	rm -f "$WORK/flood.$name"
	"$@" >"$WORK/flood.$name" 2>"$WORK/flood.$name.err" &
	declare -g "FLOOD_$name=$!"
	PIDS+=($!)
}

# flood NAME [ECHOFLOOD OPTION...] ADDRESS: in the background, in namespace a;
# its report comes with flood_end NAME
flood()
{
	local name="$1"
	shift
	echo "+ echoflood $* &" >&2
	flood_as "$name" ip netns exec a "$TOOLS/echoflood" "$@"
}

# flood_end NAME [TERM]: wait for it, or stop it, and print its report
flood_end()
{
	local var="FLOOD_$1"
	if [ -n "${2:-}" ]; then
		kill -TERM "${!var}" || true
	fi
	# it writes once, at its end; wait(1) knows no pids of other shells
	if ! poll 60 test -s "$WORK/flood.$1"; then
		cat "$WORK/flood.$1.err" >&2
		return 1
	fi
	cat "$WORK/flood.$1"
	cat "$WORK/flood.$1" >&2
}

# FAMILY VIP: the source that b1 sees of a's request to it, which is answered
source_of()
{
	rm -f "$WORK/asked"
	ip netns exec b1 python3 "$LIB_DIR/tools/who_asks.py" "$1" 1 \
		>"$WORK/asked" 2>&1 &
	PIDS+=($!)
	poll 5 grep -qs listening "$WORK/asked" &&
		answers "$(vip "$1" "$2")" || return 1
	poll 5 grep -qv listening "$WORK/asked" || return 1
	grep -v listening "$WORK/asked" | cut -d ' ' -f 1
}

# echo_once [OPTION...] ADDRESS: and its report
echo_once()
{
	ip netns exec a "$TOOLS/echoflood" "$@" | tee >(cat >&2)
}

# serve NS PORT...: who echoes there, by UDP and TCP, and says who NS is
serve()
{
	local ns="$1" file="$WORK/serve.$1.$2"
	shift
	rm -f "$file"
	ip netns exec "$ns" "$TOOLS/echoserver" -n "$ns" "$@" >"$file" 2>&1 &
	PIDS+=($!)
	poll 5 grep -qs listening "$file"
}

# ask NS udp|tcp [OPTION...] ADDRESS PORT...: what who serves there answers, see
# tools/ask.c
ask()
{
	local ns="$1"
	shift
	in_ns "$ns" "$TOOLS/ask" "$@" | tee >(cat >&2)
}

# field REPORT NAME: its names are all different, and jq takes a fifth of a
# second to start in an emulated machine
field()
{
	local re="\"${2##*.}\": *\"?([^,\"}]*)"

	if [[ "$1" =~ $re ]]; then
		echo "${BASH_REMATCH[1]}"
	else
		echo null
	fi
}

# in one line, as a log may be shortened: what we, and what hosts and devices have
# counted since the test began, where something was lost
counted()
{
	local ns

	S -j stats show | jq -j '.[] | select(.packets > 0) |
		"\(.name)=\(.packets) "'
	for ns in $(ip netns list | cut -d ' ' -f 1); do
		in_ns "$ns" cat /proc/net/snmp6 /proc/net/dev | awk -v ns="$ns" '
			/^Ip6.*(Discards|NoRoutes|AddrErrors)|^Icmp6OutErr/ &&
			$2 > 0 { printf "%s:%s=%s ", ns, $1, $2 }
			/:/ && $5 + $13 > 0 {
				printf "%s:%sdrop=%s/%s ", ns, $1, $5, $13 }'
	done
	awk '{ printf "backlog:drop=%s ", $2 }' /proc/net/softnet_stat
}

# all_answered REPORT: every request was answered once, by the address that was
# asked
all_answered()
{
	local name rc=0

	expect_num "sent" "$(field "$1" sent)" -gt 0 || rc=1
	for name in lost duplicates wrong_source corrupt errors; do
		expect "$name" "$(field "$1" $name)" 0 || rc=1
	done
	[ "$(field "$1" lost)" = 0 ] || echo "FAIL: counted: $(counted)" >&2
	return $rc
}

# nothing_lost REPORT: and in order
nothing_lost()
{
	all_answered "$1" && expect reordered "$(field "$1" reordered)" 0
}

# The ID that a name has on every host: fd75:8ebb:fc98::/48, then the leading
# 80 bits of SHA-256 of the name.
id_of()
{
	local hash
	hash="$(printf %s "$1" | sha256sum)"
	python3 -c 'import ipaddress, sys
print(ipaddress.IPv6Address(int("fd758ebbfc98" + sys.argv[1][:20], 16)))' \
		"$hash"
}

# there is a tracefs
export TRACING=/sys/kernel/tracing
can_trace()
{
	[ -e "$TRACING/trace" ] || mount -t tracefs tracefs "$TRACING"
}

# answers VIP [SECONDS]: a ping gets its reply; it waits for long, as that says
# nothing of a machine that is busy
answers()
{
	in_ns a ping -n -c 1 -W "${2:-20}" "$1" >/dev/null
}

# pings NS COUNT [OPTION...] ADDRESS: so many requests at once, for whose replies ping
# waits as long; once one was there it would not wait longer than its interval
pings()
{
	local ns="$1" count="$2"
	shift 2
	in_ns "$ns" ping -n -c "$count" -l "$count" -i 20 -W 20 "$@"
}

# --- what is under way -------------------------------------------------------

ms()
{
	echo $((${EPOCHREALTIME/./} / 1000))
}

# while_under_way COMMAND...: what is sent takes WAY seconds, and something is done
# meanwhile. Where a slow machine took longer for that, which the command says by
# TOO_SLOW (see in_time), it proves nothing, and is done again with a longer way.
while_under_way()
{
	for WAY in 2 10 40; do
		TOO_SLOW=
		"$@" && return
		[ -n "$TOO_SLOW" ] || return 1
		echo "# the machine was too slow for $WAY s" >&2
	done
	return 1
}

# in_time START: what came after ms said START was done while it was under way
in_time()
{
	[ $(($(ms) - $1)) -lt $((WAY * 1000)) ] || TOO_SLOW=yes
}

# --- cases ------------------------------------------------------------------

# t NAME COMMAND...
t()
{
	echo "--- $1 (after $SECONDS s)" >&2
	ktap_test_result "$@"
}

# each_family NAME COMMAND ARGUMENT...: COMMAND FAMILY ARGUMENT...
each_family()
{
	local name="$1" cmd="$2" f
	shift 2
	for f in 4 6; do
		t "IPv$f: $name" "$cmd" "$f" "$@"
	done
}

# --- the end ----------------------------------------------------------------

slab_objects()
{
	awk -v name="$1" '$1 == name { print $2 }' /proc/slabinfo
}

no_flows()
{
	json_is '.[0] | "\(.flows) \(.created == .destroyed)"' "0 true" \
		domain show
}

SLABS=(sal_flow sal_flow_acct)

no_slab_objects()
{
	local slab
	for slab in "${SLABS[@]}"; do
		[ "$(slab_objects "$slab")" = 0 ] || return 1
	done
}

# Slab counts what sits in CPUs' private lists, too; a shrink returns it.
shrunk_to_nothing()
{
	local slab
	for slab in "${SLABS[@]}"; do
		[ ! -d "/sys/kernel/slab/$slab" ] || echo 1 \
			>"/sys/kernel/slab/$slab/shrink" 2>/dev/null || true
	done
	no_slab_objects
}

unloaded()
{
	unload || ! lsmod | grep -q '^sal '
}

ledger()
{
	local ns

	if ip netns list | grep -q '^orch\b'; then
		S flush || return 1
		poll 5 no_flows || return 1
		json '.[0]' domain show >&2
		echo "# went straight: $(counter direct)" >&2
	fi
	for ns in "${NAMESPACES[@]}"; do
		ip netns del "$ns" || return 1
	done
	NAMESPACES=()
	lsmod | grep -q '^sal ' || return 0
	poll 5 shrunk_to_nothing || return 1
	poll 5 unloaded || return 1
	in_userns || ! grep '^sal_' /proc/slabinfo >&2 ||
		fail "a slab is left"
}

# Only what this test has started, by its number.
cleanup()
{
	local pid ns

	for pid in "${PIDS[@]}"; do
		kill "$pid" 2>/dev/null
	done
	for ns in "${NAMESPACES[@]}"; do
		ip netns del "$ns" 2>/dev/null
	done
	NAMESPACES=()
	unload
	[ -z "$BRIDGE_NETFILTER" ] || rmmod br_netfilter
	rm -rf "$WORK"
}

finish()
{
	t "all that was created is destroyed" ledger
	ktap_set_plan "$KTAP_NUM"
	ktap_finished
}

ktap_print_header
