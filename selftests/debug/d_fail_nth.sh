#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every allocation of every request fails once: it is refused and nothing has
# changed, or it is done all the same.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

if [ ! -e /proc/self/fail-nth ]; then
	echo "no fault injection"
	exit 4
fi
# those that may sleep, too; and no trace for each
for kind in failslab fail_page_alloc; do
	echo N >"/sys/kernel/debug/$kind/ignore-gfp-wait" || exit 1
	echo 0 >"/sys/kernel/debug/$kind/verbose" || exit 1
done

setup_b_com
S member add netns b1 2>/dev/null
S member add netns b2 2>/dev/null
S member del netns b3 2>/dev/null
flood f -n 0 -i 20000 "$(vip 4 2)"

# faults WHICH...
faults()
{
	local line
	in_ns orch python3 "$LIB_DIR/tools/fail_nth.py" "$@" >"$WORK/faults"
	while read -r line; do
		case "$line" in
		"ok "*)		ktap_test_pass "${line#*- }" ;;
		"not ok "*)	ktap_test_fail "${line#*- }" ;;
		esac
	done <"$WORK/faults"
	t "the requests were gone through" grep -q '^1\.\.' "$WORK/faults"
}

faults
t "nothing was lost meanwhile" nothing_lost "$(flood_end f TERM)"
faults flush
finish
