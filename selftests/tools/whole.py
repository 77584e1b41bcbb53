#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Does anybody see a part of a transaction?

    whole.py COUNT VIP,VIP.. STATE FILE [STATE FILE]

Asks the VIPs in turns, by echo requests with an id that stays and by ones with
a new id each time; the next request goes when the reply to the last has come.
Replies tell by their hop limit who sent them. A STATE says who may answer for
each VIP: "111/112,113" are two for the first and one for the second.

Meanwhile salctl runs the FILEs in turns in the namespace orch, COUNT times in
all; each leads from its STATE to the other one, or, where there is one only, is
refused. Whoever has seen the new state for one VIP must not see the old one for
another: there are as many changes as there were transactions. Prints a line of
JSON. Run in the client's namespace.
"""
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time

PATIENCE = 30 if os.environ.get("KSFT_MACHINE_SLOW") else 10
# rounds between two transactions
ROUNDS = 3
# Python has no name for it
IP_RECVTTL = 12
REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}


class Client:
    """A socket with an id, which gets the replies to that id and no others."""

    def __init__(self, vip):
        self.vip = vip
        if ":" in vip:
            self.family = socket.AF_INET6
            self.sock = socket.socket(self.family, socket.SOCK_DGRAM, 58)
            self.sock.setsockopt(socket.IPPROTO_IPV6,
                                 socket.IPV6_RECVHOPLIMIT, 1)
        else:
            self.family = socket.AF_INET
            self.sock = socket.socket(self.family, socket.SOCK_DGRAM, 1)
            self.sock.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        self.sock.settimeout(PATIENCE)
        self.seq = 0

    def ask(self):
        """Hop limit and source of the reply, or None."""
        self.seq += 1
        tail = (self.seq & 0xffff).to_bytes(2, "big") + b"whole"
        try:
            self.sock.sendto(bytes([REQUEST[self.family], 0, 0, 0, 0, 0]) +
                             tail, (self.vip, 0))
            while True:
                data, anc, _, src = self.sock.recvmsg(256, 64)
                # the kernel has put the id between
                if data[6:] == tail:
                    hops = int.from_bytes(anc[0][2][:4], sys.byteorder)
                    return hops, src[0]
        except OSError:
            return None


class Watch:
    """What was seen."""

    def __init__(self, vips, states):
        self.vips = vips
        self.states = states
        self.state = 0
        self.kept = [Client(vip) for vip in vips]
        self.seen = dict.fromkeys(("sent", "lost", "wrong_source", "neither",
                                   "changes", "rounds"), 0)
        self.first = []

    def one(self, pos, client):
        """Ask, and judge the answer."""
        self.seen["sent"] += 1
        reply = client.ask()
        if not reply:
            self.seen["lost"] += 1
            return
        hops, src = reply
        if src != client.vip:
            self.seen["wrong_source"] += 1
        if hops in self.states[self.state][pos]:
            return
        for number, state in enumerate(self.states):
            if hops in state[pos]:
                self.state = number
                self.seen["changes"] += 1
                return
        self.seen["neither"] += 1
        self.first.append(f"{client.vip} by {hops}")

    def round(self):
        """Each VIP by an old flow, then each by a new one."""
        for pos, client in enumerate(self.kept):
            self.one(pos, client)
        for pos, vip in enumerate(self.vips):
            client = Client(vip)
            self.one(pos, client)
            client.sock.close()
        self.seen["rounds"] += 1


class Changes(threading.Thread):
    """The transactions."""

    def __init__(self, count, files, watch):
        super().__init__(daemon=True)
        self.turns = itertools.islice(itertools.cycle(files), count)
        self.watch = watch
        self.result = {"done": 0, "refused": 0}

    def wait(self, name, least):
        """Until that much was seen."""
        end = time.monotonic() + PATIENCE
        while self.watch.seen[name] < least and time.monotonic() < end:
            time.sleep(0.005)

    def run(self):
        """One after the other, none before the last one was seen."""
        for name in self.turns:
            self.wait("rounds", self.watch.seen["rounds"] + ROUNDS)
            before = self.watch.seen["changes"]
            ret = subprocess.run(["salctl", "-n", "orch", "-b", name],
                                 check=False)
            self.result["refused" if ret.returncode else "done"] += 1
            if not ret.returncode:
                self.wait("changes", before + 1)
        self.wait("rounds", self.watch.seen["rounds"] + ROUNDS)


def main():
    """As the usage says."""
    count, vips, *rest = sys.argv[1:]
    states = [[{int(hop) for hop in one.split("/")}
               for one in state.split(",")] for state in rest[::2]]
    watch = Watch(vips.split(","), states)
    watch.round()
    changes = Changes(int(count), rest[1::2], watch)
    changes.start()
    while changes.is_alive():
        watch.round()
    print(json.dumps({**watch.seen, **changes.result,
                      "first": watch.first[:3]}))


main()
