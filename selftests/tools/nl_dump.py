#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Read a dump of services in parts, with a change in between or without.

    nl_dump.py [COMMAND...]     COMMAND is run after the first part

Prints how many parts, services, repeated ones, and whether the dump was said
to be interrupted.
"""
import struct
import subprocess
import sys

from nl import N, NLM_F_DUMP, NLM_F_DUMP_INTR, NLMSG_DONE, Family


def main():
    """One recv() is one part."""
    fam = Family()
    fam.send(fam.id, N["SAL_CMD_SERVICE_GET"], flags=NLM_F_DUMP)
    parts, names, intr, done = 0, [], False, False
    while not done:
        data, pos = fam.sock.recv(65536), 0
        parts += 1
        while pos < len(data):
            size, kind, flags = struct.unpack_from("=IHH", data, pos)
            intr |= bool(flags & NLM_F_DUMP_INTR)
            done |= kind == NLMSG_DONE
            if kind != NLMSG_DONE:
                length = struct.unpack_from("=H", data, pos + 20)[0]
                names.append(data[pos + 24:pos + 20 + length])
            pos += (size + 3) & ~3
        if parts == 1 and len(sys.argv) > 1:
            subprocess.run(sys.argv[1:], check=True)
    print(f"parts={'many' if parts > 2 else parts} services={len(names)} "
          f"repeated={len(names) - len(set(names))} "
          f"interrupted={'yes' if intr else 'no'}")


main()
