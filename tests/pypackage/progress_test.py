"""progress=: a bar on a terminal, a line in a notebook, calls of a callable, and nothing where nobody looks."""

import gc
import io
import itertools
import os
import pty
import re
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest
from unittest import mock

import support

import prun
from prun import _progress
from prun._progress_text import text_of


def square(x):
    return x * x


def fail_at_three(x):
    if x == 3:
        raise KeyError("three")
    return x


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.001)


PROGRAM = """
import os, sys, time
import prun

def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.001)
    if path.endswith("2"):
        raise LookupError("the second")
    return path[-1]

def square(x):
    return x * x

if __name__ == "__main__":
    folder = sys.argv[1]
    paths = [os.path.join(folder, str(n)) for n in range(4)]
"""


class Terminal:
    """A program on a pseudo-terminal. What it writes is read until something is seen, or to its end."""

    def __init__(self, program, *arguments):
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.environ["PYTHONIOENCODING"] = "ascii:replace"
            os.execv(sys.executable, [sys.executable, "-c", PROGRAM + program, *arguments])
        self.text = ""

    def read(self):
        try:
            data = os.read(self._fd, 4096)
        except OSError:  # nobody has the other end any more
            data = b""
        self.text += data.decode()
        return bool(data)

    def read_until(self, seen):
        while not re.search(seen, self.text):
            if not self.read():
                raise AssertionError(f"{seen} is not in {self.text!r}")

    def end(self):
        while self.read():
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self._fd)
        return status

    @property
    def frames(self):
        return self.text.count("\x1b[J")


def create(path):
    with open(path, "wb"):
        pass


class OnATerminal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_a_bar_counts_the_calls_and_is_gone_before_map_returns(self):
        terminal = Terminal("""
    with prun.Pool(2, progress=True) as pool:
        try:
            pool.map(wait_for, paths, 1)
        except LookupError as error:
            print("raised", error)
""", self.folder)
        terminal.read_until(r"wait_for   0% \.{20} 0 of 4")
        create(os.path.join(self.folder, "0"))
        terminal.read_until(r" 25% #{5}\.{15} 1 of 4, .* elapsed, .* left")
        create(os.path.join(self.folder, "2"))
        terminal.read_until(r" 50% #{10}\.{10} 2 of 4, 1 failed")
        create(os.path.join(self.folder, "1"))
        create(os.path.join(self.folder, "3"))
        self.assertEqual(terminal.end(), 0)
        self.assertRegex(terminal.text, r"\r\x1b\[J\rraised the second\r\n$")

    def test_frames_are_drawn_at_most_ten_times_a_second(self):
        terminal = Terminal("""
    begin = time.monotonic()
    with prun.ProcessPoolExecutor(2, progress=True) as executor:
        for _ in range(20):
            list(executor.map(square, range(2000)))
            list(executor.map(square, (n for n in range(2000))))
        print("seconds", time.monotonic() - begin)
""", self.folder)
        self.assertEqual(terminal.end(), 0)
        seconds = float(re.search(r"seconds (\S+)", terminal.text)[1])
        of_maps = 2 * 40  # the first frame and the one that clears it
        self.assertLessEqual(terminal.frames, of_maps + seconds * 10)

    def test_maps_at_the_same_time_have_a_line_each(self):
        terminal = Terminal("""
    with prun.Pool(2, progress=True) as pool:
        first = pool.map_async(wait_for, paths[:1])
        second = pool.map_async(wait_for, paths[1:2])
        print(first.get() + second.get())
""", self.folder)
        terminal.read_until(r"0 of 1[^\r\n]*\x1b\[K\r+\n[^\r\n]*0 of 1[^\r\n]*\x1b\[J\x1b\[1A\r")
        create(os.path.join(self.folder, "0"))
        create(os.path.join(self.folder, "1"))
        self.assertEqual(terminal.end(), 0)
        self.assertRegex(terminal.text, r"\x1b\[J\r\['0', '1'\]\r\n$")

    def test_a_bar_is_gone_when_its_imap_is_abandoned(self):
        terminal = Terminal("""
    import itertools
    with prun.Pool(2, progress=True) as pool:
        results = pool.imap(square, itertools.count())
        for result in results:
            if result == 100:
                break
        del results
        print("abandoned")
        sys.stdin.readline()
""", self.folder)
        terminal.read_until("abandoned")
        os.write(terminal._fd, b"\n")
        self.assertEqual(terminal.end(), 0)
        self.assertNotIn("square", terminal.text[terminal.text.index("abandoned"):])

    def test_standard_error_that_is_no_terminal_gets_nothing(self):
        program = PROGRAM + """
    with prun.Pool(2, progress=True) as pool:
        print(pool.map(square, range(3)), list(pool.imap(square, range(3))))
"""
        for stderr in (subprocess.PIPE, None):
            done = subprocess.run([sys.executable, "-c", program, self.folder], stdout=subprocess.PIPE, stderr=stderr, text=True,
                                  check=True, preexec_fn=None if stderr else lambda: os.close(2))
            self.assertEqual((done.stdout, done.stderr or ""), ("[0, 1, 4] [0, 1, 4]\n", ""))


class ToACallable(unittest.TestCase):
    def setUp(self):
        self.told = []
        self.pool = prun.Pool(2, progress=lambda progress: self.told.append(progress))
        self.addCleanup(self.pool.terminate)

    def counts(self):
        return [(told.done, told.failed, told.total) for told in self.told]

    def test_it_has_been_told_of_every_call_when_a_map_is_over(self):
        self.pool.map(square, range(10))
        self.pool.starmap(pow, [(2, 3)] * 10)
        self.assertEqual([counts for counts in self.counts() if counts[0] == 10], [(10, 0, 10)] * 2)
        for ordered in (self.pool.imap, self.pool.imap_unordered):
            self.told.clear()
            self.assertEqual(sum(ordered(square, range(3000))), sum(n * n for n in range(3000)))
            self.assertEqual(self.counts()[-1], (3000, 0, 3000))
            done = [told.done for told in self.told]
            self.assertEqual(done, sorted(set(done)))
            self.assertGreater(self.told[-1].elapsed, 0)

    def test_executors_tell_it_of_map(self):
        with prun.ProcessPoolExecutor(2, progress=self.told.append) as executor:
            self.assertEqual(list(executor.map(pow, range(5), [2] * 4)), [0, 1, 4, 9])
            self.assertEqual(self.counts()[-1], (4, 0, 4))
            self.assertEqual(list(executor.with_options(progress=False).map(square, [1])), [1])
            self.assertEqual(self.counts()[-1], (4, 0, 4))

    def test_a_call_that_raises_has_failed(self):
        self.assertRaises(KeyError, self.pool.map, fail_at_three, range(5), 1)
        self.assertEqual(self.counts()[-1], (5, 1, 5))
        self.told.clear()
        results = self.pool.imap(fail_at_three, range(5))
        self.assertEqual([next(results) for _ in range(3)], [0, 1, 2])
        self.assertRaises(KeyError, next, results)
        self.assertEqual(list(results), [4])
        self.assertEqual(self.counts()[-1], (5, 1, 5))

    def test_the_total_of_an_input_without_a_length_is_known_at_its_end(self):
        more = threading.Event()
        told = threading.Event()

        def inputs():
            yield 1
            more.wait()
            yield 2

        def tell(progress):
            self.told.append(progress)
            if progress.done == 1:
                told.set()

        results = self.pool.with_options(progress=tell).imap(square, inputs())
        told.wait()
        self.assertEqual(self.counts()[-1], (1, 0, None))
        more.set()
        self.assertEqual(list(results), [1, 4])
        self.assertEqual(self.counts()[-1], (2, 0, 2))

    def test_one_that_raises_is_not_called_again_and_spoils_no_result(self):
        calls = []

        def fail(progress):
            calls.append(progress)
            raise ZeroDivisionError("in the callable")

        errors = []
        with mock.patch.object(sys, "excepthook", lambda *error: errors.append(error)):
            self.assertEqual(self.pool.with_options(progress=fail).map(square, range(1000), 1), [n * n for n in range(1000)])
        self.assertEqual([str(error[1]) for error in errors], ["in the callable"])
        self.assertEqual(len(calls), 1)

    def test_nothing_is_told_of_an_imap_once_it_is_abandoned(self):
        results = self.pool.imap(square, itertools.count())
        next(results)
        del results
        gc.collect()
        count = len(self.told)
        self.pool.with_options(progress=False).map(square, range(1000))
        self.assertEqual(len(self.told), count)

    def test_the_thread_ends_with_the_last_map(self):
        self.pool.map(square, range(10))
        for thread in threading.enumerate():
            if thread.name == "prun-progress":
                thread.join()
        self.pool.map(square, range(10))
        self.assertEqual(self.counts()[-1], (10, 0, 10))

    def test_a_pool_that_is_terminated_tells_the_last_counts(self):
        begun = threading.Event()

        def tell(progress):
            self.told.append(progress)
            begun.set()

        with tempfile.TemporaryDirectory() as folder:
            self.pool.with_options(progress=tell).map_async(wait_for, [os.path.join(folder, "never")] * 4)
            begun.wait()
            self.pool.terminate()
        self.assertEqual(self.counts()[-1][2], 4)

    def test_something_else_is_refused(self):
        self.assertRaises(TypeError, prun.Pool, 1, progress="bar")

    def test_options_that_are_not_given_stay_those_of_the_pool(self):
        view = self.pool.with_options(task_timeout=60).with_options(retries=1)
        self.assertEqual((view._options.task_timeout, view._options.retries), (60, 1))
        view.map(square, range(3))
        self.assertEqual(self.counts()[-1], (3, 0, 3))


class InANotebook(unittest.TestCase):
    def test_one_display_is_updated_and_keeps_the_last_state(self):
        shown = []

        class Handle:
            def update(self, data, raw):
                shown.append(("update", data))

        def display(data, raw, display_id):
            shown.append(("display", data))
            return Handle()

        shell = types.SimpleNamespace(kernel=object())
        modules = {"IPython": types.SimpleNamespace(get_ipython=lambda: shell, display=types.SimpleNamespace(display=display)),
                   "IPython.display": types.SimpleNamespace(display=display)}
        with mock.patch.dict(sys.modules, modules), prun.Pool(2, progress=True) as pool:
            list(pool.imap(square, range(1000)))
        self.assertEqual([what for what, _ in shown], ["display"] + ["update"] * (len(shown) - 1))
        last = shown[-1][1]
        self.assertIn("square 100% #################### 1,000 of 1,000, ", last["text/plain"])
        self.assertIn("<progress value='1.0000' max='1'>", last["text/html"])


class Text(unittest.TestCase):
    def test_it_fits_the_width(self):
        progress = prun.Progress("square", 42, 3, 100, 4.2)
        whole = "square  42% ########............ 42 of 100, 3 failed, 10.0/s, 0:04 elapsed, 0:05 left"
        self.assertEqual(text_of(progress), whole)
        for width in range(100):
            self.assertLessEqual(len(text_of(progress, width)), width)
        self.assertEqual(text_of(progress, 79), whole[len("square "):])
        self.assertEqual(text_of(prun.Progress("square", 5, 0, None, 10)), "square 5, 0.5/s, 0:10 elapsed")
        self.assertEqual(text_of(prun.Progress("square", 1, 0, 2, 4000)),
                         "square  50% ##########.......... 1 of 2, 4000.0 s each, 1:06:40 elapsed, 1:06:40 left")

    def test_a_standard_error_without_a_terminal_has_no_sink(self):
        for stderr in (None, io.StringIO()):
            with mock.patch.object(sys, "stderr", stderr):
                self.assertIsNone(_progress._sink_of(True))


if __name__ == "__main__":
    support.main()
