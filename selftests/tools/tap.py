#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Capture on a device: a line for each Ethernet frame of IPv4 or IPv6.

    tap.py DEVICE

Prints `listening', then for each frame: in|out, source and destination hardware address,
source and destination address, and the time to live.
"""
import ipaddress
import socket
import sys

ETH_P_ALL = 3


def mac(raw):
    """As ip link has it."""
    return raw.hex(":")


def line(direction, frame):
    """None for what is neither."""
    proto = frame[12:14]
    if proto == b"\x08\x00":
        src, dst, ttl = frame[26:30], frame[30:34], frame[22]
    elif proto == b"\x86\xdd":
        src, dst, ttl = frame[22:38], frame[38:54], frame[21]
    else:
        return None
    return " ".join([direction, mac(frame[6:12]), mac(frame[:6]),
                     str(ipaddress.ip_address(src)),
                     str(ipaddress.ip_address(dst)), str(ttl)])


def main(device):
    """Until it is killed."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                       socket.htons(ETH_P_ALL)) as sock:
        sock.bind((device, ETH_P_ALL))
        print("listening", flush=True)
        while True:
            frame, where = sock.recvfrom(2048)
            text = line("out" if where[2] == socket.PACKET_OUTGOING else "in",
                        frame)
            if text:
                print(text, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
