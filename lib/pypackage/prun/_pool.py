"""multiprocessing.Pool on prun's engine."""

import atexit
import os
import sys
import threading
import warnings
import weakref

from . import _engine, _start
from ._core import CALL, IN_PLACE, ITEM, UNPACKED, Core, Worker
from ._options import SAME, Options, checked_chunksize, checked_limits, checked_workers

INIT, RUN, CLOSE, TERMINATE = "INIT", "RUN", "CLOSE", "TERMINATE"

_live = weakref.WeakSet()


def _terminate_all():
    for pool in list(_live):
        pool._exception = getattr(sys, "last_value", None)
        pool.terminate()


atexit.register(_terminate_all)


def _timeout_error():
    from multiprocessing import TimeoutError
    return TimeoutError


class Pool:
    """A pool of worker processes with the interface of multiprocessing.Pool.

    The differences:

    * If a worker dies, only the call that it was running fails, with WorkerLostError. The worker is replaced, and the pool
      continues.
    * If the initializer raises, the pool is broken: calls raise BrokenPoolError. The initializer is not retried.
    * imap and imap_unordered read only a limited number of items ahead. close() followed by join() reads the rest.
    * After a call that raised, imap with a chunksize continues with the next item. In the standard pool the whole chunk fails.
    * maxtasksperchild counts calls. In the standard pool a chunk of a map counts once.
    * multiprocessing.active_children() does not list the workers.
    * chunksize may be "auto": chunks grow while calls are short.
    * After terminate(), calls that have not ended raise CancelledError and do not wait forever.
    * The output of a call is written when the call ends, even if the pool is terminated later.
    * Each worker draws different random numbers, from numpy too.
    * Lambdas, closures, and functions and classes that the main module defines after the pool was made go to the workers through
      cloudpickle, if that is installed.

    Arguments that multiprocessing.Pool does not have:

    start_method   "fork", "forkserver" or "spawn". A multiprocessing context as `context` has the same effect. With "fork", the
                   pool forks one process from the program when it is made, and this process forks all workers. With "spawn",
                   each worker starts a new Python and imports the main module. It inherits no thread and no lock.
                   "forkserver" works as "spawn".
    task_timeout   seconds that a call may take. Then its process is killed, and the call raises TaskTimeoutError.
    retries        how often a failed call is tried again
    progress       True: each map shows its progress, on standard error if that is a terminal, or in a notebook. A callable: it
                   is called at most ten times a second with an object that has done, failed, total and elapsed.
    journal        a file that records every call and its outcome. The next run of the program returns the recorded results
                   immediately, and makes only the calls that failed or are missing. The place of a call in the journal is its
                   position in the order of calls. If another call is recorded at that place, JournalError is raised. A new pool
                   begins at the first place. The file holds pickles: use only files that you trust. `prun journal FILE` and
                   `prun report FILE` show it.
    memory_limit   bytes that a worker may use. A call that needs more raises MemoryLimitError or MemoryError.
    cpu_limit      seconds of CPU time that a call may use. A call that uses more raises CpuLimitError.
    """

    _state = INIT
    _journals = _journal = None
    _exception = None  # the exception that ended the with statement

    def __init__(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None, context=None, *,
                 start_method=None, task_timeout=None, retries=0, progress=False, journal=None, memory_limit=None,
                 cpu_limit=None):
        processes = checked_workers("processes", processes, "Number of processes must be at least 1")
        if maxtasksperchild is not None and (not isinstance(maxtasksperchild, int) or maxtasksperchild <= 0):
            raise ValueError("maxtasksperchild must be a positive int or None")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        memory_limit, cpu_limit = checked_limits(memory_limit, cpu_limit)
        self._options = Options(task_timeout, retries, progress, journal)
        if journal is not None:
            self._journal = self._journal_at(self._options.journal, processes)
        self._core = Core(*_start.new_pool(processes, False, maxtasksperchild, initializer, initargs,
                                           context if start_method is None else start_method, memory_limit, cpu_limit), False)
        self._processes = self._core.workers
        self._state = RUN
        _live.add(self)

    def __del__(self, _warn=warnings.warn, _run=RUN):
        if self._state == _run and not self._core.is_of_parent():
            _warn(f"unclosed running multiprocessing pool of prun {self!r}", ResourceWarning, source=self)
            if self._journals is not None:
                self.terminate()

    def __repr__(self):
        return f"<{type(self).__module__}.{type(self).__qualname__} state={self._state} pool_size={self._processes}>"

    def __reduce__(self):
        raise NotImplementedError("pool objects cannot be passed between processes or pickled")

    def __enter__(self):
        self._check_running()
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self._exception = exc_val
        self.terminate()

    def _check_running(self):
        if self._state != RUN:
            raise ValueError("Pool not running")

    def worker_pids(self):
        """Returns the process ids of the current workers."""
        return _engine.pool_pids(self._core.pool)

    @property
    def _pool(self):
        """The workers, for programs that list or signal them through this attribute."""
        return [Worker(pid) for pid in self.worker_pids()]

    def _repopulate_pool(self):
        """Does nothing: the pool replaces workers by itself."""

    def with_options(self, *, task_timeout=SAME, retries=SAME, progress=SAME, journal=SAME):
        """Returns the same pool with other options for calls: `pool.with_options(task_timeout=5).map(f, items)`.

        Options that are not given keep their values.
        """
        return _View(self, self._options.changed(task_timeout=task_timeout, retries=retries, progress=progress,
                                                 journal=journal))

    def _journal_at(self, path, workers):
        if path is None:
            return None
        if self._journals is None:
            from ._journal import Journals
            self._journals = Journals(workers or len(os.sched_getaffinity(0)))
        return self._journals.at(path)

    def _close_journals(self):
        if self._journals is not None:
            from ._journal import ending_of
            self._journals.close(ending_of(self._exception))

    # Single calls.

    def apply(self, func, args=(), kwds={}):
        """Calls func(*args, **kwds) in a worker. Returns the result or raises the exception of the call."""
        return self.apply_async(func, args, kwds).get()

    def apply_async(self, func, args=(), kwds={}, callback=None, error_callback=None):
        """Like apply(), but returns an AsyncResult immediately."""
        self._check_running()
        if self._journal is not None:
            return self._apply_recorded(func, tuple(args), dict(kwds), callback, error_callback)
        core = self._core
        options = self._options
        try:
            call = _engine.call_new(core.pool, core.prefix(func, CALL, options.task_timeout), tuple(args), dict(kwds) or None,
                                    options.retries)
        except (ValueError, RuntimeError) as error:
            if isinstance(error, _broken()):
                raise
            return _failed(error, callback, error_callback)
        except Exception as error:  # an argument that cannot be pickled is the call's failure
            return _failed(error, callback, error_callback)
        return AsyncResult(_CallSource(call), callback, error_callback)

    def _apply_recorded(self, func, args, kwds, callback, error_callback):
        journal, core, options = self._journal, self._core, self._options
        place, is_known, value = journal.call(func, args, kwds)
        if is_known:
            return AsyncResult(_KnownSource(value), callback, error_callback)
        try:
            prefix = core.prefix(func, CALL | IN_PLACE, options.task_timeout)
            call = _engine.call_new(core.pool, prefix, args, kwds or None, options.retries, journal.recordings, place)
        except Exception as error:
            if isinstance(error, _broken()):
                raise
            journal.cannot_send(place, error)
            return _failed(error, callback, error_callback)
        return AsyncResult(_CallSource(call), callback, error_callback)

    # Many calls at once.

    def map(self, func, iterable, chunksize=None):
        """Returns [func(item) for item in iterable], computed in the workers."""
        return self._map_async(func, iterable, ITEM, chunksize, None, None).get()

    def starmap(self, func, iterable, chunksize=None):
        """Returns [func(*item) for item in iterable], computed in the workers."""
        return self._map_async(func, iterable, UNPACKED, chunksize, None, None).get()

    def map_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
        return self._map_async(func, iterable, ITEM, chunksize, callback, error_callback)

    def starmap_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
        return self._map_async(func, iterable, UNPACKED, chunksize, callback, error_callback)

    def _map_async(self, func, iterable, form, chunksize, callback, error_callback):
        self._check_running()
        if not hasattr(iterable, "__len__"):
            iterable = list(iterable)
        length = len(iterable)
        if chunksize is None:
            chunksize, rest = divmod(length, self._processes * 4)
            chunksize += 1 if rest else 0
            chunksize = chunksize or 1
        chunksize = checked_chunksize(chunksize)
        if length == 0:
            return MapResult(_KnownSource([]))  # which calls no callback, as in the standard pool
        try:
            stream, iterable, _ = self._core.new_stream(func, iterable, form, chunksize, self._options, True, 0, self._journal)
        except Exception as error:
            return _failed(error, callback, error_callback)
        meter = None
        if self._options.progress is not None:
            meter = self._core.meter(stream, func, length, self._options.progress)
        _engine.stream_fill(stream, iter(iterable), (1 << 64) - 1)
        source = _StreamSource(stream) if meter is None else _MeteredSource(stream, meter)
        return MapResult(source, callback, error_callback)

    # Results one by one.

    def imap(self, func, iterable, chunksize=1):
        """Returns an iterator over func(item), in the order of the items. A result is available when all earlier ones are."""
        return self._imap(func, iterable, chunksize, True)

    def imap_unordered(self, func, iterable, chunksize=1):
        """Like imap(), but returns results in the order in which calls end."""
        return self._imap(func, iterable, chunksize, False)

    def _imap(self, func, iterable, chunksize, ordered):
        self._check_running()
        chunksize = checked_chunksize(chunksize)
        window = 4096 if chunksize == "auto" else max(4096, chunksize * self._processes * 4)
        stream = self._core.stream(func, iterable, ITEM, chunksize, self._options, ordered=ordered, window=window,
                                   journal=self._journal)
        iterator = IMapIterator(stream) if ordered else IMapUnorderedIterator(stream)
        if self._options.progress is not None:
            weakref.finalize(iterator, stream.drop).atexit = False
        return iterator

    # The end.

    def close(self):
        """Refuses new calls. Earlier calls continue."""
        if self._state == RUN:
            self._state = CLOSE

    def terminate(self):
        """Ends the workers now. Calls that have not ended raise CancelledError. In a forked child the pool of the parent continues."""
        if self._state == INIT:
            return
        self._state = TERMINATE
        if self._core.is_of_parent():
            return
        _engine.pool_terminate(self._core.pool)
        self._core.abandon()
        self._close_journals()

    def join(self):
        """After close() or terminate(): waits until all calls have ended and all workers have exited."""
        if self._state == RUN:
            raise ValueError("Pool is still running")
        if self._state not in (CLOSE, TERMINATE):
            raise ValueError("In unknown state")
        self._core.read_all()
        _engine.pool_close(self._core.pool)
        _engine.pool_join(self._core.pool)
        self._core.close_meters()
        self._close_journals()


class _View(Pool):
    """A pool with other options for its calls."""

    def __init__(self, pool, options):
        self._viewed = pool
        self._core = pool._core
        self._processes = pool._processes
        self._options = options
        self._journal = pool._journal_at(options.journal, pool._processes)

    _journals = property(lambda self: self._viewed._journals)
    _state = property(lambda self: self._viewed._state, lambda self, state: setattr(self._viewed, "_state", state))

    def __del__(self):
        pass

    def _journal_at(self, path, workers):
        return self._viewed._journal_at(path, workers)


def _broken():
    from concurrent.futures import BrokenExecutor
    return BrokenExecutor


class _CallSource:
    def __init__(self, call):
        self._call = call

    def wait(self, timeout):
        return _engine.call_wait(self._call, timeout)

    def ended(self):
        return _engine.call_state(self._call) != 0

    def watch(self, callback):
        return _engine.call_watch(self._call, callback)

    def take(self):
        return _engine.call_result(self._call, False)


class _StreamSource:
    def __init__(self, stream):
        self._stream = stream

    def wait(self, timeout):
        return _engine.stream_wait(self._stream, timeout)

    def ended(self):
        return _engine.stream_complete(self._stream)

    def watch(self, callback):
        return _engine.stream_watch(self._stream, callback)

    def take(self):
        return _engine.stream_collect(self._stream)


class _MeteredSource(_StreamSource):
    def __init__(self, stream, meter):
        super().__init__(stream)
        self._meter = meter

    def take(self):
        self._meter.close()  # the program's next output must not follow a bar on the same line
        return super().take()


class _EndedSource:
    """A call that has already ended."""

    def wait(self, timeout):
        return True

    def ended(self):
        return True

    def watch(self, callback):
        return False


class _KnownSource(_EndedSource):
    """A call whose value is known without a worker: it is recorded in a journal, or a map has no items."""

    def __init__(self, value):
        self._value = value

    def take(self):
        return self._value


class _FailedSource(_EndedSource):
    """A call that could not be made."""

    def __init__(self, error):
        self._error = error

    def take(self):
        raise self._error


def _failed(error, callback, error_callback):
    return AsyncResult(_FailedSource(error), callback, error_callback)


class AsyncResult:
    """The result of apply_async, map_async and starmap_async."""

    def __init__(self, source, callback=None, error_callback=None):
        self._source = source
        self._success = None
        self._value = None
        self._lock = threading.Lock()
        self._called_back = None
        if callback is not None or error_callback is not None:
            self._callback = callback
            self._error_callback = error_callback
            self._called_back = threading.Event()
            if not source.watch(self._call_back):
                self._call_back()

    def ready(self):
        """Returns True if the call has ended."""
        if self._called_back is not None:
            return self._called_back.is_set()
        return self._source is None or self._source.ended()

    def successful(self):
        """Returns True if the call ended without an exception. @raises ValueError if it has not ended"""
        if not self.ready():
            raise ValueError(f"{self!r} not ready")
        self._take()
        return self._success

    def wait(self, timeout=None):
        """Waits until the call has ended, at most `timeout` seconds."""
        if self._called_back is not None:
            self._called_back.wait(timeout)
        elif self._source is not None:
            self._source.wait(timeout)

    def get(self, timeout=None):
        """Returns the result of the call or raises its exception. @raises multiprocessing.TimeoutError"""
        self.wait(timeout)
        if not self.ready():
            raise _timeout_error()
        self._take()
        if self._success:
            return self._value
        raise self._value

    def _take(self):
        with self._lock:
            if self._success is not None:
                return
            try:
                self._value = self._source.take()
                self._success = True
            except BaseException as error:
                self._value = error
                self._success = False
            self._source = None

    def _call_back(self):
        self._take()
        callback = self._callback if self._success else self._error_callback
        self._callback = self._error_callback = None
        try:
            if callback is not None:
                callback(self._value)
        finally:
            self._called_back.set()


ApplyResult = AsyncResult  # create alias -- see #17805


class MapResult(AsyncResult):
    pass


class IMapIterator:
    """The iterator that imap and imap_unordered return."""

    def __init__(self, stream):
        self._stream = stream
        self._next = stream.next

    def __iter__(self):
        return self

    def __next__(self):
        return self._next(None, None)

    def next(self, timeout=None):
        """Returns the next result. @raises multiprocessing.TimeoutError, StopIteration after the last result"""
        if timeout is None:
            return self._next(None, None)
        return self._next(timeout, _timeout_error())


class IMapUnorderedIterator(IMapIterator):
    pass
