"""prun.ProcessPoolExecutor and its futures, beyond what CPython's own tests assert."""

import asyncio
import concurrent.futures
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import support

import prun


def square(x):
    return x * x


def die(_):
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(x):
    raise ValueError(x)


def fail_at_zero(x):
    return 1 / x


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.001)
    return path


def sleep(seconds):
    time.sleep(seconds)


def own_timeout(_):
    raise TimeoutError("the task's own")


class Submit(unittest.TestCase):
    def setUp(self):
        self.executor = prun.ProcessPoolExecutor(2)
        self.addCleanup(self.executor.shutdown)

    def test_futures_are_the_standard_ones(self):
        future = self.executor.submit(square, 3)
        self.assertIsInstance(future, prun.Future)
        self.assertEqual(future.result(), 9)
        self.assertTrue(future.done())
        self.assertIsNone(future.exception())
        self.assertIs(future.result(), future.result())
        self.assertIn("finished", repr(future))

    def test_wait_and_as_completed_take_them(self):
        futures = [self.executor.submit(square, n) for n in range(10)]
        done, pending = prun.wait(futures)
        self.assertEqual((len(done), len(pending)), (10, 0))
        more = [self.executor.submit(square, n) for n in range(10)]
        self.assertEqual(sorted(future.result() for future in prun.as_completed(more)), [n * n for n in range(10)])
        failing = [self.executor.submit(fail, 1), self.executor.submit(sleep, 0.1)]
        done, _ = prun.wait(failing, return_when=prun.FIRST_EXCEPTION)
        self.assertIn(failing[0], done)

    def test_asyncio_awaits_them(self):
        async def main():
            loop = asyncio.get_running_loop()
            first = await loop.run_in_executor(self.executor, square, 5)
            rest = await asyncio.gather(*(asyncio.wrap_future(self.executor.submit(square, n)) for n in range(20)))
            return [first, *rest]

        self.assertEqual(asyncio.run(main()), [25, *(n * n for n in range(20))])

    def test_callbacks_are_called_with_the_future(self):
        called = threading.Event()
        seen = []
        future = self.executor.submit(square, 4)
        future.add_done_callback(lambda f: (seen.append(f.result()), called.set()))
        self.assertTrue(called.wait(60))
        future.add_done_callback(lambda f: seen.append(f is future))
        self.assertEqual(seen, [16, True])

    def test_a_dead_worker_fails_only_its_own_future(self):
        futures = [self.executor.submit(square, n) for n in range(50)]
        lost = self.executor.submit(die, 0)
        more = [self.executor.submit(square, n) for n in range(50)]
        with self.assertRaises(prun.WorkerLostError) as caught:
            lost.result()
        self.assertEqual(caught.exception.signal, signal.SIGSEGV)
        self.assertEqual([future.result() for future in futures + more], [n * n for n in range(50)] * 2)
        self.assertEqual(self.executor.submit(square, 7).result(), 49)

    def test_a_call_that_no_worker_has_can_be_cancelled(self):
        import tempfile
        with tempfile.TemporaryDirectory() as folder:
            gate = os.path.join(folder, "gate")
            busy = [self.executor.submit(wait_for, gate) for _ in range(2)]
            while not all(future.running() for future in busy):
                time.sleep(0.001)
            waiting = [self.executor.submit(square, n) for n in range(3)]
            self.assertFalse(busy[0].cancel())
            self.assertTrue(waiting[1].cancel())
            self.assertTrue(waiting[1].cancel())
            self.assertTrue(waiting[1].cancelled())
            self.assertRaises(prun.CancelledError, waiting[1].result)
            watched = []
            waiting[2].add_done_callback(watched.append)
            self.assertTrue(waiting[2].cancel())
            self.assertEqual(watched, [waiting[2]])
            self.assertEqual(prun.wait(waiting[1:]).not_done, set())
            open(gate, "w").close()
            self.assertEqual([future.result() for future in busy], [gate] * 2)
            self.assertEqual(waiting[0].result(), 0)
            self.assertFalse(waiting[0].cancel())

    def test_result_gives_up_after_its_timeout(self):
        import tempfile
        with tempfile.TemporaryDirectory() as folder:
            gate = os.path.join(folder, "gate")
            future = self.executor.submit(wait_for, gate)
            self.assertRaises(concurrent.futures.TimeoutError, future.result, 0.01)
            open(gate, "w").close()
            self.assertEqual(future.result(60), gate)

    def test_options_of_one_call(self):
        slow = self.executor.with_options(task_timeout=0.2).submit(sleep, 1000)
        self.assertRaises(prun.TaskTimeoutError, slow.result)
        self.assertEqual(self.executor.submit(square, 2).result(), 4)


class Map(unittest.TestCase):
    def setUp(self):
        self.executor = prun.ProcessPoolExecutor(2)
        self.addCleanup(self.executor.shutdown)

    def test_several_iterables_end_with_the_shortest(self):
        self.assertEqual(list(self.executor.map(pow, [2, 3, 4], itertools.count(1), chunksize=2)), [2, 9, 64])
        self.assertEqual(list(self.executor.map(square, [])), [])

    def test_it_goes_on_behind_a_call_that_raised(self):
        for chunksize in (1, 3):
            results = self.executor.map(fail_at_zero, [1, 0, 2], chunksize=chunksize)
            self.assertEqual(next(results), 1)
            self.assertRaises(ZeroDivisionError, next, results)
            self.assertEqual(list(results), [0.5])

    def test_a_buffer_of_a_size_reads_exactly_so_many_items(self):
        for size in (1, 4):
            read = []
            inputs = (read.append(n) or n for n in itertools.count())
            results = self.executor.map(square, inputs, buffersize=size)
            self.assertEqual(len(read), size)
            self.assertEqual([next(results) for _ in range(5)], [0, 1, 4, 9, 16])
            self.assertLessEqual(len(read), 5 + size)
            results.close()
        self.assertEqual(list(self.executor.map(pow, [1, 2], [1, 2], buffersize=1)), [1, 4])
        self.assertEqual(list(self.executor.map(square, [], buffersize=2)), [])
        self.assertRaises(ValueError, self.executor.map, square, [1], buffersize=0)
        self.assertRaises(TypeError, self.executor.map, square, [1], buffersize=1.5)
        self.assertRaisesRegex(ValueError, "^chunksize must be >= 1.$", self.executor.map, square, [1], chunksize=0)

    def test_its_timeout_is_not_the_tasks_own(self):
        with self.assertRaisesRegex(TimeoutError, "the task's own"):
            next(self.executor.map(own_timeout, [1], timeout=60))
        results = self.executor.map(sleep, [0, 0.5, 0], timeout=0.1)
        self.assertIsNone(next(results))
        self.assertRaises(concurrent.futures.TimeoutError, next, results)
        self.assertRaises(StopIteration, next, results)


class End(unittest.TestCase):
    def test_workers_start_with_the_first_call(self):
        with prun.ProcessPoolExecutor(3) as executor:
            self.assertEqual(executor.worker_pids(), [])
            self.assertEqual(executor.submit(defined_after_the_executor, 1).result(), 2)

    def test_killed_workers_end_the_executor(self):
        for end in ("kill_workers", "terminate_workers"):
            executor = prun.ProcessPoolExecutor(2)
            getattr(prun.ProcessPoolExecutor(1), end)()  # that has not started any
            futures = [executor.submit(sleep, 1000) for _ in range(4)]
            while not futures[0].running():
                time.sleep(0.001)
            getattr(executor, end)()
            for future in futures:
                # A worker that is killed at its start has no call: then the executor is broken.
                self.assertRaises((prun.WorkerLostError, prun.BrokenPoolError, prun.CancelledError), future.result)
            self.assertRaises(RuntimeError, executor.submit, square, 1)
            executor.shutdown()

    def test_shutdown_without_waiting_finishes_what_there_is(self):
        executor = prun.ProcessPoolExecutor(2)
        futures = [executor.submit(square, n) for n in range(100)]
        executor.shutdown(wait=False)
        self.assertRaises(RuntimeError, executor.submit, square, 1)
        self.assertEqual([future.result() for future in futures], [n * n for n in range(100)])
        executor.shutdown()


    def test_the_end_reads_no_further_than_a_buffer_of_a_size(self):
        for wait in (True, False):
            with self.subTest(wait=wait):
                executor = prun.ProcessPoolExecutor(2)
                inputs = itertools.count()
                results = executor.map(square, inputs, buffersize=4)
                self.assertEqual(next(results), 0)
                forgotten = itertools.count()
                executor.map(square, forgotten, buffersize=4)
                executor.shutdown(wait=wait)
                rest = []
                with self.assertRaisesRegex(RuntimeError, "cannot schedule new futures after shutdown"):
                    rest.extend(iter(lambda: next(results), None))
                self.assertIn(rest, ([1, 4, 9], [1, 4, 9, 16]))
                self.assertEqual(list(results), [])
                self.assertEqual((next(inputs), next(forgotten)), (2 + len(rest), 4))  # as one item was read for the exception
                executor.shutdown()

    def test_a_map_whose_items_have_all_been_read_ends_without_an_exception_after_the_shutdown(self):
        for wait in (True, False):
            executor = prun.ProcessPoolExecutor(2)
            results = executor.map(square, range(4), buffersize=4), executor.map(square, range(9000))
            executor.shutdown(wait=wait)
            self.assertEqual([sum(1 for _ in each) for each in results], [4, 9000])
            executor.shutdown()

    def test_a_map_says_once_that_its_executor_was_killed_before_all_items_were_read(self):
        for progress in (False, lambda progress: None):
            executor = prun.ProcessPoolExecutor(2, progress=progress)
            results = executor.map(square, range(20000))
            self.assertEqual(next(results), 0)
            executor.kill_workers()
            texts = []
            for _ in range(20000):
                try:
                    next(results)
                except StopIteration:
                    break
                except Exception as error:
                    texts.append(str(error))
            self.assertEqual(texts[-1], "cannot schedule new futures after shutdown")
            self.assertEqual(texts.count(texts[-1]), 1)
            executor.shutdown()

    def test_the_input_of_a_map_may_end_the_executor_that_reads_it(self):
        executor = prun.ProcessPoolExecutor(2)

        def numbers():
            for n in itertools.count():
                if n == 3:
                    executor.shutdown(wait=False)
                yield n

        results = executor.map(square, numbers(), buffersize=2)
        seen = []
        with self.assertRaises(RuntimeError):
            while len(seen) < 10:
                seen.append(next(results))
        self.assertEqual(seen[:4], [0, 1, 4, 9])
        self.assertLessEqual(len(seen), 4 + 2)  # what the buffer holds
        executor.shutdown()

    def test_a_program_ends_although_its_inputs_do_not(self):
        maps = ("e = prun.ProcessPoolExecutor(2); e.map(str, itertools.count(), buffersize=4)",
                "with prun.ProcessPoolExecutor(2) as e: e.map(str, itertools.count(), buffersize=4)",
                "p = prun.Pool(2); next(p.imap(str, itertools.count()))",
                "p = prun.Pool(2); results = p.imap(str, itertools.count()); next(results); p.close()",
                "with prun.Pool(2) as p: results = p.imap(str, itertools.count()); next(results)")
        for program in maps:
            with self.subTest(program=program):
                code = f"import itertools, prun\n{program}\n"
                done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], timeout=60, capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


def defined_after_the_executor(x):
    return x + 1


if __name__ == "__main__":
    support.main()
