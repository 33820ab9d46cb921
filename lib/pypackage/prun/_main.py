"""The functions and classes of the main module that workers lack, because the program defined them after the workers' start.

This file does not know how objects are sent. It compares objects by identity.
"""

import functools
import os
import sys
import threading
import weakref
from types import FunctionType

_FUNCTIONS = (FunctionType, functools._lru_cache_wrapper)

_live = weakref.WeakSet()  # of the pools of this process
_live_lock = threading.Lock()


def is_of_main(obj):
    """Returns True for a function or class of the main module. Pickle sends only its name."""
    kind = type(obj)
    return (kind in _FUNCTIONS or issubclass(kind, type)) and getattr(obj, "__module__", None) == "__main__"


def _definitions():
    main = sys.modules.get("__main__")
    return {name: value for name, value in list(getattr(main, "__dict__", {}).items()) if is_of_main(value)}


class Seen:
    """What the workers of one pool have of the main module. All of them, also those that start later, are forked from a copy of the
    program that was made with the pool."""

    def __init__(self, definitions):
        self._definitions = definitions
        self._size = -1  # of the main module when it had nothing new; -1: it was not looked at
        with _live_lock:
            _live.add(self)

    @classmethod
    def now(cls):
        return cls(_definitions())

    @classmethod
    def nothing(cls):
        """For workers without the program's main module."""
        return cls({})

    @classmethod
    def imported(cls):
        """For workers that import the main module themselves. What they find there is not known."""
        return cls(None)

    def is_outdated(self):
        """Returns True if the main module has a definition that the workers lack."""
        known = self._definitions
        if known is None:
            return False
        main = sys.modules["__main__"].__dict__
        size = len(main)
        # Objects are sent one by one, so what has not changed is found out without a loop in Python.
        if size == self._size and list(map(main.get, known)) == list(known.values()):
            return False
        outdated = any(known.get(name) is not value for name, value in _definitions().items())
        self._size = -1 if outdated else size
        return outdated

    def has(self, obj):
        """Returns True if workers certainly find this function or class of the main module by its name."""
        if self._definitions is None:
            return False
        first, *rest = obj.__qualname__.split(".")
        found = self._definitions.get(first)
        if found is None or found is not getattr(sys.modules["__main__"], first, None):
            return False
        for part in rest:
            found = getattr(found, part, None)
        return found is obj


def all_seen():
    """Returns a Seen for each pool of this process."""
    with _live_lock:
        return list(_live)


def _after_fork():
    """The pools of the parent are not those of the child."""
    global _live, _live_lock
    _live = weakref.WeakSet()
    _live_lock = threading.Lock()  # another thread may have held it during the fork


os.register_at_fork(after_in_child=_after_fork)
