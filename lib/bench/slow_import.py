"""A module that takes PRUN_BENCH_IMPORT seconds of CPU time to import. python3 slow_import.py N W maps over it in a pool of W
processes."""
import os
import sys
import time

end = time.process_time() + float(os.environ["PRUN_BENCH_IMPORT"])
while time.process_time() < end:
    pass


def same(n):
    return n


if __name__ == "__main__":
    from multiprocessing import Pool

    with Pool(int(sys.argv[2])) as pool:
        print(sum(pool.imap(same, range(1, int(sys.argv[1]) + 1))))
