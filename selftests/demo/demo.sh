#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A running ping outlives its server: what `make demo' plays in a virtual
# machine.
#
#	demo.sh [SCENE...]	all of them if none is named
#
# Each scene is played for IPv4 and IPv6 at once. The last lines are for
# machines, one for each scene and family:
#
#	demo: SCENE-vN sent=N received=N lost=N duplicates=N reordered=N
#	      inflight=N moves=N	(in one line)
#
# Exits with 0 only where sal lost, repeated and reordered nothing; what the
# baselines lose is told, and no failure.

set -u

DEMO_DIR="$(cd "$(dirname "$0")" && pwd)"
REPO="$(cd "$DEMO_DIR/../.." && pwd)"
SAL_KO="${SAL_KO:-$REPO/sal.ko}"
PATH="$(dirname "${SALCTL:-$REPO/userland/salctl}"):$PATH:/usr/sbin:/sbin"
export LC_ALL=C.UTF-8

# shellcheck source=selftests/demo/picture.sh
. "$DEMO_DIR/picture.sh"
# shellcheck source=selftests/demo/record.sh
. "$DEMO_DIR/record.sh"
# shellcheck source=selftests/demo/scenes.sh
. "$DEMO_DIR/scenes.sh"

SCENES=(edge-migrate edge-gap edge-failover router
	baseline-2018 baseline-nft baseline-2018-gap baseline-nft-gap)
[ $# -eq 0 ] || SCENES=("$@")

RESULTS="$(mktemp -d)"
trap 'rm -rf "$RESULTS"' EXIT

# Some Pythons are found by a slow script that looks for them first.
PYTHON="$(python3 -c 'import sys; print(sys.executable)')" || exit 1

cat <<'END'

  A ping outlives its server
  ==========================

  a.com pings b.com, by an address that belongs to no machine, a hundred
  times a second. Meanwhile the instance of b.com that answers is replaced.

     a.com #1      a.com #2       b.com #1       b.com #2       c.com
        |             |              |              |             |
      [br0 ------------------- orchestrator ----------------------- ]

  Each is a network namespace, and b.com is 10.1.0.2 and fd00:254::2. The
  two of them are pinged at once, and a move by sal moves both. In the scene
  "router" orchestrator is no bridge but routes between them, and none of them
  has anything to do with sal.

  The bars show how many requests were answered, by whom and when:

     #  all that are sent in such a time      :  some      .  few
     @  more than that                        (blank)  none

  Who answered is what was captured at each instance's port of the bridge;
  what a.com got is what its ping printed. This machine may be an emulated
  one: compare its times with each other, and with nothing else.
END

insmod "$SAL_KO" || exit 1
for scene in "${SCENES[@]}"; do
	play "$scene" || exit 1
done
# Namespaces go in the background, and what is in them holds the module.
for ((i = 0; i < 100; i++)); do
	rmmod sal 2>/dev/null && break
	sleep 0.1
done
if lsmod | grep -q '^sal '; then
	echo "demo: the module cannot be removed" >&2
	exit 1
fi

"$PYTHON" "$DEMO_DIR/report.py" table "$RESULTS" "${SCENES[@]}"
