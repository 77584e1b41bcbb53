# SPDX-License-Identifier: GPL-2.0
"""A scene, told to people."""
from evidence import FAMILIES

COLUMNS = 62

TITLES = {
    "edge-migrate": "b.com goes to and fro between its two instances",
    "edge-gap": "b.com's only instance goes; later there is another",
    "edge-failover": "one of b.com's two instances goes",
    "router": "to and fro again; a router between them is the member",
    "baseline-2018": "the same moves by iptables, as in 2018",
    "baseline-nft": "the same moves by a map of nft",
    "baseline-2018-gap": "edge-gap by iptables, as in 2018",
    "baseline-nft-gap": "edge-gap by a map of nft",
}


class Axis:
    """From times to columns"""

    def __init__(self, begin, end, interval):
        self.begin = begin
        self.interval = interval	# of the pings
        self.step = max(end - begin, 0.1) / COLUMNS

    def column(self, when):
        """May be outside"""
        return int((when - self.begin) // self.step)

    def bar(self, times):
        """How many, compared with how many are sent in that time"""
        slots = [0] * COLUMNS
        for when in times:
            if 0 <= self.column(when) < COLUMNS:
                slots[self.column(when)] += 1
        return "".join(self.shade(slot * self.interval / self.step)
                       for slot in slots).rstrip()

    @staticmethod
    def shade(share):
        """A character"""
        if not share:
            return " "
        for limit, char in ((0.3, "."), (0.7, ":"), (1.5, "#")):
            if share < limit:
                return char
        return "@"

    def letters(self, marks):
        """a, b, c.. below the times, the next column where one is taken"""
        row = [" "] * COLUMNS
        for i, (when, _) in enumerate(marks):
            column = min(max(self.column(when), 0), COLUMNS - 1)
            while row[column] != " " and column < COLUMNS - 1:
                column += 1
            row[column] = chr(ord("a") + i)
        return "".join(row).rstrip()

    def scale(self):
        """0 s at the left, the end at the right"""
        end = f"{COLUMNS * self.step:.1f} s"
        return "0 s" + end.rjust(COLUMNS - 3)


def say(label, text=""):
    """A line with its label"""
    print(f"  {label:<14}{text}".rstrip())


def bars(scene, axis, families):
    """Who answered when, and what the client got"""
    say("", axis.scale())
    for family in families:
        for i, name in enumerate(sorted(scene.seen)):
            label = f"IPv{family}" if i == 0 else ""
            answers = [when for when, _ in scene.seen[name][family][1]]
            say(f"{label:5}{name}", axis.bar(answers))
        say("     ping got", axis.bar(scene.times(family)))


def told(scene, begin):
    """What sal told of: one remark where it is the same for both families."""
    remarks = []
    for when, event in scene.events:
        if event["event"] != "migrate" or when < begin:
            continue
        what = event["cause"], event.get("to", "")
        if remarks and remarks[-1][1] == what and when < remarks[-1][0] + 0.2:
            remarks[-1][2] += event["flows"]
        else:
            remarks.append([when, what, event["flows"]])
    for when, (cause, to), flows in remarks:
        yield when, (f"sal: {flows} flow{'s' if flows > 1 else ''} " +
                     (f"moved to {to.replace('com.', 'com #')}" if to
                      else "without an instance: hold what comes") +
                     f" (cause: {cause})")


def found(scene):
    """What was done, and what sal and the captures tell beside it."""
    if not scene.marks:
        return []
    marks = scene.marks + list(told(scene, scene.marks[0][0]))
    first = min((scene.turns(family)[1][0] for family in FAMILIES
                 if len(scene.turns(family)) > 1), default=None)
    if first:
        marks.append((first, "the first answer of b.com #2"))
    return sorted(marks)


def totals(scene, results):
    """What came of it"""
    for family in FAMILIES:
        res = results[family]
        text = f"{res['sent']} sent, {res['received']} answered"
        for key, word in (("inflight", "in flight"), ("lost", "LOST"),
                          ("duplicates", "REPEATED"),
                          ("reordered", "OUT OF ORDER")):
            if res[key]:
                text += f", {res[key]} {word}"
        text += f"; longest silence {res['gap_ms']:.0f} ms"
        rtt = max((rtt for _, _, rtt in scene.pings[family][0]), default=0)
        say(f"IPv{family}", text)
        times = "once" if res["turns"] == 1 else f"{res['turns']} times"
        say("", f"slowest answer after {rtt * 1000:.0f} ms; who answers "
            f"changed {times}")
    if not scene.whole:
        say("", "THE CAPTURE IS NOT WHOLE: this proves nothing")


def tell(scene, results):
    """All of it"""
    print(f"\n--- {scene.name} ({scene.who}): "
          f"{TITLES.get(scene.name, '')} ".ljust(78, "-"))
    times = [when for family in FAMILIES for when in scene.times(family)]
    if not times:
        print("  no answer at all")
        return

    marks = found(scene)
    if marks:
        axis = Axis(min(times), max(times + [marks[-1][0]]),
                    scene.interval())
        bars(scene, axis, FAMILIES)
        say("", axis.letters(marks))
        for i, (when, what) in enumerate(marks):
            say(f"{chr(ord('a') + i)} {when - min(times):8.3f} s", what)
    elif scene.moves:
        # Of many moves, a few can be told apart.
        few = scene.moves[:12]
        begin, end = few[0][0] - 0.1, few[-1][1] + 0.1
        say(f"{len(scene.moves)} moves in "
            f"{scene.moves[-1][1] - scene.moves[0][0]:.1f} s; "
            f"the first {end - begin:.1f} s of them:")
        bars(scene, Axis(begin, end, scene.interval()), FAMILIES)
    print()
    totals(scene, results)
