#!/usr/bin/env python3
"""Kills workers at random moments of runs, and counts: every task has its one right outcome, whatever died.

    python3 worker_kills.py PRUN [--kills 1000] [--tasks 1000000] [--seed N]

Runs `prun imap collatz` over the tasks, again and again, until so many workers were killed; each run's output must be
that of a run in which nobody died. Prints what it did; exit status 1, with the first difference, where a run went wrong.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time


def collatz_table(count):
    """Steps from n to 1, for n of 1 to `count`."""
    steps = [0] * (count + 1)
    for n in range(2, count + 1):
        x, taken = n, 0
        while x >= n:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            taken += 1
        steps[n] = taken + steps[x]
    return steps


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


class Killer(threading.Thread):
    """Kills a worker of a running prun, any, every few milliseconds, until told to stop."""

    def __init__(self, prun, rng, most):
        super().__init__(daemon=True)
        self.prun, self.rng, self.most = prun, rng, most
        self.kills = 0
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(self.rng.uniform(0.0, 0.006)) and self.kills < self.most:
            workers = [worker for server in children_of(self.prun) for worker in children_of(server)]
            if not workers:
                continue
            try:
                os.kill(self.rng.choice(workers), 9)
                self.kills += 1
            except ProcessLookupError:
                pass


def first_difference(output, steps):
    """What is wrong with a run's output, or None."""
    expected = 1
    for line in output:
        if line != f"{expected} {steps[expected]}\n":
            return f"line {expected} is {line!r}, and not '{expected} {steps[expected]}'"
        expected += 1
    return None if expected == len(steps) else f"{expected - 1} outcomes instead of {len(steps) - 1}"


def run_once(prun, tasks, steps, rng, most_kills):
    chunk = rng.choice(["1", "7", "64", "auto"])
    command = [prun, "imap", "collatz", f"1..{tasks}", "--chunksize", chunk, "-j", str(rng.choice([1, 2, 4])),
               "--retries", "10000", "--retry-delay", "0", "--format", "{args} {result}"]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, text=True)
        killer = Killer(process.pid, rng, most_kills)
        killer.start()
        _, errors = process.communicate(timeout=600)
        killer.done.set()
        killer.join()
        output.seek(0)
        wrong = first_difference(output, steps)
    if process.returncode != 0:
        wrong = f"exit status {process.returncode}: {errors[:2000]}"
    if wrong:
        print(f"{' '.join(command)}\nafter {killer.kills} kills: {wrong}", file=sys.stderr)
        sys.exit(1)
    return killer.kills


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prun")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    steps = collatz_table(arguments.tasks)
    kills = runs = 0
    started = time.monotonic()
    while kills < arguments.kills:
        kills += run_once(arguments.prun, arguments.tasks, steps, rng, arguments.kills)
        runs += 1
    print(f"{kills} workers killed in {runs} runs of {arguments.tasks:,} tasks, {time.monotonic() - started:.0f} s, "
          f"seed {arguments.seed}: every task has its one right outcome")


if __name__ == "__main__":
    main()
