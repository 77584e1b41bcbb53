#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A running ping outlives its server: what `make demo' plays in a virtual
# machine. Exits with 0 only where sal lost, repeated and reordered nothing.
#
#	demo.sh [SCENE...]	all of them if none is named

set -u

DEMO_DIR="$(cd "$(dirname "$0")" && pwd)"
REPO="$(cd "$DEMO_DIR/../.." && pwd)"
SAL_KO="${SAL_KO:-$REPO/sal.ko}"
PATH="$REPO/userland:$PATH:/usr/sbin:/sbin"

# shellcheck source=selftests/demo/picture.sh
. "$DEMO_DIR/picture.sh"
# shellcheck source=selftests/demo/record.sh
. "$DEMO_DIR/record.sh"
# shellcheck source=selftests/demo/scenes.sh
. "$DEMO_DIR/scenes.sh"

SCENES=(edge-migrate edge-gap edge-failover
	baseline-2018 baseline-2018-gap baseline-nft baseline-nft-gap)
[ $# -eq 0 ] || SCENES=("$@")

RESULTS="$(mktemp -d)"
trap 'rm -rf "$RESULTS"' EXIT

cat <<'END'

  A ping outlives its server
  ==========================

  a.com pings b.com by an address that belongs to no machine. Under the
  ping's feet the namespace that answers is replaced, again and again.

     a.com         a.com.2        b.com.1        b.com.2        c.com
       |              |              |              |             |
     [ br0 ---------------------- orchestrator ------------------- ]

  b.com is 10.1.0.2 and fd00:254::2. Each scene runs in this virtual
  machine, which may be an emulated one: compare times with each other, and
  with nothing else. The bars are made from captures at each instance.
END

insmod "$SAL_KO" || exit 1
for scene in "${SCENES[@]}"; do
	for family in 4 6; do
		play "$scene" "$family"
	done
done
rmmod sal || exit 1

python3 "$DEMO_DIR/report.py" table "$RESULTS"
