#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Capture on a device: a line for each Ethernet frame of IPv4 or IPv6.

    tap.py DEVICE [ETHERTYPE]

Of all of them, or those that are received and have that type; DEVICE is perhaps `any'.
Prints `listening', then for each frame: in|out, source and destination hardware address,
source and destination address, the time to live, and what its checksum is: right, wrong;
partial, as a device has yet to sum it, and right so far; none of a fragment or of what is
neither ICMP, TCP nor UDP.
"""
import ipaddress
import socket
import struct
import sys

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_AUXDATA = 8
TP_STATUS_CSUMNOTREADY = 1 << 3

# where each has its checksum
SUM_AT = {1: 2, 6: 16, 17: 6, 58: 2}


def mac(raw):
    """As ip link has it."""
    return raw.hex(":")


def folded(data):
    """The sum of its words."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def checksum(proto, addrs, data, partial):
    """What it is."""
    at = SUM_AT.get(proto)
    if at is None or len(data) < at + 2:
        return "none"
    pseudo = b""
    if proto != 1:
        pseudo = addrs + struct.pack("!II", len(data), proto)
    if not partial:
        return "right" if folded(pseudo + data) == 0xffff else "wrong"
    so_far = struct.unpack_from("!H", data, at)[0]
    return "partial" if so_far == folded(pseudo) else "wrong"


def line(direction, frame, partial):
    """None for what is neither."""
    proto = frame[12:14]
    if proto == b"\x08\x00":
        addrs, ttl, upper = frame[26:34], frame[22], frame[23]
        end = 14 + struct.unpack_from("!H", frame, 16)[0]
        data = frame[14 + (frame[14] & 15) * 4:end]
        if struct.unpack_from("!H", frame, 20)[0] & 0x3fff:
            upper = None
    elif proto == b"\x86\xdd":
        addrs, ttl, upper = frame[22:54], frame[21], frame[20]
        data = frame[54:54 + struct.unpack_from("!H", frame, 18)[0]]
    else:
        return None
    half = len(addrs) // 2
    return " ".join([direction, mac(frame[6:12]), mac(frame[:6]),
                     str(ipaddress.ip_address(addrs[:half])),
                     str(ipaddress.ip_address(addrs[half:])), str(ttl),
                     checksum(upper, addrs, data, partial)])


def is_partial(ancillary):
    """As the kernel says."""
    for level, kind, data in ancillary:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            return struct.unpack_from("=I", data)[0] & TP_STATUS_CSUMNOTREADY
    return False


def main(device, ethertype=str(ETH_P_ALL)):
    """Until it is killed."""
    proto = int(ethertype, 0)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                       socket.htons(proto)) as sock:
        sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        if device != "any":
            sock.bind((device, proto))
        print("listening", flush=True)
        while True:
            frame, ancillary, _, where = sock.recvmsg(1 << 17, 512)
            text = line("out" if where[2] == socket.PACKET_OUTGOING else "in",
                        frame, is_partial(ancillary))
            if text:
                print(text, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
