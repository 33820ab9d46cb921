"""Objects that are sent to each worker only once, for any number of calls."""

import marshal
import mmap
import os
import pickle

_sent = {}  # key -> Shared: workers may still ask for it
_opened = {}  # key -> object: of this process, or copied from the process that has forked it


class Shared:
    """The result of share(). It represents the object in the arguments of calls. The function gets the object itself."""

    def __init__(self, value):
        buffers = []
        data = pickle.dumps(value, 5, buffer_callback=lambda buffer: buffers.append(buffer.raw()))
        head = marshal.dumps((data, [buffer.nbytes for buffer in buffers]))
        self.value = value
        self._fd = os.memfd_create("prun-shared")
        for part in (len(head).to_bytes(8, "little"), head, *buffers):
            view = memoryview(part).cast("B") if len(part) else b""
            while len(view):
                view = view[os.write(self._fd, view):]
        self._key = os.getpid(), self._fd, os.urandom(8)

    def close(self):
        """Releases the memory. Calls that begin later cannot use the object."""
        _sent.pop(self._key, None)
        if self._fd >= 0 and self._key[0] == os.getpid():  # and not a child that has copied it
            os.close(self._fd)
        self._fd = -1

    def __del__(self):
        if getattr(self, "_fd", -1) >= 0 and os is not None:
            self.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __reduce__(self):
        _sent[self._key] = self
        return _open, (self._key,)


def _open(key):
    if key not in _opened:
        process, fd, _ = key
        file = os.open(f"/proc/{process}/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            memory = memoryview(mmap.mmap(file, 0, prot=mmap.PROT_READ))
        finally:
            os.close(file)
        at = 8 + int.from_bytes(memory[:8], "little")
        data, sizes = marshal.loads(memory[8:at])
        buffers = []
        for size in sizes:
            buffers.append(memory[at:at + size])
            at += size
        _opened[key] = pickle.loads(data, buffers=buffers)
    return _opened[key]


def share(value):
    """Returns an argument that represents `value`. Each worker gets the value from shared memory once, and keeps it.

        table = prun.share(large_array)
        pool.starmap(look_up, [(table, key) for key in keys])      # look_up gets the array itself

    Arrays are not copied and are read-only. The memory is released by close(), at the end of a `with`, or when the
    program ends.
    """
    return Shared(value)
