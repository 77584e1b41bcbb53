# SPDX-License-Identifier: GPL-2.0
"""The scene of the shares, counted and judged: see balance.sh."""
import collections
import json

FAMILIES = ("4", "6")
WEIGHTS = {f"b.com.{n}": n for n in (1, 2, 3, 4)}
STEPS = ("all", "less")
# points of a hundred that a share may be off
LIMIT = 5
WIDTH = 50


def wanted(step):
    """The share of each, by its weight"""
    weights = dict(WEIGHTS)
    if step == "less":
        weights["b.com.4"] = 0
    return {name: weight / sum(weights.values())
            for name, weight in weights.items()}


class Step:
    """What a.com was answered in one step, by one family"""

    def __init__(self, path):
        self.number, self.sched, self.step, self.family = path.name.split(".")
        answers = [line.split() for line in path.read_text().splitlines()]
        self.flows = len(answers)
        names = [words[1] for words in answers if len(words) == 4]
        self.counts = collections.Counter(names)
        self.lost = self.flows - sum(self.counts[name] for name in WEIGHTS)

    def share(self, name):
        """Of all answers"""
        return self.counts[name] / max(sum(self.counts.values()), 1)

    def worst(self):
        """By how many points of a hundred a share is off"""
        return max(abs(self.share(name) - want) * 100
                   for name, want in wanted(self.step).items())

    def wrong(self):
        """What is, in words"""
        if not self.flows or self.lost:
            yield f"{self.lost} of {self.flows} were not answered"
        if self.worst() > LIMIT:
            yield f"a share is off by {self.worst():.1f} %"
        if self.step == "less" and self.counts["b.com.4"]:
            yield "the one that takes no more has got some"

    def name(self):
        """For machines"""
        step = "" if self.step == "all" else "-less"
        return f"balance-{self.sched}{step}-v{self.family}"

    def line(self):
        """Likewise"""
        counts = " ".join(f"{name.replace('b.com.', 'b')}={self.counts[name]}"
                          for name in WEIGHTS)
        return (f"demo: {self.name()} flows={self.flows} {counts} "
                f"lost={self.lost} worst={self.worst():.1f}%")


def steps(path):
    """All of them, in order"""
    found = [Step(file) for file in path.glob("*.*.*.*")]
    return sorted(found, key=lambda it: (int(it.number),
                                         STEPS.index(it.step), it.family))


def bars(four, six):
    """One step of both families; | is where a bar should end"""
    if four.step == "all":
        print(f"\n  {four.sched}: {four.flows} flows of each family, weights "
              f"{' '.join(str(weight) for weight in WEIGHTS.values())}")
    else:
        print(f"\n  {four.sched}: b.com #4 is drained; as many again")
    for name, want in wanted(four.step).items():
        for it in (four, six):
            length = round(it.share(name) * WIDTH)
            cells = [("#" if i < length else " ") for i in range(WIDTH + 1)]
            cells[round(want * WIDTH)] = "|"
            title = name.replace("com.", "com #") if it is four else ""
            print(f"  {title:9} IPv{it.family} {''.join(cells)} "
                  f"{it.share(name) * 100:5.1f} %, {want * 100:.1f} wanted")


def scene(path):
    """Tell of it, and keep what the table needs."""
    all_steps = steps(path)
    for i in range(0, len(all_steps), len(FAMILIES)):
        bars(*all_steps[i:i + len(FAMILIES)])
    (path / "result.json").write_text(json.dumps({
        "lines": [it.line() for it in all_steps],
        "wrong": [f"{it.name()}: {text}"
                  for it in all_steps for text in it.wrong()] or
                 ([] if all_steps else ["balance: nothing was asked"])}))
    return 0
