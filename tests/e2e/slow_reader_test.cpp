// A reader of standard output that does not read until it is told to: prun's clock goes on.
#include "status_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

/// More than a pipe takes, so that what comes behind waits for the reader.
const std::string fill = "head -c 300000 /dev/zero | tr '\\000' x; echo";

bool holds(const Result& result, const std::string& what) { return result.err.find(what) != std::string::npos; }

}  // namespace

TEST_CASE("a timeout is enforced while nobody reads the output") {
  const TemporaryFile late("");
  Process process(prun_command({"imap_unordered", "-j", "2", "--timeout", "1s", "--sh",
                                "if [ {} = 9 ]; then sleep 300; echo late > " + late.path() + "; else " + fill + "; fi",
                                "1", "9", "2"}));
  process.stop_reading();
  REQUIRE(process.wait_until([&] { return process.err().find("ran longer than 1 s") != std::string::npos; }));
  process.go_on_reading();
  const Result result = process.wait();
  INFO(result);
  CHECK(result.status == 1);
  CHECK(result.out.size() == 2 * 300'001);
}

TEST_CASE("one signal ends the run while nobody reads the output") {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    Process process(prun_command({"imap", "identity", "1..100000000"}));
    REQUIRE(process.wait_for_lines(1));
    const Witness workers(descendants_of(process.pid()));
    process.stop_reading();
    process.signal(number);
    const Result result = process.wait();
    INFO(result);
    CHECK_FALSE(result.timed_out);
    CHECK(result.status == 128 + number);
    CHECK(workers.all_ended_within(10s));
  }
}

TEST_CASE("with --line-buffer, a command whose lines nobody reads is asked to exit before it is killed") {
  for (const int number : {SIGTERM, SIGINT, 0}) {
    CAPTURE(number);
    const TemporaryFile told("");
    const TemporaryFile begun("");
    const std::string script =
        "trap 'echo told >> " + told.path() + "' TERM INT; echo begun >> " + begun.path() + "; yes; wait; : {}";
    std::vector<std::string> words{"imap", "-j2", "--line-buffer", "--buffer-bytes", "1M", "--grace", "5s"};
    if (number == 0) words.insert(words.end(), {"--timeout", "1s"});
    words.insert(words.end(), {"--sh", script, "1", "2"});
    Process process(prun_command(words));
    process.stop_reading();
    REQUIRE(process.wait_until([&] { return std::filesystem::file_size(begun.path()) == 12; }));
    if (number != 0) process.signal(number);
    CHECK(process.wait_until([&] { return std::filesystem::file_size(told.path()) >= 10; }));
    process.go_on_reading();
    const Result result = process.wait();
    INFO(result.err);
    CHECK(result.status == (number == 0 ? 1 : 128 + number));
  }
}

TEST_CASE("with --line-buffer, all lines of a command are printed before its end, however late they are read") {
  Process process(prun_command({"imap", "-j1", "--line-buffer", "--sh", "echo {}; seq 200000", "1", "2"}));
  REQUIRE(process.wait_for_lines(1));
  process.stop_reading();
  REQUIRE(says(process, " 1 running"));
  process.go_on_reading();
  const Result result = process.wait();
  CHECK(result.status == 0);
  CHECK(lines_of(result.out).size() == 2 * 200'001);
}

TEST_CASE("with --line-buffer, lines reach standard error while nobody reads standard output") {
  Process process(prun_command({"imap_unordered", "-j", "2", "--line-buffer", "--sh",
                                "if [ {} = 1 ]; then " + fill + "; else sleep 0.2; echo seen >&2; fi", "1", "2"}));
  process.stop_reading();
  CHECK(process.wait_until([&] { return process.err().find("seen") != std::string::npos; }));
  process.go_on_reading();
  const Result result = process.wait();
  INFO(result);
  CHECK(result.status == 0);
  CHECK(result.out.size() == 300'001);
}

TEST_CASE("a deadline ends the run while nobody reads the output") {
  for (const std::string mode : {"imap", "map", "imap_unordered"}) {
    CAPTURE(mode);
    Process process(prun_command({mode, "identity", "1..3000000", "--deadline", "500ms"}));
    process.stop_reading();
    const Result result = process.wait();
    INFO(result);
    CHECK_FALSE(result.timed_out);
    CHECK(result.status == 1);
    CHECK(holds(result, "bytes of output: the reader did not take them within 1 s of the run's end"));
  }
}

TEST_CASE("outputs in files count for --buffer-bytes, while an earlier task runs") {
  const TemporaryFile started("");
  const TemporaryFile go("", ".go");
  Process process(
      prun_command({"imap", "-j", "2", "--buffer-bytes", "8M", "--sh",
                    "if [ {} = 1 ]; then until [ -s " + go.path() + " ]; do sleep 0.02; done; else echo >> " +
                        started.path() + "; head -c 2000000 /dev/zero; fi",
                    "1..60"}));
  REQUIRE(process.wait_until([&] { return std::filesystem::file_size(started.path()) != 0; }));
  REQUIRE(says(process, "prun: nothing starts: the buffer is full"));
  CHECK(std::filesystem::file_size(started.path()) <=
        4 + 2 * 4 + 2);  // what fills the buffer, and what was handed out by then
  std::ofstream(go.path()) << "go";
  const Result result = process.wait();
  CHECK(result.status == 0);
  CHECK(result.out.size() == 59U * 2'000'000);
}

TEST_CASE("no more tasks are started than --buffer-bytes allows while nobody reads the output") {
  const TemporaryFile started("");
  const std::string count = "echo >> " + started.path() + "; ";
  Process process(
      prun_command({"imap_unordered", "-j", "2", "--buffer-bytes", "1M", "--sh", count + fill + "; : {}", "1..200"}));
  process.stop_reading();
  const auto lines = [&] { return std::filesystem::file_size(started.path()); };
  REQUIRE(process.wait_until([&] { return lines() >= 4; }));
  REQUIRE(says(process, "prun: nothing starts: the reader of the output is slow"));
  REQUIRE(says(process, " 0 running"));
  CHECK(lines() <= 4 + 2 * 4);  // what fills the buffer, and what was handed out by then
  process.go_on_reading();
  const Result result = process.wait();
  CHECK(result.status == 0);
  CHECK(result.out.size() == 200 * 300'001);
}

TEST_CASE("a command's time limit does not count the time of a slow reader in any form of output") {
  const std::vector<std::vector<std::string>> forms{{}, {"--tag"}, {"--output", "jsonl"}};
  for (const auto& form : forms) {
    const TemporaryFile ended("");
    std::vector<std::string> words{
        "imap", "-j", "2", "--timeout", "5s", "--sh", "head -c 3000000 /dev/zero; echo {} >> " + ended.path(),
        "1",    "2",  "3"};
    words.insert(words.begin() + 1, form.begin(), form.end());
    Process process(prun_command(words));
    process.stop_reading();
    CHECK(process.wait_until([&] { return std::filesystem::file_size(ended.path()) == 6; }));
    process.go_on_reading();
    const Result result = process.wait();
    CHECK(result.status == 0);
    CHECK(result.err.empty());
    if (form.empty()) CHECK(result.out == std::string(9'000'000, '\0'));
  }
}

TEST_CASE("a command whose reader does not read is asked to end, and all that it wrote is kept") {
  for (const std::string limit : {"none", "1h", "1s"}) {
    CAPTURE(limit);
    const TemporaryFile written("");
    const TemporaryFile cleaned("");
    const std::string script = "trap 'echo cleaned; echo cleaned > " + cleaned.path() +
                               "; exit 3' TERM; while :; do echo {}$i; echo >> " + written.path() + "; done";
    std::vector<std::string> words{
        "imap", "-j", "1", "--grace", "20s", "--sh", "i=$(head -c 100000 /dev/zero | tr '\\000' x); " + script, "1"};
    if (limit != "none") words.insert(words.begin() + 1, {"--timeout", limit});
    Process process(prun_command(words));
    process.stop_reading();
    if (limit != "1s") {
      REQUIRE(process.wait_until([&] { return std::filesystem::file_size(written.path()) >= 15; }));
      process.signal(SIGTERM);
    }
    CHECK(process.wait_until([&] { return std::filesystem::file_size(cleaned.path()) > 0; }));
    process.go_on_reading();
    const Result result = process.wait();
    CHECK(result.status == (limit == "1s" ? 1 : 143));
    CHECK(result.out.ends_with("x\ncleaned\n"));
    CHECK(result.out.find("\n\n") == std::string::npos);
  }
}

TEST_CASE("a command without a time limit waits for a slow reader, and nothing is lost") {
  const TemporaryFile ended("");
  Process process(prun_command(
      {"imap", "-j", "1", "--sh", "seq -w 0 999999; seq -w 0 999999; echo {} >> " + ended.path(), "1", "2"}));
  process.stop_reading();
  process.go_on_reading();
  const Result result = process.wait();
  CHECK(result.status == 0);
  const std::vector<std::string> lines = lines_of(result.out);
  REQUIRE(lines.size() == 4'000'000);
  bool in_order = true;
  for (std::size_t i = 0; i < lines.size(); ++i) in_order = in_order && std::stoul(lines[i]) == i % 1'000'000;
  CHECK(in_order);
}

TEST_CASE("the output before the end has only whole lines if the reader continues in time") {
  Process process(prun_command({"imap", "identity", "--output", "raw", "1..100000000"}));
  process.stop_reading();
  process.signal(SIGTERM);
  process.go_on_reading();
  const Result result = process.wait();
  CHECK(result.status == 143);
  CHECK((result.out.empty() || result.out.ends_with('\n')));
}
