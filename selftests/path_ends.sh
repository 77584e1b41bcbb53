# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What ends a path, while packets take it, for both placements: nothing is lost but by what
# happens, and what comes then goes straight again where it may. b2 is there to take over.
# shellcheck source=selftests/path.sh
. "$(dirname "${BASH_SOURCE[0]}")/path.sh"

setup_ends()
{
	setup_path
	endpoint b.com b2 12 state down
}

# b1 has all flows, whatever has become of it
b1_there()
{
	[ -z "$ENDED" ] || {
		S endpoint del b.com b1 2>/dev/null
		! ip netns list | grep -q '^b1\b' || del_ns b1
		# all of it, before its name and addresses come again
		ip -n orch link del vb1 2>/dev/null
		add_host b1 11
		endpoint b.com b1 11
	}
	ENDED=""
	S endpoint set b.com b2 state down
	S flow flush
}

ENDED=""

# a path was taken by more than NUMBER
direct_beyond()
{
	[ "$(counter direct)" -gt "$1" ]
}

# a flood goes on, straight
flows_straight()
{
	poll 10 direct_beyond $(($(counter direct) + 50))
}

# under_flood FAMILY COMMAND...: which gets FAMILY, and finds it in FAMILY, too; the flood's
# report is in REPORT
under_flood()
{
	local rc=0
	FAMILY="$1"
	b1_there
	poll 5 path_is "$ANY_DIRECT" "$1" || return 1
	flood f -n 0 -i 1000 -w 30000 -W 1000 -e 78 "$(vip "$1" 2)"
	flows_straight || rc=1
	"$2" "$1" "${@:3}" || rc=1
	flows_straight || rc=1
	REPORT="$(flood_end f TERM)"
	return "$rc"
}

# FAMILY COMMAND...
without_loss()
{
	under_flood "$@" && nothing_lost "$REPORT"
}

# FAMILY COMMAND...: what is lost is not so by us; but nothing comes twice, or late
with_loss()
{
	local rc=0 name
	under_flood "$@" || rc=1
	for name in duplicates wrong_source corrupt reordered; do
		expect "$name" "$(field "$REPORT" $name)" 0 || rc=1
	done
	return "$rc"
}

# FAMILY COMMAND...: b2 goes on, and its path is as good
taken_over()
{
	local rc=0
	S endpoint set b.com b2 state up
	ENDED=yes
	"${@:2}" || rc=1
	poll 5 bound_to b2 || rc=1
	poll 5 path_is "$ANY_DIRECT" "$1" 12 || rc=1
	return "$rc"
}

# FAMILY COMMAND UNDO: while it is so nothing comes to b1, by whatever path
nothing_comes()
{
	local rc=0 before
	run eval "$2" || return 1
	# what was under way
	poll 5 stands_still "$1" || rc=1
	before="$(echos b1 "$1")"
	sleep 0.2
	expect "requests that came" "$(echos b1 "$1")" "$before" || rc=1
	run eval "$3" || rc=1
	return "$rc"
}

stands_still()
{
	local before
	before="$(echos b1 "$1")"
	sleep 0.1
	[ "$(echos b1 "$1")" = "$before" ]
}

# --- what happens -----------------------------------------------------------

moved()
{
	S endpoint set b.com b2 state up
	S migrate b.com from b1 to b2 && bound_to b2 &&
		flows_straight && poll 5 path_is "$ANY_DIRECT" "$1" 12 || return 1
	S migrate b.com from b2 to b1 && bound_to b1
}

selected()
{
	S endpoint set b.com b2 state up
	S migrate b.com from b1 to b2 sport 78 && bound_to b1,b2 &&
		flows_straight || return 1
	S migrate b.com from b2 to b1 sport 78 && bound_to b1
}

no_address()
{
	local bits=16
	[ "$FAMILY" = 4 ] || bits=64
	[ "$PLACEMENT" = edge ] || bits=$([ "$FAMILY" = 4 ] && echo 32 || echo 128)
	run ip -n b1 addr del "$(addr "$FAMILY" 11)/$bits" dev eth0
}

renamed()
{
	run ip -n orch link set vb1 name other && flows_straight || return 1
	run ip -n orch link set other name vb1
}

# the hardware address changes, and who knew the other forgets it
another_neighbour()
{
	run ip -n b1 link set eth0 address 02:00:00:00:01:11
	ip -n "$SENDER" neigh flush to "$(addr "$1" 11)"
	flows_straight || return 1
	run ip -n b1 link set eth0 address 02:00:00:00:00:11
	ip -n "$SENDER" neigh flush to "$(addr "$1" 11)"
}

denied()
{
	nothing_comes "$1" "S policy add from any to b.com deny" \
		"S policy del from any to b.com"
}

no_route()
{
	local to how
	to="$(addr "$1" 11)"
	# before one that is there
	how="prepend blackhole $to"
	[ "$1" = 4 ] || how="add blackhole $to metric 1"
	nothing_comes "$1" "ip -n $SENDER route $how" \
		"ip -n $SENDER route del blackhole $to"
}

switched()
{
	local before
	S "$2" set ${3:+"$3"} direct off
	before="$(counter direct)"
	poll 5 more_than $(($(echos b1 "$1") + 50)) b1 "$1" || return 1
	# what was under way on another CPU
	expect_num "went straight" "$(counter direct)" -le $((before + 2)) || return 1
	S "$2" set ${3:+"$3"} direct auto
}

ends_cases()
{
	each_family "flows move" without_loss moved
	each_family "some flows move" without_loss selected
	each_family "the address goes" without_loss taken_over no_address
	each_family "the device goes down" without_loss taken_over \
		ip -n b1 link set eth0 down
	# the kernel cuts the wire before it tells anybody
	each_family "the device goes" with_loss taken_over \
		ip -n b1 link del eth0
	each_family "the namespace goes" without_loss taken_over del_ns b1
	each_family "a device on the way has another name" without_loss renamed
	each_family "the neighbour has another hardware address" with_loss \
		another_neighbour
	each_family "the service is switched off and on" without_loss switched \
		service b.com
	each_family "the domain is switched off and on" without_loss switched domain
	each_family "a policy denies it" with_loss denied
	each_family "there is no route" with_loss no_route
}
