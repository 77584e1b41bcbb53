#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""One of two who ask each other by UDP, each from the port by which it is asked.

    peers.py [-f FILE] ADDRESS PORT

Answers who asks it, and asks ADDRESS ten times a second, where -f says so only
when FILE is there. Prints who has asked it and who has answered, with the port,
each once. Ends with a signal.
"""
import argparse
import os
import socket

parser = argparse.ArgumentParser()
parser.add_argument("-f", dest="file")
parser.add_argument("address")
parser.add_argument("port", type=int)
args = parser.parse_args()

family = socket.AF_INET6 if ":" in args.address else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sock.bind(("", args.port))
sock.settimeout(0.1)
known = set()
while True:
    if not args.file or os.path.exists(args.file):
        sock.sendto(b"asked", (args.address, args.port))
    try:
        while True:
            what, source = sock.recvfrom(100)
            if what == b"asked":
                sock.sendto(b"answered", source)
            line = "%s by %s %d" % (what.decode(), source[0], source[1])
            if line not in known:
                known.add(line)
                print(line, flush=True)
    except OSError:
        pass
