#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A million services: they come from one file, are found by name and by address,
# take so many bytes each, and go. With sanitizers fewer, whose size has no bound.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

MANY=1000000
! grep -q ' kasan_report$' /proc/kallsyms || MANY=10000
# what each may take: itself, its VIP, its name and its places in tables
MANY_BYTES=512

# One of 16 has an IPv4 address as its VIP, one a prefix; the ID of all others
# follows from their name.
many_lines()
{
	awk -v n="$MANY" 'BEGIN {
		for (i = 1; i <= n; i++) {
			vip = ""
			if (i % 16 == 1)
				vip = sprintf(" vip 100.%d.%d.%d",
					64 + int(i / 65536) % 64,
					int(i / 256) % 256, i % 256)
			else if (i % 16 == 2)
				vip = sprintf(" vip fd01:%x:%x::/64",
					int(i / 65536), i % 65536)
			printf "service add s%07d.example.org%s\n", i, vip
		}
	}'
}

many_name()
{
	printf "s%07d.example.org\n" "$1"
}

# NAME: the ID that follows from it. As id_of(), but without another program.
many_id()
{
	local hash
	hash="$(printf %s "$1" | sha256sum)"
	echo "fd75:8ebb:fc98:${hash:0:4}:${hash:4:4}:${hash:8:4}:${hash:12:4}:${hash:16:4}"
}

# N: the address that it is asked by
many_addr()
{
	case $(($1 % 16)) in
	1)	echo "100.$((64 + $1 / 65536 % 64)).$(($1 / 256 % 256)).$(($1 % 256))" ;;
	2)	printf "fd01:%x:%x::77\n" $(($1 / 65536)) $(($1 % 65536)) ;;
	*)	many_id "$(many_name "$1")" ;;
	esac
}

# kB of slabs and of tables that are too large for them
memory()
{
	awk '$1 == "Slab:" || $1 == "VmallocUsed:" { sum += $2 }
		END { print sum }' /proc/meminfo
}

# NAME: bytes of a slab's object, with its share of the slab
slab_size()
{
	awk -v name="$1" '$1 == name { printf "%d\n", $6 * 4096 / $5 }' \
		/proc/slabinfo
}

setup_many()
{
	setup
	S domain set "${DOMAIN[@]}" max-services $((MANY + 10)) \
		vip-pool fd75:8ebb:fc98::/48 vip-pool 100.64.0.0/10
}

# BEFORE: bytes that each takes more than then, in MANY_EACH. Tables that were
# outgrown are freed a moment later.
many_are_small()
{
	MANY_EACH=$((($(memory) - $1) * 1024 / MANY))
	[ "$MANY_EACH" -lt "$MANY_BYTES" ]
}

many_load()
{
	local before start rc=0

	many_lines >"$WORK/many"
	S service add warm.up && S service del warm.up || return 1
	before="$(memory)"
	start="$EPOCHREALTIME"
	S -b "$WORK/many" >/dev/null || return 1
	awk -v a="$start" -v b="$EPOCHREALTIME" -v n="$MANY" 'BEGIN {
		printf "# %d services in %.1f s, %d a second\n", n, b - a,
			n / (b - a) }'
	rm "$WORK/many"
	expect services "$(json '.[0].services' domain show)" "$MANY" || return 1
	if grep -q ' kasan_report$' /proc/kallsyms; then
		# what sanitizers add has no bound
		many_are_small "$before"
	else
		poll 10 many_are_small "$before" || rc=1
	fi
	ktap_print_msg "$MANY_EACH bytes each by /proc/meminfo; objects:" \
		"service $(slab_size sal_service), VIP $(slab_size sal_vip)"
	return "$rc"
}

# N: it is found by its name, and by its address
many_found()
{
	local name addr
	name="$(many_name "$1")" addr="$(many_addr "$1")"
	expect "by name" "$(json '.[0].name' service show "$name")" "$name" &&
		expect "by $addr" "$(json '.[0].service' resolve "$addr")" \
			"$name"
}

many_sample()
{
	local i

	for i in 1 2 "$MANY" $((1 + SRANDOM % MANY)) \
		$((1 + SRANDOM % MANY)) $((1 + SRANDOM % MANY)); do
		many_found "$i" || return 1
	done
}

# N: it gets an endpoint and answers
many_serves()
{
	local name
	name="$(many_name "$1")"
	endpoint "$name" b1 11 || return 1
	poll 5 answers "$(many_addr "$1")" 1 || return 1
	S endpoint del "$name" b1
}

# but for those that served: an endpoint is remembered for a minute
many_gone()
{
	local SLABS=(sal_flow sal_flow_acct sal_service sal_vip)
	shrunk_to_nothing
	[ "$(slab_objects sal_vip)" = 0 ] &&
		[ "$(slab_objects sal_service)" -le 2 ]
}

many_end()
{
	local start="$EPOCHREALTIME"

	S flush || return 1
	awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN {
		printf "# gone within %.1f s\n", b - a }'
	expect services "$(json '.[0].services' domain show)" 0 || return 1
	poll 30 many_gone
}

setup_many
t "$MANY services come from one file" many_load
t "they are found by name and by address" many_sample
t "IPv4: one of them answers" many_serves $((MANY / 2 - MANY / 2 % 16 + 1))
t "IPv6: one of them answers" many_serves $((MANY / 2 - MANY / 2 % 16 + 5))
t "they go, and nothing is left of them" many_end
finish
