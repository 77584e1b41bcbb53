#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The flows of one endpoint that fails go to all survivors, by weight.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

setup
add_host b4 14
service b.com 2

# FAMILY WEIGHT-OF-B2 LEAST-OF-B2 LEAST-OF-B3: of 400 flows
spread()
{
	local b2 b3 report
	S service flush
	service b.com 2 || return 1
	endpoint b.com b4 14 || return 1
	S flow flush
	poll 5 no_flows || return 1
	report="$(echo_once -F 400 -w 64 "$(vip "$1" 2)")"
	expect received "$(field "$report" received)" 400 || return 1
	endpoint b.com b2 12 weight "$2" || return 1
	endpoint b.com b3 13 || return 1
	S endpoint set b.com b4 state down || return 1
	b2="$(json '.[0].flows' endpoint show b.com b2)"
	b3="$(json '.[0].flows' endpoint show b.com b3)"
	ktap_print_msg "IPv$1: weights $2 and 1: $b2 and $b3 flows"
	expect "flows of both" $((b2 + b3)) 400 &&
		expect_num "flows of b2" "$b2" -ge "$3" &&
		expect_num "flows of b3" "$b3" -ge "$4"
}

each_family "equal weights: both get a fair share" spread 1 120 120
each_family "weight 3 gets more than weight 1" spread 3 220 40
finish
