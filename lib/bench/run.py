#!/usr/bin/env python3
"""Measures prun against its peers and its limits: one table of ratios, all from one run.

    python3 run.py BUILD [--quick] [--only TEXT]

BUILD is where cmake built prun and the target `bench`. A row is a pair of programs that run in turn, several times; it
shows both medians, their ratio, and what is wanted of it. --quick runs everything once and small, which shows that it
runs and no more. Other work on the machine distorts the ratios: prun sleeps where it waits, and the bare rings spin.
"""
import argparse
import os
import platform
import subprocess
import sys

import rows
from measure import Bench


def shown(value, unit):
    if unit == "1/s":
        return f"{value / 1e6:,.3g} M/s" if value >= 1e6 else f"{value / 1e3:,.3g} k/s"
    if unit == "s":
        return f"{value:.3g} s" if value >= 1 else f"{value * 1e3:.3g} ms" if value >= 1e-3 else f"{value * 1e6:.3g} us"
    return f"{value:.1f} {unit}"


def line(row, judged):
    ratio = row.ratio
    wanted, verdict = "-", "-"
    if row.wanted is not None:
        sign, bound = row.wanted
        wanted = f"{sign} {bound:g}"
        if judged:
            verdict = "ok" if (ratio >= bound if sign == ">=" else ratio <= bound) else "MISSED"
    return [row.what, shown(row.prun, row.unit), shown(row.peer, row.unit), row.peer_name,
            f"{ratio:.3g}" if ratio < 100 else f"{ratio:.0f}", wanted, verdict]


HEAD = ["what", "prun", "peer", "the peer", "ratio", "wanted", ""]
WIDTHS = [62, 9, 9, 28, 6, 7, 6]


def print_line(cells):
    left = {0, 3, 6}
    text = "  ".join(c.ljust(w) if i in left else c.rjust(w) for i, (c, w) in enumerate(zip(cells, WIDTHS)))
    print(text.rstrip(), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--quick", action="store_true", help="once and small: shows that it runs")
    parser.add_argument("--only", metavar="TEXT", help="rows whose name contains TEXT")
    arguments = parser.parse_args()
    bench = Bench(arguments.build, arguments.quick)
    missing = bench.missing_programs()
    if missing:
        sys.exit(f"run.py: not in {arguments.build}: {', '.join(missing)}; `make bench` builds them")
    print(f"{platform.python_implementation()} {platform.python_version()}, {len(os.sched_getaffinity(0))} CPUs, load "
          f"{os.getloadavg()[0]:.1f}; medians of {bench.rounds}, in turn")
    print_line(HEAD)
    failed = missed = 0
    for measure in rows.ALL:
        if arguments.only and not any(arguments.only in what for what in measure.rows):
            continue
        try:
            for row in measure(bench):
                cells = line(row, judged=not bench.quick)
                missed += cells[-1] == "MISSED"
                print_line(cells)
        except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
            failed += 1
            print(f"{measure.rows[0]}: {error}", file=sys.stderr)
    if missed:
        print(f"{missed} missed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
