"""The thread pools of the standard library, unchanged. Their workers cannot die and nothing is pickled, so prun adds nothing to
them. They do not accept the options of prun."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import TimeoutError
from multiprocessing.pool import ThreadPool

__all__ = ["ThreadPool", "ThreadPoolExecutor", "TimeoutError"]
