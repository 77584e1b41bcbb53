#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Echo by UDP, by a device that each answer names, whatever the routes are.

    echo_by.py ADDRESS PORT DEVICE

Says listening; until it is killed.
"""
import socket
import struct
import sys

IP_PKTINFO = 8
IPV6_PKTINFO = 50


def main(addr, port, device):
    index = socket.if_nametoindex(device)
    # without it the device's own would be taken
    here = socket.inet_pton(socket.AF_INET6 if ":" in addr else socket.AF_INET,
                            addr)
    if ":" not in addr:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        by = (socket.SOL_IP, IP_PKTINFO, struct.pack("=I4s4x", index, here))
    else:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        by = (socket.IPPROTO_IPV6, IPV6_PKTINFO, struct.pack("=16sI", here, index))
    sock.bind((addr, port))
    print("listening", flush=True)
    while True:
        data, peer = sock.recvfrom(65536)
        sock.sendmsg([data], [by], 0, peer)


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
