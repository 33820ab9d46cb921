// What a Python function starts ends with the run, wherever it has gone. Workers' Python processes are forks of the process that
// imported the module, so what they leave behind is found there.
#include "prun_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

constexpr const char* module_text = R"py(
import os
import signal
import subprocess
import time

helper = subprocess.Popen(["cat"], stdin=subprocess.PIPE)  # ends with the last process that holds the pipe

def left_by_exec(x):
    return subprocess.Popen(["setsid", "sleep", "600"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid

def left_by_fork(x):
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        pid = os.fork()
        if pid != 0:
            os.write(writing, str(pid).encode())
            os._exit(0)
        time.sleep(600)
    return int(os.read(reading, 20))

def left_and_lost(x):
    print(left_by_exec(x), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

def mark(x):
    inherited = subprocess.run(["sh", "-c", "echo $PRUN_POOL"], capture_output=True, text=True).stdout.strip()
    copied = subprocess.run(["sh", "-c", "echo $PRUN_POOL"], env=dict(os.environ), capture_output=True, text=True)
    return [inherited, copied.stdout.strip()]

def helper_lives(x):
    if x == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    with open("/proc/{}/stat".format(helper.pid)) as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
)py";

/// The module's function, with numbers as inputs.
Result run_module(const TemporaryFile& code, const std::string& function, std::vector<std::string> more) {
  std::vector<std::string> arguments{"imap", code.path() + ":" + function, "--format", "{result}"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_prun(std::move(arguments));
}

}  // namespace

TEST_CASE("python: processes that a function has left behind end with the run, in any session") {
  const TemporaryFile code(module_text, ".py");
  for (const char* function : {"left_by_exec", "left_by_fork"}) {
    CAPTURE(function);
    const Result run = run_module(code, function, {"1", "2", "-j", "2"});
    INFO(run);
    REQUIRE(run.status == 0);
    std::vector<pid_t> left;
    for (const std::string& line : lines_of(run.out)) left.push_back(std::stoi(line));
    REQUIRE(left.size() == 2);
    CHECK(Witness(left).all_ended_within(std::chrono::seconds(2)));
  }
}

TEST_CASE("python: processes that a function has left behind end with its worker") {
  const TemporaryFile code(module_text, ".py");
  const Result run = run_module(code, "left_and_lost", {"1", "-j", "1"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(Witness({std::stoi(lines_of(run.err).at(0))}).all_ended_within(std::chrono::seconds(2)));
}

TEST_CASE("python: processes that a function starts inherit the mark of the pool") {
  const TemporaryFile code(module_text, ".py");
  Command command = prun_command({"imap", code.path() + ":mark", "1", "-j", "1", "--output", "jsonl"});
  const Result run = run_command(std::move(command));
  INFO(run);
  REQUIRE(run.status == 0);
  const auto marks = json_lines(run.out).at(0).at("result");
  CHECK_FALSE(marks[0].get<std::string>().empty());
  CHECK(marks[0] == marks[1]);
}

TEST_CASE("python: a process that the module itself started at its import outlives a dead worker") {
  const TemporaryFile code(module_text, ".py");
  const Result run = run_module(code, "helper_lives", {"1", "2", "3", "-j", "1"});
  INFO(run);
  CHECK(lines_of(run.out) == std::vector<std::string>{"true", "true"});
}
