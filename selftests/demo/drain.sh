# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Drains: b.com's instance is replaced three times while a.com pings it. The old one
# gets no new flows; it has half a second, after which the pings, which do not end,
# move; then it is told that it is drained, and only then it goes. Who waits is
# drain.sh of the examples, which is fed by salctl's monitor.

DRAIN_TIME=500ms

# drain_away OLD NEW
drain_away()
{
	sal_add "$2" || return 1
	mark "$(title_of "$1") is drained, with a deadline of $DRAIN_TIME"
	ip netns exec orchestrator "$REPO/userland/examples/drain.sh" b.com "$1" \
		deadline "$DRAIN_TIME" || return 1
	mark "it is drained, and was deleted; its namespace goes"
	end_instance "$1"
}

scene_drain()
{
	sal_begin b.com.1 b.com.2 b.com.3 || return 1
	pings_begin 2000 || return 1
	sleep 0.5
	drain_away b.com.1 b.com.2 || return 1
	sleep 0.5
	start_instance b.com.1
	drain_away b.com.2 b.com.3 || return 1
	sleep 0.5
	drain_away b.com.3 b.com.1
}
