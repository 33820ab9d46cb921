# Describes exceptions, and ends a Python process of prun.
def class_name(kind):
    return kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "." + kind.__qualname__


def is_own(file):
    return file == "<prun>" or file.startswith("<frozen importlib") or file.endswith("/importlib/__init__.py") or (
        os.path.basename(os.path.dirname(file)) == "asyncio")


def describe_exception(error):
    """Returns (type, message, where, traceback). exit() in a call ends the process, as everywhere in prun."""
    if isinstance(error, SystemExit):
        leave(error.code)
    traceback = own_module("traceback")
    try:
        message = str(error)
    except Exception as e:
        message = "its text cannot be had: " + class_name(type(e))
    frames = error.__traceback__
    while frames is not None and is_own(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    where, lines = "", []
    try:
        if frames is not None:
            last = traceback.extract_tb(frames)[-1]
            where = "{} ({}:{})".format(last.name, os.path.basename(last.filename), last.lineno)
        lines = traceback.format_exception(type(error), error, frames)
    except Exception:
        pass
    parts = class_name(type(error)), message, where, "".join(lines)
    return tuple(part.encode("utf-8", "backslashreplace").decode() for part in parts)


def leave(code):
    if code is not None and not isinstance(code, int):
        sys.stderr.write(str(code) + "\n")
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    os._exit((code or 0) & 0xFF)


def end_child(error):
    """Ends a child that a function has forked and that returns from the function. It exits like a script."""
    if isinstance(error, SystemExit):
        leave(error.code)
    if error is not None:
        try:
            sys.excepthook(type(error), error, error.__traceback__)
        except BaseException:
            pass
    leave(0 if error is None else 1)
