"""The exceptions that prun adds to those of the standard library."""

from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool

from ._pickling import RemoteError

__all__ = ["BrokenPoolError", "CpuLimitError", "JournalError", "MemoryLimitError", "RemoteError", "SerializationError",
           "TaskTimeoutError", "WorkerLostError"]


class BrokenPoolError(BrokenProcessPool):
    """The pool can run no more calls: its initializer failed, or no worker can be started."""


class SerializationError(BrokenProcessPool):
    """The function or an argument cannot be unpickled in the worker, or the result here. Only this call failed."""


class WorkerLostError(BrokenProcessPool):
    """The worker that was running the call died. Only this call failed. The worker is replaced, and the pool continues."""

    def __init__(self, message="", pid=0, signal=0, exit_status=0):
        super().__init__(message)
        self.pid = pid
        self.signal = signal
        self.exit_status = exit_status

    def __reduce__(self):
        return type(self), (str(self), self.pid, self.signal, self.exit_status)


class TaskTimeoutError(TimeoutError):
    """The call took longer than `task_timeout`. Its process was killed, with all processes that it had started."""


class MemoryLimitError(WorkerLostError, MemoryError):
    """The call needed more memory than `memory_limit`."""


class CpuLimitError(WorkerLostError):
    """The call used more CPU time than `cpu_limit`."""


class JournalError(Exception):
    """The journal cannot be used: it contains other calls, is in use, is damaged, or cannot be written."""


def of_failure(kind, message, pid, signal, exit_status, cause):
    if kind == "timeout":
        return TaskTimeoutError("the call took longer than its task_timeout; its worker was killed")
    if kind == "cancelled":
        return CancelledError(message)
    if kind == "worker_start":
        if cause is None:
            return BrokenPoolError(message)
        error = BrokenPoolError(f"the initializer of a worker raised {type(cause).__name__}: {cause}")
        error.__cause__ = cause
        return error
    if kind == "out_of_memory":
        return MemoryLimitError(message, pid, signal, exit_status)
    if kind == "cpu_limit":
        return CpuLimitError(message, pid, signal, exit_status)
    if kind in ("lost_signal", "lost_exit"):
        return WorkerLostError(message, pid, signal, exit_status)
    return RemoteError(message)
