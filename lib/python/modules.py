# Finds functions by name, and modules. This is the first of prun's Python files. prun joins the files after DEFAULT, CODE and
# ENVIRONMENT from its options, and passes the text to any python3 from PATH. Every Python version must be able to parse them up to the
# version check in worker.py.
# The imports of these files come first, while sys.path has only Python's own folders. So a file of the user cannot replace a module.
import os
import signal
import sys

OLDEST = (3, 8)
OWN_PATH = list(sys.path)
own_modules = {}
modules = {}
namespace = None


def own_module(name):
    """Imports a module that this script needs, from Python's own folders."""
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
    """Searches modules in this folder first, unless `python -P` or PYTHONSAFEPATH forbids it, as for scripts."""
    if not getattr(sys.flags, "safe_path", False) and folder not in sys.path:
        sys.path.insert(0, folder)


def load(target):
    """Returns the module of `article.py` or `package.module`, loaded once. A file can import modules from its folder, as a script
    can. A module is searched for in the current folder, as with `python -m`."""
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


class NoFunction(KeyError):
    """Neither the code, a built-in nor a module has this name."""

    def __str__(self):
        return "there is no function {!r}".format(self.args[0])


class Namespace(dict):
    """The names of code on the command line. The code may use a module without importing it."""

    def __missing__(self, name):
        if not hasattr(sys.modules["builtins"], name):
            try:
                self[name] = own_module("importlib").import_module(name)
                return self[name]
            except ImportError:
                pass
        raise NoFunction(name)


def code_namespace():
    """Returns the names of --python-code and of lambdas. They import modules as `python -c` does."""
    global namespace
    if namespace is None:
        look_in(os.getcwd())
        module = type(sys)("python_code")
        sys.modules["python_code"] = module
        made = Namespace(__name__="python_code", __builtins__=sys.modules["builtins"])
        lines = own_module("linecache")
        lines.cache["<python-code>"] = (len(CODE), None, CODE.splitlines(True), "<python-code>")
        exec(compile(CODE, "<python-code>", "exec"), made)
        module.__dict__.update(made)
        namespace = made
    return namespace


def is_lambda(name):
    """Also with spaces or brackets before it."""
    name = name.lstrip(" \t\n(")
    return name.startswith("lambda") and not (name + "_")[6].isidentifier() and name[6:7] != "."


def resolve(name):
    """Returns the object of a name: `article.py:Class.method`, a lambda, a name of --python-code, or a built-in name of Python. Only a
    dotted name, such as `math.sqrt`, may import a module."""
    if is_lambda(name):
        return eval(compile(name.strip(), "<lambda>", "eval"), code_namespace())
    target, _, path = name.rpartition(":")
    parts = path.split(".")
    first = parts[0]
    if target:
        found = getattr(load(target), first)
    elif first in code_namespace() or len(parts) > 1 and not hasattr(sys.modules["builtins"], first):
        found = code_namespace()[first]
    elif hasattr(sys.modules["builtins"], first):
        found = getattr(sys.modules["builtins"], first)
    else:
        raise NoFunction(first)
    for part in parts[1:]:
        found = getattr(found, part)
    return found
