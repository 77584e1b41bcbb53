#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Conversations outlive their servers: what `make demo' plays in a virtual
# machine.
#
#	demo.sh [SCENE...]	all of them if none is named; see scenes.sh
#
# Each scene is played for IPv4 and IPv6 at once. The last lines but one are for
# machines, one for each scene and family:
#
#	demo: SCENE-vN sent=N received=N lost=N duplicates=N reordered=N
#	      inflight=N moves=N	(in one line)
#	demo: web-vN sent=N received=N lost=N answered_by=N,N,N download_lines=N
#	demo: initiator-vN sent=N received=N lost=N duplicates=N reordered=N moves=N
#	demo: tcp-repair-vN connections=N sent=N received=N asked=N answered=N
#	      wrong=N lost=N resets=N closed=N moves=N stall_ms=N	(bytes)
#	demo: balance-SCHED[-less]-vN flows=N b1=N b2=N b3=N b4=N lost=N worst=N%
#
# Exits with 0 only where sal kept its word: nothing was lost, and what is said
# in wrong() of evidence.py, web.py, balance.py, initiator.py and repair.py. What the
# baselines lose is told, and is no failure.

set -u

DEMO_DIR="$(cd "$(dirname "$0")" && pwd)"
REPO="$(cd "$DEMO_DIR/../.." && pwd)"
SAL_KO="${SAL_KO:-$REPO/sal.ko}"
TOOLS="${SAL_TOOLS:-$REPO/selftests/tools}"
PATH="$(dirname "${SALCTL:-$REPO/userland/salctl}"):$PATH:/usr/sbin:/sbin"
export LC_ALL=C.UTF-8

# shellcheck source=selftests/demo/picture.sh
. "$DEMO_DIR/picture.sh"
# shellcheck source=selftests/demo/servers.sh
. "$DEMO_DIR/servers.sh"
# shellcheck source=selftests/demo/record.sh
. "$DEMO_DIR/record.sh"
# shellcheck source=selftests/demo/balance.sh
. "$DEMO_DIR/balance.sh"
# shellcheck source=selftests/demo/drain.sh
. "$DEMO_DIR/drain.sh"
# shellcheck source=selftests/demo/initiator.sh
. "$DEMO_DIR/initiator.sh"
# shellcheck source=selftests/demo/repair.sh
. "$DEMO_DIR/repair.sh"
# shellcheck source=selftests/demo/scenes.sh
. "$DEMO_DIR/scenes.sh"

SCENES=(edge-migrate edge-gap edge-failover router udp web balance drain initiator
	tcp-repair
	baseline-2018 baseline-nft baseline-2018-gap baseline-nft-gap)
[ $# -eq 0 ] || SCENES=("$@")
for scene in "${SCENES[@]}"; do
	[ -n "${TITLES[$scene]:-}" ] || {
		echo "demo: no scene $scene; there are ${!TITLES[*]}" >&2
		exit 2
	}
done

RESULTS="$(mktemp -d)"
trap 'rm -rf "$RESULTS"' EXIT

# Some Pythons are found by a slow script that looks for them first.
PYTHON="$(python3 -c 'import sys; print(sys.executable)')" || exit 1

cat <<'END'

  Conversations outlive their servers
  ===================================

  a.com talks to b.com, by an address that belongs to no machine. Meanwhile the
  instance of b.com that answers is replaced, and a.com is not to notice.

      a.com        b.com #1       b.com #2       b.com #3       c.com
        |             |              |              |             |
      [br0 ------------------- orchestrator ----------------------- ]

  Each is a network namespace. b.com is 10.1.0.2 and fd00:254::2; its instances
  have addresses of their own. c.com is only there to measure the speed of this
  machine. What a.com does in a scene, by IPv4 and by IPv6 at once:

     edge-...      ping, a hundred times a second
     router        the same; orchestrator routes instead of bridging, and is the
                   only one of them that has to do with sal
     udp           as many datagrams, which come back
     web           curl http://b.com/ in a loop, and beside that one download
     balance       a datagram from each of thousands of ports; here are four
                   instances, and bars show their shares
     drain         ping; each instance is drained before it goes
     initiator     who goes is a.com; b.com sends and sends, and bars show who
                   got it
     tcp-repair    streams, requests and idle connections; the server hands its
                   sockets to its successor, and back; bytes are counted
     baseline-...  ping; the instance is replaced by other means than sal

  Bars show when requests were answered, by whom, and what a.com got of that:

     #  all that are sent in such a time      :  some      .  few
     @  more than that                        (blank)  none

  By whom is what was captured at each instance's port of the bridge; what a.com
  got is what its ping or curl printed. This machine may be an emulated one:
  compare its times with each other, and with nothing else.
END

insmod "$SAL_KO" || exit 1
num=0
for scene in "${SCENES[@]}"; do
	num=$((num + 1))
	play "$scene" "$num/${#SCENES[@]}" || {
		echo "demo: FAILED: $scene was not played to its end" >&2
		exit 1
	}
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
