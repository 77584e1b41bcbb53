#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Datagrams that are handed to the kernel by the dozen (UDP_SEGMENT).

    segments.py [-n TIMES] [-s SIZE] [-f] ADDRESS PORT

Each time 40 datagrams of SIZE bytes (default 1000) in one call, to who answers
each with the same (echoserver), and the next when all are answered. Prints how
many were answered, or what went wrong.
"""
import argparse
import os
import socket
import sys

UDP_SEGMENT = 103
SO_SNDBUFFORCE = 32
MANY = 40

parser = argparse.ArgumentParser()
parser.add_argument("-n", dest="times", type=int, default=10)
parser.add_argument("-s", dest="size", type=int, default=1000)
parser.add_argument("-f", dest="flood", action="store_true")
parser.add_argument("address")
parser.add_argument("port", type=int)
args = parser.parse_args()

family = socket.AF_INET6 if ":" in args.address else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, args.size)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
sock.settimeout(10)
sock.connect((args.address, args.port))
if args.flood:
    # what waits in the host is the socket's yet
    sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 21)
    taken = 0
    for _ in range(args.times):
        try:
            sock.send(bytes(MANY * args.size), socket.MSG_DONTWAIT)
            taken += MANY
        except OSError:
            pass
    print(taken)
    sys.exit()
answered = 0
for _ in range(args.times):
    data = os.urandom(MANY * args.size)
    sent = {data[i:i + args.size] for i in range(0, len(data), args.size)}
    sock.send(data)
    try:
        while sent:
            sent.remove(sock.recv(65536))
            answered += 1
    except (KeyError, OSError) as err:
        print("after %d: %r" % (answered, err))
        break
else:
    print(answered)
