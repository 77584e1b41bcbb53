#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A packet of an established flow allocates nothing: slabs do not grow, and the
# module does not ask for memory that it would free again.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

PACKETS=100000

# Of the sizes that kmalloc() has, others take their share meanwhile. What is
# in CPUs' private lists counts as in use, up to five slabs of 64 objects for
# each of two CPUs, and what runs beside the packets (the test, the client's
# end, the bridge) comes and goes in dozens. Packets that kept anything would be
# seen a hundred times over.
NOISE=1000

setup_b_com

# --- what is in use ----------------------------------------------------------

# Name and objects of what the module can allocate from on behalf of packets:
# its own slab, and those it shares for held packets and ids of mapped flows (64
# bytes) and cells (128), accounted or not. All sizes are looked at: what else a
# packet might allocate would be news.
slabs()
{
	awk '/^(sal_flow|kmalloc-[^ ]*) / { print $1, $2 }' /proc/slabinfo |
		sort
}

# BEFORE AFTER: name and growth of each, what grew most last
growth()
{
	join "$1" "$2" | awk '{ print $1, $3 - $2 }' | sort -n -k 2
}

# KASAN keeps for a while what anybody has freed: sizes tell nothing then.
kasan()
{
	grep -q ' kasan_report$' /proc/kallsyms
}

no_growth()
{
	local name more rc=0

	cat "$1" >&2
	expect_num "slabs seen" "$(wc -l <"$1")" -ge 10 || rc=1
	# this one is the module's alone; KASAN may let go of an older one now
	expect_num "growth of sal_flow" \
		"$(sed -n 's/^sal_flow //p' "$1")" -le 0 || rc=1
	! kasan || return "$rc"
	while read -r name more; do
		[ "$more" -lt "$NOISE" ] || fail "$name grew by $more" || rc=1
	done <"$1"
	return "$rc"
}

# --- who asks ----------------------------------------------------------------

EVENTS=(kmem/kmalloc kmem/kmem_cache_alloc)

can_trace_memory()
{
	can_trace && [ -e "$TRACING/events/${EVENTS[0]}/filter" ]
}

# Allocations are told by where they are asked for: here, in the module's code.
# What that calls (for a route, for a copy of the packet) is not the module's;
# it would have to keep it to be seen above.
trace_begin()
{
	local text event

	# from the first function on, to some way behind where the last begins
	text="$(awk 'tolower($2) == "t" && $4 == "[sal]" { print $1 }' \
		/proc/kallsyms | sort | sed -n '1p;$p')"
	text="$(printf 'call_site >= %#x && call_site < %#x' \
		"0x${text%%$'\n'*}" $((0x${text##*$'\n'} + 4096)))"
	for event in "${EVENTS[@]}"; do
		echo "$text" >"$TRACING/events/$event/filter" &&
			echo 1 >"$TRACING/events/$event/enable" || return 1
	done
	: >"$TRACING/trace"
}

# Who asked: names of tasks and functions, and how often
trace_end()
{
	local event

	for event in "${EVENTS[@]}"; do
		echo 0 >"$TRACING/events/$event/enable"
		echo 0 >"$TRACING/events/$event/filter"
	done
	grep -o 'km.*call_site=[^ ]*' "$TRACING/trace" | sort | uniq -c
}

# --- the cases ---------------------------------------------------------------

no_allocation()
{
	local created report rc=0

	flood f -n "$PACKETS" -i 0 -w 64 "$(vip "$1" 2)"
	poll 5 json_is 'length' 1 flow show || return 1
	created="$(json '.[0].created' domain show)"
	! can_trace_memory || trace_begin || return 1
	slabs >"$WORK/before"
	report="$(flood_end f)"
	slabs >"$WORK/after"
	! can_trace_memory || trace_end >"$WORK/asked.$1"

	growth "$WORK/before" "$WORK/after" >"$WORK/growth"
	ktap_print_msg "IPv$1: grew most: $(tail -n 1 "$WORK/growth")"
	no_growth "$WORK/growth" || rc=1
	nothing_lost "$report" &&
		expect sent "$(field "$report" sent)" "$PACKETS" || rc=1
	expect "flows created" "$(json '.[0].created' domain show)" \
		"$created" || rc=1
	S flow flush
	return "$rc"
}

# That a new flow is seen shows that the trace sees what there is.
nothing_asked()
{
	can_trace_memory || { echo "no trace of allocations" >&2; return 4; }
	cat "$WORK/asked.$1" >&2
	expect "asked for memory" "$(wc -l <"$WORK/asked.$1")" 0 || return 1
	trace_begin || return 1
	answers "$(vip "$1" 2)"
	trace_end | tee >(cat >&2) | grep -q kmem_cache_alloc
}

each_family "100,000 packets, and slabs do not grow" no_allocation
each_family "nor did the module ask for memory meanwhile" nothing_asked
finish
