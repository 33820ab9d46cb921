// A module is imported once a run, and workers' Python processes are forks of the process that imported it.
#include "prun_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

using namespace prun::test;

namespace {

constexpr const char* module_text = R"(
import atexit
import os
import random
import threading

note = open(os.environ["PRUN_TEST_NOTES"], "a")
print("imported with", os.environ.get("OMP_NUM_THREADS"), file=note, flush=True)
atexit.register(lambda: print("left", file=note, flush=True))
if "PRUN_TEST_THREAD" in os.environ:
    threading.Thread(target=threading.Event().wait, daemon=True).start()

def same(x):
    return x

def state(x):
    return [os.getpid(), os.nice(0), len(os.sched_getaffinity(0)), os.getpgid(0), random.random()]
)";

/// The module, and what it notes when it is imported and left.
struct Module {
  TemporaryFile code{module_text, ".py"};
  TemporaryFile notes{"", ".txt"};

  Command command(std::vector<std::string> arguments,
                  std::vector<std::pair<std::string, std::string>> environment = {}) const {
    Command made = prun_command(std::move(arguments));
    made.environment = std::move(environment);
    made.environment.emplace_back("PRUN_TEST_NOTES", notes.path());
    made.environment.emplace_back("PYTHONDONTWRITEBYTECODE", "1");
    return made;
  }
  [[nodiscard]] std::size_t count(const std::string& beginning) const {
    std::ifstream file(notes.path());
    std::size_t found = 0;
    for (std::string line; std::getline(file, line);) found += line.starts_with(beginning) ? 1U : 0U;
    return found;
  }
};

std::string program_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace

TEST_CASE(
    "python import: once a run, with the environment of workers, and what the module leaves to the exit runs once") {
  const Module module;
  const Result run = run_command(module.command({"map", module.code.path() + ":same", "1..200", "-j", "4", "-c", "1",
                                                 "--max-tasks-per-child", "20", "--format", "{result}"}));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(lines_of(run.out).size() == 200);
  CHECK(module.count("imported with ") == 1);
  CHECK(module.count("imported with None") == 0);
  CHECK(module.count("left") == 1);
}

TEST_CASE("python import: SIGUSR1 and SIGUSR2 do not end a run that still imports a module") {
  const Module module;
  const TemporaryFile gate("", ".gate");
  std::filesystem::remove(gate.path());
  const TemporaryFile slow(R"(
import os
import time

print("imports", file=open(os.environ["PRUN_TEST_NOTES"], "a"), flush=True)
while not os.path.exists(os.environ["PRUN_TEST_GATE"]):
    time.sleep(0.01)

def same(x):
    return x
)",
                           ".py");
  Process process(module.command({"map", slow.path() + ":same", "1..3", "-j", "2", "--format", "{result}"},
                                 {{"PRUN_TEST_GATE", gate.path()}}));
  REQUIRE(process.wait_until([&] { return module.count("imports") > 0; }));
  for (const int signal : {SIGUSR1, SIGUSR2}) process.signal(signal);
  std::ofstream(gate.path()) << "go\n";
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "1\n2\n3\n");
}

TEST_CASE("python import: each worker imports a module again if the module has started a thread") {
  const Module module;
  const Result run = run_command(
      module.command({"map", module.code.path() + ":same", "1..50", "-j", "2", "-c", "1", "--format", "{result}"},
                     {{"PRUN_TEST_THREAD", "1"}}));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(lines_of(run.out).back() == "50");
  CHECK(module.count("imported") >= 2);
  CHECK(module.count("imported") <= 3);
}

TEST_CASE("python import: a fork has its worker's priority, CPUs and process group, and random numbers of its own") {
  const Module module;
  const Result run = run_command(module.command({"imap", module.code.path() + ":state", "1..40", "-j", "2", "-c", "1",
                                                 "--nice", "3", "--pin", "--output", "jsonl"}));
  INFO(run);
  REQUIRE(run.status == 0);
  std::set<double> numbers;
  for (const auto& line : json_lines(run.out)) {
    const auto& state = line.at("result");
    CHECK(state[1] == ::getpriority(PRIO_PROCESS, 0) + 3);
    CHECK(state[2] == 1);
    CHECK(state[3] == line.at("worker"));
    numbers.insert(state[4].get<double>());
  }
  CHECK(numbers.size() == 40);
}

TEST_CASE("python import: threads have forks too") {
  const Module module;
  const Result run = run_command(
      module.command({"map", "--threads", "-j", "3", module.code.path() + ":same", "1..30", "--format", "{result}"}));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(lines_of(run.out).back() == "30");
  CHECK(module.count("imported") == 1);
}

TEST_CASE("python import: a run continues when the process that imported the module is killed") {
  const Module module;
  Command command = module.command({"imap", module.code.path() + ":same", "-", "-j", "1", "--format", "{result}"});
  command.input = "1\n";
  command.keep_input_open = true;
  Process process(std::move(command));
  REQUIRE(process.wait_for_lines(1));
  std::vector<pid_t> importers;
  for (const pid_t pid : descendants_of(process.pid())) {
    if (program_of(pid).starts_with("python") && !descendants_of(pid).empty()) importers.push_back(pid);
  }
  REQUIRE(importers.size() == 1);
  const Witness forks(descendants_of(importers.front()));
  REQUIRE(::kill(importers.front(), SIGKILL) == 0);
  REQUIRE(forks.all_ended_within(std::chrono::seconds(10)));  // they end with it
  process.send("2\n3\n");
  process.end_input();
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "1\n2\n3\n");
  CHECK(module.count("imported") == 2);
}
