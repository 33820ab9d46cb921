"""Objects, functions and exceptions as bytes, and back."""

import errno
import io
import pickle
import sys
from types import BuiltinFunctionType, FunctionType

from . import _main

_LARGE_BUFFER = 1 << 16
_OF_MAIN = b"__main__"  # in the pickle of what belongs to the main module


def _dumps(obj, keep_buffer):
    reduction = sys.modules.get("multiprocessing.reduction")
    if reduction is None:
        return pickle.dumps(obj, 5, buffer_callback=keep_buffer)
    # Locks, sockets and connections go to another process as multiprocessing sends them.
    out = io.BytesIO()
    reduction.ForkingPickler(out, 5, True, keep_buffer).dump(obj)
    return out.getvalue()


def _for_workers(data, obj, keep_buffer, pools):
    """Returns the pickle `data` of `obj`, or another if it names what the workers of all `pools` lack. keep_buffer(None) forgets the
    buffers."""
    if not pools or not all([seen.is_outdated() for seen in pools]):
        return data
    from . import _by_value
    try:
        if keep_buffer is not None:
            keep_buffer(None)
        return _by_value.dumps(obj, keep_buffer, pools)
    except ImportError:
        _by_value.refuse_missing(obj, pools)
        return data if keep_buffer is None else _dumps(obj, keep_buffer)


def _dumps_from_here(obj, keep_buffer):
    """Like _dumps, but what the receiver lacks goes by value: in the master what workers lack; in a worker the classes that came by
    value, which the main module lacks here."""
    try:
        data = _dumps(obj, keep_buffer)
    except (pickle.PicklingError, AttributeError):
        if "cloudpickle" not in sys.modules or _main.all_seen():
            raise
        from . import _by_value
        if keep_buffer is not None:
            keep_buffer(None)
        return _by_value.dumps(obj, keep_buffer, [_main.Seen.now()])
    return data if _OF_MAIN not in data else _for_workers(data, obj, keep_buffer, _main.all_seen())


def dump(obj, in_place=False, to_master=False):
    """Returns bytes, or a tuple of bytes that name the place of large buffers.

    in_place: the buffers are part of the bytes. to_master: the object is the result of a call of this worker.
    """
    if in_place:
        return _dumps_from_here(obj, None)
    buffers = []

    def keep(buffer):
        if buffer is None:
            buffers.clear()
            return True
        try:
            raw = buffer.raw()
        except BufferError:  # it is not contiguous
            return True
        if raw.nbytes < _LARGE_BUFFER:
            return True
        buffers.append(raw)
        return False

    data = _dumps_from_here(obj, keep)
    if not buffers:
        return data
    from . import _segments
    token = _segments.sender.put(data, buffers, to_master)
    return _dumps_from_here(obj, None) if token is None else (token,)


def dump_by_name(obj):
    """Returns bytes for this program and its later runs, which find functions and classes by their names."""
    return _dumps(obj, None)


def load(data, buffers_elsewhere):
    if not buffers_elsewhere:
        return pickle.loads(data)
    from . import _segments
    data, buffers = _segments.receiver.get(data)
    return pickle.loads(data, buffers=buffers)


def dump_function(function, seen):
    """Returns (bytes, True if they are only a name). Lambdas, closures, and what the workers of `seen` lack need cloudpickle."""
    kind = type(function)
    by_name = kind is FunctionType or (kind is BuiltinFunctionType and getattr(function, "__self__", None) is None)
    try:
        plain = _dumps(function, None)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        return _dump_without_name(function, seen, error), False
    data = plain if _OF_MAIN not in plain else _for_workers(plain, function, None, [seen])
    return data, data == plain and (by_name or kind is type)


def _dump_without_name(function, seen, error):
    from . import _by_value
    try:
        return _by_value.dumps(function, None, [seen])
    except ImportError:
        if isinstance(error, TypeError):  # cloudpickle cannot send it either
            raise error from None
        raise type(error)(f"{error}. Workers find functions by their names: define it with `def` at the top level of a module, "
                          "or install cloudpickle, which sends functions by value") from None
    except Exception:
        raise error from None


class RemoteError(Exception):
    """An exception of a task that this process cannot create. Its message is "type: message"."""


def describe(exception, in_worker=True):
    """Returns (type, message, bytes for `rebuild`)."""
    text = None
    if in_worker:
        import traceback
        text = "".join(traceback.format_exception(type(exception), exception, exception.__traceback__))
    name = type(exception).__name__
    try:
        message = str(exception)
    except Exception:
        message = "(its message cannot be made)"
    try:
        data = _dumps_from_here(exception, None) if in_worker else pickle.dumps(exception, 5)
        pickle.loads(data)  # an exception that cannot be created again must not reach the master
    except Exception:
        data = pickle.dumps(RemoteError(f"{name}: {message}"), 5)
    # The text comes first, so that it can be read without the rest.
    return name, message.encode("utf-8", "replace").decode(), pickle.dumps(text, 5) + data


def rebuild(data, for_executor):
    try:
        parts = io.BytesIO(data)
        text = pickle.load(parts)
        exception = pickle.load(parts)
    except Exception as error:
        return RemoteError(f"an exception of a task that cannot be made here: {error!r}")
    if text is not None:
        if for_executor:
            from concurrent.futures.process import _RemoteTraceback as Remote
            text = f'\n"""\n{text}"""'
        else:
            from multiprocessing.pool import RemoteTraceback as Remote
            text = f'\n"""\n{text}"""'
        exception.__cause__ = Remote(text)
    return exception


def unsendable(exception, result, for_executor):
    if for_executor:
        return exception
    from multiprocessing.pool import MaybeEncodingError
    return MaybeEncodingError(exception, result)


def unreadable(exception, what):
    """Returns the exception that the call raises if `what` raised `exception` while it was unpickled."""
    from ._errors import SerializationError
    from ._shared import ClosedError
    if isinstance(exception, OSError) and exception.errno == errno.ENOMEM:  # its large buffers could not be mapped
        error = MemoryError(f"{what} needs more memory than is available: {exception}")
        error.__cause__ = exception
        return error
    if isinstance(exception, (MemoryError, KeyboardInterrupt, ClosedError)):  # the pickle is not the cause
        return exception
    text = f"{what} cannot be unpickled: {type(exception).__name__}: {exception}"
    if isinstance(exception, AttributeError) and "_main__" in text:
        text += (". Define it at the top level of the program before the pool is made, outside of `if __name__ == \"__main__\"`, or "
                 "in a module")
    error = SerializationError(text)
    error.__cause__ = exception
    return error


def failed(kind, message, pid, signal, exit_status, detail, for_executor):
    from . import _errors
    cause = rebuild(detail, for_executor) if detail else None
    return _errors.of_failure(kind, message, pid, signal, exit_status, cause)
