// A worker that is killed: only the task it held fails, the worker is replaced, the run goes on.
#include "prun_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <signal.h>

#include <algorithm>

using namespace prun::test;

namespace {

/// The worker that is not `idle`: a process below prun with no process below itself.
pid_t other_worker(pid_t master, pid_t idle) {
  for (const pid_t pid : descendants_of(master)) {
    if (pid != idle && descendants_of(pid).empty()) return pid;
  }
  return 0;
}

/// Two workers, of which one holds a task that never ends. @return both
std::pair<pid_t, pid_t> idle_and_busy(Process& process) {
  REQUIRE(process.wait_for_lines(1));
  const pid_t idle = json_lines(lines_of(process.out()).at(0)).at(0).at("worker").get<pid_t>();
  const pid_t busy = other_worker(process.pid(), idle);
  REQUIRE(busy != 0);
  return {idle, busy};
}

}  // namespace

TEST_CASE("a killed worker fails only its task") {
  Command command =
      prun_command({"imap_unordered", "-j", "2", "--output", "jsonl"}, "[\"sleep\", 300]\n[\"identity\", 1]\n");
  command.keep_input_open = true;
  Process process(std::move(command));
  const auto [idle, busy] = idle_and_busy(process);
  REQUIRE(::kill(busy, SIGKILL) == 0);
  REQUIRE(process.wait_for_lines(2));
  process.send("[\"identity\", 2]\n[\"identity\", 3]\n");
  process.end_input();
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 1);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].at("index") == 0);
  CHECK(lines[1].at("error").at("kind") == "lost_signal");
  CHECK(lines[1].at("error").at("signal") == SIGKILL);
  CHECK(lines[1].at("error").at("pid") == busy);
  CHECK(lines[2].contains("result"));
  CHECK(lines[3].contains("result"));
}

TEST_CASE("a killed worker is named with signal and task in text") {
  Command command = prun_command({"imap_unordered", "sleep(300)", "identity(1)", "-j", "2", "--format", "{worker}"});
  Process process(std::move(command));
  REQUIRE(process.wait_for_lines(1));
  const pid_t busy = other_worker(process.pid(), std::stoi(process.out()));
  REQUIRE(busy != 0);
  REQUIRE(::kill(busy, SIGKILL) == 0);
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.err == "sleep(300): worker " + std::to_string(busy) + " was killed by signal 9 (SIGKILL)\n");
}

TEST_CASE("the only worker is replaced and the rest of its chunk runs") {
  Command command = prun_command(
      {"map", "sleep(0)", "sleep(300)", "identity(1)", "identity(2)", "-j", "1", "-c", "4", "--output", "jsonl"});
  Process process(std::move(command));
  pid_t worker = 0;
  // It is in the long task when it sleeps in the kernel's timer.
  const auto sleeps = [&] {
    worker = other_worker(process.pid(), 0);
    return worker != 0 && describe_tree(worker).find("hrtimer_nanosleep") != std::string::npos;
  };
  if (!process.wait_until(sleeps)) {
    MESSAGE("this kernel does not tell where a process waits");
    return;
  }
  REQUIRE(::kill(worker, SIGKILL) == 0);
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 1);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].contains("result"));
  CHECK(lines[1].at("error").at("kind") == "lost_signal");
  CHECK(lines[2].at("result") == 1);
  CHECK(lines[3].at("result") == 2);
}
