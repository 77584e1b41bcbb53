#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""both_ways.py [-6] serve|ask udp|tcp ADDRESS PORT

A conversation in which both sides send all the time, whatever the other does: numbered
messages of 16 bytes, a hundred a second. SIGTERM ends the client's sending; then each
side prints a report in JSON: what it has sent, what has come, and what was wrong.

TCP: each byte of the stream is known beforehand, so none may be wrong, and in the end
all have come. UDP: each datagram is known by its number; the other side's address
must be the one that was asked.
"""
import errno
import json
import os
import select
import signal
import socket
import struct
import sys
import time

PERIOD = 0.01
SIZE = 16
MAGIC = 0x73616c2d7765
ending = False


def end(*_):
    global ending
    ending = True


def message(number):
    return struct.pack('!QQ', MAGIC, number)


class Stream:
    """One side of a TCP connection"""

    def __init__(self, sock):
        self.sock = sock
        self.out = b''
        self.into = b''
        self.said = {'sent': 0, 'received': 0, 'wrong': 0, 'error': ''}

    def send(self):
        self.out += message(self.said['sent'])
        self.said['sent'] += 1

    def flush(self):
        try:
            self.out = self.out[self.sock.send(self.out):]
        except BlockingIOError:
            pass

    def take(self):
        """False at the end of the stream"""
        data = self.sock.recv(65536)
        self.into += data
        while len(self.into) >= SIZE:
            if self.into[:SIZE] != message(self.said['received']):
                self.said['wrong'] += 1
            self.said['received'] += 1
            self.into = self.into[SIZE:]
        return bool(data)

    def run(self, client):
        self.sock.setblocking(False)
        due = time.monotonic()
        sends = True
        while True:
            now = time.monotonic()
            if sends and now >= due:
                self.send()
                due += PERIOD
            if self.out:
                self.flush()
            if sends and client and ending:
                sends = False
            if not sends and not self.out and sends is not None:
                self.sock.shutdown(socket.SHUT_WR)
                sends = None
            if select.select([self.sock], [], [], PERIOD / 2)[0]:
                if not self.take():
                    if client or sends is None:
                        return
                    sends = False
            if sends is None and not client:
                return


class Datagrams:
    """One side of a UDP conversation"""

    def __init__(self, sock, peer):
        self.sock = sock
        self.peer = peer
        self.seen = set()
        self.said = {'sent': 0, 'received': 0, 'wrong': 0, 'strangers': 0,
                     'refused': 0, 'error': ''}

    def send(self):
        try:
            self.sock.sendto(message(self.said['sent']), self.peer)
            self.said['sent'] += 1
        except OSError as err:
            # the guard, or the route to the VIPs went with the module
            if err.errno not in (errno.EPERM, errno.ENETUNREACH):
                raise
            self.said['refused'] += 1

    def take(self, client):
        data, peer = self.sock.recvfrom(65536)
        if client and peer[:2] != self.peer[:2]:
            self.said['strangers'] += 1
            return
        self.peer = peer
        magic, number = struct.unpack('!QQ', data)
        if magic != MAGIC or number in self.seen:
            self.said['wrong'] += 1
        self.seen.add(number)
        self.said['received'] += 1

    def run(self, client):
        due = time.monotonic()
        while not ending:
            if self.peer and time.monotonic() >= due:
                self.send()
                due += PERIOD
            if select.select([self.sock], [], [], PERIOD / 2)[0]:
                self.take(client)
        # what is under way
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            if select.select([self.sock], [], [], 0.1)[0]:
                self.take(client)


def tcp(family, serves, where):
    sock = socket.socket(family, socket.SOCK_STREAM)
    if not serves:
        sock.connect(where)
        return Stream(sock)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(where)
    sock.listen()
    print('listening', flush=True)
    return Stream(sock.accept()[0])


def udp(family, serves, where):
    sock = socket.socket(family, socket.SOCK_DGRAM)
    if not serves:
        return Datagrams(sock, where)
    sock.bind(where)
    print('listening', flush=True)
    return Datagrams(sock, None)


def main():
    role, proto, addr, port = sys.argv[1:5]
    family = socket.AF_INET6 if ':' in addr else socket.AF_INET
    signal.signal(signal.SIGTERM, end)
    side = {'tcp': tcp, 'udp': udp}[proto](family, role == 'serve',
                                           (addr, int(port)))
    print('begun', flush=True)
    try:
        side.run(role == 'ask')
    except OSError as err:
        side.said['error'] = errno.errorcode.get(err.errno, str(err))
    print(json.dumps(side.said), flush=True)
    os._exit(0)


main()
