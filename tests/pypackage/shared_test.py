"""prun.share: a worker reads the object once, from shared memory."""

import array
import functools
import os
import pickle
import unittest

import support

import prun


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


def item_of(values, index):
    return values[index]


class Share(unittest.TestCase):
    def test_each_worker_makes_the_object_once(self):
        import tempfile
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "made")
            shared = prun.share(Counted(path))
            for start_method in ("fork", "spawn"):
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


if __name__ == "__main__":
    support.main()
