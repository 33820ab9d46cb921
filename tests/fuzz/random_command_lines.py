#!/usr/bin/env python3
"""Gives prun command lines of random words, and looks at how it ends. Best with a build under AddressSanitizer.

    python3 random_command_lines.py PRUN [--lines 150] [--seed N] [--seconds S]

The words are all options that `prun --help` names, modes, functions, harmless commands, inputs, and values of every kind, right
and wrong. Each line runs in a folder of its own. Checked: it ends, at the latest soon after SIGTERM; no signal has ended it; its
exit status is one of those that are documented; with status 2 or 3 there is a message; no sanitizer reports anything.
Exit status 1, with the seed and the line, otherwise.
"""
import argparse
import collections
import os
import pathlib
import random
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time

STATUSES = {0, 1, 2, 3, 129, 130, 143}
REPORT = re.compile(rb"ERROR: (Address|Leak|Thread)Sanitizer|runtime error: |terminate called|Sanitizer:DEADLYSIGNAL")
RUN_SECONDS, END_SECONDS = 5, 30

MODES = ["map", "starmap", "imap", "imap_unordered", "imap-unordered", "submit", "apply"]
OTHERS = ["functions", "journal", "retry", "help", "new", "-h", "--version"]
CALLED = ["fib", "identity", "collatz", "ackermann", "n_fib", "sleep", "no_such", "fib(8)", "ackermann(2, 4)", "fib(",
          "./none.so:f", "libc.so.6:abs(int)->int", "libc.so.6:abs(", "none.py:f"]
COMMANDS = [["--cmd", "echo {}"], ["--sh", "echo {}; exit 3"], ["--cmd", "true"], ["--sh", 'echo "{}" \'{/.}\' $(echo {#})'],
            ["--pipe", "--cmd", "cat"], ["--", "echo", "{1}", "{2}"], ["--sh", "cat <<E\n{}\nE"], ["--cmd", ""]]
INPUTS = ["1..9", "9..1", "1..9..4", "001..012", "a..e", "0.1..1.0..0.1", "0..2,0..2", "1..", "..", "1-10", "[2, 4]", "[", '{"a": 1}',
          "null", "1e400", '"\\ud800"', "\u00e4\u6f22", "", " ", "-", "--", ":::", "::::", ":::+", "in.txt", "-9223372036854775808..-9223372036854775800",
          "0..18446744073709551615,0..3", "{}", "{1", "{99}", "%s%n", "x" * 3000]
VALUES = ["0", "1", "2", "3", "-1", "1.5", "7", "4294967296", "99999999999999999999", "1e3", "0x10", "", "auto", "max", "all", "50%", "10ms",
          "1s", "5m", "1M", "16M", "1K", "0.001", "crash,exit", "soon,fail=1", "now,done=50%", "now,", "json", "jsonl", "csv", "tsv", "raw", "text",
          "{time} {args} {result}", "{nope}", "{", "\\s+", "(", "[;\u00e4]", "in.txt", "tasks.jsonl", "run.db", "results", "log", ".", "/dev/null",
          "none/none", "python3", "cat", "echo", "setup(3)", "off", "trace", "pipe", "fifo", "memory", "prun", "def f(x): return x"]
# What fits, by what the help calls a value.
FITTING = {"N": ["0", "1", "2", "7"], "N|P%": ["1", "2", "50%"], "N|auto": ["1", "3", "auto"], "N|max": ["1", "2", "max"],
           "SIZE": ["1K", "1M", "64M", "1G"], "TIME": ["0", "10ms", "1s", "5m"], "FILE": ["in.txt", "run.db", "log"], "FILE|-": ["tasks.jsonl", "-"],
           "FORMAT": ["text", "json", "jsonl", "csv", "tsv", "raw"], "TEMPLATE": ["{time} {args} {result}", "{index}: {call}"],
           "KINDS": ["crash,exit", "all"], "WHEN,WHAT": ["soon,fail=1", "now,done=50%"], "REGEX": ["\\s+", "[;\u00e4]"], "DIR": ["results", "."],
           "STYLE": ["pipe", "fifo"], "LEVEL": ["off", "trace", "info"], "PATH": ["python3"], "CALL": ["fib(3)"]}
GOOD_INPUTS = ["1..9", "9..1..2", "001..012", "a..e", "7", "[2, 4]", "\u00e4\u6f22", "a b", "$(echo x)", "'"]
INPUT_TEXTS = [b"", b"1\n2\n3\n", b"a b\0c\n", b"\xff\xfe\n", b'["fib", 8]\n{"function": "fib", "args": [3]}\n', b'{"sh": "echo 1"}\n', b"{", b"\n" * 9]


def options_of(prun):
    """Each name of each option, and what the help calls its value; None where it takes none."""
    text = subprocess.run([prun, "--help"], capture_output=True, text=True, check=True).stdout
    found = []
    for match in re.finditer(r"^ +(-[-\w]+(?:, -[-\w]+)*)(?: (?! )(\S+))?", text, re.MULTILINE):
        names = match.group(1).split(", ")
        found += [(name, match.group(2)) for name in names]
    if len(found) < 50:
        raise SystemExit(f"random_command_lines.py: prun --help names only {len(found)} options")
    return found


def sensible_line_of(options, rng):
    """Most words fit, so that prun has something to do."""
    called = rng.choice([[rng.choice(CALLED[:4])], *COMMANDS[:5]])
    words = [rng.choice(MODES[:6]), *called]
    if rng.random() < 0.9:
        words += [rng.choice(GOOD_INPUTS) for _ in range(rng.choice([1, 1, 2]))]
    for _ in range(rng.choice([0, 1, 2, 3])):
        name, value = rng.choice(options)
        words += [name] if value is None else [name, rng.choice(FITTING.get(value, VALUES))]
    return words


def line_of(options, rng):
    if rng.random() < 0.6:
        return sensible_line_of(options, rng)
    words = [rng.choice(MODES if rng.random() < 0.9 else OTHERS)] if rng.random() < 0.97 else []
    words += [rng.choice(CALLED)] if rng.random() < 0.6 else rng.choice(COMMANDS)
    for _ in range(rng.choice([0, 1, 1, 2, 3, 5])):
        name, value = rng.choice(options)
        words.append(name)
        if value is not None and rng.random() < 0.95:
            words.append(rng.choice(VALUES))
    for _ in range(rng.choice([0, 1, 1, 2, 4])):
        words.insert(rng.randint(min(2, len(words)), len(words)), rng.choice(INPUTS))
    if rng.random() < 0.1:
        rng.shuffle(words)
    return words


def wrong_with(prun, words, text, folder):
    """@return what is wrong, or None; and the exit status"""
    (folder / "in.txt").write_bytes(b"1\n2\n")
    (folder / "tasks.jsonl").write_bytes(b'["fib", 8]\n')
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(text)
        given.seek(0)
        run = subprocess.Popen([prun, *words], stdin=given, stdout=out, stderr=err, cwd=folder, start_new_session=True,
                               env={**os.environ, "MAKEFLAGS": "", "TMPDIR": str(folder)})
        try:
            status = run.wait(RUN_SECONDS)
        except subprocess.TimeoutExpired:
            run.terminate()
            try:
                status = run.wait(END_SECONDS)
                status = 143 if status == -signal.SIGTERM else status  # before it listens, such as to a program of --serve
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
                run.wait()
                return "does not end, though asked to by SIGTERM", None
        err.seek(0)
        message = err.read()
    if REPORT.search(message):
        return message.decode(errors="replace")[:6000], status
    if status not in STATUSES:
        return f"status {status}: {message.decode(errors='replace')[:2000]}", status
    if status in (2, 3) and not message:
        return f"status {status}, and no message", status
    return None, status


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prun")
    parser.add_argument("--lines", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no other line after so many seconds")
    parser.add_argument("--seed", type=int, default=time.time_ns())
    parser.add_argument("--keep-going", action="store_true", help="report all that is wrong, not only the first")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    prun = str(pathlib.Path(arguments.prun).resolve())
    rng, options = random.Random(arguments.seed), options_of(prun)
    statuses, wrongs, started = collections.Counter(), 0, time.monotonic()
    while sum(statuses.values()) < arguments.lines and time.monotonic() - started < arguments.seconds:
        words, text = line_of(options, rng), rng.choice(INPUT_TEXTS)
        with tempfile.TemporaryDirectory(prefix="prun-lines-") as folder:
            wrong, status = wrong_with(prun, words, text, pathlib.Path(folder))
        statuses[status] += 1
        if wrong:
            wrongs += 1
            print(f"random_command_lines.py: seed {arguments.seed}: prun {shlex.join(words)}\nstandard input {text!r}\n{wrong}",
                  file=sys.stderr, flush=True)
            if not arguments.keep_going:
                sys.exit(1)
    counts = ", ".join(f"{count} with status {status}" for status, count in sorted(statuses.items(), key=str))
    print(f"{sum(statuses.values())} command lines, {time.monotonic() - started:.0f} s: {counts}; {wrongs} wrong")
    sys.exit(1 if wrongs else 0)


if __name__ == "__main__":
    main()
