# SPDX-License-Identifier: GPL-2.0
"""The scene of a client that goes, counted and judged: see initiator.sh."""
import json

FAMILIES = ("4", "6")
NAMES = ("a.com", "a.com.2", "a.com.3")
VIPS = {"4": "10.1.0.2", "6": "fd00:254::2"}
WIDTH = 50


class Stream:
    """What b.com sent and the instances of a.com got, by one family"""

    def __init__(self, path, family):
        self.family = family
        self.sent = 0
        for words in self.words(path / f"server.{family}"):
            if words[0] == "fed":
                self.sent = int(words[1])
        self.got = {}
        self.strange = 0
        for name in NAMES:
            got = [words for words in self.words(path / f"took.{family}.{name}")
                   if words[0] == "got"]
            self.strange += sum(words[2] != VIPS[family] for words in got)
            self.got[name] = [int(words[1]) for words in got]

    @staticmethod
    def words(path):
        """Of each line"""
        return [line.split() for line in path.read_text().splitlines()]

    def received(self):
        """By any of them"""
        return sum(len(got) for got in self.got.values())

    def lost(self):
        """By none"""
        return self.sent - len(set().union(*self.got.values()))

    def reordered(self):
        """In what one of them got"""
        return sum(later < sooner for got in self.got.values()
                   for sooner, later in zip(got, got[1:]))

    def duplicates(self):
        """In what all of them got"""
        return self.received() - (self.sent - self.lost())

    def wrong(self):
        """What is, in words"""
        if self.lost():
            yield f"{self.lost()} of {self.sent} were lost"
        if self.duplicates():
            yield f"{self.duplicates()} came twice"
        if self.reordered():
            yield f"{self.reordered()} came out of order"
        if self.strange:
            yield f"{self.strange} came from elsewhere"
        for name, got in self.got.items():
            if not got:
                yield f"{name} got nothing"

    def line(self):
        """For machines"""
        return (f"demo: initiator-v{self.family} sent={self.sent} "
                f"received={self.received()} lost={self.lost()} "
                f"duplicates={self.duplicates()} "
                f"reordered={self.reordered()} moves={len(NAMES) - 1}")

    def bar(self, name):
        """Which of all that was sent one of them got"""
        got = [0] * WIDTH
        sent = [0] * WIDTH
        for number in range(1, self.sent + 1):
            sent[(number - 1) * WIDTH // self.sent] += 1
        for number in self.got[name]:
            got[(number - 1) * WIDTH // self.sent] += 1
        return "".join("#" if of and n == of else ":" if n else " "
                       for n, of in zip(got, sent))


def scene(path):
    """Tell of it, and keep what the table needs."""
    streams = [Stream(path, family) for family in FAMILIES]
    print("\n  what b.com sent, in the order in which it was sent, and which "
          "a.com got it:\n")
    for name in NAMES:
        for it in streams:
            title = name if it is streams[0] else ""
            print(f"  {title:9} IPv{it.family} |{it.bar(name)}|")
    print("\n  the first one's namespace was deleted; the third has it by a "
          "migrate request")
    (path / "result.json").write_text(json.dumps({
        "lines": [it.line() for it in streams],
        "wrong": [f"initiator-v{it.family}: {text}"
                  for it in streams for text in it.wrong()]}))
    return 0
