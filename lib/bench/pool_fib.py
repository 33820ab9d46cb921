#!/usr/bin/env python3
"""The article's program: fib(1..N) in a pool of W processes. python3 pool_fib.py N W"""
import sys
from multiprocessing import Pool

from bench_functions import fib

if __name__ == "__main__":
    numbers = range(1, int(sys.argv[1]) + 1)
    with Pool(int(sys.argv[2])) as pool:
        for n, result in zip(numbers, pool.map(fib, numbers, chunksize=1)):
            print("%3d %10d" % (n, result))
