#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send an ICMP port unreachable to CLIENT about an echo request of its own.

    icmp_error.py CLIENT SERVER ID

It quotes an echo request from CLIENT to SERVER with identifier ID, and comes
from this namespace's own address.
"""
import ipaddress
import socket
import struct
import sys


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def icmp(kind, code, rest, pseudo=b""):
    """An ICMP message; REST is all behind the checksum."""
    head = struct.pack("!BBH", kind, code, 0)
    return struct.pack("!BBH", kind, code,
                       checksum(pseudo + head + rest)) + rest


def pseudo6(src, dst, length):
    """What ICMPv6 sums over in front of the message."""
    return src.packed + dst.packed + struct.pack("!II", length, 58)


def main():
    """Build it inside out."""
    client = ipaddress.ip_address(sys.argv[1])
    server = ipaddress.ip_address(sys.argv[2])
    echo = struct.pack("!HH", int(sys.argv[3]), 1) + b"\0" * 12
    if client.version == 4:
        request = icmp(8, 0, echo)
        ip4 = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(request), 1, 0, 64, 1,
                          0) + client.packed + server.packed
        ip4 = ip4[:10] + struct.pack("!H", checksum(ip4)) + ip4[12:]
        error = icmp(3, 3, b"\0" * 4 + ip4 + request)
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                             socket.IPPROTO_ICMP)
    else:
        request = icmp(128, 0, echo, pseudo6(client, server, 4 + len(echo)))
        ip6 = struct.pack("!IHBB", 6 << 28, len(request), 58, 64)
        ip6 += client.packed + server.packed
        # the kernel fills in the checksum
        error = struct.pack("!BBH", 1, 4, 0) + b"\0" * 4 + ip6 + request
        sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                             socket.IPPROTO_ICMPV6)
    sock.sendto(error, (str(client), 0))


main()
