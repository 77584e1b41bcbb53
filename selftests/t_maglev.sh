#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Consistent hashing: two domains choose alike, and one endpoint of a hundred that
# goes changes little for the flows of the others.
#
#	orch   a --- nowhere	100 endpoints outside of this host: only which of
#	orch2  a2 --- nowhere	them a flow is bound to is looked at
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

N=100
FLOWS=20000

# nowhere NS: a device that takes whatever is sent to endpoints
nowhere()
{
	ip -n "$1" link add d0 type veth peer name d1
	ip -n "$1" link set d0 arp off
	ip -n "$1" link set d1 up
	ip -n "$1" link set d0 up
	ip -n "$1" addr add "$(addr 4 1)/32" dev d0
	ip -n "$1" addr add "$(addr 6 1)/128" dev d0 nodad
	ip -n "$1" route add 10.9.0.0/16 dev d0 src "$(addr 4 1)"
	ip -n "$1" route add fd00:9::/64 dev d0 src "$(addr 6 1)"
}

# DOMAIN CLIENT ORDER: as seq counts
setup_domain()
{
	local i
	add_ns "$1"
	add_ns "$2"
	nowhere "$2"
	{
		echo domain set "${DOMAIN[@]}"
		echo member add netns "$2" route auto
		# nobody answers, and it takes a while to look at all of them
		echo service add b.com vip "$(vip 4 2)" vip "$(vip 6 2)" \
			sched maglev timeout new 10m
		for i in $(eval "seq $3"); do
			echo endpoint add b.com n"$i" addr 10.9.0."$i" \
				addr fd00:9::"$i" weight $((i % 3 + 1))
		done
	} >"$WORK/batch"
	salctl -n "$1" -b "$WORK/batch" >/dev/null
}

# bindings DOMAIN CLIENT FAMILY: "id endpoint" of each flow, by id
bindings()
{
	salctl -n "$1" flow flush >&2
	in_ns "$2" "$TOOLS/echoflood" -F "$FLOWS" -e 1 -W 0 -i 0 -w "$FLOWS" \
		"$(vip "$3" 2)" >&2
	salctl -n "$1" -j flow show service b.com |
		jq -r '.[] | "\(.sport) \(.endpoint)"' | sort -k 1b,1
}

same()
{
	bindings orch a "$1" >"$WORK/first"
	expect "flows" "$(wc -l <"$WORK/first")" "$FLOWS" || return 1
	bindings orch2 a2 "$1" >"$WORK/second"
	cmp "$WORK/first" "$WORK/second"
}

# FAMILY: n50 goes; its flows must change, others need not
gone()
{
	local must more total
	bindings orch a "$1" >"$WORK/first"
	S endpoint set b.com n50 state down
	bindings orch a "$1" >"$WORK/second"
	S endpoint set b.com n50 state up
	must="$(grep -c ' n50$' "$WORK/first")"
	expect_num "flows of n50" "$must" -gt 0 &&
		expect "afterwards" "$(grep -c ' n50$' "$WORK/second")" 0 ||
		return 1
	more="$(join "$WORK/first" "$WORK/second" |
		awk '$2 != "n50" && $2 != $3' | wc -l)"
	total="$(join "$WORK/first" "$WORK/second" | wc -l)"
	expect "flows" "$total" "$FLOWS" || return 1
	ktap_print_msg "IPv$1: one of $N endpoints gone: $must of $FLOWS flows" \
		"had to change, $more more have"
	expect_num "more" "$((more * 100))" -le "$FLOWS"
}

back()
{
	bindings orch a "$1" >"$WORK/second"
	cmp "$WORK/first" "$WORK/second"
}

trap cleanup EXIT
load
setup_domain orch a "$N"
setup_domain orch2 a2 "$N -1 1"
each_family "two domains choose alike" same
for f in 4 6; do
	t "IPv$f: one endpoint of $N goes" gone "$f"
	bindings orch a "$f" >"$WORK/first"
	t "IPv$f: and comes back: all as before" back "$f"
done
S flow flush
finish
