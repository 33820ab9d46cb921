"""The future of a call: a concurrent.futures.Future that creates its lock, state and callbacks only when they are needed."""

import os
import threading
from concurrent.futures import CancelledError, Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeoutError

from . import _engine

_PENDING, _ENDED, _CANCELLED = 0, 1, 2

_making = threading.RLock()


def _after_fork():
    global _making
    _making = threading.RLock()  # another thread may have held it during the fork


os.register_at_fork(after_in_child=_after_fork)
_PARTS = frozenset(("_condition", "_state", "_result", "_exception", "_waiters", "_done_callbacks"))


class CallFuture(Future):
    """While only its own methods are used, it asks the engine. `wait`, `as_completed`, `add_done_callback` and asyncio use the
    parts of the standard future. The first use creates them, and from then on the engine reports the end of the call."""

    _outcome = None  # (whether it returned, value or exception), once it has been taken

    def __init__(self, call):
        self._call = call

    def __getattr__(self, name):
        if name not in _PARTS:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        with _making:
            if "_done_callbacks" not in self.__dict__:
                Future.__init__(self)
                if self._outcome is not None or not _engine.call_watch(self._call, self._settle):
                    self._settle()
        return self.__dict__[name]

    @property
    def _is_whole(self):
        return "_done_callbacks" in self.__dict__

    def _call_state(self):
        return _ENDED if self._outcome is not None else _engine.call_state(self._call)

    def _take(self):
        """For a call that has ended and was not cancelled."""
        outcome = self._outcome
        if outcome is None:
            try:
                outcome = True, _engine.call_result(self._call, True)
            except BaseException as error:
                outcome = False, error
            with _making:
                if self._outcome is None:
                    self._outcome = outcome
                outcome = self._outcome
        return outcome

    def _settle(self):
        """Called when the call has ended: notifies everything that waits for the standard future."""
        if self._call_state() == _CANCELLED:
            super().cancel()
            self._tell_cancelled()
            return
        returned, value = self._take()
        try:
            self.set_result(value) if returned else self.set_exception(value)
        except InvalidStateError:
            pass

    def cancel(self):
        if self._outcome is not None:
            return False
        if not _engine.call_cancel(self._call):
            return False
        if self._is_whole and super().cancel():
            self._tell_cancelled()
        return True

    def _tell_cancelled(self):
        with self._condition:
            if self._state == "CANCELLED":  # and not reported already
                self.set_running_or_notify_cancel()

    def cancelled(self):
        return self._call_state() == _CANCELLED

    def running(self):
        return self._outcome is None and _engine.call_running(self._call)

    def done(self):
        if self._is_whole:
            return super().done()
        return self._call_state() != _PENDING

    def result(self, timeout=None):
        outcome = self._outcome
        if outcome is None:
            if "_done_callbacks" in self.__dict__:
                return super().result(timeout)
            self._wait(timeout)
            outcome = self._take()
        if outcome[0]:
            return outcome[1]
        try:
            raise outcome[1]
        finally:
            self = outcome = None  # breaks a cycle with the traceback

    def exception(self, timeout=None):
        if self._is_whole:
            return super().exception(timeout)
        if self._outcome is None:
            self._wait(timeout)
        returned, value = self._take()
        return None if returned else value

    def _wait(self, timeout):
        if not _engine.call_wait(self._call, timeout):
            raise FutureTimeoutError()
        if _engine.call_state(self._call) == _CANCELLED:
            raise CancelledError()

    def __repr__(self):
        self._condition
        return super().__repr__()
