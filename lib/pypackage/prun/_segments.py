"""Large buffers, such as those of arrays, in shared memory. The sender copies them once, and the receiver uses them in place.

A segment is a memfd that belongs to the sender. The receiver maps it once. When the receiver no longer uses the buffers, it sets a
word at the start of the segment. Then the sender fills the segment again, so neither process touches new pages.

    master -> worker   the worker opens /proc/MASTER/fd/N, which lives as long as the master
    worker -> master   the worker sends the descriptor over its pool's channel, ahead of the result: it may be gone by then
"""

import ctypes
import errno
import marshal
import mmap
import os
import socket
import threading
import weakref

from . import _start
from ._maker import Maker

_BUSY, _FREE, _CLOSED = 0, 1, 2  # states; the sender has closed a segment that was free
_HEAD = 64  # bytes: the state, then the process that has mapped it
_MOST_SEGMENTS = 64  # of one process; beyond that buffers travel in the pickle
_MOST_IDLE = 256 << 20  # bytes

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
_libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_MAP_POPULATE = 0x8000


def _aligned(size, to=64):
    return (size + to - 1) // to * to


def _map(fd, size):
    address = _libc.mmap(None, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED | _MAP_POPULATE, fd, 0)
    if address in (None, ctypes.c_void_p(-1).value):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return address


class _Segment:
    """Mapped memory, unmapped when the last reference to it is gone."""

    def __init__(self, fd, size, is_received=False):
        self.size = size
        self.is_received = is_received  # over a channel
        self.address = _map(fd, size)
        self.process = os.getpid()
        self.state = ctypes.c_uint32.from_address(self.address)
        self.user = ctypes.c_uint32.from_address(self.address + 4)

    def __del__(self):
        if hasattr(self, "process"):
            _libc.munmap(self.address, self.size)

    def buffer(self):
        """Returns an object that uses the memory of the segment and keeps it mapped."""
        whole = (ctypes.c_char * self.size).from_address(self.address)
        whole.segment = self
        return whole


class Sender:
    """The segments that this process fills."""

    def __init__(self):
        self._segments = []  # (number, fd, segment)
        self._sent = set()  # over the channel of this worker
        self._numbers = 0
        self._choosing = threading.RLock()  # re-entrant: the destruction of an object may send too,
        self._is_choosing = False  # but not while this thread chooses a segment

    def put(self, data, buffers, to_master):
        """Returns bytes that name a segment with the buffers, or None if no segment is available."""
        size = _HEAD + sum(_aligned(buffer.nbytes) for buffer in buffers)
        with self._choosing:
            if self._is_choosing:
                return None
            self._is_choosing = True
            try:
                found = self._find(size)
                if found is None:
                    return None
                number, fd, segment = found
                segment.state.value = _BUSY
                segment.user.value = 0
            finally:
                self._is_choosing = False
        target = memoryview(segment.buffer()).cast("B")
        places = []
        at = _HEAD
        for buffer in buffers:
            target[at:at + buffer.nbytes] = buffer
            places.append((at, buffer.nbytes, buffer.readonly))
            at += _aligned(buffer.nbytes)
        name = ""
        if to_master:
            name, channel = _start.worker_channel
            if number not in self._sent:
                head = marshal.dumps((os.getpid(), number))
                try:
                    channel.sendmsg([head], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fd.to_bytes(4, "little"))])
                except BaseException:
                    segment.state.value = _FREE
                    raise
                self._sent.add(number)
        return marshal.dumps((data, name, os.getpid(), number, fd, segment.size, places))

    def _find(self, size):
        self._reclaim()
        fitting = [one for one in self._segments if one[2].state.value == _FREE and one[2].size >= size]
        if fitting:
            return min(fitting, key=lambda one: one[2].size)
        self._drop_idle()
        if len(self._segments) >= _MOST_SEGMENTS:
            return None
        size = _aligned(size, 1 << 20)
        try:
            fd = os.memfd_create("prun-segment")
            try:
                os.ftruncate(fd, size)
                made = self._numbers, fd, _Segment(fd, size)
            except BaseException:
                os.close(fd)
                raise
        except OSError:
            return None
        self._numbers += 1
        self._segments.append(made)
        return made

    def close(self):
        for _, fd, _ in self._segments:
            os.close(fd)
        self._segments.clear()

    def _reclaim(self):
        """Frees the segments that a dead process has used."""
        for _, _, segment in self._segments:
            user = segment.user.value
            if segment.state.value == _BUSY and user and not os.path.exists(f"/proc/{user}"):
                segment.state.value = _FREE

    def _drop_idle(self):
        """Closes segments that are too small for the current buffers."""
        idle = 0
        for one in list(self._segments):
            _, fd, segment = one
            if segment.state.value == _FREE:
                idle += segment.size
                if idle > _MOST_IDLE or len(self._segments) >= _MOST_SEGMENTS:
                    self._segments.remove(one)
                    segment.state.value = _CLOSED
                    os.close(fd)


class Receiver:
    """The segments of other processes that this one has mapped."""

    def __init__(self):
        self._mapped = {}  # (process, number) -> segment
        self._failed = {}  # the same key -> errno of a segment that has come and could not be mapped
        self._receiving = threading.RLock()  # re-entrant: the collection of a pool may receive too
        self._using = {}  # id of an exporter -> its weak reference

    def get(self, token):
        """(pickle, buffers)"""
        data, name, process, number, fd, size, places = marshal.loads(token)
        segment = self._segment(name, process, number, fd, size)
        segment.user.value = os.getpid()
        whole = segment.buffer()
        self._watch(whole, segment)
        view = memoryview(whole).cast("B")
        return data, [view[at:at + count].toreadonly() if readonly else view[at:at + count]
                      for at, count, readonly in places]

    def _segment(self, name, process, number, fd, size):
        key = process, number
        segment = self._mapped.get(key)
        if segment is None and name:
            for channel in list(_start.channels.values()):
                self.receive_all(channel)
            segment = self._mapped.get(key)
            if segment is None and key in self._failed:
                raise OSError(self._failed[key], os.strerror(self._failed[key]))
            if segment is None:
                raise RuntimeError("this process is a forked child, and large results can be taken only in the process that made the "
                                   "pool: take the result before the fork")
        elif segment is None:
            self._forget_unused()
            other = os.open(f"/proc/{process}/fd/{fd}", os.O_RDWR | os.O_CLOEXEC)
            try:
                segment = self._mapped[key] = _Segment(other, size)
            finally:
                os.close(other)
        return segment

    def receive_all(self, channel):
        """Maps the segments whose descriptors have come. One that cannot be mapped fails its own result, and no other."""
        with self._receiving:  # another thread sees a segment that this one has received
            self._forget_unused()
            while True:
                try:
                    head, extra, _, _ = channel.recvmsg(256, socket.CMSG_SPACE(4))
                except OSError:  # there is no more, or the channel was closed
                    return
                if not head:
                    return
                self._receive(marshal.loads(head), extra)

    def _receive(self, key, extra):
        self._mapped.pop(key, None)  # of an earlier process with the same id
        self._failed.pop(key, None)
        try:
            if not extra:  # the kernel has dropped the descriptor
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
            fd = int.from_bytes(extra[0][2][:4], "little")
            try:
                self._mapped[key] = _Segment(fd, os.fstat(fd).st_size, is_received=True)
            finally:
                os.close(fd)
        except (OSError, MemoryError) as error:
            self._failed[key] = getattr(error, "errno", errno.ENOMEM)

    def _forget_unused(self):
        """Unmaps segments that their senders have closed, segments of processes that have ended, and idle segments beyond the limit.

        A segment that has come over a channel comes only once, so its sender alone decides whether it is idle for too long.
        """
        idle = 0
        for key, segment in list(self._mapped.items()):
            state = segment.state.value
            if state == _FREE and not segment.is_received:
                idle += segment.size
            if state == _CLOSED or (state == _FREE and ((idle > _MOST_IDLE and not segment.is_received)
                                                        or not os.path.exists(f"/proc/{key[0]}"))):
                self._mapped.pop(key, None)

    def _watch(self, whole, segment):
        def release(reference, state=segment.state, segment=segment, maker=Maker()):
            if maker.is_here():  # and not a child that has copied the object
                self._using.pop(id(reference), None)
                state.value = _FREE

        reference = weakref.ref(whole, release)
        self._using[id(reference)] = reference


sender = Sender()
receiver = Receiver()
_inherited = []


def _after_fork():
    """The segments belong to the parent. Received ones stay mapped, because copied objects may use them."""
    global sender, receiver
    _inherited.append(receiver)
    sender.close()
    sender = Sender()
    receiver = Receiver()


os.register_at_fork(after_in_child=_after_fork)
