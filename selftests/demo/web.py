# SPDX-License-Identifier: GPL-2.0
"""The scene of the curls, read and judged: see curls.sh."""
import re

import evidence

# begin, end, exit status, what was printed, HTTP status, port of the client
SHORT = re.compile(r"^([\d.]+) ([\d.]+) (\d+) (.*) (\d{3}) (\d+)$")
LONG = re.compile(r"^([\d.]+) (?:(\d+) (b\.com #\d)|(end)|port (\d+)|(.*))$")

# Whose instances come and go
INSTANCES = sorted(evidence.INSTANCES.values())


def read_short(path):
    """(begin, end, whether it is an answer, what was printed, port) of each"""
    for line in evidence.read_lines(path):
        match = SHORT.match(line)
        if not match:
            raise SystemExit(f"{path}: {line}")
        fine = (match[3], match[5]) == ("0", "200") and match[4] in INSTANCES
        yield float(match[1]), float(match[2]), fine, match[4], int(match[6])


class Download:
    """The long page: numbered lines, each with the name of the instance"""

    def __init__(self, path):
        self.lines = []		# time, number, instance
        self.port = None
        self.ends = []		# what comes after the lines
        for line in evidence.read_lines(path):
            match = LONG.match(line)
            if match[2]:
                self.lines.append((float(match[1]), int(match[2]), match[3]))
            elif match[5]:
                self.port = int(match[5])
            else:
                self.ends.append(match[4] or match[6])

    def instances(self):
        """Whose lines there are: one's, if all is well"""
        return sorted({name for _, _, name in self.lines})

    def whole(self):
        """From the first line to the end, and curl was content"""
        numbers = [number for _, number, _ in self.lines]
        return (numbers == list(range(1, len(numbers) + 1)) and
                self.ends == ["end", "exit 0"] and
                len(self.instances()) == 1)

    def interval(self):
        """Between lines, on the average"""
        times = [when for when, _, _ in self.lines]
        return (times[-1] - times[0]) / max(len(times) - 1, 1) if times else 1


class Web(evidence.Scene):
    """What was captured are connections, by the client's port."""

    got = "curl got"

    def read_clients(self, path):
        """See above. That flows of ended connections move is no news."""
        self.events = []
        self.short = {family: list(read_short(path / f"short{family}"))
                      for family in evidence.FAMILIES}
        self.long = {family: Download(path / f"long{family}")
                     for family in evidence.FAMILIES}

    def answers(self, family):
        """(end, instance, port)"""
        return [(end, text, port) for _, end, fine, text, port
                in self.short[family] if fine]

    def complete(self):
        """Each was answered by whom it says, as far as connections tell."""
        for family, long in self.long.items():
            said = {(name, port) for _, name, port in self.answers(family)}
            said |= {(name, long.port) for name in long.instances()}
            accepted = {(name, port) for name, of in self.seen.items()
                        for _, port in of[family][1]}
            if not said <= accepted:
                return False
        return True

    def times(self, family):
        """When answers were got"""
        return [end for end, _, _ in self.answers(family)]

    def rows(self, family):
        """See above"""
        for name in INSTANCES:
            yield name, [end for end, text, _ in self.answers(family)
                         if text == name], self.interval()
        yield self.got, self.times(family), self.interval()
        long = self.long[family]
        yield "download", [when for when, _, _ in long.lines], long.interval()

    def interval(self):
        """Between answers, on the average"""
        times = self.times(4)
        return (times[-1] - times[0]) / max(len(times) - 1, 1) if times else 1

    def turns(self, family):
        """The first answer of each: they take turns all the time"""
        first = {}
        for end, name, _ in self.answers(family):
            first.setdefault(name, end)
        return [(when, name) for name, when in first.items()]

    def result(self, family):
        """For the table and the machines"""
        answers, long = self.answers(family), self.long[family]
        by = [sum(text == name for _, text, _ in answers)
              for name in INSTANCES]
        res = {
            "sent": len(self.short[family]), "received": len(answers),
            "lost": len(self.short[family]) - len(answers),
            "answered_by": by, "download_lines": len(long.lines),
            "download_from": long.instances(), "download_whole": long.whole(),
            "download_s": long.interval() * len(long.lines),
            "errors": sorted({text for _, _, fine, text, _
                              in self.short[family] if not fine}),
            "who": self.who, "steps": None, "wall_ms": None,
            "kernel_us": None,
            "gap_ms": evidence.longest_gap(self.times(family), self.marks),
            "slowest_ms": max((end - begin for begin, end, fine, _, _
                               in self.short[family] if fine),
                              default=0) * 1000,
        }
        res["wrong"] = list(self.wrong(res, 0))
        return res

    def wrong(self, res, strange):
        """See above"""
        if res["lost"]:
            yield f"{res['lost']} requests failed"
        if not res["received"]:
            yield "nothing received"
        if not self.whole:
            yield "capture not whole, or it was another that answered"
        if 0 in res["answered_by"]:
            yield "an instance has answered nothing"
        if not res["download_whole"]:
            yield "the download is not whole"
