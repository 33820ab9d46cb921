#!/usr/bin/env python3
"""Loses hosts of a run all the time, in turn by power, by link and by agent, and checks that every task has exactly one outcome, which
is correct. It makes the hosts on this machine, so it needs root (tests/cluster/hosts/hosts.py).

usage: node_losses.py PRUN [--losses 100] [--tasks 1000000]
"""

import argparse
import contextlib
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cluster" / "hosts"))
from hosts import Hosts, kill, missing  # noqa: E402

FIRST = 10_000_000_000_001  # factorize() takes about a millisecond
NODES = ["node1", "node2", "node3"]


class Checker:
    """Reads the outcomes of a run as they come."""

    def __init__(self):
        self.seen = bytearray()
        self.problems = []
        self.count = 0

    def read(self, stream):
        for line in stream:
            outcome = json.loads(line)
            index = outcome["index"]
            self.count += 1
            if index >= len(self.seen):
                self.seen.extend(bytes(index + 1 - len(self.seen) + 4096))
            if self.seen[index]:
                self.problems.append(f"task {index} has two outcomes")
            self.seen[index] = 1
            result = outcome.get("result")
            if "error" in outcome:
                self.problems.append(f"task {index} failed: {outcome['error']}")
            elif math.prod(result) != FIRST + index:
                self.problems.append(f"task {index} has a wrong result: {result}")


def lose(hosts, number):
    """@return how the node was lost; it works again soon."""
    node, how = NODES[(number + number // 3) % 3], ["power", "link", "agent"][number % 3]
    if how == "power":
        hosts.power_off(node)
        hosts.power_on(node)
    elif how == "link":
        hosts.cut(node)
        time.sleep(1.3)  # longer than --host-timeout
        hosts.heal(node)
    else:
        kill(hosts.processes(node, "prun agent"))
    return how


def wait_for_agents(hosts, run):
    until = time.monotonic() + 30
    while run.poll() is None and not all(hosts.processes(node, "prun agent") for node in NODES):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def soak(hosts, options):
    words = [options.prun, "imap_unordered", "factorize", "-", "--no-local", "--hosts", ",".join(f"{node}:2" for node in NODES), "--launcher", f"{hosts.folder}/ssh {{host}} {{agent}}",
             "--host-timeout", "1s", "--output", "jsonl", "--progress=none"]
    run = hosts.popen("head", words, stdin=subprocess.PIPE)
    checker = Checker()
    feeder = Feeder(run.stdin, options.tasks)
    reader = threading.Thread(target=lambda: checker.read(follow(run)))
    reader.start()
    lost = {}
    while run.poll() is None and sum(lost.values()) < options.losses:
        if not wait_for_agents(hosts, run):
            checker.problems.append("a host did not come back within 30 s")
            break
        if run.poll() is not None:
            break
        time.sleep(0.2)  # so that the host has had tasks
        how = lose(hosts, sum(lost.values()))
        lost[how] = lost.get(how, 0) + 1
    feeder.finish()
    run.wait()
    reader.join()
    return run, checker, lost, feeder.fed


class Feeder:
    """Gives the run tasks: at least so many, and more until `finish`, so that there is work during every loss."""

    def __init__(self, stream, least):
        self.fed = 0
        self.finished = False
        self.thread = threading.Thread(target=self.feed, args=(stream, least))
        self.thread.start()

    def feed(self, stream, least):
        with contextlib.suppress(BrokenPipeError), stream:
            while self.fed < least or not self.finished:
                count = min(1000, least - self.fed) if self.fed < least else 100
                stream.write("".join(f"{FIRST + self.fed + i}\n" for i in range(count)).encode())
                stream.flush()
                self.fed += count

    def finish(self):
        self.finished = True
        self.thread.join()


def follow(run):
    """The lines of a file that is being written."""
    with open(run.output, encoding="utf-8") as file:
        rest = ""
        while True:
            ended = run.poll() is not None
            block = file.read(1 << 20)
            lines = (rest + block).split("\n")
            rest = lines.pop()
            yield from lines
            if not block:
                if ended:
                    return
                time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prun", type=os.path.abspath)
    parser.add_argument("--losses", type=int, default=100)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    options = parser.parse_args()
    if reason := missing():
        print(f"SKIPPED: {reason}", file=sys.stderr)
        return 77
    folder = tempfile.mkdtemp(prefix="prun-losses-")
    began = time.monotonic()
    with Hosts(folder, len(NODES)) as hosts:
        run, checker, lost, tasks = soak(hosts, options)
    problems = checker.problems
    if run.returncode != 0:
        problems.append(f"prun ended with status {run.returncode}: {run.errors.read_text()[-2000:]}")
    if checker.count != tasks:
        problems.append(f"{checker.count} outcomes of {tasks} tasks")
    if sum(lost.values()) < options.losses:
        problems.append(f"only {sum(lost.values())} losses before the end of the run")
    for problem in problems[:20]:
        print(f"FAILED: {problem}", file=sys.stderr)
    print(f"{checker.count} outcomes of {tasks} tasks; lost hosts: "
          f"{', '.join(f'{count} by {how}' for how, count in lost.items())}; {time.monotonic() - began:.0f} s")
    if problems:
        print(f"the outputs are in {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
