# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For those who look which path packets take: how many went straight, and what is
# said of the paths.
# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# who sends, by its member's name; and where that is translated
case "$PLACEMENT" in
router)	SENDER=orch ;;
*)	SENDER=a ;;
esac

# what is said of paths was so at the last packet, so some are sent, of a conversation that
# is there; FAMILY ENDPOINT-HOST
path_kind()
{
	echo_once -n 5 -i 20000 -e 77 "$(vip "$1" 2)" >/dev/null
	json ".[0].path[] | select(.member == \"$SENDER\" and
		.addr == \"$(addr "$1" "$2")\" and .dscp == null) | .kind" \
		service show b.com
}

# straight, also where the kernel itself has hooks that are to see it, such as AppArmor's
ANY_DIRECT="direct|late"

# path_is KIND[|KIND] FAMILY
path_is()
{
	[[ "|$1|" = *"|$(path_kind "$2" 11)|"* ]]
}

# requests and answers, of a conversation that is there
FLOOD=200

# straight FAMILY LEAST MOST: so many of them went straight, and none was lost
straight()
{
	local before report n
	before="$(counter direct)"
	report="$(echo_once -n "$FLOOD" -i 500 -w 32 -e 77 "$(vip "$1" 2)")"
	nothing_lost "$report" || return 1
	n=$(($(counter direct) - before))
	expect_num "went straight" "$n" -ge "$2" &&
		expect_num "went straight" "$n" -le "$3"
}

# FAMILY [KIND]: all but those that had to begin it; both ways
goes_straight()
{
	poll 5 path_is "${2:-$ANY_DIRECT}" "$1" &&
		straight "$1" $((2 * FLOOD - 20)) $((2 * FLOOD))
}

# FAMILY KIND: that is why requests do not; answers may
goes_round()
{
	poll 5 path_is "$2" "$1" && straight "$1" 0 "$FLOOD"
}

# while FAMILY KIND SETUP UNDO: packets go straight, do not while SETUP is there, and do
while_there()
{
	local rc=0
	goes_straight "$1" || return 1
	run eval "$3" || return 4
	goes_round "$1" "$2" || rc=1
	run eval "$4" || rc=1
	goes_straight "$1" || rc=1
	return "$rc"
}

# FAMILY: neither where the service, nor where the domain says off
switched_off()
{
	local rc=0
	goes_straight "$1" || return 1
	S service set b.com direct off
	straight "$1" 0 0 || rc=1
	S service set b.com direct auto
	goes_straight "$1" || rc=1
	S domain set direct off
	straight "$1" 0 0 || rc=1
	S domain set direct auto
	goes_straight "$1" || rc=1
	return "$rc"
}

# tap NS DEVICE: somebody captures there, and writes down what
tap()
{
	rm -f "$WORK/tap.$1"
	ip netns exec "$1" python3 "$LIB_DIR/tools/tap.py" "$2" >"$WORK/tap.$1" 2>&1 &
	TAP=$!
	PIDS+=("$TAP")
	poll 5 grep -qs listening "$WORK/tap.$1"
}

untap()
{
	kill "$TAP"
	wait "$TAP" 2>/dev/null
	true
}
