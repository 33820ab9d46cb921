// A reader of standard output that does not read until it is told to: prun's clock goes on.
#include "status_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
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

TEST_CASE("the output before the end has only whole lines if the reader continues in time") {
  Process process(prun_command({"imap", "identity", "--output", "raw", "1..100000000"}));
  process.stop_reading();
  process.signal(SIGTERM);
  process.go_on_reading();
  const Result result = process.wait();
  CHECK(result.status == 143);
  CHECK((result.out.empty() || result.out.ends_with('\n')));
}
