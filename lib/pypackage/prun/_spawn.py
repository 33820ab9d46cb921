"""Workers that are not copies of the master: Python executed anew, which imports what the master's functions need."""

import marshal
import os
import pickle
import sys

_CODE = ("import marshal, os, sys; "
         "sys.path[:] = marshal.loads(os.pread(int(sys.argv[1]), int(sys.argv[2]), 0)); "
         "from prun import _spawn; _spawn.main()")


def charge_for(initializer, initargs):
    """(command line, file): the file holds what each worker needs to know, and must stay open as long as the pool."""
    from multiprocessing import spawn, util
    data = spawn.get_preparation_data("PrunWorker")
    data["authkey"] = bytes(data["authkey"])
    path = marshal.dumps([entry for entry in data["sys_path"]])
    charge = os.fdopen(os.memfd_create("prun-charge"), "wb", buffering=0)
    charge.write(path)
    charge.write(pickle.dumps((data, pickle.dumps((initializer, initargs), 5)), 5))
    executable = os.fsdecode(spawn.get_executable())
    words = [executable, *util._args_from_interpreter_flags(), "-c", _CODE, str(charge.fileno()), str(len(path))]
    return words, charge


def main():
    charge, offset, region, table, worker, entry = map(int, sys.argv[1:])
    data, initial = pickle.loads(os.pread(charge, os.fstat(charge).st_size - offset, offset))
    from . import _start
    from multiprocessing import process, spawn
    _start.preparing = True
    try:
        process.current_process()._inheriting = True
        data["authkey"] = process.AuthenticationString(data["authkey"])
        spawn.prepare(data)
        initializer, initargs = pickle.loads(initial)
    finally:
        process.current_process()._inheriting = False
        _start.preparing = False
    _start.engine.worker_serve(region, table, worker, entry, initializer, initargs)
