#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bad requests: errno, text and attribute; and nothing has changed.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com
S endpoint set b.com b2 state down
S service add c.com vip 10.1.0.3
S endpoint add c.com netns b3 addr 10.0.1.13
add_ns other
ip netns exec other salctl member add netns other

in_ns orch python3 "$LIB_DIR/tools/nl_bad.py" >"$WORK/bad" 2>&1
grep -v '^\(not \)\?ok' "$WORK/bad" >&2
while read -r line; do
	case "$line" in
	"ok "*)		ktap_test_pass "${line#*- }" ;;
	"not ok "*)	ktap_test_fail "${line#*- }" ;;
	esac
done <"$WORK/bad"
t "the table was gone through" grep -q "nothing has changed" "$WORK/bad"
finish
