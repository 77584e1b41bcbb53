#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The hold queue: its bounds, its order, and what comes after its time.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
service b.com 2

fresh()
{
	S service replace b.com vip "$(vip 4 2)" vip "$(vip 6 2)" "$@"
}

held()
{
	json '.[0].held_packets' service show b.com
}

no_held()
{
	json_is '.[0].held_packets' 0 service show b.com
}

# FAMILY: 20 requests, room for 8
packets()
{
	local before report
	fresh hold packets 8 bytes 1M time 30s
	before="$(counter hold-full)"
	flood f -R -n 20 -i 1000 -w 100 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 8 service show b.com || return 1
	poll 5 counted hold-full $((before + 1)) || return 1
	endpoint b.com b1 11
	report="$(flood_end f TERM)"
	S endpoint del b.com b1
	# the sender was told, and tried again: it saw ENOBUFS, not loss
	expect_num refused "$(field "$report" refused)" -gt 0 &&
		nothing_lost "$report"
}

counted()
{
	[ "$(counter "$1")" -ge "$2" ]
}

bytes()
{
	local before held report
	fresh hold packets 1000 bytes 8k time 30s
	before="$(counter hold-full)"
	flood f -R -n 20 -i 1000 -w 100 "$(vip "$1" 2)"
	poll 5 counted hold-full $((before + 1)) || return 1
	held="$(json '.[0].held_bytes' service show b.com)"
	endpoint b.com b1 11
	report="$(flood_end f TERM)"
	S endpoint del b.com b1
	expect_num "bytes held" "$held" -gt 0 &&
		expect_num "bytes held" "$held" -le 8192 &&
		nothing_lost "$report"
}

domain()
{
	local before held report
	fresh hold packets 1000 bytes 1M time 30s
	S domain set max-held 8k
	before="$(counter hold-domain-full)"
	flood f -R -n 20 -i 1000 -w 100 "$(vip "$1" 2)"
	poll 5 counted hold-domain-full $((before + 1)) || return 1
	held="$(json '.[0].held_bytes' domain show)"
	S domain set max-held 8M
	endpoint b.com b1 11
	report="$(flood_end f TERM)"
	S endpoint del b.com b1
	expect_num "bytes held" "$held" -gt 0 &&
		expect_num "bytes held" "$held" -le 8192 &&
		expect "bytes left" \
			"$(json '.[0].held_bytes' domain show)" 0 &&
		nothing_lost "$report"
}

# Requests that come while held ones leave queue up behind them.
order()
{
	local report i
	fresh hold packets 2000 bytes 8M time 30s
	flood f -n 0 -i 500 -w 1000 "$(vip "$1" 2)"
	for i in 1 2 3 4 5; do
		poll 5 json_is '.[0].held_packets > 20' true \
			service show b.com || return 1
		endpoint b.com b1 11 || return 1
		poll 5 json_is ".[0].gate$1" open service show b.com ||
			return 1
		echo "round $i" >&2
		S endpoint del b.com b1 || return 1
	done
	endpoint b.com b1 11
	report="$(flood_end f TERM)"
	S endpoint del b.com b1
	nothing_lost "$report"
}

# The ICMP error that means "host unreachable".
is_reject()
{
	local want
	if [ "$1" = 4 ]; then want="3 1"; else want="1 3"; fi
	expect "error" "$(field "$2" error.type) $(field "$2" error.code)" \
		"$want" &&
		expect "about" "$(field "$2" error.quoted)" "$(vip "$1" 2)"
}

# REPORT MS: by the client's clock the errors came after so long. The kernel
# counts time in ticks, and one has mostly begun when a packet comes: up to that
# much, 10 ms at the most, it may be early.
in_its_time()
{
	local first last
	first="$(field "$1" error.soonest_us)"
	last="$(field "$1" error.latest_us)"
	ktap_print_msg "held for $2 ms, rejected after $((first / 1000)) to" \
		"$((last / 1000)) ms"
	expect_num "soonest, us" "$first" -ge $(($2 * 1000 - 10000)) &&
		expect_num "latest, us" "$last" -le \
			$(($2 * 1000 + $(patience 10000000)))
}

# The requests come a while apart, so that each has a time of its own.
reject_after_time()
{
	local report before
	fresh hold packets 100 bytes 1M time 500ms on-empty reject
	before="$(counter empty)"
	report="$(echo_once -n 4 -i 100000 "$(vip "$1" 2)")"
	S stats show >&2
	expect received "$(field "$report" received)" 0 &&
		expect errors "$(field "$report" errors)" 4 &&
		is_reject "$1" "$report" && in_its_time "$report" 500 &&
		expect empty "$(counter empty)" $((before + 4))
}

drop_after_time()
{
	local report before
	fresh hold packets 100 bytes 1M time 300ms on-empty drop
	before="$(counter empty)"
	report="$(echo_once -n 3 -i 1000 -W 1500 "$(vip "$1" 2)")"
	poll 5 counted empty $((before + 3)) && poll 5 no_held || return 1
	expect received "$(field "$report" received)" 0 &&
		expect errors "$(field "$report" errors)" 0 &&
		expect empty "$(counter empty)" $((before + 3))
}

# Not before its time: the oldest is there, and answered, near the end of it.
in_time()
{
	local report
	fresh hold packets 100 bytes 1M time 60s on-empty reject
	flood f -n 3 -i 100 -W 60000 "$(vip "$1" 2)"
	poll 5 json_is '.[0].held_packets' 3 service show b.com || return 1
	endpoint b.com b1 11
	report="$(flood_end f)"
	S endpoint del b.com b1
	nothing_lost "$report"
}

# Nothing is held, nothing waits.
off()
{
	local report
	fresh hold off on-empty reject
	report="$(echo_once -n 3 -i 1000 "$(vip "$1" 2)")"
	expect held "$(held)" 0 &&
		expect errors "$(field "$report" errors)" 3 &&
		is_reject "$1" "$report"
}

# The real ping says what any ping says.
ping_says()
{
	local out want="Destination Host Unreachable"
	[ "$1" = 4 ] || want="Address unreachable"
	fresh hold off on-empty reject
	out="$(in_ns a ping -n -c 1 -W 20 "$(vip "$1" 2)")"
	echo "$out" >&2
	grep -q "$want" <<<"$out"
}

deleted_service()
{
	local before
	fresh hold packets 100 bytes 1M time 30s
	before="$(counter hold-purged)"
	flood f -n 5 -i 100 -w 100 -W 300 "$(vip 4 2)"
	poll 5 json_is '.[0].held_packets' 5 service show b.com || return 1
	S service del b.com
	flood_end f >/dev/null
	service b.com 2
	expect purged "$(counter hold-purged)" $((before + 5)) &&
		expect "bytes left" "$(json '.[0].held_bytes' domain show)" 0
}

deleted_member()
{
	local before
	fresh hold packets 100 bytes 1M time 30s
	before="$(counter hold-purged)"
	flood f -n 5 -i 100 -w 100 -W 300 "$(vip 4 2)"
	poll 5 json_is '.[0].held_packets' 5 service show b.com || return 1
	S member del a
	flood_end f >/dev/null
	S member add netns a route auto
	expect purged "$(counter hold-purged)" $((before + 5)) &&
		expect "bytes left" "$(json '.[0].held_bytes' domain show)" 0
}

each_family "no more packets than allowed; the sender is told" packets
each_family "no more bytes than allowed" bytes
each_family "no more bytes than the domain allows" domain
each_family "in order, and before any newer one" order
each_family "after its time a packet is rejected" reject_after_time
each_family "after its time a packet is dropped" drop_after_time
each_family "within its time it waits" in_time
each_family "hold off: rejected at once" off
each_family "ping tells the host unreachable" ping_says
t "a deleted service drops and counts what it held" deleted_service
t "a deleted member's packets are dropped and counted" deleted_member
finish
