#!/usr/bin/env python3
"""A serving process that can go wrong in every way there is."""
import json
import os
import signal
import sys

OFFERED = [
    {"name": "served_echo", "help": "its arguments"},
    {"name": "served_pid", "parameters": []},
    {"name": "served_fine", "parameters": [{"name": "n", "type": "integer"}]},
    {"name": "served_staged", "parameters": [{"name": "stage"}, {"name": "fault"}, {"name": "number"}]},
    {"name": "served_sum", "parameters": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]},
    {"name": "served_seed", "parameters": [{"name": "n"}]},
    {"name": "served_fail", "parameters": [{"name": "message"}]},
    {"name": "served_leave", "parameters": [{"name": "status"}]},
    {"name": "served_die", "parameters": [{"name": "number"}]},
    {"name": "served_forked", "parameters": [{"name": "how"}]},
    {"name": "served_hang", "parameters": [{"name": "n"}]},
    {"name": "served_say", "help": "the line it is given", "parameters": [{"name": "line"}]},
    {"name": "served_close", "parameters": [{"name": "n"}]},
    {"name": "served_large", "parameters": [{"name": "count", "type": "integer"}]},
]


def die(number):
    os.kill(os.getpid(), number)
    signal.pause()


def staged(number_of_request, stage, fault, number):
    if fault == "fail":
        return {"error": {"type": "RuntimeError", "message": "no such luck"}}
    if stage == "middle":
        sys.stdout.write('{"id": %d, "result": "%s' % (number_of_request, "y" * 100000))
        sys.stdout.flush()
    os._exit(number) if fault == "leave" else die(number)


def forked(how):
    """Forks a child that comes back too; or one that keeps the standard output open while the program dies."""
    if os.fork() == 0:
        if how == "exec":
            os.execvp("no-such-program", ["no-such-program"])
        if how == "stay":
            signal.pause()
        return {"result": "once"}
    if how == "exec":
        os.wait()
    if how == "stay":
        os._exit(9)
    return {"result": "once"}


def answer(request):
    name, args = request["function"], request["args"]
    if name == "served_echo":
        return {"result": [args, request["kwargs"]]}
    if name == "served_fine":
        return {"result": args[0] + 1}
    if name == "served_staged":
        return staged(request["id"], *args)
    if name == "served_pid":
        return {"result": os.getpid()}
    if name == "served_sum":
        return {"result": sum(args) + sum(request["kwargs"].values())}
    if name == "served_seed":
        return {"result": [request["index"], request["attempt"], request["seed"]]}
    if name == "served_fail":
        return {"error": {"type": "ServedError", "message": args[0], "traceback": "line 1\nline 2"}}
    if name == "served_leave":
        os._exit(args[0])
    if name == "served_die":
        die(args[0])
    if name == "served_forked":
        return forked(args[0])
    if name == "served_hang":
        signal.pause()
    if name == "served_close":
        os.close(1)
        signal.pause()
    if name == "served_large":
        return {"result": "y" * args[0]}
    raise LookupError(name)


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


hello = sys.argv[1] if len(sys.argv) > 1 else json.dumps({"prun": 1, "functions": OFFERED})
if hello == "silent":
    sys.exit(7)
say(hello)
for line in iter(sys.stdin.readline, ""):
    request = json.loads(line)
    if request["function"] == "served_say":
        say(request["args"][0])
    else:
        say(json.dumps({"id": request["id"], **answer(request)}))
if "PRUN_TEST_LEFT" in os.environ:
    with open(os.environ["PRUN_TEST_LEFT"], "a") as file:
        file.write("left\n")
