#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Conversations outlive the module: ping, UDP and TCP, with both sides sending all the
# time, while sal-upgrade brings another build; by hand, step by step; and where steps
# of sal-upgrade fail, and it is told to go on.
# shellcheck source=selftests/upgrade.sh
. "$(dirname "$0")/upgrade.sh"

setup_upgrade || exit 1

# without PROGRAM TEXT ARGUMENT...: sal-upgrade fails where PROGRAM does, and says TEXT
without()
{
	local program="$1" text="$2"
	shift 2
	mkdir -p "$WORK/bin"
	rm -f "$WORK/bin/"*
	[ -z "$program" ] || ln -s "$(type -P false)" "$WORK/bin/$program"
	if PATH="$WORK/bin:$PATH" run "$UPGRADE" "$@" 2>"$WORK/said"; then
		fail "it has not failed"
		return 1
	fi
	cat "$WORK/said" >&2
	grep -qF "$text" "$WORK/said" || fail "not told: $text"
}

space_of()
{
	readlink "/proc/$1/ns/net"
}

# beside PID...: all in one namespace, which is another than ours
beside()
{
	local pid
	[ "$(space_of "$1")" != "$(space_of $$)" ] || return 1
	for pid; do
		[ "$(space_of "$pid")" = "$(space_of "$1")" ] || return 1
	done
}

# a domain, and member of itself, of which only two processes know
unnamed()
{
	unshare -n sleep 1000 &
	FIRST=$!
	PIDS+=("$FIRST")
	poll 5 beside "$FIRST" || return 1
	nsenter -n -t "$FIRST" sleep 1000 &
	OTHER=$!
	PIDS+=("$OTHER")
	poll 5 beside "$FIRST" "$OTHER" || return 1
	nsenter -n -t "$FIRST" ip link set lo up
	salctl -n "/proc/$FIRST/ns/net" service add x.com vip 10.7.0.1 &&
		salctl -n "/proc/$FIRST/ns/net" member add pid "$FIRST" name x
}

no_guards()
{
	expect "guard" "$(S upgrade-guard)" off &&
		expect "tables" "$(nsenter -n -t "$OTHER" nft list tables)" "" &&
		not ls -d /var/lib/sal/upgrade.* 2>/dev/null
}

# The one process that had the namespace's path goes meanwhile.
with_failures()
{
	local dir
	unnamed && without rmmod "nothing has changed" "$SAL_KO" && no_guards &&
		poll 10 flows_busy || return 1
	without "" "cannot load $LIB_DIR/lib.sh" "$LIB_DIR/lib.sh" || return 1
	dir="$(ls -d /var/lib/sal/upgrade.*)"
	without "" "the module is not loaded" -r "$dir" || return 1
	kill "$FIRST"
	wait "$FIRST" 2>/dev/null
	run insmod "$SAL_KO" || return 1
	without nft "cannot remove the guard of /run/netns/orch" -r "$dir" ||
		return 1
	run "$UPGRADE" -r "$dir" && no_guards || return 1
	run salctl -n "/proc/$OTHER/ns/net" -o service show x.com &&
		salctl -n "/proc/$OTHER/ns/net" flush
}

# SIGNAL PROGRAM WORDS: sal-upgrade gets it when PROGRAM has done what these ask for
signalled()
{
	mkdir -p "$WORK/bin"
	rm -f "$WORK/bin/"*
	cat >"$WORK/bin/$2" <<-END
	#!/bin/bash
	$(type -P "$2") "\$@"
	rc=\$?
	[[ "\$*" != *"$3" ]] || kill -$1 "\$PPID"
	exit "\$rc"
	END
	chmod +x "$WORK/bin/$2"
	PATH="$WORK/bin:$PATH" run "$UPGRADE" "$SAL_KO" 2>"$WORK/said"
}

# nothing is left behind
clean()
{
	cat "$WORK/said" >&2
	expect "guard" "$(S upgrade-guard)" off &&
		not ls -d /var/lib/sal/upgrade.* 2>/dev/null
}

# In its first half a signal ends it, and nothing has changed; in the second none does.
interrupted()
{
	local loaded saved at rc=0
	begin_anew
	answers "$(vip 4 2)" || return 1
	loaded="$(stat -c %i /sys/module/sal)"
	saved="$(S save | sort)"
	for at in "TERM mkdir /var/lib/sal" "TERM salctl guard shut" "HUP salctl save flows"; do
		# shellcheck disable=SC2086 # words
		! signalled ${at%% *} "$(cut -d ' ' -f 2 <<<"$at")" \
			"$(cut -d ' ' -f 3- <<<"$at")" || fail "$at: it goes on" || rc=1
		clean && grep -q "interrupted" "$WORK/said" &&
			grep -q "nothing has changed" "$WORK/said" ||
			fail "$at" || rc=1
	done
	expect "loaded" "$(stat -c %i /sys/module/sal)" "$loaded" || rc=1
	for at in rmmod insmod; do
		signalled TERM "$at" "" || fail "$at: it does not go on" || rc=1
		clean || rc=1
	done
	rm "$WORK/bin/"*
	[ "$(stat -c %i /sys/module/sal)" != "$loaded" ] ||
		fail "it is loaded yet" || rc=1
	expect "what is there" "$(S save | sort)" "$saved" || rc=1
	poll 5 answers "$(vip 4 2)" 1 && return "$rc"
}

upgrade_cases
t "steps fail, and it goes on" survive 4 with_failures
t "signals" interrupted
finish
