#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A flow, by UDP, of which some packets have IP options and the others none.

    mixed.py ADDRESS PORT BURSTS

In each burst one with options is followed by some without. Prints how many were answered,
and how many answers came after one of a later packet.
"""
import socket
import sys
import time

BURST = 4
IP_OPTIONS = 4
IPV6_HOPOPTS = 54


def set_options(sock, family, there):
    """No operation: who meets it has to look nevertheless."""
    if family == socket.AF_INET:
        sock.setsockopt(socket.SOL_IP, IP_OPTIONS,
                        b"\x01\x01\x01\x01" if there else b"")
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_HOPOPTS,
                        bytes([0, 0, 1, 4, 0, 0, 0, 0]) if there else b"")


def main(addr, port, bursts):
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.connect((addr, port))
    sock.settimeout(20)
    answered = late = number = last = 0
    for _ in range(bursts):
        for i in range(BURST):
            number += 1
            set_options(sock, family, i == 0)
            sock.send(b"%08d" % number)
        for i in range(BURST):
            try:
                got = int(sock.recv(100).split()[-1])
            except socket.timeout:
                break
            answered += 1
            late += got < last
            last = got
        time.sleep(0.005)
    print(answered, late)


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
