#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a scene's records say: a timeline, and at the end a table.

    report.py scene DIR             one scene: timeline, and DIR/result.json
    report.py table DIR SCENE...    all of them: table, lines for machines;
                                    fails where sal did not keep its word
"""
import json
import pathlib
import sys

import balance
import evidence
import initiator
import repair
import timeline
import web

FAMILIES = evidence.FAMILIES
KEYS = ("sent", "received", "lost", "duplicates", "reordered", "inflight",
        "moves", "answered_by", "download_lines")
KINDS = {"udp": evidence.Stream, "web": web.Web}
# those that tell of themselves
OWN = {"balance": balance, "initiator": initiator, "tcp-repair": repair}


def scene(path):
    """Tell of it, and keep what the table needs."""
    if path.name in OWN:
        return OWN[path.name].scene(path)
    it = KINDS.get(path.name, evidence.Scene)(path)
    results = {family: it.result(family) for family in FAMILIES}
    (path / "result.json").write_text(json.dumps(results))
    timeline.tell(it, results)
    return 0


def number(value, form=".0f"):
    """Nothing where nothing was measured"""
    return "-" if value is None else format(value, form)


def row(name, res):
    """Of the table: values of both families where they differ"""
    def both(key, form="d"):
        return "/".join(number(res[str(family)][key], form)
                        for family in FAMILIES)

    four = res["4"]
    print(f"  {name:19}{four['who']:10}{both('lost'):>8}"
          f"{both('gap_ms', '.0f'):>12}{number(four['steps'], 'd'):>7}"
          f"{both('wall_ms', '.0f'):>10}"
          f"{number(four['kernel_us'], '.1f'):>9}")


def lost(results, name):
    """Of both families; None where it was not played"""
    if name not in results:
        return None
    return sum(res["lost"] for res in results[name].values())


def remarks(results):
    """What the numbers do not say by themselves, and do bear out"""
    if lost(results, "baseline-nft") == 0:
        yield ("Where both instances are there, nft and conntrack -D move a "
               "ping without loss, too: that alone is nothing new.")
    gaps = [lost(results, name)
            for name in ("baseline-2018-gap", "baseline-nft-gap")]
    if lost(results, "edge-gap") == 0 and all(gaps):
        yield ("What is new: while b.com has no instance, sal holds what the "
               "rules lose; it sees by itself that an instance has gone; and "
               "one command moves all flows of both families.")
    if lost(results, "web") == 0:
        yield ("TCP connections stay with their instance, unless it hands "
               "them over. One that is drained before it goes fails no request; "
               "one that dies takes its connections along, here as elsewhere.")


def wrap(text, width=74):
    """Lines of it"""
    line = ""
    for word in text.split():
        if len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def table(path, names):
    """All scenes, for people and for machines."""
    results = {name: json.loads((path / name / "result.json").read_text())
               for name in names}
    own = [results.pop(name) for name in OWN if name in results]
    if results:
        differences(results)

    wrong = []
    for name, res in results.items():
        for family in FAMILIES:
            of = res[str(family)]
            print(f"demo: {name}-v{family} " + " ".join(
                f"{key}={plain(of[key])}" for key in KEYS if key in of))
            if of["who"] == "sal":
                wrong += [f"{name}-v{family}: {text}" for text in of["wrong"]]
    for res in own:
        print("\n".join(res["lines"]))
        wrong += res["wrong"]
    return verdict(wrong, [res["4"]["who"] for res in results.values()] +
                   ["sal" for _ in own])


def differences(results):
    """For people"""
    print(f"""
--- what differs {'-' * 61}
  values of IPv4/IPv6, of this run, in this machine

  {'scene':19}{'by':10}{'lost':>8}{'longest':>12}{'steps':>7}\
{'wall':>10}{'kernel':>9}
  {'':19}{'':10}{'':>8}{'silence/ms':>12}{'':>7}{'/ms':>10}{'/us':>9}""")
    for name, res in results.items():
        row(name, res)
    print("""
  lost     requests without an answer, but for those that an instance had been
           given and took along as it went (inflight, below)
  longest  silence between two answers. Where b.com has no instance for a while
           it cannot be short: what counts is that nothing is lost
  steps    commands that a move takes: sal's moves both families, that of the
           others one; 0 where sal sees by itself that an instance has gone
  wall     how long these commands take, median; most of it is starting them
  kernel   how long a move of both families takes the kernel, median, as told
           by sal
""")
    for text in remarks(results):
        for line in wrap(text):
            print(f"  {line}")
    print()


def plain(value):
    """Without spaces"""
    return ",".join(map(str, value)) if isinstance(value, list) else value


def verdict(wrong, who):
    """The last line, and the exit status"""
    for text in wrong:
        print(f"demo: FAILED: {text}")
    if not wrong and "sal" in who:
        print("demo: sal kept its word in each scene: nothing was lost")
    return 1 if wrong else 0


def main():
    """See above"""
    path = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "scene":
        return scene(path)
    return table(path, sys.argv[3:])


if __name__ == "__main__":
    sys.exit(main())
