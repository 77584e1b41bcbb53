#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Idle TCP connections.

conns.py connect N ADDRESS PORT: open so many, say "connected", and when all have
ended how, and how many that way.

conns.py serve PORT [reset]: take connections, of both families, and say "listening",
then of each how it ended. With "reset" they are reset where this is killed.
"""
import selectors
import socket
import struct
import sys


def how(sock):
    """None while it has not ended."""
    try:
        return None if sock.recv(65536) else "closed"
    except BlockingIOError:
        return None
    except ConnectionResetError:
        return "ECONNRESET"


def connect(number, address, port):
    sel = selectors.DefaultSelector()
    ends = {}
    for _ in range(number):
        sock = socket.create_connection((address, port))
        sock.setblocking(False)
        sel.register(sock, selectors.EVENT_READ)
    print("connected", flush=True)
    while sel.get_map():
        for key, _ in sel.select():
            end = how(key.fileobj)
            if end:
                sel.unregister(key.fileobj)
                key.fileobj.close()
                ends[end] = ends.get(end, 0) + 1
    for end, count in ends.items():
        print(count, end, flush=True)


def serve(port, reset):
    sel = selectors.DefaultSelector()
    listener = socket.create_server(("::", port), family=socket.AF_INET6,
                                    dualstack_ipv6=True, backlog=512)
    sel.register(listener, selectors.EVENT_READ)
    print("listening", flush=True)
    while True:
        for key, _ in sel.select():
            if key.fileobj is listener:
                sock, _ = listener.accept()
                sock.setblocking(False)
                if reset:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                    struct.pack("ii", 1, 0))
                sel.register(sock, selectors.EVENT_READ)
                continue
            end = how(key.fileobj)
            if end:
                print(end, flush=True)
                sel.unregister(key.fileobj)
                key.fileobj.close()


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]), "reset" in sys.argv[3:])
else:
    connect(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
