#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send one datagram to each of many addresses.

    miss_flood.py FIRST COUNT

Each socket sends few of them, as what is held counts against its buffer.
Prints how many the kernel took.
"""
import ipaddress
import socket
import sys

PER_SOCKET = 32


def main():
    first = ipaddress.ip_address(sys.argv[1])
    family = socket.AF_INET if first.version == 4 else socket.AF_INET6
    socks = []
    sent = 0
    for i in range(int(sys.argv[2])):
        if i % PER_SOCKET == 0:
            socks.append(socket.socket(family, socket.SOCK_DGRAM))
        try:
            socks[-1].sendto(b"x", (str(first + i), 9))
            sent += 1
        except OSError as err:
            print(first + i, err, file=sys.stderr)
    print(sent)


main()
