"""Functions that prun and Python's own pools both run."""


def no_op(n):
    return n


def fib(n):
    return 1 if n < 2 else fib(n - 1) + fib(n - 2)
