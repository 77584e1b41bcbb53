#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Two hosts that ask each other, by UDP, each by one port that is the other's, too.

    twins.py ask PORT COUNT ADDRESS		ask, then answer until it is killed
    twins.py answer PORT COUNT ADDRESS		answer COUNT times, then ask

Prints how many were answered by the address that was asked.
"""
import socket
import sys
import time


def answer(sock, count):
    while count:
        data, peer = sock.recvfrom(100)
        sock.sendto(data, peer)
        count -= 1


def ask(sock, count, peer):
    right = 0
    for number in range(count):
        sock.sendto(b"%d" % number, peer)
        try:
            data, who = sock.recvfrom(100)
            right += who[:2] == peer and data == b"%d" % number
        except socket.timeout:
            pass
        time.sleep(0.02)
    print(right, flush=True)


def main(role, port, count, addr):
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind(("", port))
    if role == "answer":
        print("listening", flush=True)
        answer(sock, count)
        sock.settimeout(2)
        ask(sock, count, (addr, port))
    else:
        sock.settimeout(2)
        ask(sock, count, (addr, port))
        sock.settimeout(None)
        answer(sock, -1)


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
