#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a command as root in a User Mode Linux, which is a kernel that runs as a
# process of this machine; no emulation, so it boots in two seconds:
#
#	uml.sh [-o DIR] [-t SECONDS] [-a KERNEL_ARGUMENT]... -- COMMAND...
#	uml.sh --shell		an interactive shell instead
#
#	-o DIR	the one directory that the guest can write to and that stays; the
#		kernel's console lands there too (default: build/uml)
#	-t SEC	give up on the guest after so long (default: SAL_VM_TIMEOUT, 7200)
#	-a ARG	one more argument on the kernel's command line
#
# Options, output and exit status are those of boot.sh. The guest sees this
# machine's files, read-only but for DIR; /run, /tmp, /var and /root are empty
# and its own.
#
# The kernel is one with sanitizers, and tests should be patient with it.
#
# SAL_UML	the kernel's executable (default: that of setup_debug.sh)
# SAL_VM_CPUS, SAL_VM_MEM	size of the guest (1 and 2G)

set -euo pipefail

VM_DIR="$(cd "$(dirname "$0")" && pwd)"
REPO="$(cd "$VM_DIR/../.." && pwd)"
SPLATS="$("$VM_DIR/../run.sh" --splats)"

die()
{
	echo "uml: $*" >&2
	exit 1
}

usage()
{
	sed -n '/^#\t/s/^#\t//p' "$0" >&2
	exit 2
}

out="$REPO/build/uml"
limit="${SAL_VM_TIMEOUT:-7200}"
shell=""
append=()

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
[ -n "$shell" ] && set -- bash -i

export KSFT_MACHINE_SLOW=yes
linux="${SAL_UML:-$("$VM_DIR/setup_debug.sh" --print LINUX)}" ||
	die "no kernel to run: run \`make setup-debug'"
[ -x "$linux" ] || die "cannot run $linux"

mkdir -p "$out"
out="$(cd "$out" && pwd)"
rm -f "$out/status"

# --- what the guest does ----------------------------------------------------

{
	cat <<-END
	#!/bin/bash
	export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	export HOME=/root LC_ALL=C.UTF-8 TERM=${TERM:-dumb}
	END
	export -p | grep -E '^declare -x (SAL|KSFT_)' || true
	printf 'OUT=%q\n' "$out"
	cat <<-'END'
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
	mount -t tmpfs run /run
	mkdir /run/out
	mount -t hostfs -o "$OUT" none /run/out
	for dir in /tmp /root /var/tmp /var/lib /dev/shm; do
		[ ! -d "$dir" ] || mount -t tmpfs tmpfs "$dir"
	done
	END
	# What is covered by now, but needed: the repository and the output.
	printf 'mkdir -p %q && mount -t hostfs -o %q,ro none %q\n' \
		"$REPO" "$REPO" "$REPO"
	cat <<-'END'
	mkdir -p "$OUT" && mount --bind /run/out "$OUT"
	ln -s /proc/self/fd /dev/fd
	ip link set lo up
	echo 1 >/proc/sys/kernel/panic_on_oops
	END
	if [ -n "$shell" ]; then
		printf 'insmod %q && echo "sal is loaded; Ctrl-D ends this machine."\n' \
			"${SAL_KO:-$REPO/sal.ko}"
		printf 'PATH=%q:$PATH\n' "$REPO/userland"
	fi
	printf 'cd %q &&' "$REPO"
	printf ' %q' "$@"
	[ -n "$shell" ] && echo || echo ' >"$OUT/stdout" 2>&1 </dev/null'
	cat <<-'END'
	echo $? >"$OUT/status"
	exec busybox poweroff -f
	END
} >"$out/guest.sh"
chmod +x "$out/guest.sh"

args=(root=/dev/root rootfstype=hostfs rootflags=/ ro
      "mem=${SAL_VM_MEM:-2G}" seccomp=on "ncpus=${SAL_VM_CPUS:-1}"
      "init=$out/guest.sh" panic=-1 panic_on_warn=1 con=null ssl=null
      "${append[@]}")

if [ -n "$shell" ]; then
	if [ ! -t 0 ] || [ ! -t 1 ]; then
		die "--shell needs a terminal"
	fi
	stty="$(stty -g)"
	trap 'stty "$stty"' EXIT
	"$linux" "${args[@]}" con0=fd:0,fd:1 quiet
	exit
fi

# --- one command ------------------------------------------------------------

console="$out/console.log"
: >"$out/stdout"
tail -f "$out/stdout" &
tail=$!
timeout -k 10 "$limit" "$linux" "${args[@]}" con0=null,fd:1 \
	</dev/null >"$console" 2>&1 &
vm=$!
interrupted=""
trap 'interrupted=1; kill $vm' INT TERM
rc=0
wait "$vm" || rc=$?
wait "$vm" 2>/dev/null || true
trap - INT TERM
# it looks once a second
sleep 1.1
kill "$tail"
wait "$tail" 2>/dev/null || true
[ -z "$interrupted" ] || exit 130

# What the kernel said: from the first sign of trouble on, or else at the end.
report()
{
	echo "uml: $*"
	echo "uml: console log: $console"
	if grep -qE "$SPLATS" "$console"; then
		grep -E -m 1 -B 3 -A 80 "$SPLATS" "$console"
	else
		tail -n 40 "$console"
	fi | sed 's/^/# /'
} >&2

if [ "$rc" -eq 124 ] || [ "$rc" -eq 137 ]; then
	report "timed out after $limit s:"
	exit 124
fi
if [ ! -s "$out/status" ]; then
	report "the guest died:"
	exit 255
fi
rc="$(cat "$out/status")"
if grep -qE "$SPLATS" "$console"; then
	report "the kernel complained:"
	[ "$rc" -ne 0 ] || rc=1
fi
exit "$rc"
