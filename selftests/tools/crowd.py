#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Many clients that talk to one server in turn, by UDP.

    crowd.py PREFIX COUNT ROUNDS ADDRESS PORT

They have the COUNT addresses that begin with PREFIX, from 1 on, which are routed to this
namespace. In each round each of them asks once. Prints how many answers were right.
"""
import socket
import sys

FREEBIND = {socket.AF_INET: (socket.SOL_IP, 15),
            socket.AF_INET6: (socket.IPPROTO_IPV6, 78)}


def client(family, local, server):
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(*FREEBIND[family], 1)
    sock.bind((local, 0))
    sock.connect(server)
    sock.settimeout(20)
    return sock


def main(prefix, count, rounds, addr, port):
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    crowd = [client(family, f"{prefix}{i:x}" if ":" in addr else f"{prefix}{i}",
                    (addr, port)) for i in range(1, count + 1)]
    right = 0
    for number in range(rounds):
        for sock in crowd:
            sock.send(b"%d" % number)
        for sock in crowd:
            try:
                right += (b"%d" % number) in sock.recv(100)
            except socket.timeout:
                pass
    print(right)


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
