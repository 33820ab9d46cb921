"""The rows: what is compared with what, and what is wanted."""
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import memory
from measure import HERE, Row

CPUS = len(os.sched_getaffinity(0))
ALL = []


def measures(*names):
    """Registers a function that yields the rows of these names."""

    def register(function):
        function.rows = names
        ALL.append(function)
        return function

    return register


@measures("library: imap, chunk size 1")
def library_imap(b):
    n, few = b.size(4_000_000, 50_000), b.size(20_000, 500)
    prun, python, slot, counter = b.in_turn(
        lambda: n / b.program("pool_bench", "imap", n), lambda: few / b.python("imap", few),
        lambda: n / b.program("bare_ring_bench", "slot", n), lambda: n / b.program("bare_ring_bench", "counter", n))
    what = library_imap.rows[0]
    yield Row(what, prun, python, "Pool.imap", "1/s", (">=", 250))
    yield Row(what, prun, slot, "bare ring, claims on record", "1/s", (">=", 0.35))
    yield Row(what, prun, counter, "bare ring, one counter", "1/s")


@measures("command: imap identity 1..N to a pipe", "command: JSON Lines from standard input to a pipe",
          "command: imap identity 1..N as JSON Lines to a pipe")
def command_imap(b):
    n, few, calls = b.size(4_000_000, 50_000), b.size(20_000, 500), b.size(1_000_000, 5_000)
    with tempfile.TemporaryFile("w+") as tasks:
        tasks.writelines('{"function":"identity","args":[%d]}\n' % i for i in range(calls))
        tasks.flush()

        def from_json():
            os.lseek(tasks.fileno(), 0, os.SEEK_SET)
            return calls / b.command_to_pipe(["imap", "--chunksize", "1"], stdin=tasks)

        numbers, lines, to_json, python = b.in_turn(
            lambda: n / b.command_to_pipe(["imap", "identity", f"1..{n}", "--chunksize", "1"]), from_json,
            lambda: calls / b.command_to_pipe(["imap", "identity", f"1..{calls}", "--chunksize", "1", "--output", "jsonl"]),
            lambda: few / b.python("imap", few))
    yield Row(command_imap.rows[0], numbers, python, "Pool.imap, nothing printed", "1/s", (">=", 100))
    yield Row(command_imap.rows[1], lines, python, "Pool.imap, nothing printed", "1/s", (">=", 60))
    yield Row(command_imap.rows[2], to_json, python, "Pool.imap, nothing printed", "1/s", (">=", 50))


@measures("library: submit all, then result() of each", "library: submit and result(), one at a time")
def futures(b):
    n, few = b.size(300_000, 5_000), b.size(10_000, 300)
    all_, one = futures.rows
    prun, python = b.in_turn(lambda: n / b.program("pool_bench", "submit", n), lambda: few / b.python("submit", few))
    yield Row(all_, prun, python, "Executor.submit", "1/s", (">=", 50))
    n, few = b.size(20_000, 500), b.size(3_000, 100)
    prun, python = b.in_turn(lambda: n / b.program("pool_bench", "submit_one", n),
                             lambda: few / b.python("submit_one", few))
    yield Row(one, prun, python, "Executor.submit", "1/s")


@measures("library: apply, one call after another", "library: apply, a millisecond after the last call")
def latency(b):
    for what, pause, n in ((latency.rows[0], 0, b.size(20_000, 500)), (latency.rows[1], 1000, b.size(1_000, 50))):
        prun, bare = b.in_turn(lambda: b.program("pool_bench", "apply", n, pause),
                               lambda: b.program("bare_wake_bench", n, pause))
        yield Row(what, prun, bare, "bare futex round trip", "s", ("<=", 2))


@measures("library: map of {:,} integers, default chunks: vector", "library: the same, a range")
def default_map(b):
    n = b.size(10_000_000, 100_000)
    from_vector, from_range, python = b.in_turn(lambda: n / b.program("pool_bench", "map", n),
                                                lambda: n / b.program("pool_bench", "map_range", n),
                                                lambda: n / b.python("map", n))
    yield Row(default_map.rows[0].format(n), from_vector, python, "Pool.map of a range", "1/s", (">=", 3))
    yield Row(default_map.rows[1], from_range, python, "Pool.map of a range", "1/s", (">=", 3))


@measures("library: apply, a result of 100 MB")
def large_result(b):
    rounds = b.size(5, 1)
    prun, copy = b.in_turn(lambda: 100 / b.program("pool_bench", "large", rounds),
                           lambda: 100 / b.program("pool_bench", "memcpy", rounds))
    yield Row(large_result.rows[0], prun, copy, "memcpy to new memory", "MB/s", (">=", 0.5))


def wall_and_limit(b, arguments, workers=CPUS, inputs=None):
    """Wall seconds of a run, and the least that any division of its tasks could take, by what each task took in it."""
    begin = time.perf_counter()
    run = subprocess.run([b.prun, *arguments, "--output", "jsonl"], input=inputs, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - begin
    if run.returncode != 0:
        raise RuntimeError(f"prun ended with status {run.returncode}: {run.stderr.strip()}")
    durations = [json.loads(line)["duration"] for line in run.stdout.splitlines()]
    return wall, max(max(durations), sum(durations) / workers)


@measures("command: map fib {}..1 --chunksize 1", "command: the same, to the same calls in one worker")
def fair_division(b):
    first = b.size(39, 27)
    arguments = ["map", "fib", f"{first}..1", "--chunksize", "1", "-j"]
    rounds = [(wall_and_limit(b, [*arguments, str(CPUS)]), wall_and_limit(b, [*arguments, "1"])[1])
              for _ in range(b.rounds)]
    rounds.sort(key=lambda r: r[0][0] / r[0][1])
    (wall, limit), _ = rounds[len(rounds) // 2]
    yield Row(fair_division.rows[0].format(first), wall, limit, "max(longest, total/W)", "s", ("<=", 1.05))
    wall = statistics.median(r[0][0] for r in rounds)
    alone = statistics.median(r[1] for r in rounds)
    yield Row(fair_division.rows[1], wall, alone, "max(longest, total/W), -j 1", "s")


def tasks_of_kind(kind, workers, quick):
    """The seconds that tasks sleep, in the order of the input: about a second of work for each worker."""
    draw = random.Random(1)
    second = 0.05 if quick else 1
    if kind == "two kinds":  # 1 : 1000, at random places
        long_ones = round(8 * workers)
        seconds = [second / 16] * long_ones + [second / 16000] * (long_ones * 250)
        draw.shuffle(seconds)
        return seconds
    if kind == "log-normal":
        sizes = [draw.lognormvariate(0, 1.5) for _ in range(round(2000 * second) * workers)]
        return [size * second * workers / sum(sizes) for size in sizes]
    return [second / 100] * (50 * workers) + [second / 2] * 2  # two long tasks last


AUTO = ["--chunksize", "auto"]
LONGEST_FIRST = ["--order", "longest-first", "--cost", "$1"]


@measures("auto, {} workers: map fib {}..1", "auto, {} workers: tasks of two kinds, 1:1000", "auto, {} workers: log-normal tasks",
          "longest first, {} workers: map fib 1..{}", "longest first, {} workers: two long tasks last")
def division(b):
    descending, two_kinds, log_normal, ascending, two_long = division.rows
    last = b.size(39, 27)
    for workers in (2, 8):
        def measured(row, arguments, inputs=None):
            rounds = [wall_and_limit(b, [*arguments, "-j", str(workers)], workers, inputs) for _ in range(b.rounds)]
            wall, limit = sorted(rounds, key=lambda r: r[0] / r[1])[len(rounds) // 2]
            return Row(row.format(workers, last), wall, limit, "max(longest, total/W)", "s", ("<=", 1.05))

        yield measured(descending, ["map", "fib", f"{last}..1", *AUTO])
        yield measured(ascending, ["map", "fib", f"1..{last}", *LONGEST_FIRST])
        for row, kind, option in ((two_kinds, "two kinds", AUTO), (log_normal, "log-normal", AUTO),
                                  (two_long, "two long", LONGEST_FIRST)):
            seconds = "".join(f"{s:.9f}\n" for s in tasks_of_kind(kind, workers, b.quick))
            yield measured(row, ["map", "sleep", "-", *option], seconds)


@measures("auto, {} workers: imap of {:,} no-ops to a pipe")
def auto_no_op(b):
    n = b.size(4_000_000, 50_000)
    for workers in (2, 8):
        tasks = ["imap", "identity", f"1..{n}", "-j", str(workers), "--chunksize"]
        sizes = ("1", "16", "256", "4096")
        auto, *fixed = b.in_turn(*(lambda size=size: n / b.command_to_pipe([*tasks, size]) for size in ("auto", *sizes)))
        best = max(fixed)
        yield Row(auto_no_op.rows[0].format(workers, n), auto, best, f"--chunksize {sizes[fixed.index(best)]}, the best of 4",
                  "1/s", (">=", 0.8))


@measures("command: start to end, map fib 1..1", "command: start to end, map fib 1..W -j W")
def start_up(b):
    rounds = b.size(60, 3)
    for what, workers in ((start_up.rows[0], 1), (start_up.rows[1], CPUS)):
        of_true, of_forks, of_prun = b.program("bare_start_bench", rounds, workers,
                                               b.prun, "map", "fib", f"1..{workers}", "-j", workers)
        yield Row(what, of_prun, of_true + of_forks, f"/bin/true + {workers} fork and exit", "s", ("<=", 3))


@measures("python: imap of a no-op, chunk size 1", "python: the same from JSON Lines")
def python_imap(b):
    n, few, calls = b.size(1_000_000, 20_000), b.size(20_000, 500), b.size(500_000, 5_000)
    function = str(HERE / "bench_functions.py") + ":no_op"
    chosen = ["--python", sys.executable, "-j", str(CPUS), "--chunksize", "1"]
    with tempfile.TemporaryFile("w+") as tasks:
        tasks.writelines('{"function":"%s","args":[%d]}\n' % (function, i) for i in range(calls))
        tasks.flush()

        def from_json():
            os.lseek(tasks.fileno(), 0, os.SEEK_SET)
            return calls / b.command_to_pipe(["imap", *chosen], stdin=tasks)

        numbers, lines, python = b.in_turn(
            lambda: n / b.command_to_pipe(["imap", function, f"1..{n}", *chosen]), from_json,
            lambda: few / b.python("imap", few))
    yield Row(python_imap.rows[0], numbers, python, "Pool.imap, nothing printed", "1/s", (">=", 5))
    yield Row(python_imap.rows[1], lines, python, "Pool.imap, nothing printed", "1/s", (">=", 5))


@measures("python: map fib 1..{} --chunksize 1, start to end")
def python_fib(b):
    last = b.size(30, 15)
    ours = [b.prun, "map", str(HERE / "bench_functions.py") + ":fib", f"1..{last}", "--chunksize", "1", "-j", str(CPUS),
            "--python", sys.executable]
    theirs = [sys.executable, str(HERE / "pool_fib.py"), str(last), str(CPUS)]
    prun, python = b.in_turn(lambda: b.wall(ours), lambda: b.wall(theirs))
    yield Row(python_fib.rows[0].format(last), prun, python, "Pool.map, start to end", "s", ("<=", 1))


@measures("python: a module of {} s to import, start to end")
def python_import(b):
    seconds = b.size(2, 0.2)
    module = str(HERE / "slow_import.py")
    environment = {**os.environ, "PRUN_BENCH_IMPORT": str(seconds)}
    ours = [b.prun, "imap", module + ":same", "1..1000", "-j", str(CPUS), "--python", sys.executable]
    theirs = [sys.executable, module, "1000", str(CPUS)]
    prun, python = b.in_turn(lambda: b.wall(ours, environment=environment), lambda: b.wall(theirs, environment=environment))
    yield Row(python_import.rows[0].format(seconds), prun, python, "Pool.imap, start to end", "s", ("<=", 1.1))


def package_in_turn(b, what, ours, theirs):
    """Seconds a call, of the Python package and of the standard library."""
    script = str(HERE / "package.py")
    return b.in_turn(lambda: b.numbers([sys.executable, script, str(b.build / "python"), what, str(ours)]) / ours,
                     lambda: b.numbers([sys.executable, script, "standard", what, str(theirs)]) / theirs)


@measures("import prun: imap of a no-op, chunk size 1", "import prun: submit all, then result() of each",
          "import prun: map of integers, default chunks")
def package_calls(b):
    sizes = (("imap", b.size(300_000, 5_000), b.size(20_000, 500), "Pool.imap", 20),
             ("submit", b.size(100_000, 2_000), b.size(10_000, 300), "Executor.submit", 20),
             ("map", b.size(3_000_000, 50_000), b.size(3_000_000, 50_000), "Pool.map", 1))
    for row, (what, ours, theirs, peer, wanted) in zip(package_calls.rows, sizes):
        prun, python = package_in_turn(b, what, ours, theirs)
        yield Row(row, 1 / prun, 1 / python, peer, "1/s", (">=", wanted))


@measures("import prun: 8 MB there and back", "import prun: a pool's start, call and end")
def package_costs(b):
    rounds = b.size(100, 3)
    prun, python = package_in_turn(b, "arrays", rounds, rounds)
    yield Row(package_costs.rows[0], prun, python, "Pool.apply", "s", ("<=", 0.2))
    rounds = b.size(20, 2)
    prun, python = package_in_turn(b, "start", rounds, rounds)
    yield Row(package_costs.rows[1], prun, python, "Pool", "s", ("<=", 1))


@measures("import prun: joblib's batches of a no-op")
def package_joblib(b):
    """The bound is what joblib itself needs, with a backend that does nothing: none can be faster."""
    def has_joblib(python):
        return subprocess.run([python, "-c", "import joblib"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    python = next((one for one in (sys.executable, "/usr/bin/python3") if os.path.exists(one) and has_joblib(one)), None)
    if python is None:
        print("skipped: joblib is not installed (python3-joblib)", file=sys.stderr)
        return
    count = b.size(100_000, 2_000)

    def seconds(package, what):
        return b.numbers([python, str(HERE / "package.py"), package, what, str(count)]) / count
    prun, loky, bound = b.in_turn(lambda: seconds(str(b.build / "python"), "joblib"), lambda: seconds("standard", "joblib"),
                                  lambda: seconds("standard", "joblib-alone"))
    yield Row(package_joblib.rows[0], 1 / prun, 1 / loky, "loky", "1/s", (">=", 5))
    yield Row(package_joblib.rows[0], 1 / prun, 1 / bound, "a backend that does nothing", "1/s")


@measures("import prun: the import")
def package_import(b):
    environment = {**os.environ, "PYTHONPATH": str(b.build / "python")}
    prun, bare = b.in_turn(lambda: b.wall([sys.executable, "-c", "from prun import Pool"], environment=environment),
                           lambda: b.wall([sys.executable, "-c", "pass"], environment=environment))
    yield Row(package_import.rows[0], prun - bare, 0.05, "the bound", "s", ("<=", 1))


@measures("commands: /bin/true, a process each")
def commands(b):
    n, few = b.size(1_000, 50), b.size(150, 50)
    with tempfile.TemporaryFile("w+") as lines:

        def from_lines(*arguments, count=n):
            lines.seek(0)
            lines.truncate()
            lines.writelines(f"{i}\n" for i in range(1, count + 1))
            lines.flush()
            os.lseek(lines.fileno(), 0, os.SEEK_SET)
            return count / b.wall(arguments, stdin=lines)

        peers = [lambda: from_lines("xargs", "-P", str(CPUS), "-n", "1", "/bin/true"),
                 lambda: n / b.program("bare_spawn_bench", n, CPUS, "/bin/true")]
        gnu = shutil.which("parallel")
        if gnu:
            peers.append(lambda: from_lines(gnu, "--will-cite", "-j", str(CPUS), "/bin/true", count=few))
        prun, xargs, bare, *parallel = b.in_turn(
            lambda: from_lines(b.prun, "imap", "-j", str(CPUS), "--cmd", "/bin/true"), *peers)
    what = commands.rows[0]
    yield Row(what, prun, xargs, f"xargs -P {CPUS} -n 1", "1/s", (">=", 1.3))
    yield Row(what, prun, bare, "bare posix_spawn and wait", "1/s", (">=", 0.9))
    for gnu_parallel in parallel:
        yield Row(what, prun, gnu_parallel, f"GNU parallel -j {CPUS}", "1/s", (">=", 8))


@measures("commands: a function of bash, --shell bash")
def shell_functions(b):
    n, few = b.size(3_000, 100), b.size(600, 50)
    environment = {**os.environ, "BASH_FUNC_half%%": "() {  local -i x=$1\n (( x % 2 == 0 )) && (( x /= 2 ))\n : $x\n}"}
    with tempfile.TemporaryFile("w+") as lines:

        def from_lines(count, *arguments):
            lines.seek(0)
            lines.truncate()
            lines.writelines(f"{i}\n" for i in range(count))
            lines.flush()
            os.lseek(lines.fileno(), 0, os.SEEK_SET)
            return count / b.wall(arguments, stdin=lines, environment=environment)

        prun, xargs = b.in_turn(
            lambda: from_lines(n, b.prun, "-q", "-j", str(CPUS), "--shell", "bash", "half {}; :"),
            lambda: from_lines(few, "xargs", "-P", str(CPUS), "-n", "1", "bash", "-c", 'half "$1"; :', "bash"))
    yield Row(shell_functions.rows[0], prun, xargs, f"xargs -P {CPUS} -n 1 bash -c", "1/s", (">=", 5))


@measures("commands: /bin/true with {:,} inputs, -n auto")
def spread_inputs(b):
    n = b.size(1_000_000, 20_000)
    with tempfile.TemporaryFile("w+") as names:
        names.writelines(f"name-{i}\0" for i in range(n))
        names.flush()

        def from_names(*arguments):
            os.lseek(names.fileno(), 0, os.SEEK_SET)
            return n / b.wall(arguments, stdin=names)

        prun, xargs = b.in_turn(lambda: from_names(b.prun, "-0", "-n", "auto", "-j", str(CPUS), "/bin/true"),
                                lambda: from_names("xargs", "-0", "-P", str(CPUS), "/bin/true"))
    yield Row(spread_inputs.rows[0].format(n), prun, xargs, f"xargs -0 -P {CPUS}", "1/s", (">=", 0.9))


@measures("commands: {:,} MB of lines in blocks, --pipe")
def blocks_of_a_file(b):
    gnu = shutil.which("parallel")
    if not gnu:
        return
    megabytes = b.size(500, 20)
    with tempfile.NamedTemporaryFile() as file:
        line = b"x" * 79 + b"\n"
        for _ in range(megabytes):
            file.write(line * 12_500)
        file.flush()

        def through_pipe(*arguments):
            with open(file.name) as lines:
                return megabytes / b.wall(arguments, stdin=lines)

        jobs = ["-j", str(CPUS), "--block", "10M"]
        prun, part, pipe = b.in_turn(
            lambda: through_pipe(b.prun, "--pipe", *jobs, "wc", "-l"),
            lambda: through_pipe(gnu, "--will-cite", "--pipe-part", "-a", file.name, *jobs, "wc", "-l"),
            lambda: through_pipe(gnu, "--will-cite", "--pipe", *jobs, "wc", "-l"))
    what = blocks_of_a_file.rows[0].format(megabytes)
    yield Row(what, prun, part, "parallel --pipe-part", "MB/s", (">=", 1))
    yield Row(what, prun, pipe, "parallel --pipe", "MB/s", (">=", 1))


@measures("commands: {:,} MB of output to a pipe")
def command_output(b):
    megabytes = b.size(1_000, 20)
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(megabytes):
            file.write(os.urandom(1_000_000))
        file.flush()
        prun, cat = b.in_turn(lambda: megabytes / b.command_to_pipe(["imap", "--cmd", "cat {}", file.name]),
                              lambda: megabytes / b.wall(["sh", "-c", 'cat "$0" | cat', file.name]))
    yield Row(command_output.rows[0].format(megabytes), prun, cat, "cat FILE | cat", "MB/s", (">=", 0.5))


def samples_of_20_us(b):
    """How many samples pi_monte_carlo takes in 20 us of this machine's time, with what a call costs."""
    n = 4_000
    run = subprocess.run([b.prun, "imap", "pi_monte_carlo", *[str(n)] * 500, "-j", "1", "--output", "jsonl"],
                         capture_output=True, text=True, check=True)
    return round(20e-6 * n / min(json.loads(line)["duration"] for line in run.stdout.splitlines()))


@measures("command: {:,} tasks of 20 us, with --journal", "command: the same, with --retries and --timeout, unused")
def reliability(b):
    n = b.size(300_000, 5_000)
    samples = samples_of_20_us(b)
    tasks = ["imap", "pi_monte_carlo", *[f"{samples - 50}..{samples + 49}"] * (n // 100), "-j", str(CPUS)]
    with tempfile.TemporaryDirectory() as folder:

        def with_journal():
            journal = os.path.join(folder, "run.db")
            if os.path.exists(journal):
                os.unlink(journal)
            return n / b.command_to_pipe([*tasks, "--journal", journal])

        plain, journal, retries = b.in_turn(lambda: n / b.command_to_pipe(tasks), with_journal,
                                            lambda: n / b.command_to_pipe([*tasks, "--retries", "3", "--timeout", "60s"]))
    yield Row(reliability.rows[0].format(n), journal, plain, "without", "1/s", (">=", 0.8))
    yield Row(reliability.rows[1], retries, plain, "without", "1/s", (">=", 0.97))


@measures("command: {:,} no-op tasks, chunk size 1, with --report", "command: the same, with --trace FILE.pftrace",
          "command: the same, with --trace FILE.json", "command: what that trace adds to the run")
def records(b):
    n = b.size(1_000_000, 20_000)
    tasks = ["map", "identity", f"1..{n}", "-j", str(CPUS), "--chunksize", "1", "--output", "raw"]
    with tempfile.TemporaryDirectory() as folder:

        def with_file(option, name):
            return lambda: n / b.command_to_pipe([*tasks, option, os.path.join(folder, name)])

        def written_again():
            with open(os.path.join(folder, "run.json"), "rb") as trace:
                content = trace.read()
            begin = time.perf_counter()
            with open(os.path.join(folder, "again.json"), "wb", buffering=0) as again:
                again.write(content)
            return time.perf_counter() - begin

        plain, *recorded, writing = b.in_turn(lambda: n / b.command_to_pipe(tasks), with_file("--report", "run.html"),
                                              with_file("--trace", "run.pftrace"), with_file("--trace", "run.json"),
                                              written_again)
    for row, speed in zip(records.rows, recorded):
        yield Row(row.format(n), speed, plain, "without", "1/s", (">=", 0.9))
    yield Row(records.rows[3], n / recorded[2] - n / plain, writing, "writing its bytes again", "s")


@measures("command: peak memory of a process, imap of {:,} tasks")
def peak_memory(b):
    n = b.size(20_000_000, 200_000)
    process = subprocess.Popen([b.prun, "imap", "identity", f"1..{n}", "--chunksize", "1"], stdout=subprocess.DEVNULL)
    peak, processes = memory.peak_while(process)
    if process.returncode != 0:
        raise RuntimeError(f"prun ended with status {process.returncode}")
    yield Row(peak_memory.rows[0].format(n), peak / 2**20, 32, f"the bound, of {processes} processes", "MiB", ("<=", 1))


@measures("progress: frames whose range is right, equal tasks", "progress: the same, fib 39..1",
          "progress: the same, log-normal (sigma 1.5)", "progress: the same, exponential", "progress: the same, two kinds of tasks")
def estimate(b):
    frames = b.size(100, 10)
    for what, case in zip(estimate.rows, ("equal", "fib_39_1", "log_normal", "exponential", "two_kinds")):
        right, of_formula, without = b.program("estimate_bench", case, frames)
        note = f"wanted; the plain formula: {of_formula:.0f} %"
        if without:
            note += f"; no range yet: {without:.0f} %"
        yield Row(what, right, 80, note, "%", (">=", 1))


@measures("command: imap of {:,} no-ops, chunk size 1, with a bar", "command: the same, with progress as JSON")
def progress(b):
    n = b.size(4_000_000, 50_000)
    tasks = ["imap", "identity", f"1..{n}", "--chunksize", "1"]
    terminal, screen = os.openpty()
    threading.Thread(target=read_to_end, args=[terminal], daemon=True).start()
    environment = os.environ | {"TERM": "xterm"}

    def with_bar():
        return n / b.command_to_pipe([*tasks, "--progress=bar"], stderr=screen, environment=environment)

    plain, bar, objects = b.in_turn(lambda: n / b.command_to_pipe([*tasks, "--progress=none"]), with_bar,
                                    lambda: n / b.command_to_pipe([*tasks, "--progress=json"], stderr=subprocess.DEVNULL))
    os.close(screen)
    yield Row(progress.rows[0].format(n), bar, plain, "--progress=none", "1/s", (">=", 0.97))
    yield Row(progress.rows[1], objects, plain, "--progress=none", "1/s", (">=", 0.97))


def read_to_end(fd):
    try:
        while os.read(fd, 65536):
            pass
    except OSError:  # nobody has the terminal open any more
        os.close(fd)
