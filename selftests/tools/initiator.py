#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A server that answers when it is told, and a client that may be elsewhere then.

    initiator.py serve FAMILY echo|PORT
    initiator.py take FAMILY PORT [COUNT ADDRESS PORT]

serve: of echo by a raw socket, beside a kernel that ignores requests; of UDP by
that port. Says listening, then prints "asked SOURCE ID NUMBER" for each request.
SIGUSR1: answers all that it has not answered yet; prints "answered COUNT".
SIGUSR2: sends numbers to who asked last, from 1 on, every 5 ms, whatever comes
back; the next one: prints "fed COUNT" and stops.

take: a UDP client by that port, which sends COUNT requests, with the numbers 1 to
COUNT, if it is told where to. Says listening, then prints "got NUMBER SOURCE" for
each datagram that comes.
"""
import select
import signal
import socket
import struct
import sys

FEED = 0.005


def v6(family):
    return family == "6"


def udp(family, port):
    af = socket.AF_INET6 if v6(family) else socket.AF_INET
    sock = socket.socket(af, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    # the other family's may be another one's
    if v6(family):
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind(("", int(port)))
    return sock


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data[:len(data) & ~1]))
    if len(data) & 1:
        total += data[-1] << 8
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


class Echo:
    """Requests and answers by a raw socket."""

    def __init__(self, family):
        self.v6 = v6(family)
        if self.v6:
            self.sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
        else:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)

    def request(self):
        data, addr = self.sock.recvfrom(65536)
        if not self.v6:
            data = data[(data[0] & 15) * 4:]
        kind, _, _, ident, number = struct.unpack_from("!BBHHH", data)
        if kind != (128 if self.v6 else 8):
            return None
        return addr, ident, number, data

    def answer(self, addr, data):
        data = bytes([129 if self.v6 else 0, 0, 0, 0]) + data[4:]
        if not self.v6:
            data = data[:2] + struct.pack("!H", checksum(data)) + data[4:]
        self.sock.sendto(data, (addr[0], 0))


class Udp:
    """Requests and answers of UDP."""

    def __init__(self, family, port):
        self.sock = udp(family, port)

    def request(self):
        data, addr = self.sock.recvfrom(65536)
        return addr, addr[1], int(data), data

    def answer(self, addr, data):
        try:
            self.sock.sendto(data, addr)
        except OSError as err:
            print("error", err, flush=True)


def serve(family, what):
    server = Echo(family) if what == "echo" else Udp(family, what)
    signals, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno())
    for sig in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(sig, lambda *_: None)
    asked = []
    client = None
    feeding = False
    fed = 0
    print("listening", flush=True)
    while True:
        ready, _, _ = select.select([server.sock, signals], [], [],
                                    FEED if feeding else None)
        if server.sock in ready:
            request = server.request()
            if request:
                client, ident, number, data = request
                asked.append((client, data))
                print("asked", client[0], ident, number, flush=True)
        if signals in ready:
            for sig in signals.recv(100):
                if sig == signal.SIGUSR1:
                    for addr, data in asked:
                        server.answer(addr, data)
                    print("answered", len(asked), flush=True)
                    asked = []
                elif sig == signal.SIGUSR2:
                    feeding = not feeding
                    print("feeding" if feeding else f"fed {fed}", flush=True)
        if feeding and not ready:
            fed += 1
            server.answer(client, b"%d" % fed)


def take(family, port, count="0", addr=None, to=None):
    sock = udp(family, port)
    print("listening", flush=True)
    for number in range(1, int(count) + 1):
        sock.sendto(b"%d" % number, (addr, int(to)))
    while True:
        data, source = sock.recvfrom(65536)
        print("got", int(data), source[0], flush=True)


{"serve": serve, "take": take}[sys.argv[1]](*sys.argv[2:])
