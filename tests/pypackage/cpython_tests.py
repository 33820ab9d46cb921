"""CPython's own tests of its pools and executors, run on prun's.

    python3 cpython_tests.py FOLDER_OF_PRUN [unittest's arguments]

The tests are those of the Python that runs this (Debian: libpython3.11-testsuite). They are not changed: only the names that
they import, multiprocessing.Pool and concurrent.futures.ProcessPoolExecutor, are prun's. Exits with 77 where that Python has no
tests. `EXCEPTIONS` lists the tests that are not expected to pass, each with its reason.
"""

import importlib
import os
import sys
import unittest

sys.path.insert(0, sys.argv[1])
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.path.abspath(sys.argv[1]), os.environ.get("PYTHONPATH")]))

SKIPPED = 77

INTERNALS = "looks at the standard executor's own threads and queues, which prun does not have"
DEAD_WORKER = "expects a dead worker to fail every call and the executor; in prun it fails only the call that it held"
ON_DEMAND = "expects workers to be started for calls whose arguments cannot be pickled"
BEGUN = "expects calls to count as begun before a worker has them; in prun cancel_futures cancels them"
FORK_RECYCLES = "expects max_tasks_per_child to be refused with fork, where the standard executor can hang; prun replaces workers safely"

EXCEPTIONS = {
    "test_del_shutdown": INTERNALS,
    "test_shutdown_no_wait": INTERNALS,
    "test_shutdown_deadlock_pickle": INTERNALS,
    "test_gh105829_should_not_deadlock_if_wakeup_pipe_full": INTERNALS,
    "test_processes_terminate": ON_DEMAND,
    "test_saturation": ON_DEMAND,
    "test_cancel_futures": BEGUN,
    "test_killed_child": DEAD_WORKER,
    "test_max_tasks_per_child_defaults_to_spawn_context": FORK_RECYCLES,
    "ProcessPoolForkProcessPoolExecutorTest.test_max_tasks_per_child": FORK_RECYCLES,
}


def modules():
    """The test modules that this Python has."""
    import concurrent.futures
    import multiprocessing

    import prun
    multiprocessing.Pool = prun.Pool
    concurrent.futures.ProcessPoolExecutor = prun.ProcessPoolExecutor
    names = ["test.test_concurrent_futures"]
    try:
        package = importlib.import_module(names[0])
        if hasattr(package, "__path__"):
            names = [f"{names[0]}.test_{part}" for part in
                     ("as_completed", "deadlock", "future", "init", "process_pool", "shutdown", "wait")]
        yield from (importlib.import_module(name) for name in names)
        yield importlib.import_module("test._test_multiprocessing")
    except ModuleNotFoundError as missing:
        print(f"skipped: this Python ({sys.version.split()[0]}) has no {missing.name}: install the test suite of this Python "
              "(Debian 12: libpython3.11-testsuite)")
        raise SystemExit(SKIPPED)


def is_about_processes(case):
    """Tests of threads, and of what is not a pool, are not prun's."""
    return "Thread" not in case.__name__


def cases():
    for module in modules():
        if module.__name__.endswith("_test_multiprocessing"):
            yield from pool_cases(module)
            continue
        for value in list(vars(module).values()):
            if isinstance(value, type) and issubclass(value, unittest.TestCase) and is_about_processes(value) \
                    and value.__module__ == module.__name__:
                yield value


def pool_cases(module):
    for name in ("_TestPool", "_TestPoolWorkerErrors", "_TestPoolWorkerLifetime"):
        base = getattr(module, name)
        case = type("WithProcesses" + name[1:], (base, module.ProcessesMixin, unittest.TestCase), {})
        case.__module__ = module.__name__
        setattr(module, case.__name__, case)  # where pickle finds it
        yield case


def expected(test):
    """The reason why a test does not pass, or None."""
    return EXCEPTIONS.get(test._testMethodName) or EXCEPTIONS.get(f"{type(test).__name__}.{test._testMethodName}")


def suite(words):
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{word}*" for word in words] or None
    whole = unittest.TestSuite()
    for case in cases():
        for test in loader.loadTestsFromTestCase(case):
            reason = expected(test)
            if reason is not None:
                setattr(test, test._testMethodName, unittest.skip(reason)(getattr(test, test._testMethodName)))
            whole.addTest(test)
    return whole


if __name__ == "__main__":
    outcome = unittest.TextTestRunner(verbosity=2).run(suite(sys.argv[2:]))
    sys.exit(not outcome.wasSuccessful())
