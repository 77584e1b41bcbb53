#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generate the uapi header and the netlink policy tables from the spec.
#
#   tools/regen.sh KSRC           write them
#   tools/regen.sh --check KSRC   fail where the committed ones are stale
#
# KSRC is an unpacked kernel source, 7.0 or newer (Debian: linux-source-7.*):
# older generators do not know uns-admin-perm for the genetlink protocol.
# Needs python3-yaml and python3-jsonschema.
set -eu

check=
if [ "${1-}" = --check ]; then
	check=1
	shift
fi
ksrc=${1:?usage: regen.sh [--check] KSRC}
gen=$ksrc/tools/net/ynl/pyynl/ynl_gen_c.py
top=$(cd "$(dirname "$0")/.." && pwd)

[ -r "$gen" ] || { echo "regen: no generator at $gen" >&2; exit 1; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The generator wants the spec in a tree that has MAINTAINERS at its top and
# the schemas beside the specs; without the former it never ends.
mkdir -p "$tmp/Documentation/netlink/specs"
touch "$tmp/MAINTAINERS"
cp "$ksrc"/Documentation/netlink/*.yaml "$tmp/Documentation/netlink/"
cp "$top/Documentation/netlink/specs/sal.yaml" \
	"$tmp/Documentation/netlink/specs/"

ynl()
{
	timeout 120 python3 "$gen" \
		--spec "$tmp/Documentation/netlink/specs/sal.yaml" "$@"
}

ynl --mode uapi --header -o "$tmp/sal.h"
ynl --mode kernel --header -o "$tmp/netlink_gen.h"
ynl --mode kernel --source -o "$tmp/netlink_gen.c"

rc=0
put()
{
	if [ -n "$check" ]; then
		cmp -s "$tmp/$1" "$top/$2/$1" ||
			{ echo "regen: $2/$1 is stale" >&2; rc=1; }
	else
		cp "$tmp/$1" "$top/$2/$1"
	fi
}

sed -i 's,To regenerate run: .*\*/,To regenerate run: make regen KSRC=... */,' \
	"$tmp/sal.h" "$tmp/netlink_gen.h" "$tmp/netlink_gen.c"
put sal.h uapi/linux
put netlink_gen.h module
put netlink_gen.c module
exit $rc
