#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fetch the source of the newest Linux 7 that Debian has, and build it as User
# Mode Linux. Needs what setup.sh installs.
#
#	setup_uml.sh			build what is missing: a kernel with all that
#					finds mistakes, see debug.config, and
#					um_stacktrace.c for what makes that bearable
#	setup_uml.sh --smp		the same with smp.config, for several CPUs: it
#					is three times as slow with one of them
#	setup_uml.sh --plain		one without any of that, see plain.config
#	setup_uml.sh --lint		only the source, and what lint.sh takes
#	setup_uml.sh [--smp|--plain] --print NAME
#					print LINUX, KDIR, KMODULES or KSRC, for scripts
#
# The source and what is built from it are kept in the cache, the latter under
# a hash of all that it depends on: a build takes six minutes, a plain one three.
#
# SAL_CACHE	where that is (default: ~/.cache/sal)

set -euo pipefail

VM_DIR="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=selftests/vm/apt.sh
. "$VM_DIR/apt.sh"

CACHE="$(realpath -m "${SAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sal}")"
LIST=""
CONFIGS=("$VM_DIR/uml.config")
SANITIZERS=("$VM_DIR/debug.config" "$VM_DIR/um_stacktrace.c")
case "${1:-}" in
--smp)		KIND=smp
		CONFIGS+=("${SANITIZERS[0]}" "$VM_DIR/smp.config")
		shift ;;
--plain)	KIND=plain
		CONFIGS+=("$VM_DIR/plain.config")
		SANITIZERS=()
		shift ;;
*)		KIND=debug
		CONFIGS+=("${SANITIZERS[0]}") ;;
esac

# Building a kernel, and generating netlink code (tools/regen.sh).
PACKAGES=(gcc libc6-dev make bc bison flex cpio kmod libelf-dev libssl-dev
	  rsync xz-utils python3-yaml python3-jsonschema)

# Looking through sources (tools/lint.sh); its clang is the newest of Debian 12
# that 13 has, too.
LINT_PACKAGES=(clang-19 lld-19 llvm-19 shellcheck sparse yamllint)

# --- what is there ----------------------------------------------------------

# KSRC is the source, empty where there is none; the file that names it is
# written last.
find_source()
{
	KSRC=""
	VERSION="$(cat "$CACHE/source" 2>/dev/null || true)"
	[ -z "$VERSION" ] || KSRC="$CACHE/linux-source-$VERSION"
}

# KDIR is where the kernel is built, LINUX its executable; KMODULES is the root of
# /lib/modules
find_build()
{
	local hash

	hash="$({ echo "$VERSION"; gcc -dumpfullversion
		  cat "${CONFIGS[@]}" "${SANITIZERS[@]}"; } |
		sha256sum)"
	KDIR="$CACHE/uml-$KIND-${hash:0:16}"
	LINUX="$KDIR/linux"
	# shellcheck disable=SC2034 # printed by its name
	KMODULES="$KDIR/modules"
}

find_source
[ -z "$KSRC" ] || find_build

if [ "${1:-}" = --print ]; then
	[ -n "$KSRC" ] || exit 1
	case "${2:-}" in
	KSRC)		echo "$KSRC" ;;
	LINUX|KDIR|KMODULES)
			[ -e "$KDIR/complete" ] && echo "${!2}" ;;
	*)		die "--print LINUX|KDIR|KMODULES|KSRC" ;;
	esac
	exit
fi

case "${1:-}" in
""|--lint)	;;
*)	sed -n '/^#\t/s/^#\t//p' "$0" >&2
	exit 2 ;;
esac

# --- the source -------------------------------------------------------------

fetch_source()
{
	local uri package

	[ -n "$(mirror)" ] || update_lists
	uri="$(mirror)"
	[ -n "$uri" ] || die "no apt source of this machine carries $CODENAME"
	derive_source "$CACHE/apt-sid" "$uri" sid
	package="$(apt_with "$CACHE/apt-sid" apt-cache search --names-only \
		   '^linux-source-7\.[0-9]+$' | sed 's/ .*//' |
		   sort -V | tail -n 1)"
	[ -n "$package" ] || die "no linux-source-7.* in sid at $uri"
	VERSION="$(apt_with "$CACHE/apt-sid" apt-cache show "$package" |
		   sed -n 's/^Version: //p' | head -n 1)"
	KSRC="$CACHE/linux-source-$VERSION"

	say "fetching $package $VERSION (160 MB)"
	rm -rf "$KSRC" "$KSRC.tmp"
	mkdir -p "$KSRC.tmp"
	(cd "$KSRC.tmp" &&
	 apt_with "$CACHE/apt-sid" apt-get -qq download "$package" &&
	 dpkg-deb --fsys-tarfile ./*.deb |
		tar -xO "./usr/src/$package.tar.xz" |
		tar -xJ --strip-components=1) ||
		die "cannot fetch and unpack $package"
	rm -rf "$KSRC.tmp"/*.deb "$CACHE/apt-sid" "$CACHE/apt-sid.lists"
	mv "$KSRC.tmp" "$KSRC"
	echo "$VERSION" >"$CACHE/source"
}

# --- the kernel -------------------------------------------------------------

kmake()
{
	make -C "$KSRC" ARCH=um O="$KDIR" "$@"
}

# The source stays as it is, others use it, too: make prefers what is in the
# build directory.
replace_source()
{
	local file=arch/um/kernel/stacktrace.c

	[ ${#SANITIZERS[@]} -gt 0 ] || return 0
	[ -e "$KSRC/$file" ] ||
		die "$VERSION has no $file, see ${SANITIZERS[1]}"
	mkdir -p "$KDIR/${file%/*}"
	cp "${SANITIZERS[1]}" "$KDIR/$file"
}

build_kernel()
{
	local log="$CACHE/uml-$KIND.log" opt

	say "building Linux $VERSION ($KIND); its log: $log"
	rm -rf "$KDIR"
	mkdir -p "$KDIR"
	replace_source
	{
		kmake x86_64_defconfig &&
		"$KSRC/scripts/kconfig/merge_config.sh" -m -O "$KDIR" \
			"$KDIR/.config" "${CONFIGS[@]}" &&
		kmake olddefconfig
	} >"$log" 2>&1 || die "cannot configure the kernel, see $log"
	# What is silently not there would silently find nothing.
	while read -r opt; do
		grep -q "^$opt\$" "$KDIR/.config" ||
			die "$VERSION does not know ${opt%=*}, see ${CONFIGS[*]}"
	done < <(grep -h '^CONFIG_.*=[ym]' "${CONFIGS[@]}")
	{ kmake -j"$(nproc)" linux modules &&
	  kmake modules_install INSTALL_MOD_PATH="$KDIR/modules"
	} >>"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "the kernel does not build; all of its output: $log"
	}
	touch "$KDIR/complete"
}

mkdir -p "$CACHE" || die "cannot make the cache directory $CACHE"
exec 9>"$CACHE/debug.lock"
flock -n 9 || { say "waiting for another setup"; flock 9; find_source; }

know_machine
install_packages "${PACKAGES[@]}"
[ -n "$KSRC" ] || fetch_source
if [ "${1:-}" = --lint ]; then
	install_packages "${LINT_PACKAGES[@]}"
	exit
fi
find_build
[ -e "$KDIR/complete" ] || build_kernel
say "ready: $LINUX"
