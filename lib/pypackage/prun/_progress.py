"""The progress of the maps of this process: drawn on a terminal, shown in a notebook, or passed to a callable.

One thread serves all maps. It sleeps until the engine writes a byte to its pipe because a count has changed. It reports changes at
most ten times a second. A bar on a terminal is also drawn once a second, because it shows the time.
"""

import os
import select
import sys
import threading
import time

from . import _engine
from ._progress_text import notebook_html, text_of

_PAUSE = 0.1  # seconds between two frames
_TICK = 1.0  # a bar on a terminal shows the seconds


class Progress:
    """The progress of a map. A callable that is given as `progress` is called with this object.

    done     calls that have ended, with a result or an exception
    failed   calls of these that raised, or that lost their worker
    total    calls of the whole map; None while its input is being read and has no length
    elapsed  seconds since the map was started
    """

    __slots__ = ("name", "done", "failed", "total", "elapsed")

    def __init__(self, name, done, failed, total, elapsed):
        self.name = name
        self.done = done
        self.failed = failed
        self.total = total
        self.elapsed = elapsed

    def __repr__(self):
        return f"Progress(done={self.done}, failed={self.failed}, total={self.total}, elapsed={self.elapsed:.3f})"

    def __str__(self):
        return text_of(self)


class _Meter:
    """One map. `sink` has show(progress), and close(last progress)."""

    def __init__(self, capsule, name, total, sink):
        self._capsule = capsule
        self._name = name
        self._total = total
        self._sink = sink
        self._begun = time.monotonic()
        self._told = None
        self._lock = threading.RLock()  # a callable may end the pool, and thereby the map
        self.ticks = sink.ticks

    def update(self, ticked=False):
        """Reports changes. Returns False when nothing more can change."""
        with self._lock:
            if self._sink is None:
                return False
            *counts, ended = _engine.stream_counts(self._capsule)
            if ended:
                self._close(counts)
            elif ticked or counts != self._told:
                self._told = counts
                self._sink.show(self._progress(counts))
            return not ended

    def close(self):
        """Called when the map has ended, or when no more results can be taken."""
        with self._lock:
            if self._sink is not None:
                self._close(_engine.stream_counts(self._capsule)[:3])
                _watch.wake()

    def forget(self):
        self._sink = None

    def _close(self, counts):
        sink, self._sink = self._sink, None
        sink.close(self._progress(counts))
        self._capsule = None

    def _progress(self, counts):
        done, failed, total = counts
        if self._total is not None:
            total = self._total
        return Progress(self._name, done, failed, total, time.monotonic() - self._begun)


class _Watch:
    """The thread, and the pipe that wakes it. It ends when no map is left."""

    def __init__(self):
        self._lock = threading.Lock()
        self._meters = []
        self._thread = None
        self._pipe = None

    def add(self, meter, capsule):
        with self._lock:
            if self._pipe is None:
                self._pipe = os.pipe()  # for as long as the process: the engine writes to it
                for fd in self._pipe:
                    os.set_blocking(fd, False)
            self._meters.append(meter)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="prun-progress")
                self._thread.start()
        _engine.stream_tell_changes(capsule, self._pipe[1])
        self.wake()

    def wake(self):
        try:
            os.write(self._pipe[1], b"\0")
        except BlockingIOError:
            pass

    def _run(self):
        poll = select.poll()
        poll.register(self._pipe[0], select.POLLIN)
        while True:
            with self._lock:
                meters = list(self._meters)
                if not meters:
                    self._thread = None
                    return
            ticks = any(meter.ticks for meter in meters)
            ready = poll.poll(_TICK * 1000 if ticks else None)
            if ready:
                os.read(self._pipe[0], 4096)
            gone = [meter for meter in meters if not meter.update(not ready and meter.ticks)]
            with self._lock:
                self._meters = [meter for meter in self._meters if meter not in gone]
            if not gone:
                time.sleep(_PAUSE)

    def forget(self):
        """Called in a forked child: the maps, the thread and the pipe belong to the parent."""
        for meter in self._meters:
            meter.forget()
        if self._pipe is not None:
            for fd in self._pipe:
                os.close(fd)
        self.__init__()


class _Screen:
    """The bars of all maps at the end of the terminal, one line each. The cursor stays at the start of the first line."""

    def __init__(self):
        self._lock = threading.RLock()
        self._lines = {}  # bar -> text
        self._drawn = False

    def show(self, bar, text):
        with self._lock:
            self._lines[bar] = text
            self._draw()

    def remove(self, bar):
        with self._lock:
            if self._lines.pop(bar, None) is not None:
                self._draw()

    def _draw(self):
        if not self._lines and not self._drawn:
            return
        try:
            fd = sys.stderr.fileno()
            if os.tcgetpgrp(fd) != os.getpgrp():  # another job has the terminal
                return
            width = os.get_terminal_size(fd).columns or 80
            sys.stderr.flush()
            lines = [text(width - 1) for text in self._lines.values()]
            up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
            frame = "\r" + "\x1b[K\r\n".join(lines) + "\x1b[J" + up + "\r"
            os.write(fd, frame.encode(sys.stderr.encoding or "ascii", "replace"))
            self._drawn = bool(lines)
        except (OSError, ValueError, AttributeError):  # the terminal is gone, or standard error was closed
            pass


class _Bar:
    """A line of the screen."""

    ticks = True

    def show(self, progress):
        _screen.show(self, lambda width: text_of(progress, width, _draws_blocks()))

    def close(self, progress):
        _screen.remove(self)


class _Cell:
    """A line in a notebook, which keeps the last state."""

    ticks = False

    def __init__(self):
        self._handle = None

    def show(self, progress):
        data = {"text/plain": text_of(progress), "text/html": notebook_html(progress)}
        if self._handle is None:
            from IPython.display import display
            self._handle = display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)

    close = show


class _Told:
    """A callable of the program. One that raises is not called again."""

    ticks = False

    def __init__(self, callback):
        self._callback = callback

    def show(self, progress):
        if self._callback is None:
            return
        try:
            self._callback(progress)
        except Exception:
            self._callback = None
            sys.excepthook(*sys.exc_info())

    close = show


_watch = _Watch()
_screen = _Screen()


def _after_fork():
    global _screen
    _watch.forget()
    _screen = _Screen()


os.register_at_fork(after_in_child=_after_fork)


def _draws_blocks():
    return (sys.stderr.encoding or "").lower().replace("-", "") == "utf8"


def _in_notebook():
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return hasattr(shell, "kernel")


def _sink_of(progress):
    if callable(progress):
        return _Told(progress)
    if _in_notebook():
        return _Cell()
    try:
        return _Bar() if sys.stderr.isatty() else None
    except (AttributeError, ValueError):  # there is no standard error
        return None


def meter_of(capsule, function, total, progress):
    """Shows the progress of the map until the meter is closed. Returns None if nothing can show it.

    total: the number of calls; None: unknown until the input has been read
    """
    sink = _sink_of(progress)
    if sink is None:
        return None
    meter = _Meter(capsule, getattr(function, "__name__", type(function).__name__), total, sink)
    _watch.add(meter, capsule)
    return meter
