#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a scene's records say: a timeline, and at the end a table.

    report.py scene DIR     one scene: timeline, and DIR/result.json
    report.py table DIR     all of them: table, lines for machines, exit status
"""
import json
import pathlib
import re
import statistics
import sys

WIDTH = 64
BLOCKS = " .:|#"
REPLY = re.compile(r"^\[([\d.]+)\] \d+ bytes from .*icmp_seq=(\d+)")
TOTALS = re.compile(r"(\d+) packets transmitted, (\d+) received")
SEEN = re.compile(r"^([\d.]+) .*(echo request|echo reply), id \d+, seq (\d+)")


def read_ping(path):
    """Replies as (time, seq), and how many requests there were."""
    replies, sent = [], 0
    for line in path.read_text().splitlines():
        match = REPLY.match(line)
        if match:
            replies.append((float(match[1]), int(match[2])))
        match = TOTALS.search(line)
        if match:
            sent = int(match[1])
    return replies, sent


def read_capture(path):
    """Requests that came, and replies that left: sets and times by number."""
    requests, answered = {}, {}
    for line in path.read_text().splitlines():
        match = SEEN.match(line)
        if not match:
            continue
        when, what, seq = float(match[1]), match[2], int(match[3])
        (requests if what == "echo request" else answered)[seq] = when
    return requests, answered


def judge(replies, sent, captures):
    """Lost, duplicates, reordered, in flight.

    The sequence number has 16 bits, and no scene sends so many.
    """
    seqs = [seq for _, seq in replies]
    got = set(seqs)
    inflight = {seq for requests, answered in captures.values()
                for seq in requests if seq not in answered and seq not in got}
    newest, reordered = 0, 0
    for seq in seqs:
        reordered += seq < newest
        newest = max(newest, seq)
    duplicates = len(seqs) - len(got)
    return {
        "sent": sent,
        "received": len(got),
        "lost": sent - len(got) - len(inflight),
        "duplicates": duplicates,
        "reordered": reordered - duplicates if reordered > duplicates else 0,
        "inflight": len(inflight),
    }


def bar(times, begin, step):
    """How many in each of WIDTH slots, as a row of characters."""
    slots = [0] * WIDTH
    for when in times:
        slot = int((when - begin) / step)
        if 0 <= slot < WIDTH:
            slots[slot] += 1
    top = max(slots + [1])
    return "".join(BLOCKS[-(-n * (len(BLOCKS) - 1) // top)] for n in slots)


def timeline(name, replies, captures, marks):
    """For people."""
    times = [when for when, _ in replies]
    # the first and the last moment of anything
    begin, end = times[0], max(times[-1], marks[-1][0] if marks else 0)
    step = (end - begin) / WIDTH * 1.0001 or 1
    print(f"\n{name}: {end - begin:.1f} s, a column is {step * 1000:.0f} ms")
    for instance in sorted(captures):
        answered = captures[instance][1].values()
        print(f"  {instance:>9} {bar(answered, begin, step)} "
              f"{len(answered)}")
    print(f"  {'ping got':>9} {bar(times, begin, step)} {len(times)}")
    row = [" "] * WIDTH
    for i, (when, _) in enumerate(marks):
        slot = min(WIDTH - 1, max(0, int((when - begin) / step)))
        row[slot] = chr(ord("a") + i)
    print(f"  {'':>9} {''.join(row)}".rstrip())
    for i, (when, what) in enumerate(marks):
        print(f"    {chr(ord('a') + i)}  {when - begin:6.2f} s  {what}")


def read_moves(path):
    """Wall times in ms, and the kernel's in us."""
    wall, kernel = [], []
    if path.exists():
        for line in path.read_text().splitlines():
            words = line.split()
            wall.append((float(words[1]) - float(words[0])) * 1000)
            if len(words) > 2:
                kernel.append(float(words[2]))
    return wall, kernel


def scene(path):
    """One scene."""
    replies, sent = read_ping(path / "ping")
    captures = {file.name[3:]: read_capture(file)
                for file in sorted(path.glob("at.*"))
                if not file.name.endswith(".err")}
    marks = [(float(line.split(" ", 1)[0]), line.split(" ", 1)[1])
             for line in (path / "marks").read_text().splitlines()]
    result = judge(replies, sent, captures)
    wall, kernel = read_moves(path / "moves")
    times = [when for when, _ in replies]
    result["moves"] = len(wall)
    result["who"] = (path / "who").read_text().strip()
    result["steps"] = int((path / "steps").read_text())
    result["gap_ms"] = max([b - a for a, b in zip(times, times[1:])] or
                           [0]) * 1000
    result["wall_ms"] = statistics.median(wall) if wall else None
    result["kernel_us"] = statistics.median(kernel) if kernel else None
    (path / "result.json").write_text(json.dumps(result))
    if not replies:
        print(f"\n{path.name}: no reply at all")
        return
    timeline(path.name, replies, captures, marks)


def number(value, digits=0):
    """For the table; nothing where nothing was measured."""
    return "-" if value is None else f"{value:.{digits}f}"


def table(path):
    """All scenes, those for people first."""
    results = {file.parent.name: json.loads(file.read_text())
               for file in sorted(path.glob("*/result.json"))}
    print("\n  What really differs (times in this machine, in this run):\n")
    print(f"  {'scene':22}{'by':9}{'lost':>5}{'longest':>9}{'steps':>7}"
          f"{'wall':>9}{'kernel':>9}")
    print(f"  {'':22}{'':9}{'':>5}{'gap ms':>9}{'/move':>7}{'ms/move':>9}"
          f"{'us/move':>9}")
    for name, res in results.items():
        print(f"  {name:22}{res['who']:9}{res['lost']:5}"
              f"{res['gap_ms']:9.0f}{res['steps']:7}"
              f"{number(res['wall_ms']):>9}{number(res['kernel_us'], 1):>9}")
    print("""
  lost      requests without a reply, those left out that an instance had
            received and not answered (inflight, below)
  steps     commands for one move; 0: the kernel acts by itself
  wall      median time of these commands; processes are most of it
  kernel    median time that the kernel took to re-target the flows
  A move with nft and conntrack -D loses nothing either while both instances
  are there. What differs: it is two steps, and while no instance is there it
  loses what is sent, as iptables does; sal holds it.
""")
    keys = ("sent", "received", "lost", "duplicates", "reordered", "inflight",
            "moves")
    bad = not results
    for name, res in results.items():
        print(f"demo: {name} " + " ".join(f"{k}={res[k]}" for k in keys))
        if not name.startswith("edge-"):
            continue
        bad |= bool(res["lost"] or res["duplicates"] or res["reordered"])
        bad |= not res["sent"] or not res["received"]
        bad |= name.startswith("edge-migrate") and res["moves"] < 100
    return 1 if bad else 0


if __name__ == "__main__":
    if sys.argv[1] == "scene":
        sys.exit(scene(pathlib.Path(sys.argv[2])))
    sys.exit(table(pathlib.Path(sys.argv[2])))
