#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A driver that is not to be trusted, for moveserver.

    move_fuzz.py GIVER TAKER ADDRESS COUNT

Asks the server at the unix socket GIVER for the state of its sockets, and gives up, so
that it goes on. Then sends that COUNT times to the one at TAKER, as connections of
ADDRESS, a little wrong each time, and last as it is, but never lets it speak. Prints how
often TAKER refused, and what it said of what was right: "refused N, last TYPE". Run
anywhere; the sockets are made in TAKER's namespace.
"""
import random
import socket
import struct
import sys

HEAD = struct.Struct("=IHHI")
MAGIC = 0x53414c4d
QUIET, GIVE, _, _, MAP, _, ABORT, HELLO, SOCKET, END, OK, ERROR = range(1, 13)
TIMEOUT = 60


def connect(path):
    """To a server"""
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(TIMEOUT)
    sock.connect(path)
    return sock


def frame(kind, data=b""):
    """As it goes over the wire"""
    return HEAD.pack(MAGIC, 1, kind, len(data)) + data


def read(sock, size):
    """All of it, or what there is before the end"""
    data = b""
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            break
        data += part
    return data


def answer(sock):
    """Type and data; None at the end"""
    head = read(sock, HEAD.size)
    if len(head) < HEAD.size:
        return None, b""
    _, _, kind, size = HEAD.unpack(head)
    return kind, read(sock, size)


def state_of(path):
    """What its sockets are like, as frames"""
    frames = []
    with connect(path) as sock:
        for kind in (QUIET, GIVE):
            sock.sendall(frame(kind))
            if kind == QUIET:
                answer(sock)
        while not frames or frames[-1][0] != END:
            frames.append(answer(sock))
            if frames[-1][0] not in (HELLO, SOCKET, END):
                raise RuntimeError(f"refused: {frames[-1]}")
        sock.sendall(frame(ABORT))
        answer(sock)
    return frames


def spoil(data, rand):
    """A little wrong, most often where there is no payload"""
    data = bytearray(data)
    for _ in range(rand.choice((1, 1, 2, 8))):
        at = rand.randrange(min(len(data), 1024)) if data else 0
        what = rand.randrange(8)
        if what < 4:
            data[at:at + 1] = bytes((rand.randrange(256),))
        elif what < 6:
            at &= ~3
            data[at:at + 4] = rand.choice((b"\xff\xff\xff\xff", b"\0\0\0\0",
                                           b"\xff\xff\xff\x7f", b"\1\0\0\0"))
        elif what == 6:
            del data[at:at + rand.randrange(1, 64)]
        else:
            data[at:at] = bytes(rand.randrange(256) for _ in range(8))
    return bytes(data)


def spoilt(frames, rand):
    """As bytes: one of them is wrong, or what is around it"""
    frames = list(frames)
    at = rand.randrange(len(frames))
    kind, data = frames[at]
    if rand.randrange(8):
        frames[at] = (kind, spoil(data, rand))
    elif rand.randrange(2):
        frames.insert(at, rand.choice(frames))
    else:
        del frames[at]
    whole = b"".join(frame(*it) for it in frames)
    return whole if rand.randrange(16) else spoil(whole, rand)


def offer(path, data):
    """What it says to that; it has heard the last word then"""
    with connect(path) as sock:
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            kind, _ = answer(sock)
            return kind
        except (ConnectionResetError, BrokenPipeError):
            return None


def main():
    """See above"""
    giver, taker, address, count = sys.argv[1:]
    rand = random.Random(1)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    here = struct.pack("=BBHHH16s16s", 6 if ":" in address else 4, 0, 0, 0, 0,
                       b"", socket.inet_pton(family, address))
    frames = [(MAP, here)] + state_of(giver)
    right = b"".join(frame(*it) for it in frames)
    kinds = [offer(taker, spoilt(frames, rand)) for _ in range(int(count))]
    print(f"refused {sum(kind != OK for kind in kinds)}, "
          f"last {'ok' if offer(taker, right) == OK else 'refused'}")


if __name__ == "__main__":
    main()
