"""Opens, locks, checks and reads the file of a journal. lib/journal/SCHEMA.md describes it; journal.sql creates it."""

import os
import re
import threading
from collections import OrderedDict

from . import _engine
from ._errors import JournalError
from ._journal_values import form_of_column

_MAGIC = b"SQLite format 3\0"
_BLOCK = 256  # places that are read at once
_MOST_BLOCKS = 16


def _sqlite3():
    try:
        import sqlite3
    except ImportError as error:
        raise JournalError(f"journal= needs the module sqlite3, which this Python lacks: {error}. Install it "
                           "(Debian: libsqlite3-0; a Python that you build: libsqlite3-dev before the build)") from error
    return sqlite3


def _schema():
    with open(os.path.join(os.path.dirname(__file__), "journal.sql"), encoding="utf-8") as file:
        return file.read()


class JournalFile:
    """The lock and two connections. `writer` belongs to the recorder. Any thread may call the functions that read."""

    def __init__(self, path):
        self.sqlite3 = _sqlite3()
        self.path = os.fspath(path)
        self._lock = None
        self.reader = self.writer = None
        self._reading = threading.Lock()
        self._blocks = OrderedDict()  # number -> (tasks, values)
        try:
            self._open()
            self.known = self.one("SELECT coalesce((SELECT task + count FROM tasks ORDER BY task DESC LIMIT 1), 0)")
        except self.sqlite3.Error as error:
            self.close()
            raise self.error(str(error)) from error
        except BaseException:
            self.close()
            raise

    def error(self, what):
        return JournalError(f"the journal {self.path}: {what}")

    def one(self, sql, *values):
        row = self.reader.execute(sql, values).fetchone()
        return row and row[0]

    def _open(self):
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalError(f"the journal {self.path} cannot be written: {error.strerror}") from error
        self._lock = _engine.journal_lock(fd)  # it has the descriptor now
        if self._lock is None:
            raise JournalError(f"the journal {self.path} is in use: another pool or another prun is using it")
        status = os.fstat(fd)
        self.identity = status.st_dev, status.st_ino
        head = os.pread(fd, len(_MAGIC), 0)
        if head not in (b"", _MAGIC):
            raise JournalError(f"{self.path} is not a prun journal: it is not an SQLite database; use another file")
        self.writer = self._connect()
        self.reader = self._connect()
        schema = _schema()
        if self.one("SELECT count(*) FROM sqlite_master") == 0 and self.one("PRAGMA user_version") == 0:
            self._create(schema)
        self._check(schema)
        for setting in ("synchronous = FULL", "wal_autocheckpoint = 2000", "cache_size = -8192"):
            self.writer.execute(f"PRAGMA {setting}")

    def _connect(self):
        return self.sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)

    def _create(self, schema):
        self.writer.execute("PRAGMA page_size = 8192")
        if self.writer.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise self.error("its file system does not support SQLite's write-ahead log")
        self.writer.execute("PRAGMA synchronous = FULL")
        self.writer.executescript(f"BEGIN;\n{schema}\nCOMMIT;")

    def _check(self, schema):
        form = dict(re.findall(r"PRAGMA (application_id|user_version) = (\d+)", schema))
        version = self.one("PRAGMA user_version")
        if self.one("PRAGMA application_id") != int(form["application_id"]):
            raise JournalError(f"{self.path} is not a prun journal: it is a database of another program; use another file")
        if version != int(form["user_version"]):
            raise JournalError(f"the journal {self.path} is of version {version}, and this prun writes version "
                               f"{form['user_version']}; use the prun version that created it")
        if self.one("PRAGMA quick_check(1)") != "ok":
            raise self.error("it is damaged: " + self.one("PRAGMA quick_check(1)"))

    def displaced(self):
        """Returns a sentence about what has happened to the file, or None."""
        try:
            status = os.stat(self.path)
        except OSError:
            return f"the journal {self.path} was deleted or moved while this program was using it"
        if (status.st_dev, status.st_ino) != self.identity:
            return f"the journal {self.path} was replaced by another file while this program was using it"
        return None

    # Records of earlier runs.

    def task(self, place):
        """Returns (name of the function, form of the arguments, form of the keyword arguments or None, defect or None)."""
        tasks, _ = self._block(place)
        try:
            return tasks[place]
        except KeyError:
            raise self.error(f"it is damaged: task {place} is missing") from None

    def value(self, place):
        """Returns a tuple with the form of the recorded value, or None if the call has no value."""
        return self._block(place)[1].get(place)

    def _block(self, place):
        number = place // _BLOCK
        with self._reading:
            block = self._blocks.get(number)
            if block is None:
                try:
                    block = self._read(number * _BLOCK)
                except self.sqlite3.Error as error:
                    raise self.error(str(error)) from error
                except ValueError as error:
                    raise self.error(f"it is damaged: {error}") from error
                self._blocks[number] = block
                if len(self._blocks) > _MOST_BLOCKS:
                    self._blocks.popitem(last=False)
            else:
                self._blocks.move_to_end(number)
            return block

    def _read(self, first):
        last = min(first + _BLOCK, self.known) - 1
        tasks = {}
        rows = self.reader.execute(
            "SELECT t.task, t.count, f.name, t.args, t.kwargs, t.defect, t.first, t.step FROM tasks AS t "
            "JOIN functions AS f USING (function) "
            "WHERE t.task BETWEEN (SELECT max(task) FROM tasks WHERE task <= ?) AND ?", (first, last)).fetchall()
        for task, count, name, args, kwargs, defect, start, step in rows:
            if start is None:
                kwargs = None if kwargs is None else self._form(kwargs, task, 0, 0, "kwargs")
                tasks[task] = name, self._form(args, task, 0, 0, "args"), kwargs, defect
                continue
            for place in range(max(task, first), min(task + count - 1, last) + 1):
                tasks[place] = name, [start + (place - task) * step], None, None
        values = {}
        for task, run, attempt, value in self.reader.execute(
                "SELECT task, run, attempt, value FROM outcomes WHERE task BETWEEN ? AND ? AND ending = 'value'",
                (first, last)).fetchall():
            values[task] = (self._form(value, task, run, attempt, "value"),)
        return tasks, values

    def _form(self, column, task, run, attempt, what):
        if column != b"":
            return form_of_column(column)
        pieces = self.reader.execute("SELECT bytes FROM pieces WHERE task = ? AND run = ? AND attempt = ? AND what = ? "
                                     "ORDER BY piece", (task, run, attempt, what)).fetchall()
        return form_of_column(b"", b"".join(piece for piece, in pieces))

    def close(self):
        for connection in (self.reader, self.writer):
            if connection is not None:
                connection.close()
        self._lock = None  # after the last connection: closing the descriptor releases the locks of the connections
