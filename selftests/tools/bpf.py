#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A BPF program that lets everything pass, or nothing.

    bpf.py xdp|tcx-ingress|tcx-egress DEVICE [pass|drop]
    bpf.py cgroup DIRECTORY [pass|drop]

Says "attached", and detaches as it ends. In a control group it is asked for what leaves
sockets.
"""
import ctypes
import os
import signal
import socket
import struct
import sys

SYS_BPF = 321
PROG_LOAD = 5
LINK_CREATE = 28

# type of the program, where it is attached, and its verdicts
KINDS = {"xdp": (6, 37, {"pass": 2, "drop": 1}),
         "tcx-ingress": (3, 46, {"pass": 0, "drop": 2}),
         "tcx-egress": (3, 47, {"pass": 0, "drop": 2}),
         "cgroup": (8, 1, {"pass": 1, "drop": 0})}

libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, attr):
    """A file descriptor."""
    buf = ctypes.create_string_buffer(attr, 128)
    fd = libc.syscall(SYS_BPF, command, buf, len(buf))
    if fd < 0:
        raise OSError(ctypes.get_errno(), "bpf")
    return fd


def load(kind, attach, verdict):
    """r0 = verdict; exit"""
    insns = ctypes.create_string_buffer(
        struct.pack("<BBhi", 0xb7, 0, 0, verdict) +
        struct.pack("<BBhi", 0x95, 0, 0, 0))
    licence = ctypes.create_string_buffer(b"GPL")
    return bpf(PROG_LOAD, struct.pack(
        "<IIQQIIQII16sII", kind, 2, ctypes.addressof(insns),
        ctypes.addressof(licence), 0, 0, 0, 0, 0, b"", 0, attach))


def main(name, target, what="pass"):
    """Until it is killed."""
    kind, attach, verdicts = KINDS[name]
    prog = load(kind, attach, verdicts[what])
    if name == "cgroup":
        at = os.open(target, os.O_RDONLY | os.O_DIRECTORY)
    else:
        at = socket.if_nametoindex(target)
    # it is attached as long as this is open
    bpf(LINK_CREATE, struct.pack("<IIII", prog, at, attach, 0))
    print("attached", flush=True)
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
