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
# Options, output and exit status are those of boot.sh (see guest.sh). The guest
# sees this machine's files, read-only but for DIR; /run, /tmp, /var and /root
# are empty and its own.
#
# A kernel with sanitizers is slow, and tests are told to be patient.
#
# SAL_KIND	which kernel of setup_uml.sh: debug (default), smp, which has two CPUs,
#		or plain
# SAL_UML	the kernel's executable (default: that of setup_uml.sh)
# SAL_VM_MEM	size of the guest (2G)

set -euo pipefail

# shellcheck source=selftests/vm/guest.sh
. "$(dirname "$0")/guest.sh"

out="$REPO/build/uml"
guest_options "$@"
[ -z "$shell" ] || command=(setsid -c -w bash -i)

kind=()
cpus=1
case "${SAL_KIND:-debug}" in
debug)	;;
smp)	kind=(--smp)
	cpus=2
	# it would complain as the second CPU comes up: kmemleak uses RCU there
	append+=(kmemleak=off) ;;
plain)	kind=(--plain) ;;
*)	die "SAL_KIND is debug, smp or plain" ;;
esac
# one without may have others beside it
export KSFT_MACHINE_SLOW=yes
linux="${SAL_UML:-$("$VM_DIR/setup_uml.sh" "${kind[@]}" --print LINUX)}" ||
	die "no kernel to run: run selftests/vm/setup_uml.sh ${kind[*]}"
# of that kernel and no other
modules=
[ -n "${SAL_UML:-}" ] ||
	modules="$("$VM_DIR/setup_uml.sh" "${kind[@]}" --print KMODULES)"
[ -x "$linux" ] || die "cannot run $linux"

rm -f "$out/status"

# --- what the guest does ----------------------------------------------------

{
	cat <<-END
	#!/bin/bash
	export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	export TERM=${TERM:-dumb}
	END
	guest_environment
	[ -z "$modules" ] || printf 'export MODPROBE_OPTIONS="-d "%q\n' "$modules"
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
	# What is covered by now, but needed: the repository, servers, the kernel's
	# modules and the output.
	for dir in "$REPO" ${SAL_SERVERS:+"$SAL_SERVERS"} ${modules:+"$modules"}; do
		printf 'mkdir -p %q && mount -t hostfs -o %q,ro none %q\n' \
			"$dir" "$dir" "$dir"
	done
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
	guest_command "${command[@]}"
	[ -n "$shell" ] && echo || echo ' >"$OUT/stdout" 2>&1 </dev/null'
	cat <<-'END'
	echo $? >"$OUT/status"
	exec busybox poweroff -f
	END
} >"$out/guest.sh"
chmod +x "$out/guest.sh"

# Its memory is a file, in /dev/shm if nobody says otherwise, and it would die of
# a bus error where that is small, as containers have it.
mem="${SAL_VM_MEM:-2G}"
if [ "$(df -B 1 --output=avail /dev/shm | tail -n 1)" -lt \
     "$(numfmt --from=iec "$mem")" ]; then
	export TMPDIR=/tmp
fi

args=(root=/dev/root rootfstype=hostfs rootflags=/ ro
      "mem=$mem" seccomp=on "ncpus=$cpus"
      "init=$out/guest.sh" con=null ssl=null "${append[@]}")

if [ -n "$shell" ]; then
	stty="$(stty -g)"
	trap 'stty "$stty"' EXIT
	"$linux" "${args[@]}" con0=fd:0,fd:1 quiet
	exit
fi

# --- one command ------------------------------------------------------------

: >"$out/stdout"
tail -f "$out/stdout" &
tail=$!
timeout -k 10 "$limit" "$linux" "${args[@]}" con0=null,fd:1 \
	</dev/null >"$console" 2>&1 &
guest_wait $!
# it looks once a second
sleep 1.1
kill "$tail"
wait "$tail" 2>/dev/null || true
[ -z "$interrupted" ] || exit 130

if timed_out; then
	exit "$rc"
fi
if [ ! -s "$out/status" ]; then
	report "the guest died:"
	exit 255
fi
rc="$(cat "$out/status")"
if kernel_complained; then
	report "the kernel complained:"
	[ "$rc" -ne 0 ] || rc=1
fi
exit "$rc"
