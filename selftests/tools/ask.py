#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A client of echoserver: asks who it is, and who it takes the client for.

    ask.py udp|tcp [-co] [-p PORT | -P "PORT..."] ADDRESS PORT [ADDRESS PORT]...

From one socket for each PORT (default: any), which is connected where -c says so;
several addresses are asked in turn. With -o packets have options in their IPv4
header, or two extension headers of IPv6, that ask for nothing. Prints a line for each answer: the address
that it came from and the answer; or the name of an error; or "timeout".
"""
import argparse
import errno
import socket

parser = argparse.ArgumentParser()
parser.add_argument("proto", choices=["udp", "tcp"])
parser.add_argument("-c", dest="connect", action="store_true")
parser.add_argument("-o", dest="options", action="store_true")
parser.add_argument("-p", dest="port", type=int)
parser.add_argument("-P", dest="ports", default="")
parser.add_argument("-t", dest="timeout", type=float, default=10)
parser.add_argument("where", nargs="+")
args = parser.parse_args()
where = list(zip(args.where[::2], map(int, args.where[1::2])))
ports = [int(port) for port in args.ports.split()] or [args.port or 0]
family = socket.AF_INET6 if ":" in where[0][0] else socket.AF_INET
kind = socket.SOCK_STREAM if args.proto == "tcp" else socket.SOCK_DGRAM


def ask(sock, to):
    if args.connect or args.proto == "tcp":
        sock.connect(to)
        sock.send(b"who")
        return to[0], sock.recv(1000)
    sock.sendto(b"who", to)
    answer, source = sock.recvfrom(1000)
    if source[1] != to[1]:
        return "port %d of %s" % (source[1], source[0]), answer
    return source[0], answer


# one that says where it ends, after as many no-ops as there is room for
NOTHING4 = b"\x01" * 39 + b"\x00"
# a header of eight bytes, six of which are padding
NOTHING6 = b"\x00\x00\x01\x04\x00\x00\x00\x00"


def set_options(sock):
    if family == socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, NOTHING4)
        return
    for option in socket.IPV6_HOPOPTS, socket.IPV6_DSTOPTS:
        sock.setsockopt(socket.IPPROTO_IPV6, option, NOTHING6)


for port in ports:
    sock = socket.socket(family, kind)
    if args.options:
        set_options(sock)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.settimeout(args.timeout)
    sock.bind(("", port))
    for to in where:
        try:
            source, answer = ask(sock, to)
            print(source, answer.decode().strip(), flush=True)
        except socket.timeout:
            print("timeout", flush=True)
        except OSError as err:
            print(errno.errorcode.get(err.errno, err), flush=True)
    if args.proto == "tcp":
        sock.close()
