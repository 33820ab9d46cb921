#!/usr/bin/env python3
"""How many tasks a second prun hands to two hosts, against mpi4py.futures on the same hosts, in one run. Makes the hosts on this
machine, so it needs root; mpi4py and Slurm are optional.

usage: rates.py PRUN [--seconds 3]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import hosts
import slurm

PEER = """
import sys, time
from mpi4py.futures import MPIPoolExecutor

def identity(x):
    return x

if __name__ == '__main__':
    tasks, chunk = int(sys.argv[1]), int(sys.argv[2])
    with MPIPoolExecutor() as pool:
        list(pool.map(identity, range(100), chunksize=1))
        began = time.perf_counter()
        count = sum(1 for _ in pool.map(identity, range(tasks), chunksize=chunk))
        print(count / (time.perf_counter() - began))
"""


class Head:
    """The CPU time and the memory of the head, looked at while it runs: its launchers do not count."""

    def __init__(self, machine, run):
        self.cpu, self.memory = 0.0, 0
        ticks = os.sysconf("SC_CLK_TCK")
        while run.poll() is None:
            for pid in machine.processes("head", " imap "):
                try:
                    if b"launcher" not in Path(f"/proc/{pid}/cmdline").read_bytes() or Path(f"/proc/{pid}/comm").read_text() != "prun\n":
                        continue
                    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                    self.cpu = max(self.cpu, (int(fields[11]) + int(fields[12])) / ticks)
                    status = Path(f"/proc/{pid}/status").read_text()
                    self.memory = max(self.memory, int(status.split("VmHWM:")[1].split()[0]))
                except (OSError, IndexError):
                    continue
            time.sleep(0.05)


def prun_rate(start, tasks, options):
    """The rate from the first result to the last, without the start of launchers."""
    run, words = start, ["imap", "identity", f"1..{tasks}", "--output", "jsonl", "--progress=none", *options]
    process = run(words)
    first = None
    while process.poll() is None:
        if first is None and process.output.stat().st_size > 0:
            first = time.monotonic()
        time.sleep(0.001)
    if process.returncode != 0:
        raise RuntimeError(process.errors.read_text())
    return tasks / (time.monotonic() - (first or 0))


def grow(measure, seconds, tasks=2000):
    """The rate with as many tasks as take that long."""
    while True:
        rate = measure(tasks)
        if tasks / rate >= seconds or tasks >= 50_000_000:
            return rate
        tasks = int(max(tasks * 2, min(tasks * 20, rate * seconds * 1.2)))


def peer_rate(machine, chunk):
    script = Path(machine.folder) / "peer.py"
    script.write_text(PEER)

    def measure(tasks):
        done = machine.run("head", [
            "mpirun", "--allow-run-as-root", "--mca", "plm_rsh_agent", f"{machine.folder}/ssh", "--mca", "btl_tcp_if_include", "e0",
            "--mca", "oob_tcp_if_include", "e0", "--bind-to", "none", "--host", "head:1,node1:1,node2:1", "-n", "3",
            "python3", "-m", "mpi4py.futures", str(script), str(tasks), str(chunk)], timeout=300)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return float(done.stdout.split()[-1])

    return measure


def row(name, ours, peer, least):
    ratio = "" if peer is None else f"{ours / peer:8.1f} times (wanted: {least})"
    print(f"{name:44} {ours:12,.0f}/s {'no mpi4py' if peer is None else f'{peer:12,.0f}/s'} {ratio}", flush=True)
    return peer is None or ours >= least * peer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prun", type=os.path.abspath)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    if reason := hosts.missing():
        print(f"SKIPPED: {reason}", file=sys.stderr)
        return 77
    has_peer = shutil.which("mpirun") and subprocess.run([sys.executable, "-c", "import mpi4py"], capture_output=True).returncode == 0
    folder = tempfile.mkdtemp(prefix="prun-rates-")
    good = True
    with hosts.Hosts(folder, 2) as machine:
        ssh = ["--no-local", "--hosts", "node1:1,node2:1", "--launcher", f"{folder}/ssh {{host}} {{agent}}"]

        def over_ssh(words):
            return machine.popen("head", [options.prun, *words, *ssh])

        ours = grow(lambda tasks: prun_rate(over_ssh, tasks, ["--chunksize", "1"]), options.seconds)
        peer = grow(peer_rate(machine, 1), options.seconds) if has_peer else None
        good &= row("ssh, two hosts, one task at a time", ours, peer, 8)

        tasks = int(ours * options.seconds)
        run = over_ssh(["imap", "identity", f"1..{tasks}", "--output", "jsonl", "--progress=none"])
        head = Head(machine, run)
        print(f"the head: {head.cpu / tasks * 1e6:.2f} us of CPU for each of {tasks:,} tasks, {head.memory / 1024:.0f} MiB at most")

        if reason := slurm.missing():
            print(f"SKIPPED: {reason}", file=sys.stderr)
        else:
            cluster = slurm.Slurm(machine)

            def over_slurm(words):
                return cluster.popen("head", ["salloc", "-N2", "--no-kill", "-Q", options.prun, *words, "--slurm"])

            ours = grow(lambda tasks: prun_rate(over_slurm, tasks, ["--chunksize", "100"]), options.seconds)
            peer = grow(peer_rate(machine, 100), options.seconds) if has_peer else None
            good &= row("Slurm, two hosts, chunks of 100", ours, peer, 1)
    shutil.rmtree(folder, ignore_errors=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
