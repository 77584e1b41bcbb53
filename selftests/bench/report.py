#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Samples to results.json, and to a table.

    report.py SAMPLES KERNEL RESULTS

SAMPLES has lines of BENCH VARIANT FLOWS UNIT VALUE, in the order in which they were
taken; KERNEL is the executable that was booted. The best of samples is the least, or
the greatest where the unit is a rate (Mbit/s), or the median where it is bytes. In the table a ratio is that of the best,
to the variant `plain' of the same bench and number of flows, where there is one.
"""
import json
import os
import statistics
import subprocess
import sys

BASE = "plain"


def machine():
    """Processor, and how many."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":")[1].strip() for line in file
                  if line.startswith("model name")]
    return f"{models[0] if models else 'unknown'}, {os.cpu_count()} CPUs"


def release(kernel):
    """What the kernel says of itself, or what is said of it where it cannot."""
    if not os.path.exists(kernel):
        return kernel
    done = subprocess.run([kernel, "--version"], capture_output=True, text=True,
                          check=True)
    return f"Linux {done.stdout.split()[0]}, User Mode Linux, one CPU"


def read_runs(path):
    """In the order of their first samples."""
    runs = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            bench, variant, flows, unit, value = line.split()
            key = bench, variant, int(flows), unit
            runs.setdefault(key, []).append(float(value))
    return [{"bench": bench, "variant": variant, "flows": flows, "unit": unit,
             "samples": samples}
            for (bench, variant, flows, unit), samples in runs.items()]


def is_rate(run):
    """Whether more of it is better."""
    return run["unit"].endswith("/s")


def best(run):
    """That of the sample that was disturbed least. Bytes of slabs are less where some were
    left from before, so that is none of the ends."""
    if run["unit"] == "B":
        return statistics.median(run["samples"])
    return (max if is_rate(run) else min)(run["samples"])


def spread(run):
    """By how much the worst is worse than the best, in per cent."""
    least, most = min(run["samples"]), max(run["samples"])
    return (most / least - 1) * 100 if least > 0 else 0


def scaling(runs):
    """By how much two CPUs are faster than one, in per cent: of the best samples of
    each, as what disturbed one of a pair would be taken for a gain, or a loss."""
    ones = {(run["variant"], run["flows"]): run for run in runs
            if run["bench"] == "smp-1"}
    return [{"bench": "smp-scaling", "variant": run["variant"],
             "flows": run["flows"], "unit": "%", "samples":
             [100 * best(ones[run["variant"], run["flows"]]) / best(run)]}
            for run in runs if run["bench"] == "smp-2"]


def ratio(runs, run):
    """To what it is compared with; None where there is none."""
    for other in runs:
        if (other["variant"] == BASE and other["bench"] == run["bench"] and
                other["flows"] == run["flows"] and other["unit"] == run["unit"]):
            return best(run) / best(other)
    return None


def table(runs):
    """Lines of it."""
    form = "{:14} {:>8}  {:10} {:>13} {:>13} {:>8} {:>7}"
    yield form.format("bench", "flows", "variant", "best", "median", "spread",
                      "ratio")
    for run in sorted(runs, key=lambda run: (run["bench"], run["flows"])):
        rel = ratio(runs, run)
        yield form.format(run["bench"], run["flows"], run["variant"],
                          f"{best(run):.0f} {run['unit']}",
                          f"{statistics.median(run['samples']):.0f} {run['unit']}",
                          f"{spread(run):.0f} %",
                          "" if rel is None else f"{rel:.2f}")


def main(samples, kernel, results):
    """Both."""
    runs = read_runs(samples)
    runs += scaling(runs)
    with open(results, "w", encoding="utf-8") as file:
        json.dump({"machine": machine(), "kernel": release(kernel),
                   "runs": runs}, file, indent=1)
        file.write("\n")
    print("\n".join(table(runs)))


if __name__ == "__main__":
    main(*sys.argv[1:])
