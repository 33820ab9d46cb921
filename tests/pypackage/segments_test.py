"""Large buffers of many threads, of calls that are tried again, and of results whose shared memory cannot be mapped."""

import errno
import os
import sys
import tempfile
import threading
import unittest
from unittest import mock

import support
from support import Buffer

import prun
from prun import _segments

LARGE = 1 << 17


def buffer_of(number, size=LARGE):
    return Buffer(bytearray([number]) * size)


def same(buffer):
    return buffer


def numbers_in(buffer):
    return set(bytes(buffer.data))


def change_and_fail_first(mark, buffer):
    if os.path.exists(mark):
        return numbers_in(buffer)
    buffer.data[:] = bytes(len(buffer.data))
    with open(mark, "w"):
        raise OSError("this is only a test")


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def mapped_segments():
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        return sum("prun-segment" in line for line in maps)


class Failing:
    """Fails the first mappings, and makes the others."""

    def __init__(self, failures):
        self.left = failures
        self.map = _segments._map

    def __call__(self, fd, size):
        if self.left:
            self.left -= 1
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        return self.map(fd, size)


class Unmapped(unittest.TestCase):
    def test_a_result_that_cannot_be_mapped_fails_alone_and_whoever_takes_it_first(self):
        with prun.Pool(1) as pool:
            results = [pool.apply_async(buffer_of, (number,)) for number in range(3)]
            for result in results:
                result.wait()
            with mock.patch("prun._segments._map", Failing(1)):
                self.assertEqual(numbers_in(results[2].get()), {2})  # receives the segments of all
            self.assertRaisesRegex(MemoryError, "the result needs more memory than is available", results[0].get)
            self.assertEqual(numbers_in(results[1].get()), {1})
            self.assertEqual(numbers_in(pool.apply(buffer_of, (3,))), {3})

    def test_so_does_a_result_whose_descriptor_the_kernel_has_dropped(self):
        receiver = _segments.Receiver()
        receiver._receive((1, 0), [])
        for _ in range(2):
            with self.assertRaises(OSError) as raised:
                receiver._segment("pool", 1, 0, 5, LARGE)
            self.assertEqual(raised.exception.errno, errno.EMFILE)

    def test_a_segment_that_cannot_be_made_leaves_no_descriptor(self):
        with prun.Pool(1) as pool, mock.patch("prun._segments.sender", _segments.Sender()):
            before = descriptors()
            with mock.patch("prun._segments._map", Failing(1)):
                self.assertEqual(numbers_in(pool.apply(same, (buffer_of(1),))), {1})  # the buffer travels in the pickle
            self.assertEqual(descriptors(), before)


class Idle(unittest.TestCase):
    def setUp(self):
        patch = mock.patch("prun._segments._MOST_IDLE", 2 << 20)
        patch.start()
        self.addCleanup(patch.stop)

    def test_segments_that_their_workers_keep_can_be_filled_again(self):
        with prun.Pool(1) as one, prun.Pool(1) as other:
            for _ in range(2):
                kept = [pool.apply(buffer_of, (number,)) for pool in (one, other) for number in range(2)]
                self.assertEqual([numbers_in(buffer) for buffer in kept], [{0}, {1}] * 2)
            del kept
            one.apply(buffer_of, (0, 1 << 21))  # comes in a new segment, and makes this process look for idle ones
            kept = [pool.apply(buffer_of, (number,)) for pool in (one, other) for number in range(2)]
            self.assertEqual([numbers_in(buffer) for buffer in kept], [{0}, {1}] * 2)

    def test_segments_that_their_worker_has_closed_are_unmapped(self):
        before = mapped_segments()
        with prun.Pool(1) as pool:
            for megabytes in range(1, 10):
                pool.apply(buffer_of, (0, megabytes << 20))
            self.assertLessEqual(mapped_segments() - before, 2)


class Retries(unittest.TestCase):
    def test_a_call_that_is_tried_again_gets_its_own_bytes_as_they_were(self):
        with tempfile.TemporaryDirectory() as folder, prun.Pool(2, retries=1) as pool:
            items = [(os.path.join(folder, str(number)), buffer_of(number)) for number in range(40)]
            expected = [{number} for number in range(40)]
            self.assertEqual(pool.starmap(change_and_fail_first, items, chunksize=1), expected)
            for number in range(8):
                item = os.path.join(folder, f"call-{number}"), buffer_of(number)
                self.assertEqual(pool.apply(change_and_fail_first, item), {number})


class Threads(unittest.TestCase):
    def test_threads_get_the_bytes_that_they_send(self):
        wrong = []

        def run(pool, number):
            try:
                for _ in range(40):
                    wrong.extend(numbers_in(pool.apply(same, (buffer_of(number),))) - {number})
            except Exception as error:
                wrong.append(error)

        interval = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, interval)
        with prun.Pool(2) as pool:
            sys.setswitchinterval(1e-6)
            threads = [threading.Thread(target=run, args=(pool, number)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    support.main()
