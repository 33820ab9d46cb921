"""Spawned workers: each starts a new Python, which imports the modules that the master's functions need."""

import _socket
import io
import marshal
import os
import pickle
import sys

from . import _main, _pickling

_CODE = ("import marshal, os, sys; "
         "sys.path[:] = marshal.loads(os.pread(int(sys.argv[1]), int(sys.argv[2]), 0)); "
         "from prun import _spawn; _spawn.main()")


class _Inheritance:
    """Represents the process that is being started, for multiprocessing objects that can be pickled only for a new process."""

    def __init__(self, fds):
        from multiprocessing.popen_spawn_posix import _DupFd
        self.DupFd = _DupFd
        self.duplicate_for_child = lambda fd: fds.append(fd) or fd


class _OwnedFile:
    """A descriptor that is closed when the last reference to it is gone."""

    def __init__(self, fd):
        self._fd = fd

    def fileno(self):
        return self._fd

    def __del__(self, _close=os.close):
        _close(self._fd)


def charge_for(initializer, initargs, channel, master):
    """Returns (command line, file, descriptors, Seen). The file holds the data that each worker needs, and stays open with the pool."""
    from multiprocessing import context, reduction, resource_tracker, spawn, util
    data = spawn.get_preparation_data("PrunWorker")
    fds = [resource_tracker.getfd(), channel[1]]
    context.set_spawning_popen(_Inheritance(fds))
    try:
        initial = io.BytesIO()
        reduction.dump((data, fds[0], channel, master), initial)
        data_size = initial.tell()
        seen = _main.Seen.imported() if _imports_main(data) else _main.Seen.nothing()
        initial.write(_pickling.dump_function((initializer, initargs), seen)[0])
    finally:
        context.set_spawning_popen(None)
    path = marshal.dumps(list(data["sys_path"]))
    charge = _OwnedFile(os.memfd_create("prun-charge"))
    os.write(charge.fileno(), path + initial.getvalue())
    executable = os.fsdecode(spawn.get_executable())
    numbers = charge.fileno(), len(path), data_size
    words = [executable, *util._args_from_interpreter_flags(), "-c", _CODE, *map(str, numbers)]
    return words, charge, [charge.fileno(), *fds], seen


def _imports_main(data):
    if "init_main_from_name" in data:
        return True
    path = data.get("init_main_from_path")
    return path is not None and os.path.splitext(os.path.basename(path))[0] != "ipython"  # as multiprocessing.spawn decides


def main():
    charge, path_size, data_size, region, table, worker, entry = map(int, sys.argv[1:])
    initial = os.pread(charge, os.fstat(charge).st_size - path_size, path_size)
    from . import _start
    from multiprocessing import process, resource_tracker, spawn
    _start.preparing = True
    try:
        process.current_process()._inheriting = True
        data, resource_tracker._resource_tracker._fd, (name, channel), master = pickle.loads(initial[:data_size])
        channel = name, _socket.socket(fileno=channel)
        spawn.prepare(data)
        initializer, initargs = pickle.loads(initial[data_size:])
    finally:
        process.current_process()._inheriting = False
        _start.preparing = False
    _start.engine.worker_serve(region, table, worker, entry, initializer, (channel, initargs, master))
