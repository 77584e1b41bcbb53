# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What it costs to move many flows: as long as to move hundreds. The cost is in the cells
# that flows are bound to, of which an endpoint has 16 for new ones: one flow is in one
# of them, hundreds are in all.
# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# How many addresses of a have 50,000 flows each; it may be set before this is read.
CLIENTS="${CLIENTS:-2}"
MANY=$((CLIENTS * 50000))

setup_cost()
{
	setup
	S domain set max-flows $((MANY + 100000))
}

# NAME VIPHOST HOST1 HOST2: a service with endpoints b1 and, for later, b2
place()
{
	ip -n b1 addr replace "$(addr 4 "$3")/16" dev eth0
	ip -n b2 addr replace "$(addr 4 "$4")/16" dev eth0
	S service add "$1" vip "$(vip 4 "$2")" timeout replied 2h &&
		S endpoint add "$1" netns b1 addr "$(addr 4 "$3")" &&
		S endpoint add "$1" netns b2 addr "$(addr 4 "$4")" state down
}

# VIPHOST FLOWS [OPTION...]
open_flows()
{
	in_ns a "$TOOLS/echoflood" -F "$2" -w 64 -W 500 "${@:3}" \
		"$(vip 4 "$1")" >&2
}

open_all()
{
	local n
	place many.com 2 11 12 && place few.com 3 31 32 &&
		place one.com 4 41 42 || return 1
	for ((n = 1; n <= CLIENTS; n++)); do
		ip -n a addr replace "10.0.2.$n/16" dev eth0
		open_flows 2 50000 -s "10.0.2.$n" || return 1
	done
	open_flows 3 300 && open_flows 4 1 || return 1
	S endpoint set many.com b2 state up
	S endpoint set few.com b2 state up
	S endpoint set one.com b2 state up
}

# SERVICE COLUMN: of what moves.py prints
cost()
{
	awk -v name="$1" -v n="$2" '$1 == name { print $n }' "$WORK/cost"
}

measure()
{
	open_all || return 1
	in_ns orch "$LIB_DIR/tools/moves.py" cost 100 one.com few.com many.com \
		>"$WORK/cost" || return 1
	cat "$WORK/cost" >&2
	expect_num "flows of many.com" "$(cost many.com 2)" -ge "$MANY" &&
		expect "cells of many.com" "$(cost many.com 3)" 16 &&
		expect "cells of few.com" "$(cost few.com 3)" 16 &&
		expect "cells of one.com" "$(cost one.com 3)" 1
}

# SERVICE SERVICE [TIMES]: the dearer of them costs less than twice the other, or so many
# times as much, and a microsecond: a clock may go by quarters of one
same_cost()
{
	local least most
	least="$(cost "$1" 4)" most="$(cost "$2" 4)"
	ktap_print_msg "shortest of 200 moves:" \
		"$least ns for $(cost "$1" 2) (cells: $(cost "$1" 3))," \
		"$most ns for $(cost "$2" 2) (cells: $(cost "$2" 3))"
	if [ "$least" -gt "$most" ]; then
		least="$most" most="$(cost "$1" 4)"
	fi
	expect_num "ns" "$most" -lt $((${3:-2} * least + 1000))
}

# how long a batch holds the locks: the latest that have been traced
locks_held()
{
	local ns
	mapfile -t ns < <(sed -n 's/.* sal_rebind: .* ns=//p' "$TRACING/trace" | sort -n)
	ktap_print_msg "the locks were held for 32 flows or less: ${#ns[@]} batches," \
		"median ${ns[${#ns[@]} / 2]} ns, 99 % ${ns[${#ns[@]} * 99 / 100]} ns," \
		"longest ${ns[-1]} ns"
	expect_num "batches" "${#ns[@]}" -gt 1000
}

# Figures, and no more: each is looked at and bound to another cell.
one_by_one()
{
	local flows ns
	read -r flows ns < <(in_ns orch "$LIB_DIR/tools/moves.py" each 3 \
		many.com)
	can_trace || return 1
	echo 1 >"$TRACING/events/sal/sal_rebind/enable"
	: >"$TRACING/trace"
	in_ns orch "$LIB_DIR/tools/moves.py" each 1 many.com >&2
	echo 0 >"$TRACING/events/sal/sal_rebind/enable"
	locks_held || return 1
	ktap_print_msg "shortest of 6 moves one by one:" \
		"$((ns / flows)) ns for each of $flows flows"
	expect_num "flows" "$flows" -ge "$MANY" &&
		expect "flows of one.com" "$(json '.[0].flows' \
			service show one.com)" 1
}

cost_cases()
{
	t "flows and their cells are there" measure
	t "$MANY flows move as fast as hundreds" same_cost few.com many.com
	t "$MANY flows, in 16 cells, take less than 16 times as long as one, in one" \
		same_cost one.com many.com 16
	t "$MANY flows move one by one" one_by_one
}
