"""Runs the programs of a row in turn and takes medians. Knows the programs, not the rows."""
import dataclasses
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = ["pool_bench", "bare_ring_bench", "bare_wake_bench", "bare_start_bench", "bare_spawn_bench",
            "estimate_bench"]


@dataclasses.dataclass
class Row:
    what: str
    prun: float
    peer: float
    peer_name: str
    unit: str  # "1/s": more is better; "s" and others: less is
    wanted: tuple | None = None  # (">=" or "<=", bound)

    @property
    def ratio(self):
        return self.prun / self.peer


class Bench:
    def __init__(self, build, quick):
        self.build = pathlib.Path(build).resolve()
        self.prun = str(self.build / "prun")
        self.quick = quick
        self.rounds = 1 if quick else 5

    def missing_programs(self):
        files = [self.build / "prun"] + [self.build / "bench" / name for name in PROGRAMS]
        return [str(file.relative_to(self.build)) for file in files if not os.access(file, os.X_OK)]

    def size(self, full, quick):
        return quick if self.quick else full

    def program(self, name, *arguments):
        """The numbers that a program prints."""
        return self.numbers([str(self.build / "bench" / name), *map(str, arguments)])

    def python(self, what, count):
        return self.numbers([sys.executable, str(HERE / "peer.py"), what, str(count)])

    def numbers(self, command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise RuntimeError(f"{shlex.join(command)} ended with status {done.returncode}: {done.stderr.strip()}")
        values = [float(word) for word in done.stdout.split()]
        return values[0] if len(values) == 1 else values

    def command_to_pipe(self, arguments, stdin=subprocess.DEVNULL, stderr=None, environment=None):
        """Wall seconds of a prun command whose output goes through a pipe that is read."""
        begin = time.perf_counter()
        prun = subprocess.Popen([self.prun, *arguments], stdin=stdin, stdout=subprocess.PIPE, stderr=stderr,
                                env=environment)
        with open(os.devnull, "wb") as null:
            cat = subprocess.Popen(["cat"], stdin=prun.stdout, stdout=null)
        prun.stdout.close()
        status = prun.wait()
        seconds = time.perf_counter() - begin
        cat.wait()
        if status != 0:
            raise RuntimeError(f"prun {shlex.join(arguments)} ended with status {status}")
        return seconds

    def wall(self, arguments, stdin=subprocess.DEVNULL, environment=None):
        """Wall seconds of a command that writes to nowhere."""
        begin = time.perf_counter()
        done = subprocess.run(arguments, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment,
                              timeout=600)
        if done.returncode != 0:
            raise RuntimeError(f"{shlex.join(arguments)} ended with status {done.returncode}: {done.stderr[:500]!r}")
        return time.perf_counter() - begin

    def in_turn(self, *measures):
        """The median of each measure, all of them taken once in every round."""
        results = [[] for _ in measures]
        for _ in range(self.rounds):
            for result, measure in zip(results, measures):
                result.append(measure())
        return [statistics.median(result) for result in results]
