"""The common part of Pool and ProcessPoolExecutor: the engine's pool, the functions that were sent to it, the maps that still read."""

import functools
import os
import threading
import weakref

from . import _engine, _start
from ._maker import Maker
from ._pickling import dump_function

ITEM, UNPACKED, CALL = 0, 1, 2
IN_PLACE = 4  # beside one of them: results are recorded, so their large buffers are part of them

_WINDOW = 4096
# Reading these cannot wait for anything, so the consumer reads them itself.
READY = (list, tuple, range, set, frozenset, dict, str, bytes, bytearray, type({}.keys()), type({}.values()),
          type({}.items()))


class Core:
    """Created when it is needed: the workers of an executor are forked at its first call."""

    def __init__(self, capsule, charge, channel, seen, for_executor):
        self.pool = capsule
        self._charge = charge  # spawned workers read it
        self._channel = channel
        self._seen = seen  # what workers have of the main module
        self._for_executor = for_executor
        self._maker = Maker()
        self._prefixes = {}
        self._last = (None, None, None, None)  # function, form, timeout and prefix of the last call
        self.streams = set()  # that still have to read their input
        self.meters = weakref.WeakSet()  # of the maps whose progress is told
        self.workers = _engine.pool_workers(capsule)

    def __del__(self, _close=_start.close_channel):
        _close(self._channel)

    def is_of_parent(self):
        """Returns True in a forked child: the pool, its workers and its calls belong to the process that made it."""
        return not self._maker.is_here()

    def prefix(self, function, form, timeout):
        last = self._last
        if last[0] is function and last[1] == form and last[2] == timeout:
            return last[3]
        key = (function, form, timeout)
        try:
            known = self._prefixes.get(key)
        except TypeError:  # not hashable
            known = key = None
        if known is not None:
            self._last = (*key, known)
            return known
        pickle, by_name = dump_function(function, self._seen)
        prefix = _engine.prefix(self.pool, pickle, form, self._for_executor, by_name, timeout)
        if by_name and key is not None:
            if len(self._prefixes) >= 256:
                self._prefixes.clear()
            self._prefixes[key] = prefix
            self._last = (*key, prefix)
        return prefix

    def stream(self, function, iterable, form, chunksize, options, *, ordered=True, window=_WINDOW, exact=False,
               total=None, journal=None):
        is_ready = exact or isinstance(iterable, READY)  # with a buffersize the consumer itself reads, one for one
        if options.progress is not None and total is None:
            total = length_of(iterable)
        capsule, iterable, source = self.new_stream(function, iterable, form, chunksize, options, ordered, window or 0, journal)
        kind = Stream
        if options.progress is not None:
            meter = self.meter(capsule, function, total, options.progress)
            if meter is not None:
                kind = functools.partial(MeteredStream, meter)
        return kind(self, capsule, iterable, source, 1 if chunksize == "auto" else chunksize, is_ready, exact)

    def new_stream(self, function, iterable, form, chunksize, options, ordered, window, journal):
        """Returns (capsule, iterable to read, the program's iterator if a journal's iterable takes the items from it)."""
        recorded, source = (), None
        if journal is not None:
            if isinstance(iterable, READY):
                items = iterable if isinstance(iterable, range) else list(iterable)
                source = iter(items)
                place = journal.calls(function, items, form == UNPACKED)
                iterable = journal.with_values(place, source)
            else:
                source = iter(iterable)
                place, iterable = journal.lazy_calls(function, source, form == UNPACKED)
            recorded = journal.recordings, place
            form |= IN_PLACE
        prefix = self.prefix(function, form, options.task_timeout)
        stream = _engine.stream_new(self.pool, prefix, 0 if chunksize == "auto" else chunksize, ordered, window,
                                    options.retries, self._for_executor, *recorded)
        if type(iterable) is range and form == ITEM and chunksize != "auto" and _is_of_64_bits(iterable):
            _engine.stream_range(stream, iterable.start, iterable.step, len(iterable))
        return stream, iterable, source

    def meter(self, capsule, function, total, progress):
        """Shows the progress of a map. Returns None if nothing can show it."""
        from . import _progress
        meter = _progress.meter_of(capsule, function, total, progress)
        if meter is not None:
            self.meters.add(meter)
        return meter

    def close_meters(self):
        for meter in list(self.meters):
            meter.close()

    def read_all(self):
        """Reads all inputs, except those that are read for a buffer of a size: these end where they are. Call it before the end of a
        pool that must finish its work."""
        while self.streams:
            for stream in list(self.streams):
                stream.end() if stream.is_exact else stream.read_all()

    def end_exact_inputs(self):
        for stream in list(self.streams):
            if stream.is_exact:
                stream.end()

    def abandon(self):
        """Stops reading inputs after the pool has ended. A thread that waits inside an input is left alone."""
        for stream in list(self.streams):
            stream.leave()
        self.streams.clear()
        self.close_meters()


class Stream:
    """A map whose results are taken one by one."""

    def __init__(self, core, capsule, iterable, source, chunksize, is_ready, is_exact):
        self._core = core
        self.is_exact = is_exact  # one more item is read for each result that is taken
        self._chunksize = chunksize
        self.capsule = capsule
        self._iterator = None
        self._source = None  # the program's iterator
        self._feeder = None
        self._reading = threading.Lock()
        self._is_ending = False
        self._rest = None  # of an input that end() has cut short
        if is_ready:
            iterator = iter(iterable)
            if _engine.stream_fill(capsule, iterator, _WINDOW):
                self._iterator = iterator
                self._source = iterator if source is None else source
                core.streams.add(self)
        else:
            iterator = _begin(iterable)
            core.streams.add(self)
            self._feeder = threading.Thread(target=self._feed, args=(iterator,), daemon=True, name="prun-feeder")
            self._feeder.start()

    def _feed(self, iterator):
        """Reads the input in a Python loop, not in the engine, because this thread may be left waiting inside the input."""
        feed, capsule, size = _engine.stream_feed, self.capsule, self._chunksize
        chunk = []
        try:
            try:
                for item in iterator:
                    chunk.append(item)
                    if len(chunk) == size:
                        if not feed(capsule, chunk):
                            return
                        chunk = []
                if chunk:
                    feed(capsule, chunk)
            except BaseException as error:  # the chunk that it cuts short is not called
                _engine.stream_end(capsule, error)
            else:
                _engine.stream_end(capsule, None)
        except Exception:  # the pool has ended
            pass
        finally:
            self._core.streams.discard(self)

    def next(self, timeout, timeout_error):
        iterator = self._iterator
        try:
            if iterator is None:
                return _engine.stream_next(self.capsule, None, timeout, timeout_error)
            with self._reading:
                return _engine.stream_next(self.capsule, iterator, timeout, timeout_error)
        except StopIteration:
            if _engine.stream_complete(self.capsule):  # otherwise a call raised it
                self._after_last()
            raise
        finally:
            if self._is_ending:
                self._end_input()

    def _after_last(self):
        """Called after the last result. Raises an exception, once, if end() has cut the input short."""
        rest = self._rest
        self._iterator = self._source = self._rest = None
        self._core.streams.discard(self)
        for _ in rest or ():
            raise RuntimeError("cannot schedule new futures after shutdown")

    def read_all(self):
        _engine.stream_lift_window(self.capsule)
        if self._feeder is not None:
            self._feeder.join()
        elif self._iterator is not None:
            with self._reading:
                if self._iterator is not None:
                    while _engine.stream_fill(self.capsule, self._iterator, _WINDOW):
                        pass
                    self._iterator = None
        self._core.streams.discard(self)

    def end(self):
        """Reads no more of the input. Results of the items that have been read can still be taken. Never waits: a signal handler, the
        input itself or another thread may call it while `next` waits for a result."""
        self._is_ending = True
        self._end_input()
        self._core.streams.discard(self)

    def _end_input(self):
        if not self._reading.acquire(blocking=False):
            return  # next() looks at _is_ending when it has let go
        try:
            if self._iterator is not None:
                self._rest, self._iterator = self._source, None
                _engine.stream_end(self.capsule, None)
        finally:
            self._reading.release()

    def drop(self):
        """Called when the iterator over the results has been destroyed."""

    def leave(self):
        self._iterator = None
        if self._feeder is not None and self._feeder is not threading.current_thread():
            self._feeder.join(0.2)

    def cancel(self):
        self._iterator = None
        self._core.streams.discard(self)
        if not self._core.is_of_parent():
            _engine.stream_cancel(self.capsule)


class MeteredStream(Stream):
    """A stream that shows its progress while its results are taken. The bar disappears with the last result."""

    def __init__(self, meter, *arguments):
        self._meter = meter
        self._has_begun = False
        super().__init__(*arguments)

    def next(self, timeout, timeout_error):
        self._has_begun = True
        return super().next(timeout, timeout_error)

    def _after_last(self):
        self._meter.close()
        super()._after_last()

    def cancel(self):
        super().cancel()
        self._meter.close()

    def drop(self):
        """Called when no results can be taken any more. If no result was ever taken, the progress is still shown."""
        if self._has_begun:
            self._meter.close()


def _is_of_64_bits(numbers):
    ends = (numbers.start, numbers.step, numbers[-1]) if numbers else (numbers.start, numbers.step)
    return all(-1 << 63 <= end < 1 << 63 for end in ends)


def length_of(iterable):
    """Returns the number of items, or None if it is unknown before they are read."""
    try:
        return len(iterable)
    except TypeError:
        return None


def _begin(iterable):
    """Returns the iterator. An exception of `__iter__` is raised with the results, as later exceptions of the iterator are."""
    try:
        return iter(iterable)
    except TypeError:
        raise
    except Exception as error:
        return _raiser(error)


def _raiser(error):
    raise error
    yield


class Worker:
    """A worker process as `pool._pool` and `executor._processes` list it."""

    def __init__(self, pid):
        self.pid = self.ident = pid

    def is_alive(self):
        return os.path.exists(f"/proc/{self.pid}")

    def terminate(self):
        os.kill(self.pid, 15)

    def kill(self):
        os.kill(self.pid, 9)
