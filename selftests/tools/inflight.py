#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a capture says about requests that went into an instance.

    inflight.py ADDRESS PORT <OUTPUT-OF-TCPDUMP

The capture is of all interfaces of the bridge's namespace, by tcpdump -i any
-n. ADDRESS is the instance's, PORT its port of the bridge, the only one that
goes away meanwhile. What goes out there comes in at the instance. The other
family is left out.

Prints how many different requests went `in', how many of them the instance
answered, and did not; how many others went to another instance; and how many
went to both.
"""
import re
import sys

# 09:12:13.000000 vb1   Out IP 10.0.1.1 > 10.0.1.11: ICMP echo request, id 7,
# seq 9, length 20: in one line. What comes in at a port of a bridge is for
# another, and so not In but P.
LINE = re.compile(r"^\S+ +(\S+) +(In|P|Out) .*> (\S+): .*echo "
                  r"(request|reply), id \d+, seq (\d+)")

# a port that has gone when tcpdump comes to print what went through it
GONE = "?"


def main():
    """Numbers do not come twice: there are fewer than 65536."""
    address, port = sys.argv[1:]
    names = (port, GONE)
    here, there, answered = set(), set(), set()
    for line in sys.stdin:
        found = LINE.match(line)
        if not found or (":" in found[3]) != (":" in address):
            continue
        name, way, dst, kind, seq = found.groups()
        if kind == "reply" and way != "Out" and name in names:
            answered.add(int(seq))
        elif kind == "request" and way == "Out" and dst != address:
            there.add(int(seq))
        elif kind == "request" and way == "Out" and name in names:
            here.add(int(seq))
    print(f"in={len(here)} answered={len(here & answered)} "
          f"unanswered={len(here - answered)} elsewhere={len(there - here)} "
          f"twice={len(here & there)}")


main()
