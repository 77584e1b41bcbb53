#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets that are nearly right, out of a namespace.

    packet_fuzz.py SEED SECONDS out
        by raw sockets, which meets LOCAL_OUT here
    packet_fuzz.py SEED SECONDS wire MAC
        by eth0 to that hardware address, which meets hooks there

ICMP of all types of interest, also with a quoted packet, between clients, VIPs
and endpoints, with few identifiers, so that flows are hit; IPv4 options, IPv6
extension headers, fragments, other protocols; damaged now and then. The same
seed sends the same packets. Prints how many were sent, and how many this
namespace's own kernel refused.
"""
import random
import socket
import struct
import sys
import time

ADDR = {4: [f"10.0.1.{i}" for i in (1, 2, 11, 12, 13, 254)] +
        [f"10.1.0.{i}" for i in (2, 2, 2, 3, 9)],
        6: [f"fd00:1::{i}" for i in (1, 2, 11, 12, 13, 254)] +
        [f"fd00:254::{i}" for i in (2, 2, 2, 3, 9)] + ["::ffff:10.1.0.2"]}
TYPES = {4: [8, 8, 8, 0, 0, 3, 3, 4, 5, 11, 12, 13, 17],
         6: [128, 128, 128, 129, 129, 1, 1, 2, 3, 4, 133, 135, 137]}
ERRORS = {4: (3, 4, 5, 11, 12), 6: (1, 2, 3, 4)}
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
PROTO = {4: 1, 6: 58}


def csum(data):
    """The internet checksum."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Fuzz:
    """Makes packets."""

    def __init__(self, seed):
        self.rnd = random.Random(seed)

    def chance(self, percent):
        """True so often."""
        return self.rnd.random() * 100 < percent

    def addr(self, family):
        """One of those that mean something."""
        return socket.inet_pton(FAMILY[family],
                                self.rnd.choice(ADDR[family]))

    def icmp(self, family, src, dst, depth):
        """With a correct checksum, mostly."""
        kind = self.rnd.choice(TYPES[family])
        rest = struct.pack("!HH", self.rnd.choice([1, 2, 3, 0, 0xffff]),
                           self.rnd.randrange(65536))
        if kind in ERRORS[family] and depth < 2:
            body = self.packet(family, depth + 1)
            body = body[:self.rnd.choice([0, 7, 20, 27, 28, 40, 48, 200])]
        else:
            body = self.rnd.randbytes(self.rnd.choice([0, 0, 1, 8, 56]))
        code = self.rnd.choice([0, 0, 0, 1, 3, 4])
        data = struct.pack("!BBH", kind, code, 0) + rest + body
        pseudo = b"" if family == 4 else \
            src + dst + struct.pack("!I3xB", len(data), 58)
        total = csum(pseudo + data) if self.chance(95) else 0
        return data[:2] + struct.pack("!H", total) + data[4:]

    def payload(self, family, src, dst, depth):
        """(protocol, data)"""
        if self.chance(85):
            return PROTO[family], self.icmp(family, src, dst, depth)
        proto = self.rnd.choice([1, 58, 6, 17, 132, 41, 4, 50, 255])
        return proto, self.rnd.randbytes(self.rnd.choice([0, 3, 8, 20, 64]))

    def options4(self):
        """Padded to whole words."""
        if self.chance(80):
            return b""
        data = b""
        for _ in range(self.rnd.randrange(1, 4)):
            kind = self.rnd.choice([0, 1, 7, 68, 131, 137, 148, 200])
            size = self.rnd.choice([0, 1, 2, 3, 7, 11])
            data += bytes([kind]) if kind < 2 else \
                bytes([kind, size]) + self.rnd.randbytes(max(size - 2, 0))
        data = data[:40]
        return data + b"\0" * (-len(data) % 4)

    def packet4(self, depth):
        """An IPv4 packet."""
        src, dst, opts = self.addr(4), self.addr(4), self.options4()
        proto, data = self.payload(4, src, dst, depth)
        frag = 0 if self.chance(90) else \
            self.rnd.choice([0x2000, 0x4000, 1, 0x2001, 0x1fff])
        ihl = 5 + len(opts) // 4
        size = ihl * 4 + len(data)
        if self.chance(3):
            size = self.rnd.choice([0, 19, 20, size - 1, size + 1, 65535])
        if self.chance(2):
            ihl = self.rnd.randrange(16)
        head = struct.pack("!BBHHHBBH4s4s", 0x40 | ihl, 0, size & 0xffff,
                           self.rnd.randrange(4), frag,
                           self.rnd.choice([64, 64, 64, 1, 0]), proto, 0,
                           src, dst) + opts
        total = csum(head)
        return head[:10] + struct.pack("!H", total) + head[12:] + data

    def exthdr6(self, nexthdr):
        """(its own number, data)"""
        kind = self.rnd.choice([0, 60, 60, 43, 43, 44, 51, 135])
        if kind == 44:
            return kind, struct.pack("!BBHI", nexthdr, 0, self.rnd.choice(
                [0, 1, 8, 9]), self.rnd.randrange(4))
        if kind == 43:
            body = bytes([self.rnd.choice([0, 2, 4]),
                          self.rnd.choice([0, 1])]) + b"\0" * 4 + self.addr(6)
        elif self.chance(30):
            # a home address
            body = b"\1\2\0\0" + b"\xc9\x10" + self.addr(6)
        else:
            body = self.rnd.randbytes(self.rnd.choice([6, 14]))
        body += b"\0" * (-(len(body) + 2) % 8)
        size = (len(body) + 2) // 8 - 1
        if self.chance(10):
            size = self.rnd.choice([0, 1, 31, 255])
        return kind, bytes([nexthdr, size]) + body

    def packet6(self, depth):
        """An IPv6 packet."""
        src, dst = self.addr(6), self.addr(6)
        nexthdr, data = self.payload(6, src, dst, depth)
        while self.chance(20):
            nexthdr, head = self.exthdr6(nexthdr)
            data = head + data
        size = len(data)
        if self.chance(3):
            size = self.rnd.choice([0, 1, size + 1, 65535])
        return struct.pack("!IHBB16s16s", 0x60000000, size & 0xffff, nexthdr,
                           self.rnd.choice([64, 64, 64, 1, 0]), src,
                           dst) + data

    def packet(self, family, depth=0):
        """One of a family, now and then damaged."""
        data = self.packet4(depth) if family == 4 else self.packet6(depth)
        if self.chance(8):
            data = bytearray(data)
            for _ in range(self.rnd.randrange(1, 4)):
                data[self.rnd.randrange(len(data))] = self.rnd.randrange(256)
        if self.chance(4):
            data = data[:self.rnd.randrange(1, len(data))]
        return bytes(data)


def open_out():
    """Sender by raw sockets."""
    socks = {family: socket.socket(FAMILY[family], socket.SOCK_RAW,
                                   socket.IPPROTO_RAW) for family in (4, 6)}

    def send(family, data):
        off = (16, 20) if family == 4 else (24, 40)
        dst = data[off[0]:off[1]].ljust(off[1] - off[0], b"\0")
        socks[family].sendto(data, (socket.inet_ntop(FAMILY[family], dst), 0))
    return send


def open_wire(mac):
    """Sender by the device."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind(("eth0", 0))
    own = sock.getsockname()[4]
    dest = bytes.fromhex(mac.replace(":", ""))

    def send(family, data):
        kind = 0x0800 if family == 4 else 0x86dd
        sock.send(dest + own + struct.pack("!H", kind) + data)
    return send


def main():
    """As the usage says."""
    seed, seconds, how, *mac = sys.argv[1:]
    fuzz = Fuzz(int(seed))
    send = open_out() if how == "out" else open_wire(*mac)
    end = time.monotonic() + float(seconds)
    sent = refused = 0
    while time.monotonic() < end:
        family = fuzz.rnd.choice([4, 6])
        try:
            send(family, fuzz.packet(family))
            sent += 1
        except OSError:
            refused += 1
    print(f"seed={seed} how={how} sent={sent} refused={refused}")
    return not sent


sys.exit(main())
