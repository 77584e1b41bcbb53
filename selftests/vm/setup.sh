#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install what it takes to build sal and to try it in a virtual machine.
#
#	setup.sh		install what is missing; a second when nothing is
#	setup.sh --list		say what it would install, install nothing
#	setup.sh --print NAME	print KERNEL, KDIR, KREL or CACHE, for scripts
#
# It knows Debian 12 and 13 on amd64.  Packages come from the apt sources that
# the machine already has.  The kernel is only unpacked, into a cache directory:
# it is booted in a virtual machine and never by this machine, so there is no
# need for an initramfs, a boot loader or root's rights.
#
# SAL_CACHE	where the kernel is kept (default: ~/.cache/sal)

set -euo pipefail

CACHE="$(realpath -m "${SAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sal}")"

# Building: the compiler, and what salctl links with.
PACKAGES=(gcc libc6-dev make bc xz-utils pkg-config libmnl-dev libjansson-dev)
# Booting: busybox-static goes into the guest's initramfs, because Debian's
# kernel has its 9p file system as modules; `file` tells virtme-ng the kernel's
# release; udev loads the guest's drivers.
PACKAGES+=(qemu-system-x86 busybox-static file kmod udev)
# Testing.
PACKAGES+=(iproute2 iputils-ping iptables nftables conntrack ethtool tcpdump
	   jq procps python3 util-linux)

die()
{
	echo "setup: $*" >&2
	exit 1
}

say()
{
	echo "setup: $*"
}

may_be_root()
{
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

# All of what follows that needs root goes through here, where may_be_root.
as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

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

if [ "${1:-}" = --print ]; then
	find_kernel
	[ -n "$KREL" ] || [ "${2:-}" = CACHE ] || exit 1
	case "${2:-}" in
	KERNEL|KDIR|KREL|CACHE)	echo "${!2}" ;;
	*)			die "--print KERNEL|KDIR|KREL|CACHE" ;;
	esac
	exit 0
fi

# --- is this a machine we know? ---------------------------------------------

LIST=""
case "${1:-}" in
"")	;;
--list)	LIST=1 ;;
*)	sed -n '/^#\t/s/^#\t//p' "$0" >&2
	exit 2 ;;
esac

ID="" VERSION_ID=""
# shellcheck source=/dev/null
[ ! -r /etc/os-release ] || . /etc/os-release
case "$ID-$VERSION_ID" in
debian-12)
	CODENAME=bookworm
	KERNEL_PACKAGE=6.12-amd64	# the plain one is 6.1, too old for us
	;;
debian-13)
	CODENAME=trixie
	KERNEL_PACKAGE=amd64
	;;
*)
	die "this is ${PRETTY_NAME:-not Debian}; only Debian 12 and 13 are known." \
	    "Elsewhere: make KDIR=/path/to/kernel/build"
	;;
esac
[ "$(dpkg --print-architecture)" = amd64 ] ||
	die "only amd64 is supported, this is $(dpkg --print-architecture)"

# --- apt --------------------------------------------------------------------

UPDATED=""

# For an apt that downloads into the cache, perhaps not as root: as who we are,
# and without its own caches.
PRIVATE=(-o APT::Sandbox::User=root -o Dir::Cache::pkgcache=
	 -o Dir::Cache::srcpkgcache=)

# Fetch the package lists, once per run.  The kernel does without root, if only
# the lists are there.
update_lists()
{
	[ -z "$UPDATED" ] || return 0
	may_be_root || return 0
	say "apt-get update"
	as_root apt-get -qq update || die "apt-get update failed"
	UPDATED=1
}

# Print those of the packages given that are not installed.
missing()
{
	local have pkg

	have=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "$@" \
		 2>/dev/null || true)"
	for pkg; do
		case "$have" in
		*" installed:$pkg "*)	;;
		*)			echo "$pkg" ;;
		esac
	done
}

install_packages()
{
	local pkgs

	# Each line of missing's output is one package.
	mapfile -t pkgs < <(missing "$@")
	[ ${#pkgs[@]} -gt 0 ] || return 0
	say "installing ${pkgs[*]}"
	[ -z "$LIST" ] || return 0
	update_lists
	apt_install "${pkgs[@]}"
}

apt_install()
{
	may_be_root ||
		die "need root to install $*: run as root once, or install sudo"
	# An apt that another has started is waited for.
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -y --no-install-recommends \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
		install "$@" >"$CACHE/apt.log" 2>&1 || {
		tail -n 20 "$CACHE/apt.log" >&2
		die "apt-get install failed; all of its output: $CACHE/apt.log"
	}
}

# Where this machine gets its Debian from, with a / at its end.
mirror()
{
	# shellcheck disable=SC2016 # these are apt's variables
	apt-get indextargets --format '$(REPO_URI) $(CODENAME)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v c="$CODENAME" '$2 == c { print $1; exit }'
}

# Run an apt tool on sources of our own instead of the machine's:
# apt_with FILE TOOL ARGS...  The lists land in the cache.
apt_with()
{
	local sources="$1" tool="$2"
	shift 2

	mkdir -p "$sources.lists/partial"
	"$tool" -o Dir::Etc::SourceList="$sources" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$sources.lists" \
		"${PRIVATE[@]}" "$@"
}

# Write FILE with one source: the machine's own mirror, other suite.
derive_source()
{
	local file="$1" uri="$2" suite="$3"
	local key=/usr/share/keyrings/debian-archive-keyring.gpg
	local opt=""

	[ ! -r "$key" ] || opt="[signed-by=$key] "
	echo "deb $opt$uri $suite main" >"$file"
	apt_with "$file" apt-get -qq update ||
		die "cannot fetch the package lists of $suite from $uri"
}

# --- virtme-ng --------------------------------------------------------------

# Debian 12 has none.  Debian 13's is pure Python and does with what 12 has, so
# that one package is taken from 13, and 13 does not become a source of the
# machine's.
install_vng()
{
	local uri deb

	command -v vng >/dev/null && return 0
	if [ "$CODENAME" != bookworm ]; then
		install_packages virtme-ng
		return
	fi

	say "installing virtme-ng, Debian 13's"
	[ -z "$LIST" ] || return 0
	[ -n "$(mirror)" ] || update_lists
	uri="$(mirror)"
	[ -n "$uri" ] || die "no apt source of this machine carries $CODENAME"
	derive_source "$CACHE/apt-trixie" "$uri" trixie
	(cd "$CACHE" && rm -f virtme-ng_*.deb &&
	 apt_with "$CACHE/apt-trixie" apt-get -qq download virtme-ng) ||
		die "cannot download virtme-ng from $uri"
	deb=("$CACHE"/virtme-ng_*.deb)
	update_lists
	apt_install "${deb[0]}"
	rm -rf "$CACHE/apt-trixie" "$CACHE/apt-trixie.lists" "${deb[0]}"
}

# --- the kernel -------------------------------------------------------------

# Names only, of what PACKAGE depends on: depends APT-CACHE-COMMAND... PACKAGE
depends()
{
	"${@:1:$#-1}" show --no-all-versions "${!#}" 2>/dev/null |
		sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed 's/|.*//; s/(.*)//; s/:any//; s/ //g' | sort -u
}

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

mkdir -p "$CACHE" || die "cannot make the cache directory $CACHE"
exec 9>"$CACHE/lock"
flock -n 9 || { say "waiting for another setup.sh"; flock 9; }

install_packages "${PACKAGES[@]}"
install_vng
install_kernel

[ -n "$LIST" ] || say "ready: Linux $KREL in $CACHE"
