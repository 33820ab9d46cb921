"""Workers that are not copies of the master: Python executed anew, which imports what the master's functions need."""

import _socket
import io
import marshal
import os
import pickle
import sys

_CODE = ("import marshal, os, sys; "
         "sys.path[:] = marshal.loads(os.pread(int(sys.argv[1]), int(sys.argv[2]), 0)); "
         "from prun import _spawn; _spawn.main()")


class _Inheritance:
    """Stands for the process that is about to begin, where multiprocessing's objects are pickled that only those may inherit."""

    def __init__(self, fds):
        from multiprocessing.popen_spawn_posix import _DupFd
        self.DupFd = _DupFd
        self.duplicate_for_child = lambda fd: fds.append(fd) or fd


class _OwnedFile:
    """Closed when nobody refers to it any more."""

    def __init__(self, fd):
        self._fd = fd

    def fileno(self):
        return self._fd

    def __del__(self, _close=os.close):
        _close(self._fd)


def charge_for(initializer, initargs, channel):
    """(command line, file, descriptors): the file holds what each worker needs to know, and stays open as long as the pool."""
    from multiprocessing import context, reduction, resource_tracker, spawn, util
    data = spawn.get_preparation_data("PrunWorker")
    fds = [resource_tracker.getfd(), channel[1]]
    context.set_spawning_popen(_Inheritance(fds))
    try:
        initial = io.BytesIO()
        reduction.dump((data, fds[0], channel), initial)
        data_size = initial.tell()
        reduction.dump((initializer, initargs), initial)
    finally:
        context.set_spawning_popen(None)
    path = marshal.dumps(list(data["sys_path"]))
    charge = _OwnedFile(os.memfd_create("prun-charge"))
    os.write(charge.fileno(), path + initial.getvalue())
    executable = os.fsdecode(spawn.get_executable())
    numbers = charge.fileno(), len(path), data_size
    words = [executable, *util._args_from_interpreter_flags(), "-c", _CODE, *map(str, numbers)]
    return words, charge, [charge.fileno(), *fds]


def main():
    charge, path_size, data_size, region, table, worker, entry = map(int, sys.argv[1:])
    initial = os.pread(charge, os.fstat(charge).st_size - path_size, path_size)
    from . import _start
    from multiprocessing import process, resource_tracker, spawn
    _start.preparing = True
    try:
        process.current_process()._inheriting = True
        data, resource_tracker._resource_tracker._fd, (name, channel) = pickle.loads(initial[:data_size])
        _start.worker_channel = name, _socket.socket(fileno=channel)
        spawn.prepare(data)
        initializer, initargs = pickle.loads(initial[data_size:])
    finally:
        process.current_process()._inheriting = False
        _start.preparing = False
    _start.engine.worker_serve(region, table, worker, entry, initializer, initargs)
