#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send echo requests until the socket is full, and again when it is not.

    backpressure.py VIP STATEFILE

STATEFILE says `full N' when N requests have filled the send buffer, and
`drained N' when after that all of them were answered and the socket took one
more. The socket is that of ping: a raw one would say ENOBUFS and never wait.
"""
import select
import socket
import struct
import sys


def open_socket(version):
    """With little room for what is sent, and much for what comes back."""
    family, proto = (socket.AF_INET, socket.IPPROTO_ICMP) if version == 4 \
        else (socket.AF_INET6, socket.IPPROTO_ICMPV6)
    sock = socket.socket(family, socket.SOCK_DGRAM, proto)
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
            sock.sendto(request(version, count), (vip, 0))
        except BlockingIOError:
            return count
        count += 1


def answers(sock, version, want):
    """Wait for so many different answers."""
    seen = set()
    while len(seen) < want and select.select([sock], [], [], 60)[0]:
        data = sock.recv(2000)
        if data[0] == (0 if version == 4 else 129):
            seen.add(data[6:8])
    return len(seen)


def say(path, text):
    """One line, in the place of the last one."""
    with open(path, "w", encoding="ascii") as out:
        out.write(text)


def main():
    """Fill, tell, wait until it can be written to, tell."""
    vip, path = sys.argv[1:]
    version = 6 if ":" in vip else 4
    sock = open_socket(version)
    count = fill(sock, version, vip)
    say(path, f"full {count}\n")
    if not select.select([], [sock], [], 60)[1]:
        say(path, "never writable\n")
        return
    sock.sendto(request(version, count), (vip, 0))
    say(path, f"drained {answers(sock, version, count + 1) - 1}\n")


main()
