"""Options of calls and workers that the standard library does not have."""

import operator
import os

_NEVER = 1e9  # seconds; a longer time is no limit
_MOST_BYTES = 1 << 62
_MOST_IN_CHUNK = 1 << 31

SAME = object()  # keep the value of the pool


class Options:
    """The options of calls."""

    __slots__ = ("task_timeout", "retries", "progress", "journal")

    def __init__(self, task_timeout=None, retries=0, progress=False, journal=None):
        if not isinstance(retries, int) or retries < 0:
            raise ValueError(f"retries must be an int of at least 0, not {retries!r}")
        if progress not in (True, False, None) and not callable(progress):
            raise TypeError(f"progress must be True, False or a callable, not {progress!r}")
        self.task_timeout = _seconds("task_timeout", task_timeout)
        self.retries = retries
        self.progress = progress or None
        self.journal = None if journal is None else os.fspath(journal)
        if self.journal is not None and not self.journal:
            raise ValueError("journal must be the path of a file, not an empty string: use None for no journal")

    def changed(self, **changes):
        """Returns these options with the changes that are not SAME."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values.update((name, value) for name, value in changes.items() if value is not SAME)
        return Options(**values)


def _seconds(name, value):
    """Returns a float, or None if there is no limit."""
    if value is None:
        return None
    try:
        seconds = float(value) if not isinstance(value, (str, bytes, bytearray)) else None
    except (TypeError, ValueError):
        seconds = None
    except OverflowError:
        return None
    if seconds is None:
        raise TypeError(f"{name} must be a number of seconds, not {value!r}")
    if not seconds > 0:
        raise ValueError(f"{name} must be a number of seconds greater than 0, not {value!r}")
    return seconds if seconds < _NEVER else None


def checked_limits(memory_limit, cpu_limit):
    """Returns both limits. None: no limit."""
    if memory_limit is not None and (not isinstance(memory_limit, int) or memory_limit < 1):
        raise ValueError(f"memory_limit must be a number of bytes, not {memory_limit!r}")
    if memory_limit is not None and memory_limit >= _MOST_BYTES:
        memory_limit = None
    return memory_limit, _seconds("cpu_limit", cpu_limit)


def checked_workers(name, count, too_few):
    if count is None:
        return None
    try:
        count = operator.index(count)
    except TypeError:
        raise TypeError(f"{name} must be an integer or None, not {count!r}") from None
    if count < 1:
        raise ValueError(too_few)
    return count


def checked_chunksize(chunksize, too_small="Chunksize must be 1+, not {}"):
    if chunksize == "auto":
        return chunksize
    if not isinstance(chunksize, int) or chunksize < 1:
        raise ValueError(too_small.format(chunksize))
    return min(chunksize, _MOST_IN_CHUNK)
