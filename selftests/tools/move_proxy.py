#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Between a driver of hand-overs and one of the servers: a word becomes another one.

    move_proxy.py LISTEN SERVER WORD OTHER

Takes one driver at the unix socket LISTEN, and passes on to the server at SERVER what it
says, but for frames of the type WORD, which get the type OTHER; and all that the server
answers. Says "listening", and ends with either side.
"""
import os
import select
import socket
import struct
import sys

HEAD = struct.Struct("=IHHI")


class Driver:
    """What it says, frame by frame"""

    def __init__(self, word, other):
        self.word = word
        self.other = other
        self.rest = b""
        self.left = 0

    def said(self, data):
        """The same with the other word, as far as it is known"""
        self.rest += data
        out = b""
        while self.rest:
            if self.left:
                part, self.rest = self.rest[:self.left], self.rest[self.left:]
                self.left -= len(part)
                out += part
                continue
            if len(self.rest) < HEAD.size:
                break
            magic, version, kind, self.left = HEAD.unpack_from(self.rest)
            self.rest = self.rest[HEAD.size:]
            kind = self.other if kind == self.word else kind
            out += HEAD.pack(magic, version, kind, self.left)
        return out


def main():
    """See above"""
    listen, server, word, other = sys.argv[1:]
    here = socket.socket(socket.AF_UNIX)
    here.bind(listen)
    here.listen(1)
    print("listening", flush=True)
    driver, _ = here.accept()
    os.unlink(listen)
    there = socket.socket(socket.AF_UNIX)
    there.connect(server)
    words = Driver(int(word), int(other))
    while True:
        ready, _, _ = select.select([driver, there], [], [])
        for sock in ready:
            data = sock.recv(65536)
            if not data:
                return
            if sock is driver:
                there.sendall(words.said(data))
            else:
                driver.sendall(data)


if __name__ == "__main__":
    main()
