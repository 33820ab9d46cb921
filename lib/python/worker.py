# The program that prun runs in a Python process. With the role `offer`, it imports files and modules, lists their functions in the
# format of a serving process's hello (prun help worker-protocol), and is forked for each worker. With the role `serve`, it makes calls
# for one worker through the library inside. So does each fork.

inside = None


def describe(target, path):
    """Returns a hello with all functions of the target, or with the function at `path`."""
    asked = os.getpid()
    doing = "--default {}: ".format(DEFAULT) if DEFAULT else ""
    try:
        if DEFAULT:
            function_at(DEFAULT)
        doing = ""
        name = target + ":" + path if target else path
        found = [offer(path, function_at(name))] if path else list(offers(target))
        hello = {"prun": 1, "python": sys.executable or "", "functions": found}
        if os.getpid() != asked:
            end_child(None)
    except BaseException as error:
        if os.getpid() != asked:
            end_child(error)
        hello = {"prun": 1, "error": doing + import_error(target, error)}
        if isinstance(error, NoFunction) and not doing:
            hello["missing"] = True
    return to_json(hello) + "\n"


def import_error(target, error):
    if isinstance(error, SystemExit):
        return "{} asked to exit with {} while it was imported".format(target or "the code", error.code)
    if isinstance(error, NoFunction):
        return str(error)
    kind, message, where, _ = describe_exception(error)
    at = " in " + where if where else ""
    return "{}: {}{}".format(kind, message, at).replace("\n", " ")


def close_standard_input():
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def load_library(ctypes, fd):
    """Loads a library from a descriptor. Without /proc the file has no name, so a temporary file gets a copy of it."""
    if os.path.exists("/proc/self/fd"):
        return ctypes.CDLL("/proc/self/fd/{}".format(fd))
    path = os.path.join(os.environ.get("TMPDIR") or "/tmp", "prun-{}-{}.so".format(os.getpid(), os.urandom(8).hex()))
    copy = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o700)
    try:
        at = 0
        piece = os.pread(fd, 1 << 20, at)
        while piece:
            at += os.write(copy, piece)
            piece = os.pread(fd, 1 << 20, at)
        return ctypes.CDLL(path)
    finally:
        os.close(copy)
        os.unlink(path)


def connect():
    """Loads the library inside. Returns (descriptor of the socket, other descriptors, number of the worker)."""
    global inside
    _socket, array, ctypes = own_module("_socket"), own_module("array"), own_module("ctypes")
    for name in "traceback", "ast", "unicodedata":  # the first imports the others only when it formats an exception
        own_module(name)
    with_fds = _socket.socket(fileno=0)
    with_fds.send(b"?")
    data, ancillary, _, _ = with_fds.recvmsg(4, _socket.CMSG_SPACE(16))
    fds = array.array("i")
    for _, _, received in ancillary:
        fds.frombytes(received[:len(received) - len(received) % fds.itemsize])
    for fd in fds:
        os.set_inheritable(fd, False)
    channel = os.dup(0)
    with_fds.detach()
    close_standard_input()
    inside = load_library(ctypes, fds[0])
    os.close(fds[0])
    inside.prun_prepare.argtypes = [ctypes.c_void_p] * 2
    inside.prun_prepare.restype = ctypes.c_char_p
    missing = inside.prun_prepare(id(None), id(HELPERS))
    if missing:
        raise RuntimeError("this Python has no " + missing.decode())
    return channel, list(fds[1:]), int.from_bytes(data, sys.byteorder)


def serve():
    """Makes the calls of one worker."""
    channel, fds, worker = connect()
    memory, event = (fds + [-1, -1])[:2]
    return inside.prun_serve(channel, memory, event, worker)


def offer_modules():
    """Lists functions on request, and is forked for workers; see inside/fork_server.hpp."""
    lines, fds, _ = connect()
    _socket = own_module("_socket")
    master = _socket.socket(fileno=os.dup(lines))
    inside.prun_offer(lines, fds[0] if fds else -1)
    received = b""
    while True:
        while received.count(b"\0") >= 2:
            target, path, received = received.split(b"\0", 2)
            master.sendall(describe(os.fsdecode(target), os.fsdecode(path)).encode())
        event = inside.prun_next_event()
        if event == b"line"[0]:
            received += master.recv(65536)
        elif event == b"fork"[0]:
            server = os.getpid()
            pid = fork()
            if pid == 0:
                master.close()
                forget_exit_handlers()
                inherit_mark()
                reseed()
                return inside.prun_serve_forked(server)
            inside.prun_forked(pid)
        else:
            return 0


def fork():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    own_module("gc").freeze()  # so that a collection in a worker does not copy the pages of the modules' objects
    try:
        return os.fork()
    except OSError:
        return -1


def forget_exit_handlers():
    """Clears the atexit functions of modules in a fork. They run once, in the process that imported the modules."""
    atexit = own_module("atexit")
    atexit._clear()
    finalize = loaded("weakref", "finalize")
    if finalize and getattr(finalize, "_registered_with_atexit", False):
        for each in list(getattr(finalize, "_registry", ())):
            each.atexit = False
        atexit.register(finalize._exitfunc)
    if "logging" in sys.modules:
        atexit.register(getattr(sys.modules["logging"], "shutdown", int))


def inherit_mark():
    """Sets the mark of the pool, by which processes that a call starts are found. The forked process is older than the pool."""
    inside.prun_pool_mark.restype = own_module("ctypes").c_char_p
    mark = inside.prun_pool_mark()
    if mark:
        os.environb[b"PRUN_POOL"] = mark


def reseed():
    """Seeds NumPy's generator in a fork unless the module has seeded it. Python seeds its own generator in each fork."""
    generator = getattr(sys.modules.get("numpy.random"), "mtrand", None)
    bits = getattr(getattr(generator, "_rand", None), "_bit_generator", None)
    if getattr(bits, "_seed_seq", None) is not None:
        sys.modules["numpy.random"].seed()


HELPERS = resolve, describe_exception, end_child, awaited, plain, plain_key, digits, Number, whole_text


def main(role):
    if sys.version_info < OLDEST or getattr(sys, "implementation", sys).name != "cpython":
        text = '{"prun": 1, "error": "CPython 3.8 or later is needed, and this is %s"}\n' % sys.version.split()[0]
        os.write(0, text.encode())
        return 0
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    # A function that changes the terminal, such as getpass, then reads from it. This stops its worker, and prun notices that.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.dup2(2, 1)  # text that functions print must not mix with prun's output
    sys.argv = [""]
    sys.stdout.reconfigure(line_buffering=True)
    return offer_modules() if role == "offer" else serve()


sys.exit(main(sys.argv[2]))
