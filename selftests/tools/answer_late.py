#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A UDP server that answers too late.

    answer_late.py PORT

Takes one datagram, waits until its client must have gone, connects to it and
answers. Prints "from ADDRESS" and the error that it is told, or "nothing".
"""
import errno
import socket
import sys
import time

sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
sock.bind(("", int(sys.argv[1])))
print("listening", flush=True)
_, client = sock.recvfrom(1000)
time.sleep(2)
sock.connect(client)
sock.settimeout(5)
told = "nothing"
try:
    sock.send(b"late")
    sock.recv(1000)
except socket.timeout:
    pass
except OSError as err:
    told = errno.errorcode[err.errno]
print("from", client[0].removeprefix("::ffff:"), told, flush=True)
