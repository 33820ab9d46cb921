"""journal=: a program that is run again gets what it had got, and calls only what failed or is missing."""

import functools
import itertools
import json
import math
import os
import pickle
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from contextlib import closing
from unittest import mock

import support

import prun
from prun._journal_values import form_of_column, same_form, _pack, _unpack

BINARY = os.path.join(support.FOLDER or "", "..", "prun")


def square(x):
    return x * x


def add(a, b=0):
    return a + b


def identity(x):
    return x


def counted(path, x):
    """Square, and a byte in the file for each call."""
    with open(path, "ab") as file:
        file.write(b".")
    return x * x


def fail_the_first_time(path):
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "done"
    raise LookupError("not yet")


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


class Account:
    def __init__(self, balance):
        self.balance = balance

    def after(self, payment):
        return self.balance + payment


class Journaled(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "run.db")

    def pool(self, **options):
        return prun.Pool(2, journal=self.path, **options)

    def rows(self, sql):
        with closing(sqlite3.connect(self.path)) as database:
            return database.execute(sql).fetchall()

    def prun(self, *words):
        if not os.path.exists(BINARY):
            self.skipTest(f"the program prun is not built: {BINARY}")
        return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=60)


class RunAgain(Journaled):
    def calls(self):
        path = os.path.join(self.folder, "calls")
        return os.path.getsize(path) if os.path.exists(path) else 0

    def program(self, pool, executor):
        f = functools.partial(counted, os.path.join(self.folder, "calls"))
        return [pool.map(f, range(40)), pool.starmap(f, [(1,), (2,)]), list(pool.imap(f, range(300), 7)),
                sorted(pool.imap_unordered(f, iter(range(50)))), pool.apply(f, (3,)), pool.apply_async(f, (4,)).get(),
                pool.map_async(f, [5]).get(), [executor.submit(f, n).result() for n in range(3)],
                list(executor.map(f, range(5), chunksize="auto")), list(executor.map(f, (n for n in range(9)), buffersize=2))]

    def test_every_mode_gives_the_same_and_calls_nothing(self):
        results = []
        for _ in range(3):
            with self.pool() as pool, prun.ProcessPoolExecutor(2, journal=self.path + "2") as executor:
                results.append(self.program(pool, executor))
        self.assertEqual(results, [results[0]] * 3)
        self.assertEqual(results[0][0], [n * n for n in range(40)])
        self.assertEqual(self.calls(), 40 + 2 + 300 + 50 + 3 + 3 + 5 + 9)

    def test_a_journal_that_cannot_start_its_thread_leaves_no_descriptor(self):
        before = len(os.listdir("/proc/self/fd"))
        with mock.patch("threading.Thread.start", side_effect=RuntimeError("can't start new thread")):
            self.assertRaisesRegex(RuntimeError, "can't start new thread", self.pool)
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)

    def test_a_map_that_the_shutdown_cuts_short_says_so_and_records_no_item_that_is_not_called(self):
        for number, inputs in enumerate((itertools.count(), list(range(2, 50)))):
            for wait in (True, False):
                with self.subTest(inputs=type(inputs), wait=wait):
                    self.path = os.path.join(self.folder, f"{number}{wait}.db")
                    executor = prun.ProcessPoolExecutor(1, journal=self.path)
                    results = executor.map(square, inputs, buffersize=2)
                    next(results)
                    executor.shutdown(wait=wait)
                    rest = []
                    with self.assertRaisesRegex(RuntimeError, "cannot schedule new futures after shutdown"):
                        rest.extend(iter(lambda: next(results), None))
                    executor.shutdown()
                    if number == 0:
                        self.assertEqual(self.rows("SELECT count(*) FROM tasks"), [(1 + len(rest),)])

    def test_what_failed_is_called_again_and_what_succeeded_is_not(self):
        paths = [os.path.join(self.folder, str(n)) for n in range(3)]
        os.close(os.open(paths[1], os.O_CREAT))
        with self.pool() as pool:
            self.assertRaises(LookupError, pool.map, fail_the_first_time, paths, 1)
        os.unlink(paths[1])  # if it is called again it fails
        with self.pool() as pool:
            self.assertEqual(pool.map(fail_the_first_time, paths, 1), ["done"] * 3)
        self.assertEqual(self.rows("SELECT task, run, ending FROM attempts ORDER BY task, run"),
                         [(0, 1, "exception"), (0, 2, "value"), (1, 1, "value"), (2, 1, "exception"), (2, 2, "value")])

    def test_new_calls_may_follow_those_that_are_recorded(self):
        for count in (3, 5, 4):
            with self.pool() as pool:
                self.assertEqual(pool.map(square, range(count)), [n * n for n in range(count)])
        self.assertEqual(self.rows("SELECT count(*) FROM attempts"), [(5,)])

    def test_callbacks_get_recorded_values(self):
        for _ in range(2):
            got = []
            with self.pool() as pool:
                pool.apply_async(square, (3,), callback=got.append).get()
                pool.map_async(square, [1, 2], callback=got.append).get()
            self.assertEqual(got, [9, [1, 4]])

    def test_values_come_back_equal_and_of_the_same_type(self):
        shared = [1]
        values = [None, True, False, 0, -1, 2 ** 31, -2 ** 63, 2 ** 63, 10 ** 100, 1.5, 1e300, float("inf"), -float("inf"), "",
                  "x" * 100, "\udc80", "\N{SNOWMAN}\n\"\0", b"", b"\xff" * 100, b"b" * 3000000, "t" * 3000000, (), (1, (2,)), [],
                  [[1], [2.0, None]], {}, {"a": [1, {"b": 2}]}, {3: None}, {"__pickle__": "x"}, {1, 2}, bytearray(b"abc"), 1 + 2j,
                  range(3), [shared, shared], [float("nan")] and [[math.inf]], int, [list(range(-70000, 70000, 1000))] * 2,
                  list(range(100000)), {str(n): n / 7 for n in range(40000)}]
        for _ in range(2):
            with self.pool() as pool:
                self.assertTrue(math.isnan(pool.apply(identity, (math.nan,))))
                for value, back in zip(values, pool.map(identity, values)):
                    self.assertEqual(back, value)
                    self.assertIs(type(back), type(value))
        self.assertEqual(self.rows("SELECT count(*), max(run) FROM attempts"), [(len(values) + 1, 1)])

    def test_large_arrays_are_recorded_whole(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("numpy is not installed")
        array = numpy.arange(1 << 18, dtype="f8")
        for _ in range(2):
            with self.pool() as pool:
                self.assertTrue((pool.map(identity, [array])[0] == array).all())
        self.assertEqual(self.rows("SELECT count(*) FROM attempts"), [(1,)])

    def test_views_and_options_go_on_in_the_pools_journal(self):
        for _ in range(2):
            with prun.Pool(2) as pool:
                recorded = pool.with_options(journal=self.path)
                self.assertEqual(recorded.map(square, [1, 2]), [1, 4])
                self.assertEqual(pool.map(square, [3]), [9])
                self.assertEqual(pool.with_options(journal=self.path, retries=1).apply(add, (1, 2)), 3)
                self.assertEqual(recorded.with_options(journal=None).map(square, [5]), [25])
        self.assertEqual(self.rows("SELECT function, args FROM results"),
                         [("__main__.square", "[1]"), ("__main__.square", "[2]"), ("__main__.add", "[1,2]")])

    def test_progress_counts_recorded_calls_as_done(self):
        for _ in range(2):
            told = []
            with self.pool(progress=told.append) as pool:
                pool.map(square, range(100))
            self.assertEqual((told[-1].done, told[-1].failed, told[-1].total), (100, 0, 100))


class Differences(Journaled):
    def setUp(self):
        super().setUp()
        with self.pool() as pool:
            pool.map(square, [1, 2, 3])
            pool.apply(add, (1,), {"b": 2})
            pool.map(square, range(10, 20, 2))
            pool.apply(Account(10).after, (1,))

    def refused(self, *calls):
        """What the last of these calls raises."""
        with self.pool() as pool:
            for function, args, kwargs in calls[:-1]:
                pool.apply(function, args, kwargs)
            function, args, kwargs = calls[-1]
            with self.assertRaises(prun.JournalError) as caught:
                pool.apply(function, args, kwargs)
        return str(caught.exception)

    def test_another_argument_names_the_place_and_both_calls(self):
        message = self.refused((square, (1,), {}), (square, (7,), {}))
        self.assertIn("its call 1 is __main__.square(2), this program's is __main__.square(7)", message)
        self.assertIn(self.path, message)

    def test_another_function_does_too(self):
        self.assertIn("its call 0 is __main__.square(1), this program's is __main__.add(1)", self.refused((add, (1,), {})))

    def test_so_do_other_keyword_arguments_and_types(self):
        before = [(square, (n,), {}) for n in (1, 2, 3)]
        for args, kwargs in (((1,), {"b": 3}), ((1,), {}), ((1, 2), {}), ((True,), {"b": 2}), ((1.0,), {"b": 2})):
            with self.subTest(args=args, kwargs=kwargs):
                self.assertIn("its call 3 is __main__.add(1, b=2)", self.refused(*before, (add, args, kwargs)))

    def test_what_a_method_or_a_partial_carries_counts(self):
        before = [(square, (n,), {}) for n in (1, 2, 3)] + [(functools.partial(add, b=2), (1,), {})]
        before += [(square, (n,), {}) for n in range(10, 20, 2)]
        with self.pool() as pool:
            for function, args, kwargs in before + [(Account(10).after, (1,), {})]:
                pool.apply(function, args, kwargs)
        self.assertEqual(self.rows("SELECT count(*) FROM attempts"), [(10,)])
        self.assertIn("its call 9 is __main__.Account.after(", self.refused(*before, (Account(11).after, (1,), {})))

    def test_maps_are_refused_before_anything_is_called(self):
        for mode in ("map", "imap", "imap_unordered"):
            with self.pool() as pool:
                self.assertRaisesRegex(prun.JournalError, "its call 2 is", getattr(pool, mode), square, [1, 2, 4])

    def test_an_input_that_is_read_lazily_raises_at_its_place(self):
        with self.pool() as pool:
            results = pool.imap(square, iter([1, 2, 4]))
            self.assertEqual([next(results), next(results)], [1, 4])
            self.assertRaisesRegex(prun.JournalError, "its call 2 is .*square.3., this program's is .*square.4.", next, results)

    def test_maps_of_lists_can_be_read_side_by_side(self):
        for _ in range(2):
            with prun.ProcessPoolExecutor(2, journal=self.path + "2") as executor:
                first = executor.map(add, range(5000), range(5000))
                second = executor.map(square, list(range(5000)))
                self.assertEqual(executor.submit(add, 1, 2).result(), 3)
                self.assertEqual([next(second), next(first)], [0, 0])
                self.assertEqual(sum(first) + sum(second), sum(2 * n + n * n for n in range(5000)))
        self.path += "2"
        self.assertEqual(self.rows("SELECT count(*), max(run) FROM attempts"), [(10001, 1)])

    def test_no_call_can_follow_while_an_input_without_a_length_is_read(self):
        with prun.Pool(2, journal=self.path + "2") as pool:
            results = pool.imap(square, iter(int, 1))  # it never ends
            next(results)
            self.assertRaisesRegex(prun.JournalError, "the input of a map of __main__.square has no length", pool.apply, square, (1,))


PROGRAM = """
import os, sys, time
import prun

def call(n):
    with open(os.path.join(FOLDER, "calls"), "ab") as file:
        file.write(b"%d\\n" % n)
    if n >= 100:
        while not os.path.exists(os.path.join(FOLDER, "go")):
            time.sleep(0.001)
    return n * n

FOLDER = sys.argv[1]

if __name__ == "__main__":
    with prun.Pool(2, journal=os.path.join(FOLDER, "run.db")) as pool:
        print(sum(pool.map(call, range(102), 1)))
"""


class Killed(Journaled):
    def start(self):
        return subprocess.Popen([sys.executable, "-c", PROGRAM, self.folder], stdout=subprocess.PIPE, text=True)

    def await_(self, sql, expected):
        while True:
            try:
                if self.rows(sql) == expected:
                    return
            except sqlite3.Error:  # it is being created
                pass
            time.sleep(0.001)

    def test_what_was_committed_before_kill_9_is_never_called_again(self):
        program = self.start()
        self.await_("SELECT count(*) FROM attempts", [(100,)])
        program.kill()
        program.communicate()
        with open(os.path.join(self.folder, "calls")) as calls:
            before = sorted(map(int, calls))
        os.close(os.open(os.path.join(self.folder, "go"), os.O_CREAT))
        out, _ = self.start().communicate()
        self.assertEqual(out, f"{sum(n * n for n in range(102))}\n")
        with open(os.path.join(self.folder, "calls")) as calls:
            after = sorted(map(int, calls))
        again = list(after)
        for n in before:
            again.remove(n)
        self.assertEqual(again, [100, 101])
        self.assertEqual(self.rows("SELECT ended IS NULL, ending FROM runs"), [(1, None), (0, "done")])
        self.assertEqual(self.rows("SELECT count(*) FROM results"), [(102,)])

    def test_two_users_of_one_journal_are_refused(self):
        program = self.start()
        self.addCleanup(program.communicate)
        self.addCleanup(program.kill)
        self.await_("SELECT count(*) FROM attempts", [(100,)])
        self.assertRaisesRegex(prun.JournalError, f"the journal {self.path} is in use", self.pool)
        shown = self.prun("journal", self.path)
        self.assertRegex(shown.stdout, "running")
        self.assertIn("is in use", self.prun("map", "fib", "1..3", "--journal", self.path, "--resume").stderr)

    def test_the_same_process_cannot_use_it_twice_either(self):
        with self.pool() as first:
            self.assertRaisesRegex(prun.JournalError, "is in use", self.pool)
            with prun.Pool(1, journal=self.path + "2") as other:
                self.assertEqual(first.map(square, [1]) + other.map(square, [2]), [1, 4])
        with self.pool() as again:
            self.assertEqual(again.map(square, [1]), [1])

    def test_a_program_that_raises_or_forgets_its_pool_has_recorded_everything(self):
        for number, (end, ending) in enumerate((("raise LookupError('in the program')", "failed: LookupError: in the program"),
                                                ("", "done"))):
            code = ("import prun, sys\n"
                    "if __name__ == '__main__':\n"
                    "    pool = prun.Pool(2, journal=sys.argv[1])\n"
                    "    executor = prun.ProcessPoolExecutor(2, journal=sys.argv[1] + '2')\n"
                    "    pool.map(abs, range(10))\n"
                    "    executor.submit(abs, -1)\n"
                    "    executor.shutdown(wait=False)\n"
                    f"    {end}\n")
            path = os.path.join(self.folder, f"forgotten{number}.db")
            subprocess.run([sys.executable, "-W", "ignore", "-c", code, path], stderr=subprocess.PIPE, timeout=60)
            self.path = path
            self.assertEqual(self.rows("SELECT ending, tasks FROM runs"), [(ending, None if end else 10)])
            self.assertEqual(self.rows("SELECT count(*) FROM results"), [(10,)])
            self.path += "2"
            self.assertEqual(self.rows("SELECT task, result FROM results"), [(0, 1)])


class Recorded(Journaled):
    def test_the_program_prun_reads_it(self):
        with self.pool(retries=1) as pool:
            pool.map(square, range(100))
            pool.apply(add, ("a",), {"b": "b"})
            self.assertRaises(TypeError, pool.apply, add, ("a", 1))
            self.assertRaises(prun.WorkerLostError, pool.apply, die, ((1, 2),))
        shown = self.prun("journal", self.path)
        self.assertEqual(shown.stderr, "")
        self.assertIn("tasks: 103: 101 succeeded, 2 failed, 0 missing", shown.stdout)
        self.assertRegex(shown.stdout, r"task 101  __main__.add\(\"a\", 1\): TypeError: .*\(2 attempts\)")
        summary = json.loads(self.prun("journal", self.path, "--output", "json").stdout)
        self.assertEqual(summary["failures"], {"exception": 1, "lost_signal": 1})
        self.assertTrue(summary["input_read_to_its_end"])
        written = self.prun("report", self.path)
        self.assertEqual(written.returncode, 0, written.stderr)
        with open(self.path[:-3] + ".html", encoding="utf-8") as report:
            self.assertIn("__main__.square", report.read())
        refused = self.prun("retry", self.path)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("run the program again", refused.stderr)

    def test_every_attempt_has_a_row_and_the_last_is_final(self):
        path = os.path.join(self.folder, "first")
        with self.pool(retries=2) as pool:
            self.assertEqual(pool.apply(fail_the_first_time, (path,)), "done")
            os.unlink(path)
            self.assertEqual(pool.map(fail_the_first_time, [path]), ["done"])
        self.assertEqual(self.rows("SELECT task, attempt, final, ending, type, message FROM attempts"),
                         [(task, *rest) for task in (0, 1)
                          for rest in ((1, 0, "exception", "LookupError", "not yet"), (2, 1, "value", None, None))])
        self.assertIn("in fail_the_first_time", self.rows("SELECT traceback FROM attempts")[0][0])
        started, duration, worker, user = self.rows("SELECT started, duration, worker, user FROM attempts")[1]
        self.assertLess(abs(started - time.time_ns()), 60e9)
        self.assertGreater(duration, 0)
        self.assertGreater(worker, 0)
        self.assertGreaterEqual(user, 0)

    def test_an_attempt_that_ended_with_its_worker_has_a_time_and_its_limit(self):
        for start_method in ("fork", "spawn"):
            with self.pool(task_timeout=0.3, retries=1, start_method=start_method) as pool:
                self.assertRaises(prun.TaskTimeoutError, pool.apply, time.sleep, (1000,))
                self.assertRaises(prun.TaskTimeoutError, pool.map, time.sleep, [1000], 1)
            with prun.Pool(1, start_method=start_method) as pool:  # whose calls are recorded only from now on
                self.assertEqual(pool.apply(square, (3,)), 9)
                self.assertRaises(prun.WorkerLostError, pool.with_options(journal=self.path + "2").apply, die, (1,))
            rows = self.rows("SELECT ending, type, message, signal, duration, started, worker FROM attempts")
            self.assertEqual(len(rows), 4)
            for ending, kind, message, signal_, duration, started, worker in rows:
                self.assertEqual((ending, kind, signal_), ("timeout", "prun::TimeoutError", None))
                self.assertEqual(message, f"ran longer than 0.3 s; worker {worker} was killed")
                self.assertGreaterEqual(duration, 0.3e9)
                self.assertLess(abs(started - time.time_ns()), 300e9)
            os.unlink(self.path)
            with closing(sqlite3.connect(self.path + "2")) as database:
                (ending, signal_, duration), = database.execute("SELECT ending, signal, duration FROM attempts")
            self.assertEqual((ending, signal_), ("lost_signal", 9))
            self.assertGreater(duration, 0)
            os.unlink(self.path + "2")

    def test_an_argument_that_cannot_be_pickled_fails_at_its_place(self):
        for _ in range(2):
            with self.pool() as pool:
                results = pool.imap(identity, [1, threading.Lock(), 3])
                self.assertEqual(next(results), 1)
                self.assertRaises((TypeError, pickle.PicklingError), next, results)
                self.assertEqual(next(results), 3)
                self.assertRaises((TypeError, pickle.PicklingError), pool.apply, identity, (threading.Lock(),))
        self.assertEqual(self.rows("SELECT task, run, ending FROM attempts ORDER BY task, run"),
                         [(0, 1, "value"), (1, 1, "exception"), (1, 2, "exception"), (2, 1, "value"), (3, 1, "exception"),
                          (3, 2, "exception")])
        self.assertIn("cannot be pickled", self.rows("SELECT defect FROM tasks WHERE task = 1")[0][0])

    def test_a_call_that_is_cancelled_is_missing(self):
        pool = self.pool()
        result = pool.apply_async(time.sleep, (1000,))
        pool.terminate()
        self.assertRaises(prun.CancelledError, result.get)
        self.assertEqual(self.rows("SELECT count(*) FROM attempts WHERE final"), [(0,)])
        self.assertRaises(prun.JournalError, prun.Pool, 1, journal=self.folder)

    def test_outcomes_are_recorded_when_calls_end_and_not_when_they_are_taken(self):
        with self.pool() as pool:
            results = pool.imap(square, range(10))
            while self.rows("SELECT count(*) FROM results") != [(10,)]:
                time.sleep(0.001)
            self.assertEqual(sum(results), 285)


class Refused(Journaled):
    def test_a_file_of_something_else(self):
        with open(self.path, "w") as file:
            file.write("text that is longer than sixteen bytes")
        self.assertRaisesRegex(prun.JournalError, "is not an SQLite database", self.pool)
        with closing(sqlite3.connect(self.path + "2")) as database:
            database.execute("CREATE TABLE other (x)")
        self.assertRaisesRegex(prun.JournalError, "a database of another program", prun.Pool, 1, journal=self.path + "2")
        missing = os.path.join(self.folder, "no", "run.db")
        self.assertRaisesRegex(prun.JournalError, "No such file or directory", prun.Pool, 1, journal=missing)

    def test_a_journal_of_the_program_prun_is_of_other_calls(self):
        self.prun("map", "fib", "1..3", "--journal", self.path)
        with self.pool() as pool:
            self.assertRaisesRegex(prun.JournalError, r"its call 0 is fib\(1\), this program's is __main__.square\(1\)", pool.map,
                                   square, [1])

    def test_a_journal_that_is_deleted_is_reported(self):
        pool = self.pool()
        pool.map(square, [1])
        os.unlink(self.path)
        with self.assertRaisesRegex(prun.JournalError, "was deleted or moved"):
            while True:
                pool.map(square, [1])
        self.assertRaises(prun.JournalError, pool.terminate)
        pool.terminate()

    def test_python_without_sqlite3_is_told_so(self):
        with mock.patch.dict(sys.modules, {"sqlite3": None}):
            self.assertRaisesRegex(prun.JournalError, "needs the module sqlite3, which this Python lacks", self.pool)

    def test_pools_without_a_journal_load_nothing_for_it(self):
        code = ("import sys, prun\n"
                "with prun.Pool(1) as pool: pool.map(abs, [1])\n"
                "print([name for name in sys.modules if 'journal' in name or 'sqlite' in name or 'progress' in name])")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.stdout, done.stderr), ("[]\n", ""))


class Forms(unittest.TestCase):
    def test_messagepack_gives_every_size_back(self):
        values = [0, 127, 128, 255, 256, 65535, 65536, 2 ** 32, 2 ** 63 - 1, -1, -32, -33, -128, -129, -32769, -2 ** 31 - 1, -2 ** 63,
                  *("x" * n for n in (0, 31, 32, 255, 256, 65535, 65536)), *(b"x" * n for n in (0, 255, 256, 65536)),
                  *([None] * n for n in (15, 16, 65536)), {str(n): n for n in range(70000)}, [True, False, None, 1.5]]
        for value in values:
            out = bytearray()
            _pack(value, out)
            back, end = _unpack(memoryview(bytes(out)), 0)
            self.assertEqual((back, type(back), end), (value, type(value), len(out)))
            for cut in {1, len(out) // 2, len(out) - 1}:
                if 0 < cut < len(out):
                    self.assertRaises(ValueError, form_of_column, bytes(out[:cut]))

    def test_pickles_of_equal_objects_are_the_same(self):
        from prun._journal_values import plain_form
        text = "".join(["a", "b"])
        self.assertTrue(same_form(plain_form((text, text)), plain_form(("ab", "".join(["a", "b"])))))
        self.assertTrue(same_form(plain_form({"a", "b", "c"}), plain_form({"c", "b", "a"})))
        self.assertFalse(same_form(plain_form((1, 2)), plain_form((1, 3))))
        self.assertFalse(same_form(plain_form((1,)), plain_form([1])))
        self.assertFalse(same_form([True], [1]))


if __name__ == "__main__":
    support.main()
