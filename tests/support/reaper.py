"""Starts commands below a child subreaper that reaps at once, as systemd does, and finds what outlives them.

An init that does not reap at once hides orphans: the zombie of a killed process keeps its process group in being for whoever
kills that group later. It knows nothing of prun; what a command started is known by a variable in its environment.
"""
import ctypes
import os
import signal
import tempfile
import threading
import time
import uuid

PR_SET_CHILD_SUBREAPER = 36
VARIABLE = "REAPER_TAG"


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def descendants_of(pid):
    found = []
    for child in children_of(pid):
        found += [child, *descendants_of(child)]
    return found


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def is_running(pid):
    """False of a zombie, too."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def describe(pid):
    def content(name):
        try:
            with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
                return file.read().replace("\0", " ").strip()
        except OSError:
            return "?"

    return f"{pid} ({content('cmdline')[:80]}) waits in {content('wchan')}, system call {content('syscall')}"


class Reaper:
    """One a process: it waits for every child, its own and those it adopts, the moment they end."""

    def __init__(self):
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
        self.statuses = {}
        self.news = threading.Condition()
        self.started = threading.Semaphore(0)
        threading.Thread(target=self._reap, daemon=True).start()

    def _reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, 0)
            except ChildProcessError:
                self.started.acquire()  # nothing to wait for until the next start
                continue
            with self.news:
                self.statuses[pid] = os.waitstatus_to_exitcode(status)
                self.news.notify_all()

    def start(self, words, environment=None):
        return Command(self, words, environment or {})


class Command:
    """A command whose outputs go to files; standard input is empty."""

    def __init__(self, reaper, words, environment):
        self.reaper, self.words = reaper, words
        self.tag = uuid.uuid4().hex
        self.files = [tempfile.TemporaryFile(), tempfile.TemporaryFile()]
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
        actions += [(os.POSIX_SPAWN_DUP2, file.fileno(), number) for number, file in enumerate(self.files, 1)]
        with reaper.news:  # what is told of that number until now was told of another process
            self.pid = os.posix_spawnp(words[0], words, {**os.environ, **environment, VARIABLE: self.tag}, file_actions=actions)
            reaper.statuses.pop(self.pid, None)
        reaper.started.release()

    def status(self):
        """As subprocess gives it; None while it runs."""
        with self.reaper.news:
            return self.reaper.statuses.get(self.pid)

    def wait(self, seconds):
        """False: it still runs."""
        with self.reaper.news:
            return self.reaper.news.wait_for(lambda: self.pid in self.reaper.statuses, seconds)

    def outputs(self):
        for file in self.files:
            file.seek(0)
        return tuple(file.read() for file in self.files)

    def left(self):
        """What it has started and still runs, whoever its parent is by now."""
        mark = f"{VARIABLE}={self.tag}".encode()
        found = []
        for word in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{word}/environ", "rb") as file:
                    marked = mark in file.read().split(b"\0")
            except OSError:
                continue
            if marked and is_running(int(word)):
                found.append(int(word))
        return found

    def left_after(self, seconds):
        """The same, once that time has passed, or nothing is left."""
        end = time.monotonic() + seconds
        while (left := self.left()) and time.monotonic() < end:
            time.sleep(0.01)
        return left

    def end_all(self):
        while left := self.left():
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.01)
        for file in self.files:
            file.close()
