"""The form of a call in a journal: the name of its function, and its arguments."""

import functools
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

from ._journal_values import plain_form, text_of


def named(function):
    """Returns (name, leading arguments, keyword arguments that the function already carries).

    The values that a partial or a method carries count as arguments, so the same name with other values is another call.
    """
    if type(function) is functools.partial:
        name, args, kwargs = named(function.func)
        return name, args + function.args, {**kwargs, **function.keywords}
    if isinstance(function, MethodType):
        return _name_of(function.__func__), (function.__self__,), {}
    if isinstance(function, (FunctionType, type)):
        return _name_of(function), (), {}
    if isinstance(function, BuiltinFunctionType):
        owner = function.__self__
        if owner is None or isinstance(owner, ModuleType):
            return _name_of(function), (), {}
        return f"{_name_of(type(owner))}.{function.__name__}", (owner,), {}
    return f"{_name_of(type(function))}.__call__", (function,), {}


def _name_of(thing):
    module = getattr(thing, "__module__", None)
    name = getattr(thing, "__qualname__", None) or type(thing).__name__
    return f"{module}.{name}" if module and module != "builtins" else name


class Call:
    """The recorded parts of a call: plain forms, and the reason why they are not exact, or None."""

    __slots__ = ("name", "args", "kwargs", "defect")

    def __init__(self, name, args, kwargs):
        self.name = name
        self.defect = None
        try:
            self.args = [plain_form(arg) for arg in args]
            self.kwargs = {key: plain_form(value) for key, value in kwargs.items()} if kwargs else None
        except Exception as error:  # the call itself will raise it too
            self.args = [_described(arg) for arg in args]
            self.kwargs = {key: _described(value) for key, value in kwargs.items()} if kwargs else None
            self.defect = f"an argument cannot be pickled: {type(error).__name__}: {error}".encode("utf-8", "replace").decode()

    def __str__(self):
        return call_text(self.name, self.args, self.kwargs)


def _described(value):
    try:
        return plain_form(value)
    except Exception:
        return f"<{type(value).__name__}>"


def call_text(name, args, kwargs):
    """For messages: square(3), or square(3, ...) if the rest is long."""
    parts = [_short(arg) for arg in args] + [f"{key}={_short(value)}" for key, value in (kwargs or {}).items()]
    text = ""
    for n, part in enumerate(parts):
        if len(text) > 120:
            text += ", ..."
            break
        text += (", " if n else "") + part
    return f"{name}({text})"


def _short(form):
    from ._journal_values import is_pickled, value_of
    if is_pickled(form):
        try:
            text = repr(value_of(form))
        except Exception:
            text = "<an object that cannot be unpickled>"
    else:
        text = text_of(form)
    return text if len(text) <= 60 else text[:57] + "..."
