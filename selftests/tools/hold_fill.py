#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send large echo requests that nobody answers, until no more are taken.

    hold_fill.py ADDRESS MOST

Each socket sends as much as it may have under way, then comes the next one. One that
may send nothing at all is refused. Prints how many requests were taken, and whether
there was one refused (ENOBUFS).
"""
import errno
import socket
import struct
import sys

SIZE = 60000

address, most = sys.argv[1:]


def fill(sock, room):
    """Send until no more is taken: how many were, and the error that ended it."""
    data = struct.pack("!BBHHH", 8, 0, 0, 1, 1) + bytes(SIZE)
    for count in range(room):
        try:
            sock.send(data, socket.MSG_DONTWAIT)
        except OSError as error:
            if error.errno not in (errno.ENOBUFS, errno.EAGAIN):
                raise
            return count, error.errno
    return room, 0


socks, taken, refused = [], 0, False
while taken < int(most) and not refused:
    new = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    new.setsockopt(socket.IPPROTO_IP, 11, 1)    # IP_RECVERR: tell ENOBUFS
    new.connect((address, 0))
    socks.append(new)
    sent, why = fill(new, int(most) - taken)
    taken += sent
    refused = not sent and why == errno.ENOBUFS
print(f'{{"taken": {taken}, "refused": {str(refused).lower()}}}')
