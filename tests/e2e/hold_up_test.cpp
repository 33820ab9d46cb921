// Why a real run starts nothing, as SIGUSR1 says it.
#include "status_support.hpp"

#include <doctest/doctest.h>

#include <signal.h>

#include <string>
#include <vector>

using namespace prun::test;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

void check_reason(Process& run, const std::string& reason) {
  const bool said = says(run, "prun: nothing starts: " + reason);
  CAPTURE(run.err());
  CHECK(said);
  run.signal(SIGINT);
  CHECK(run.wait().status == 130);
}

Command long_run(std::vector<std::string> options) {
  Command command =
      prun_command({"imap", "identity(1)", "sleep(300)", "identity(2)", "-j", "2", "--format", "{result}"});
  command.arguments.insert(command.arguments.end(), options.begin(), options.end());
  return command;
}

/// The first object of the progress says that signals are served.
bool has_begun(Process& run) {
  return run.wait_until([&] { return contains(run.err(), "\"elapsed\""); });
}

}  // namespace

TEST_CASE("a run says that --delay holds its tasks back") {
  Process run(long_run({"--delay", "1h"}));
  REQUIRE(run.wait_for_lines(1));
  check_reason(run, "the pause of --delay is not over");
}

TEST_CASE("a run says that the machine is as busy as --max-load allows") {
  Process run(prun_command({"imap", "fib(90)", "identity(1)", "-j", "2", "--max-load", "0.1", "--progress=json"}));
  REQUIRE(has_begun(run));
  check_reason(run, "the machine is as busy as --max-load allows");
}

TEST_CASE("a run says that too little memory is free") {
  Process run(long_run({"--min-free-memory", "1000000G", "--progress=json"}));
  REQUIRE(has_begun(run));
  check_reason(run, "too little memory is free");
}

TEST_CASE("a run says which slow task the results wait for") {
  Process run(prun_command({"imap", "-j", "2", "--buffersize", "2", "--ungroup", "--sh",
                            "echo {} >&2; [ {} -gt 1 ] || exec sleep 300", "1", "2", "3"}));
  REQUIRE(run.wait_until([&] { return contains(run.err(), "1\n") && contains(run.err(), "2\n"); }));
  check_reason(run, "the buffer is full of results that wait for task 0, ");
}

TEST_CASE("a run says that its input has no task yet") {
  Command command = prun_command({"imap", "identity", "-", "-j", "2", "--output", "raw"});
  command.keep_input_open = true;
  Process run(std::move(command));
  run.send("1\n");
  REQUIRE(run.wait_for_lines(1));
  check_reason(run, "the input has no task yet");
}

TEST_CASE("a run says that only retries are left") {
  Process run(prun_command({"imap", "-j", "2", "--retries", "1", "--retry-on", "exit", "--retry-delay", "1h",
                            "--ungroup", "--sh", "echo here >&2; exit 1", "1"}));
  REQUIRE(run.wait_until([&] { return contains(run.err(), "here"); }));
  check_reason(run, "only retries are left, and none is due yet");
}
