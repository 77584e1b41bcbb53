#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What was found wrong by reading Serval's code, as far as it can be done here. Each
# case says which defect of its it is about.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com
service c.com 3
endpoint c.com b3 13

net()
{
	if [ "$1" = 4 ]; then echo 10.1.0.0/24; else echo fd00:254::/64; fi
}

cleanly()
{
	local rc=0
	"$@" || rc=1
	S rule flush
	S flow flush
	return "$rc"
}

refused()
{
	! S "$@" 2>"$WORK/err"
}

# 0: a rule other than forward crashed the kernel, as it names no device; from
# anybody, as rights were not looked at (6)
bare_rules()
{
	local action
	for action in drop reject deliver upcall; do
		S rule replace "$(net "$1")" "$action" || return 1
		expect action "$(json '.[0].action' rule show "$(net "$1")")" \
			"$action" || return 1
		answers "$(vip "$1" 2)" || return 1
		in_ns a ping -n -c 1 -W 1 "$(vip "$1" 77)" >/dev/null 2>&1 ||
			true
	done
	answers "$(vip "$1" 2)"
}

# 1: an iteration over a set that is empty kept the table locked
empty_set()
{
	local i
	S service replace none.com vip "$(vip "$1" 90)"
	for i in 1 2 3; do
		not answers "$(vip "$1" 90)" 2 || return 1
		S endpoint show none.com || return 1
	done
	S service del none.com && answers "$(vip "$1" 2)"
}

# 3: an answer while another packet comes to the queue took a lock twice
answer_in_a_stream()
{
	local report i
	S rule add "$(net "$1")" upcall time 20s
	# fewer than the rule holds, of an address and of all
	flood x -n 60 -i 3000 -w 1000 -W 100 "$(vip "$1" 77)"
	flood f -n 120 -i 500 -w 60 -W 20000 "$(vip "$1" 50)"
	poll 5 json_is '.[0].held_packets > 60' true rule show "$(net "$1")" ||
		return 1
	for i in 1 2 3; do
		S rule add "$(vip "$1" "6$i")" forward c.com || return 1
	done
	S rule add "$(vip "$1" 50)" forward b.com || return 1
	report="$(flood_end f)"
	flood_end x >/dev/null
	nothing_lost "$report"
}

# 4: a target without its device was tried for ever
target_without_device()
{
	local rc=0
	ip -n b1 link set eth0 down
	ip -n b2 link set eth0 down
	poll 5 json_is ".[0].gate$1" closed service show b.com || rc=1
	not answers "$(vip "$1" 2)" 2 || rc=1
	ip -n b1 link set eth0 up
	ip -n b2 link set eth0 up
	ip -n b1 addr replace "$(addr 6 11)/64" dev eth0 nodad
	ip -n b2 addr replace "$(addr 6 12)/64" dev eth0 nodad
	poll 9 answers "$(vip "$1" 2)" && return "$rc"
}

# 5: drop and delay rules could not be deleted
deleted()
{
	local action
	for action in drop upcall reject deliver; do
		S rule add "$(net "$1")" "$action" &&
			S rule del "$(net "$1")" &&
			refused rule show "$(net "$1")" || return 1
	done
	expect rules "$(json length rule show)" 0
}

# 6: whoever was nobody could change it
nobodys_rule()
{
	nobody_in orch salctl rule add 10.9.0.0/16 drop 2>"$WORK/err" &&
		return 1
	cat "$WORK/err" >&2
	grep -q "not permitted\|CAP_NET_ADMIN\|needs" "$WORK/err" &&
		expect rules "$(json length rule show)" 0
}

# 7: what did not fit into the first buffer was not there; two readers at once
# spoiled each other's list
complete_dumps()
{
	local i
	for i in {0..999}; do
		echo "rule add 10.9.$((i / 250)).$((i % 250)) drop"
	done >"$WORK/many"
	S -b "$WORK/many" || return 1
	for i in 1 2 3 4; do
		(for _ in 1 2 3; do
			json 'map(.prefix) | unique | length' rule show
		done) >"$WORK/count.$i" &
		PIDS+=($!)
	done
	for i in 1 2 3 4; do
		poll 20 three_lines "$WORK/count.$i" || return 1
	done
	expect "what readers have seen" "$(sort -u "$WORK"/count.?)" 1000
}

three_lines()
{
	[ "$(wc -l <"$1")" -eq 3 ]
}

# 8: only those of the first rank were told; bytes dropped were packets dropped
all_told()
{
	S rule add "$(net "$1")" drop
	S rule add "$(vip "$1" 50)" forward c.com
	S rule add "$(vip "$1" 51)" redirect b.com
	expect rules "$(json 'map(.action) | sort | join(" ")' rule show)" \
		"drop forward redirect" &&
		expect endpoints "$(json length endpoint show b.com)" 2
}

# 9: a SYN that was sent again was resolved again, and opened a second half of a
# connection elsewhere. Nobody answers the first ones.
syn_again()
{
	local syns ns fw="table inet again {
		chain in {
			type filter hook input priority filter
			tcp dport 7001 tcp flags syn counter drop
		}
	}"
	S rule add "$(vip "$1" 50)" forward b.com
	echo "$fw" | in_ns b1 nft -f - && echo "$fw" | in_ns b2 nft -f - ||
		return 1
	in_ns a timeout "$(patience 4)" "$TOOLS/ask" tcp -t 3 \
		"$(vip "$1" 50)" 7001 >&2
	syns="$(for ns in b1 b2; do
		in_ns "$ns" nft -j list chain inet again in | jq '.nftables[] |
			.rule?.expr[]? | .counter? | select(.) | .packets'
	done | sort -n | tr '\n' ' ')"
	in_ns b1 nft delete table inet again
	in_ns b2 nft delete table inet again
	echo "SYNs: $syns" >&2
	expect "SYNs at the other one" "${syns%% *}" 0 &&
		expect_num "SYNs at one" "$(echo "${syns#* }" | tr -d ' ')" -ge 2
}

# 10: ids were numbers in a row, and whoever knew one could inject
injected()
{
	local before
	before="$(counter reverse)"
	answers "$(vip "$1" 2)" || return 1
	# b3, which is of another service, sends what is no answer of b.com's
	in_ns b3 ping -n -c 1 -W 20 "$(addr "$1" 1)" >/dev/null || return 1
	expect reverse "$(counter reverse)" $((before + 1))
}

# 12: a rule could not become one of another kind, nor a set be of odd size
other_kind()
{
	S rule add "$(vip "$1" 50)" drop &&
		S rule replace "$(vip "$1" 50)" forward c.com &&
		answers "$(vip "$1" 50)" &&
		S rule replace "$(vip "$1" 50)" redirect b.com &&
		answers "$(vip "$1" 50)" &&
		S rule replace "$(vip "$1" 50)" upcall time 100ms &&
		not answers "$(vip "$1" 50)" 2 &&
		S rule replace "$(vip "$1" 50)" forward b.com &&
		answers "$(vip "$1" 50)" || return 1
	printf '%s\n' "rule replace $(vip "$1" 50) drop" \
		"rule replace $(vip "$1" 51) drop" \
		"rule replace $(vip "$1" 52) drop" >"$WORK/odd"
	S -b "$WORK/odd" && expect rules "$(json length rule show)" 3
}

both()
{
	local f
	for f in 4 6; do
		t "IPv$f: $1" cleanly "$2" "$f"
	done
}

# 2, delay of a forwarded packet: t_rules_router.sh. 11: there is no lock held
# while packets are made; what is held while flows move is t_migrate_cost.sh.
both "0: rules that name nothing" bare_rules
both "1: a service without endpoints" empty_set
both "3: an answer while others come" answer_in_a_stream
both "4: an endpoint without its device" target_without_device
both "5: each kind of rule can be deleted" deleted
in_userns || t "6: rules need a right" cleanly nobodys_rule
t "7: dumps are complete, for several readers" cleanly complete_dumps
both "8: all is told" all_told
both "9: a SYN that is sent again goes to the same endpoint" syn_again
both "10: nobody else is taken for an answer" injected
both "12: a rule becomes one of another kind" other_kind
finish
