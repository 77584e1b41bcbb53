# SPDX-License-Identifier: GPL-2.0
"""The scene of the connections that move: see repair.sh."""
import json

FAMILIES = ("4", "6")
KINDS = ("streams", "requests", "idle")
# of the clients' reports: what must not be
BAD = ("wrong", "lost", "resets", "closed")
SUMS = ("connections", "sent", "received", "asked", "answered") + BAD


def handovers(path):
    """What was said of each"""
    return [json.loads(line)[0]
            for line in (path / "handovers").read_text().splitlines()]


class Clients:
    """What those of one family have reported"""

    def __init__(self, path, family):
        self.family = family
        self.moves = len(handovers(path))
        self.reports = {kind: self.read(path / f"{family}.{kind}")
                        for kind in KINDS}

    @staticmethod
    def read(path):
        """None where it has not come to an end"""
        text = path.read_text()
        return json.loads(text) if text else None

    def total(self, key):
        """Of all kinds"""
        return sum(report[key] for report in self.reports.values() if report)

    def stall(self):
        """The longest of all"""
        return max(report["stall_ms"] if report else 0
                   for report in self.reports.values())

    def wrong(self):
        """What is, in words"""
        for kind, report in self.reports.items():
            if not report:
                yield f"{kind}: no report"
                continue
            for key in BAD:
                if report[key]:
                    yield f"{kind}: {key} {report[key]}"
        if not self.moves:
            yield "nothing was moved"
        if not self.total("received") or not self.total("answered"):
            yield "nothing was received"

    def line(self):
        """For machines; sent and received are bytes"""
        values = {key: self.total(key) for key in SUMS}
        values["moves"] = self.moves
        values["stall_ms"] = self.stall()
        return f"demo: tcp-repair-v{self.family} " + " ".join(
            f"{key}={value}" for key, value in values.items())


def tell(path, clients):
    """For people"""
    print("\n  move  sockets  bytes in their queues  frozen/ms")
    for number, move in enumerate(handovers(path), 1):
        print(f"  {number:4}  {move['sockets']:7}  {move['bytes']:21}"
              f"  {move['frozen'] / 1e6:9.1f}")
    for it in clients:
        print(f"\n  IPv{it.family}: {it.total('connections')} connections, "
              f"{it.moves} moves; longest silence {it.stall()} ms\n"
              f"        {it.total('sent')} bytes sent, {it.total('received')} "
              f"received,\n        {it.total('wrong')} wrong, "
              f"{it.total('lost')} lost, {it.total('resets')} resets")


def scene(path):
    """Tell of it, and keep what the table needs."""
    clients = [Clients(path, family) for family in FAMILIES]
    tell(path, clients)
    (path / "result.json").write_text(json.dumps({
        "lines": [it.line() for it in clients],
        "wrong": [f"tcp-repair-v{it.family}: {text}"
                  for it in clients for text in it.wrong()]}))
    return 0
