"""prun.share: a worker reads the object once, from shared memory."""

import array
import functools
import multiprocessing
import os
import pickle
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import support

import prun

METHODS = ("fork", "spawn")


class Counted:
    """Counts in a file how often it has been made anew."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return remake, (self.path,)


def remake(path):
    with open(path, "ab") as file:
        file.write(b".")
    return Counted(path)


class Buffer:
    """Its bytes travel outside of the pickle, as an array's do."""

    def __init__(self, data):
        self.data = data

    def __reduce_ex__(self, protocol):
        return Buffer, (pickle.PickleBuffer(self.data),)


def path_of(counted, _):
    return counted.path


def byte_of(buffer, index):
    return buffer.data[index], buffer.data.readonly


def mapped_objects():
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        return sum("prun-shared" in line for line in maps)


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def wait_for(gate):
    with open(gate, "rb") as file:
        file.read()


def keep(shared):
    global kept
    kept = shared


def open_files_after_close():
    kept.close()
    return [os.stat(f"/proc/self/fd/{fd}").st_ino for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]


class ClosedMemory:
    """When one thread reads it, another has already removed it from the opened ones."""

    def __init__(self, memory, key):
        self.memory, self.key = memory, key

    def __getitem__(self, place):
        prun._shared._opened.pop(self.key, None)
        return self.memory[place]


def item_of(values, index):
    return values[index]


class Share(unittest.TestCase):
    def test_each_worker_makes_the_object_once(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "made")
            shared = prun.share(Counted(path))
            for start_method in METHODS:
                with prun.Pool(2, start_method=start_method) as pool:
                    self.assertEqual(set(pool.starmap(path_of, [(shared, n) for n in range(100)], 1)), {path})
            self.assertLessEqual(os.path.getsize(path), 4)

    def test_buffers_are_read_in_place(self):
        shared = prun.share(Buffer(bytearray(range(256)) * 10000))
        with prun.Pool(2) as pool:
            for index in (0, 255, 2559999):
                self.assertEqual(pool.apply(byte_of, (shared, index)), (index % 256, True))

    def test_any_object_and_a_part_of_a_function_can_be_shared(self):
        values = array.array("d", range(1000))
        with prun.ProcessPoolExecutor(2) as executor:
            self.assertEqual(list(executor.map(functools.partial(item_of, prun.share(values)), range(1000))), list(values))
        with prun.share([1]) as shared, prun.Pool(1) as pool:
            self.assertEqual(shared.value, [1])
            self.assertEqual(pool.apply(item_of, (shared, 0)), 1)

    def test_calls_that_begin_after_the_close_say_so(self):
        for start_method in METHODS:
            with self.subTest(start_method=start_method), prun.Pool(1, start_method=start_method) as pool:
                shared = prun.share([1])
                self.assertEqual(pool.apply(item_of, (shared, 0)), 1)
                late = pickle.dumps(shared)  # as in a call that was sent before the close, and begins after it
                shared.close()
                shared.close()
                self.assertRaisesRegex(ValueError, "the shared object was closed", pool.apply, item_of, (shared, 0))
                for _ in range(2):  # whether or not another file has its descriptor
                    self.assertRaisesRegex(ValueError, "the shared object was closed", pool.apply, pickle.loads, (late,))
                    other = prun.share([2])
                self.assertEqual(pool.apply(item_of, (other, 0)), 2)
                never_opened = pickle.dumps(other)
                other.close()
                for _ in range(2):
                    self.assertRaisesRegex(ValueError, "the shared object was closed", pickle.loads, never_opened)
                    other = prun.share([3])

    def test_calls_that_wait_during_the_close_say_so_too(self):
        with tempfile.TemporaryDirectory() as folder, prun.Pool(1) as pool:
            gate = os.path.join(folder, "gate")
            os.mkfifo(gate)
            shared = prun.share([1])
            pool.apply_async(wait_for, (gate,))
            waiting = pool.apply_async(item_of, (shared, 0)), pool.map_async(len, [shared] * 3)
            shared.close()
            with open(gate, "wb"):
                pass
            for result in waiting:
                self.assertRaisesRegex(ValueError, "the shared object was closed", result.get)

    def test_two_threads_may_find_the_same_object_closed(self):
        from prun import _shared
        with prun.share([1]) as shared:
            late = pickle.dumps(shared)
            pickle.loads(late)
        memory, value = _shared._opened[shared._key]

        _shared._opened[shared._key] = ClosedMemory(memory, shared._key), value
        self.assertRaisesRegex(ValueError, "the shared object was closed", pickle.loads, late)

    def test_an_object_that_cannot_be_written_leaves_no_descriptor(self):
        before = descriptors()
        for error in (OSError(28, "No space left on device"), KeyboardInterrupt()):
            with mock.patch("os.write", side_effect=error):
                self.assertRaises(type(error), prun.share, [1])
            self.assertEqual(descriptors(), before)

    def test_workers_release_closed_objects_when_they_get_another(self):
        for start_method in METHODS:
            with self.subTest(start_method=start_method), prun.Pool(1, start_method=start_method) as pool:
                for n in range(5):
                    with prun.share(Buffer(bytes([n]) * 100000)) as shared:
                        self.assertEqual(pool.apply(byte_of, (shared, 99999)), (n, True))
                    with prun.share(n) as last:
                        self.assertEqual(pool.apply(abs, (last,)), n)
                self.assertEqual(pool.apply(mapped_objects), 1)

    def test_a_forked_child_neither_closes_the_object_nor_keeps_its_memory(self):
        shared = prun.share([4])
        number = os.fstat(shared._fd).st_ino
        with prun.Pool(1) as pool, multiprocessing.get_context("fork").Pool(1, keep, (shared,)) as child:
            self.assertNotIn(number, child.apply(open_files_after_close))
            self.assertEqual(pool.apply(item_of, (shared, 0)), 4)

    def test_a_program_ends_in_silence_with_objects_that_are_not_closed(self):
        code = "import prun\nshared = prun.share([5])\nwith prun.Pool(1) as pool: print(pool.apply(sum, (shared,)))\n"
        done = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "5\n", ""))


if __name__ == "__main__":
    support.main()
