#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send ADDRESS a question other than echo, and say what error comes back.

    icmp_other.py ADDRESS

An ICMP timestamp request, or an ICMPv6 node information query. Prints type,
code and the address that the quoted packet was sent to; `nothing' after 10
seconds.
"""
import ipaddress
import select
import socket
import struct
import sys
import time


def main():
    """Send, then look for an error that quotes what was sent."""
    addr = ipaddress.ip_address(sys.argv[1])
    if addr.version == 4:
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                             socket.IPPROTO_ICMP)
        # type 13; with nothing else in it the checksum is the complement
        sock.sendto(struct.pack("!BBH", 13, 0, 0xf2ff) + bytes(16),
                    (str(addr), 0))
    else:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                             socket.IPPROTO_ICMPV6)
        sock.sendto(struct.pack("!BBH", 139, 0, 0) + bytes(28),
                    (str(addr), 0))
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if not select.select([sock], [], [], 1)[0]:
            continue
        data = sock.recv(2000)
        if addr.version == 4:
            data = data[(data[0] & 15) * 4:]
        quoted = data[8:]
        at = slice(16, 20) if addr.version == 4 else slice(24, 40)
        if data[0] in ((3, 12) if addr.version == 4 else (1, 2, 3, 4)):
            print(data[0], data[1], ipaddress.ip_address(quoted[at]))
            return
    print("nothing")


main()
