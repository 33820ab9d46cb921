#!/usr/bin/env python3
"""Has system calls of prun fail, one in each run (strace -e inject), and looks at what a user would see.

    python3 system_call_faults.py PRUN [--runs 80] [--seed 1]

A run is drawn from all combinations of a command line, a system call, an error, which of its calls fails (or from which on), and
whether only prun itself is hit or all that it starts, too. Checked:

  - it ends, and nothing that it started is left behind;
  - with exit status 0 its output is exact and whole;
  - with another status it says why on standard error, and no signal has ended it.

Where ptrace(2) is not allowed nothing is checked: exit status 77, which ctest counts as skipped. Exit status 1, with the command,
where a run goes wrong.
"""
import argparse
import collections
import itertools
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from reaper import Reaper, describe, descendants_of  # noqa: E402

SKIPPED = 77
USUAL_RUN = 1
LONGEST_RUN = 20
LONGEST_DYING = 5

NUMBERS = "".join(f"{n}\n" for n in range(1, 5))
WIDE = "".join(f"{n:0300000d}\n" for n in range(1, 4))
FIB = "1\n2\n3\n5\n8\n13\n21\n34\n"

# The commands are of the shell itself, whose writes that fail are failures: a command's own success says that all is written.
WORK = {
    "script": (["imap", "-j2", "--sh", "echo {}", "1..4"], NUMBERS),
    "wide output": (["imap", "-j2", "--sh", r"printf '%0300000d\n' {}", "1..3"], WIDE),
    "late wide output": (["imap", "-j2", "--sh", r"[ {} != 1 ] || sleep 0.1; printf '%0300000d\n' {}", "1..3"], WIDE),
    "program": (["imap", "-j2", "--cmd", "echo {}", "1..4"], NUMBERS),
    "function": (["map", "fib", "1..8", "-j2", "--format", "{result}"], FIB),
    "chunks": (["imap", "fib", "1..8", "-j2", "--chunksize", "3", "--format", "{result}"], FIB),
    "threads": (["imap", "-j2", "--threads", "--sh", "echo {}", "1..4"], NUMBERS),
    "tag": (["imap", "-j1", "--tag", "--sh", r"printf '%0300000d\n' {}", "1..3"],
            "".join(f"{n}\t{line}\n" for n, line in enumerate(WIDE.splitlines(), 1))),
    "line buffer": (["imap", "-j1", "--line-buffer", "--sh", "echo {}", "1..4"], NUMBERS),
    "ungroup": (["imap", "-j1", "--ungroup", "--sh", "echo {}", "1..4"], NUMBERS),
    "limits": (["imap", "-j2", "--timeout", "20s", "--cpu-limit", "20s", "--sh", "echo {}", "1..4"], NUMBERS),
    "retries": (["imap", "-j2", "--retries", "3", "--retry-on", "all", "--retry-delay", "1ms", "--sh", "echo {}", "1..4"], NUMBERS),
    "file": (["imap", "-j2", "-a", "{folder}/inputs", "--sh", "echo {}"], NUMBERS),
    "pipe": (["imap", "-j1", "--pipe", "-a", "{folder}/inputs", "--cmd", "cat"], NUMBERS),
    "results": (["imap", "-j2", "--results", "{folder}/results", "--sh", "echo {}", "1..4"], NUMBERS),
    "journal": (["imap", "-j2", "--journal", "{folder}/run.db", "--sh", "echo {}", "1..4"], NUMBERS),
    "json": (["imap", "-j2", "--output", "raw", "--tasks", "{folder}/tasks"], NUMBERS),
}

# A call that fails is not made. So close(2) is not among them: it would leave a descriptor open, as no system does.
FAULTS = {
    "read": ["EINTR", "EIO", "EAGAIN"],
    "write": ["EINTR", "EIO", "ENOSPC", "EAGAIN"],
    "pread64": ["EINTR", "EIO"],
    "openat": ["EMFILE", "ENOMEM", "EINTR", "EACCES"],
    "mmap": ["ENOMEM"],
    "mremap": ["ENOMEM"],
    "memfd_create": ["ENOSYS", "EMFILE", "ENOMEM"],
    "ftruncate": ["ENOSPC", "EINTR"],
    "clone": ["EAGAIN", "ENOMEM"],
    "clone3": ["EAGAIN", "ENOSYS"],
    "vfork": ["EAGAIN", "ENOMEM"],
    "execve": ["ENOMEM", "EAGAIN"],
    "wait4": ["EINTR", "ECHILD"],
    "waitid": ["EINTR", "ECHILD"],
    "pidfd_open": ["ENOSYS", "EMFILE", "ENOMEM"],
    "pipe2": ["EMFILE", "ENFILE"],
    "dup2": ["EINTR", "EBUSY"],
    "fcntl": ["EMFILE", "EINVAL"],
    "poll": ["EINTR", "ENOMEM", "EAGAIN"],
    "ppoll": ["EINTR", "ENOMEM", "EAGAIN"],
    "socketpair": ["EMFILE", "ENOMEM"],
    "sendto": ["EINTR", "ENOBUFS", "EAGAIN"],
    "recvfrom": ["EINTR", "ENOMEM"],
    "sendmsg": ["EINTR", "ENOMEM"],
    "recvmsg": ["EINTR", "ENOMEM"],
    "eventfd2": ["EMFILE", "ENOMEM"],
    "signalfd4": ["EMFILE", "ENOMEM"],
    "prctl": ["EINVAL", "EPERM"],
    "setpgid": ["EPERM", "EACCES"],
    "setsid": ["EPERM"],
    "prlimit64": ["EPERM"],
    "lseek": ["ESPIPE"],
    "newfstatat": ["EACCES", "ENOMEM"],
    "fadvise64": ["EINVAL"],
    "fsync": ["EIO", "EINTR"],
    "fdatasync": ["EIO", "ENOSPC"],
}
# Only these stay so: what is interrupted once is not interrupted for ever.
LASTING = {"EIO", "ENOSPC", "EMFILE", "ENFILE", "ENOMEM", "ENOSYS", "EPERM", "EACCES", "EINVAL"}
PASSING = {"poll", "ppoll"}  # of so few descriptors none allocates anything
UNORDERED = {"line buffer", "ungroup"}  # a command that could not start at once comes later
LAST_CALL = 12
LOST_MESSAGE = r"write\(2, .*INJECTED"
# To add one to an eventfd fails with EINTR at most.
FAILS = r"\) += -1 (?!EINTR).*INJECTED"
IMPOSSIBLE = (r'write\(\d+, "\\1\\0\\0\\0\\0\\0\\0\\0", 8'
              rf"({FAILS}| <unfinished \.\.\.>\n(.*\n)*?.*write resumed>{FAILS})")


class Trial:
    """A run of one piece of work under strace, in a folder of its own."""

    def __init__(self, reaper, prun, work, options):
        words, expected = WORK[work]
        self.as_told = sorted if work in UNORDERED else list
        self.expected = self.as_told(expected.encode().splitlines(keepends=True))
        self.folder = tempfile.TemporaryDirectory(prefix="prun-faults-")
        folder = pathlib.Path(self.folder.name)
        (folder / "inputs").write_text(NUMBERS)
        (folder / "tasks").write_text("".join(f'{{"sh": "echo {n}"}}\n' for n in range(1, 5)))
        self.log = folder / "log"
        self.words = ["strace", "-qq", "-o", str(self.log), *options, prun, *(word.replace("{folder}", str(folder)) for word in words)]
        self.run = reaper.start(self.words, {"TMPDIR": str(folder), "MAKEFLAGS": ""})
        self.ended = self.run.wait(USUAL_RUN) or (self.possible() and self.run.wait(LONGEST_RUN))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run.end_all()
        self.folder.cleanup()

    def text(self):
        return " ".join(self.words)

    def calls(self):
        if not self.log.exists():
            raise SystemExit(f"{self.text()}\nstrace has written nothing, status {self.run.status()}: {self.run.outputs()}")
        return self.log.read_text(errors="replace")

    def possible(self):
        return not re.search(IMPOSSIBLE, self.calls())

    def wrong(self):
        """What a user would complain of; None where all is in order."""
        if not self.possible():
            return None
        if not self.ended:
            return "hangs:\n" + "\n".join(describe(pid) for pid in [self.run.pid, *descendants_of(self.run.pid)])
        left = self.run.left_after(LONGEST_DYING)
        if left:
            return "left behind:\n" + "\n".join(describe(pid) for pid in left)
        status, (out, err) = self.run.status(), self.run.outputs()
        if status < 0:
            return f"ended by signal {-status}: {err.decode(errors='replace')[:500]}"
        if status == 0 and self.as_told(out.splitlines(keepends=True)) != self.expected:
            return f"status 0, and {len(out)} bytes of output that is not right: {out[:200]!r}, {err[:500]!r}"
        if status != 0 and not err and not re.search(LOST_MESSAGE, self.calls()):
            return f"status {status}, and no message"
        return None


def calls_of(reaper, prun, work):
    """How often each call is made in a run in which none fails: by prun itself, and by the process that makes most of them."""
    with Trial(reaper, prun, work, ["-f", "-e", f"trace={','.join(FAULTS)}"]) as trial:
        if wrong := trial.wrong():
            raise SystemExit(f"{trial.text()}, where no call fails:\n{wrong}")
        lines = [line.split(None, 1) for line in trial.calls().splitlines()]
    counted = collections.Counter((pid, call.partition("(")[0]) for pid, call in lines if "(" in call)
    own = collections.Counter({call: times for (pid, call), times in counted.items() if pid == lines[0][0]})
    most = collections.Counter()
    for (_, call), times in counted.items():
        most[call] = max(most[call], times)
    return {False: own, True: most}


def all_faults(reaper, prun):
    found = []
    for work in WORK:
        made = calls_of(reaper, prun, work)
        for (call, errors), follow in itertools.product(FAULTS.items(), (False, True)):
            first = 2 if call == "mmap" else 1  # the dynamic loader does not look whether its own first one fails
            for error, when in itertools.product(errors, range(first, min(made[follow][call], LAST_CALL) + 1)):
                found.append((work, call, error, str(when), follow))
                if error in LASTING and call not in PASSING:
                    found.append((work, call, error, f"{when}+", follow))
    return found


def play(reaper, prun, fault):
    """@return whether the call failed at all, and what is wrong"""
    work, call, error, when, follow = fault
    options = [*(["-f"] if follow else []), "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}"]
    with Trial(reaper, prun, work, options) as trial:
        wrong = trial.wrong()
        return "INJECTED" in trial.calls(), wrong and f"{trial.text()}\n{wrong}"


def can_trace():
    if shutil.which("strace") is None:
        return False
    probe = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=getppid", "-e", "inject=getppid:error=EPERM", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prun")
    parser.add_argument("--runs", type=int, default=80, help="in which a call fails")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep-going", action="store_true", help="report all that is wrong, not only the first")
    arguments = parser.parse_args()
    if not can_trace():
        print("SKIPPED: strace(1) is missing, or ptrace(2) is not allowed here: no system call can be made to fail")
        sys.exit(SKIPPED)
    print(f"seed {arguments.seed}", flush=True)
    prun = str(pathlib.Path(arguments.prun).resolve())
    reaper, hits, wrongs, started = Reaper(), collections.Counter(), 0, time.monotonic()
    faults = all_faults(reaper, prun)
    random.Random(arguments.seed).shuffle(faults)
    for fault in faults:
        if sum(hits.values()) >= arguments.runs:
            break
        hit, wrong = play(reaper, prun, fault)
        hits[fault[1]] += hit
        if wrong:
            wrongs += 1
            print(f"system_call_faults.py: {wrong}", file=sys.stderr, flush=True)
            if not arguments.keep_going:
                sys.exit(1)
    print(f"{sum(hits.values())} of {len(faults)} faults, {time.monotonic() - started:.0f} s, of "
          f"{len([call for call in hits if hits[call]])} system calls: {wrongs} wrong")
    sys.exit(1 if wrongs else 0)


if __name__ == "__main__":
    main()
