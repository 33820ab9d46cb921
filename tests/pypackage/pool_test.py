"""prun.Pool: its results, errors and end, beyond what CPython's own tests assert."""

import functools
import itertools
import multiprocessing
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings

import support

import prun


def square(x):
    return x * x


def double(x):
    return 2 * x


def add(a, b=0, *, c=0):
    return a + b + c


def stop_at_three(x):
    if x == 3:
        raise StopIteration
    return x


def fail_at_three(x):
    if x == 3:
        raise KeyError("three")
    return x


def fail_at_first(folder, x):
    if count_in(os.path.join(folder, str(x))) == 0:
        raise OSError("not yet")
    return x


def die_at_three(x):
    if x == 3:
        os.kill(os.getpid(), 9)
    return x


def leave(status):
    os._exit(status)


def identity(x):
    return x


def pid_of(_):
    return os.getpid()


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.001)


def sleep_for_long(_):
    time.sleep(1000)


def count_in(path):
    """How often it has been called before with this path."""
    with open(path, "a+b") as file:
        file.write(b".")
        return file.tell() - 1


def fail_twice(path):
    if count_in(path) < 2:
        raise OSError("not yet")
    return "done"


def raise_unpicklable(_):
    class Local(Exception):
        pass
    raise Local("of a class that nobody else has")


def use_memory(size):
    return len(bytearray(size))


def burn_cpu(_):
    while True:
        pass


class Unreadable:
    """Can be pickled, and not unpickled."""

    def __reduce__(self):
        return unreadable, ()


def unreadable():
    raise ValueError("cannot be made anew")


def make_unreadable(_):
    return Unreadable()


initialized = None


def set_initialized(value):
    global initialized
    initialized = value


def get_initialized(_):
    return initialized


def refuse():
    raise RuntimeError("no worker today")


class Results(unittest.TestCase):
    def setUp(self):
        self.pool = prun.Pool(2)
        self.addCleanup(self.pool.terminate)

    def test_every_mode_gives_what_the_built_in_map_gives(self):
        for count in (0, 1, 7, 100):
            expected = [square(x) for x in range(count)]
            for chunksize in (1, 3, 1000, "auto"):
                with self.subTest(count=count, chunksize=chunksize):
                    self.assertEqual(self.pool.map(square, range(count), chunksize), expected)
                    self.assertEqual(list(self.pool.imap(square, range(count), chunksize)), expected)
                    self.assertEqual(sorted(self.pool.imap_unordered(square, range(count), chunksize)), expected)
            self.assertEqual(self.pool.map_async(square, range(count)).get(), expected)
            self.assertEqual(self.pool.starmap(add, zip(range(count), range(count))), [2 * x for x in range(count)])

    def test_ranges_of_every_kind_give_their_numbers(self):
        ranges = [range(0), range(5, 5), range(1), range(7, -20, -3), range(2 ** 31 - 2, 2 ** 31 + 3), range(2 ** 63 - 3, 2 ** 63),
                  range(2 ** 63 - 2, 2 ** 63 + 2), range(-2 ** 63 - 1, -2 ** 63 + 2), range(0, 10 ** 30, 10 ** 29),
                  range(-2 ** 63, 2 ** 63 - 1, 2 ** 62), range(5, 3, 2 ** 64), range(3000)]
        for numbers in ranges:
            for chunksize in (1, 3, 10000, "auto"):
                with self.subTest(numbers=numbers, chunksize=chunksize):
                    self.assertEqual(self.pool.map(identity, numbers, chunksize), list(numbers))
                    self.assertEqual(list(self.pool.imap(identity, numbers, chunksize)), list(numbers))
        self.assertEqual(self.pool.starmap(add, zip(range(3), range(3))), [0, 2, 4])
        with self.assertRaises(TypeError):
            self.pool.starmap(add, range(3))

    def test_a_range_is_called_on_behind_a_call_that_killed_its_worker(self):
        results = self.pool.imap(die_at_three, range(7, 0, -1), 7)
        self.assertEqual([next(results) for _ in range(4)], [7, 6, 5, 4])
        self.assertRaises(prun.WorkerLostError, next, results)
        self.assertEqual(list(results), [2, 1])
        with tempfile.TemporaryDirectory() as folder, prun.Pool(2, retries=2) as pool:
            fail_once = functools.partial(fail_at_first, folder)
            self.assertEqual(pool.map(fail_once, range(3), 3), [0, 1, 2])

    def test_apply_passes_keyword_arguments(self):
        self.assertEqual(self.pool.apply(add, (1,), {"b": 2, "c": 3}), 6)

    def test_values_of_every_kind_come_back_equal_and_of_the_same_type(self):
        shared = [1]
        values = [None, True, False, 0, -1, 2 ** 31, -2 ** 31 - 1, 2 ** 63, 10 ** 100, 1.5, float("inf"), "", "x" * 100, "\udc80",
                  "\N{SNOWMAN}", b"", b"x" * 100000, (), (1, (2, (3,))), [], [[1], [2]], {}, {"a": [1, {"b": (2,)}], 3: None},
                  {1, 2}, frozenset([3]), bytearray(b"abc"), 1 + 2j, range(3), [shared, shared], int, len,
                  os.stat_result(range(10))]
        for value, back in zip(values, self.pool.map(identity, values)):
            self.assertEqual(back, value)
            self.assertIs(type(back), type(value))

    def test_pickle_keeps_what_is_shared_and_what_refers_to_itself(self):
        shared = [1]
        first, second = self.pool.apply(identity, ([shared, shared],))
        self.assertIs(first, second)
        loop = []
        loop.append(loop)
        back = self.pool.apply(identity, (loop,))
        self.assertIs(back[0], back)

    def test_an_exhausted_iterator_stays_exhausted(self):
        iterator = self.pool.imap(square, [1])
        self.assertEqual(list(iterator), [1])
        self.assertRaises(StopIteration, next, iterator)
        self.assertRaises(StopIteration, next, iterator)

    def test_imap_reads_a_window_of_an_endless_input(self):
        read = []
        inputs = (read.append(n) or n for n in itertools.count())
        iterator = self.pool.imap(square, inputs)
        self.assertEqual([next(iterator) for _ in range(10)], [n * n for n in range(10)])
        self.assertLess(len(read), 10000)

    def test_results_arrive_while_the_input_waits(self):
        more = threading.Event()

        def inputs():
            yield 1
            more.wait()
            yield 2

        iterator = self.pool.imap(square, inputs())
        self.assertEqual(iterator.next(timeout=60), 1)
        self.assertRaises(multiprocessing.TimeoutError, iterator.next, timeout=0.01)
        more.set()
        self.assertEqual(iterator.next(timeout=60), 4)

    def test_join_reads_the_rest_of_a_partly_consumed_imap(self):
        for inputs in (range(20000), iter(range(20000))):
            with self.subTest(kind=type(inputs).__name__):
                pool = prun.Pool(2)
                iterator = pool.imap(square, inputs)
                self.assertEqual(next(iterator), 0)
                pool.close()
                pool.join()
                self.assertEqual(list(iterator), [n * n for n in range(1, 20000)])

    def test_a_map_that_nobody_takes_is_run(self):
        folder = self.enterContext_(support_folder())
        pool = prun.Pool(2)
        pool.imap_unordered(count_in, [os.path.join(folder, str(n)) for n in range(5000)])
        pool.close()
        pool.join()
        self.assertEqual(len(os.listdir(folder)), 5000)

    def enterContext_(self, manager):
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def test_callbacks_are_called_once_before_get_returns(self):
        got = []
        self.assertEqual(self.pool.map_async(square, [1, 2], callback=got.append).get(), [1, 4])
        self.assertEqual(got, [[1, 4]])
        empty = self.pool.map_async(square, [], callback=got.append, error_callback=got.append)
        self.assertEqual((empty.get(), empty.successful(), got), ([], True, [[1, 4]]))  # as the standard pool does
        result = self.pool.apply_async(fail_at_three, (3,), callback=got.append, error_callback=got.append)
        self.assertRaises(KeyError, result.get)
        self.assertEqual(repr(got[1:]), "[KeyError('three')]")
        self.assertFalse(result.successful())

    def test_lambdas_need_cloudpickle(self):
        try:
            import cloudpickle  # noqa: F401
        except ImportError:
            with self.assertRaisesRegex((pickle.PicklingError, AttributeError), "install cloudpickle"):
                self.pool.apply(lambda: 1)
        else:
            step = 10
            self.assertEqual(self.pool.map(lambda x: x + step, [1, 2]), [11, 12])


def support_folder():
    import tempfile
    return tempfile.TemporaryDirectory()


class Errors(unittest.TestCase):
    def setUp(self):
        self.pool = prun.Pool(2)
        self.addCleanup(self.pool.terminate)

    def test_an_exception_keeps_its_type_and_the_workers_traceback(self):
        with self.assertRaises(KeyError) as caught:
            self.pool.map(fail_at_three, range(5))
        self.assertEqual(caught.exception.args, ("three",))
        self.assertIn("in fail_at_three", str(caught.exception.__cause__))

    def test_imap_reads_on_behind_an_item_that_raised_StopIteration(self):
        for inputs in (list(range(10000)), iter(range(10000))):
            iterator = self.pool.imap(stop_at_three, inputs)
            self.assertEqual(list(iterator), [0, 1, 2])
            self.assertEqual(list(iterator), list(range(4, 10000)))

    def test_imap_goes_on_behind_an_item_that_failed_also_in_a_chunk(self):
        for chunksize in (1, 3):
            iterator = self.pool.imap(fail_at_three, range(6), chunksize)
            self.assertEqual([next(iterator) for _ in range(3)], [0, 1, 2])
            self.assertRaises(KeyError, next, iterator)
            self.assertEqual(list(iterator), [4, 5])

    def test_a_dead_worker_fails_only_its_own_item(self):
        for chunksize in (1, 3):
            iterator = self.pool.imap(die_at_three, range(6), chunksize)
            self.assertEqual([next(iterator) for _ in range(3)], [0, 1, 2])
            with self.assertRaises(prun.WorkerLostError) as lost:
                next(iterator)
            self.assertEqual(lost.exception.signal, 9)
            self.assertIn("SIGKILL", str(lost.exception))
            self.assertEqual(list(iterator), [4, 5])
        self.assertRaises(prun.WorkerLostError, self.pool.map, die_at_three, range(6))
        self.assertEqual(self.pool.map(square, range(6)), [0, 1, 4, 9, 16, 25])

    def test_a_worker_that_exits_is_lost_with_its_status(self):
        with self.assertRaises(prun.WorkerLostError) as lost:
            self.pool.apply(leave, (7,))
        self.assertEqual(lost.exception.exit_status, 7)

    def test_values_that_cannot_be_sent_fail_their_call_alone(self):
        pids = set(self.pool.worker_pids())
        for _ in range(20):
            self.assertRaises((TypeError, pickle.PicklingError), self.pool.apply, identity, (threading.Lock(),))
            self.assertRaises(prun.SerializationError, self.pool.apply, identity, (Unreadable(),))
            self.assertRaises(multiprocessing.pool.MaybeEncodingError, self.pool.apply, threading.Lock)
            self.assertRaises(prun.SerializationError, self.pool.apply, make_unreadable, (1,))
        self.assertEqual(self.pool.apply(square, (3,)), 9)
        self.assertEqual(set(self.pool.worker_pids()), pids)

    def test_an_item_that_cannot_be_pickled_fails_in_its_place(self):
        iterator = self.pool.imap(identity, [1, threading.Lock(), 3])
        self.assertEqual(next(iterator), 1)
        self.assertRaises((TypeError, pickle.PicklingError), next, iterator)
        self.assertEqual(next(iterator), 3)

    def test_an_exception_that_cannot_be_pickled_comes_as_a_remote_error(self):
        with self.assertRaisesRegex(prun.RemoteError, "Local: of a class that nobody else has"):
            self.pool.apply(raise_unpicklable, (1,))

    def test_an_input_that_raises_raises_behind_what_came_before(self):
        def inputs():
            yield 1
            yield 2
            raise LookupError("no more")

        for _ in range(2):
            iterator = self.pool.imap(square, inputs())
            self.assertEqual([next(iterator), next(iterator)], [1, 4])
            self.assertRaises(LookupError, next, iterator)
            self.assertRaises(StopIteration, next, iterator)
            self.assertRaises(LookupError, self.pool.map, square, inputs())

    def test_a_long_message_blocks_nothing(self):
        with self.assertRaises(ValueError) as caught:
            self.pool.apply(raise_long, (1 << 20,))
        self.assertEqual(len(str(caught.exception)), 1 << 20)

    def test_wrong_arguments_are_refused_at_once(self):
        for count in (0, -1):
            self.assertRaises(ValueError, prun.Pool, count)
            self.assertRaises(ValueError, prun.Pool, 1, maxtasksperchild=count)
            self.assertRaises(ValueError, self.pool.map, square, [1], count)
            self.assertRaises(ValueError, self.pool.imap, square, [1], count)
            self.assertRaises(ValueError, prun.Pool, 1, task_timeout=count)
        for pool in (prun.Pool, prun.ProcessPoolExecutor):
            for name in ("task_timeout", "cpu_limit"):
                for value in ("1", b"1", [], "a"):
                    with self.assertRaisesRegex(TypeError, f"^{name} must be a number of seconds, not "):
                        pool(1, **{name: value})
                with self.assertRaisesRegex(ValueError, f"^{name} must be"):
                    pool(1, **{name: float("nan")})
            for count in (1.5, "2"):
                with self.assertRaisesRegex(TypeError, "must be an integer or None"):
                    pool(count)
        with prun.ProcessPoolExecutor(1) as executor:
            for chunksize in ("foo", None, 0, 1.5):
                self.assertRaises(ValueError, executor.map, square, [1], chunksize=chunksize)
        for pool, name in ((prun.Pool, "start_method"), (prun.Pool, "context"), (prun.ProcessPoolExecutor, "mp_context")):
            with self.assertRaisesRegex(TypeError, "^the start method must be 'fork', 'forkserver', 'spawn' or a context .*, not 5$"):
                pool(1, **{name: 5})
            with self.assertRaisesRegex(ValueError, "^journal must be the path of a file, not an empty string"):
                pool(1, journal="")
        self.assertRaises(ValueError, prun.Pool, 1, start_method="")
        self.assertRaises(TypeError, prun.Pool, 1, initializer=5)
        self.assertRaises(TypeError, self.pool.map, square, 5)
        self.assertRaises(NotImplementedError, pickle.dumps, self.pool)


def raise_long(size):
    raise ValueError("x" * size)


class Lifecycle(unittest.TestCase):
    def test_an_initializer_runs_in_every_worker(self):
        with prun.Pool(2, set_initialized, ("yes",)) as pool:
            self.assertEqual(set(pool.map(get_initialized, range(20), 1)), {"yes"})

    def test_an_initializer_that_raises_breaks_the_pool(self):
        with silent_log(), prun.Pool(2, refuse) as pool:
            with self.assertRaises(prun.BrokenPoolError) as broken:
                pool.map(square, range(10))
            self.assertIn("no worker today", str(broken.exception))

    def test_workers_that_are_killed_at_their_start_are_not_said_to_have_an_initializer(self):
        from multiprocessing import spawn
        with tempfile.TemporaryDirectory() as folder:
            killed = os.path.join(folder, "killed")
            with open(killed, "w") as script:
                script.write("#!/bin/sh\nkill -9 $$\n")
            os.chmod(killed, 0o700)
            before = spawn.get_executable()
            spawn.set_executable(killed)
            try:
                with prun.Pool(1, start_method="spawn") as pool:
                    with self.assertRaises(prun.BrokenPoolError) as broken:
                        pool.map(square, range(10))
            finally:
                spawn.set_executable(before)
        self.assertRegex(str(broken.exception), "^workers die before they can take a task: .* was killed by signal 9 .SIGKILL.$")
        self.assertNotIn("initializer", str(broken.exception))

    def test_workers_are_replaced_after_their_number_of_tasks(self):
        with prun.Pool(3, maxtasksperchild=10) as pool:
            pids = pool.map(pid_of, range(100), 1)
        self.assertGreaterEqual(len(set(pids)), 10)
        pool = prun.Pool(3, maxtasksperchild=1)
        results = [pool.apply_async(square, (n,)) for n in range(6)]
        pool.close()
        pool.join()
        self.assertEqual([result.get() for result in results], [n * n for n in range(6)])

    def test_terminate_returns_promptly_and_cancels(self):
        pool = prun.Pool(2)
        results = [pool.apply_async(sleep_for_long, (n,)) for n in range(10000)]
        pool.terminate()
        pool.join()
        self.assertRaises(prun.CancelledError, results[-1].get)
        self.assertRaises(ValueError, pool.apply, square, (1,))

    def test_a_closed_pool_takes_no_calls_and_finishes_those_it_has(self):
        pool = prun.Pool(2)
        self.assertRaises(ValueError, pool.join)
        result = pool.map_async(square, range(1000))
        pool.close()
        self.assertRaises(ValueError, pool.map, square, [1])
        pool.join()
        self.assertEqual(result.get(), [n * n for n in range(1000)])

    def test_a_program_that_forgets_its_pool_ends_with_status_0(self):
        for start_method in ("fork", "spawn"):
            code = ("import prun, time\n"
                    "if __name__ == '__main__':\n"
                    f"    pool = prun.Pool(2, start_method={start_method!r})\n"
                    "    pool.apply(int, ('3',))\n"
                    "    pool.apply_async(time.sleep, (1000,))\n")
            done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], timeout=60, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_a_pool_that_is_dropped_warns_and_leaves_no_process(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pool = prun.Pool(2)
            pids = pool.worker_pids()
            del pool
        self.assertEqual([warning.category for warning in caught], [ResourceWarning])
        caught.clear()  # it refers to the pool
        for pid in pids:
            self.assertFalse(os.path.exists(f"/proc/{pid}"))

    def test_functions_are_found_with_every_start_method(self):
        for start_method in ("fork", "forkserver", "spawn"):
            with prun.Pool(2, set_initialized, (5,), start_method=start_method) as pool:
                self.assertEqual(pool.map(square, range(10)), [n * n for n in range(10)])
                self.assertEqual(pool.map(get_initialized, range(4)), [5] * 4)
        self.assertRaises(ValueError, prun.Pool, 1, start_method="thread")

    def test_a_pool_is_forked_from_a_program_with_busy_threads(self):
        import logging
        stop = threading.Event()
        log = logging.getLogger("busy")
        log.addHandler(logging.NullHandler())

        def be_busy():
            while not stop.is_set():
                log.warning("busy")
                multiprocessing.Lock()
                __import__("json")

        threads = [threading.Thread(target=be_busy) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                for _ in range(5):
                    with prun.Pool(2) as pool:
                        self.assertEqual(pool.map(log_and_square, range(20)), [n * n for n in range(20)])
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def log_and_square(x):
    import logging
    logging.getLogger("busy").warning("in a worker")
    return x * x


def silent_log():
    import contextlib
    import logging

    @contextlib.contextmanager
    def silent():
        log = logging.getLogger("concurrent.futures")
        handler = logging.NullHandler()
        log.addHandler(handler)
        propagate, log.propagate = log.propagate, False
        try:
            yield
        finally:
            log.propagate = propagate
            log.removeHandler(handler)
    return silent()


class Options(unittest.TestCase):
    def test_a_call_that_takes_too_long_is_ended_and_no_other(self):
        with prun.Pool(2, task_timeout=0.2) as pool:
            self.assertRaises(prun.TaskTimeoutError, pool.apply, sleep_for_long, (1,))
            self.assertEqual(pool.map(square, range(10)), [n * n for n in range(10)])
            slow = pool.imap(sleep_or_square, [1, 1000, 3], 3)
            self.assertEqual(next(slow), 1)
            self.assertRaises(prun.TaskTimeoutError, next, slow)
            self.assertEqual(next(slow), 9)
            self.assertTrue(issubclass(prun.TaskTimeoutError, TimeoutError))

    def test_a_limit_that_nothing_reaches_is_no_limit(self):
        with prun.Pool(1, cpu_limit=float("inf"), task_timeout=float("inf"), memory_limit=10 ** 30) as pool:
            self.assertEqual(pool.map(square, range(3), 2 ** 70), [0, 1, 4])
            self.assertEqual(list(pool.imap(square, [1, 2], 2 ** 32)), [1, 4])
            self.assertRaises(prun.WorkerLostError, pool.apply, die_at_three, (3,))
        with prun.Pool(1, cpu_limit=1e30, task_timeout=10 ** 400) as pool:
            self.assertEqual(pool.with_options(task_timeout=1e30).apply(square, (2,)), 4)

    def test_a_call_is_tried_again(self):
        with support_folder() as folder, prun.Pool(2, retries=2) as pool:
            self.assertEqual(pool.apply(fail_twice, (os.path.join(folder, "a"),)), "done")
            self.assertEqual(pool.map(fail_twice, [os.path.join(folder, "b"), os.path.join(folder, "c")]), ["done"] * 2)
            with self.assertRaises(OSError):
                pool.with_options(retries=1).apply(fail_twice, (os.path.join(folder, "d"),))

    def test_an_interrupt_while_an_object_is_unpickled_stays_an_interrupt(self):
        with prun.Pool(1) as pool:
            with self.assertRaises(KeyboardInterrupt):
                pool.apply(Unpickled, (interrupt, 0))

    def test_memory_and_cpu_time_are_limited(self):
        with prun.Pool(1, memory_limit=256 << 20) as pool:
            self.assertRaises(MemoryError, pool.apply, use_memory, (1 << 30,))
            self.assertRaises(MemoryError, pool.apply, len, (Unpickled(bytes, 1 << 30),))
            self.assertEqual(pool.apply(use_memory, (1 << 20,)), 1 << 20)
        for start_method in ("fork", "spawn"):
            with prun.Pool(1, cpu_limit=0.2, start_method=start_method) as pool:
                self.assertRaises(prun.CpuLimitError, pool.apply, burn_cpu, (1,))
                self.assertEqual(pool.apply(square, (3,)), 9)


def interrupt(_):
    raise KeyboardInterrupt


class Unpickled:
    """Is unpickled as function(argument)."""

    def __init__(self, function, argument):
        self.function = function
        self.argument = argument

    def __reduce__(self):
        return self.function, (self.argument,)


def sleep_or_square(x):
    if x == 1000:
        time.sleep(x)
    return x * x


if __name__ == "__main__":
    support.main()
