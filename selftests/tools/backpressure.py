#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send echo requests until the socket is full, and again when it is not.

    backpressure.py VIP STATEFILE [unanswered|PORT]

STATEFILE says `full N' when N requests have filled the send buffer, and
`drained N' when after that all of them were answered and the socket took one
more. Where no answers are expected it says `free M of N MS' instead: MS
milliseconds after it was full the socket could be written to, and took M more.
With a port they are datagrams, to who echoes there.

The socket is that of ping: a raw one would say ENOBUFS and never wait.
"""
import select
import socket
import struct
import sys
import time


PORT = int(sys.argv[3]) if sys.argv[3:] and sys.argv[3].isdigit() else 0


def open_socket(version):
    """With little room for what is sent, and much for what comes back."""
    family, proto = (socket.AF_INET, socket.IPPROTO_ICMP) if version == 4 \
        else (socket.AF_INET6, socket.IPPROTO_ICMPV6)
    sock = socket.socket(family, socket.SOCK_DGRAM, 0 if PORT else proto)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20000)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.setblocking(False)
    return sock


def request(version, seq):
    """An echo request; the kernel does the rest of its header."""
    return struct.pack("!BBHHH", 8 if version == 4 else 128, 0, 0, 0, seq) + \
        bytes(400)


def fill(sock, version, vip):
    """How many it takes until it would block."""
    count = 0
    while True:
        try:
            sock.sendto(request(version, count), (vip, PORT))
        except BlockingIOError:
            return count
        count += 1


def answers(sock, version, want):
    """Wait for so many different answers."""
    seen = set()
    while len(seen) < want and select.select([sock], [], [], 60)[0]:
        data = sock.recv(2000)
        if PORT or data[0] == (0 if version == 4 else 129):
            seen.add(data[6:8])
    return len(seen)


def say(path, text):
    """One line, in the place of the last one."""
    with open(path, "w", encoding="ascii") as out:
        out.write(text)


def refill(sock, version, vip, want):
    """How many it takes, up to as many as there is room for at first.

    A socket that can be written to may have room for some only, as yet.
    """
    count, end = 0, time.monotonic() + 30
    while count < want and time.monotonic() < end:
        count += fill(sock, version, vip)
        select.select([], [sock], [], 1)
    return min(count, want)


def main():
    """Fill, tell, wait until it can be written to, tell."""
    vip, path = sys.argv[1:3]
    version = 6 if ":" in vip else 4
    sock = open_socket(version)
    count = fill(sock, version, vip)
    full = time.monotonic()
    say(path, f"full {count}\n")
    if not select.select([], [sock], [], 60)[1]:
        say(path, "never writable\n")
        return
    if "unanswered" in sys.argv:
        waited = (time.monotonic() - full) * 1000
        took = refill(sock, version, vip, count)
        say(path, f"free {took} of {count} {waited:.0f}\n")
        return
    sock.sendto(request(version, count), (vip, PORT))
    say(path, f"drained {answers(sock, version, count + 1) - 1}\n")


main()
