"""The pools of multiprocessing and concurrent.futures on prun's engine.

    from prun import Pool                   instead of   from multiprocessing import Pool
    from prun import ProcessPoolExecutor    instead of   from concurrent.futures import ProcessPoolExecutor

The interfaces are those of the standard library. If a worker dies, only the call that it was running fails, and the pool continues.
The docstrings of the classes list the differences.
"""

import sys as _sys

from ._pickling import RemoteError
from ._pool import AsyncResult, Pool

__version__ = "@PROJECT_VERSION@"

# Imported at first use: importing concurrent.futures alone takes as long as importing all the rest.
_FUTURES = "concurrent.futures"
_ELSEWHERE = {
    "ALL_COMPLETED": _FUTURES, "FIRST_COMPLETED": _FUTURES, "FIRST_EXCEPTION": _FUTURES, "CancelledError": _FUTURES,
    "Future": _FUTURES, "as_completed": _FUTURES, "wait": _FUTURES, "ProcessPoolExecutor": "_executor",
    "ThreadPool": "_threads", "ThreadPoolExecutor": "_threads", "TimeoutError": "_threads",
    "BrokenPoolError": "_errors", "CpuLimitError": "_errors", "JournalError": "_errors", "MemoryLimitError": "_errors", "SerializationError": "_errors",
    "TaskTimeoutError": "_errors",
    "WorkerLostError": "_errors", "share": "_shared", "Progress": "_progress",
}

__all__ = ["Pool", "AsyncResult", "ThreadPool", "ProcessPoolExecutor", "ThreadPoolExecutor", "Future", "wait",
           "as_completed", "ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION", "CancelledError", "TimeoutError",
           "BrokenPoolError", "CpuLimitError", "JournalError", "MemoryLimitError", "RemoteError", "SerializationError",
           "TaskTimeoutError", "WorkerLostError", "Progress",
           "register_joblib", "share"]


def register_joblib():
    """Registers the joblib backend "prun": `with joblib.parallel_config("prun"): ...`. `import prun` and
    `import joblib`, in any order, do the same. A joblib before 1.3 has `joblib.parallel_backend("prun", n_jobs=2)`."""
    from . import _joblib
    _joblib.register()


def __getattr__(name):
    module = _ELSEWHERE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module
    value = getattr(import_module(module if module is _FUTURES else f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted(set(globals()) | set(__all__))


if "joblib" in _sys.modules:
    register_joblib()
else:
    from . import _when_joblib
    _when_joblib.wait()
