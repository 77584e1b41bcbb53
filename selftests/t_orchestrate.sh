#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who is fed by salctl monitor -j alone can replace endpoints one after the other:
# drain.sh of the examples drains, waits for the event, and deletes.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/listen.sh
. "$(dirname "$0")/listen.sh"

setup_b_com
DRAIN="$LIB_DIR/../userland/examples/drain.sh"

away()
{
	echo "+ drain.sh b.com $*" >&2
	in_ns orch "$DRAIN" b.com "$@" >&2
}

gone()
{
	! json '.[].name' endpoint show b.com | grep -qx "$1"
}

# NUMBER: so many were told of
deletions()
{
	[ "$(told '.event == "endpoint-del"' | wc -l)" -ge "$1" ]
}

# FAMILY: each instance gives way to the next, four times, under a stream
rolling()
{
	local round report from=b1 host=11 to=b3 rc=0
	S flow flush
	S endpoint set b.com b2 state down
	flood f -n 0 -i 2000 -w 64 "$(vip "$1" 2)"
	poll 5 json_is length 1 flow show || return 1
	S endpoint del b.com b2
	listen || return 1
	for round in 1 2 3 4; do
		[ "$to" = b3 ] && host=13 || host=11
		endpoint b.com "$to" "$host" && away "$from" deadline 200ms ||
			rc=1
		gone "$from" || fail "round $round: $from is there" || rc=1
		read -r from to <<<"$to $from"
	done
	report="$(flood_end f TERM)"
	poll 5 deletions 4 || rc=1
	deaf
	endpoint b.com b2 12
	nothing_lost "$report" && [ "$rc" = 0 ] || return 1
	expect "each deletion after its last flow had gone" \
		"$(jq -r 'select(.event == "endpoint-del") | .state' \
		"$WORK/events" | sort -u)" drained &&
		expect "moved by" "$(told '.event == "migrate"' |
			jq -r .cause | sort | uniq -c | tr -s ' ')" " 4 deadline"
}

# No deadline: it waits as long as it takes; here for a request that ends the flow.
patiently()
{
	S endpoint set b.com b2 state down
	answers 10.1.0.2
	S endpoint set b.com b2 state up
	in_ns orch "$DRAIN" b.com b1 >&2 &
	local pid=$!
	poll 5 json_is '.[0].state' draining endpoint show b.com b1 || return 1
	S flow flush
	wait "$pid" || fail "drain.sh" || return 1
	gone b1 && endpoint b.com b1 11
}

# It is stopped, and run again when the kernel has done all of it.
again()
{
	answers 10.1.0.2
	S endpoint drain b.com b1 deadline 50ms
	poll 5 json_is '.[0].state' drained endpoint show b.com b1 || return 1
	away b1 && gone b1 && endpoint b.com b1 11
}

cancelled()
{
	local pid
	S endpoint set b.com b2 state down
	answers 10.1.0.2
	S endpoint set b.com b2 state up
	in_ns orch "$DRAIN" b.com b1 deadline 10m >&2 &
	pid=$!
	poll 5 json_is '.[0].state' draining endpoint show b.com b1 || return 1
	S endpoint undrain b.com b1
	! wait "$pid" || fail "nobody was told" || return 1
	json_is '.[0].state' up endpoint show b.com b1
}

# WORD FILE: what drain.sh hears of its drain is that it has missed something, when
# there is FILE, and nothing else
deafened()
{
	mkdir -p "$WORK/bin"
	cat >"$WORK/bin/salctl" <<-END
	#!/bin/bash
	[[ "\$*" = *monitor* ]] || exec $(type -P salctl) "\$@"
	echo '{"event":"listening"}'
	echo '{"event":"lost","group":"endpoint","count":2}'
	until [ -e "$2" ]; do sleep 0.1; done
	echo '{"event":"$1"}'
	exec sleep 1000
	END
	chmod +x "$WORK/bin/salctl"
}

# WORD COMMAND...: which it has missed; its result
missed()
{
	local word="$1" pid
	shift
	rm -f "$WORK/happened"
	S endpoint set b.com b2 state down
	answers 10.1.0.2
	S endpoint set b.com b2 state up
	deafened "$word" "$WORK/happened"
	PATH="$WORK/bin:$PATH" ip netns exec orch "$DRAIN" b.com b1 \
		>"$WORK/said" 2>&1 &
	pid=$!
	poll 5 json_is '.[0].state' draining endpoint show b.com b1 || return 1
	"$@" && touch "$WORK/happened" && wait "$pid"
}

flushed()
{
	S flow flush && poll 5 json_is '.[0].state' drained endpoint show b.com b1
}

# Events were lost: it looks for itself.
lost()
{
	missed overrun flushed && gone b1 && endpoint b.com b1 11 || return 1
	! missed lost S endpoint undrain b.com b1 &&
		grep -q "'b1' drains no more" "$WORK/said" &&
		json_is '.[0].state' up endpoint show b.com b1 || return 1
	! missed overrun S endpoint del b.com b1 || return 1
	cat "$WORK/said" >&2
	endpoint b.com b1 11 && grep -q "'b1' drains no more" "$WORK/said"
}

each_family "endpoints are replaced, one by one, under a stream" rolling
t "without a deadline" patiently
t "begun, and gone on with later" again
t "somebody else ends the drain" cancelled
t "it has missed events" lost
finish
