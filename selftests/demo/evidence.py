# SPDX-License-Identifier: GPL-2.0
"""What record.sh has left of a scene, read and judged."""
import calendar
import json
import re
import statistics
import struct
import time

FAMILIES = (4, 6)

# Of edge-migrate and router, at least; of udp; of drain
MOVES, REPLACED, DRAINED = 100, 4, 3

# Interface indices of the bridge's ports, see host_of in picture.sh
INSTANCES = {111: "b.com #1", 112: "b.com #2", 113: "b.com #3"}

# [1763860000.123456] 64 bytes from 10.1.0.2: icmp_seq=1 ttl=64 time=0.05 ms
REPLY = re.compile(
    r"^\[([\d.]+)\] \d+ bytes from .*seq=(\d+) .*time=([\d.]+)")
# of ping, and of echoflood
TOTALS = re.compile(r'(\d+) packets transmitted|"sent":(\d+)')
STRANGE = re.compile(r'"(?:wrong_source|corrupt|errors)":(\d+)')
DROPPED = re.compile(r"^(\d+) packets? dropped by kernel")

PCAP_MAGIC = 0xa1b2c3d4
LINUX_SLL2 = 276
OUTGOING = 4

# protocol, type of an echo request, of a reply
ECHO = {4: (1, 8, 0), 6: (58, 128, 129)}
TCP, UDP = 6, 17
UDP_PORT, WEB_PORT = 5000, 80	# see servers.sh


def read_lines(path):
    """None where there is no such file."""
    return path.read_text().splitlines() if path.exists() else []


def read_client(path):
    """Replies as (time, number, round trip in s), requests sent, strange ones.

    A number has 16 bits, and no scene sends as many.
    """
    replies, sent, strange = [], 0, 0
    for line in read_lines(path):
        match = REPLY.match(line)
        if match:
            replies.append((float(match[1]), int(match[2]),
                            float(match[3]) / 1000))
            continue
        match = TOTALS.search(line)
        if match:
            sent = int(match[1] or match[2])
        strange += sum(map(int, STRANGE.findall(line)))
    return replies, sent, strange


def read_packet(packet):
    """Family, whether it is a request, and its number; or None.

    The number is that of an echo; of UDP that of the echo header with which
    echoflood's datagrams begin; of TCP, which opens a connection, the client's
    port.
    """
    family = packet[0] >> 4
    if family == 4:
        proto, off = packet[9], (packet[0] & 15) * 4
    else:
        proto, off = packet[6], 40
    sport, dport = struct.unpack_from("!HH", packet, off)
    if proto == TCP:
        return family, dport == WEB_PORT, sport if dport == WEB_PORT else dport
    if proto == UDP:
        is_request = dport == UDP_PORT
        off += 8
    else:
        want, request, reply = ECHO[family]
        if proto != want or packet[off] not in (request, reply):
            return None
        is_request = packet[off] == request
    seq, = struct.unpack_from("!H", packet, off + 6)
    return family, is_request, seq


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
            for name in INSTANCES.values()}
    off = 24
    while off + 16 <= len(data):
        sec, usec, length, _ = struct.unpack_from("<IIII", data, off)
        index, = struct.unpack_from("!I", data, off + 20)
        outgoing = data[off + 26] == OUTGOING
        packet = data[off + 36:off + 16 + length]
        off += 16 + length

        name = INSTANCES.get(index)
        what = read_packet(packet) if name else None
        if what and what[1] == outgoing:
            requests, replies = seen[name][what[0]]
            (requests if outgoing else replies).append(
                (sec + usec / 1e6, what[2]))
    return seen


def nothing_dropped(path):
    """Whether the kernel says that it has dropped nothing of the capture"""
    return [int(match[1]) for match in
            map(DROPPED.match, read_lines(path)) if match] == [0]


def all_captured(clients, seen):
    """Whether each reply that the clients got is in there"""
    for family, (replies, *_) in clients.items():
        answers = {seq for of in seen.values() for _, seq in of[family][1]}
        if any(seq not in answers for _, seq, _ in replies):
            return False
    return True


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
    gone = {name: {seq for _, seq in requests} -
            {seq for _, seq in answers} - got
            for name, (requests, answers) in seen.items()}
    inflight = set().union(*gone.values())

    return {"sent": sent, "received": len(got),
            "lost": sent - len(got) - len(inflight),
            "duplicates": duplicates, "reordered": reordered,
            "inflight": len(inflight),
            "gone_with": sorted(name for name in gone if gone[name])}


def turns(seen, family):
    """(time, instance) of each time that another one began to answer."""
    answers = sorted((when, name) for name, of in seen.items()
                     for when, _ in of[family][1])
    return [after for before, after in zip([(0, "")] + answers, answers)
            if after[1] != before[1]]


def longest_gap(times, marks):
    """Without a reply, in ms; also at the end, as far as things were done."""
    times = list(times)
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

    got = "ping got"

    def __init__(self, path):
        self.name = path.name
        self.who = (path / "who").read_text().strip()
        self.seen = read_capture(path / "capture")
        self.marks = read_marks(path / "marks")
        self.events = read_events(path / "events")
        self.replies = [json.loads(line)[0]
                        for line in read_lines(path / "replies")]
        self.moves = read_moves(path / "moves")
        self.read_clients(path)
        steps = read_lines(path / "steps")
        self.steps = int(steps[0]) if steps else min(len(self.moves), 1)
        # What is missing in the capture would prove nothing.
        self.whole = nothing_dropped(path / "capture.err") and self.complete()

    def read_clients(self, path):
        """What they got"""
        self.clients = {family: read_client(path / f"client{family}")
                        for family in FAMILIES}
        # What was done when a client had gone already proves nothing.
        last = min(replies[-1][0] if replies else 0
                   for replies, *_ in self.clients.values())
        self.moves = [move for move in self.moves if move[1] <= last]

    def complete(self):
        """Whether the capture has what the clients got"""
        return all_captured(self.clients, self.seen)

    def times(self, family):
        """When replies were got"""
        return [when for when, *_ in self.clients[family][0]]

    def rows(self, family):
        """For bars: label, times, as many as there are to compare with"""
        for name in sorted(self.seen):
            if any(any(of) for of in self.seen[name].values()):
                answers = self.seen[name][family][1]
                yield name, [when for when, _ in answers], self.interval()
        yield self.got, self.times(family), self.interval()

    def interval(self):
        """Between requests: an emulated machine may be late with them"""
        times, sent = self.times(4), self.clients[4][1]
        return (times[-1] - times[0]) / max(sent - 1, 1) if times else 1

    def turns(self, family):
        """See above"""
        return turns(self.seen, family)

    def kernel_us(self):
        """Median time of a move, told by the kernel; one alone says little."""
        kernel = [reply["duration"] / 1000 for reply in self.replies]
        return statistics.median(kernel) if len(kernel) > 1 else None

    def result(self, family):
        """For the table and the machines"""
        replies, sent, strange = self.clients[family]
        res = judge(replies, sent,
                    {name: of[family] for name, of in self.seen.items()})
        moves = [end - begin for begin, end, families in self.moves
                 if str(family) in families]
        res["turns"] = len(self.turns(family)) - 1
        # Where no command does it, who answers tells.
        res["moves"] = len(moves) or res["turns"]
        res["who"] = self.who
        res["steps"] = self.steps
        res["gap_ms"] = longest_gap(self.times(family), self.marks)
        res["slowest_ms"] = max((rtt for _, _, rtt in replies),
                                default=0) * 1000
        res["wall_ms"] = statistics.median(moves) * 1000 if moves else None
        res["kernel_us"] = self.kernel_us()
        res["wrong"] = list(self.wrong(res, strange))
        return res

    def wrong(self, res, strange):
        """What sal has not kept of its word, in a scene of its own"""
        for key in ("lost", "duplicates", "reordered"):
            if res[key]:
                yield f"{res[key]} {key}"
        if strange:
            yield f"{strange} not as they should be"
        if not res["received"]:
            yield "nothing received"
        if not self.whole:
            yield "capture not whole"
        if res["turns"] < 1:
            yield "nothing moved"
        if self.name == "drain":
            if res["inflight"]:
                yield "inflight, of an instance that was drained"
            if res["turns"] < DRAINED:
                yield f"fewer than {DRAINED} instances were drained"
        if self.name in ("edge-migrate", "router"):
            # Nobody has died who could be excused.
            if res["inflight"]:
                yield "inflight"
            if min(res["moves"], res["turns"]) < MOVES:
                yield f"fewer than {MOVES} moves"


class Stream(Scene):
    """Of UDP: who answers are programs, so answers may overtake each other."""

    got = "udp got"

    def wrong(self, res, strange):
        """See above"""
        yield from super().wrong({**res, "reordered": 0}, strange)
        if res["turns"] < REPLACED:
            yield f"who answers was replaced fewer than {REPLACED} times"
