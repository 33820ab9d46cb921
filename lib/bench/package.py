"""The Python package, measured beside the standard library's pools: the same program, with either import.

    python3 package.py FOLDER|standard imap|map|submit|arrays|start|joblib N     prints the seconds that N of them took
"""
import os
import pickle
import sys
import time

WORKERS = int(os.environ.get("PRUN_BENCH_WORKERS", "2"))
MEGABYTES = 8

if sys.argv[1] == "standard":
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import Pool
else:
    sys.path.insert(0, sys.argv[1])
    from prun import Pool, ProcessPoolExecutor


def no_op(x):
    return x


def timed(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def in_pool(measure):
    with Pool(WORKERS) as pool:
        pool.map(no_op, range(100), 1)
        return timed(lambda: measure(pool))


def imap(count):
    def consume(pool):
        for _ in pool.imap(no_op, range(count), chunksize=1):
            pass

    return in_pool(consume)


def default_map(count):
    return in_pool(lambda pool: pool.map(no_op, range(count)))


def submit(count):
    with ProcessPoolExecutor(WORKERS) as executor:
        executor.submit(no_op, 0).result()

        def round_trips():
            for future in [executor.submit(no_op, n) for n in range(count)]:
                future.result()

        return timed(round_trips)


class Array:
    """Bytes that are sent as an array of numpy's is."""

    def __init__(self, data):
        self.data = data

    def __reduce_ex__(self, protocol):
        return Array, (pickle.PickleBuffer(self.data) if protocol >= 5 else bytes(self.data),)


def arrays(count):
    data = Array(bytearray(MEGABYTES << 20))

    def both_ways(pool):
        for _ in range(count):
            pool.apply(no_op, (data,))

    return in_pool(both_ways)


def start(count):
    def one():
        with Pool(WORKERS) as pool:
            pool.apply(no_op, (0,))

    one()
    return timed(lambda: [one() for _ in range(count)])


def register_nothing():
    """A backend that makes no call: what joblib needs itself."""
    from joblib import _parallel_backends, register_parallel_backend

    class Ended:
        def __init__(self, results):
            self.results = results

        def get(self, timeout=None):
            return self.results

    class Nothing(_parallel_backends.AutoBatchingMixin, _parallel_backends.ParallelBackendBase):
        supports_timeout = True

        def effective_n_jobs(self, n_jobs):
            return WORKERS

        def configure(self, n_jobs=1, parallel=None, **options):
            self.parallel = parallel
            return WORKERS

        def apply_async(self, func, callback=None):
            ended = Ended([None] * len(func.items))
            if callback is not None:
                callback(ended.results)
            return ended

        submit = apply_async

    register_parallel_backend("nothing", Nothing)


def with_joblib(count):
    """joblib's own batches of a no-op. Without prun they go to loky, joblib's default, or, alone, nowhere."""
    import joblib
    backend = "loky"
    if sys.argv[1] != "standard":
        import prun
        prun.register_joblib()
        backend = "prun"
    elif sys.argv[2] == "joblib-alone":
        register_nothing()
        backend = "nothing"
    with getattr(joblib, "parallel_config", joblib.parallel_backend)(backend, n_jobs=WORKERS), joblib.Parallel() as parallel:
        parallel(joblib.delayed(no_op)(n) for n in range(100))
        return timed(lambda: parallel(joblib.delayed(no_op)(n) for n in range(count)))


MEASURES = {"imap": imap, "map": default_map, "submit": submit, "arrays": arrays, "start": start, "joblib": with_joblib,
            "joblib-alone": with_joblib}

if __name__ == "__main__":
    print(f"{MEASURES[sys.argv[2]](int(sys.argv[3])):.9f}")
