#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Echo replies that nobody has asked for, ten in a second, until it is killed.

    answer_on.py ADDRESS ID
"""
import ipaddress
import socket
import struct
import sys
import time


def main(address, ident):
    """By a raw socket; the kernel makes the checksum of ICMPv6."""
    addr = ipaddress.ip_address(address)
    if addr.version == 4:
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        # with nothing else in it the checksum is the complement
        reply = struct.pack("!BBHHH", 0, 0, 0xffff - ident, ident, 0)
    else:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        reply = struct.pack("!BBHHH", 129, 0, 0, ident, 0)
    while True:
        sock.sendto(reply, (address, 0))
        time.sleep(0.1)


main(sys.argv[1], int(sys.argv[2]))
