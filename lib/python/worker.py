# What prun runs in a Python process: as `describe`, it says which functions a file or module has, on standard output, in the
# words of a serving process's hello (prun help worker-protocol); as `serve`, it makes calls, through prun's library inside.
# It is given as text, to any python3 from PATH: up to the check of the version every Python must be able to read it.
# Its own imports come first, while sys.path has only Python's own folders. A file of the user's never stands in for them.
import os
import sys

OLDEST = (3, 8)
OWN_PATH = list(sys.path)
own_modules = {}
modules = {}


def own_module(name):
    """A module that this script needs, from Python's own folders."""
    import importlib
    if name not in own_modules:
        path = list(sys.path)
        sys.path[:] = OWN_PATH
        try:
            own_modules[name] = importlib.import_module(name)
        finally:
            sys.path[:] = path
    return own_modules[name]


def look_in(folder):
    """Modules are found in this folder first. `python -P` and PYTHONSAFEPATH forbid that, as they do for scripts."""
    if not getattr(sys.flags, "safe_path", False) and folder not in sys.path:
        sys.path.insert(0, folder)


def load(target):
    """The module of `article.py` or `package.module`, loaded once. A file finds its neighbours, as a script does; a module is
    looked for in the current folder, as `python -m` does."""
    if target in modules:
        return modules[target]
    importlib = own_module("importlib")
    util = own_module("importlib.util")
    if not target.endswith(".py"):
        look_in(os.getcwd())
        module = importlib.import_module(target)
    else:
        path = os.path.abspath(target)
        if not os.path.exists(path):
            raise FileNotFoundError("there is no file " + target)
        name = os.path.splitext(os.path.basename(path))[0]
        look_in(os.path.dirname(os.path.realpath(path)))
        module = sys.modules.get(name)
        if module is None or os.path.abspath(getattr(module, "__file__", None) or "") != path:
            spec = util.spec_from_file_location(name, path)
            module = util.module_from_spec(spec)
            sys.modules[name] = module
            try:
                spec.loader.exec_module(module)
            except BaseException:
                sys.modules.pop(name, None)
                raise
    modules[target] = module
    return module


def resolve(name):
    target, _, path = name.rpartition(":")
    found = load(target)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def class_name(kind):
    return kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "." + kind.__qualname__


def is_own(file):
    return file == "<prun>" or file.startswith("<frozen importlib") or file.endswith("/importlib/__init__.py")


def describe_exception(error):
    """(type, message, where, traceback); exit() in a call is the end of the process, as everywhere in prun."""
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
    """Ends a child that a function has forked and that comes back out of the function. Its status is that of a script."""
    if isinstance(error, SystemExit):
        leave(error.code)
    if error is not None:
        try:
            sys.excepthook(type(error), error, error.__traceback__)
        except BaseException:
            pass
    leave(0 if error is None else 1)


TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", tuple: "array", dict: "object"}


def type_text(annotation):
    if isinstance(annotation, str):
        return {t.__name__: n for t, n in TYPES.items()}.get(annotation, annotation)
    return TYPES.get(annotation) or getattr(annotation, "__name__", None) or str(annotation)


def is_plain(value):
    """JSON can say it exactly."""
    return value is None or isinstance(value, (bool, str)) or (isinstance(value, int) and abs(value) < 2**63) or (
        isinstance(value, float) and value - value == 0)


def parameters_of(function):
    """(name, kind, default, annotation) each, and the result's annotation; kinds: "", "*", "**", "keyword"."""
    nothing = parameters_of
    code = getattr(function, "__code__", None)
    if type(function) is type(parameters_of) and not hasattr(function, "__wrapped__") and not hasattr(function, "__signature__"):
        notes = function.__annotations__
        names, by_place = code.co_varnames, code.co_argcount
        behind = by_place + code.co_kwonlyargcount
        defaults = (nothing,) * (by_place - len(function.__defaults__ or ())) + (function.__defaults__ or ())
        found = [(name, "", default) for name, default in zip(names, defaults)]
        if code.co_flags & 4:
            found.append((names[behind], "*", nothing))
        for name in names[by_place:behind]:
            found.append((name, "keyword", (function.__kwdefaults__ or {}).get(name, nothing)))
        if code.co_flags & 8:
            found.append((names[behind + bool(code.co_flags & 4)], "**", nothing))
        return [part + (notes.get(part[0], nothing),) for part in found], notes.get("return", nothing), nothing
    inspect = own_module("inspect")  # for whatever is called like a function; loading it takes as long as starting Python
    signature = inspect.signature(function)
    kinds = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**", inspect.Parameter.KEYWORD_ONLY: "keyword"}
    found = [(p.name, kinds.get(p.kind, ""), p.default, p.annotation) for p in signature.parameters.values()]
    return found, signature.return_annotation, signature.empty


def offer(name, function):
    text = function.__doc__ if isinstance(getattr(function, "__doc__", None), str) else ""
    said = {"name": name, "help": text.strip().split("\n")[0].strip()}
    try:
        parameters, result, nothing = parameters_of(function)
    except Exception:
        return said  # of C, without a text of its signature: takes what it takes
    said["parameters"] = []
    for parameter, kind, default, annotation in parameters:
        if kind in ("*", "**"):
            said["more_arguments" if kind == "*" else "more_keywords"] = True
            continue
        described = {"name": parameter, "keyword_only": kind == "keyword"}
        if annotation is not nothing:
            described["type"] = type_text(annotation)
        if default is not nothing:
            described["optional"] = True
            if is_plain(default):
                described["default"] = default
        said["parameters"].append(described)
    if result is not nothing:
        said["result"] = type_text(result)
    return said


def function_at(target, path):
    function = resolve(target + ":" + path)
    if not callable(function):
        raise TypeError("{} is no function".format(path))
    return function


def offers(target):
    """Those that are listed, and others that are the module's own."""
    module = load(target)
    listed = getattr(module, "__all__", None)
    for name, value in sorted(vars(module).items()):
        own = getattr(value, "__module__", None) == module.__name__ and not isinstance(value, type)
        if not callable(value) or not own and name not in (listed or ()):
            continue
        said = offer(name, value)
        said["listed"] = name in listed if listed is not None else not name.startswith("_")
        yield said


def to_json(value):
    """As json.dumps; loading that takes longer than all the rest."""
    quoted = own_module("_json").encode_basestring_ascii
    if isinstance(value, dict):
        return "{" + ", ".join(quoted(key) + ": " + to_json(member) for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(to_json(member) for member in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return quoted(value) if isinstance(value, str) else repr(value)


class SitePackages:
    """Set up when something is imported that Python itself does not have: what they have, `.pth` files included, may take longer
    than the rest together. Only while functions are described; they are called in a Python as it always is."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if path is not None:
            return None
        sys.meta_path.remove(cls)
        first = [folder for folder in sys.path if folder not in OWN_PATH]
        sys.path[:] = OWN_PATH
        own_module("site").main()
        OWN_PATH[:] = sys.path
        sys.path[:0] = first
        return own_module("importlib.machinery").PathFinder.find_spec(name)


def describe(target, path, out):
    """Of all functions of the target, or of the one that `path` leads to."""
    own_module("site").setquit()
    sys.meta_path.append(SitePackages)
    asked = os.getpid()
    try:
        found = [offer(path, function_at(target, path))] if path else list(offers(target))
        hello = {"prun": 1, "python": sys.executable or "", "functions": found}
        if os.getpid() != asked:
            end_child(None)
    except BaseException as error:
        if os.getpid() != asked:
            end_child(error)
        hello = {"prun": 1, "error": import_error(target, error)}
    out.write(to_json(hello) + "\n")
    out.flush()


def import_error(target, error):
    if isinstance(error, SystemExit):
        return "{} asked to exit with {} while it was imported".format(target, error.code)
    kind, message, where, _ = describe_exception(error)
    at = " in " + where if where else ""
    return "{}: {}{}".format(kind, message, at).replace("\n", " ")


def close_standard_input():
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def serve():
    _socket, array, ctypes = own_module("_socket"), own_module("array"), own_module("ctypes")
    for name in "traceback", "ast", "unicodedata":  # the first imports the others only when it formats an exception
        own_module(name)
    with_fds = _socket.socket(fileno=0)
    with_fds.send(b"?")
    data, ancillary, _, _ = with_fds.recvmsg(4, _socket.CMSG_SPACE(12))
    fds = array.array("i")
    for _, _, received in ancillary:
        fds.frombytes(received[:len(received) - len(received) % fds.itemsize])
    library, memory, event = (list(fds) + [-1, -1])[:3]
    for fd in fds:
        os.set_inheritable(fd, False)
    channel = os.dup(0)
    with_fds.detach()
    close_standard_input()
    inside = ctypes.CDLL("/proc/self/fd/{}".format(library))
    os.close(library)
    inside.prun_prepare.argtypes = [ctypes.c_void_p] * 4
    inside.prun_prepare.restype = ctypes.c_char_p
    missing = inside.prun_prepare(id(None), id(resolve), id(describe_exception), id(end_child))
    if missing:
        raise RuntimeError("this Python has no " + missing.decode())
    return inside.prun_serve(channel, memory, event, int.from_bytes(data, sys.byteorder))


def main(arguments):
    answers = os.dup(1)
    os.dup2(2, 1)  # what functions print must not get between prun's words
    sys.argv = [""]
    if arguments[0] == "describe":
        with os.fdopen(answers, "w") as out:
            if sys.version_info < OLDEST or getattr(sys, "implementation", sys).name != "cpython":
                out.write('{"prun": 1, "error": "CPython 3.8 or later is needed, and this is %s"}\n' % sys.version.split()[0])
            else:
                close_standard_input()
                sys.stdout.reconfigure(line_buffering=True)
                describe(arguments[1], arguments[2] if len(arguments) > 2 else "", out)
        return 0
    os.close(answers)
    sys.stdout.reconfigure(line_buffering=True)
    return serve()


sys.exit(main(sys.argv[2:]))
