#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Moves of flows, many, by one process that looks at each.

    moves.py watch FAMILY COUNT SERVICE NAMESPACE NAMESPACE [SPORT]
        Move the flows of SERVICE, or those from client port or echo id SPORT, from the first endpoint to the second and
        back, COUNT times in all; after each move wait until the namespace that
        got them has received another echo request; or another datagram, where
        FAMILY is udp4 or udp6. Endpoints have the names of their namespaces.
        Prints how many moves were followed by one, and the longest wait.

    moves.py cost ROUNDS SERVICE...
        Move the flows of each service from b1 to b2 and back, the services
        taking turns; prints a line for each: SERVICE FLOWS CELLS NS, the last
        being the kernel's shortest time for a move.

    moves.py each ROUNDS SERVICE
        Move the flows of SERVICE from b1 to b2 and back, flow by flow; prints
        FLOWS NS, the latter being the kernel's shortest time for a move.

Run in the domain's namespace.
"""
import ctypes
import os
import struct
import sys
import time

from nl import N, Family, attr, namespace, number_of, text

# what the kernel counts received requests by: file, line, column
COUNTERS = {"4": ("snmp", "Icmp:", "InEchos"),
            "6": ("snmp6", "Icmp6InEchos", None),
            "udp4": ("snmp", "Udp:", "InDatagrams"),
            "udp6": ("snmp6", "Udp6InDatagrams", None)}

# seconds; a move that nothing follows is not waited for longer
PATIENCE = 30


def from_port(sport):
    """The flows of this client port, or echo id."""
    return attr(N["SAL_A_MIGRATE_SPORT"], struct.pack("!H", int(sport)))


def migrate(fam, service, src, dst, which=b""):
    """Returns flows, cells, duration."""
    reply = fam.ask("MIGRATE", attr(N["SAL_A_MIGRATE_SERVICE"], text(service)) +
                    attr(N["SAL_A_MIGRATE_FROM"], text(src)) +
                    attr(N["SAL_A_MIGRATE_TO"], text(dst)) + which)
    return tuple(number_of(reply[N["SAL_A_MIGRATE_" + name]])
                 for name in ("FLOWS", "CELLS", "DURATION"))


class Counter:
    """Requests that a namespace has received."""

    def __init__(self, name, family):
        path, self.line, self.column = COUNTERS[family]
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        enter(namespace(name))
        # the file stays that of the namespace in which it was opened
        self.file = os.open(f"/proc/self/net/{path}", os.O_RDONLY)
        enter(home)

    def read(self):
        """The number, as it is now."""
        table = os.pread(self.file, 65536, 0).decode()
        rows = [row.split() for row in table.splitlines()
                if row.startswith(self.line)]
        if self.column:
            return int(rows[1][rows[0].index(self.column)])
        return int(rows[0][1])


def enter(fd):
    """Python has a setns() of its own since 3.12."""
    if ctypes.CDLL(None, use_errno=True).setns(fd, 0):
        raise OSError(ctypes.get_errno(), "setns")


def watch(family, count, service, src, dst, sport=None):
    """Each move is followed by a request to where it went."""
    fam = Family()
    counters = {place: Counter(place, family) for place in (src, dst)}
    which = from_port(sport) if sport else b""
    longest = 0
    for i in range(int(count)):
        before = counters[dst].read()
        begin = time.monotonic()
        migrate(fam, service, src, dst, which)
        while counters[dst].read() == before:
            if time.monotonic() > begin + PATIENCE:
                sys.exit(f"{i} moves were followed by a request, then none "
                         f"came to {dst} in {PATIENCE} s")
            time.sleep(0.001)
        longest = max(longest, time.monotonic() - begin)
        src, dst = dst, src
    print(f"followed={count} longest_ms={longest * 1000:.0f}")


def cost(rounds, *services):
    """In turns, so that what else the machine does hits all alike."""
    fam = Family()
    best = {}
    for _ in range(int(rounds)):
        for service in services:
            for pair in (("b1", "b2"), ("b2", "b1")):
                flows, cells, took = migrate(fam, service, *pair)
                took = min(took, best.get(service, (0, 0, took))[2])
                best[service] = flows, cells, took
    for service in services:
        print(service, *best[service])


def each(rounds, service):
    """By a selector that all flows match."""
    fam = Family()
    icmp = attr(N["SAL_A_MIGRATE_PROTO"], b"\1")
    best = 0, 0
    for _ in range(int(rounds)):
        for pair in (("b1", "b2"), ("b2", "b1")):
            flows, _, took = migrate(fam, service, *pair, icmp)
            if not best[0] or took < best[1]:
                best = flows, took
    print(*best)


{"watch": watch, "cost": cost, "each": each}[sys.argv[1]](*sys.argv[2:])
