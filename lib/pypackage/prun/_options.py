"""Options of calls and workers that the standard library does not have."""

import os

SAME = object()  # keep the value of the pool


class Options:
    """The options of calls."""

    __slots__ = ("task_timeout", "retries", "progress", "journal")

    def __init__(self, task_timeout=None, retries=0, progress=False, journal=None):
        if task_timeout is not None and not task_timeout > 0:
            raise ValueError(f"task_timeout must be greater than 0, not {task_timeout}")
        if not isinstance(retries, int) or retries < 0:
            raise ValueError(f"retries must be an int of at least 0, not {retries!r}")
        if progress not in (True, False, None) and not callable(progress):
            raise TypeError(f"progress must be True, False or a callable, not {progress!r}")
        self.task_timeout = None if task_timeout is None else float(task_timeout)
        self.retries = retries
        self.progress = progress or None
        self.journal = None if journal is None else os.fspath(journal)

    def changed(self, **changes):
        """Returns these options with the changes that are not SAME."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values.update((name, value) for name, value in changes.items() if value is not SAME)
        return Options(**values)


def checked_limits(memory_limit, cpu_limit):
    if memory_limit is not None and (not isinstance(memory_limit, int) or memory_limit < 1):
        raise ValueError(f"memory_limit must be a number of bytes, not {memory_limit!r}")
    if cpu_limit is not None and not cpu_limit > 0:
        raise ValueError(f"cpu_limit must be a number of seconds greater than 0, not {cpu_limit!r}")
