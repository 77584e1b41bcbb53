#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Dumps are complete, resume, tell of changes, and are filtered in the kernel.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com
endpoint b.com b3 13
for i in {1..999}; do
	echo "service add s$i.com"
done >"$WORK/batch"
S -b "$WORK/batch"

dump()
{
	in_ns orch python3 "$LIB_DIR/tools/nl_dump.py" "$@"
}

complete()
{
	expect dump "$(dump)" \
		"parts=many services=1000 repeated=0 interrupted=no"
}

interrupted_by_del()
{
	expect dump "$(dump salctl service del s999.com)" \
		"parts=many services=999 repeated=0 interrupted=yes"
}

interrupted_by_add()
{
	expect dump "$(dump salctl service add s999.com)" \
		"parts=many services=1000 repeated=0 interrupted=yes"
}

filtered()
{
	S service add c.com vip 10.1.0.9
	ip -n b1 addr add 10.0.1.31/16 dev eth0
	S endpoint add c.com netns b1 addr 10.0.1.31 name c1
	answers 10.1.0.2 && answers fd00:254::2 && answers 10.1.0.9 || return 1
	expect "of the service" "$(json length endpoint show c.com)" 1 &&
		expect "flows of it" "$(json length flow show service c.com)" \
			1 &&
		expect "by protocol" "$(json length flow show proto icmpv6)" \
			1 &&
		expect "by source" \
			"$(json length flow show src 10.0.0.0/8)" 2 &&
		expect "by another source" \
			"$(json length flow show src 10.9.0.0/16)" 0 &&
		expect "by endpoint" "$(json length flow show service c.com \
			endpoint c1)" 1
}

t "1000 services, each once" complete
t "interrupted by a deletion" interrupted_by_del
t "interrupted by an addition" interrupted_by_add
t "filtered by the kernel" filtered
finish
