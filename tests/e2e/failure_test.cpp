// Tasks that fail: each alone, told by name, and the exit status says so.
#include "prun_support.hpp"

#include <doctest/doctest.h>

using namespace prun::test;

TEST_CASE("a failed task is a line on standard error and does not affect others") {
  for (const std::string mode : {"map", "imap", "imap_unordered"}) {
    const Result run = run_prun({mode, "ackermann", "[2, 4]", "[-1, 2]", "[3, 1]", "-j", "2", "--format", "{result}"});
    INFO(run);
    CHECK(run.status == 1);
    CHECK(run.out.size() == std::string("11\n13\n").size());
    CHECK(run.err == "ackermann(-1, 2): std::invalid_argument: ackermann takes m >= 0 and n >= 0, got m = -1\n");
  }
}

TEST_CASE("only the failed task of a chunk fails") {
  const Result run = run_prun({"map", "fib", "1..5", "100", "6..10", "-c", "11", "--format", "{result}"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(lines_of(run.out).size() == 10);
  CHECK(lines_of(run.err).size() == 1);
}

TEST_CASE("a result that does not fit 64 bits fails at once") {
  const Result run = run_prun({"apply", "fib(92)"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.err.find("fib(92)") == 0);
  CHECK(run.err.find("64 bits") != std::string::npos);
}

TEST_CASE("an integer beyond 64 bits is that task's failure") {
  const Result run = run_prun({"imap", "identity", "1", "99999999999999999999", "2", "--format", "{result}"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.out == "1\n2\n");
  CHECK(run.err.find("64 bits") != std::string::npos);
}

TEST_CASE("a template with error shows failures on standard output") {
  const Result run = run_prun({"imap", "fib", "8", "100", "--format", "{args}|{result}|{kind}"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(lines_of(run.out).size() == 2);
  CHECK(run.out.find("100||exception") != std::string::npos);
}

TEST_CASE("deep recursion neither crashes nor disturbs") {
  const Result run = run_prun({"submit", "ackermann(3, 10)", "fib(8)"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "ackermann(3, 10) = 8189\nfib(8) = 34\n");
}

TEST_CASE("a full device is prun's failure with a clear message") {
  for (const std::string format : {"text", "jsonl", "json", "csv"}) {
    Command command = prun_command({"imap", "identity", "1..100000", "--output", format});
    command.output_file = "/dev/full";
    const Result run = run_command(std::move(command));
    INFO(run);
    CHECK(run.status == 3);
    CHECK(run.err.find("standard output: No space left on device") != std::string::npos);
  }
}

TEST_CASE("a log file that cannot be opened is an error, and one that cannot be written is reported once") {
  const Result missing = run_prun({"imap", "--log-file", "/no/such/folder/log", "identity", "1"});
  CHECK(missing.status == 3);
  CHECK(missing.err == "prun: cannot write the log file /no/such/folder/log: there is no folder /no/such/folder\n");
  const Result full = run_prun({"imap", "--log-file", "/dev/full", "identity", "1..3", "--format", "{result}"});
  CHECK(full.status == 0);
  CHECK(full.out == "1\n2\n3\n");
  CHECK(lines_of(full.err).size() == 1);
}
