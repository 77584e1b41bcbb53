# SPDX-License-Identifier: GPL-2.0
"""What record.sh has left of a scene, read and judged."""
import calendar
import json
import re
import statistics
import struct
import time

FAMILIES = (4, 6)

# Interface indices of the bridge's ports, see host_of in picture.sh
INSTANCES = {101: "a.com #1", 102: "a.com #2", 111: "b.com #1",
             112: "b.com #2", 121: "c.com"}

# [1763860000.123456] 64 bytes from 10.1.0.2: icmp_seq=1 ttl=64 time=0.05 ms
REPLY = re.compile(
    r"^\[([\d.]+)\] \d+ bytes from .*icmp_seq=(\d+) .*time=([\d.]+)")
TOTALS = re.compile(r"(\d+) packets transmitted")
DROPPED = re.compile(r"^(\d+) packets? dropped by kernel")

PCAP_MAGIC = 0xa1b2c3d4
LINUX_SLL2 = 276
OUTGOING = 4

# protocol, type of an echo request, of a reply
ECHO = {4: (1, 8, 0), 6: (58, 128, 129)}


def read_lines(path):
    """None where there is no such file."""
    return path.read_text().splitlines() if path.exists() else []


def read_ping(path):
    """Replies as (time, sequence number, round trip in s), requests sent.

    A number has 16 bits, and no scene sends as many.
    """
    replies, sent = [], 0
    for line in read_lines(path):
        match = REPLY.match(line)
        if match:
            replies.append((float(match[1]), int(match[2]),
                            float(match[3]) / 1000))
        match = TOTALS.search(line)
        if match:
            sent = int(match[1])
    return replies, sent


def read_echo(packet):
    """Family, whether it is a request, and number of an echo; or None."""
    family = packet[0] >> 4
    if family == 4:
        proto, off = packet[9], (packet[0] & 15) * 4
    else:
        proto, off = packet[6], 40
    want, request, reply = ECHO[family]
    if proto != want or packet[off] not in (request, reply):
        return None
    seq, = struct.unpack_from("!H", packet, off + 6)
    return family, packet[off] == request, seq


def read_capture(path):
    """Instance -> family -> requests that it was given, and its replies.

    Both are lists of (time, number). The ports are seen from the bridge: what
    is outgoing there is coming in at the instance.
    """
    data = path.read_bytes()
    magic, linktype = struct.unpack_from("<I16xI", data)
    if (magic, linktype) != (PCAP_MAGIC, LINUX_SLL2):
        raise SystemExit(f"{path}: not what tcpdump -i any should write")

    seen = {name: {family: ([], []) for family in FAMILIES}
            for name in INSTANCES.values() if name.startswith("b.com")}
    off = 24
    while off + 16 <= len(data):
        sec, usec, length, _ = struct.unpack_from("<IIII", data, off)
        index, = struct.unpack_from("!I", data, off + 20)
        outgoing = data[off + 26] == OUTGOING
        packet = data[off + 36:off + 16 + length]
        off += 16 + length

        echo = read_echo(packet)
        name = INSTANCES.get(index)
        if echo and name in seen and echo[1] == outgoing:
            requests, replies = seen[name][echo[0]]
            (requests if outgoing else replies).append(
                (sec + usec / 1e6, echo[2]))
    return seen


def capture_is_whole(path, pings, seen):
    """Whether all is in it: what is missing there would prove nothing.

    The kernel says that it dropped none, and there is each reply that ping got.
    """
    dropped = [int(match[1]) for match in
               map(DROPPED.match, read_lines(path)) if match]
    for family, (replies, _) in pings.items():
        answers = {seq for of in seen.values() for _, seq in of[family][1]}
        if any(seq not in answers for _, seq, _ in replies):
            return False
    return dropped == [0]


def judge(replies, sent, seen):
    """Lost, duplicates, reordered, in flight; of one family."""
    got, duplicates, reordered, newest = set(), 0, 0, 0
    for _, seq, _ in replies:
        if seq in got:
            duplicates += 1
        elif seq < newest:
            reordered += 1
        got.add(seq)
        newest = max(newest, seq)

    # An instance was given them and went without an answer.
    inflight = set()
    for requests, answers in seen:
        inflight |= ({seq for _, seq in requests} -
                     {seq for _, seq in answers} - got)

    return {"sent": sent, "received": len(got),
            "lost": sent - len(got) - len(inflight),
            "duplicates": duplicates, "reordered": reordered,
            "inflight": len(inflight)}


def turns(seen, family):
    """(time, instance) of each time that another one began to answer."""
    answers = sorted((when, name) for name, of in seen.items()
                     for when, _ in of[family][1])
    return [after for before, after in zip([(0, "")] + answers, answers)
            if after[1] != before[1]]


def longest_gap(replies, marks):
    """Without a reply, in ms; also at the end, as far as things were done."""
    times = [when for when, _, _ in replies]
    times += [when for when, _ in marks if times and when > times[-1]]
    return max((b - a for a, b in zip(times, times[1:])), default=0) * 1000


def read_marks(path):
    """(time, what was done)"""
    return [(float(when), what) for when, _, what in
            (line.partition(" ") for line in read_lines(path))]


def read_moves(path):
    """(begin, end, families): the commands of one move"""
    return [(float(begin), float(end), families) for begin, end, families in
            (line.split() for line in read_lines(path))]


def parse_time(text):
    """Of an event: 2026-11-23T02:20:00.123456Z"""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return (calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) +
            float("0." + fraction))


def read_events(path):
    """(time, event) of each that sal has told of"""
    events = [json.loads(line) for line in read_lines(path)]
    return [(parse_time(event["time"]), event) for event in events]


class Scene:
    """All that is known of one."""

    def __init__(self, path):
        self.name = path.name
        self.who = (path / "who").read_text().strip()
        self.pings = {family: read_ping(path / f"ping{family}")
                      for family in FAMILIES}
        self.seen = read_capture(path / "capture")
        self.whole = capture_is_whole(path / "capture.err", self.pings,
                                      self.seen)
        self.marks = read_marks(path / "marks")
        self.events = read_events(path / "events")
        # What was done when a ping had gone already proves nothing.
        last = min(replies[-1][0] if replies else 0
                   for replies, _ in self.pings.values())
        self.moves = [move for move in read_moves(path / "moves")
                      if move[1] <= last]
        self.replies = [json.loads(line)[0]
                        for line in read_lines(path / "replies")]
        steps = read_lines(path / "steps")
        self.steps = int(steps[0]) if steps else min(len(self.moves), 1)

    def times(self, family):
        """When ping got its replies"""
        return [when for when, _, _ in self.pings[family][0]]

    def interval(self):
        """Between requests: an emulated machine may be late with them"""
        times, sent = self.times(4), self.pings[4][1]
        return (times[-1] - times[0]) / max(sent - 1, 1) if times else 1

    def turns(self, family):
        """See above"""
        return turns(self.seen, family)

    def result(self, family):
        """For the table and the machines"""
        replies, sent = self.pings[family]
        res = judge(replies, sent,
                    [of[family] for of in self.seen.values()])
        moves = [end - begin for begin, end, families in self.moves
                 if str(family) in families]
        # Where no command does it, who answers tells.
        res["moves"] = len(moves) or len(self.turns(family)) - 1
        res["turns"] = len(self.turns(family)) - 1
        res["who"] = self.who
        res["whole"] = self.whole
        res["steps"] = self.steps
        res["gap_ms"] = longest_gap(replies, self.marks)
        res["wall_ms"] = statistics.median(moves) * 1000 if moves else None
        kernel = [reply["duration"] / 1000 for reply in self.replies]
        res["kernel_us"] = statistics.median(kernel) if kernel else None
        return res
