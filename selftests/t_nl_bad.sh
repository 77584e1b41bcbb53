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
add_ns free

# more endpoints than can be named at a time
{
	echo "service add many.com"
	echo "endpoint add many.com name to addr 10.0.9.100"
	for i in {0..64}; do
		echo "endpoint add many.com name e$i addr 10.0.9.$i"
	done
} >"$WORK/batch"
S -b "$WORK/batch"

# a flow of a family that d2 has not; one that is in use does not go away
service d.com 4
ip -n b2 addr add 10.0.1.22/16 dev eth0
ip -n b2 addr add fd00:1::22/64 dev eth0 nodad
ip -n b3 addr add 10.0.1.23/16 dev eth0
S endpoint add d.com netns b2 name d1 addr 10.0.1.22 addr fd00:1::22
S endpoint add d.com netns b3 name d2 addr 10.0.1.23
flood d -n 0 -i 200000 "$(vip 6 4)"
poll 5 json_is 'length > 0' true flow show service d.com

in_ns orch python3 "$LIB_DIR/tools/nl_bad.py" >"$WORK/bad" 2>&1
unshare -Urn python3 "$LIB_DIR/tools/nl_bad.py" foreign >>"$WORK/bad" 2>&1
flood_end d TERM >/dev/null

grep -v '^\(not \)\?ok' "$WORK/bad" >&2
while read -r line; do
	case "$line" in
	"ok "*)		ktap_test_pass "${line#*- }" ;;
	"not ok "*)	ktap_test_fail "${line#*- }" ;;
	esac
done <"$WORK/bad"
t "the tables were gone through" expect "tables" \
	"$(grep -c "all rows were gone through" "$WORK/bad")" 2
finish
