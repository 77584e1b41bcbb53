# SPDX-License-Identifier: GPL-2.0
"""A scene, told to people."""
from evidence import FAMILIES

COLUMNS = 62


class Axis:
    """From times to columns"""

    def __init__(self, begin, end):
        self.begin = begin
        self.step = max(end - begin, 0.1) / COLUMNS

    def column(self, when):
        """May be outside"""
        return int((when - self.begin) // self.step)

    def bar(self, times, interval):
        """How many, compared with how many are sent in that time"""
        slots = [0] * COLUMNS
        for when in times:
            if 0 <= self.column(when) < COLUMNS:
                slots[self.column(when)] += 1
        return "".join(self.shade(slot * interval / self.step)
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


def bars(scene, axis):
    """Who answered when, and what the client got"""
    say("", axis.scale())
    for family in FAMILIES:
        label = f"IPv{family}"
        for name, times, interval in scene.rows(family):
            say(f"{label:5}{name}", axis.bar(times, interval))
            label = ""


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
        count = f"{flows} flow{'s' if flows > 1 else ''}"
        yield when, (f"sal: {count} moved to {to.replace('com.', 'com #')}"
                     if to else f"sal: packets of {count} wait") + \
            f" (cause: {cause})"


def firsts(scene):
    """The first answer of each instance that took over"""
    for turn in zip(*(scene.turns(family)[1:] for family in FAMILIES)):
        when, name = min(turn)
        yield when, f"the first answer of {name}"


def found(scene):
    """What was done, and what sal and the captures tell beside it."""
    if not scene.marks:
        return []
    begin = scene.marks[0][0]
    return sorted(scene.marks + list(told(scene, begin)) +
                  list(firsts(scene)))


def fill(phrases, width=64):
    """Lines of them"""
    line = ""
    for phrase in phrases:
        if line and len(line) + 2 + len(phrase) > width:
            yield line + ";"
            line = phrase
        else:
            line = f"{line}; {phrase}" if line else phrase
    yield line


def stream_totals(res):
    """Of pings and of UDP"""
    text = f"{res['sent']} sent, {res['received']} answered"
    with_whom = " and ".join(res["gone_with"])
    for key, word in (("inflight", f"gone with {with_whom}"),
                      ("lost", "LOST"), ("duplicates", "REPEATED"),
                      ("reordered", "out of order")):
        if res[key]:
            text += f", {res[key]} {word}"
    yield text
    times = "once" if res["turns"] == 1 else f"{res['turns']} times"
    yield f"who answers changed {times}"
    yield from patience(res)


def patience(res):
    """What the client had to have"""
    yield f"longest silence {res['gap_ms']:.0f} ms"
    yield f"slowest answer after {res['slowest_ms']:.0f} ms"


def web_totals(res):
    """Of curls"""
    by = ", ".join(f"{count} by #{i}" for i, count
                   in enumerate(res["answered_by"], 1))
    yield (f"{res['sent']} curls, {res['received']} answered: {by}" +
           (f", {res['lost']} FAILED" if res["lost"] else ""))
    yield from res["errors"]
    yield from patience(res)
    yield (f"download: {res['download_lines']} lines in "
           f"{res['download_s']:.0f} s, by {' and '.join(res['download_from'])}"
           f", {'whole' if res['download_whole'] else 'NOT WHOLE'}")


def totals(scene, results):
    """What came of it"""
    for family in FAMILIES:
        res = results[family]
        of = web_totals if "answered_by" in res else stream_totals
        label = f"IPv{family}"
        for text in fill(of(res)):
            say(label, text)
            label = ""
    if not scene.whole:
        say("", "THE CAPTURE IS NOT WHOLE: this proves nothing")


def tell(scene, results):
    """All of it"""
    times = [when for family in FAMILIES for when in scene.times(family)]
    if not times:
        print("  no answer at all")
        return

    marks = found(scene)
    if marks:
        axis = Axis(min(times), max(times + [marks[-1][0]]))
        bars(scene, axis)
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
        bars(scene, Axis(begin, end))
    print()
    totals(scene, results)
