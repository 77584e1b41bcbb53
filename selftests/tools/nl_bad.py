#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Bad requests: errno, a text, the attribute; nothing changes.

    nl_bad.py           in the domain's namespace
    nl_bad.py foreign   in a namespace of another user namespace

The domain has b.com (10.1.0.2; b1, b2 down), c.com (10.1.0.3, one endpoint b3
with IPv4 alone), d.com (d1 with an IPv6 flow, d2 with IPv4 alone), many.com (e0
to e64), members a, b1, b2, b3. The namespace other belongs to another domain,
free to none.
"""
import errno
import sys

from nl import (N, TRAFFIC, Family, attr, ip4, ip6, namespace, number_of,
                prefix, text, u32, without)

# one number with two names
NOT_HERE = errno.errorcode[errno.EOPNOTSUPP]


def A(name, data=b"", nested=False):
    """An attribute by name."""
    return attr(N["SAL_A_" + name], data, nested)


def vip(value):
    """A VIP of a service."""
    return A("SERVICE_VIP", prefix(value), True)


SVC = A("SERVICE_NAME", text("x.com"))
B = A("ENDPOINT_SERVICE", text("b.com"))
R = A("RESOLVE_NAME", text("b.com"))
E = A("ENDPOINT_NAME", text("new"))
DRAIN = B + A("ENDPOINT_NAME", text("b1"))
V4 = A("ENDPOINT_IPV4", ip4("10.0.1.99"))
PFX4 = attr(N["SAL_A_PREFIX_IPV4"], ip4("10.1.0.0"))
PFX6 = attr(N["SAL_A_PREFIX_IPV6"], ip6("fd00::"))
FD = namespace("b1")
ORCH2 = namespace("other")
FREE = namespace("free")
WALK = A("RESOLVE_NETNS_FD", u32(FREE))

# where it is not for this table to say which attribute is blamed
ANY = object()


def migrate(src, dst, service="b.com"):
    """A migrate request."""
    return A("MIGRATE_SERVICE", text(service)) + \
        b"".join(A("MIGRATE_FROM", text(s)) for s in src) + \
        A("MIGRATE_TO", text(dst))


def flows(service=None, endpoint=None, src=None):
    """Which flows a request is about."""
    data = b""
    if service:
        data += A("FLOW_SERVICE", text(service))
    if endpoint:
        data += A("FLOW_ENDPOINT", text(endpoint))
    if src:
        data += A("FLOW_SRC", prefix(src), True)
    return data


def saved(**changed):
    """A flow as it was; what is changed to nothing is left out."""
    data = {"SERVICE": text("b.com"), "MEMBER": text("a"),
            "PROTO": bytes([1]), "SRC": prefix("10.0.1.1"),
            "DST": prefix("10.1.0.2"), "SPORT": bytes([1, 2])}
    data.update(changed)
    return b"".join(A("FLOW_" + key, value,
                      key in ("SRC", "DST", "CLIENT_NAME"))
                    for key, value in data.items() if value)


FROM = A("POLICY_FROM", text("b.com"))
TO = A("POLICY_TO", text("c.com"))
DENY = A("POLICY_ACCESS", u32(1))
RULE = A("RULE_PREFIX", prefix("10.9.0.0/16"), True)


def action(name):
    """What a rule does."""
    return A("RULE_ACTION", u32(N[f"SAL_ACTION_{name}"]))


# operation, attributes, errno, a word of the text (or several, one of which it
# has to have), attribute; None where the answer is to name none
TABLE = [
    ("SERVICE_NEW", b"", "EINVAL", "missing", "SERVICE_NAME"),
    ("SERVICE_NEW", A("SERVICE_NAME", text("")), "EINVAL", "", "SERVICE_NAME"),
    ("SERVICE_NEW", A("SERVICE_NAME", text("a b")), "EINVAL", "",
     "SERVICE_NAME"),
    ("SERVICE_NEW", A("SERVICE_NAME", text("x" * 256)), "EINVAL", "",
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
    ("SERVICE_NEW", SVC + vip("::ffff:10.1.0.9"), "EADDRNOTAVAIL", "mapped",
     "PREFIX_IPV6"),
    ("SERVICE_NEW", SVC + vip("10.1.0.9/16"), "EINVAL", "behind",
     "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + vip("10.1.0.0/33"), "EINVAL", "over 32",
     "PREFIX_LEN"),
    ("SERVICE_NEW", SVC + vip("fd00::/129"), "ERANGE", "", "PREFIX_LEN"),
    ("SERVICE_NEW", SVC + A("SERVICE_VIP", b"", True), "EINVAL",
     "one address", "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + A("SERVICE_VIP", PFX4 + PFX6, True), "EINVAL",
     "one address", "SERVICE_VIP"),
    ("SERVICE_NEW", SVC + b"".join(vip(f"10.1.1.{i}") for i in range(65)),
     "E2BIG", "64", "SERVICE_VIP"),
    ("SERVICE_NEW", A("SERVICE_NAME", text("x..com")), "EINVAL", "empty",
     "SERVICE_NAME"),
    ("SERVICE_NEW", A("SERVICE_NAME", text("x" * 64)), "EINVAL", "label",
     "SERVICE_NAME"),
    ("SERVICE_NEW", SVC + A("SERVICE_ALIAS", text("B.com.")), "EEXIST",
     "already", "SERVICE_ALIAS"),
    ("SERVICE_NEW", SVC + A("SERVICE_ALIAS", text("x.com")), "EINVAL",
     "own name", "SERVICE_ALIAS"),
    ("SERVICE_NEW", SVC + A("SERVICE_ALIAS", text("y.com")) * 2, "EINVAL",
     "twice", "SERVICE_ALIAS"),
    ("SERVICE_NEW", SVC + A("SERVICE_ALIAS", text("y com")), "EINVAL",
     "only letters", "SERVICE_ALIAS"),
    ("SERVICE_NEW", SVC + A("SERVICE_ALIAS", text("y.com")) +
     A("SERVICE_ALIAS", text("")), "EINVAL", "empty", "SERVICE_ALIAS"),
    ("SERVICE_NEW", SVC + A("SERVICE_ALIAS", text("x" * 256)), "ERANGE", "",
     "SERVICE_ALIAS"),
    ("SERVICE_NEW", SVC + A("SERVICE_ALIAS", b"y.com"), "EINVAL", "NUL",
     "SERVICE_ALIAS"),
    ("SERVICE_NEW", SVC + b"".join(A("SERVICE_ALIAS", text(f"y{i}"))
                                   for i in range(17)),
     "E2BIG", "16", "SERVICE_ALIAS"),
    ("SERVICE_NEW", SVC + A("SERVICE_ON_EMPTY", u32(2)), "ERANGE", "",
     "SERVICE_ON_EMPTY"),
    ("SERVICE_NEW", SVC + A("SERVICE_SCHED", u32(4)), "ERANGE", "",
     "SERVICE_SCHED"),
    ("SERVICE_NEW", SVC + A("SERVICE_AFFINITY", u32(2147484)), "ERANGE", "",
     "SERVICE_AFFINITY"),
    ("SERVICE_NEW", SVC + A("SERVICE_HOLD_TIME", u32(60001)), "ERANGE", "",
     "SERVICE_HOLD_TIME"),
    ("SERVICE_NEW", SVC + A("SERVICE_HOLD_TIME", b"\0"), "EINVAL", "",
     "SERVICE_HOLD_TIME"),
    ("SERVICE_NEW", SVC + attr(77, u32(1)), "EINVAL", "nknown", 77),
    ("SERVICE_SET", SVC, "ENOENT", "x.com", "SERVICE_NAME"),
    ("SERVICE_NEW", SVC + A("SERVICE_HOLD_SHARE", u32(101)), "ERANGE", "",
     "SERVICE_HOLD_SHARE"),
    ("SERVICE_FREEZE", SVC, "ENOENT", "x.com", "SERVICE_NAME"),
    ("SERVICE_FREEZE", A("SERVICE_NAME", text("b.com")) +
     A("SERVICE_FROZEN", u32(60001)), "ERANGE", "", "SERVICE_FROZEN"),
    ("SERVICE_THAW", A("SERVICE_NAME", text("b.com")), "ENOENT", "not frozen",
     "SERVICE_NAME"),
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
     "EADDRNOTAVAIL", "mapped", "ENDPOINT_IPV6"),
    ("ENDPOINT_NEW", B + E + A("ENDPOINT_IPV6", b"\0" * 15), "ERANGE", "",
     "ENDPOINT_IPV6"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_TIER", u32(256)), "ERANGE", "",
     "ENDPOINT_TIER"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_WEIGHT", u32(65536)), "ERANGE",
     "", "ENDPOINT_WEIGHT"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_STATE", u32(4)), "ERANGE", "",
     "ENDPOINT_STATE"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_NETNS_FD", u32(999)), "EBADF",
     "", "ENDPOINT_NETNS_FD"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_NETNS_FD", u32(0)), "EBADF",
     "no network namespace", "ENDPOINT_NETNS_FD"),
    # neither is its namespace a member afterwards, nor has it been for a moment
    ("ENDPOINT_NEW", B + E + A("ENDPOINT_IPV4", ip4("10.0.1.11")) +
     A("ENDPOINT_NETNS_FD", u32(FREE)), "EADDRINUSE", "b1", "ENDPOINT_IPV4"),
    ("ENDPOINT_NEW", B + A("ENDPOINT_NAME", text("b1")) + V4 +
     A("ENDPOINT_NETNS_FD", u32(FREE)), "EEXIST", "b1", "ENDPOINT_NAME"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_NETNS_FD", u32(ORCH2)),
     "EBUSY", "another domain", "ENDPOINT_NETNS_FD"),
    ("ENDPOINT_SET", B + E, "ENOENT", "new", "ENDPOINT_NAME"),
    ("ENDPOINT_SET", B + A("ENDPOINT_NAME", text("b1")) +
     A("ENDPOINT_IPV4", ip4("10.0.1.12")), "EADDRINUSE", "b2",
     "ENDPOINT_IPV4"),
    ("ENDPOINT_SET", B + A("ENDPOINT_NAME", text("b1")) +
     A("ENDPOINT_LEASE", u32(86400001)), "ERANGE", "", "ENDPOINT_LEASE"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_LEASE", b"\1\0"), "EINVAL", "",
     "ENDPOINT_LEASE"),
    ("ENDPOINT_SET", B + A("ENDPOINT_NAME", text("b1")) + A("ENDPOINT_RENEW"),
     "ENODATA", "no lease", "ENDPOINT_RENEW"),
    ("ENDPOINT_SET", B + A("ENDPOINT_NAME", text("b1")) +
     A("ENDPOINT_RENEW") + A("ENDPOINT_LEASE", u32(0)), "ENODATA", "no lease",
     "ENDPOINT_RENEW"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_RENEW"), "EINVAL", "",
     "ENDPOINT_RENEW"),
    ("ENDPOINT_SET", B + A("ENDPOINT_NAME", text("b1")) +
     A("ENDPOINT_LEASE_LEFT", u32(5)), "EINVAL", "", "ENDPOINT_LEASE_LEFT"),
    ("ENDPOINT_SET", DRAIN + A("ENDPOINT_DRAIN_DEADLINE", u32(500)),
     "EINVAL", "not draining", "ENDPOINT_DRAIN_DEADLINE"),
    ("ENDPOINT_SET", DRAIN + A("ENDPOINT_STATE", u32(2)) +
     A("ENDPOINT_DRAIN_THEN", u32(1)), "EINVAL", "without a deadline",
     "ENDPOINT_DRAIN_THEN"),
    ("ENDPOINT_SET", DRAIN + A("ENDPOINT_STATE", u32(2)) +
     A("ENDPOINT_DRAIN_DEADLINE", u32(0)) + A("ENDPOINT_DRAIN_THEN", u32(0)),
     "EINVAL", "without a deadline", "ENDPOINT_DRAIN_THEN"),
    ("ENDPOINT_SET", DRAIN + A("ENDPOINT_STATE", u32(2)) +
     A("ENDPOINT_DRAIN_DEADLINE", u32(86400001)), "ERANGE", "",
     "ENDPOINT_DRAIN_DEADLINE"),
    ("ENDPOINT_SET", DRAIN + A("ENDPOINT_STATE", u32(2)) +
     A("ENDPOINT_DRAIN_DEADLINE", u32(500)) +
     A("ENDPOINT_DRAIN_THEN", u32(2)), "ERANGE", "", "ENDPOINT_DRAIN_THEN"),
    ("ENDPOINT_SET", DRAIN + A("ENDPOINT_STATE", u32(4)), "ERANGE", "",
     "ENDPOINT_STATE"),
    ("ENDPOINT_SET", DRAIN + A("ENDPOINT_DRAIN_LEFT", u32(5)), "EINVAL", "",
     "ENDPOINT_DRAIN_LEFT"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_DRAIN_DEADLINE", u32(5)),
     "EINVAL", "", "ENDPOINT_DRAIN_DEADLINE"),
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
    ("MEMBER_DEL", A("MEMBER_NAME", text("a")) +
     A("MEMBER_NETNS_FD", u32(FD)), "EINVAL", "either", "MEMBER_NETNS_FD"),
    ("MEMBER_DEL", A("MEMBER_NETNS_FD", u32(FREE)), "ENOENT", "no member",
     "MEMBER_NETNS_FD"),
    ("MEMBER_SET", A("MEMBER_NAME", text("a")) + A("MEMBER_ROUTE", u32(7)),
     "ERANGE", "", "MEMBER_ROUTE"),
    ("DOMAIN_SET", A("DOMAIN_MAX_FLOWS", u32(0)), "ERANGE", "",
     "DOMAIN_MAX_FLOWS"),
    ("DOMAIN_SET", A("DOMAIN_FLOW_ACCT", u32(2)), "ERANGE", "",
     "DOMAIN_FLOW_ACCT"),
    ("DOMAIN_SET", A("DOMAIN_FLOW_ACCT", b"\1"), "EINVAL", "",
     "DOMAIN_FLOW_ACCT"),
    ("DOMAIN_SET", A("DOMAIN_ID_PREFIX", prefix("fd00::/40"), True), "EINVAL",
     "", "DOMAIN_ID_PREFIX"),
    ("DOMAIN_SET", A("DOMAIN_ID_PREFIX", prefix("10.0.0.0/8"), True),
     "EINVAL", "", "DOMAIN_ID_PREFIX"),
    ("DOMAIN_SET", b"".join(A("DOMAIN_VIP_POOL", prefix(f"10.{i}.0.0/16"),
                              True) for i in range(17)), "E2BIG", "16",
     "DOMAIN_VIP_POOL"),
    ("FLOW_GET", b"", "EINVAL", "missing", "FLOW_ID"),
    ("FLOW_GET", A("FLOW_ID", u32(4242)), "ENOENT", "4242", "FLOW_ID"),
    ("FLOW_NEW", b"", "EINVAL", "service is missing", "FLOW_SERVICE"),
    ("FLOW_NEW", saved(MEMBER=b""), "EINVAL", "member is missing",
     "FLOW_MEMBER"),
    ("FLOW_NEW", saved(MEMBER=text("nope")), "ENOENT", "no member",
     "FLOW_MEMBER"),
    ("FLOW_NEW", saved(SERVICE=text("x.com")), "ENOENT", "x.com",
     "FLOW_SERVICE"),
    ("FLOW_NEW", saved(ENDPOINT=text("nope")), "ENOENT", "nope",
     "FLOW_ENDPOINT"),
    ("FLOW_NEW", saved(PROTO=bytes([33])), "EINVAL", "protocol", "FLOW_PROTO"),
    ("FLOW_NEW", saved(PROTO=bytes([58])), "EINVAL", "protocol", "FLOW_PROTO"),
    ("FLOW_NEW", saved(PROTO=bytes([6])), "EINVAL", "have a port", "FLOW_PROTO"),
    ("FLOW_NEW", saved(SRC=prefix("fd00::1")), "EINVAL", "family",
     "FLOW_DST"),
    ("FLOW_NEW", saved(SRC=prefix("10.0.0.0/8")), "EINVAL", "single",
     "FLOW_SRC"),
    ("FLOW_NEW", saved(CLIENT_NAME=prefix("fd00::1")), "EINVAL", "family",
     "FLOW_CLIENT_NAME"),
    ("FLOW_NEW", saved(SERVICE_PORT=bytes([0, 7])), "EINVAL", "direct",
     "FLOW_SERVICE_PORT"),
    ("FLOW_NEW", saved(MARKS=u32(64)), "EINVAL", "", "FLOW_MARKS"),
    ("FLOW_NEW", saved(TOLD=u32(4)), "ERANGE", "", "FLOW_TOLD"),
    ("FLOW_DEL", A("FLOW_ID", u32(4242)), "ENOENT", "4242", "FLOW_ID"),
    ("FLOW_DEL", flows("x.com"), "ENOENT", "x.com", "FLOW_SERVICE"),
    ("FLOW_DEL", flows("b.com", "nope"), "ENOENT", "nope", "FLOW_ENDPOINT"),
    ("FLOW_DEL", flows(src="10.0.0.1/8"), "EINVAL", "behind", "FLOW_SRC"),
    ("MIGRATE", b"", "EINVAL", "missing", "MIGRATE_SERVICE"),
    ("MIGRATE", migrate([], "b2"), "ENETDOWN", "b2", "MIGRATE_TO"),
    ("MIGRATE", migrate(["b2"], "b1") +
     A("MIGRATE_SRC", prefix("10.0.0.1/8"), True), "EINVAL", "behind",
     "MIGRATE_SRC"),
    ("MIGRATE", migrate(["b1"], "b2") + A("MIGRATE_PROTO", b"\1"), "ENETDOWN",
     "b2", "MIGRATE_TO"),
    ("MIGRATE", migrate(["b2"], "b1") + A("MIGRATE_ID", u32(4000000000)),
     "ENOENT", "no such flow 4000000000", "MIGRATE_ID"),
    ("MIGRATE", migrate(["b2", "b2"], "b1"), "EINVAL", "twice",
     "MIGRATE_FROM"),
    ("MIGRATE", migrate(["b1"], "nope"), "ENOENT", "nope", "MIGRATE_TO"),
    ("MIGRATE", migrate(["nope"], "b1"), "ENOENT", "nope", "MIGRATE_FROM"),
    ("MIGRATE", migrate(["b1"], "b1"), "EINVAL", "b1", "MIGRATE_FROM"),
    ("MIGRATE", migrate(["b1"], "b2"), "ENETDOWN", "b2", "MIGRATE_TO"),
    ("MIGRATE", migrate(["b1"], "b2") + A("MIGRATE_FREEZE", b""), "ENETDOWN",
     "b2", "MIGRATE_TO"),
    ("MIGRATE", migrate(["b1"], "b2") + A("MIGRATE_TIME", u32(9)), "EINVAL",
     "freeze", "MIGRATE_TIME"),
    ("MIGRATE", migrate(["b1"], "b2") + A("MIGRATE_FREEZE", b"") +
     A("MIGRATE_TIME", u32(60001)), "ERANGE", "", "MIGRATE_TIME"),
    ("MIGRATE", migrate([f"e{i}" for i in range(65)], "to", "many.com"),
     "E2BIG", "64", "MIGRATE_FROM"),
    ("MIGRATE", migrate(["d1"], "d2", "d.com"), "EAFNOSUPPORT", "IPv6",
     "MIGRATE_TO"),
    ("RESOLVE", b"", "EINVAL", "missing", "RESOLVE_NAME"),
    ("RESOLVE", A("RESOLVE_NAME", text("b.com")) +
     A("RESOLVE_IPV4", ip4("10.1.0.2")), "EINVAL", "either", "RESOLVE_IPV4"),
    ("RESOLVE", A("RESOLVE_NAME", text("x.com")), "ENOENT", "x.com",
     "RESOLVE_NAME"),
    ("RESOLVE", A("RESOLVE_IPV4", ip4("10.1.0.99")), "ENOENT", "",
     "RESOLVE_IPV4"),
    ("RESOLVE", R + A("RESOLVE_PROTO", b"\1"), "EINVAL", "only with",
     "RESOLVE_PROTO"),
    ("RESOLVE", R + A("RESOLVE_NETNS_FD", u32(999)), "EBADF", "",
     "RESOLVE_NETNS_FD"),
    ("RESOLVE", R + WALK + A("RESOLVE_PROTO", b"\0"), "ERANGE", "",
     "RESOLVE_PROTO"),
    ("RESOLVE", R + WALK + A("RESOLVE_DPORT", b"\0\7"), "EINVAL",
     "no ports", "RESOLVE_DPORT"),
    ("RESOLVE", R + WALK + A("RESOLVE_FAMILY", b"\7\0"), "EINVAL",
     "neither", "RESOLVE_FAMILY"),
    ("RESOLVE", A("RESOLVE_IPV4", ip4("10.1.0.2")) + WALK +
     A("RESOLVE_FAMILY", b"\12\0"), "EINVAL", "other family",
     "RESOLVE_FAMILY"),
    ("RULE_NEW", action("DROP"), "EINVAL", "missing", "RULE_PREFIX"),
    ("RULE_NEW", RULE, "EINVAL", "missing", "RULE_ACTION"),
    ("RULE_NEW", RULE + A("RULE_ACTION", u32(6)), "ERANGE", "",
     "RULE_ACTION"),
    ("RULE_NEW", RULE + action("FORWARD"), "EINVAL", "missing",
     "RULE_SERVICE"),
    ("RULE_NEW", RULE + action("FORWARD") +
     A("RULE_SERVICE", text("x.com")), "ENOENT", "x.com", "RULE_SERVICE"),
    ("RULE_NEW", RULE + action("DROP") + A("RULE_SERVICE", text("b.com")),
     "EINVAL", "not for", "RULE_SERVICE"),
    ("RULE_NEW", RULE + action("DROP") + A("RULE_TIME", u32(1000)),
     "EINVAL", "not for", "RULE_TIME"),
    ("RULE_NEW", RULE + action("DROP") + A("RULE_THEN", u32(0)), "EINVAL",
     "not for", "RULE_THEN"),
    ("RULE_NEW", RULE + action("UPCALL") + A("RULE_TIME", u32(99)),
     "ERANGE", "", "RULE_TIME"),
    ("RULE_NEW", RULE + action("UPCALL") + A("RULE_TIME", u32(60001)),
     "ERANGE", "", "RULE_TIME"),
    ("RULE_NEW", RULE + action("UPCALL") + A("RULE_THEN", u32(2)), "ERANGE",
     "", "RULE_THEN"),
    ("RULE_NEW", A("RULE_PREFIX", prefix("10.9.0.1/16"), True) +
     action("DROP"), "EINVAL", "behind", "RULE_PREFIX"),
    ("RULE_NEW", A("RULE_PREFIX", prefix("10.9.0.0/33"), True) +
     action("DROP"), "EINVAL", "over 32", "ANY_PREFIX_LEN"),
    ("RULE_NEW", A("RULE_PREFIX", prefix("::/129"), True) + action("DROP"),
     "ERANGE", "", "ANY_PREFIX_LEN"),
    ("RULE_NEW", A("RULE_PREFIX", b"", True) + action("DROP"), "EINVAL",
     "one address", "RULE_PREFIX"),
    ("RULE_NEW", A("RULE_PREFIX", prefix("::ffff:0.0.0.0/96"), True) +
     action("DROP"), "EADDRNOTAVAIL", "mapped", "ANY_PREFIX_IPV6"),
    ("RULE_NEW", A("RULE_PREFIX", prefix("127.1.0.0/16"), True) +
     action("DROP"), "EADDRNOTAVAIL", "loopback", "RULE_PREFIX"),
    ("RULE_NEW", A("RULE_PREFIX", prefix("10.1.0.2"), True) +
     action("REDIRECT") + A("RULE_SERVICE", text("b.com")), "ELOOP",
     "circle", "RULE_SERVICE"),
    ("RULE_GET", RULE, "ENOENT", "no rule", "RULE_PREFIX"),
    ("RULE_GET", b"", "EINVAL", "missing", "RULE_PREFIX"),
    ("RULE_DEL", RULE, "ENOENT", "no rule", "RULE_PREFIX"),
    ("RULE_DEL", b"", "EINVAL", "missing", "RULE_PREFIX"),
    ("POLICY_NEW", FROM + TO, "EINVAL", "missing", "POLICY_ACCESS"),
    ("POLICY_NEW", DENY, "EINVAL", "domain set policy", "POLICY_ACCESS"),
    ("POLICY_NEW", FROM + TO + A("POLICY_ACCESS", u32(2)), "ERANGE", "",
     "POLICY_ACCESS"),
    ("POLICY_NEW", A("POLICY_FROM", text("x.com")) + DENY, "ENOENT", "x.com",
     "POLICY_FROM"),
    ("POLICY_NEW", FROM + A("POLICY_TO", text("x.com")) + DENY, "ENOENT",
     "x.com", "POLICY_TO"),
    ("POLICY_NEW", A("POLICY_FROM", text("a b")) + DENY, "EINVAL",
     "only letters", "POLICY_FROM"),
    ("POLICY_DEL", FROM + TO, "ENOENT", "no policy", "POLICY_FROM"),
    ("POLICY_DEL", b"", "ENOENT", "no policy", None),
    ("TRANSACTION_COMMIT", b"", "ENOENT", "transaction", None),
    ("TRANSACTION_ABORT", b"", "ENOENT", "transaction", None),
    (200, b"", NOT_HERE, "", None),
]

# said by us, or by the core, which since 7.x does not let them pass
NONE = ("no attributes", "Unknown attribute")

DUMPS = [
    ("SERVICE_GET", SVC, "EINVAL", NONE, "SERVICE_NAME"),
    ("MEMBER_GET", A("MEMBER_NAME", text("a")), "EINVAL", NONE,
     "MEMBER_NAME"),
    ("DOMAIN_GET", A("DOMAIN_MAX_FLOWS", u32(1)), "EINVAL", NONE,
     "DOMAIN_MAX_FLOWS"),
    ("STATS_GET", attr(1, u32(1)), "EINVAL", NONE, 1),
    ("RULE_GET", RULE, "EINVAL", NONE, "RULE_PREFIX"),
    ("POLICY_GET", attr(1, u32(1)), "EINVAL", NONE, 1),
    ("ENDPOINT_GET", A("ENDPOINT_SERVICE", text("x.com")), "ENOENT", "x.com",
     "ENDPOINT_SERVICE"),
    ("FLOW_GET", flows("x.com"), "ENOENT", "x.com", "FLOW_SERVICE"),
    ("FLOW_GET", flows("b.com", "nope"), "ENOENT", "nope", "FLOW_ENDPOINT"),
    ("FLOW_GET", flows(src="10.0.0.1/8"), "EINVAL", "behind", "FLOW_SRC"),
    ("FLOW_GET", A("FLOW_ID", u32(1)), "EINVAL", "", "FLOW_ID"),
]

# when a transaction has begun: what is no part of one, and what is looked at
# before it is kept
WITHIN = [
    ("TRANSACTION_BEGIN", b"", "EBUSY", "transaction", None),
    ("DOMAIN_SET", A("DOMAIN_MAX_FLOWS", u32(5)), NOT_HERE,
     "transaction", ANY),
    ("DOMAIN_FLUSH", b"", NOT_HERE, "transaction", ANY),
    ("MEMBER_NEW", A("MEMBER_NAME", text("m")) +
     A("MEMBER_NETNS_FD", u32(FREE)), NOT_HERE, "transaction", ANY),
    ("MEMBER_SET", A("MEMBER_NAME", text("a")) + A("MEMBER_ROUTE", u32(0)),
     NOT_HERE, "transaction", ANY),
    ("MEMBER_DEL", A("MEMBER_NAME", text("a")), NOT_HERE, "transaction",
     ANY),
    ("MIGRATE", migrate(["d2"], "d1", "d.com"), NOT_HERE, "transaction",
     ANY),
    ("FLOW_DEL", b"", NOT_HERE, "transaction", ANY),
    ("RULE_NEW", RULE + action("DROP"), NOT_HERE, "transaction", ANY),
    ("RULE_DEL", RULE, NOT_HERE, "transaction", ANY),
    ("POLICY_NEW", FROM + DENY, NOT_HERE, "transaction", ANY),
    ("POLICY_DEL", FROM, NOT_HERE, "transaction", ANY),
    ("SERVICE_NEW", SVC + vip("fd00::/129"), "ERANGE", "", "PREFIX_LEN"),
    ("SERVICE_SET", SVC + A("SERVICE_ON_EMPTY", u32(2)), "ERANGE", "",
     "SERVICE_ON_EMPTY"),
    ("SERVICE_DEL", A("SERVICE_NAME", text("x" * 256)), "EINVAL", "",
     "SERVICE_NAME"),
    ("SERVICE_NEW", SVC + b"".join(vip(f"fd00:9::{i:x}")
                                   for i in range(400)),
     "E2BIG", "transaction", None),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_NETNS_FD", u32(999)), "EBADF",
     "", "ENDPOINT_NETNS_FD"),
    ("ENDPOINT_SET", B + E + A("ENDPOINT_WEIGHT", u32(65536)), "ERANGE", "",
     "ENDPOINT_WEIGHT"),
    # what is left is not all that was asked for
    ("TRANSACTION_COMMIT", b"", "ECANCELED", "refused", None),
]

# when the domain has as much as it may have
LIMITS = [
    ("SERVICE_NEW", SVC, "ENOSPC", "services", "SERVICE_NAME"),
    ("ENDPOINT_NEW", B + E + V4, "ENOSPC", "endpoints", "ENDPOINT_NAME"),
    ("ENDPOINT_NEW", B + E + V4 + A("ENDPOINT_NETNS_FD", u32(FREE)), "ENOSPC",
     "limit", "ENDPOINT_NAME"),
    ("MEMBER_NEW", A("MEMBER_NAME", text("m")) +
     A("MEMBER_NETNS_FD", u32(FREE)), "ENOSPC", "members", "MEMBER_NAME"),
]

# operations that take no attributes at all; the last one is no great loss
PLAIN = [
    ("DOMAIN_GET", attr(77, u32(1)), "EINVAL", "", ANY),
    ("TRANSACTION_BEGIN", attr(77, u32(1)), "EINVAL", "", ANY),
    ("DOMAIN_FLUSH", attr(77, u32(1)), "EINVAL", "", ANY),
]

# in a domain of root's own of another user namespace
FOREIGN = [
    ("ENDPOINT_NEW", A("ENDPOINT_SERVICE", text("own.com")) + E + V4 +
     A("ENDPOINT_NETNS_FD", u32(FD)), "EPERM", "CAP_NET_ADMIN",
     "ENDPOINT_NETNS_FD"),
    ("MEMBER_NEW", A("MEMBER_NAME", text("m")) +
     A("MEMBER_NETNS_FD", u32(FD)), "EPERM", "CAP_NET_ADMIN",
     "MEMBER_NETNS_FD"),
    ("MEMBER_DEL", A("MEMBER_NETNS_FD", u32(FD)), "EPERM", "CAP_NET_ADMIN",
     "MEMBER_NETNS_FD"),
]


def state(fam):
    """All that a request could change, as messages."""
    seen = []
    for cmd in ("DOMAIN", "MEMBER", "SERVICE", "ENDPOINT", "RULE",
                "POLICY"):
        carried = {N.get(f"SAL_A_{cmd}_{name}") for name in TRAFFIC}
        fam.send(fam.id, N[f"SAL_CMD_{cmd}_GET"], flags=0x300)
        seen += [without(payload[4:], carried)
                 for kind, _, payload in fam.messages() if kind > 16]
    return seen


def check(fam, row, dump=False):
    """One row; returns what is wrong with the answer, or with what is left."""
    cmd, data, *want, number = row
    texts = want[1] if isinstance(want[1], tuple) else (want[1],)
    before = state(fam)
    err, words, bad = fam.req(cmd, data, dump)
    name = errno.errorcode.get(err, err)
    wrong = []
    if isinstance(number, str):
        number = N["SAL_A_" + number]
    if name != want[0]:
        wrong.append(f"errno {name}, want {want[0]}")
    if not any(part in words for part in texts) or (
            not words and err != errno.EOPNOTSUPP):
        wrong.append(f"text '{words}', want one of {texts}")
    if number is not ANY and bad != number:
        wrong.append(f"attribute {bad}, want {number}")
    if state(fam) != before:
        wrong.append("something has changed")
    print(f"# {cmd}: {name} '{words}' attribute {bad}")
    return wrong


def fill(fam):
    """Allow the domain as much as it has, and no more."""
    has = fam.ask("DOMAIN_GET")
    fam.ask("DOMAIN_SET", b"".join(
        A(f"DOMAIN_MAX_{what}", u32(number_of(has[N[f"SAL_A_DOMAIN_{what}"]])))
        for what in ("SERVICES", "ENDPOINTS", "MEMBERS")))


def cases_of(fam, foreign):
    """Name of a case, its rows; what is wrong is told in its time."""
    if foreign:
        fam.ask("SERVICE_NEW", A("SERVICE_NAME", text("own.com")))
        yield "another user's namespace", FOREIGN, False
        return
    for cmd in dict.fromkeys(row[0] for row in TABLE):
        yield f"{cmd}", [row for row in TABLE if row[0] == cmd], False
    yield "dumps", DUMPS, True
    fam.ask("TRANSACTION_BEGIN")
    yield "within a transaction", WITHIN, False
    others = [Family() for _ in range(64)]
    for other in others:
        other.ask("TRANSACTION_BEGIN")
    yield "one transaction too many", [
        ("TRANSACTION_BEGIN", b"", "ENOSPC", "other sockets", None)], False
    for other in others:
        other.sock.close()
    fill(fam)
    yield "what is over a limit", LIMITS, False
    yield "attributes where none are taken", PLAIN, False


def main():
    """A case for each operation."""
    fam = Family()
    cases = cases_of(fam, sys.argv[1:] == ["foreign"])
    for i, (name, rows, dump) in enumerate(cases):
        wrong = [f"{j}: {what}" for j, row in enumerate(rows)
                 for what in check(fam, row, dump)]
        for line in wrong:
            print(f"# FAIL {name}, row {line}")
        print(f"{'not ' if wrong else ''}ok {i + 1} - refused: {name}")
    print("# all rows were gone through")
    return 0


sys.exit(main())
