"""The journal of a pool. Each call has a place in it. A call that is recorded from an earlier run returns the recorded value.

The n-th call of a program has place n. A map has a place for each item. The call that is recorded at a place must be a call of the
same function with equal arguments. This file knows neither workers nor SQL.
"""

import json
import os
import socket
import sys
import threading
import time

from . import _start
from ._errors import JournalError
from ._journal_calls import Call, call_text, named
from ._journal_file import JournalFile
from ._journal_recorder import Recorder
from ._journal_values import same_form, value_of
from ._maker import Maker

_open_journals = set()


def _close_all():
    for journal in list(_open_journals):
        try:
            journal.close(ending_of(getattr(sys, "last_value", None)))
        except JournalError as error:
            print(f"prun: {error}", file=sys.stderr)


_start.ends.append(_close_all)


def _text(name):
    """A file name may contain bytes that are not text."""
    return name.encode("utf-8", "replace").decode()


def _boot_time():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Journal:
    def __init__(self, path, workers):
        from . import __version__
        self._file = JournalFile(path)
        self._begun = _boot_time()
        self._lock = threading.Lock()
        self._next = 0
        self._reading = None  # the map that has no length and whose input is being read
        self._ended = False
        try:
            self._run = self._begin(workers, __version__)
            self._recorder = Recorder(self._file, self._run)
        except BaseException:
            self._file.close()
            raise
        _open_journals.add(self)

    def _begin(self, workers, version):
        file = self._file
        run = file.one("SELECT coalesce(max(run), 0) + 1 FROM runs")
        command = [sys.executable, *(sys.orig_argv[1:] if hasattr(sys, "orig_argv") else sys.argv)]
        try:
            file.writer.execute(
                "INSERT INTO runs (run, started, goes_on, mode, workers, command, directory, environment, settings, input, "
                "version, host, pid) VALUES (?, ?, ?, 'python', ?, ?, ?, '{}', '{}', 'command line', ?, ?, ?)",
                (run, time.time_ns(), "no" if run == 1 else "resume-failed", workers,
                 json.dumps([_text(word) for word in command], ensure_ascii=False),
                 _text(os.getcwd()), version, socket.gethostname(), os.getpid()))
        except file.sqlite3.Error as error:
            raise file.error(str(error)) from error
        return run

    @property
    def recordings(self):
        return self._recorder.recordings

    # Calls.

    def call(self, function, args, kwargs):
        """Returns (place, True if its value is recorded, value)."""
        name, first, keywords = named(function)
        call = Call(name, first + tuple(args), {**keywords, **kwargs} if kwargs else keywords)
        with self._lock:
            place = self._reserve(1)
            self._enter(place, [call])
        return (place, *self._recorded(place))

    def cannot_send(self, place, error):
        with self._lock:
            if not self._ended:
                self._recorder.add_failure(place, error)

    def calls(self, function, items, unpacked):
        """Returns the first place of a map whose items are all available."""
        name, first, keywords = named(function)
        with self._lock:
            start = self._reserve(len(items))
            if not self._enter_range(start, name, first, keywords, items, unpacked):
                chunk = []
                for place, item in enumerate(items, start):
                    chunk.append(Call(name, first + (tuple(item) if unpacked else (item,)), keywords))
                    if len(chunk) == 256:
                        self._enter(place + 1 - len(chunk), chunk)
                        chunk = []
                self._enter(start + len(items) - len(chunk), chunk)
        return start

    def lazy_calls(self, function, iterator, unpacked):
        """Returns (first place, with_values() of it) for a map whose items are read one by one. No other call can have a place
        until the last item is read."""
        name, first, keywords = named(function)
        with self._lock:
            start = self._reserve(0)
            self._reading = name
        return start, self.with_values(start, self._entered(name, first, keywords, iterator, unpacked, start))

    def _entered(self, name, first, keywords, iterator, unpacked, place):
        for item in iterator:
            if unpacked:
                item = tuple(item)
            with self._lock:
                self._check_open()
                self._enter(place, [Call(name, first + (item if unpacked else (item,)), keywords)])
                place += 1
                self._next = place
            yield item
        with self._lock:
            self._reading = None

    def with_values(self, place, items):
        """Returns an iterator over the items for a recorded stream."""
        for item in items:
            is_recorded, value = self._recorded(place)
            yield (value, True) if is_recorded else (item, False)
            place += 1

    def _check_open(self):
        if self._ended:
            raise JournalError(f"the journal {self._file.path} is closed: its pool has ended")

    def _reserve(self, count):
        self._check_open()
        if self._reading is not None:
            raise JournalError(
                f"the journal {self._file.path} cannot tell the place of this call: the input of a map of {self._reading} has no "
                "length and was not read to its end. Give that map a list, or take all of its results first")
        place = self._next
        self._next += count
        return place

    def _enter(self, place, calls):
        """Compares calls with the recorded ones, and records the new ones."""
        rows = []
        for place, call in enumerate(calls, place):
            if place < self._file.known:
                self._compare(place, call)
            else:
                rows.append((place, 1, call.name, call.args, call.kwargs, call.defect, None, None))
        if rows:
            self._recorder.add_tasks(rows)

    def _enter_range(self, start, name, first, keywords, items, unpacked):
        """Records a range of new numbers as one row."""
        if type(items) is not range or unpacked or first or keywords or not items or start < self._file.known \
                or not -1 << 63 <= min(items[0], items[-1]) <= max(items[0], items[-1]) < 1 << 63:
            return False
        self._recorder.add_tasks([(start, len(items), name, None, None, None, items.start, items.step)])
        return True

    def _compare(self, place, call):
        name, args, kwargs, defect = self._file.task(place)
        if name == call.name and (defect or call.defect):
            return
        if name != call.name or not same_form(args, call.args) or set(kwargs or ()) != set(call.kwargs or ()) \
                or not all(same_form(kwargs[key], value) for key, value in (call.kwargs or {}).items()):
            raise JournalError(f"the journal {self._file.path} is of other calls: its call {place} is "
                               f"{call_text(name, args, kwargs)}, this program's is {call}. Use another journal, or delete this one")

    def _recorded(self, place):
        if place >= self._file.known:
            return False, None
        form = self._file.value(place)
        if form is None:
            return False, None
        try:
            return True, value_of(form[0])
        except Exception as error:
            raise JournalError(f"the journal {self._file.path}: the value of call {place} cannot be unpickled: "
                               f"{type(error).__name__}: {error}") from error

    # The end.

    def close(self, ending):
        """Writes the rest. @raises JournalError if something could not be written"""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        _open_journals.discard(self)
        self._recorder.finish()
        error = self._recorder.error
        try:
            if error is None:
                self._end(ending)
        finally:
            self._recorder.close()
            self._file.close()
        if error is not None:
            raise error

    def _end(self, ending):
        duration = int((_boot_time() - self._begun) * 1e9)
        tasks = self._next if self._reading is None and self._next >= self._file.known and ending == "done" else None
        try:
            self._file.writer.execute("UPDATE runs SET ended = started + ?, ending = ?, tasks = ? WHERE run = ?",
                                      (duration, ending, tasks, self._run))
        except self._file.sqlite3.Error as error:
            raise self._file.error(str(error)) from error

    def forget(self):
        """Called in a forked child: the journal, its lock and its thread belong to the parent."""
        self._ended = True
        self._lock = threading.Lock()  # another thread may have held it during the fork


_of_parents = []  # nothing of a journal's may be closed in a child


def _after_fork():
    for journal in _open_journals:
        journal.forget()
        _of_parents.append(journal)
    _open_journals.clear()


os.register_at_fork(after_in_child=_after_fork)


class Journals:
    """The journals of a pool, by file. Calls of views with the same journal continue in it."""

    def __init__(self, workers):
        self._workers = workers
        self._journals = {}
        self._lock = threading.Lock()
        self._maker = Maker()

    def at(self, path):
        if path is None:
            return None
        key = os.path.realpath(os.fspath(path))
        with self._lock:
            journal = self._journals.get(key)
            if journal is None:
                journal = self._journals[key] = Journal(path, self._workers)
        return journal

    def close(self, ending):
        if not self._maker.is_here():  # in a forked child: another thread of the parent may have held the lock during the fork
            return
        with self._lock:
            journals = list(self._journals.values())
        errors = []
        for journal in journals:
            try:
                journal.close(ending)
            except JournalError as error:
                errors.append(error)
        if errors:
            raise errors[0]


def ending_of(exception):
    """Returns how a run ended if that exception, or None, ended the with statement of its pool."""
    if exception is None:
        return "done"
    if isinstance(exception, KeyboardInterrupt):
        return "interrupted by SIGINT"
    return _text(f"failed: {type(exception).__name__}: {exception}")
