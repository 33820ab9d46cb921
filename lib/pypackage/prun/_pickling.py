"""Objects, functions and exceptions as bytes, and back."""

import io
import pickle
import sys
from types import BuiltinFunctionType, FunctionType

_LARGE_BUFFER = 1 << 16


def _dumps(obj, keep_buffer):
    reduction = sys.modules.get("multiprocessing.reduction")
    if reduction is None:
        return pickle.dumps(obj, 5, buffer_callback=keep_buffer)
    # Locks, sockets and connections go to another process as multiprocessing sends them.
    out = io.BytesIO()
    reduction.ForkingPickler(out, 5, True, keep_buffer).dump(obj)
    return out.getvalue()


def dump(obj, in_place=False):
    """Returns bytes, or a tuple of bytes that name the place of large buffers. in_place: the buffers are part of the bytes."""
    if in_place:
        return _dumps(obj, None)
    buffers = []

    def keep(buffer):
        try:
            raw = buffer.raw()
        except BufferError:  # it is not contiguous
            return True
        if raw.nbytes < _LARGE_BUFFER:
            return True
        buffers.append(raw)
        return False

    data = _dumps(obj, keep)
    if not buffers:
        return data
    from . import _segments
    token = _segments.sender.put(data, buffers)
    return _dumps(obj, None) if token is None else (token,)


def load(data, buffers_elsewhere):
    if not buffers_elsewhere:
        return pickle.loads(data)
    from . import _segments
    data, buffers = _segments.receiver.get(data)
    return pickle.loads(data, buffers=buffers)


def dump_function(function):
    """Returns (bytes, True if they are only a name). Lambdas and closures need cloudpickle."""
    kind = type(function)
    by_name = kind is FunctionType or (kind is BuiltinFunctionType and getattr(function, "__self__", None) is None)
    try:
        return _dumps(function, None), by_name or kind is type
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        try:
            import cloudpickle
        except ImportError:
            if kind is FunctionType:
                raise type(error)(f"{error}. Workers find functions by their names: define it with `def` at the top level "
                                  "of a module, or install cloudpickle, which sends functions by value") from None
            raise
        try:
            return cloudpickle.dumps(function, protocol=5), False
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
        data = pickle.dumps(exception, 5)
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
    from ._errors import SerializationError
    error = SerializationError(f"{what} cannot be unpickled: {type(exception).__name__}: {exception}")
    error.__cause__ = exception
    return error


def failed(kind, message, pid, signal, exit_status, detail, for_executor):
    from . import _errors
    cause = rebuild(detail, for_executor) if detail else None
    return _errors.of_failure(kind, message, pid, signal, exit_status, cause)
