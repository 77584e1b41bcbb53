#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Requests that the spec makes likely to be nearly right.

    nl_fuzz.py SEED SECONDS NAMESPACE...

Sends requests of all operations with attributes of their kinds, and often of
their meaning: names that exist, addresses that are there, descriptors of the
namespaces. Some are then damaged. The same seed sends the same requests, but
what they meet depends on what else happens in the domain.

Fails where a refusal has no text, although the module has a say in it, or where
the kernel does not answer a request whose header is whole. Run in the domain's
namespace.
"""
import collections
import errno
import pathlib
import random
import socket
import struct
import sys
import time

import yaml

from nl import N, NLM_F_ACK, NLM_F_DUMP, Family, attr, ip4, ip6, namespace

SPEC = (pathlib.Path(__file__).parent /
        "../../Documentation/netlink/specs/sal.yaml")

NAMES = ["a", "b1", "b2", "b3", "b.com", "c.com", "orch", "new"]
NAMES += [f"x{i}" for i in range(8)]
ADDR4 = [f"10.0.1.{i}" for i in (1, 11, 12, 13)] + \
    [f"10.1.0.{i}" for i in range(8)] + ["0.0.0.0", "127.0.0.1", "224.0.0.1"]
ADDR6 = [f"fd00:1::{i}" for i in (1, 11, 12, 13)] + \
    [f"fd00:254::{i}" for i in range(8)] + \
    ["::", "::1", "fe80::1", "ff02::1", "::ffff:10.0.1.11"]

WIDTH = {"u8": 1, "u16": 2, "u32": 4, "s32": 4, "u64": 8, "uint": 4}

# what the core says no with, without a text of its own or ours
WORDLESS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOMEM}


class Fuzz:
    """One run."""

    def __init__(self, seed, places):
        self.rnd = random.Random(seed)
        spec = yaml.safe_load(SPEC.read_text())
        self.consts = {d["name"]: d["value"] for d in spec["definitions"]
                       if d["type"] == "const"}
        self.sets = {s["name"]: {a["name"]: a for a in s["attributes"]}
                     for s in spec["attribute-sets"]}
        self.requests = list(self.of_spec(spec["operations"]["list"]))
        self.fds = [namespace(place) for place in places]
        self.results = collections.Counter()
        self.wordless = []
        self.silent = 0

    @staticmethod
    def of_spec(operations):
        """(name, attribute set, how, attributes) of each request"""
        for oper in operations:
            for how in ("do", "dump"):
                if how in oper:
                    request = oper[how].get("request", {})
                    yield (oper["name"], oper["attribute-set"], how,
                           request.get("attributes", []))

    def chance(self, percent):
        """True so often."""
        return self.rnd.random() * 100 < percent

    def number_for(self, info, bits):
        """At a bound, or a small one, or any."""
        top = (1 << bits) - 1
        checks = info.get("checks", {})
        picks = [0, 1, 2, 3, 24, 32, 64, 120, 128, top, top >> 1]
        for name in ("min", "max"):
            bound = checks.get(name)
            if bound is not None:
                bound = self.consts.get(bound, bound)
                picks += [bound - 1, bound, bound + 1]
        picks.append(self.rnd.randrange(top + 1))
        return self.rnd.choice(picks) & top

    def string(self, info):
        """Mostly a name that is there, or might be."""
        if self.chance(90):
            return self.rnd.choice(NAMES).encode() + b"\0"
        most = info.get("checks", {}).get("max-len", 8)
        most = self.consts.get(most, most)
        size = self.rnd.choice([0, 1, most - 1, most, most + 1])
        text = bytes(self.rnd.choice(b"ab.-_%\0\xff/ ") for _ in range(size))
        return text + (b"\0" if self.chance(80) else b"")

    def value(self, name, info):
        """The payload of an attribute, and whether it is a nest."""
        kind = info["type"]
        if kind == "nest":
            return self.nest(info["nested-attributes"]), True
        if kind == "string":
            return self.string(info), False
        if kind == "flag":
            return b"" if self.chance(90) else b"\1", False
        if kind == "binary" or "ipv4" in name or "ipv6" in name:
            if "ipv4" in name or self.chance(10):
                return ip4(self.rnd.choice(ADDR4)), False
            return ip6(self.rnd.choice(ADDR6)), False
        if name == "netns-fd" and self.chance(90):
            return struct.pack("=I", self.rnd.choice(self.fds)), False
        width = WIDTH[kind]
        return self.number_for(info, 8 * width).to_bytes(
            width, sys.byteorder), False

    def attrs(self, of, names, often):
        """Some attributes of a set."""
        data = b""
        for name in names:
            info = self.sets[of][name]
            times = 1 if self.chance(often) else 0
            if info.get("multi-attr"):
                times *= self.rnd.choice([1, 1, 1, 2, 3, 70])
            for _ in range(times):
                payload, nested = self.value(name, info)
                if self.chance(2):
                    payload += b"\0" * self.rnd.randrange(1, 8)
                if self.chance(2):
                    payload = payload[:-1]
                number = list(self.sets[of]).index(name) + 1
                data += attr(number, payload, nested != self.chance(2))
        if self.chance(3):
            data += attr(self.rnd.randrange(0, 64),
                         self.rnd.randbytes(self.rnd.randrange(0, 20)))
        return data

    def nest(self, of):
        """The inside of one: a prefix has one address."""
        names = list(self.sets[of])
        if of == "prefix" and self.chance(95):
            names.remove(self.rnd.choice(["ipv4", "ipv6"]))
            return self.attrs(of, [names[0]], 98) + \
                self.attrs(of, [names[1]], 50)
        return self.attrs(of, names, 60)

    def damage(self, data):
        """A few bytes of it, or its end."""
        data = bytearray(data)
        if data and self.chance(50):
            for _ in range(self.rnd.randrange(1, 4)):
                data[self.rnd.randrange(len(data))] = self.rnd.randrange(256)
        else:
            data = data[:self.rnd.randrange(len(data) + 1)]
        return bytes(data)

    def one(self, plain, batch):
        """A request, and what became of it; a transaction has its socket."""
        fam = batch if self.chance(30) else plain
        name, of, how, names = self.rnd.choice(self.requests)
        data = self.attrs(of, names, self.rnd.choice([40, 70, 95]))
        if self.chance(10):
            data = self.damage(data)
        cmd = N["SAL_CMD_" + name.upper().replace("-", "_")]
        if self.chance(1):
            cmd = self.rnd.randrange(256)
        # a flush would leave nothing to meet
        if name == "domain-flush" and not self.chance(5):
            return
        if name == "transaction-begin" and fam is plain:
            return
        flags = NLM_F_ACK | (NLM_F_DUMP if how == "dump" else 0)
        if self.chance(2):
            flags ^= 1 << self.rnd.randrange(3, 12)
        try:
            fam.send(fam.id, cmd, data, flags)
            ends = list(fam.messages())
        except socket.timeout:
            self.silent += 1
            return
        kind, msg_flags, payload = ends[-1]
        err, text, _ = fam.ended(kind, msg_flags, payload)
        self.results[errno.errorcode.get(err, str(err)) if err else "ok"] += 1
        if err and not text and err not in WORDLESS:
            self.wordless.append(f"{name} {how}: {errno.errorcode.get(err)} "
                                 f"for {data.hex()}")


def main():
    """As the usage says."""
    seed, seconds, *places = sys.argv[1:]
    fuzz = Fuzz(int(seed), places)
    fams = Family(), Family()
    for fam in fams:
        fam.sock.settimeout(5)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        fuzz.one(*fams)
    print(f"seed={seed} requests={sum(fuzz.results.values())} "
          f"unanswered={fuzz.silent} " +
          " ".join(f"{k}={v}" for k, v in sorted(fuzz.results.items())))
    for line in fuzz.wordless[:10]:
        print("no text:", line)
    return bool(fuzz.wordless or fuzz.silent or not fuzz.results["ok"])


sys.exit(main())
