# Converts a result to a value that JSON can represent. The library inside writes None, booleans, numbers, strings, lists, tuples,
# dicts and bytes by itself. It calls `plain` for every other object, and then writes the returned object in the same way.
event_loop = None
default_function = None


class Number:
    """A number with more than 64 bits: `text` is its JSON form."""

    def __init__(self, text):
        self.text = text


def loaded(module, name):
    """Returns a class of a module if the module has been imported. Otherwise no result can be an instance of it."""
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) else ()


def plain(value):
    """Returns the value as None, bool, int, float, str, bytes, list, tuple, dict or Number, or as an object that is closer to one."""
    if isinstance(value, str):  # with a lone surrogate
        warn_once("a result has a string that is not Unicode text: its lone surrogates are written as escapes such as \\ud800")
        return str.encode(value, "utf-8", "backslashreplace").decode("utf-8")
    for convert in (numpy_value, standard_value, index_value):
        found = tried(convert, value, value)
        if found is not value:
            return found
    if DEFAULT:
        return with_default(value)
    warn_of_repr(value)
    return text_of(value)


def tried(convert, value, otherwise):
    """Returns convert(value), or `otherwise` if code in the value's class raises an exception.

    Only MemoryError is raised again and fails the task: another form would need memory too, and would hide that the task has
    reached its memory limit. Results of other tasks are not affected.
    """
    try:
        return convert(value)
    except MemoryError:
        raise
    except Exception:
        return otherwise


def index_value(value):
    return int(value.__index__()) if hasattr(type(value), "__index__") else value


def text_of(value):
    """Returns repr(value). If that fails, the name and the address of the object."""
    text = tried(repr, value, None)
    return object.__repr__(value) if text is None else text


def numpy_value(value):
    """Converts scalars and arrays of NumPy."""
    if not isinstance(value, (loaded("numpy", "ndarray"), loaded("numpy", "generic"))):
        return value
    if value.dtype.kind in "mM" and sys.modules["numpy"].isnat(value).any():
        warn_once("a result has a time of NumPy that is NaT, not a time; the text NaT stands for it")
    if isinstance(value, loaded("numpy", "ndarray")):
        if value.dtype.kind == "M":
            return sys.modules["numpy"].datetime_as_string(value).tolist()
        return named_nat(value.tolist()) if value.dtype.kind == "m" else value.tolist()
    if value.dtype.kind == "M":
        return str(value)
    if value.dtype.kind == "m":
        return named_nat(value.item())
    if isinstance(value, loaded("numpy", "longdouble")):
        return float(value)
    if isinstance(value, loaded("numpy", "clongdouble")):
        return complex(value)
    return value.item()


def named_nat(durations):
    """NumPy converts a duration that is NaT to None."""
    if isinstance(durations, list):
        return [named_nat(one) for one in durations]
    return "NaT" if durations is None else durations


def standard_value(value):
    """Converts objects of Python's standard library, and dataclasses."""
    if isinstance(value, complex):
        return str(value).strip("()")
    if isinstance(value, loaded("enum", "Enum")):
        return value.value
    if isinstance(value, loaded("decimal", "Decimal")):
        return Number(str(value)) if value.is_finite() else float("nan") if value.is_nan() else float(value)
    if isinstance(value, (loaded("datetime", "date"), loaded("datetime", "time"))):
        return value.isoformat()
    if isinstance(value, loaded("datetime", "timedelta")):
        return duration(value)
    if isinstance(value, (set, frozenset)):
        return tried(sorted, value, None) or list(value)
    if isinstance(value, (range, type({}.keys()), type({}.values()), type({}.items()), loaded("collections", "deque"))):
        return list(value)
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, loaded("uuid", "UUID")):
        return str(value)
    if hasattr(type(value), "__dataclass_fields__"):
        fields = own_module("dataclasses").fields(value)
        return {field.name: getattr(value, field.name) for field in fields}
    if hasattr(type(value), "__fspath__"):
        return os.fspath(value)
    return value


def duration(value):
    """ISO 8601: P1DT3.5S."""
    sign = "-" if value.days < 0 else ""
    value = abs(value)
    text = sign + "P"
    if value.days:
        text += "{}D".format(value.days)
    if value.seconds or value.microseconds or not value.days:
        fraction = ".{:06}".format(value.microseconds).rstrip("0") if value.microseconds else ""
        text += "T{}{}S".format(value.seconds, fraction)
    return text


def plain_key(key):
    """Returns a dict key as text. Keys that json.dumps does not accept get the text of their value."""
    if isinstance(key, float):
        text = float.__repr__(key)
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)
    for name, value in (("true", True), ("false", False), ("null", None)):
        if key is value:
            return name
    if isinstance(key, int):
        return digits(key)
    if isinstance(key, bytes):
        return own_module("base64").b64encode(key).decode()
    found = tried(lambda key: standard_value(numpy_value(key)), key, key)
    if isinstance(found, Number):
        return found.text
    if found is not key and not isinstance(found, (list, dict)):
        return found if isinstance(found, str) else plain_key(found)
    if not isinstance(key, tuple):
        warn_of_repr(key)
    return text_of(key)


def digits(number):
    """Returns the digits of an integer of any length. By default, Python limits the length."""
    limit = getattr(sys, "get_int_max_str_digits", int)()
    if limit:
        sys.set_int_max_str_digits(0)
    try:
        return int.__repr__(number)
    finally:
        if limit:
            sys.set_int_max_str_digits(limit)


def awaited(value):
    """Returns the result of a coroutine. All coroutines of a process share one event loop, so that a client may serve many calls."""
    global event_loop
    if not hasattr(type(value), "__await__"):
        return value
    asyncio = own_module("asyncio")
    if event_loop is None or event_loop.is_closed():
        event_loop = asyncio.new_event_loop()
        asyncio.set_event_loop(event_loop)
    return event_loop.run_until_complete(value)


def with_default(value):
    global default_function
    if default_function is None:
        default_function = resolve(DEFAULT)
    return default_function(value)


def whole_text(value):
    """Returns the text of a result that is nested too deeply, or that contains itself."""
    warn_once("a result is nested deeper than 512 levels; its repr() stands for it")
    return text_of(value) if tried(has_bounded_text, value, False) else object.__repr__(value)


def has_bounded_text(value):
    """Returns False if repr(value) is very long. An object that occurs at two places is written twice, and so are those within it: a list
    of two references to a list of two references, and so on, would have a text that no memory can hold."""
    left = 1 << 22
    path = []  # (id, iterator over the parts) of each object around the current one
    around = set()
    while True:
        if id(value) not in around:  # repr() writes "..." for an object within itself
            left -= 16 + (len(value) if isinstance(value, (str, bytes, bytearray)) else 0)
            path.append((id(value), iter(parts_of(value))))
            around.add(id(value))
        if left < 0:
            return False
        while path:
            value = next(path[-1][1], path)
            if value is not path:
                break
            around.discard(path.pop()[0])
        else:
            return True


def parts_of(value):
    if isinstance(value, dict):
        return [part for member in value.items() for part in member]
    if isinstance(value, (list, tuple, set, frozenset, loaded("collections", "deque"))):
        return list(value)
    if hasattr(type(value), "__dataclass_fields__"):
        return [getattr(value, name, None) for name in type(value).__dataclass_fields__]
    return ()


def warn_of_repr(value):
    kind = class_name(type(value))
    warn_once("a result has a value of type {}, which has no form in JSON; its repr() stands for it "
              "(--default FUNCTION converts such values)".format(kind), kind)


def warn_once(text, about=None):
    if inside.prun_first((about or text).encode("utf-8", "backslashreplace")):
        sys.stderr.write("prun: warning: {}\n".format(text))
        sys.stderr.flush()
