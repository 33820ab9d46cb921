"""Large buffers: they travel through shared memory, arrive equal, and can be written to."""

import array
import os
import sys
import unittest

import support

import prun

try:
    import numpy
except ImportError:
    print("skipped: this Python has no numpy: install python3-numpy")
    sys.exit(77)

MEGABYTE = 1 << 20


def identity(x):
    return x


def increment(x):
    x += 1  # in place: it is the worker's own
    return x


def make(size):
    return numpy.arange(size, dtype=numpy.uint8)


def keep(x, kept=[]):
    kept.append(x)
    return float(sum(int(each.sum(dtype=numpy.int64)) for each in kept))


def die_with(x):
    os.kill(os.getpid(), 9)


class Arrays(unittest.TestCase):
    def setUp(self):
        self.pools = [prun.Pool(2, start_method=method) for method in ("fork", "spawn")]
        for pool in self.pools:
            self.addCleanup(pool.terminate)

    def test_arrays_arrive_equal_and_can_be_written_to(self):
        for pool in self.pools:
            for size in (0, 10, MEGABYTE, 9 * MEGABYTE):
                sent = numpy.arange(size, dtype=numpy.float64)
                back = pool.apply(increment, (sent,))
                numpy.testing.assert_array_equal(back, sent + 1)
                back[:] = 0
                numpy.testing.assert_array_equal(sent, numpy.arange(size, dtype=numpy.float64))

    def test_results_that_are_kept_are_not_overwritten(self):
        for pool in self.pools:
            results = list(pool.imap(identity, (numpy.full(MEGABYTE, n, dtype=numpy.uint8) for n in range(150))))
            for n, result in enumerate(results):
                self.assertEqual((int(result[0]), int(result[-1]), len(result)), (n, n, MEGABYTE))

    def test_arguments_that_a_worker_keeps_are_not_overwritten(self):
        pool = prun.Pool(1)
        self.addCleanup(pool.terminate)
        total = 0.0
        for n in range(20):
            total += n * MEGABYTE
            self.assertEqual(pool.apply(keep, (numpy.full(MEGABYTE, n, dtype=numpy.uint8),)), total)

    def test_a_part_of_a_result_keeps_it_alive(self):
        for pool in self.pools:
            parts = [pool.apply(make, (MEGABYTE,))[100:200] for _ in range(10)]
            for part in parts:
                numpy.testing.assert_array_equal(part, numpy.arange(100, 200, dtype=numpy.uint8))

    def test_results_outlive_their_worker_and_their_pool(self):
        pool = prun.Pool(2, maxtasksperchild=1)
        results = [pool.apply_async(identity, (numpy.full(MEGABYTE, n, dtype=numpy.uint8),)) for n in range(8)]
        pool.close()
        pool.join()
        del pool
        for n, result in enumerate(results):
            self.assertEqual(int(result.get()[-1]), n)

    def test_a_killed_worker_loses_only_its_own_array(self):
        pool = self.pools[0]
        for _ in range(3):
            self.assertRaises(prun.WorkerLostError, pool.apply, die_with, (numpy.zeros(MEGABYTE),))
            numpy.testing.assert_array_equal(pool.apply(increment, (numpy.zeros(MEGABYTE),)), numpy.ones(MEGABYTE))

    def test_other_buffers_travel_too(self):
        for pool in self.pools:
            for value in (bytearray(MEGABYTE), b"x" * MEGABYTE, array.array("d", range(MEGABYTE)),
                          [numpy.zeros(MEGABYTE)[::2], numpy.ones((1000, 1000)).T]):
                back = pool.apply(identity, (value,))
                if isinstance(value, list):
                    for one, other in zip(value, back):
                        numpy.testing.assert_array_equal(one, other)
                else:
                    self.assertEqual(bytes(back), bytes(value))


if __name__ == "__main__":
    support.main()
