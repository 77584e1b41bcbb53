#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A table of bad requests: errno, a text, the attribute; nothing changes.

Run in the domain's namespace, with b.com (10.1.0.2; b1, b2 down), c.com
(10.1.0.3, one endpoint b3 with IPv4 alone), members a, b1, b2, b3.
"""
import errno
import sys

from nl import N, Family, attr, ip4, ip6, namespace, prefix, text, u32


def A(name, data=b"", nested=False):
    """An attribute by name."""
    return attr(N["SAL_A_" + name], data, nested)


def vip(value):
    """A VIP of a service."""
    return A("SERVICE_VIP", prefix(value), True)


SVC = A("SERVICE_NAME", text("x.com"))
B = A("ENDPOINT_SERVICE", text("b.com"))
E = A("ENDPOINT_NAME", text("new"))
V4 = A("ENDPOINT_IPV4", ip4("10.0.1.99"))
PFX4 = attr(N["SAL_A_PREFIX_IPV4"], ip4("10.1.0.0"))
PFX6 = attr(N["SAL_A_PREFIX_IPV6"], ip6("fd00::"))
FD = namespace("b1")
ORCH2 = namespace("other")


def migrate(src, dst):
    """A migrate request."""
    return A("MIGRATE_SERVICE", text("b.com")) + \
        b"".join(A("MIGRATE_FROM", text(s)) for s in src) + \
        A("MIGRATE_TO", text(dst))


# operation, attributes, errno, a word of the text, attribute
TABLE = [
    ("SERVICE_NEW", b"", "EINVAL", "missing", "SERVICE_NAME"),
    ("SERVICE_NEW", A("SERVICE_NAME", text("")), "EINVAL", "", "SERVICE_NAME"),
    ("SERVICE_NEW", A("SERVICE_NAME", text("a b")), "EINVAL", "",
     "SERVICE_NAME"),
    ("SERVICE_NEW", A("SERVICE_NAME", text("x" * 254)), "EINVAL", "",
     "SERVICE_NAME"),
    ("SERVICE_NEW", A("SERVICE_NAME", b"abc"), "EINVAL", "", "SERVICE_NAME"),
    ("SERVICE_NEW", A("SERVICE_NAME", text("b.com")), "EEXIST", "already",
     "SERVICE_NAME"),
    ("SERVICE_NEW", SVC + vip("10.1.0.2"), "EADDRINUSE", "b.com",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("10.0.1.11"), "EADDRINUSE", "b1",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("10.0.0.0/16"), "EADDRINUSE", "covers",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("10.1.0.9") + vip("10.1.0.9"), "EINVAL",
     "twice", "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("224.0.0.1"), "EADDRNOTAVAIL", "multicast",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("127.0.0.1"), "EADDRNOTAVAIL", "loopback",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("169.254.0.1"), "EADDRNOTAVAIL", "link-local",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("255.255.255.255"), "EADDRNOTAVAIL",
     "broadcast", "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("ff02::1"), "EADDRNOTAVAIL", "multicast",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("fe80::1"), "EADDRNOTAVAIL", "link-local",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("::1"), "EADDRNOTAVAIL", "loopback",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("::ffff:10.1.0.9"), None, "mapped", None),
    ("SERVICE_NEW", SVC + vip("10.1.0.9/16"), "EINVAL", "", None),
    ("SERVICE_NEW", SVC + vip("10.1.0.0/33"), "EINVAL", "", None),
    ("SERVICE_NEW", SVC + vip("fd00::/129"), "ERANGE", "", "PREFIX_LEN"),
    ("SERVICE_NEW", SVC + A("SERVICE_VIP", b"", True), "EINVAL", "", None),
    ("SERVICE_NEW", SVC + A("SERVICE_VIP", PFX4 + PFX6, True), "EINVAL", "",
     None),
    ("SERVICE_NEW", SVC + b"".join(vip(f"10.1.1.{i}") for i in range(65)),
     "E2BIG", "64", "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + A("SERVICE_ON_EMPTY", u32(2)), "ERANGE", "",
     "SERVICE_ON_EMPTY"),
    ("SERVICE_NEW", SVC + A("SERVICE_HOLD_TIME", u32(60001)), "ERANGE", "",
     "SERVICE_HOLD_TIME"),
    ("SERVICE_NEW", SVC + A("SERVICE_HOLD_TIME", b"\0"), "EINVAL", "",
     "SERVICE_HOLD_TIME"),
    ("SERVICE_NEW", SVC + attr(77, u32(1)), "EINVAL", "nknown", 77),
    ("SERVICE_SET", SVC, "ENOENT", "x.com", "SERVICE_NAME"),
    ("SERVICE_GET", SVC, "ENOENT", "x.com", "SERVICE_NAME"),
    ("SERVICE_DEL", SVC, "ENOENT", "x.com", "SERVICE_NAME"),
    ("SERVICE_DEL", b"", "EINVAL", "missing", "SERVICE_NAME"),
    ("ENDPOINT_NEW", B + V4, "EINVAL", "missing", "ENDPOINT_NAME"),
    ("ENDPOINT_NEW", E + V4, "EINVAL", "missing", "ENDPOINT_SERVICE"),
    ("ENDPOINT_NEW", B + E, "EINVAL", "needs an address", "ENDPOINT_IPV4"),
    ("ENDPOINT_NEW", A("ENDPOINT_SERVICE", text("x.com")) + E + V4, "ENOENT",
     "x.com", "ENDPOINT_SERVICE"),
    ("ENDPOINT_NEW", B + A("ENDPOINT_NAME", text("b1")) + V4, "EEXIST", "b1",
     "ENDPOINT_NAME"),
    ("ENDPOINT_NEW", B + E + A("ENDPOINT_IPV4", ip4("10.0.1.11")),
     "EADDRINUSE", "b1", "ENDPOINT_IPV4"),
    ("ENDPOINT_NEW", B + E + A("ENDPOINT_IPV4", ip4("10.1.0.3")),
     "EADDRINUSE", "c.com", "ENDPOINT_IPV4"),
    ("ENDPOINT_NEW", B + E + A("ENDPOINT_IPV4", ip4("224.0.0.5")),
     "EADDRNOTAVAIL", "multicast", "ENDPOINT_IPV4"),
    ("ENDPOINT_NEW", B + E + A("ENDPOINT_IPV6", ip6("fe80::5")),
     "EADDRNOTAVAIL", "link-local", "ENDPOINT_IPV6"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_IPV6", ip6("::ffff:1.2.3.4")),
     None, "mapped", "ENDPOINT_IPV6"),
    ("ENDPOINT_NEW", B + E + A("ENDPOINT_IPV6", b"\0" * 15), "ERANGE", "",
     "ENDPOINT_IPV6"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_WEIGHT", u32(0)), "ERANGE", "",
     "ENDPOINT_WEIGHT"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_WEIGHT", u32(65536)), "ERANGE",
     "", "ENDPOINT_WEIGHT"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_STATE", u32(2)), "ERANGE", "",
     "ENDPOINT_STATE"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_NETNS_FD", u32(999)), "EBADF",
     "", "ENDPOINT_NETNS_FD"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_NETNS_FD", u32(0)), None, "",
     "ENDPOINT_NETNS_FD"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_NETNS_FD", u32(ORCH2)),
     "EBUSY", "another domain", "ENDPOINT_NETNS_FD"),
    ("ENDPOINT_SET", B + E, "ENOENT", "new", "ENDPOINT_NAME"),
    ("ENDPOINT_SET", B + A("ENDPOINT_NAME", text("b1")) +
     A("ENDPOINT_IPV4", ip4("10.0.1.12")), "EADDRINUSE", "b2",
     "ENDPOINT_IPV4"),
    ("ENDPOINT_GET", B + E, "ENOENT", "new", "ENDPOINT_NAME"),
    ("ENDPOINT_DEL", B + E, "ENOENT", "new", "ENDPOINT_NAME"),
    ("MEMBER_NEW", A("MEMBER_NETNS_FD", u32(FD)), "EINVAL", "missing",
     "MEMBER_NAME"),
    ("MEMBER_NEW", A("MEMBER_NAME", text("m")), "EINVAL", "missing",
     "MEMBER_NETNS_FD"),
    ("MEMBER_NEW", A("MEMBER_NAME", text("m")) +
     A("MEMBER_NETNS_FD", u32(FD)), "EEXIST", "already", "MEMBER_NETNS_FD"),
    ("MEMBER_NEW", A("MEMBER_NAME", text("m")) +
     A("MEMBER_NETNS_FD", u32(ORCH2)), "EBUSY", "another domain",
     "MEMBER_NETNS_FD"),
    ("MEMBER_GET", A("MEMBER_NAME", text("m")), "ENOENT", "m", "MEMBER_NAME"),
    ("MEMBER_DEL", A("MEMBER_NAME", text("m")), "ENOENT", "m", "MEMBER_NAME"),
    ("MEMBER_SET", A("MEMBER_NAME", text("a")) + A("MEMBER_ROUTE", u32(7)),
     "ERANGE", "", "MEMBER_ROUTE"),
    ("DOMAIN_SET", A("DOMAIN_MAX_FLOWS", u32(0)), "ERANGE", "",
     "DOMAIN_MAX_FLOWS"),
    ("DOMAIN_SET", A("DOMAIN_ID_PREFIX", prefix("fd00::/40"), True), "EINVAL",
     "", "DOMAIN_ID_PREFIX"),
    ("DOMAIN_SET", A("DOMAIN_ID_PREFIX", prefix("10.0.0.0/8"), True),
     "EINVAL", "", "DOMAIN_ID_PREFIX"),
    ("DOMAIN_SET", b"".join(A("DOMAIN_VIP_POOL", prefix(f"10.{i}.0.0/16"),
                              True) for i in range(17)), "E2BIG", "16",
     "DOMAIN_VIP_POOL"),
    ("FLOW_GET", b"", "EINVAL", "missing", "FLOW_ID"),
    ("FLOW_GET", A("FLOW_ID", u32(4242)), "ENOENT", "4242", "FLOW_ID"),
    ("FLOW_DEL", A("FLOW_ID", u32(4242)), "ENOENT", "4242", "FLOW_ID"),
    ("MIGRATE", b"", "EINVAL", "missing", "MIGRATE_SERVICE"),
    ("MIGRATE", migrate(["b1"], "nope"), "ENOENT", "nope", "MIGRATE_TO"),
    ("MIGRATE", migrate(["nope"], "b1"), "ENOENT", "nope", "MIGRATE_FROM"),
    ("MIGRATE", migrate(["b1"], "b1"), "EINVAL", "b1", "MIGRATE_FROM"),
    ("MIGRATE", migrate(["b1"], "b2"), "ENETDOWN", "b2", "MIGRATE_TO"),
    ("MIGRATE", migrate([f"e{i}" for i in range(65)], "b1"), None, "", None),
    ("RESOLVE", b"", "EINVAL", "", None),
    ("RESOLVE", A("RESOLVE_NAME", text("x.com")), "ENOENT", "x.com",
     "RESOLVE_NAME"),
    ("RESOLVE", A("RESOLVE_IPV4", ip4("10.1.0.99")), "ENOENT", "",
     "RESOLVE_IPV4"),
    (200, b"", errno.errorcode[errno.EOPNOTSUPP], "", None),
]

DUMPS = [
    ("SERVICE_GET", SVC, "EINVAL"),
    ("MEMBER_GET", A("MEMBER_NAME", text("a")), "EINVAL"),
    ("ENDPOINT_GET", A("ENDPOINT_SERVICE", text("x.com")), "ENOENT"),
    ("STATS_GET", attr(1, u32(1)), "EINVAL"),
]


def state(fam):
    """All that a request could change, as messages."""
    seen = []
    for cmd in ("DOMAIN", "MEMBER", "SERVICE", "ENDPOINT"):
        fam.send(fam.id, N[f"SAL_CMD_{cmd}_GET"], flags=0x300)
        seen += [payload for kind, _, payload in fam.messages() if kind > 16]
    return seen


def check(fam, cmd, data, want, dump=False):
    """One row; returns what is wrong with the answer."""
    err, words, bad = fam.req(cmd, data, dump)
    name = errno.errorcode.get(err, err)
    number, wrong = want[2], []
    if isinstance(number, str):
        number = N["SAL_A_" + number]
    if err == 0 or want[0] not in (None, name):
        wrong.append(f"errno {name}, want {want[0]}")
    if want[1] not in words or (not words and err != errno.EOPNOTSUPP):
        wrong.append(f"text '{words}', want '{want[1]}'")
    if number is not None and bad != number:
        wrong.append(f"attribute {bad}, want {number}")
    print(f"# {cmd}: {name} '{words}' attribute {bad}")
    return wrong


def main():
    """A case for each operation, and one that nothing has changed."""
    fam = Family()
    before = state(fam)
    cases = {}
    for cmd, data, err, words, bad in TABLE:
        wrong = check(fam, cmd, data, (err, words, bad))
        cases.setdefault(str(cmd), []).extend(wrong)
    for cmd, data, err in DUMPS:
        wrong = check(fam, cmd, data, (err, "", None), True)
        cases.setdefault("dumps", []).extend(wrong)
    cases["nothing has changed"] = [] if state(fam) == before else ["it has"]
    for i, (name, wrong) in enumerate(cases.items()):
        for line in wrong:
            print(f"# FAIL {name}: {line}")
        print(f"{'not ' if wrong else ''}ok {i + 1} - refused: {name}")
    return 0


sys.exit(main())
