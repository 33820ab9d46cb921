"""concurrent.futures.ProcessPoolExecutor on prun's engine."""

import atexit
import os
import sys
import threading
import time
import weakref
from concurrent.futures import Executor, Future
from concurrent.futures import TimeoutError as FutureTimeoutError

from . import _engine, _start
from ._core import CALL, IN_PLACE, ITEM, READY, UNPACKED, Core, Worker, length_of
from ._future import CallFuture
from ._options import SAME, Options, checked_chunksize, checked_limits, checked_workers

_live = weakref.WeakSet()
_interpreter_ends = False


def _finish_all():
    global _interpreter_ends
    _interpreter_ends = True
    for executor in list(_live):
        executor._exception = executor._exception or getattr(sys, "last_value", None)
        executor.shutdown(wait=True)


# Runs before Python waits for the program's remaining threads, because these may wait for futures.
getattr(threading, "_register_atexit", atexit.register)(_finish_all)


def _after_fork():
    for executor in list(_live):
        executor._starting = threading.Lock()  # another thread may have held it, or a pool was being made


os.register_at_fork(after_in_child=_after_fork)


class ProcessPoolExecutor(Executor):
    """A pool of worker processes with the interface of concurrent.futures.ProcessPoolExecutor.

    The differences:

    * If a worker dies, only the call that it was running fails, with WorkerLostError, which is a BrokenProcessPool. The executor
      continues. It breaks only if its initializer fails or no worker can be started.
    * map does not read all of its input at once, but a limited number of items ahead. `buffersize` works with every Python.
    * map continues after a call that raised: the following next() returns the next result.
    * max_tasks_per_child counts calls. In the standard executor a chunk of a map counts once.
    * multiprocessing.active_children() does not list the workers.
    * running() returns True if a worker has the call. cancel() works until then.
    * chunksize may be "auto": chunks grow while calls are short.

    Arguments that the standard executor does not have: task_timeout, retries, progress, journal, memory_limit, cpu_limit (see
    prun.Pool).
    """

    _journals = None
    _exception = None  # the exception that ended the with statement

    def __init__(self, max_workers=None, mp_context=None, initializer=None, initargs=(), *, max_tasks_per_child=None,
                 task_timeout=None, retries=0, progress=False, journal=None, memory_limit=None, cpu_limit=None):
        max_workers = checked_workers("max_workers", max_workers, "max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        if max_tasks_per_child is not None:
            if not isinstance(max_tasks_per_child, int):
                raise TypeError("max_tasks_per_child must be an integer")
            if max_tasks_per_child <= 0:
                raise ValueError("max_tasks_per_child must be >= 1")
        memory_limit, cpu_limit = checked_limits(memory_limit, cpu_limit)
        method = _start.start_method(mp_context)
        self._max_workers = max_workers or len(os.sched_getaffinity(0))
        self._options = Options(task_timeout, retries, progress, journal)
        self._arguments = max_workers, True, max_tasks_per_child, initializer, initargs, method, memory_limit, cpu_limit
        self._core = None
        self._is_shut_down = False
        self._starting = threading.Lock()
        self._journal = self._journal_at(self._options.journal)
        _live.add(self)

    def __exit__(self, exc_type, exc_val, exc_tb):
        self._exception = exc_val
        return super().__exit__(exc_type, exc_val, exc_tb)

    def _journal_at(self, path):
        if path is None:
            return None
        if self._journals is None:
            from ._journal import Journals
            self._journals = Journals(self._max_workers)
        return self._journals.at(path)

    def _close_journals(self):
        if self._journals is not None:
            from ._journal import ending_of
            self._journals.close(ending_of(self._exception))

    def _open_core(self):
        if self._is_shut_down:
            raise RuntimeError("cannot schedule new futures after shutdown")
        if _interpreter_ends:
            raise RuntimeError("cannot schedule new futures after interpreter shutdown")
        core = self._core
        if core is None:
            with self._starting:
                if self._core is None:
                    self._core = Core(*_start.new_pool(*self._arguments), True)
                core = self._core
        return core

    def submit(self, fn, /, *args, **kwargs):
        core = self._core
        if core is None or self._is_shut_down or _interpreter_ends:
            core = self._open_core()
        if self._journal is not None:
            return self._submit_recorded(core, fn, args, kwargs)
        options = self._options
        try:
            return CallFuture(_engine.call_new(core.pool, core.prefix(fn, CALL, options.task_timeout), args, kwargs or None,
                                               options.retries))
        except _broken():
            raise
        except Exception as error:  # an argument that cannot be pickled is the call's failure
            future = Future()
            future.set_exception(error)
            return future

    def _submit_recorded(self, core, fn, args, kwargs):
        place, is_known, value = self._journal.call(fn, args, kwargs)
        future = Future()
        if is_known:
            future.set_result(value)
            return future
        options = self._options
        try:
            prefix = core.prefix(fn, CALL | IN_PLACE, options.task_timeout)
            return CallFuture(_engine.call_new(core.pool, prefix, args, kwargs or None, options.retries,
                                               self._journal.recordings, place))
        except _broken():
            raise
        except Exception as error:
            self._journal.cannot_send(place, error)
            future.set_exception(error)
            return future

    submit.__doc__ = Executor.submit.__doc__

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        """Returns an iterator over fn(*items), in the order of the items. It ends with the shortest iterable.

        timeout: seconds from now until the last result. Then TimeoutError is raised, and calls that have not begun are cancelled.
        buffersize: the number of items that are read before the first result is taken; None: several thousand. After shutdown(), a
            map with a buffersize reads no more items, and all other maps read the rest of theirs. If items are left, next() raises
            RuntimeError after the last result.
        """
        chunksize = checked_chunksize(chunksize, "chunksize must be >= 1.")
        if buffersize is not None and not isinstance(buffersize, int):
            raise TypeError("buffersize must be an integer or None")
        if buffersize is not None and buffersize < 1:
            raise ValueError("buffersize must be None or > 0")
        deadline = None if timeout is None else time.monotonic() + timeout
        core = self._open_core()
        form, iterable, total = ITEM, iterables[0] if iterables else (), None
        if len(iterables) != 1:
            form, iterable = UNPACKED, zip(*iterables)
            if self._journal is not None and all(isinstance(one, READY) for one in iterables):
                iterable = list(iterable)  # its length determines the places of later calls
            if self._options.progress is not None:
                lengths = [length_of(one) for one in iterables]
                total = None if None in lengths else min(lengths, default=0)
        window = buffersize or (4096 if chunksize == "auto" else max(4096, chunksize * core.workers * 4))
        stream = core.stream(fn, iterable, form, chunksize, self._options, window=window,
                             exact=buffersize is not None, total=total, journal=self._journal)
        return _Results(stream, deadline)

    def with_options(self, *, task_timeout=SAME, retries=SAME, progress=SAME, journal=SAME):
        """Returns the same executor with other options for calls: `executor.with_options(task_timeout=5).submit(f, x)`.

        Options that are not given keep their values.
        """
        options = self._options.changed(task_timeout=task_timeout, retries=retries, progress=progress,
                                        journal=journal)
        self._open_core()
        view = object.__new__(_View)
        view._executor = self
        view._options = options
        view._journal = self._journal_at(options.journal)
        view._max_workers = self._max_workers
        return view

    def worker_pids(self):
        """Returns the process ids of the current workers."""
        return [] if self._core is None else _engine.pool_pids(self._core.pool)

    @property
    def _processes(self):
        """The workers, for programs that list or signal them through this attribute."""
        return {pid: Worker(pid) for pid in self.worker_pids()}

    @property
    def _broken(self):
        try:
            if self._core is not None:
                _engine.pool_check(self._core.pool)
        except _broken():
            return True
        except ValueError:  # it was shut down
            pass
        return False

    def shutdown(self, wait=True, *, cancel_futures=False):
        """Refuses new calls.

        wait: return only when all calls have ended.
        cancel_futures: cancel the calls that no worker has begun.

        In a forked child, the copy of an executor that its parent has started is left alone: its calls belong to the parent.
        """
        with self._starting:
            self._is_shut_down = True
            core = self._core
        if core is None:
            self._close_journals()
            return
        if core.is_of_parent():
            return
        if cancel_futures:
            _engine.pool_close(core.pool)
            _engine.pool_cancel_pending(core.pool)
            core.abandon()
        if wait:
            core.read_all()
            _engine.pool_close(core.pool)
            _engine.pool_join(core.pool)
            core.close_meters()
            self._close_journals()
            return
        core.end_exact_inputs()
        if not core.streams:
            _engine.pool_close(core.pool)

    def terminate_workers(self):
        """Sends SIGTERM to every worker. Running calls are lost, and waiting calls are cancelled. New calls are refused."""
        self._end_workers(15)

    def kill_workers(self):
        """Like terminate_workers(), with SIGKILL."""
        self._end_workers(9)

    def _end_workers(self, signal):
        self._is_shut_down = True
        if self._core is not None:
            _engine.pool_end_workers(self._core.pool, signal)
            self._core.abandon()


class _View(ProcessPoolExecutor):
    """An executor with other options for its calls."""

    _core = property(lambda self: self._executor._core)
    _journals = property(lambda self: self._executor._journals)
    _is_shut_down = property(lambda self: self._executor._is_shut_down)

    def _open_core(self):
        return self._executor._open_core()

    def _journal_at(self, path):
        return self._executor._journal_at(path)

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._executor.shutdown(wait, cancel_futures=cancel_futures)

    def _end_workers(self, signal):
        self._executor._end_workers(signal)


def _broken():
    from concurrent.futures import BrokenExecutor
    return BrokenExecutor


class _Results:
    """The iterator that map returns."""

    def __init__(self, stream, deadline):
        self._stream = stream
        self._deadline = deadline
        self._has_begun = False

    def __iter__(self):
        return self

    def __next__(self):
        stream = self._stream
        if stream is None:
            raise StopIteration
        self._has_begun = True
        if self._deadline is None:
            return stream.next(None, None)
        try:
            return stream.next(max(0.0, self._deadline - time.monotonic()), _OutOfTime)
        except _OutOfTime:
            self.close()
            raise FutureTimeoutError() from None

    def close(self):
        """Takes no more results. Calls that have not begun are not made."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.cancel()

    def __del__(self):
        if self._has_begun and self._stream is not None:
            self.close()


class _OutOfTime(Exception):
    pass
