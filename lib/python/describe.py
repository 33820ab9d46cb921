# Lists the functions of a module with their parameters, in the format of a serving process's hello.
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", tuple: "array", dict: "object"}


def type_text(annotation):
    if isinstance(annotation, str):
        return {t.__name__: n for t, n in TYPES.items()}.get(annotation, annotation)
    return TYPES.get(annotation) or getattr(annotation, "__name__", None) or str(annotation)


def names_of(function):
    """Returns the names that the annotations of a function refer to."""
    for _ in range(16):
        function = getattr(function, "__wrapped__", function)
        if isinstance(function, loaded("functools", "partial")):
            function = function.func
    if not hasattr(function, "__globals__"):
        function = function.__init__ if isinstance(function, type) else type(function).__call__
    return getattr(function, "__globals__", {})


def is_text(annotation, names, depth=16):
    """Returns True if a text fits the annotation, and no other value of a command line does: str, a class that derives from it, Optional,
    Union, Annotated, NewType, Literal and TypeVar of str, and the same written as a string."""
    if depth == 0:
        return False
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__forward_arg__", None)
    if isinstance(text, str):
        try:
            return is_text(eval(text, names), names, depth - 1)
        except Exception:  # before Python 3.10, of `str | None`
            return "|" in text and are_text([part.strip() for part in text.split("|")], names, depth)
    if issubclass(type(annotation), type):
        return issubclass(annotation, str)
    kind = type(annotation).__name__
    form = getattr(getattr(annotation, "__origin__", None), "_name", None)
    if form == "Union" or kind in ("Union", "UnionType"):
        return are_text(annotation.__args__, names, depth)
    if form == "Literal":
        return are_text([type(value) for value in annotation.__args__], names, depth)
    if kind == "TypeVar":
        return are_text(annotation.__constraints__ or [annotation.__bound__], names, depth)
    if hasattr(annotation, "__metadata__"):
        return is_text(annotation.__origin__, names, depth - 1)
    of = getattr(annotation, "__supertype__", None) or (annotation.__value__ if kind == "TypeAliasType" else None)
    return of is not None and is_text(of, names, depth - 1)


def are_text(annotations, names, depth):
    """Returns True if one of them is text, and the others are None, or paths and bytes, which a command line can give only as text."""
    others = [one for one in annotations if one not in (None, type(None), "None", bytes, bytearray) and not hasattr(one, "__fspath__")]
    return bool(others) and all(is_text(one, names, depth - 1) for one in others)


def parameter_type(annotation, function):
    try:
        if is_text(annotation, names_of(function)):
            return "string"
    except Exception:  # of code in the classes of the annotation
        pass
    return type_text(annotation)


def is_plain(value):
    """Returns True if JSON can represent the value exactly."""
    return value is None or isinstance(value, (bool, str)) or (isinstance(value, int) and abs(value) < 2**63) or (
        isinstance(value, float) and value - value == 0)


def parameters_of(function):
    """Returns (name, kind, default, annotation) for each, and the result's annotation. Kinds: "", "*", "**", "keyword"."""
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
    inspect = own_module("inspect")  # for other callables; loading it takes as long as starting Python
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
        return said  # a C function without a signature text: accepts any arguments
    said["parameters"] = []
    for parameter, kind, default, annotation in parameters:
        if kind in ("*", "**"):
            said["more_arguments" if kind == "*" else "more_keywords"] = True
            if kind == "*" and annotation is not nothing:
                said["more_arguments_type"] = parameter_type(annotation, function)
            continue
        described = {"name": parameter, "keyword_only": kind == "keyword"}
        if annotation is not nothing:
            described["type"] = parameter_type(annotation, function)
        if default is not nothing:
            described["optional"] = True
            if is_plain(default):
                described["default"] = default
        said["parameters"].append(described)
    if result is not nothing:
        said["result"] = type_text(result)
    return said


def function_at(name):
    function = resolve(name)
    if not callable(function):
        raise TypeError("{} is no function".format(name))
    return function


def offers(target):
    """Returns the listed functions and the module's other own functions; without a target, those of --python-code."""
    names = vars(load(target)) if target else code_namespace()
    listed = names.get("__all__")
    for name, value in sorted(names.items()):
        own = getattr(value, "__module__", None) == names["__name__"] and not isinstance(value, type)
        if not callable(value) or not own and name not in (listed or ()):
            continue
        said = offer(name, value)
        said["listed"] = name in listed if listed is not None else not name.startswith("_")
        yield said


def to_json(value):
    """Works like json.dumps, because loading json takes longer than all the rest."""
    quoted = own_module("_json").encode_basestring_ascii
    if isinstance(value, dict):
        return "{" + ", ".join(quoted(key) + ": " + to_json(member) for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(to_json(member) for member in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return quoted(value) if isinstance(value, str) else repr(value)
