#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the benchmark takes beside what vm/setup.sh installs:
#
#	setup.sh		install and unpack what is missing
#	setup.sh --print BIN	print where commands are that are only unpacked
#
# ipvsadm is unpacked only: installed, it would have a service of its own, which
# wants IPVS in this machine's kernel.
#
# SAL_CACHE	where it is kept (default: ~/.cache/sal)

set -euo pipefail

# shellcheck source=selftests/vm/apt.sh
. "$(dirname "$0")/../vm/apt.sh"

CACHE="$(realpath -m "${SAL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sal}")"
BIN="$CACHE/bench/bin"
# shellcheck disable=SC2034 # for apt.sh
LIST=""

# for the plots; and what ipvsadm is linked with
PACKAGES=(gnuplot-nox libnl-3-200 libnl-genl-3-200 libpopt0)

case "${1:-}${2:+ $2}" in
"")		;;
"--print BIN")	[ -x "$BIN/ipvsadm" ] && echo "$BIN"; exit ;;
*)		sed -n '/^#\t/s/^#\t//p' "$0" >&2; exit 2 ;;
esac

unpack_ipvsadm()
{
	local tmp="$CACHE/bench.tmp"

	[ ! -x "$BIN/ipvsadm" ] || return 0
	say "unpacking ipvsadm into $CACHE"
	update_lists
	rm -rf "$tmp"
	mkdir -p "$tmp/bin"
	(cd "$tmp" && apt-get -qq "${PRIVATE[@]}" download ipvsadm &&
		dpkg -x ./*.deb tree) || die "cannot download ipvsadm"
	cp "$(find "$tmp/tree" -path '*/sbin/ipvsadm')" "$tmp/bin/"
	rm -rf "$CACHE/bench" "$tmp"/*.deb "$tmp/tree"
	mv "$tmp" "$CACHE/bench"
}

know_machine
mkdir -p "$CACHE"
exec 9>"$CACHE/lock"
flock -n 9 || { say "waiting for another setup"; flock 9; }
install_packages "${PACKAGES[@]}"
unpack_ipvsadm
