# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What boot.sh and uml.sh have in common: options, environment, waiting for the
# guest, and what is said about one that went wrong. Who sources this sets out,
# where it goes if no -o says so, and calls guest_options "$@"; then there are
#
#	out	the directory, absolute
#	limit	seconds
#	shell	not empty: an interactive shell is wanted
#	append	arguments for the kernel
#	command	what to run, an array
#	console	the file for the kernel's console

VM_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
REPO="$(cd "$VM_DIR/../.." && pwd)"
ME="$(basename "$0" .sh)"

# What the kernel prints when something is wrong; run.sh looks for the same.
SPLATS="$("$VM_DIR/../run.sh" --splats)"

# Where setup.sh has put servers, if it has; tests find it in their environment.
SAL_SERVERS="${SAL_SERVERS:-$("$VM_DIR/setup.sh" --print SERVERS || true)}"
export SAL_SERVERS

# A warning is a failure, and no warning is survived: what comes after it can
# only mislead. panic=-1 makes a panic end the guest at once.
append=(panic_on_warn=1 panic=-1)

die()
{
	echo "$ME: $*" >&2
	exit 1
}

usage()
{
	sed -n '/^#\t/s/^#\t//p' "$0" >&2
	exit 2
}

guest_options()
{
	limit="${SAL_VM_TIMEOUT:-7200}"
	shell=""
	while [ $# -gt 0 ]; do
		case "$1" in
		-o)		out="${2:?}"; shift 2 ;;
		-t)		limit="${2:?}"; shift 2 ;;
		-a)		append+=("${2:?}"); shift 2 ;;
		--shell)	shell=1; shift ;;
		--)		shift; break ;;
		*)		usage ;;
		esac
	done
	[ -n "$shell" ] || [ $# -gt 0 ] || usage
	if [ -n "$shell" ] && { [ ! -t 0 ] || [ ! -t 1 ]; }; then
		die "--shell needs a terminal"
	fi
	# shellcheck disable=SC2034 # for those who source this
	command=("$@")

	mkdir -p "$out"
	out="$(cd "$out" && pwd)"
	console="$out/console.log"
}

# For a script in the guest: what it gets of our environment.
guest_environment()
{
	export -p | grep -E '^declare -x (SAL|KSFT_)' || true
	echo "export HOME=/root LC_ALL=C.UTF-8"
}

# For the same: the command, in the repository.
guest_command()
{
	printf 'cd %q &&' "$REPO"
	printf ' %q' "$@"
}

# guest_wait PID: for that process, or pass on that we are to end. Sets rc, and
# interrupted if so.
# shellcheck disable=SC2034 # for those who source this
guest_wait()
{
	interrupted=""
	# shellcheck disable=SC2064 # this very pid
	trap "interrupted=1; kill $1" INT TERM
	rc=0
	wait "$1" || rc=$?
	# A signal interrupts wait; the guest is then on its way down.
	wait "$1" 2>/dev/null || true
	trap - INT TERM
}

kernel_complained()
{
	grep -qE "$SPLATS" "$console"
}

# What the kernel said: from the first sign of trouble on, or else at the end.
report()
{
	echo "$ME: $*"
	echo "$ME: console log: $console"
	if kernel_complained; then
		grep -E -m 1 -B 3 -A 80 "$SPLATS" "$console"
	else
		tail -n 40 "$console"
	fi | sed 's/^/# /'
} >&2

# Where time ran out nothing else matters.
timed_out()
{
	[ "$rc" -eq 124 ] || [ "$rc" -eq 137 ] || return 1
	report "timed out after $limit s:"
	rc=124
}
