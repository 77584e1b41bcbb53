#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A TCP connection to echoserver that does what its standard input says.

    talk.py [-p PORT] [-t TIMEOUT] ADDRESS PORT

Says "connected", or the name of an error; then answers each line with one:

    echo N	send N bytes and read them back: "echoed N", or what went wrong
    who		who the server is, and who it takes us for
    shut	close our direction

At the end of its input it closes. What is not answered in TIMEOUT seconds
(default 5) is "timeout".
"""
import argparse
import errno
import random
import select
import socket
import sys

parser = argparse.ArgumentParser()
parser.add_argument("-p", dest="port", type=int, default=0)
parser.add_argument("-t", dest="timeout", type=float, default=5)
parser.add_argument("address")
parser.add_argument("to", type=int)
args = parser.parse_args()


def echo(sock, size):
    """Both directions at once: no buffer holds it all."""
    data = random.randbytes(size)
    sent, got = 0, b""
    while len(got) < size:
        writers = [sock] if sent < size else []
        readable, writable, _ = select.select([sock], writers, [],
                                              args.timeout)
        if not readable and not writable:
            return "timeout"
        if writable:
            sent += sock.send(data[sent:sent + 65536])
        if readable:
            part = sock.recv(65536)
            if not part:
                return "closed"
            got += part
    return "echoed %d" % size if got == data else "corrupt"


def command(sock, words):
    if words[0] == "echo":
        return echo(sock, int(words[1]))
    if words[0] == "who":
        sock.settimeout(args.timeout)
        sock.send(b"who")
        return sock.recv(1000).decode().strip() or "closed"
    sock.shutdown(socket.SHUT_WR)
    return "shut"


def attempt(fn, *what):
    try:
        answer = fn(*what)
    except socket.timeout:
        answer = "timeout"
    except OSError as err:
        answer = errno.errorcode.get(err.errno, err)
    print(answer, flush=True)


def connect(sock):
    sock.connect((args.address, args.to))
    return "connected"


family = socket.AF_INET6 if ":" in args.address else socket.AF_INET
conn = socket.socket(family, socket.SOCK_STREAM)
conn.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
conn.bind(("", args.port))
conn.settimeout(args.timeout * 6)
attempt(connect, conn)
for line in sys.stdin:
    attempt(command, conn, line.split())
