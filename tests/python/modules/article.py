"""Functions as in the article, and what a user may do in them."""
import os
import sys

loads = []
state = {"setup": None, "calls": 0}


def fib(n: int) -> int:
    """the n-th Fibonacci number"""
    return 1 if n < 2 else fib(n - 1) + fib(n - 2)


def ackermann(m: int, n: int) -> int:
    """Ackermann's function, of two arguments"""
    return n + 1 if m == 0 else ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))


def no_op(n):
    return n


def echo(*args, **kwargs):
    """what it was given"""
    return [args, kwargs]


def greet(name, greeting="hello", *, mark="!"):
    return greeting + ", " + name + mark


def setup(value):
    state["setup"] = value


def setup_value(n):
    return state["setup"]


def count(n):
    state["calls"] += 1
    return state["calls"]


def pid(n):
    return os.getpid()


def show(text):
    print("shown:", text)
    sys.stdout.write("and this\n")
    return text


def write_raw(text):
    os.write(1, text.encode())
    return text


def number(n):
    return {"max": 2**63 - 1, "min": -(2**63), "umax": 2**64 - 1, "float": 1.5, "none": None}


def beyond(n):
    return 2**64 + n


def raw_bytes(n):
    return b"\xff\x00abc"


def tuples(n):
    return (1, (2, 3), {"k": (4,)}), {5: "five"}


def cycle(n):
    value = []
    value.append(value)
    return value


def bad_key(n):
    return {(1, 2): 3}


def deep(n):
    return deep(n + 1)


def long_message(size):
    raise RuntimeError("m" * size)


class BadText(Exception):
    def __str__(self):
        raise KeyError("no text")


def bad_text(n):
    raise BadText()


def exhaust(size):
    return len(bytearray(size))


def sibling_value(n):
    import sibling
    return sibling.VALUE + n


class Tools:
    @staticmethod
    def twice(n):
        return 2 * n

    @classmethod
    def named(cls, n):
        return cls.__name__ + str(n)


def _private(n):
    return n


triple = lambda n: 3 * n  # noqa: E731
