"""Workers that are killed at any moment: every call has one outcome, and only calls whose worker was killed fail."""

import os
import random
import signal
import threading
import unittest

import support

import prun

CALLS = int(os.environ.get("PRUN_KILL_CALLS", "30000"))
BETWEEN_KILLS = 0.1  # seconds


def square(x):
    return x * x


class Killer:
    """Kills one worker of a pool every tenth of a second."""

    def __init__(self, pool):
        self._pool = pool
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._kill)
        self.kills = 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _kill(self):
        chooser = random.Random(1)
        while True:
            pids = self._pool.worker_pids()
            if pids:
                try:
                    os.kill(chooser.choice(pids), signal.SIGKILL)
                    self.kills += 1
                except ProcessLookupError:
                    pass
            if self._stop.wait(BETWEEN_KILLS):
                return


def outcomes(results):
    """Of an iterator that goes on behind a failure."""
    while True:
        try:
            yield next(results)
        except StopIteration:
            return
        except prun.WorkerLostError as lost:
            yield lost


class Kills(unittest.TestCase):
    def check(self, results, killer):
        lost = 0
        for n, result in enumerate(results):
            if isinstance(result, prun.WorkerLostError):
                lost += 1
            else:
                self.assertEqual(result, n * n)
        self.assertEqual(n + 1, CALLS)
        self.assertGreater(killer.kills, 0)
        self.assertLessEqual(lost, killer.kills)

    def test_imap(self):
        for chunksize in (1, 7):
            with prun.Pool(3) as pool, Killer(pool) as killer:
                self.check(outcomes(pool.imap(square, range(CALLS), chunksize)), killer)

    def test_submit(self):
        with prun.ProcessPoolExecutor(3) as executor, Killer(executor) as killer:
            futures = [executor.submit(square, n) for n in range(CALLS)]
            self.check((future.exception() or future.result() for future in futures), killer)

    def test_map_with_retries_loses_nothing(self):
        with prun.Pool(3, retries=100) as pool, Killer(pool) as killer:
            self.check(pool.map(square, range(CALLS)), killer)


if __name__ == "__main__":
    support.main()
