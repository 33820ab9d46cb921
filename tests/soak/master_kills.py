#!/usr/bin/env python3
"""Kills prun itself with SIGKILL at random moments and resumes, and counts: nothing lost, nothing twice.

    python3 master_kills.py PRUN [--kills 50] [--seed N]

Twice: with commands that leave a trace of each execution, and with a function whose tasks take microseconds. Each journal
lives through so many kills, each followed by --resume in another mode and with another number of workers. In the end the
output must be that of a run in which nothing died, each result once and right, and a task that stood in the journal when
a run was killed must not have been run again. Exit status 1, with what is wrong, otherwise.
"""
import argparse
import collections
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

MODES = ["map", "imap", "imap_unordered", "submit"]


def fail(text):
    print(f"master_kills.py: {text}", file=sys.stderr)
    sys.exit(1)


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


class Commands:
    """Each task appends its input to a file, and prints it."""

    name = "commands"
    tasks = 3000
    longest_life = 0.6

    def __init__(self, folder):
        self.trace = folder / "trace"
        self.trace.touch()

    def words(self, mode):
        script = f"echo {{}} >> {self.trace}; echo {{}} of the output"
        return [mode, "--sh", script, f"1..{self.tasks}", "--output", "raw"]

    def executions(self):
        return collections.Counter(int(line) - 1 for line in self.trace.read_text().split())

    def check_output(self, text):
        wanted = [f"{n} of the output" for n in range(1, self.tasks + 1)]
        lines = text.splitlines()
        if sorted(lines, key=lambda line: int(line.split()[0])) != wanted:
            fail(f"commands: the last run's output is not whole: {len(lines)} lines")


class Function:
    """Tasks of a range, by the hundred thousand."""

    name = "function"
    tasks = 400_000
    longest_life = 0.5

    def __init__(self, folder):
        del folder

    def words(self, mode):
        return [mode, "collatz", f"1..{self.tasks}", "--format", "{args} {result}"]

    def executions(self):
        return collections.Counter()

    def check_output(self, text):
        lines = text.splitlines()
        if len(lines) != self.tasks:
            fail(f"function: {len(lines)} results instead of {self.tasks}")
        seen = set()
        for line in lines:
            n, steps = map(int, line.split())
            if n in seen or not 1 <= n <= self.tasks or (n % 97 == 0 and steps != collatz(n)):
                fail(f"function: wrong, or twice: {line}")
            seen.add(n)


def descendants(pid):
    found = []
    for word in (pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if os.path.exists(f"/proc/{pid}") else []):
        found += [int(word), *descendants(int(word))]
    return found


def run_and_kill(command, life):
    """Kills the run after `life` seconds, and waits until all that it started is gone. False: it was done before."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        process.wait(timeout=life)
    except subprocess.TimeoutExpired:
        try:
            left = [(pid, os.pidfd_open(pid)) for pid in descendants(process.pid)]
        except OSError:
            left = []
        process.kill()
        process.wait()
        for _, descriptor in left:
            while not _ended(descriptor):
                time.sleep(0.002)
            os.close(descriptor)
        return True
    if process.returncode != 0:
        fail(f"{' '.join(command)}\nended with status {process.returncode}: {process.stderr.read()[:2000]}")
    return False


def _ended(descriptor):
    import select
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(10_000))


def recorded(journal):
    """Tasks whose outcomes stand in the journal; and those that were recorded, and run again."""
    if not journal.exists() or journal.stat().st_size == 0:
        return set(), 0
    database = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    try:
        tasks = {row[0] for row in database.execute("SELECT task FROM attempts WHERE final")}
        twice = database.execute("SELECT count(*) - count(DISTINCT task) FROM attempts WHERE final").fetchone()[0]
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return set(), 0
    finally:
        database.close()
    return tasks, twice


def soak(prun, work, journal, kills, rng):
    def command():
        return [prun, *work.words(rng.choice(MODES)), "--journal", str(journal), "--resume", "-j", str(rng.choice([1, 2, 4]))]

    known = {}  # a recorded task: how often it had been run when it was first seen recorded
    killed = finished = 0
    while killed < kills:
        if run_and_kill(command(), rng.uniform(0.02, work.longest_life)):
            killed += 1
        else:
            finished += 1
        runs = work.executions()
        tasks, twice = recorded(journal)
        if not known.keys() <= tasks:
            fail(f"{work.name}: {len(known.keys() - tasks)} recorded outcomes are lost after {killed} kills")
        if twice:
            fail(f"{work.name}: {twice} tasks that were recorded have been run again, after {killed} kills")
        for task in tasks:
            known.setdefault(task, runs[task])
        again = [task for task, count in known.items() if runs[task] != count]
        if again:
            fail(f"{work.name}: recorded, and run again: {again[:10]}, after {killed} kills")
        if finished > kills:
            break
    before = len(known)
    last = subprocess.run(command(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)
    if last.returncode != 0:
        fail(f"{work.name}: the last run ended with status {last.returncode}: {last.stderr[:2000]}")
    work.check_output(last.stdout)
    runs = work.executions()
    again = [task for task, count in known.items() if runs[task] != count]
    tasks, twice = recorded(journal)
    if again or twice or len(tasks) != work.tasks:
        fail(f"{work.name}: {len(again)} run again, {twice} recorded twice, {len(tasks)} of {work.tasks} recorded")
    more = f", {sum(runs.values()) - work.tasks} executions cut off by kills and made again" if runs else ""
    print(f"{work.name}: {killed} kills of the master, {work.tasks:,} tasks, {before:,} recorded before the last run{more}: "
          "nothing lost, nothing twice, nothing that was recorded run again", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prun")
    parser.add_argument("--kills", type=int, default=50, help="of each kind of run")
    parser.add_argument("--seed", type=int, default=time.time_ns())
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    rng = random.Random(arguments.seed)
    prun = str(pathlib.Path(arguments.prun).resolve())
    for kind in (Commands, Function):
        with tempfile.TemporaryDirectory(prefix="prun-soak-") as folder:
            folder = pathlib.Path(folder)
            work = kind(folder)
            work.tasks = max(work.tasks * arguments.kills // 50, 1)
            soak(prun, work, folder / "run.db", arguments.kills, rng)


if __name__ == "__main__":
    main()
