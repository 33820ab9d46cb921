"""The thread pools: the standard library's. No worker of theirs dies, and nothing is pickled."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import TimeoutError
from multiprocessing.pool import ThreadPool

__all__ = ["ThreadPool", "ThreadPoolExecutor", "TimeoutError"]
