#!/usr/bin/env python3
"""Kills what a run consists of at random moments, and counts: nothing lost, nothing run twice unasked, nothing left behind.

    python3 random_kills.py PRUN [--rounds 40] [--seed N]

Each round starts a run of commands that leave processes behind, below a parent that reaps at once (reaper.py). Once some tasks
have begun it kills one or more of: a worker, a process of a command, the fork server, the guardian, prun itself. Checked:

  - the run ends, and nothing that it started outlives it, whatever was killed;
  - every task has one outcome, and a success has its whole output;
  - without --retries no task begins twice, and no more tasks fail than the kills can explain;
  - with --retries every task succeeds, and what a dead worker was at has ended before the next attempt begins;
  - where prun itself was killed, its journal is resumed: all tasks are there, and what was recorded is not run again.

Exit status 1, with the seed, the round and the first thing that is wrong, otherwise.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import signal
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from reaper import Reaper, children_of, describe, descendants_of, name_of  # noqa: E402

TASKS = 16
GUARDIAN, SERVER = "pool-guardian", "prun-forkserver"
LONGEST_RUN = 60
LONGEST_DYING = 10

# How a command leaves a process behind; "$!" is that process.
LEFT_BEHIND = ["sleep 600 &", "sleep 600 >/dev/null 2>&1 &", "setsid sleep 600 &", "timeout 600 sleep 601 &",
               "trap '' TERM; sleep 600 &"]


class Wrong(Exception):
    pass


class Work:
    """Commands that write down when they begin, and see whether an earlier attempt still runs."""

    def __init__(self, folder, rng):
        self.folder, self.rng = folder, rng
        self.trace = folder / "trace"
        self.trace.touch()
        self.retries = rng.random() < 0.4
        self.threads = not self.retries and rng.random() < 0.15
        self.jobs = rng.choice([1, 2, 3])

    def words(self, prun):
        trace, before = self.trace, f"{self.folder}/before.{{}}"
        script = (f"echo begin {{}} >>{trace}; "
                  f"[ ! -e {before} ] || ! grep -qs ') [^ZX] ' /proc/$(cat {before})/stat || echo overlap {{}} >>{trace}; "
                  f"{self.rng.choice(LEFT_BEHIND)} echo $! >{before}; "
                  f"sleep {self.rng.choice(['0.01', '0.03', '0.1'])}; echo output of {{}}")
        words = [prun, self.rng.choice(["imap", "imap_unordered", "map"]), "-j", str(self.jobs), "--output", "jsonl",
                 "--journal", str(self.folder / "run.db"), "--sh", script, f"1..{TASKS}"]
        if self.retries:
            words += ["--retries", "100", "--retry-on", "all", "--retry-delay", "0"]
        return words + (["--threads"] if self.threads else [])

    def begun(self):
        return collections.Counter(line.split()[1] for line in self.trace.read_text().splitlines() if line.startswith("begin"))

    def overlaps(self):
        return [line for line in self.trace.read_text().splitlines() if line.startswith("overlap")]


class Victims:
    """The processes of a run by what they are."""

    def __init__(self, master):
        self.master = master
        self.all = descendants_of(master)
        self.server = [pid for pid in children_of(master) if name_of(pid) == SERVER]
        below = [pid for server in self.server for pid in children_of(server)]
        self.guardian = [pid for pid in self.all if name_of(pid) == GUARDIAN]
        self.workers = [pid for pid in below if pid not in self.guardian]
        known = {*self.server, *self.guardian, *self.workers}
        self.commands = [pid for pid in self.all if pid not in known]

    def guarded(self):
        return len(self.guardian) == 2

    def of(self, what, rng):
        one = {"worker": self.workers, "command": self.commands, "server": self.server, "guardian": self.guardian,
               "master": [self.master]}
        if what == "all but guardian":  # as `pkill -9 prun` does
            return [self.master, *self.server, *self.workers]
        found = one[what]
        return [rng.choice(found)] if found else []


KILLS = [["worker"], ["worker", "worker"], ["command"], ["command", "command"], ["server"], ["server", "worker"],
         ["worker", "server"], ["server", "command"], ["guardian"], ["master"], ["master", "server"], ["server", "master"],
         ["master", "worker"], ["worker", "master"], ["command", "master"], ["all but guardian"]]


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def wait_until(run, condition, what):
    """False: the run has ended before."""
    end = time.monotonic() + LONGEST_RUN
    while not condition():
        if run.status() is not None:
            return False
        if time.monotonic() > end:
            raise Wrong(f"{what} has not come to pass in {LONGEST_RUN} s:\n{tree(run)}")
        time.sleep(0.001)
    return True


def tree(run):
    return "\n".join(describe(pid) for pid in [run.pid, *descendants_of(run.pid)])


def strike(run, work, kinds, rng):
    """@return what was killed, by kind; empty where the run was over before"""
    first = rng.randint(1, TASKS * 3 // 4)
    if not wait_until(run, lambda: len(work.begun()) >= first, f"the beginning of {first} tasks"):
        return []
    if not work.threads and not wait_until(run, lambda: Victims(run.pid).guarded(), "the start of the guardian"):
        return []
    time.sleep(rng.uniform(0, 0.05))
    struck = []
    for kind in kinds:
        victims = Victims(run.pid).of(kind, rng)
        kill(victims)
        struck += [kind] * bool(victims)
        time.sleep(rng.choice([0, 0, 0.001, 0.01]))
    return struck


def check_left(run):
    left = run.left_after(LONGEST_DYING)
    if left:
        raise Wrong("left behind:\n" + "\n".join(describe(pid) for pid in left))


def check_success(outcome):
    if outcome["result"]["stdout"] != f"output of {outcome['index'] + 1}\n":
        raise Wrong(f"a success without its output: {outcome}")


def check_outcomes(run, status):
    """@return those that failed"""
    out, err = run.outputs()
    outcomes = [json.loads(line) for line in out.splitlines()]
    if sorted(outcome["index"] for outcome in outcomes) != list(range(TASKS)):
        raise Wrong(f"not one outcome a task: {[outcome['index'] for outcome in outcomes]}, status {status}: {err.decode()}")
    failed = [outcome for outcome in outcomes if "error" in outcome]
    for outcome in outcomes:
        if "error" not in outcome:
            check_success(outcome)
    if status != (1 if failed else 0):
        raise Wrong(f"status {status} with {len(failed)} failures: {err.decode()}")
    return failed


def recorded(journal):
    if not journal.exists() or journal.stat().st_size == 0:
        return set()
    database = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    try:
        return {str(row[0] + 1) for row in database.execute("SELECT task FROM attempts WHERE final")}
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return set()
    finally:
        database.close()


def check_twice(work, allowed=(), struck=()):
    twice = [task for task, times in work.begun().items() if times > 1 and task not in allowed]
    if twice and not work.retries:
        raise Wrong(f"run twice without --retries: {twice}")
    if work.overlaps() and "command" not in struck:  # a command that ends alone may leave processes in the background
        raise Wrong(f"began while an earlier attempt still ran: {work.overlaps()}")


def resume(reaper, work, words, before, struck):
    """Goes on where prun itself was killed."""
    journal = work.folder / "run.db"
    kept, cut_off = recorded(journal), set(work.begun()) - recorded(journal)
    run = reaper.start([*words, "--resume"])
    try:
        if not run.wait(LONGEST_RUN):
            raise Wrong(f"the resumed run hangs:\n{tree(run)}")
        check_left(run)
        check_outcomes(run, run.status())
        again = [task for task in kept if work.begun()[task] != before[task]]
        if again:
            raise Wrong(f"recorded, and run again: {again}")
        check_twice(work, cut_off, struck)
    finally:
        run.end_all()


def play(reaper, prun, rng):
    with tempfile.TemporaryDirectory(prefix="prun-kills-") as folder:
        work = Work(pathlib.Path(folder), rng)
        kinds = rng.choice([["master"], ["command"], ["command", "master"]] if work.threads else KILLS)
        words = work.words(prun)
        run = reaper.start(words)
        what = f"{' '.join(words)}\nkilled: {', '.join(kinds)}"
        try:
            struck = strike(run, work, kinds, rng)
            if not run.wait(LONGEST_RUN):
                raise Wrong(f"hangs:\n{tree(run)}")
            check_left(run)
            status = run.status()
            before = work.begun()
            check_twice(work, struck=struck)
            if status == -signal.SIGKILL:
                resume(reaper, work, words, before, struck)
            else:
                failed = check_outcomes(run, status)
                explained = sum({"worker": 1, "command": 1, "server": work.jobs}.get(kind, 0) for kind in struck)
                if len(failed) > (0 if work.retries else explained):
                    raise Wrong(f"{len(failed)} failures: {failed}")
            return struck
        except Wrong as wrong:
            raise Wrong(f"{what}\n{wrong}\n{run.outputs()[1].decode(errors='replace')[:2000]}") from None
        finally:
            run.end_all()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prun")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    prun = str(pathlib.Path(arguments.prun).resolve())
    rng = random.Random(arguments.seed)
    reaper = Reaper()
    killed = collections.Counter()
    started = time.monotonic()
    for number in range(arguments.rounds):
        try:
            killed.update(play(reaper, prun, rng))
        except Wrong as wrong:
            print(f"random_kills.py: seed {arguments.seed}, round {number + 1}: {wrong}", file=sys.stderr)
            sys.exit(1)
    if arguments.rounds >= 40 and sum(killed.values()) < arguments.rounds // 2:
        print(f"random_kills.py: only {sum(killed.values())} kills in {arguments.rounds} rounds", file=sys.stderr)
        sys.exit(1)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(killed.items()))
    print(f"{arguments.rounds} rounds, {time.monotonic() - started:.0f} s; killed: {kinds}: nothing lost, nothing twice, nothing "
          "left behind")


if __name__ == "__main__":
    main()
