#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Datagrams from a socket with an option, to who answers each with the same (echoserver).

    sockopts.py [-b SOURCE] [-p PORT] [-n COUNT] [-w] ADDRESS PORT [OPTION VALUE]

One after the other. With OPTION, as socket(7) has it:

    device NAME     SO_BINDTODEVICE
    mark N          SO_MARK
    priority N      SO_PRIORITY
    rate N          SO_MAX_PACING_RATE, in bytes a second
    txtime MS       SO_TXTIME: each is to leave then, from its being sent on
    stamps yes      SO_TIMESTAMPING, by software as it is sent

With -w half of them are sent before it says "half" and waits for a line. Prints how many
were answered, and with stamps how many times of sending it was told.
"""
import argparse
import socket
import struct
import sys
import time

SO_TXTIME = 61
SO_MAX_PACING_RATE = 47
SO_TIMESTAMPING = 37
MSG_ERRQUEUE = 0x2000
CLOCK_MONOTONIC = 1
# SOFTWARE, TX_SOFTWARE, OPT_TSONLY
STAMPS = 1 << 4 | 1 << 1 | 1 << 11

parser = argparse.ArgumentParser()
parser.add_argument("-b", dest="source", default="")
parser.add_argument("-p", dest="port", type=int, default=0)
parser.add_argument("-n", dest="count", type=int, default=50)
parser.add_argument("-w", dest="wait", action="store_true")
parser.add_argument("address")
parser.add_argument("to", type=int)
parser.add_argument("option", nargs="?")
parser.add_argument("value", nargs="?")
args = parser.parse_args()


def set_option(sock, option, value):
    """What OPTION says."""
    if option == "device":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                        value.encode() + b"\0")
        return
    number, data = {
        "mark": lambda: (socket.SO_MARK, int(value)),
        "priority": lambda: (socket.SO_PRIORITY, int(value)),
        "rate": lambda: (SO_MAX_PACING_RATE, int(value)),
        "txtime": lambda: (SO_TXTIME, struct.pack("=iI", CLOCK_MONOTONIC, 0)),
        "stamps": lambda: (SO_TIMESTAMPING, STAMPS),
    }[option]()
    sock.setsockopt(socket.SOL_SOCKET, number, data)


def control():
    """Of each that is sent."""
    if args.option != "txtime":
        return []
    when = time.monotonic_ns() + int(args.value) * 1000000
    return [(socket.SOL_SOCKET, SO_TXTIME, struct.pack("=Q", when))]


def stamps(sock):
    """How many wait to be read."""
    number = 0
    try:
        while True:
            sock.recvmsg(0, 512, MSG_ERRQUEUE | socket.MSG_DONTWAIT)
            number += 1
    except BlockingIOError:
        return number


family = socket.AF_INET6 if ":" in args.address else socket.AF_INET
with socket.socket(family, socket.SOCK_DGRAM) as s:
    s.bind((args.source, args.port))
    # not settimeout(), by which recvmsg() would wait whatever its flags
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", 20, 0))
    if args.option:
        set_option(s, args.option, args.value)
    s.connect((args.address, args.to))
    answered = stamped = 0
    for i in range(args.count):
        if args.wait and i == args.count // 2:
            print("half", flush=True)
            sys.stdin.readline()
        text = b"%d" % i
        s.sendmsg([text], control())
        answered += s.recv(100) == text
        if args.option == "stamps":
            stamped += stamps(s)
    print(answered, stamped if args.option == "stamps" else "")
