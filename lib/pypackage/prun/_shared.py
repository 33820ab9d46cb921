"""Objects that are sent to each worker only once, for any number of calls.

The file of an object:

    16 bytes   its mark: the same as in the key, until close() sets it to zeros
    8 bytes    size of the head, little-endian
    head       marshal: (pickle, sizes of the buffers)
    buffers    one after the other
"""

import marshal
import mmap
import os
import pickle
import sys
import weakref

from ._maker import Maker

_FILE = "prun-shared"
_MARK = 16  # bytes
_NO_MARK = bytes(_MARK)
_CLOSED = "the shared object was closed before the call began: close it after the last call has ended"

_live = weakref.WeakSet()  # of this process
_sent = {}  # key -> Shared: workers may still ask for it
_opened = {}  # key -> (memory, object): of this process, or copied from the process that has forked it


class ClosedError(ValueError):
    """What a call raises whose argument is a closed shared object."""


class Shared:
    """The result of share(). It represents the object in the arguments of calls. The function gets the object itself."""

    def __init__(self, value):
        buffers = []
        data = pickle.dumps(value, 5, buffer_callback=lambda buffer: buffers.append(buffer.raw()))
        head = marshal.dumps((data, [buffer.nbytes for buffer in buffers]))
        mark = os.urandom(_MARK)
        self.value = value
        self._is_closed = False
        self._maker = Maker()
        self._fd = os.memfd_create(_FILE)
        self._key = os.getpid(), self._fd, mark
        _live.add(self)  # from here on close() and a fork find the descriptor
        try:
            self._write(mark, head, buffers)
        except BaseException:
            self.close()
            raise

    def _write(self, mark, head, buffers):
        for part in (mark, len(head).to_bytes(8, "little"), head, *buffers):
            view = memoryview(part).cast("B") if len(part) else b""
            while len(view):
                view = view[os.write(self._fd, view):]

    def close(self):
        """Releases the memory when the running calls that use it have ended. Calls that begin later raise ValueError."""
        self._is_closed = True
        _sent.pop(self._key, None)
        _live.discard(self)
        fd, self._fd = self._fd, -1
        if fd >= 0 and self._maker.is_here():
            try:
                os.pwrite(fd, _NO_MARK, 0)  # for the workers that have opened it
            finally:
                os.close(fd)

    def __del__(self, _is_ending=sys.is_finalizing):
        if getattr(self, "_fd", -1) >= 0 and not _is_ending():
            self.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __reduce__(self):
        if self._is_closed:
            raise ClosedError(_CLOSED)
        _sent[self._key] = self
        return _open, (self._key,)


def _after_fork():
    """The files belong to the parent. A copied object can still be sent, because its key names the parent."""
    for shared in list(_live):
        os.close(shared._fd)
        shared._fd = -1
    _live.clear()
    _sent.clear()


os.register_at_fork(after_in_child=_after_fork)


def _open(key):
    opened = _opened.get(key)
    if opened is None:
        _forget_closed()
        opened = _opened[key] = _read(key)
    memory, value = opened
    if memory[:_MARK] != key[2]:
        _opened.pop(key, None)  # another thread may have removed it
        raise ClosedError(_CLOSED)
    return value


def _forget_closed():
    for key, (memory, _) in list(_opened.items()):
        if memory[:_MARK] != key[2]:
            _opened.pop(key, None)


def _read(key):
    process, fd, mark = key
    path = f"/proc/{process}/fd/{fd}"
    try:
        if not os.readlink(path).startswith(f"/memfd:{_FILE}"):  # the descriptor was closed, and is used for another file
            raise ClosedError(_CLOSED)
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise ClosedError(_CLOSED) from None
    try:
        memory = memoryview(mmap.mmap(file, 0, prot=mmap.PROT_READ))
    finally:
        os.close(file)
    if memory[:_MARK] != mark:  # or for another object
        raise ClosedError(_CLOSED)
    at = _MARK + 8
    head = int.from_bytes(memory[_MARK:at], "little")
    data, sizes = marshal.loads(memory[at:at + head])
    at += head
    buffers = []
    for size in sizes:
        buffers.append(memory[at:at + size])
        at += size
    return memory, pickle.loads(data, buffers=buffers)


def share(value):
    """Returns an argument that represents `value`. Each worker gets the value from shared memory once, and keeps it.

        table = prun.share(large_array)
        pool.starmap(look_up, [(table, key) for key in keys])      # look_up gets the array itself

    Arrays are not copied and are read-only. close(), or the end of a `with`, releases the memory. Close it after the last call
    that uses it has ended: calls that are made or begin later raise ValueError. A worker keeps the value until it gets another
    shared object or ends. A pool with start method fork that was made after the object keeps the memory until the pool ends.
    """
    return Shared(value)
