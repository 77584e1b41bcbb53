#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot the kernel that setup.sh has unpacked in a virtual machine and run a
# command there as root, in this repository:
#
#	boot.sh [-o DIR] [-t SECONDS] [-a KERNEL_ARGUMENT]... -- COMMAND...
#	boot.sh --shell		an interactive shell instead
#
#	-o DIR	the one directory that the guest can write to and that stays; the
#		kernel's console lands there too (default: build/vm)
#	-t SEC	give up on the guest after so long (default: SAL_VM_TIMEOUT, 7200)
#	-a ARG	one more argument on the kernel's command line
#
# The guest sees this machine's files, read-only but for DIR; what it writes
# into /etc, /usr, /var, /home or /tmp is its own and lost.  COMMAND gets the
# environment variables whose names start with SAL or KSFT_.
#
# The exit status is COMMAND's; 124 after a time-out; 255 if the guest died; 1
# if COMMAND succeeded but the kernel's console has a warning or worse.
#
# SAL_KERNEL	boot this image (its modules are looked for beside it)
# SAL_VM_CPUS, SAL_VM_MEM	size of the guest (2 and 1G)

set -euo pipefail

# shellcheck source=selftests/vm/guest.sh
. "$(dirname "$0")/guest.sh"
# shellcheck source=selftests/vm/near.sh
. "$VM_DIR/near.sh"

out="$REPO/build/vm"
append+=(oops=panic log_buf_len=4M)
guest_options "$@"

kernel="${SAL_KERNEL:-$("$VM_DIR/setup.sh" --print KERNEL)}" ||
	die "no kernel to boot: run \`make setup'"
kernel="$(realpath "$kernel")"
[ -r "$kernel" ] || die "cannot read the kernel $kernel"
command -v vng >/dev/null || die "no virtme-ng: run \`make setup'"

case "$REPO$out$kernel$SAL_SERVERS" in
*[!a-zA-Z0-9_+/.-]*)
	die "virtme-ng cannot do with the characters in $REPO, $out, $kernel or" \
	    "$SAL_SERVERS" ;;
esac

# --- the machine ------------------------------------------------------------

args=(--run "$kernel" --name sal --user root --cwd "$REPO"
      --cpus "${SAL_VM_CPUS:-2}" --memory "${SAL_VM_MEM:-1G}"
      # virtiofs would be faster, but Debian 12 has no virtiofsd.
      --force-9p)

# A /dev/kvm in a machine that is virtual itself need not be one that can run
# this kernel: it has to say its first words.
kvm_works()
{
	[ -r /dev/kvm ] && [ -w /dev/kvm ] &&
		timeout -k 1 20 qemu-system-x86_64 -accel kvm -cpu host \
			-m 512M -nodefaults -display none -serial stdio \
			-no-reboot -kernel "$kernel" -append \
			"earlyprintk=serial console=ttyS0 panic=-1" \
			</dev/null 2>&1 | grep "Linux version" >/dev/null
}

if ! kvm_works; then
	args+=(--disable-kvm)
	# Emulated, so tests should be patient.
	export KSFT_MACHINE_SLOW=yes
fi

for arg in "${append[@]}"; do
	args+=(--append "$arg")
done

# The guest mounts file systems of its own on some directories; what we need
# from underneath has to be handed in.
covered()
{
	case "$1/" in
	/run/*|/dev/*|/var/tmp/*|/var/cache/*|/var/log/*|/var/lib/*) return 0 ;;
	esac
	return 1
}

kroot="${kernel%/boot/*}"
if covered "$kernel"; then
	args+=("--rodir=$kroot=$kroot")
fi
if [ -n "$SAL_SERVERS" ] && covered "$SAL_SERVERS"; then
	args+=("--rodir=$SAL_SERVERS=$SAL_SERVERS")
fi
if covered "$REPO"; then
	args+=("--rwdir=$REPO=$REPO")
fi
# A mount that contains another must not come after it.
case "$(covered "$REPO" && echo covered):$out/" in
"covered:$REPO"/*)	;;
*)			args+=("--rwdir=$out=$out") ;;
esac

# --- an interactive shell ---------------------------------------------------

if [ -n "$shell" ]; then
	# Linux gives arguments that it does not know to init's environment,
	# and so to the shell.
	exec vng "${args[@]}" --append "PROMPT_COMMAND=$VM_DIR/shell_init.sh"
fi

# --- one command ------------------------------------------------------------

# The kernel's command line is short, so the command travels in a file.
near_pack "$out/near.tar"
{
	echo "#!/bin/bash"
	guest_environment
	# Containers tend to have no poweroff, and virtme-ng needs one.
	echo "command -v poweroff >/dev/null || ln -s /bin/busybox /sbin/poweroff"
	near_unpack "$out/near.tar"
	guest_command exec "${command[@]}"
	echo ' 2>&1'
} >"$out/guest.sh"

# QEMU opens these again by their names in /proc, more than once: only a pipe
# takes that.
exec 3> >(exec cat)
stdout_pid=$!
exec 4> >(exec tr -d '\r' >"$console")
console_pid=$!

# --verbose is what makes virtme-ng connect the kernel's console.  timeout(1)
# puts all of it into a process group of its own and ends all of it.
timeout -k 10 "$limit" vng "${args[@]}" --verbose -- "bash $out/guest.sh" \
	</dev/null >&3 2>&4 3>&- 4>&- &
guest_wait $!
exec 3>&- 4>&-
wait "$stdout_pid" "$console_pid" || true
[ -z "$interrupted" ] || exit 130

# What goes wrong before there is a guest is told in the same place.
if ! grep -q "Linux version" "$console"; then
	report "the guest did not start:"
	[ "$rc" -ne 0 ] || rc=1
	exit "$rc"
fi

timed_out || case "$rc" in
0)
	if kernel_complained; then
		report "the kernel complained:"
		rc=1
	fi
	;;
255)
	report "the guest died:"
	;;
esac
exit "$rc"
