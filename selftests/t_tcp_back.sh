#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP connections that stay or go where a hand-over does not come to its end as it
# should: never does anything reset them, or are there two servers that have them.
# shellcheck source=selftests/handover.sh
. "$(dirname "$0")/handover.sh"

# stub COMMAND: run before salhandover's salctl moves anything to b2
stub()
{
	mkdir -p "$WORK/bin"
	cat >"$WORK/bin/salctl" <<-END
	#!/bin/bash
	case " \$* " in
	*" migrate b.com from b1 to b2 "*) $* ;;
	esac
	exec $(type -P salctl) "\$@"
	END
	chmod +x "$WORK/bin/salctl"
}

# from b1 to b2, in a world that has been prepared
try()
{
	PATH="$WORK/bin:$PATH" hand_over b1 b2 "$@" 2>"$WORK/said"
}

talk_begin()
{
	client both -i 3 both "$1" && client ask -c 4 ask "$1"
}

talk_end()
{
	clients_end both ask || return 1
	carried both received 20000 && carried ask answered 4
}

# flows of TCP are where the server is, and nothing waits
settled()
{
	expect "who has them" "$(json 'map(select(.proto == "tcp" or .proto == 6) |
		.endpoint) | unique | join(" ")' flow show service b.com)" "$1" ||
		return 1
	json_is '.[0] | has("frozen")' false service show b.com ||
		fail "it is frozen yet"
}

# FAMILY: It says nothing for longer than anybody wants to wait.
slow()
{
	local driver
	talk_begin "$1" || return 1
	stub "kill -STOP $TAKER"
	try -w 1000 &
	driver=$!
	PIDS+=("$driver")
	poll 20 grep -q "may have the sockets" "$WORK/said" || return 1
	kill -CONT "$TAKER"
	wait "$driver" || fail "$(cat "$WORK/said")" || return 1
	settled b2 || return 1
	hand_over b2 b1 || return 1
	talk_end
}

# FAMILY: It goes, with all that it has got.
gone()
{
	talk_begin "$1" || return 1
	stub "kill -KILL $TAKER"
	! try || fail "nobody has noticed" || return 1
	cat "$WORK/said" >&2
	server b2 || return 1
	TAKER="$SERVER_PID"
	settled b1 || return 1
	talk_end
}

# FAMILY: The server goes as soon as it has given all; its sockets should have stayed.
early()
{
	local driver server="$TAKER"
	hand_over b1 b2 || return 1
	talk_begin "$1" || return 1
	hand_over b2 b1 -l 60000 2>"$WORK/said" &
	driver=$!
	PIDS+=("$driver")
	poll 20 settled b1 || return 1
	kill -KILL "$server"
	wait "$driver" || fail "$(cat "$WORK/said")" || return 1
	cat "$WORK/said" >&2
	grep -q "closed already" "$WORK/said" || fail "it does not say so" || return 1
	server b2 || return 1
	TAKER="$SERVER_PID"
	talk_end
}

# what an orchestrator has said, and whose flows of echo they are
looks()
{
	json 'map("\(.name) \(.state) \(.drain_then) \((.drain_left // 0) > 0)") |
		sort | join(", ")' endpoint show b.com
	json 'map(select(.proto == "icmp" or .proto == 1) | .endpoint) | join(" ")' \
		flow show service b.com
}

# The successor drains, with a flow of its own, until a deadline.
own_flow()
{
	S endpoint drain b.com b1 && S endpoint undrain b.com b2 &&
		in_ns a ping -c 1 -W 10 "$(vip 4 2)" >&2 && S endpoint undrain b.com b1 &&
		S endpoint drain b.com b2 deadline 1h "then" reset
}

# COMMAND: in the middle of it; all is as it was
undone()
{
	local was rc=0
	S service set b.com timeout replied 1h && own_flow && talk_begin 4 || return 1
	was="$(looks)"
	[[ "$was" = *$'\nb2'* ]] || fail "it has no flow of its own" || return 1
	stub "${1/TAKER/$TAKER}"
	! try || fail "nobody has noticed" || rc=1
	cat "$WORK/said" >&2
	expect "before and after" "$(looks)" "$was" || rc=1
	settled b1 || rc=1
	if ! kill -0 "$TAKER" 2>/dev/null; then
		server b2 || return 1
		TAKER="$SERVER_PID"
	fi
	talk_end && return "$rc"
}

# NS WORD OTHER TEXT FAMILY: the server there hears another word than the driver says,
# and answers with an error; all is as it was.
misheard()
{
	local at="$WORK/control.$1" rc=0
	talk_begin "$5" || return 1
	mv "$at" "$at.real"
	rm -f "$WORK/proxy"
	python3 "$LIB_DIR/tools/move_proxy.py" "$at" "$at.real" "$2" "$3" \
		>"$WORK/proxy" 2>&1 &
	PIDS+=($!)
	poll 9 grep -qs listening "$WORK/proxy" || return 1
	rm -f "$WORK/bin/salctl"
	! try || fail "nobody has noticed" || rc=1
	mv "$at.real" "$at"
	cat "$WORK/said" >&2
	grep -q "control.$1 says: $4" "$WORK/said" || fail "not told" || rc=1
	settled b1 || rc=1
	hand_over b1 b2 && hand_over b2 b1 || return 1
	talk_end && return "$rc"
}

# "do not go on" is 3, "go on" is 6; each is wrong for the other side
no_release()
{
	misheard b1 3 6 "not asked for at this point: 6" "$1"
}

no_resume()
{
	misheard b2 6 3 "not expected: 3" "$1"
}

# a service whose flows would not follow
unfit()
{
	local rc=0 said
	client both -i 3 both 4 && client ask -c 4 ask 4 || return 1
	for said in "tcp pin" "hold off"; do
		# shellcheck disable=SC2086 # words
		S service set b.com $said || return 1
		! move 2>"$WORK/said" || fail "$said: it has moved" || rc=1
		grep "lacks" "$WORK/said" >&2 || fail "$said: it does not say so" || rc=1
		S service set b.com tcp repair hold packets 4000 bytes 8M time 20s ||
			return 1
	done
	clients_end both ask || return 1
	carried both received 100000 && carried ask answered 4 && return "$rc"
}

setup_handover
TAKER="$SERVER_PID"
t "a service that does not repair, or hold" unfit
t "a successor that takes its time" slow 4
t "a successor that goes" gone 6
t "a server that goes a moment early" early 4
t "a server that does not let go" no_release 4
t "a successor that cannot go on" no_resume 6
t "a migrate request that is refused" undone "exit 1"
t "flows of the successor's own" undone "kill -KILL TAKER"
finish
