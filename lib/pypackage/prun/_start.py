"""The functions that the C++ part calls, and the start and the end of a worker."""

import _socket
import atexit
import os
import sys
import threading

from . import _engine, _main, _pickling

engine = _engine

channels = {}  # of the pools of this process, by name: over them workers send descriptors (_segments.py)
worker_channel = None  # of a worker: (name, socket)
preparing = False  # this process is a spawned worker that is importing the main module


ends = []  # functions that are called at the program's end, after its pools have ended


@atexit.register  # before the modules of the pools, because Python calls the last registered function first
def _end():
    for end in ends:
        end()


def check_may_start():
    if preparing:
        raise RuntimeError(
            "a pool was started while a worker imports the main module. With the start methods spawn and forkserver the "
            "part of a program that starts a pool must stand under `if __name__ == '__main__':`")


def start_method(context):
    """Returns the name of the start method, from a multiprocessing context, a name, or None for Python's default."""
    if context is not None:
        name = context if isinstance(context, str) else _method_of(context)
    else:
        multiprocessing = sys.modules.get("multiprocessing.context")
        name = multiprocessing and multiprocessing._default_context.get_start_method(allow_none=True)
        name = name or ("fork" if sys.version_info < (3, 14) else "forkserver")
    if name not in ("fork", "forkserver", "spawn"):
        raise ValueError(f"cannot find context for {name!r}: use fork, forkserver or spawn")
    return name


def _method_of(context):
    try:
        return context.get_start_method()
    except AttributeError:
        raise TypeError("the start method must be 'fork', 'forkserver', 'spawn' or a context of multiprocessing, "
                        f"not {context!r}") from None


def _this_process():
    """Returns (process id, name), as multiprocessing knows them."""
    process = sys.modules.get("multiprocessing.process")
    return os.getpid(), process.current_process().name if process is not None else "MainProcess"


def new_pool(workers, on_demand, max_tasks, initializer, initargs, context, memory_limit, cpu_limit):
    check_may_start()
    method = start_method(context)
    words, charge, keep = None, None, []
    ours, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    name = f"{os.getpid()}-{os.urandom(6).hex()}"
    master = _this_process()
    if method != "fork":
        from . import _spawn
        words, charge, keep, seen = _spawn.charge_for(initializer, initargs, (name, theirs.fileno()), master)
    else:
        seen = _main.Seen.now()
    for stream in (sys.stdout, sys.stderr):  # what is buffered here is this process's to write
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError):
            pass
    try:
        pool = _engine.pool_new(workers or 0, on_demand, max_tasks or 0, memory_limit or 0,
                                int((cpu_limit or 0) * 1e6), initializer, ((name, theirs), tuple(initargs), master),
                                words, keep)
    finally:
        theirs.close()
    channels[name] = ours
    return pool, charge, name, seen


def close_channel(name):
    """Called when no more descriptors arrive. Received ones belong to results that may still be taken."""
    channel = channels.pop(name, None)
    if channel is None:  # this is a forked child, and the channel was the parent's
        return
    try:
        has_come = channel.recv(1, _socket.MSG_PEEK)
    except OSError:
        has_come = b""
    if has_come and sys.meta_path is not None:  # where that is None, Python ends
        from . import _segments
        _segments.receiver.receive_all(channel)
    channel.close()


def _after_fork():
    """The channels are the parent's: a child that read them would take what is not its own."""
    global worker_channel
    worker_channel = None
    for channel in channels.values():
        channel.close()
    channels.clear()


os.register_at_fork(after_in_child=_after_fork)


def _worker_began(initializer, arguments):
    global worker_channel
    worker_channel, initargs, master = arguments
    import signal
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as Python has it
    process = sys.modules.get("multiprocessing.process")
    if process is not None and not preparing:
        _become_child_process(process, *master)
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        numpy.random.seed()  # workers do not draw the same numbers
    if initializer is not None:
        try:
            initializer(*initargs)
        except BaseException:
            from concurrent.futures._base import LOGGER
            LOGGER.critical("Exception in initializer:", exc_info=True)
            raise


def _become_child_process(process, master, master_name):
    """Makes multiprocessing.current_process() return this process instead of the master, and parent_process() return the master."""
    child = process.BaseProcess.__new__(process.BaseProcess)
    parent = process._current_process
    pid = os.getpid()
    child._identity = parent._identity + (pid,)
    child._config = dict(parent._config, daemon=False)
    child._parent_pid = os.getppid()
    child._parent_name = master_name
    child._popen = None
    child._closed = False
    child._target = None
    child._args = ()
    child._kwargs = {}
    child._name = f"PrunWorker-{pid}"
    if hasattr(process, "_ParentProcess") and hasattr(os, "pidfd_open"):  # Python 3.9
        try:
            process._parent_process = process._ParentProcess(master_name, master, os.pidfd_open(master))
        except OSError:  # the kernel does not have it, or the master is dead
            pass
    process._current_process = child
    process._children = set()
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util._finalizer_registry.clear()
        util._run_after_forkers()


def _worker_ends():
    """Ends the worker as multiprocessing ends a child process: with its finalizers, then with the threads that it must wait for."""
    util = sys.modules.get("multiprocessing.util")
    try:
        if util is not None:
            util._exit_function()
    finally:
        try:
            threading._shutdown()
        finally:
            _call_ended()


def _call_ended():
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, ValueError, OSError):
        pass


_engine.configure((_pickling.dump, _pickling.load, _pickling.describe, _pickling.rebuild, _pickling.unsendable,
                   _pickling.unreadable, _pickling.failed, _worker_began, _worker_ends, _call_ended))
