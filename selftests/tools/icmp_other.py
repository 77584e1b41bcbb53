#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send ADDRESS a question other than echo, and say what error comes back.

    icmp_other.py ADDRESS           a question
    icmp_other.py ADDRESS answer    an answer that nobody asked for

An ICMP timestamp request, or an ICMPv6 node information query; or a reply of
that kind. Prints type, code and the address that the quoted packet was sent to;
`nothing' after 10 seconds, for an answer after 2.
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
    answer = len(sys.argv) > 2
    if addr.version == 4:
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                             socket.IPPROTO_ICMP)
        # type 13 or 14; with nothing else in it the checksum is the complement
        kind = 14 if answer else 13
        sock.sendto(struct.pack("!BBH", kind, 0, 0xffff - (kind << 8)) +
                    bytes(16),
                    (str(addr), 0))
    else:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                             socket.IPPROTO_ICMPV6)
        sock.sendto(struct.pack("!BBH", 140 if answer else 139, 0, 0) + bytes(28),
                    (str(addr), 0))
    end = time.monotonic() + (2 if answer else 10)
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
