// A reader that goes away, as `head` does: prun ends quietly, with status 0, whatever its input.
#include "prun_support.hpp"

#include "support/process_tree.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <utility>

using namespace prun::test;

namespace {

void check_ends_quietly(Command command) {
  Process process(std::move(command));
  REQUIRE(process.wait_for_lines(1));
  const Witness workers(descendants_of(process.pid()));
  process.close_output();
  const Result run = process.wait();
  INFO(run);
  CHECK_FALSE(run.timed_out);
  CHECK(run.status == 0);
  CHECK(run.err.empty());
  CHECK(workers.all_ended_within(std::chrono::seconds(1)));
}

Command endless(std::vector<std::string> arguments, const std::string& line) {
  Command command = prun_command(std::move(arguments), line);
  command.endless_input = true;
  return command;
}

}  // namespace

TEST_CASE("an endless input with a reader that goes away") {
  check_ends_quietly(endless({"imap", "identity", "-"}, "1\n"));
  check_ends_quietly(endless({"imap_unordered", "fib", "-", "-j", "2"}, "20\n"));
  check_ends_quietly(endless({"submit"}, "[\"fib\", 20]\n"));
  check_ends_quietly(endless({"imap", "--output", "jsonl"}, "{\"function\": \"identity\", \"args\": [1]}\n"));
}

TEST_CASE("a huge range with a reader that goes away") {
  check_ends_quietly(prun_command({"imap", "identity", "1..9223372036854775807"}));
}

TEST_CASE("a reader that goes away while prun waits for input") {
  Command command = prun_command({"imap", "identity", "-"}, "1\n");
  command.keep_input_open = true;
  check_ends_quietly(std::move(command));
}
