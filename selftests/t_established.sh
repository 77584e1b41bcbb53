#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A packet of an established flow allocates nothing.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup_b_com

# What the module can allocate from on behalf of packets: its own slab, and
# those of the sizes of cells, held packets and mapped ids, which it shares.
no_allocation()
{
	local before after created report
	flood f -n 100000 -i 0 -w 64 "$(vip "$1" 2)"
	poll 5 json_is 'length' 1 flow show || return 1
	before="$(slab_objects sal_flow)"
	created="$(json '.[0].created' domain show)"
	report="$(flood_end f)"
	after="$(slab_objects sal_flow)"
	nothing_lost "$report" &&
		expect sent "$(field "$report" sent)" 100000 &&
		expect "objects in the slab" "$after" "$before" &&
		expect "flows created" "$(json '.[0].created' domain show)" \
			"$created" && S flow flush
}

each_family "100,000 packets, and the slab does not move" no_allocation
finish
