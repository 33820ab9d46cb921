"""Options of calls and workers that the standard library does not have."""


class Options:
    __slots__ = ("task_timeout", "retries")

    def __init__(self, task_timeout=None, retries=0):
        if task_timeout is not None and not task_timeout > 0:
            raise ValueError(f"task_timeout must be greater than 0, not {task_timeout}")
        if not isinstance(retries, int) or retries < 0:
            raise ValueError(f"retries must be an int of at least 0, not {retries!r}")
        self.task_timeout = None if task_timeout is None else float(task_timeout)
        self.retries = retries


def checked_limits(memory_limit, cpu_limit):
    if memory_limit is not None and (not isinstance(memory_limit, int) or memory_limit < 1):
        raise ValueError(f"memory_limit must be a number of bytes, not {memory_limit!r}")
    if cpu_limit is not None and not cpu_limit > 0:
        raise ValueError(f"cpu_limit must be a number of seconds greater than 0, not {cpu_limit!r}")
