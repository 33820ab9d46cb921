"""The article's programs, of which only the imports are changed, with the article's output."""

import os
import subprocess
import sys
import unittest

import support

FUNCTIONS = '''
from datetime import datetime


def fib(n):
    if n <= 1:
        return 1
    return fib(n - 1) + fib(n - 2)


def ackermann(m, n):
    assert m >= 0 and n >= 0
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def n_fib(n):
    return n, fib(n)
'''

MAP = FUNCTIONS + '''
from {pool} import Pool

if __name__ == "__main__":
    nums = list(range(1, 21))
    with Pool(4) as pool:
        for n, result in zip(nums, pool.map(fib, nums{chunksize})):
            print(f"{{n:>3}} {{result:>10}}")
'''

STARMAP = FUNCTIONS + '''
from {pool} import Pool

if __name__ == "__main__":
    pairs = [(i, j) for i in range(4) for j in range(5)]
    with Pool(4) as pool:
        for pair, result in zip(pairs, pool.starmap(ackermann, pairs)):
            print(pair, result)
'''

IMAP = FUNCTIONS + '''
from {pool} import Pool

if __name__ == "__main__":
    with Pool(4) as pool:
        for n, result in enumerate(pool.imap(fib, range(1, 21)), 1):
            print(f"{{n:>3}} {{result:>10}}")
'''

UNORDERED = FUNCTIONS + '''
from {pool} import Pool

if __name__ == "__main__":
    with Pool(4) as pool:
        for n, result in sorted(pool.imap_unordered(n_fib, range(1, 21))):
            print(f"{{n:>3}} {{result:>10}}")
'''

QUEUE = FUNCTIONS + '''
from queue import Queue

END = object()


def tasks():
    queue = Queue()
    for task in [(fib, 8), (ackermann, 2, 4), (fib, 18), (ackermann, 3, 1), (fib, 28), (ackermann, 3, 4), (fib, 24)]:
        queue.put(task)
    queue.put(END)
    return queue
'''

APPLY_ASYNC = QUEUE + '''
from {pool} import Pool

if __name__ == "__main__":
    queue = tasks()
    with Pool(4) as pool:
        results = []
        for function, *args in iter(queue.get, END):
            results.append((function, args, pool.apply_async(function, args)))
        for function, args, result in results:
            print(f"{{function.__name__}}({{', '.join(map(str, args))}}) = {{result.get()}}")
'''

SUBMIT = QUEUE + '''
from {futures} import ProcessPoolExecutor

if __name__ == "__main__":
    queue = tasks()
    with ProcessPoolExecutor(max_workers=4) as executor:
        futures = []
        for function, *args in iter(queue.get, END):
            futures.append((function, args, executor.submit(function, *args)))
        for function, args, future in futures:
            print(f"{{function.__name__}}({{', '.join(map(str, args))}}) = {{future.result()}}")
'''

EXECUTOR_MAP = FUNCTIONS + '''
from {futures} import {executor}

if __name__ == "__main__":
    with {executor}(max_workers=4) as executor:
        for n, result in enumerate(executor.map(fib, range(1, 21)), 1):
            print(f"{{n:>3}} {{result:>10}}")
'''

FIBS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584, 4181, 6765, 10946]
TABLE = "".join(f"{n:>3} {result:>10}\n" for n, result in enumerate(FIBS, 1))
CALLS = """\
fib(8) = 34
ackermann(2, 4) = 11
fib(18) = 4181
ackermann(3, 1) = 13
fib(28) = 514229
ackermann(3, 4) = 125
fib(24) = 75025
"""


class Article(unittest.TestCase):
    def check(self, program, expected, **names):
        for names["pool"], names["futures"] in (("multiprocessing", "concurrent.futures"), ("prun", "prun")):
            done = subprocess.run([sys.executable, "-c", program.format(**names)], capture_output=True, text=True, timeout=120)
            self.assertEqual((done.stdout, done.stderr, done.returncode), (expected, "", 0), names)

    def test_map(self):
        self.check(MAP, TABLE, chunksize="")
        self.check(MAP, TABLE, chunksize=", chunksize=1")

    def test_starmap(self):
        ackermann = {(0, j): j + 1 for j in range(5)}
        ackermann.update({(1, j): j + 2 for j in range(5)})
        ackermann.update({(2, j): 2 * j + 3 for j in range(5)})
        ackermann.update(zip(((3, j) for j in range(5)), (5, 13, 29, 61, 125)))
        self.check(STARMAP, "".join(f"{pair} {result}\n" for pair, result in ackermann.items()))

    def test_imap(self):
        self.check(IMAP, TABLE)
        self.check(UNORDERED, TABLE)

    def test_apply_async(self):
        self.check(APPLY_ASYNC, CALLS)

    def test_submit(self):
        self.check(SUBMIT, CALLS)

    def test_executor_map(self):
        self.check(EXECUTOR_MAP, TABLE, executor="ProcessPoolExecutor")
        self.check(EXECUTOR_MAP, TABLE, executor="ThreadPoolExecutor")


if __name__ == "__main__":
    support.main()
