#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A capture on a device that knows which addresses it must not see come in.

    sniff.py DEVICE ADDRESS...

A packet that a capture has a reference to is not to change any more: what comes in
by the device is seen as it was on the wire, whatever becomes of it later. Says
"listening" when it does; when it gets SIGTERM how many packets came in, and how
many of them had one of the addresses as the source.
"""
import signal
import socket
import sys

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_OUTGOING = 4

device, addresses = sys.argv[1], sys.argv[2:]
sources = set()
for address in addresses:
    if ":" in address:
        sources.add(socket.inet_pton(socket.AF_INET6, address))
    else:
        sources.add(socket.inet_pton(socket.AF_INET, address))


def source(frame):
    kind = frame[12:14]
    if kind == b"\x08\x00":
        return frame[26:30]
    return frame[22:38] if kind == b"\x86\xdd" else None


class Stop(Exception):
    pass


def stop(*_):
    raise Stop


signal.signal(signal.SIGTERM, stop)
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
sock.bind((device, ETH_P_ALL))
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
print("listening", flush=True)
came, wrong = 0, 0
try:
    while True:
        frame, where = sock.recvfrom(65536)
        if where[2] == PACKET_OUTGOING:
            continue
        came += 1
        wrong += source(frame) in sources
except Stop:
    print(came, wrong, flush=True)
