#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Read a dump in parts, with a change in between or without.

    nl_dump.py OBJECT [FILTER=VALUE...] [-- COMMAND...]

OBJECT is service, endpoint, member or flow. FILTER is service (of endpoints and
flows), endpoint or src (of flows). COMMAND is run after the first part.

Prints how many parts, objects, repeated ones, and whether the dump was said to
be interrupted.
"""
import struct
import subprocess
import sys

from nl import (N, NLM_F_DUMP, NLM_F_DUMP_INTR, NLMSG_DONE, NLMSG_ERROR, Family,
                attr, attrs, prefix, text)

# what tells one from another
KEYS = {"service": "SERVICE_NAME", "endpoint": "ENDPOINT_ID",
        "member": "MEMBER_ID", "flow": "FLOW_ID"}

# the least that the kernel makes parts of, so that there are many
PART = 4096


def filtered(kind, words):
    """The attributes of the request."""
    data = b""
    for word in words:
        name, _, value = word.partition("=")
        number = N[f"SAL_A_{kind}_{name}".upper()]
        if name == "src":
            data += attr(number, prefix(value), True)
        else:
            data += attr(number, text(value))
    return data


def main():
    """One recv() is one part."""
    words, command = sys.argv[1:], []
    if "--" in words:
        command = words[words.index("--") + 1:]
        words = words[:words.index("--")]
    kind = words[0]
    key = N["SAL_A_" + KEYS[kind]]
    fam = Family(PART)
    fam.send(fam.id, N[f"SAL_CMD_{kind}_GET".upper()],
             filtered(kind, words[1:]), NLM_F_DUMP)
    parts, keys, intr, done = 0, [], False, False
    while not done:
        data, pos = fam.sock.recv(PART), 0
        parts += 1
        while pos < len(data):
            size, what, flags = struct.unpack_from("=IHH", data, pos)
            intr |= bool(flags & NLM_F_DUMP_INTR)
            if what == NLMSG_ERROR:
                sys.exit(f"refused: {fam.ended(what, flags, data[pos + 16:])}")
            done |= what == NLMSG_DONE
            if what == fam.id:
                keys.append(attrs(data[pos + 20:pos + size])[key])
            pos += (size + 3) & ~3
        if parts == 1 and command:
            subprocess.run(command, check=True, stdout=sys.stderr)
    print(f"parts={'many' if parts > 2 else parts} {kind}s={len(keys)} "
          f"repeated={len(keys) - len(set(keys))} "
          f"interrupted={'yes' if intr else 'no'}")


main()
