"""Python's own pools, measured as prun is: no-ops on integers, in 2 workers or as many as PRUN_BENCH_WORKERS says.

    python3 peer.py imap|map|submit|submit_one N     prints the seconds that N calls took
"""
import concurrent.futures
import multiprocessing
import os
import sys
import time

WORKERS = int(os.environ.get("PRUN_BENCH_WORKERS", "2"))


def no_op(n):
    return n


def timed(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def pool_imap(count):
    with multiprocessing.Pool(WORKERS) as pool:
        pool.apply(no_op, (0,))

        def consume():
            for _ in pool.imap(no_op, range(count), chunksize=1):
                pass

        return timed(consume)


def pool_map(count):
    with multiprocessing.Pool(WORKERS) as pool:
        pool.apply(no_op, (0,))
        return timed(lambda: pool.map(no_op, range(count)))


def executor_submit(count):
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as executor:
        executor.submit(no_op, 0).result()

        def round_trips():
            for future in [executor.submit(no_op, n) for n in range(count)]:
                future.result()

        return timed(round_trips)


def executor_submit_one(count):
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as executor:
        executor.submit(no_op, 0).result()

        def one_by_one():
            for n in range(count):
                executor.submit(no_op, n).result()

        return timed(one_by_one)


MEASURES = {"imap": pool_imap, "map": pool_map, "submit": executor_submit, "submit_one": executor_submit_one}

if __name__ == "__main__":
    print(f"{MEASURES[sys.argv[1]](int(sys.argv[2])):.9f}")
