#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A minute of packets that are nearly right, at every hook at once, while flows
# move and endpoints come and go. SAL_SEED replays.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

SEED="${SAL_SEED:-$((RANDOM * 32768 + RANDOM))}"
TIME="${SAL_FUZZ_TIME:-60}"

PLACEMENT=router
setup_b_com
S service set b.com hold packets 16 bytes 64k time 50ms
S domain set max-flows 2000
# both placements: a translates for itself, orch for what comes by its wire
S member add netns a route auto
S member add netns b1
ktap_print_msg "seed $SEED"

# FROM HOW...
send()
{
	echo "+ packet_fuzz.py $* &" >&2
	ip netns exec "$1" python3 "$LIB_DIR/tools/packet_fuzz.py" \
		"$((SEED + ${#SENDERS[@]}))" "$TIME" "${@:2}" \
		>>"$WORK/sent" 2>&1 &
	SENDERS+=($!)
	PIDS+=($!)
}

mac()
{
	in_ns "$1" cat "/sys/class/net/$2/address"
}

stirring()
{
	kill -0 "${SENDERS[@]}" 2>/dev/null
}

SENDERS=()
fuzz()
{
	local pid name rc=0 i=0
	send a out
	send orch out
	send a wire "$(mac orch va)"
	send b1 wire "$(mac orch vb1)"
	while stirring; do
		S migrate b.com from b1 to b2 >/dev/null
		S migrate b.com from b2 to b1 >/dev/null
		i=$((i + 1))
		[ $((i % 3)) -ne 0 ] || S endpoint set b.com b1 state down
		[ $((i % 7)) -ne 0 ] || S endpoint set b.com b2 state down
		S endpoint set b.com b1 state up
		S endpoint set b.com b2 state up
		[ $((i % 10)) -ne 0 ] || S flow flush
	done 2>/dev/null
	for pid in "${SENDERS[@]}"; do
		wait "$pid" || rc=1
	done
	cat "$WORK/sent" >&2
	expect "senders that told" "$(grep -c seed= "$WORK/sent")" 4 || rc=1
	ktap_print_msg "forward $(counter forward), reverse" \
		"$(counter reverse), error $(counter error), malformed" \
		"$(counter malformed), unsupported $(counter unsupported)"
	for name in forward reverse error malformed unsupported; do
		expect_num "$name" "$(counter "$name")" -gt 0 || rc=1
	done
	return "$rc"
}

works()
{
	S service set b.com hold packets 256 bytes 512k time 1s
	S flow flush
	answers "$(vip 4 2)" && answers "$(vip 6 2)" || return 1
	S member del netns a
	answers "$(vip 4 2)" && answers "$(vip 6 2)"
}

t "packets that are nearly right" fuzz
t "after them it answers, in both placements" works
finish
