#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a server sees: sources of the echo requests that it receives.

    who_asks.py FAMILY COUNT

By a raw socket, which gets them when all hooks are through. Says listening, then
prints a line SOURCE ID for each of COUNT requests; ends after 20 s without one.
"""
import socket
import struct
import sys

family, count = sys.argv[1:]
if family == "4":
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
    REQUEST = 8
else:
    sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
    REQUEST = 128
sock.settimeout(20)
print("listening", flush=True)
left = int(count)
while left:
    try:
        data, addr = sock.recvfrom(65536)
    except socket.timeout:
        break
    if family == "4":
        data = data[(data[0] & 15) * 4:]
    kind, _, _, ident = struct.unpack_from("!BBHH", data)
    if kind == REQUEST:
        print(addr[0], ident, flush=True)
        left -= 1
