#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A minute of requests that are nearly right, under traffic. SAL_SEED replays.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

SEED="${SAL_SEED:-$((RANDOM * 32768 + RANDOM))}"
TIME="${SAL_FUZZ_TIME:-60}"

setup_b_com
ktap_print_msg "seed $SEED"

traffic()
{
	flood "$1" -n 0 -i 2000 -w 64 -W 1000 "$(vip "$1" 2)"
}

fuzz()
{
	in_ns orch python3 "$LIB_DIR/tools/nl_fuzz.py" "$SEED" "$TIME" \
		a b1 b2 b3 orch >"$WORK/fuzz" 2>&1
	local rc=$?
	cat "$WORK/fuzz" >&2
	ktap_print_msg "$(grep -m 1 seed= "$WORK/fuzz")"
	return "$rc"
}

# after all of that it is a domain like any other
works()
{
	flood_end 4 TERM >/dev/null
	flood_end 6 TERM >/dev/null
	S flush || return 1
	S domain set "${DOMAIN[@]}" max-services 100 max-endpoints 100 \
		max-members 100 max-flows 1000 max-held 8M policy allow || return 1
	S member add netns a route auto
	service b.com 2 && endpoint b.com b1 11 || return 1
	answers "$(vip 4 2)" && answers "$(vip 6 2)"
}

traffic 4
traffic 6
t "requests that are nearly right" fuzz
t "the domain works as before" works
finish
