#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Echo requests as Ethernet frames, with something about them.

    frames.py DEVICE MAC SOURCE ADDRESS ID COUNT [KIND...]

COUNT frames of each KIND:

    plain       nothing
    tagged      of a VLAN
    priority    with a tag, of no VLAN
    padded      the frame is longer than the packet
    options     IPv4 options, or an extension header
    fragments   two for each request
    others      to the hardware address of somebody else
    broadcast   to everybody's
    sum         the checksum of the IPv4 header is wrong
    short       the packet is shorter than it says
    version     neither IPv4 nor IPv6
"""
import ipaddress
import socket
import struct
import sys

DATA = bytes(64)


def checksum(data):
    """Of the Internet."""
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def echo(src, dst, ident, seq):
    """The packet's payload."""
    kind, pseudo = 8, b""
    if src.version == 6:
        kind = 128
        pseudo = src.packed + dst.packed + struct.pack("!II", 8 + len(DATA), 58)
    head = struct.pack("!BBHHH", kind, 0, 0, ident, seq)
    head = struct.pack("!BBHHH", kind, 0, checksum(pseudo + head + DATA), ident,
                       seq)
    return head + DATA


def packet4(src, dst, payload, options=b"", frag=0, seq=0):
    """With its header."""
    words = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH4s4s", 0x40 | words, 0, words * 4 + len(payload),
                       seq, frag, 64, 1, 0, src.packed, dst.packed) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def packet6(src, dst, payload, nexthdr=58):
    """Likewise."""
    return struct.pack("!IHBB", 0x60000000, len(payload), nexthdr,
                       64) + src.packed + dst.packed + payload


def fragments(src, dst, payload, seq):
    """In two pieces."""
    if src.version == 4:
        return [packet4(src, dst, payload[:40], frag=0x2000, seq=seq),
                packet4(src, dst, payload[40:], frag=5, seq=seq)]
    return [packet6(src, dst, struct.pack("!BBHI", 58, 0, 1, seq) + payload[:40],
                    44),
            packet6(src, dst, struct.pack("!BBHI", 58, 0, 40, seq) +
                    payload[40:], 44)]


def with_options(src, dst, payload):
    """That ask for nothing."""
    if src.version == 4:
        return packet4(src, dst, payload, b"\1\1\1\0")
    return packet6(src, dst, bytes([58, 0, 1, 4, 0, 0, 0, 0]) + payload, 60)


def packets(kind, src, dst, ident, seq):
    """Of one request."""
    payload = echo(src, dst, ident, seq)
    if kind == "fragments":
        return fragments(src, dst, payload, seq)
    if kind == "options":
        return [with_options(src, dst, payload)]
    plain = packet4 if src.version == 4 else packet6
    packet = plain(src, dst, payload)
    if kind == "sum":
        packet = packet[:10] + bytes([packet[10] ^ 1]) + packet[11:]
    elif kind == "short":
        packet = packet[:-10]
    elif kind == "version":
        packet = bytes([0x70 | packet[0] & 15]) + packet[1:]
    elif kind == "padded":
        packet += bytes(20)
    return [packet]


def header(kind, device_mac, mac, version):
    """Of Ethernet."""
    to = {"others": b"\2\0\0\0\7\7", "broadcast": b"\xff" * 6}.get(kind, mac)
    tag = {"tagged": struct.pack("!HH", 0x8100, 5),
           "priority": struct.pack("!HH", 0x8100, 0x6000)}.get(kind, b"")
    return to + device_mac + tag + (b"\x08\x00" if version == 4 else b"\x86\xdd")


def main(device, mac, src, dst, ident, count, *kinds):
    """All of them."""
    src, dst = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    mac = bytes.fromhex(mac.replace(":", ""))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        sock.bind((device, 0))
        own = sock.getsockname()[4]
        for kind in kinds or ["plain"]:
            for seq in range(int(count)):
                for packet in packets(kind, src, dst, int(ident), seq):
                    sock.send(header(kind, own, mac, src.version) + packet)


if __name__ == "__main__":
    main(*sys.argv[1:])
