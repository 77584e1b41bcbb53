#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Plots of results.json, by gnuplot: each as SVG and as PNG.

    plot.py RESULTS DIR

Bars, in groups; a plot of which results.json has nothing is not drawn.
"""
import json
import os
import subprocess
import sys

from report import BASE, best, ratio

# in this order, and so that those who see few colours tell them apart
COLOURS = {
    "plain": "#999999",
    "iptables": "#56B4E9",
    "nft": "#0072B2",
    "flowtable": "#009E73",
    "ipvs": "#E69F00",
    "sal": "#D55E00",
    "sal-direct": "#CC79A7",
}

SCRIPT = """
set output '{file}'
set title "{title}" noenhanced
set ylabel "{ylabel}"
set style data histograms
set style histogram clustered gap 1
set style fill solid border rgb "white"
set boxwidth 0.95
set grid ytics
set key outside right top
set yrange [0:*]
set xtics nomirror scale 0
$data << END
{data}
END
{line}
plot {bars}
"""


def flows_name(flows):
    """As people say it."""
    for unit, name in ((1000000, "M"), (1000, "k")):
        if flows >= unit:
            return f"{flows // unit}{name} flows"
    return f"{flows} flow" + ("s" if flows != 1 else "")


def groups_of(runs, names):
    """BENCH and FLOWS, with a name for each that there is."""
    for bench, name in names.items():
        for flows in sorted({run["flows"] for run in runs
                             if run["bench"] == bench}):
            yield bench, flows, ", ".join(filter(None, (name,
                                                        flows_name(flows))))


def draw(runs, path, title, names, ylabel, value):
    """A group for each of NAMES and number of flows, a bar for each variant."""
    groups = list(groups_of(runs, names))
    cells = {(run["bench"], run["flows"], run["variant"]): value(run)
             for run in runs if run["bench"] in names}
    variants = [variant for variant in COLOURS
                if any(key[2] == variant and cell is not None
                       for key, cell in cells.items())]
    if not groups:
        return
    rows = [" ".join([f'"{name}"'] +
                     [str(cells.get((bench, flows, variant)) or "NaN")
                      for variant in variants])
            for bench, flows, name in groups]
    bars = ", ".join(f'$data using {i + 2}:xtic(1) title "{variant}" '
                     f'linecolor rgb "{COLOURS[variant]}"'
                     for i, variant in enumerate(variants))
    line = ("set arrow from graph 0, first 1 to graph 1, first 1 nohead "
            'front linecolor rgb "#555555" dashtype 2' if "ratio" in ylabel
            else "")
    # room for the names, whatever there are
    width = 300 + max(140, 26 * len(variants)) * len(groups)
    for suffix, terminal in (("svg", "svg font 'sans,12' background 'white'"),
                             ("png", "pngcairo font 'sans,10'")):
        script = (f"set terminal {terminal} size {width},400\n" +
                  SCRIPT.format(file=f"{path}.{suffix}", title=title, line=line,
                                ylabel=ylabel, data="\n".join(rows), bars=bars))
        subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main(results, directory):
    """All of them."""
    with open(results, encoding="utf-8") as file:
        runs = json.load(file)["runs"]

    def to_base(run):
        return None if run["variant"] == BASE else ratio(runs, run)

    def path(name):
        return os.path.join(directory, name)

    draw(runs, path("router"), "A packet through a router", {"router": ""},
         "time, as a ratio to plain forwarding", to_base)
    draw(runs, path("edge"), "A client's packet to a server on the same bridge",
         {"edge": "one way", "edge-rtt": "round trip", "edge-icmp": "ping"},
         "time, as a ratio to a plain bridge", to_base)
    draw(runs, path("firewall"), "Behind a firewall, as Docker makes it, and br_netfilter",
         {"firewall": "router", "firewall-edge": "one way",
          "firewall-rtt": "round trip"},
         "time, as a ratio to plain", to_base)
    draw(runs, path("tcp"), "A TCP stream",
         {"router-tcp": "router", "edge-tcp": "edge"},
         "throughput, as a ratio to plain", to_base)
    draw(runs, path("new"), "A packet of a new flow", {"new": ""}, "ns", best)


if __name__ == "__main__":
    main(*sys.argv[1:])
