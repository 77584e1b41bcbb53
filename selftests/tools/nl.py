# SPDX-License-Identifier: GPL-2.0
"""Raw requests of the sal family: what a tool would not send, too.

Numbers come from the uapi header. req() returns (errno, text, attribute), the
attribute being what the offset in the extended ack points at; ask() returns the
attributes of the reply.
"""
import os
import pathlib
import re
import socket
import struct
import sys

HEADER = pathlib.Path(__file__).parent / "../../uapi/linux/sal.h"

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_DUMP_INTR = 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
NETLINK_GET_STRICT_CHK = 12
NLA_F_NESTED = 0x8000


def numbers():
    """Every enumerator of the header."""
    found = {}
    text = HEADER.read_text()
    for body in re.findall(r"enum[^{]*\{(.*?)\}", text, re.S):
        value = -1
        body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
        for name, _, given in re.findall(r"(\w+)(\s*=\s*([^,]+))?,", body):
            value = int(given, 0) if given.strip().isdigit() else value + 1
            found[name] = value
    return found


N = numbers()


def attr(number, data=b"", nested=False):
    """One attribute."""
    number |= NLA_F_NESTED if nested else 0
    pad = b"\0" * (-len(data) % 4)
    return struct.pack("=HH", 4 + len(data), number) + data + pad


def u32(value):
    """A 32-bit number."""
    return struct.pack("=I", value)


def text(value):
    """A string with its NUL."""
    return value.encode() + b"\0"


def ip4(value):
    """An IPv4 address."""
    return socket.inet_pton(socket.AF_INET, value)


def ip6(value):
    """An IPv6 address."""
    return socket.inet_pton(socket.AF_INET6, value)


def prefix(value):
    """The inside of a prefix nest."""
    addr, _, length = value.partition("/")
    if ":" in addr:
        data = attr(N["SAL_A_PREFIX_IPV6"], ip6(addr))
    else:
        data = attr(N["SAL_A_PREFIX_IPV4"], ip4(addr))
    if length:
        data += attr(N["SAL_A_PREFIX_LEN"], u32(int(length)))
    return data


def attrs(data):
    """Attributes by number; of several with one number the first."""
    found, pos = {}, 0
    while pos + 4 <= len(data):
        size, number = struct.unpack_from("=HH", data, pos)
        found.setdefault(number & 0x3fff, data[pos + 4:pos + size])
        pos += max(4, (size + 3) & ~3)
    return found


# what a service and an endpoint have carried, and by which paths: changes by itself
TRAFFIC = ("PATH",) + tuple(f"{way}_{what}" for way in ("FORWARD", "REVERSE")
                            for what in ("PACKETS", "BYTES"))


def without(data, unwanted):
    """Attributes, but for those with some numbers."""
    kept, pos = b"", 0
    while pos + 4 <= len(data):
        size, number = struct.unpack_from("=HH", data, pos)
        end = pos + max(4, (size + 3) & ~3)
        if number & 0x3fff not in unwanted:
            kept += data[pos:end]
        pos = end
    return kept


def number_of(data):
    """The value of a number, of whatever size."""
    return int.from_bytes(data, sys.byteorder)


class Family:
    """A socket that speaks to the family.

    The kernel makes the parts of a dump as large as the largest buffer that was
    ever given to recv(): a small one makes many parts.
    """

    def __init__(self, bufsize=65536):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        for opt in (NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK):
            self.sock.setsockopt(SOL_NETLINK, opt, 1)
        self.bufsize = bufsize
        self.seq = 0
        # CTRL_CMD_GETFAMILY by CTRL_ATTR_FAMILY_NAME
        self.send(16, 3, attr(2, b"sal\0"))
        reply = self.sock.recv(bufsize)
        pos = 20
        while pos < len(reply):
            size, kind = struct.unpack_from("=HH", reply, pos)
            if kind == 1:
                self.id = struct.unpack_from("=H", reply, pos + 4)[0]
            pos += (size + 3) & ~3
            if size < 4:
                break
        self.sock.recv(bufsize)

    def send(self, kind, cmd, data=b"", flags=NLM_F_ACK, version=1):
        """A message."""
        self.seq += 1
        body = struct.pack("=BBH", cmd, version, 0) + data
        self.sent = struct.pack("=IHHII", 16 + len(body), kind,
                                NLM_F_REQUEST | flags, self.seq, 0) + body
        self.sock.send(self.sent)

    def messages(self):
        """Of one answer, up to its end: (type, flags, payload)."""
        while True:
            data = self.sock.recv(self.bufsize)
            pos = 0
            while pos < len(data):
                size, kind, flags = struct.unpack_from("=IHH", data, pos)
                yield kind, flags, data[pos + 16:pos + size]
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    return
                pos += (size + 3) & ~3

    def req(self, cmd, data=b"", dump=False):
        """Request, and how it ended: (errno, text, attribute or None)."""
        number = N["SAL_CMD_" + cmd] if isinstance(cmd, str) else cmd
        self.send(self.id, number, data, NLM_F_DUMP if dump else NLM_F_ACK)
        for kind, flags, payload in self.messages():
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                return self.ended(kind, flags, payload)
        raise OSError("no end")

    def ask(self, cmd, data=b""):
        """Request, and the attributes of the reply; it must not be refused."""
        self.send(self.id, N["SAL_CMD_" + cmd], data)
        reply = b""
        for kind, flags, payload in self.messages():
            if kind == self.id:
                reply = payload[4:]
            elif kind == NLMSG_ERROR:
                err, words, _ = self.ended(kind, flags, payload)
                if err:
                    raise OSError(err, f"{cmd}: {words}")
        return attrs(reply)

    def ended(self, kind, flags, payload):
        """Decode the last message."""
        err = -struct.unpack_from("=i", payload)[0]
        words, bad, miss = "", None, None
        pos = 4 + (16 if kind == NLMSG_ERROR else 0)
        while flags & 0x200 and pos + 4 <= len(payload):
            size, number = struct.unpack_from("=HH", payload, pos)
            value = payload[pos + 4:pos + size]
            if number == 1:
                words = value.rstrip(b"\0").decode()
            elif number == 2:
                off = struct.unpack("=I", value)[0]
                bad = struct.unpack_from("=H", self.sent, off + 2)[0] & 0x3fff
            elif number == 5:
                miss = struct.unpack("=I", value)[0]
            pos += (size + 3) & ~3
            if size < 4:
                break
        return err, words, bad if bad is not None else miss


def namespace(path):
    """Open a namespace by name."""
    return os.open(f"/run/netns/{path}", os.O_RDONLY)
