#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Listen to all groups of the family, in all namespaces that this one knows.

    all_nsid.py

Says listening, then prints a line for each event: its number in the header, and
"here" or the ID of the namespace that it came from.
"""
import socket
import struct

import nl

NETLINK_ADD_MEMBERSHIP, NETLINK_LISTEN_ALL_NSID = 1, 8


def groups():
    """Numbers of the family's groups."""
    family = nl.Family()
    family.send(16, 3, nl.attr(2, b"sal\0"))
    for _, _, payload in family.messages():
        # CTRL_ATTR_MCAST_GROUPS, and CTRL_ATTR_MCAST_GRP_ID of each
        nest = nl.attrs(payload[4:]).get(7)
        if nest:
            return [nl.number_of(nl.attrs(group)[2])
                    for group in nl.attrs(nest).values()]
    return []


sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
# without a number of its own it would pass for the kernel, who has sent it
sock.bind((0, 0))
sock.setsockopt(nl.SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, 1)
for number in groups():
    sock.setsockopt(nl.SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, number)
print("listening", flush=True)
while True:
    data, more, _, _ = sock.recvmsg(65536, 256)
    where = "here"
    for level, kind, value in more:
        if (level, kind) == (nl.SOL_NETLINK, NETLINK_LISTEN_ALL_NSID):
            where = struct.unpack("=i", value[:4])[0]
    print(data[16], where, flush=True)
