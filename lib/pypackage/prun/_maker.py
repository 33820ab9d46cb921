"""Tells an object in the process that made it from its copy in a forked child."""

import os

_forks = [0]  # between the import of this file and this process


def _after_fork():
    _forks[0] += 1


os.register_at_fork(after_in_child=_after_fork)


class Maker:
    """The process that made the object which holds this.

    Its id alone does not name a process: a grandchild may have the id of a grandparent that has ended. The count alone does not
    either: hooks of other modules run in a child before the hook of this file, and may destroy objects.
    """

    __slots__ = ("_pid", "_forks")

    def __init__(self):
        self._pid = os.getpid()
        self._forks = _forks[0]

    def is_here(self, _getpid=os.getpid, _forks=_forks):  # defaults, because __del__ calls it when Python has cleared this file
        """Returns True in the process that made the object, and False in its forked children."""
        return self._pid == _getpid() and self._forks == _forks[0]
