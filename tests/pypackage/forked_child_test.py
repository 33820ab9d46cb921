"""Forked children of a program with pools: workers, and processes that the program or a worker forks itself."""

import concurrent.futures
import gc
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import unittest

import support
from support import Buffer

import prun
from prun._maker import Maker

METHODS = ("fork", "spawn")
MEGABYTE = 1 << 20


def nothing():
    pass


def collect(_):
    gc.collect()


def exit_code_of_a_process(_):
    process = multiprocessing.get_context("fork").Process(target=nothing)
    process.start()
    process.join()
    return process.exitcode


def through_a_standard_pool(x):
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(abs, (x,))


def through_a_standard_executor(x):
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as executor:
        return executor.submit(abs, x).result()


def write_after_the_main_thread(path):
    def write():
        threading.main_thread().join()  # returns when Python waits for its threads, and never if the process just exits
        with open(path, "w", encoding="ascii") as file:
            file.write("done")

    threading.Thread(target=write).start()


def about_the_parent(_):
    parent = multiprocessing.parent_process()
    parent.join(0)
    return parent.pid, parent.name, parent.is_alive()


def size_of(buffer):
    return len(buffer.data)


def buffer_of(size):
    return Buffer(bytearray(size))


def sizes_through_a_pool_here(size):
    with prun.Pool(1, start_method="fork") as pool:
        return pool.apply(size_of, (Buffer(bytearray(size)),)), size_of(pool.apply(buffer_of, (size,)))


def segments(_):
    """Returns the numbers of the memory files that this process fills."""
    return {os.fstat(fd).st_ino for _, fd, _ in sys.modules["prun._segments"].sender._segments}


def descriptors_of_segments(_):
    folder = "/proc/self/fd"
    return sum("prun-segment" in os.readlink(f"{folder}/{fd}") for fd in os.listdir(folder) if os.path.lexists(f"{folder}/{fd}"))


def keep(value):
    global kept
    kept = value


def what_the_kept_maker_says(_):
    """Its answers: whole, with the id of the parent, and with the count of the parent."""
    return kept.is_here(), kept.is_here(_getpid=lambda: kept._pid), kept.is_here(_forks=[kept._forks])


def through_the_kept_executor(x):
    with kept:
        return kept.submit(abs, x).result()


def run(program, *options):
    folder = os.path.dirname(os.path.abspath(__file__))
    done = subprocess.run([sys.executable, *options, "-c", program], cwd=folder, timeout=120, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


class Worker(unittest.TestCase):
    def test_calls_of_an_executor_start_processes_and_standard_pools(self):
        for method in METHODS:
            with self.subTest(method=method), \
                    prun.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as executor:
                self.assertEqual(executor.submit(exit_code_of_a_process, 0).result(120), 0)
                self.assertEqual(executor.submit(through_a_standard_pool, -2).result(120), 2)
                self.assertEqual(executor.submit(through_a_standard_executor, -3).result(120), 3)

    def test_so_do_calls_of_a_pool_that_is_made_while_an_executor_lives(self):
        with prun.ProcessPoolExecutor(1) as executor:
            self.assertEqual(executor.submit(abs, -1).result(), 1)
            with prun.Pool(1) as pool:
                self.assertEqual(pool.apply(exit_code_of_a_process, (0,)), 0)

    def test_a_worker_destroys_objects_of_the_masters_earlier_pools_in_silence(self):
        program = ("import forked_child_test as test, prun\n"
                   "def failing():\n"
                   "    with prun.Pool(1) as pool:\n"
                   "        try: pool.apply(pow, (0, -1))\n"
                   "        except ZeroDivisionError: pass\n"  # its traceback holds the pool
                   "failing()\n"
                   "results = prun.ProcessPoolExecutor(1).map(abs, range(3))\n"
                   "next(results)\n"
                   "with prun.Pool(1) as pool: pool.apply(test.collect, (0,))\n"
                   "print(*results)\n")
        self.assertEqual(run(program), (0, "1 2\n", ""))

    def test_a_worker_waits_for_its_threads_before_it_exits(self):
        for method in METHODS:
            with self.subTest(method=method), tempfile.TemporaryDirectory() as folder:
                paths = [os.path.join(folder, name) for name in ("executor", "pool")]
                executor = prun.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method))
                executor.submit(write_after_the_main_thread, paths[0]).result()
                pool = prun.Pool(1, start_method=method)
                pool.apply(write_after_the_main_thread, (paths[1],))
                self.assertFalse(any(map(os.path.exists, paths)))
                executor.shutdown()
                pool.close()
                pool.join()
                self.assertTrue(all(map(os.path.exists, paths)))

    @unittest.skipIf(sys.version_info < (3, 9), "needs os.pidfd_open")
    def test_the_parent_of_a_worker_is_the_master(self):
        for method in METHODS:
            with self.subTest(method=method), prun.Pool(1, start_method=method) as pool:
                self.assertEqual(pool.apply(about_the_parent, (0,)), (os.getpid(), "MainProcess", True))

    def test_a_worker_sends_large_buffers_to_a_pool_of_its_own(self):
        for method in METHODS:
            with self.subTest(method=method), prun.Pool(1, start_method=method) as pool:
                self.assertEqual(size_of(pool.apply(buffer_of, (MEGABYTE,))), MEGABYTE)
                self.assertEqual(pool.apply(sizes_through_a_pool_here, (MEGABYTE,)), (MEGABYTE, MEGABYTE))


class Child(unittest.TestCase):
    def test_it_exits_as_it_would_without_pools_and_in_silence(self):
        program = ("import os, prun, sys\n"
                   "with prun.Pool(1) as pool, prun.ProcessPoolExecutor(1) as executor:\n"
                   "    results, unordered = executor.map(abs, range(3)), pool.imap_unordered(abs, range(3))\n"
                   "    next(results), next(unordered)\n"
                   "    child = os.fork()\n"
                   "    if child == 0:\n"
                   "        sys.exit(7)\n"
                   "    print(os.waitpid(child, 0)[1] >> 8, *results, *sorted([*unordered]), pool.apply(abs, (-5,)))\n")
        options = "-W", "ignore::DeprecationWarning", "-W", "always::ResourceWarning"
        self.assertEqual(run(program, *options), (0, "7 1 2 1 2 5\n", ""))

    def test_a_process_of_multiprocessing_exits_with_0_while_an_executor_lives(self):
        with prun.ProcessPoolExecutor(1) as executor:
            self.assertEqual(executor.submit(abs, -1).result(), 1)
            self.assertEqual(exit_code_of_a_process(0), 0)

    def test_its_own_pool_uses_no_shared_memory_of_its_parent(self):
        with prun.Pool(1) as pool:
            pool.apply(size_of, (Buffer(bytearray(MEGABYTE)),))  # leaves a segment that can be filled again
            mine = segments(0)
            with multiprocessing.get_context("fork").Pool(1) as child:
                self.assertEqual(child.apply(sizes_through_a_pool_here, (MEGABYTE,)), (MEGABYTE, MEGABYTE))
                theirs = child.apply(segments, (0,))
            self.assertTrue(mine and theirs)
            self.assertEqual(mine & theirs, set())

    def test_it_keeps_no_shared_memory_open_that_its_parent_sends(self):
        with prun.Pool(1) as pool:
            pool.apply(size_of, (Buffer(bytearray(MEGABYTE)),))
            self.assertGreater(descriptors_of_segments(0), 0)
            with multiprocessing.get_context("fork").Pool(1) as child:
                self.assertEqual(child.apply(descriptors_of_segments, (0,)), 0)
            self.assertEqual(pool.apply(size_of, (Buffer(bytearray(MEGABYTE)),)), MEGABYTE)

    def test_it_is_not_the_maker_of_a_copied_object_even_with_the_same_id_or_before_it_has_counted_the_fork(self):
        maker = Maker()
        with multiprocessing.get_context("fork").Pool(1, keep, (maker,)) as child:
            self.assertEqual(child.apply(what_the_kept_maker_says, (0,)), (False, False, False))
        self.assertTrue(maker.is_here())

    def test_it_can_start_an_executor_that_its_parent_has_not_started(self):
        with prun.ProcessPoolExecutor(1) as executor, multiprocessing.get_context("fork").Pool(1, keep, (executor,)) as child:
            self.assertEqual(child.apply(through_the_kept_executor, (-4,)), 4)
            self.assertEqual(executor.submit(abs, -5).result(), 5)


if __name__ == "__main__":
    support.main()
