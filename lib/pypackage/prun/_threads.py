"""The thread pools: the standard library's, unchanged. No worker of theirs dies, and nothing is pickled, so prun adds nothing to
them: they take none of its own options."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import TimeoutError
from multiprocessing.pool import ThreadPool

__all__ = ["ThreadPool", "ThreadPoolExecutor", "TimeoutError"]
