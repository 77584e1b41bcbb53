#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""An ICMP error whose quote ends too soon.

    short_quote.py CLIENT ENDPOINT

Sends CLIENT a port unreachable about a datagram from it to ENDPOINT, of which four
bytes of the UDP header are quoted.
"""
import socket
import struct
import sys

client, endpoint = sys.argv[1:]
v6 = ":" in client
family = socket.AF_INET6 if v6 else socket.AF_INET
src = socket.inet_pton(family, client)
dst = socket.inet_pton(family, endpoint)
sock = socket.socket(family, socket.SOCK_RAW, 58 if v6 else 1)
if v6:
    quote = struct.pack("!IHBB", 6 << 28, 8, 17, 64) + src + dst
else:
    quote = struct.pack("!BBHHHBBH", 0x45, 0, 28, 0, 0, 64, 17, 0) + src + dst
quote += bytes(4)
error = struct.pack("!BBHI", 1 if v6 else 3, 4 if v6 else 3, 0, 0) + quote
if not v6:
    total = sum(struct.unpack("!%dH" % (len(error) // 2), error))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    error = error[:2] + struct.pack("!H", ~total & 0xffff) + error[4:]
sock.sendto(error, (client, 0))
