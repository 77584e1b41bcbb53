#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the tests in virtual machines; the host's half of `make check':
#
#	check.sh DIR [t_NAME.sh...]	all tests if none is named
#
# DIR is emptied and takes all logs; DIR/results has a line per case. All tests
# are salctl's too, except where the kernel is one with sanitizers, as they need
# no kernel.
#
# A test that takes its machine down, or makes it hang, is counted as failed, and
# the tests after it get a new machine: one bad test does not hide what the others
# say.
#
# smp-t_NAME.sh is t_NAME.sh in a machine with two CPUs and sanitizers; such a one
# comes after all others. uml-t_NAME.sh is t_NAME.sh in a User Mode Linux without
# sanitizers, which is not emulated; it has one of two machines beside the others.
#
# SAL_SHARDS	spread the tests over so many machines at a time (1)
# SAL_BOOT	what boots a machine: boot.sh (default), or uml.sh, which has more
#		tests
# SAL_KO_SMP	the module for smp-t_NAME.sh
# SAL_KO_PLAIN	the module for uml-t_NAME.sh
# SAL_HANGS	a machine in which no test has come to its end for so many seconds
#		hangs (900, which is more than run.sh gives a test)

set -euo pipefail

VM_DIR="$(cd "$(dirname "$0")" && pwd)"
RUN="$VM_DIR/../run.sh"
BOOT="$VM_DIR/${SAL_BOOT:-boot.sh}"
SHARDS="${SAL_SHARDS:-1}"
HANGS="${SAL_HANGS:-900}"
SPLATS="$("$RUN" --splats)"
LIST=--list
[ "${SAL_BOOT:-}" != uml.sh ] || LIST=--list-debug

out="${1:?directory}"
shift
all=""
if [ $# -eq 0 ]; then
	[ "$LIST" != --list ] || all=1
	mapfile -t tests < <("$RUN" "$LIST" 2>/dev/null)
else
	tests=("${@##*/}")
fi
if [ ${#tests[@]} -eq 0 ]; then
	echo "check: there are no tests" >&2
	exit 1
fi

# Two runs in one directory would only destroy each other's logs.
mkdir -p "$(dirname "$out")"
exec 9>"$out.lock"
if ! flock -n 9; then
	echo "check: another one is running in $out; try make check BUILD=..." >&2
	exit 1
fi
rm -rf "$out"
mkdir -p "$out"
out="$(cd "$out" && pwd)"

# salctl's own tests need no kernel and are run here.  Their results join the
# others at the end: run_shard reads what is its own.
run_salctl()
{
	local log="$out/salctl.log" results="$out/salctl.results" rc=0

	echo "# salctl"
	"$VM_DIR/../../userland/tests/run.sh" >"$log" 2>&1 </dev/null || rc=$?
	sed -n 's/^ok [0-9]* */pass salctl: /p
		s/^not ok [0-9]* */fail salctl: /p' "$log" >"$results"
	if [ "$rc" -eq 0 ]; then
		echo "ok - salctl, $(wc -l <"$results") cases"
		return
	fi
	grep -q ^fail "$results" ||
		echo "fail salctl: exit status $rc" >>"$results"
	echo "# --- output of salctl's tests, without what passed"
	sed -n '/^ok /!s/^/# /p' "$log"
	echo "not ok - salctl # exit status $rc"
}

# ends_hang PID DIR: end that machine where no test comes to its end any more
ends_hang()
{
	local last

	while sleep 5; do
		last="$(stat -c %Y "$2/finished")"
		if [ $(($(date +%s) - last)) -gt "$HANGS" ]; then
			touch "$2/hung"
			kill "$1"
			return
		fi
	done
}

# run_shard DIR TEST...
run_shard()
{
	local dir="$1" boot=0 rc over pid dog why
	shift

	mkdir -p "$dir"
	touch "$dir/finished" "$dir/results"
	while [ $# -gt 0 ]; do
		boot=$((boot + 1))
		rc=0
		touch "$dir/finished"
		rm -f "$dir/hung"
		# In the background, for a trap to be heeded at once.
		# The lock is ours: what outlives us for a moment must not keep it.
		"$BOOT" -o "$dir" -- "$RUN" -o "$dir" "$@" 9>&- &
		pid=$!
		ends_hang "$pid" "$dir" 9>&- &
		dog=$!
		# shellcheck disable=SC2064 # these very pids
		trap "kill $dog $pid; wait $pid; exit 130" INT TERM
		wait "$pid" || rc=$?
		kill "$dog" 2>/dev/null || true
		wait "$dog" 2>/dev/null || true
		over="$(wc -l <"$dir/finished")"
		: >"$dir/finished"
		if [ "$over" -eq $# ]; then
			# All have been run, and yet: the console has something
			# that was logged outside of any test.
			if [ "$rc" -ne 0 ] && ! grep -q ^fail "$dir/results"
			then
				[ "$rc" -eq 4 ] ||
					echo "fail guest: exit status $rc" \
						>>"$dir/results"
			fi
			return
		fi

		# The tests are run in the order given, so the machine died in
		# the first that is not over.
		[ ! -e "$dir/console.log" ] ||
			mv "$dir/console.log" "$dir/console.$boot.log"
		shift "$over"
		echo "# --- output of $1, the last it wrote"
		tail -n 100 "$dir/$1.log" 2>/dev/null | sed 's/^/# /' || true
		why="$(grep -E -m 1 "$SPLATS" "$dir/console.$boot.log")" ||
			why="exit status $rc"
		[ ! -e "$dir/hung" ] || why="hung for $HANGS s"
		echo "not ok - $1 # took the machine down: $why"
		echo "fail $1: took the machine down: $why" >>"$dir/results"
		shift
	done
}

# shard NAME TEST...: one of several at a time, its output marked
names=()
pids=()
shard()
{
	local name="$1"
	shift

	[ $# -gt 0 ] || return 0
	run_shard "$out/$name" "$@" > >(sed -u "s/^/[$name] /") 2>&1 &
	names+=("$name")
	pids+=($!)
}

# deal NAME N TEST...: spread over N of them
deal()
{
	local name="$1" n="$2" i mine t
	shift 2

	for ((i = 0; i < n; i++)); do
		mine=()
		for ((t = i + 1; t <= $#; t += n)); do
			mine+=("${!t}")
		done
		shard "$name$i" "${mine[@]}"
	done
}

shards()
{
	local i

	SAL_KIND=plain SAL_KO="${SAL_KO_PLAIN:-}" BOOT="$VM_DIR/uml.sh" \
		deal uml 2 "${uml[@]}"
	deal "" "$SHARDS" "${tests[@]}"
	trap 'kill "${pids[@]}"; wait; exit 130' INT TERM
	for i in "${!pids[@]}"; do
		wait "${pids[i]}" ||
			echo "fail shard ${names[i]}: exit status $?" \
				>>"$out/${names[i]}/results"
	done
	trap - INT TERM
}

# only KIND MODULE MAKE-TARGET TEST...: those that KIND- begins, if there is MODULE
only()
{
	local kind="$1" ko="$2" target="$3" test
	shift 3

	for test; do
		[ "${test#"$kind"-}" != "$test" ] || continue
		if [ -z "$ko" ]; then
			echo "check: $test is for make $target" >&2
			exit 1
		fi
		echo "$test"
	done
}

smp="$(only smp "${SAL_KO_SMP:-}" check-debug "${tests[@]}")" || exit
uml="$(only uml "${SAL_KO_PLAIN:-}" check "${tests[@]}")" || exit
mapfile -t tests < <(printf '%s\n' "${tests[@]}" | grep -vE '^(smp|uml)-')
# shellcheck disable=SC2206 # names have no spaces
smp=($smp) uml=($uml)

[ -z "$all" ] || run_salctl
: >"$out/results"
if [ $((${#tests[@]} + ${#uml[@]})) -eq 0 ]; then
	: # only smp-
elif [ ${#uml[@]} -eq 0 ] && [ "$SHARDS" -le 1 ]; then
	run_shard "$out" "${tests[@]}"
else
	shards
	cat "$out"/*/results >"$out/results"
fi
if [ ${#smp[@]} -gt 0 ]; then
	SAL_KIND=smp SAL_KO="$SAL_KO_SMP" run_shard "$out/smp" "${smp[@]}"
	cat "$out/smp/results" >>"$out/results"
fi
[ -z "$all" ] || cat "$out/salctl.results" >>"$out/results"

count()
{
	grep -c "^$1 " "$out/results" || true
}

# Who sees only the end of a long log is to see why a machine died.
echo
find "$out" -name 'console.[0-9]*.log' -exec \
	grep -hE -m 1 -A 40 "$SPLATS" {} + | sed 's/^/# /' || true
grep '^fail ' "$out/results" | sed 's/^fail/check: FAILED/' || true
echo "check: $(count pass) passed, $(count fail) failed, $(count skip) skipped;" \
     "logs in $out"
[ "$(count fail)" -eq 0 ] && [ "$(count pass)" -gt 0 ]
