"""A function that returns one value of each kind."""
import collections
import dataclasses
import datetime
import decimal
import enum
import math
import pathlib
import uuid


class Color(enum.Enum):
    RED = "red"


class Size(enum.IntEnum):
    LARGE = 2


class Unknown:
    pass


class NoText:
    def __repr__(self):
        raise ValueError("no text")


class NoMemory:
    """Each way to convert it needs more memory than there is."""

    def need(self, *_):
        raise MemoryError("too large")

    __repr__ = __index__ = __lt__ = need


@dataclasses.dataclass
class NoField:
    x: int = 0

    def __getattribute__(self, name):
        if name == "x":
            raise ValueError("no x")
        return super().__getattribute__(name)


def deep(value):
    for _ in range(600):
        value = [value]
    return value


def shared(depth):
    """Its text would have 2**depth parts."""
    pair = []
    for _ in range(depth):
        pair = [pair, pair]
    return pair


class Seven:
    def __index__(self):
        return 7


@dataclasses.dataclass
class Inner:
    when: datetime.date


@dataclasses.dataclass
class Outer:
    x: int
    inner: Inner
    tags: set


DAY = datetime.date(2024, 2, 29)
VALUES = {
    "factorial": lambda: math.factorial(21),
    "negative": lambda: -(2**128),
    "decimal": lambda: decimal.Decimal("0.10"),
    "decimals": lambda: [decimal.Decimal(text) for text in ("1E+5", "NaN", "Infinity")],
    "date": lambda: DAY,
    "datetime": lambda: datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc),
    "time": lambda: datetime.time(12, 30),
    "durations": lambda: [datetime.timedelta(1, 3.5), datetime.timedelta(0, -90), datetime.timedelta()],
    "set": lambda: {3, 1, 2},
    "frozenset": lambda: frozenset("ba"),
    "dataclass": lambda: Outer(1, Inner(DAY), {"a"}),
    "enum": lambda: Color.RED,
    "int_enum": lambda: Size.LARGE,
    "path": lambda: pathlib.Path("/tmp/a"),
    "complex": lambda: 1 + 2j,
    "bytes": lambda: b"\0\xff\xfe",
    "bytes_sizes": lambda: [b"", b"a", b"ab", b"abc"],
    "bytearray": lambda: bytearray(b"abc"),
    "memoryview": lambda: memoryview(b"abc"),
    "not_numbers": lambda: [math.nan, math.inf, -math.inf],
    "uuid": lambda: uuid.UUID("12345678-1234-5678-1234-567812345678"),
    "deque": lambda: collections.deque([1, 2]),
    "range": lambda: range(3),
    "views": lambda: [{"a": 1}.keys(), {"a": 1}.values()],
    "keys": lambda: {DAY: 1, True: 2, None: 3, 1.5: 4, 2**64: 5, Color.RED: 6, (1, 2): 7},
    "index": Seven,
    "unknown": lambda: [Unknown(), 1],
    "no_text": lambda: [1, NoText()],
    "shared": lambda: shared(600),
    "deep_no_field": lambda: deep(NoField()),
    "no_memory": lambda: [1, NoMemory()],
    "no_memory_in_set": lambda: {NoMemory(), NoMemory()},
    "no_memory_in_key": lambda: {NoMemory(): 1},
    "no_memory_in_depth": lambda: deep(NoMemory()),
}


def numpy_values():
    import numpy as np
    return {
        "np_int": np.int32(7),
        "np_uint": np.uint64(2**64 - 1),
        "np_float": np.float32(0.5),
        "np_bool": np.bool_(True),
        "np_no_times": [np.datetime64("NaT"), np.timedelta64("NaT"), np.timedelta64(90, "s")],
        "np_no_time_arrays": [np.array(["2024-02-29", "NaT"], dtype="M8[D]"), np.array([1, "NaT"], dtype="m8[s]")],
        "np_array": np.array([[1, 2], [3, 4]]),
        "np_floats": np.array([0.5, np.nan]),
        "np_bools": np.array([True, False]),
        "np_one": np.array([5]),
        "np_zero_dimensions": np.array(5),
        "np_dates": np.array(["2024-02-29", "2024-03-01"], dtype="datetime64[D]"),
        "np_date": np.datetime64("2024-02-29"),
        "np_complex": np.complex64(1 + 2j),
        "np_keys": {np.int64(3): 1},
        "np_long": np.longdouble(0.5),
    }


def value(name):
    return numpy_values()[name[len("numpy."):]] if name.startswith("numpy.") else VALUES[name]()


def digits(count):
    return 10**(count - 1)


def half(n):
    return n // 2


def encode(value):
    return {"kind": type(value).__name__}


def fail(value):
    raise TypeError("not that")


loops = set()


async def later(n):
    import asyncio
    await asyncio.sleep(0)
    return 2 * n


async def loop_changes(n):
    import asyncio
    loops.add(id(asyncio.get_running_loop()))
    return len(loops)


async def late_failure(n):
    raise ValueError(n)
