// Signals to prun itself: what is done is printed, no process and no shared memory stays behind.
#include "prun_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <set>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

/// One task that is done at once, and more that would run for longer than any test.
Command long_run(std::vector<std::string> options = {}) {
  Command command =
      prun_command({"imap_unordered", "identity(1)", "sleep(300)", "sleep(300)", "-j", "2", "--format", "{result}"});
  command.arguments.insert(command.arguments.end(), options.begin(), options.end());
  return command;
}

void check_interrupted(int signal, int status) {
  Process process(long_run());
  REQUIRE(process.wait_for_lines(1));
  const auto descendants = descendants_of(process.pid());
  REQUIRE_FALSE(descendants.empty());
  const Witness workers(descendants);
  process.signal(signal);
  const Result run = process.wait();
  INFO(run);
  CHECK_FALSE(run.timed_out);
  CHECK(run.status == status);
  CHECK(run.out == "1\n");
  CHECK(workers.all_ended_within(1s));
}

std::set<std::string> shared_memory_files() {
  std::set<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm", none)) {
    const std::string name = entry.path().filename();
    if (name.find("prun") != std::string::npos) names.insert(name);
  }
  return names;
}

}  // namespace

TEST_CASE("SIGINT prints the finished results and exits with 130") { check_interrupted(SIGINT, 130); }

TEST_CASE("SIGTERM exits with 143") { check_interrupted(SIGTERM, 143); }

TEST_CASE("SIGHUP exits with 129") { check_interrupted(SIGHUP, 129); }

TEST_CASE("a run with any number of remaining tasks is interrupted immediately") {
  const std::vector<std::vector<std::string>> forms{
      {"map"}, {"imap", "--chunksize", "1000000000"}, {"imap_unordered", "--chunksize", "1000000000"}};
  for (const auto& form : forms) {
    std::vector<std::string> words{form.front(),    "sleep", "300..1000000000000", "-j2", "--progress=json",
                                   "--progress-fd", "2"};
    words.insert(words.end(), form.begin() + 1, form.end());
    Process process(prun_command(words));
    REQUIRE(process.wait_until([&] { return process.err().find("\"running\"") != std::string::npos; }));
    process.signal(SIGTERM);
    const Result result = process.wait();
    INFO(result);
    CHECK(result.status == 143);
    CHECK(result.err.find("interrupted: 0 of 999999999701 done") != std::string::npos);
  }
}

TEST_CASE("a worker that must begin no more calls reports this immediately for any chunk size") {
  const Result result = run_prun({"map", "factorize", "0..20000000", "-j2", "--halt", "soon,fail=1"});
  INFO(result);
  CHECK_FALSE(result.timed_out);
  CHECK(result.status == 1);
}

TEST_CASE("an interrupted JSON array is closed") {
  Process process(prun_command({"imap_unordered", "identity(1)", "sleep(300)", "-j", "2", "--output", "json"}));
  REQUIRE(process.wait_until([&] { return process.out().find("\"result\":1") != std::string::npos; }));
  process.signal(SIGINT);
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 130);
  const auto array = nlohmann::json::parse(run.out);
  CHECK(array.at(0).at("result") == 1);
}

TEST_CASE("threads are interrupted too") {
  Process process(long_run({"--threads"}));
  REQUIRE(process.wait_for_lines(1));
  process.signal(SIGINT);
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 130);
  CHECK(run.out == "1\n");
}

TEST_CASE("a run that waits for standard input is interrupted") {
  Command command = prun_command({"imap", "identity", "-", "--format", "{result}"}, "1\n");
  command.keep_input_open = true;
  Process process(std::move(command));
  REQUIRE(process.wait_for_lines(1));
  process.signal(SIGINT);
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 130);
  CHECK(run.out == "1\n");
}

TEST_CASE("a second SIGINT ends a run whose reader does not read") {
  Process process(prun_command({"imap", "identity", "1..9223372036854775807"}));
  REQUIRE(process.wait_for_lines(1));
  process.stop_reading();
  const Witness master({process.pid()});
  const Witness workers(descendants_of(process.pid()));
  bool ended = false;
  for (int presses = 0; presses < 50 && !ended; ++presses) {
    process.signal(SIGINT);
    ended = master.all_ended_within(200ms);
  }
  CHECK(ended);
  CHECK(workers.all_ended_within(1s));
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 130);
}

TEST_CASE("kill -9 of the master ends every worker and leaves no shared memory") {
  const auto before = shared_memory_files();
  Process process(long_run());
  REQUIRE(process.wait_for_lines(1));
  const auto descendants = descendants_of(process.pid());
  REQUIRE_FALSE(descendants.empty());
  const Witness workers(descendants);
  process.signal(SIGKILL);
  CHECK(workers.all_ended_within(1s));
  const Result run = process.wait();
  INFO(run);
  CHECK(run.signal == SIGKILL);
  const auto after = shared_memory_files();
  CHECK(std::includes(before.begin(), before.end(), after.begin(), after.end()));
}
