"""Writes the tasks and outcomes of a journal in a separate thread: in one synced transaction, 40 ms after the first of them."""

import os
import pickle
import select
import threading
import time

from . import _engine
from ._journal_values import column_of, column_of_result, of_pickle

_GATHERING = 0.04  # seconds
_MOST_TASKS = 4096  # tasks that may wait; a thread that makes more calls waits for the writer

_ADD_TASK = "INSERT INTO tasks (task, count, function, args, kwargs, defect, first, step) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_ATTEMPT = ("INSERT INTO attempts (task, run, attempt, final, ending, started, duration, worker, user, system, max_rss, "
                "minor_faults, major_faults, value, type, message, signal, exit_status, pid, traceback) "
                "VALUES (" + ", ".join("?" * 20) + ")")
_ADD_PIECE = "INSERT INTO pieces VALUES (?, ?, ?, ?, ?, ?)"


class Recorder:
    def __init__(self, file, run):
        self._file = file
        self._run = run
        self._functions = {}
        self._lock = threading.Condition()
        self._tasks = []  # that are to be written
        self._failures = []  # of calls that could not be sent
        self._writing = False
        self._ending = False
        self.error = None  # the reason why nothing more is written
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._loop, daemon=True, name="prun-journal")
        self._pipe = os.pipe()
        try:
            for fd in self._pipe:
                os.set_blocking(fd, False)
            self.recordings = _engine.recordings_new(self._pipe[1])
            self._thread.start()
        except BaseException:
            self.close()
            raise

    def add_tasks(self, rows):
        """Adds rows of the table tasks, with the name of the function. Returns when there is room for them."""
        with self._lock:
            self._check()
            first = not self._tasks
            self._tasks += rows
            if first:
                self._wake()
            if len(self._tasks) > _MOST_TASKS:
                self._hurry.set()
                while len(self._tasks) > _MOST_TASKS and self.error is None:
                    self._lock.wait()
                self._check()

    def add_failure(self, place, error):
        """Adds a failure of a call that was not made because an argument cannot be pickled."""
        message = str(error).encode("utf-8", "replace").decode()
        with self._lock:
            self._failures.append([place, 1, True, "exception", None, None, None, None, None, None, None, None,
                                   type(error).__name__, message, None, None, None, None])
            self._wake()

    def _check(self):
        if self.error is not None:
            raise self.error

    def _wake(self):
        try:
            os.write(self._pipe[1], b"\0")
        except BlockingIOError:
            pass

    def finish(self):
        """Writes the rest. Add nothing after this call."""
        with self._lock:
            self._ending = True
            self._hurry.set()
            self._wake()
        self._thread.join()
        _engine.recordings_close(self.recordings)

    def close(self):
        for fd in self._pipe:
            os.close(fd)

    def _loop(self):
        poll = select.poll()
        poll.register(self._pipe[0], select.POLLIN)
        while True:
            poll.poll()
            try:
                os.read(self._pipe[0], 4096)
            except BlockingIOError:
                pass
            self._hurry.wait(_GATHERING)
            with self._lock:
                ending = self._ending
                if not ending:
                    self._hurry.clear()
            try:
                self._write()
            except BaseException as error:
                self._fail(error)
            if ending:
                return

    def _fail(self, error):
        from ._errors import JournalError
        if not isinstance(error, JournalError):
            error = JournalError(f"the journal {self._file.path} cannot be written: {error}; calls that ended since then are "
                                 "not in it")
        with self._lock:
            self.error = self.error or error
            self._tasks.clear()
            self._lock.notify_all()

    def _write(self):
        records = _engine.recordings_take(self.recordings)
        with self._lock:  # after the records: the task of each has been added before
            tasks, self._tasks = self._tasks, []
            records += self._failures
            self._failures = []
            self._lock.notify_all()
        if self.error is not None or not (tasks or records):
            return
        writer = self._file.writer
        to_system = time.time_ns() - time.monotonic_ns()
        writer.execute("BEGIN IMMEDIATE")
        try:
            pieces = []
            writer.executemany(_ADD_TASK, [self._task_row(row, pieces) for row in tasks])
            writer.executemany(_ADD_ATTEMPT, [self._attempt_row(record, to_system, pieces) for record in records])
            writer.executemany(_ADD_PIECE, pieces)
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            raise
        displaced = self._file.displaced()
        if displaced is not None:
            from ._errors import JournalError
            raise JournalError(f"{displaced}; what was recorded since then is not in it")

    def _function(self, name):
        known = self._functions.get(name)
        if known is None:
            writer = self._file.writer
            writer.execute("INSERT OR IGNORE INTO functions (name) VALUES (?)", (name,))
            known, = writer.execute("SELECT function FROM functions WHERE name = ?", (name,)).fetchone()
            self._functions[name] = known
        return known

    def _task_row(self, row, pieces):
        place, count, name, args, kwargs, defect, first, step = row
        if args is not None:
            args = self._stored(place, 0, 0, "args", column_of(args), pieces)
        if kwargs is not None:
            kwargs = self._stored(place, 0, 0, "kwargs", column_of(kwargs), pieces)
        return place, count, self._function(name), args, kwargs, defect, first, step

    def _stored(self, place, run, attempt, what, column, pieces):
        in_row, parts = column
        pieces += [(place, run, attempt, what, number, part) for number, part in enumerate(parts)]
        return in_row

    def _attempt_row(self, record, to_system, pieces):
        place, attempt, final, ending, started, *numbers = record[:12]
        if started is not None:
            started += to_system
        head = [place, self._run, attempt, final, ending, started, *numbers]
        if ending != "value":
            kind, message, signal, exit_status, pid, detail = record[12:]
            return head + [None, kind, message, signal, exit_status, pid, _traceback_of(detail)]
        value, pickled = record[12:]
        column = column_of_result(value) if pickled is None else column_of(of_pickle(pickled))
        return head + [self._stored(place, self._run, attempt, "value", column, pieces)] + [None] * 6


def _traceback_of(detail):
    """Returns the worker's traceback, which _pickling.describe has put before the exception."""
    try:
        return detail and pickle.loads(detail)
    except Exception:
        return None
