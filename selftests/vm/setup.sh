#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install what it takes to build sal and to try it in a virtual machine.
#
#	setup.sh		install what is missing; a second when nothing is
#	setup.sh --list		say what it would install, install nothing
#	setup.sh --print NAME	print KERNEL, KDIR, KREL, SERVERS or CACHE, for
#				scripts
#
# It knows Debian 12 and 13 on amd64.  Packages come from the apt sources that
# the machine already has.  The kernel is only unpacked, into a cache directory:
# it is booted in a virtual machine and never by this machine, so there is no
# need for an initramfs, a boot loader or root's rights. So are servers that
# tests run: installed they would be started, and again with each boot.
#
# SAL_CACHE	where these are kept (default: ~/.cache/sal)

set -euo pipefail

VM_DIR="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=selftests/vm/apt.sh
. "$VM_DIR/apt.sh"

CACHE="$(realpath -m "${SAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sal}")"

# Building: the compiler, and what salctl links with.
PACKAGES=(gcc libc6-dev make bc xz-utils pkg-config libmnl-dev libjansson-dev)
# Booting: busybox-static goes into the guest's initramfs, because Debian's
# kernel has its 9p file system as modules; `file` tells virtme-ng the kernel's
# release; udev loads the guest's drivers.
PACKAGES+=(busybox-static file kmod udev)
# Testing.
PACKAGES+=(iproute2 iputils-ping iputils-tracepath iptables nftables conntrack ethtool tcpdump
	   jq procps python3 util-linux)
# Clients of what follows.
PACKAGES+=(bind9-dnsutils curl socat)

# What has a service to start, or users to make, and is unpacked only; and what
# is wanted of it.
SERVER_PACKAGES=(dnsmasq-base iperf3 nginx redis-server redis-tools)
SERVER_COMMANDS=(dnsmasq iperf3 nginx redis-benchmark redis-cli redis-server)

# --- the kernel in the cache ------------------------------------------------

# KREL is the release of the kernel in the cache, empty when there is none.
# The file that names it is written last, so what it names is complete.
find_kernel()
{
	KREL=""
	if [ -r "$CACHE/release" ]; then
		KREL="$(cat "$CACHE/release")"
	fi
	KERNEL="$CACHE/linux-$KREL/boot/vmlinuz-$KREL"
	KDIR="$CACHE/linux-$KREL/usr/src/linux-headers-$KREL"
	if [ ! -r "$KERNEL" ] || [ ! -r "$KDIR/Makefile" ]; then
		KREL=""
	fi
}

# SERVERS has bin and lib, and is moved into its place when it is complete.
SERVERS="$CACHE/servers"

if [ "${1:-}" = --print ]; then
	find_kernel
	case "${2:-}" in
	KERNEL|KDIR|KREL)	[ -n "$KREL" ] && echo "${!2}" ;;
	SERVERS)		[ -d "$SERVERS" ] && echo "$SERVERS" ;;
	CACHE)			echo "$CACHE" ;;
	*)			die "--print KERNEL|KDIR|KREL|SERVERS|CACHE" ;;
	esac
	exit
fi

LIST=""
case "${1:-}" in
"")	;;
--list)	LIST=1 ;;
*)	sed -n '/^#\t/s/^#\t//p' "$0" >&2
	exit 2 ;;
esac

know_machine
case "$CODENAME" in
bookworm)	KERNEL_PACKAGE=6.12-amd64 ;;	# the plain one is 6.1, too old
*)		KERNEL_PACKAGE=amd64 ;;
esac

# --- the virtual machine ----------------------------------------------------

# install_from SUITE PACKAGE...: of Debian 12's mirror, these packages and no
# more; SUITE does not become a source of the machine's.
install_from()
{
	local suite="$1" sources="$CACHE/apt-$1" uri
	shift

	say "installing $*, from $suite"
	[ -z "$LIST" ] || return 0
	[ -n "$(mirror)" ] || update_lists
	uri="$(mirror)"
	[ -n "$uri" ] || die "no apt source of this machine carries $CODENAME"
	derive_source "$sources" "$uri" "$suite"
	rm -rf "$sources.debs"
	mkdir "$sources.debs"
	(cd "$sources.debs" &&
	 apt_with "$sources" apt-get -qq download "$@") ||
		die "cannot download $* of $suite from $uri"
	update_lists
	apt_install "$sources.debs"/*.deb
	rm -rf "$sources" "$sources.lists" "$sources.debs"
}

# Debian 12 has none.  Debian 13's is pure Python and does with what 12 has.
install_vng()
{
	command -v vng >/dev/null && return 0
	case "$CODENAME" in
	bookworm)	install_from trixie virtme-ng ;;
	*)		install_packages virtme-ng ;;
	esac
}

# Where there is no KVM, Debian 12's QEMU 7.2 now and then lets one emulated CPU
# run the half of an instruction that another is just writing: a kernel that
# patches itself (static keys, BPF) dies of it, by "Oops: int3" and otherwise.
# QEMU 8.1 does not (its commits deba78709ae8, cb62bd15e14e).
install_qemu()
{
	local version

	version="$(dpkg-query -W -f '${Version}' qemu-system-x86 \
		   2>/dev/null || true)"
	if [ "$CODENAME" != bookworm ]; then
		install_packages qemu-system-x86
	elif dpkg --compare-versions "$version" lt 1:8.1; then
		install_from bookworm-backports qemu-system-x86 \
			qemu-system-common qemu-system-data seabios
	fi
}

# --- the kernel -------------------------------------------------------------

install_kernel()
{
	local cache=(apt-cache) get=(apt-get)
	local headers deps uri dir pkg

	find_kernel
	if [ -z "$KREL" ]; then
		say "unpacking Linux 6.12 into $CACHE (110 MB to fetch)"
	fi
	[ -z "$LIST" ] || return 0

	if [ -z "$KREL" ]; then
		update_lists
		# 12 has this kernel in its security suite, which a minimal
		# system may not have among its sources.
		if ! apt-cache show "linux-image-$KERNEL_PACKAGE" \
				>/dev/null 2>&1; then
			uri="$(mirror)"
			[ -n "$uri" ] ||
				die "no apt source carries $CODENAME"
			derive_source "$CACHE/apt-security" \
				"${uri%/}-security" "$CODENAME-security"
			cache=(apt_with "$CACHE/apt-security" apt-cache)
			get=(apt_with "$CACHE/apt-security" apt-get)
		fi

		headers="$(depends "${cache[@]}" "linux-headers-$KERNEL_PACKAGE" |
			   grep '^linux-headers-' || true)"
		KREL="${headers#linux-headers-}"
		[ -n "$KREL" ] ||
			die "no apt source has linux-headers-$KERNEL_PACKAGE"

		dir="$CACHE/linux-$KREL"
		rm -rf "$dir" "$dir.tmp"
		mkdir -p "$dir.tmp/debs"
		for pkg in "linux-image-$KREL" "linux-headers-$KREL" \
			   "linux-headers-${KREL%-amd64}-common" \
			   "linux-kbuild-${KREL%-amd64}"; do
			say "fetching $pkg"
			(cd "$dir.tmp/debs" &&
			 "${get[@]}" -qq "${PRIVATE[@]}" download "$pkg") ||
				die "cannot download $pkg"
		done
		for pkg in "$dir.tmp"/debs/*.deb; do
			dpkg -x "$pkg" "$dir.tmp"
		done
		# Newer packages have the modules in /usr/lib, and leave it to
		# the system to have a /lib.
		[ -e "$dir.tmp/lib" ] || ln -s usr/lib "$dir.tmp/lib"
		# What the compiler and the tools among these need at run time.
		deps="$(depends "${cache[@]}" "linux-headers-$KREL"
			depends "${cache[@]}" "linux-kbuild-${KREL%-amd64}")"
		grep -v '^linux-' <<<"$deps" >"$dir.tmp/depends"
		rm -rf "$dir.tmp/debs" \
		       "$CACHE/apt-security" "$CACHE/apt-security.lists"

		# The one absolute path in there.
		sed -i "s@ /usr/src/@ $dir/usr/src/@" \
			"$dir.tmp/usr/src/linux-headers-$KREL/Makefile"
		mv "$dir.tmp" "$dir"
	fi

	dir="$CACHE/linux-$KREL"
	mapfile -t deps <"$dir/depends"
	install_packages "${deps[@]}"

	if [ ! -e "$dir/lib/modules/$KREL/modules.dep.bin" ]; then
		PATH="$PATH:/sbin:/usr/sbin" depmod -b "$dir" "$KREL" ||
			die "depmod failed"
	fi
	# Last, it declares the rest complete.
	[ "$(cat "$CACHE/release" 2>/dev/null)" = "$KREL" ] ||
		echo "$KREL" >"$CACHE/release"
}

# --- servers in the cache ---------------------------------------------------

# Whether each can be run here: a library of the machine's may have gone since.
servers_work()
{
	local name

	for name in "${SERVER_COMMANDS[@]}"; do
		LD_LIBRARY_PATH="$SERVERS/lib" ldd "$SERVERS/bin/$name" \
			>"$CACHE/ldd" 2>&1 && ! grep -q "not found" "$CACHE/ldd" ||
			return 1
	done
}

# The commands, and the libraries among what was unpacked; but not the C library,
# which goes with the machine's loader.
collect_servers()
{
	local tree="$1" dir="$2" name file

	mkdir -p "$dir/bin" "$dir/lib"
	for name in "${SERVER_COMMANDS[@]}"; do
		for file in "$tree"/usr/bin/"$name" "$tree"/usr/sbin/"$name"; do
			[ ! -e "$file" ] || cp -L "$file" "$dir/bin/"
		done
	done
	find "$tree" -path '*/x86_64-linux-gnu/lib*.so.*' -not -type d \
		-not -name 'libc.so.*' \
		-exec cp -a -t "$dir/lib" {} +
}

unpack_servers()
{
	local tmp="$SERVERS.tmp" pkg

	servers_work && return
	say "unpacking ${SERVER_PACKAGES[*]} into $CACHE (5 MB to fetch)"
	[ -z "$LIST" ] || return 0
	update_lists
	rm -rf "$tmp"
	mkdir -p "$tmp/debs/partial"
	# All of what was asked for, and what of its dependencies the machine
	# does not have. It only looks, and so needs no lock.
	(cd "$tmp/debs" &&
	 apt-get -qq "${PRIVATE[@]}" download "${SERVER_PACKAGES[@]}" &&
	 apt-get -qq -y "${PRIVATE[@]}" --no-install-recommends \
		-o Debug::NoLocking=1 -o Dir::Cache::archives="$tmp/debs" \
		--download-only install "${SERVER_PACKAGES[@]}") \
		>"$CACHE/apt.log" 2>&1 || {
		tail -n 20 "$CACHE/apt.log" >&2
		die "cannot download ${SERVER_PACKAGES[*]}"
	}
	for pkg in "$tmp"/debs/*.deb; do
		dpkg -x "$pkg" "$tmp/tree"
	done
	collect_servers "$tmp/tree" "$tmp/ready"
	rm -rf "$SERVERS"
	mv "$tmp/ready" "$SERVERS"
	rm -rf "$tmp"
	servers_work || die "a server lacks something: $(cat "$CACHE/ldd")"
}

mkdir -p "$CACHE" || die "cannot make the cache directory $CACHE"
exec 9>"$CACHE/lock"
flock -n 9 || { say "waiting for another setup.sh"; flock 9; }

install_packages "${PACKAGES[@]}"
install_qemu
install_vng
install_kernel
unpack_servers

[ -n "$LIST" ] || say "ready: Linux $KREL in $CACHE"
