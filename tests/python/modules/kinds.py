"""One function for each way in which a call can go."""
import os
import signal
import sys
import time


def fine(n: int) -> int:
    """n and one"""
    return n + 1


def fail(message):
    raise ValueError(message)


def leave(status):
    sys.exit(status)


def leave_at_once(status):
    os._exit(status)


def die(number):
    os.kill(os.getpid(), number)
    time.sleep(1000)


def hang(n):
    while True:
        time.sleep(1000)


def spin(n):
    while True:
        pass


def large(size):
    return "y" * size


def forked(how):
    """Forks a child that comes back too, and returns its status."""
    pid = os.fork()
    if pid != 0:
        return os.waitpid(pid, 0)[1]
    if how == "exec":
        os.execvp("no-such-program", ["no-such-program"])
    if how == "exit":
        sys.exit(7)
    print("from the child", end="")
    return how


class Unknown:
    pass


def unserializable(n):
    return Unknown()


class Unwilling:
    pass


def no_form(n):
    return Unwilling()


def refuse(value):
    """For --default."""
    raise ValueError("no form")


def endless(n):
    value = []
    for _ in range(600):
        value = [value]
    return value


class Staged:
    """An integer by its own word; what happens while prun reads it is up to `act`."""

    def __init__(self, act, argument):
        self.act, self.argument = act, argument

    def __index__(self):
        self.act(self.argument)
        return 1


ACTS = {"fail": fail, "leave": leave_at_once, "die": die}


def at_run(act, argument):
    return ACTS[act](argument)


def at_result(act, argument):
    """The fault comes while the result is turned into bytes."""
    return Staged(ACTS[act], argument)


def in_the_middle(act, argument):
    """... and after megabytes of it."""
    return ["y" * 5000000, Staged(ACTS[act], argument)]
