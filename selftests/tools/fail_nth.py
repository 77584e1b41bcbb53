#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every allocation of every request fails once.

    fail_nth.py         all requests of the spec but one
    fail_nth.py flush   and that one, which leaves nothing of the domain

Each request is made again and again, and its first, second, .. allocation fails
(/proc/self/task/N/fail-nth), until there are no more. A refusal must have
changed nothing; what was done nevertheless is undone without faults. Prints a
line of KTAP for each request. A request of the spec that is not in here is a
failure, too. Run in the domain's namespace; b.com has b1 and b2 with the same
addresses as their hosts and a flow, a is a member, b3 is nothing.
"""
import errno
import os
import pathlib
import sys
import threading
import time

import yaml

from nl import (N, NLMSG_DONE, NLMSG_ERROR, NLM_F_DUMP, TRAFFIC, Family, attr,
                attrs, ip4, ip6, namespace, prefix, text, u32)

SPEC = (pathlib.Path(__file__).parent /
        "../../Documentation/netlink/specs/sal.yaml")

# never reached: a request with as many allocations would be a finding, too
MOST = 2000

# what traffic and time change
CHANGING = {"DOMAIN": ("FLOWS", "CREATED", "DESTROYED", "GENERATION",
                       "HELD_PACKETS", "HELD_BYTES"),
            "SERVICE": ("FLOWS", "FROZEN", "HELD_PACKETS", "HELD_BYTES") +
                       TRAFFIC,
            "ENDPOINT": ("FLOWS", "CELLS", "ID") + TRAFFIC,
            "MEMBER": ("ID",),
            "POLICY": (), "RULE": ("ID",)}

# what a request that had no memory may say, in the socket or in the module
NO_MEMORY = {errno.ENOMEM, errno.ENOBUFS}


def A(name, data=b"", nested=False):
    """An attribute by name."""
    return attr(N["SAL_A_" + name], data, nested)


def of_spec():
    """(operation, whether it is a dump) of each request that there is."""
    spec = yaml.safe_load(SPEC.read_text())
    return {(oper["name"].upper().replace("-", "_"), how == "dump")
            for oper in spec["operations"]["list"]
            for how in ("do", "dump") if how in oper}


# what is not made before the other requests are over
LAST = ("DOMAIN_FLUSH", False)


class Faults:
    """This thread's allocations."""

    def __init__(self):
        tid = threading.get_native_id()
        self.file = os.open(f"/proc/self/task/{tid}/fail-nth", os.O_RDWR)

    def arm(self, number):
        """The number'th from now on fails; 0: none."""
        os.pwrite(self.file, str(number).encode(), 0)

    def left(self):
        """0 where it has failed."""
        return int(os.pread(self.file, 16, 0))


class State:
    """What there is, by a socket of its own."""

    def __init__(self):
        self.fam = Family()

    def read(self):
        """All objects, without what changes by itself."""
        found = []
        for kind, changing in CHANGING.items():
            skip = {N.get(f"SAL_A_{kind}_{name}") for name in changing}
            self.fam.send(self.fam.id, N[f"SAL_CMD_{kind}_GET"],
                          flags=NLM_F_DUMP)
            for number, _, payload in self.fam.messages():
                if number in (NLMSG_ERROR, NLMSG_DONE):
                    break
                found.append((kind, sorted(
                    (k, v) for k, v in attrs(payload[4:]).items()
                    if k not in skip)))
        return found

    def at_rest(self):
        """The same when no packets that have waited are leaving."""
        releasing = {(N[f"SAL_A_SERVICE_GATE{af}"],
                      u32(N["SAL_GATE_RELEASING"])) for af in (4, 6)}
        until = time.monotonic() + 30
        while True:
            found = self.read()
            if time.monotonic() > until or not any(
                    releasing & set(values) for _, values in found):
                return found
            time.sleep(0.02)


class Test:
    """All requests."""

    def __init__(self):
        self.fam = Family()
        self.plain = Family()
        self.state = State()
        self.faults = Faults()
        self.number = 0
        self.failed = False
        self.made = set()

    def with_fault(self, number, cmd, data, dump):
        """(errno, text), and whether the fault was met.

        No text at all where there was no answer: the request did not leave the
        socket, or it was done and there was no memory to say so.
        """
        self.faults.arm(number)
        try:
            err, words, _ = self.fam.req(cmd, data, dump)
        except OSError as exc:
            err, words = exc.errno, None
        met = not self.faults.left()
        self.faults.arm(0)
        return err, words, met

    def must(self, cmd, data):
        """Without a fault."""
        err, words, _ = self.plain.req(cmd, data)
        if err:
            raise OSError(err, f"{cmd}: {words}")

    def undo_all(self, undo):
        """What a request has done."""
        for cmd, data in undo:
            self.must(cmd, data)

    def anew(self, before):
        """A socket of its own, which has made these requests."""
        self.fam = Family()
        for cmd, data in before:
            err, words, _ = self.fam.req(cmd, data)
            if err:
                raise OSError(err, f"{cmd}: {words}")

    def one(self, cmd, data, dump, undo, first):
        """All faults of a request; how many there were, or what is wrong."""
        # flows are not among what is read
        unseen = cmd == "FLOW_NEW"
        refused = 0
        for number in range(1, MOST):
            self.anew(first)
            before = self.state.at_rest()
            err, words, met = self.with_fault(number, cmd, data, dump)
            if not met:
                if err:
                    return f"refused without a fault: {err} {words}"
                self.undo_all(undo)
                return (number - 1, refused)
            if err:
                refused += 1
                if err not in NO_MEMORY:
                    return f"fault {number}: errno {err} {words}"
                if words is None:
                    if unseen or self.state.at_rest() != before:
                        self.undo_all(undo)
                    continue
                after = self.state.at_rest()
                if after != before:
                    return (f"fault {number}: refused, yet it changed: "
                            f"{[x for x in after if x not in before]}")
            else:
                self.undo_all(undo)
        return "there is no end of allocations"

    def result(self, bad, text):
        """Print it."""
        self.number += 1
        self.failed |= bad
        print(f"{'not ' if bad else ''}ok {self.number} - {text}", flush=True)

    def case(self, name, cmd, data=b"", dump=False, undo=(), first=()):
        """One request; @first is what its socket asks for before it."""
        self.made.add((cmd, dump))
        res = self.one(cmd, data, dump, undo, first)
        if res in ((0, 0), (res[0], 0)):
            res = "no fault has made it fail"
        bad = isinstance(res, str)
        self.result(bad, f"{name}: " + (
            res if bad else f"{res[0]} allocations, {res[1]} refusals"))

    def complete(self):
        """Has each request of the spec been made?"""
        left = sorted(name + " (dump)" * dump
                      for name, dump in of_spec() - self.made - {LAST})
        self.result(bool(left), "every request of the spec" +
                    (f": not {', '.join(left)}" if left else ""))


def endpoint(name, last, **kwargs):
    """Attributes of one of b.com."""
    data = A("ENDPOINT_SERVICE", text("b.com")) + \
        A("ENDPOINT_NAME", text(name))
    if last:
        data += A("ENDPOINT_IPV4", ip4(f"10.0.1.{last}")) + \
            A("ENDPOINT_IPV6", ip6(f"fd00:1::{last}"))
    for key, value in kwargs.items():
        data += A("ENDPOINT_" + key, value)
    return data


def vips(*values):
    """Of a service."""
    return b"".join(A("SERVICE_VIP", prefix(value), True) for value in values)


def aliases(*names):
    """Likewise."""
    return b"".join(A("SERVICE_ALIAS", text(name)) for name in names)


def policy_cases(test, pair):
    """About two services."""
    allow, deny = (A("POLICY_ACCESS", u32(access)) for access in (0, 1))
    replace = A("POLICY_REPLACE")
    test.case("policy-new", "POLICY_NEW", pair + deny,
              undo=[("POLICY_DEL", pair)])
    test.must("POLICY_NEW", pair + deny)
    test.case("policy-new, replace", "POLICY_NEW", pair + allow + replace,
              undo=[("POLICY_NEW", pair + deny + replace)])
    test.case("policy-del", "POLICY_DEL", pair,
              undo=[("POLICY_NEW", pair + deny)])
    test.must("POLICY_DEL", pair)


def flows_anew(test):
    """One as it was, and a mapped one that counts."""
    which = A("FLOW_SERVICE", text("b.com")) + A("FLOW_SPORT", bytes([1, 2]))
    flow = which + A("FLOW_MEMBER", text("a")) + \
        A("FLOW_PROTO", bytes([1])) + \
        A("FLOW_SRC", prefix("10.0.1.77"), True) + \
        A("FLOW_DST", prefix("10.1.0.2"), True)
    for what, data in (("", b""),
                       (", mapped", A("FLOW_MAPPED", bytes([3, 4])) +
                        A("FLOW_FORWARD_PACKETS", u32(9)))):
        test.case("flow-new" + what, "FLOW_NEW", flow + data,
                  undo=[("FLOW_DEL", which)])


def opened_goes(test, flow, move):
    """With each fault in turn: how many, or what is wrong."""
    src = A("FLOW_SRC", prefix("10.0.1.13"), True)
    stayed = 0
    for number in range(1, MOST):
        test.anew(())
        test.must("FLOW_NEW", flow)
        err, words, met = test.with_fault(number, "MIGRATE", move, False)
        count = test.plain.ask("FLOW_DEL", src)[N["SAL_A_FLOW_COUNT"]]
        if count == u32(0):
            if not err and "1 flows that they have opened stay" not in words:
                return f"fault {number}: it stays, and that is not told"
            stayed += 1
            test.must("FLOW_DEL", A("FLOW_SPORT", bytes([1, 2])))
        if not met:
            return (number - 1, stayed) if stayed and count != u32(0) else \
                "no fault has made it stay, or all"
    return "there is no end of allocations"


def opened(test, fd3):
    """A client's own goes with it; or that is refused, or told of."""
    a_com = A("SERVICE_NAME", text("a.com"))
    of_a = A("ENDPOINT_SERVICE", text("a.com"))
    test.must("SERVICE_NEW", a_com + vips("10.1.0.1"))
    test.must("ENDPOINT_NEW", of_a + A("ENDPOINT_NAME", text("one")) +
              A("ENDPOINT_IPV4", ip4("10.0.1.77")))
    test.must("ENDPOINT_NEW", of_a + A("ENDPOINT_NAME", text("two")) +
              A("ENDPOINT_NETNS_FD", fd3) +
              A("ENDPOINT_IPV4", ip4("10.0.1.13")))
    flow = A("FLOW_SERVICE", text("b.com")) + \
        A("FLOW_SPORT", bytes([1, 2])) + A("FLOW_MEMBER", text("a")) + \
        A("FLOW_PROTO", bytes([1])) + \
        A("FLOW_SRC", prefix("10.0.1.77"), True) + \
        A("FLOW_DST", prefix("10.1.0.2"), True) + \
        A("FLOW_CLIENT_NAME", prefix("10.1.0.1"), True)
    res = opened_goes(test, flow, A("MIGRATE_SERVICE", text("a.com")) +
                      A("MIGRATE_FROM", text("one")) +
                      A("MIGRATE_TO", text("two")))
    bad = isinstance(res, str)
    test.result(bad, "migrate with what was opened: " + (
        res if bad else f"{res[0]} allocations, {res[1]} times it stayed"))
    test.must("SERVICE_DEL", a_com)
    test.must("MEMBER_DEL", A("MEMBER_NETNS_FD", fd3))


def flow_id(test):
    """Of a flow that is there, as soon as there is one."""
    fam, found = test.state.fam, []
    while not found:
        fam.send(fam.id, N["SAL_CMD_FLOW_GET"], flags=NLM_F_DUMP)
        found = [attrs(payload[4:])[N["SAL_A_FLOW_ID"]]
                 for number, _, payload in fam.messages()
                 if number not in (NLMSG_ERROR, NLMSG_DONE)]
    return found[0]


def get_cases(test):
    """What only reads: one, and all."""
    b_com = text("b.com")
    for kind, data in (
            ("DOMAIN", b""), ("SERVICE", A("SERVICE_NAME", b_com)),
            ("ENDPOINT", endpoint("b1", 0)),
            ("MEMBER", A("MEMBER_NAME", text("a"))),
            ("FLOW", A("FLOW_ID", flow_id(test)))):
        test.case(f"{kind.lower()}-get", f"{kind}_GET", data)
        test.case(f"{kind.lower()}-get, dump", f"{kind}_GET", dump=True)
    test.case("stats-get, dump", "STATS_GET", dump=True)
    test.case("policy-get, dump", "POLICY_GET", dump=True)
    test.case("resolve", "RESOLVE", A("RESOLVE_NAME", b_com))
    test.case("resolve, a walk", "RESOLVE", A("RESOLVE_NAME", b_com) +
              A("RESOLVE_NETNS_FD", u32(namespace("b3"))))


def flush(test):
    """All but the settings is gone, and is made anew."""
    test.case("domain-flush", "DOMAIN_FLUSH", undo=[
        ("SERVICE_NEW", A("SERVICE_NAME", text("b.com")) +
         vips("10.1.0.2", "fd00:254::2")),
        ("MEMBER_NEW", A("MEMBER_NETNS_FD", u32(namespace("a"))) +
         A("MEMBER_NAME", text("a")) + A("MEMBER_ROUTE", u32(1))),
        ("ENDPOINT_NEW", endpoint("b1", 11, NETNS_FD=u32(namespace("b1")))),
        ("ENDPOINT_NEW", endpoint("b2", 12, NETNS_FD=u32(namespace("b2"))))])


def transactions(test, fd3):
    """One of all kinds of requests; it is done or it is not."""
    new = A("SERVICE_NAME", text("new.com"))
    b_com = A("SERVICE_NAME", text("b.com"))
    fd2 = u32(namespace("b2"))
    begin = ("TRANSACTION_BEGIN", b"")
    make = ("SERVICE_NEW", new + vips("10.1.0.7", "fd00:254::7"))
    join = ("ENDPOINT_NEW", endpoint("new", 13, NETNS_FD=fd3))
    some = [begin, make, join,
            ("SERVICE_SET", b_com + vips("10.1.0.8", "fd00:254::8")),
            ("SERVICE_SET", new + vips("10.1.0.2", "fd00:254::2")),
            ("ENDPOINT_SET", endpoint("b1", 0, WEIGHT=u32(5))),
            ("ENDPOINT_DEL", endpoint("b2", 0)),
            ("ENDPOINT_NEW", A("ENDPOINT_SERVICE", text("new.com")) +
             A("ENDPOINT_NAME", text("b2")) +
             A("ENDPOINT_NETNS_FD", fd2) +
             A("ENDPOINT_IPV4", ip4("10.0.1.12")))]
    # at once, too: there is traffic
    undo = [begin, ("SERVICE_DEL", new), ("ENDPOINT_DEL", endpoint("new", 0)),
            ("SERVICE_SET", b_com + vips("10.1.0.2", "fd00:254::2")),
            ("ENDPOINT_SET", endpoint("b1", 0, WEIGHT=u32(1))),
            ("ENDPOINT_NEW", endpoint("b2", 12, NETNS_FD=fd2)),
            ("TRANSACTION_COMMIT", b""),
            ("MEMBER_DEL", A("MEMBER_NETNS_FD", fd3))]

    test.case("transaction-begin", *begin)
    test.case("service-new, kept", *make, first=[begin])
    test.case("endpoint-new, kept", *join, first=[begin])
    test.case("transaction-commit", "TRANSACTION_COMMIT", first=some,
              undo=undo)
    test.must("SERVICE_NEW", new)
    test.case("transaction-commit, a service goes", "TRANSACTION_COMMIT",
              first=[begin, ("SERVICE_DEL", new)],
              undo=[("SERVICE_NEW", new)])
    test.must("SERVICE_DEL", new)
    test.case("transaction-abort", "TRANSACTION_ABORT", first=some)


def rules(test):
    """Of one that names a service, and one that lets packets wait."""
    pfx = A("RULE_PREFIX", prefix("10.9.0.0/16"), True)
    forward = (pfx + A("RULE_ACTION", u32(N["SAL_ACTION_FORWARD"])) +
               A("RULE_SERVICE", text("b.com")))
    upcall = pfx + A("RULE_ACTION", u32(N["SAL_ACTION_UPCALL"]))

    for name, data in (("forward", forward), ("upcall", upcall)):
        test.case(f"rule-new, {name}", "RULE_NEW", data,
                  undo=[("RULE_DEL", pfx)])
        test.must("RULE_NEW", data)
        test.case(f"rule-get, {name}", "RULE_GET", pfx)
        test.case(f"rule-get, dump, {name}", "RULE_GET", dump=True)
        test.case(f"rule-del, {name}", "RULE_DEL", pfx,
                  undo=[("RULE_NEW", data)])
        test.must("RULE_DEL", pfx)
    test.must("RULE_NEW", forward)
    test.case("rule-new, one kind for another", "RULE_NEW",
              upcall + A("RULE_REPLACE"),
              undo=[("RULE_NEW", forward + A("RULE_REPLACE"))])
    test.must("RULE_DEL", pfx)


def change_cases(test):
    """What changes something, and is undone."""
    fd3 = u32(namespace("b3"))
    new = A("SERVICE_NAME", text("new.com"))
    b_com = A("SERVICE_NAME", text("b.com"))
    b_vips = ("10.1.0.2", "fd00:254::2")
    b3 = A("MEMBER_NAME", text("b3"))
    move = [A("MIGRATE_SERVICE", text("b.com")) +
            A("MIGRATE_FROM", text(src)) + A("MIGRATE_TO", text(dst))
            for src, dst in (("b1", "b2"), ("b2", "b1"))]

    test.case("domain-set", "DOMAIN_SET",
              A("DOMAIN_MAX_FLOWS", u32(262144)) +
              A("DOMAIN_FLOW_ACCT", u32(0)) +
              A("DOMAIN_VIP_POOL", prefix("10.1.0.0/24"), True) +
              A("DOMAIN_VIP_POOL", prefix("fd00:254::/64"), True))
    test.case("service-new", "SERVICE_NEW",
              new + vips("10.1.0.7", "fd00:254::7", "fd00:254:0:1::/64"),
              undo=[("SERVICE_DEL", new)])
    test.case("service-new, ID from its name", "SERVICE_NEW", new,
              undo=[("SERVICE_DEL", new)])
    test.case("service-set", "SERVICE_SET",
              b_com + vips("10.1.0.2", "fd00:254::2", "10.1.0.8"),
              undo=[("SERVICE_SET", b_com + vips(*b_vips))])
    test.case("service-freeze", "SERVICE_FREEZE",
              b_com + A("SERVICE_FROZEN", u32(60000)),
              undo=[("SERVICE_THAW", b_com)])
    test.must("SERVICE_FREEZE", b_com + A("SERVICE_FROZEN", u32(60000)))
    test.case("service-thaw", "SERVICE_THAW", b_com,
              undo=[("SERVICE_FREEZE",
                     b_com + A("SERVICE_FROZEN", u32(60000)))])
    test.must("SERVICE_THAW", b_com)
    test.case("service-set, another scheduler", "SERVICE_SET",
              b_com + A("SERVICE_SCHED", u32(3)),
              undo=[("SERVICE_SET", b_com + A("SERVICE_SCHED", u32(0)))])
    test.case("service-new, aliases", "SERVICE_NEW",
              new + vips("10.1.0.7") + aliases("new.net", "new.org"),
              undo=[("SERVICE_DEL", new)])
    test.must("SERVICE_NEW", new + aliases("new.net"))
    test.case("service-set, aliases", "SERVICE_SET",
              new + aliases("new.org", "other.org"),
              undo=[("SERVICE_SET", new + aliases("new.net"))])
    test.must("SERVICE_DEL", new)
    test.must("SERVICE_NEW", new)
    policy_cases(test, A("POLICY_FROM", text("new.com")) +
                 A("POLICY_TO", text("b.com")))
    test.case("service-del", "SERVICE_DEL", new,
              undo=[("SERVICE_NEW", new)])
    test.must("SERVICE_DEL", new)
    test.case("member-new", "MEMBER_NEW",
              A("MEMBER_NETNS_FD", fd3) + b3 + A("MEMBER_ROUTE", u32(1)),
              undo=[("MEMBER_DEL", b3)])
    test.must("MEMBER_NEW", A("MEMBER_NETNS_FD", fd3) + b3)
    test.case("member-set", "MEMBER_SET", b3 + A("MEMBER_ROUTE", u32(1)),
              undo=[("MEMBER_SET", b3 + A("MEMBER_ROUTE", u32(0)))])
    test.case("member-del", "MEMBER_DEL", b3,
              undo=[("MEMBER_NEW", A("MEMBER_NETNS_FD", fd3) + b3)])
    test.must("MEMBER_DEL", b3)
    test.case("endpoint-new", "ENDPOINT_NEW",
              endpoint("new", 13, NETNS_FD=fd3),
              undo=[("ENDPOINT_DEL", endpoint("new", 0)),
                    ("MEMBER_DEL", A("MEMBER_NETNS_FD", fd3))])
    test.must("ENDPOINT_NEW", endpoint("new", 13, NO_MEMBER=b""))
    test.case("endpoint-del", "ENDPOINT_DEL", endpoint("new", 0),
              undo=[("ENDPOINT_NEW", endpoint("new", 13, NO_MEMBER=b""))])
    test.must("ENDPOINT_DEL", endpoint("new", 0))
    test.case("endpoint-set", "ENDPOINT_SET",
              endpoint("b1", 0, WEIGHT=u32(5), STATE=u32(1), TIER=u32(1)),
              undo=[("ENDPOINT_SET",
                     endpoint("b1", 0, WEIGHT=u32(1), STATE=u32(0),
                              TIER=u32(0)))])
    test.case("drain", "ENDPOINT_SET",
              endpoint("b1", 0, STATE=u32(2), DRAIN_DEADLINE=u32(600000)),
              undo=[("ENDPOINT_SET", endpoint("b1", 0, STATE=u32(0)))])
    rules(test)
    for src, data in zip(("b1", "b2"), move):
        test.case(f"migrate from {src}", "MIGRATE", data)
    for src, data in zip(("b1", "b2"), move):
        test.case(f"migrate from {src} with freeze", "MIGRATE",
                  data + A("MIGRATE_FREEZE"))
    test.case("flow-del", "FLOW_DEL", A("FLOW_SERVICE", text("b.com")))
    flows_anew(test)
    opened(test, fd3)


def main():
    """All cases."""
    test = Test()
    if sys.argv[1:] == ["flush"]:
        flush(test)
    else:
        change_cases(test)
        get_cases(test)
        transactions(test, u32(namespace("b3")))
        test.complete()
    print(f"1..{test.number}")
    return test.failed


sys.exit(main())
