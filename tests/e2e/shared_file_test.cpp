// Two names on one command line that mean the same file. Such a run is refused before it writes anything.
#include "journal_support.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

void check_refused(const Result& run, const std::string& first, const std::string& second, const std::string& option) {
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.out.empty());
  CHECK(contains(run.err,
                 "prun: " + first + " and " + second + " are the same file: choose another name for " + option + "\n"));
}

}  // namespace

TEST_CASE("two outputs in one file are refused, and nothing is created") {
  const JournalFolder folder;
  const std::string file = folder.file("x");
  const std::vector<std::pair<std::string, std::string>> pairs{
      {"--trace", "--joblog"},   {"--trace", "--report"},    {"--report", "--journal"},  {"--joblog", "--journal"},
      {"--trace", "--log-file"}, {"--joblog", "--log-file"}, {"--log-file", "--journal"}};
  for (const auto& [one, other] : pairs) {
    CAPTURE(one + ' ' + other);
    const Result run = run_prun({"map", "fib", "1..3", one, file, other, folder.file("./x")});
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(contains(run.err, one + ' '));
    CHECK(contains(run.err, other + ' '));
    CHECK(contains(run.err, " are the same file: choose another name for "));
    CHECK_FALSE(std::filesystem::exists(file));
  }
}

TEST_CASE("a table of results must not be the file of another output") {
  const JournalFolder folder;
  const std::string table = folder.file("x.csv");
  const Result run = run_prun({"--results", table, "--joblog", table, "echo", ":::", "1"});
  INFO(run);
  CHECK(run.status == 2);
  CHECK_FALSE(std::filesystem::exists(table));
}

TEST_CASE("an output that would overwrite an input is refused, and the input stays as it is") {
  const JournalFolder folder;
  const std::string file = folder.file("in");
  folder.write("in", "1\n2\n");
  check_refused(run_prun({"--trace", file, "-a", file, "echo"}), "--trace " + file, "--arg-file " + file, "--trace");
  check_refused(run_prun({"--joblog", file, "--commands", file}), "--joblog " + file, "--commands " + file, "--joblog");
  check_refused(run_prun({"submit", "--report", file, "--tasks", file}), "--report " + file, "--tasks " + file,
                "--report");
  check_refused(run_prun({"--trace", file, "echo", "::::", file}), "--trace " + file, ":::: " + file, "--trace");
  CHECK(folder.read("in") == "1\n2\n");
}

TEST_CASE("an output that is the file of a standard stream is refused") {
  const JournalFolder folder;
  const std::string file = folder.file("in");
  folder.write("in", "1\n2\n");
  const auto shell = [&](const std::string& redirection) {
    Command command = prun_command({});
    command.arguments = {"sh", "-c", '\'' + prun_binary() + "' map fib - --trace '" + file + "' " + redirection};
    return run_command(std::move(command));
  };
  check_refused(shell("< '" + file + '\''), "--trace " + file, "standard input", "--trace");
  CHECK(folder.read("in") == "1\n2\n");
  check_refused(shell(">> '" + file + "' < /dev/null"), "--trace " + file, "standard output", "--trace");
  CHECK(folder.read("in") == "1\n2\n");
}

TEST_CASE("a log file may be the file that standard error is appended to") {
  const JournalFolder folder;
  const std::string log = folder.file("log");
  Command command = prun_command({});
  command.arguments = {
      "sh", "-c", '\'' + prun_binary() + "' map fib 1 --log-file '" + log + "' --log-level info 2>> '" + log + '\''};
  const Result run = run_command(std::move(command));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(contains(folder.read("log"), "1 succeeded"));
}

TEST_CASE("the journal that is continued may give the durations, and pipes may be named twice") {
  const JournalFolder folder;
  const std::vector<std::string> tasks{"map", "fib", "1..3", "--journal", folder.journal()};
  REQUIRE(run_prun(tasks).status == 0);
  std::vector<std::string> again = tasks;
  again.insert(again.end(), {"--resume", "--order", "longest-first", "--durations", folder.journal()});
  const Result resumed = run_prun(again);
  INFO(resumed);
  CHECK(resumed.status == 0);
  CHECK(run_prun({"map", "fib", "1..3", "--trace", "/dev/null", "--joblog", "/dev/null"}).status == 0);
  CHECK(run_prun({"map", "fib", "1..3", "--trace", "/dev/null", "--trace", "/dev/null"}).status == 0);
}

TEST_CASE("the log files of a journal must not be other outputs") {
  const JournalFolder folder;
  const Result run =
      run_prun({"map", "fib", "1", "--journal", folder.journal(), "--joblog", folder.journal() + "-wal"});
  INFO(run);
  CHECK(run.status == 2);
  CHECK_FALSE(std::filesystem::exists(folder.journal()));
}

TEST_CASE("an output of a retry must not be the journal that it continues") {
  const JournalFolder folder;
  REQUIRE(run_prun({"map", "fib", "1..3", "--journal", folder.journal()}).status == 0);
  const std::string moved = folder.file("moved.db");
  std::filesystem::rename(folder.journal(), moved);
  const Result run = run_prun({"retry", moved, "--joblog", moved});
  INFO(run);
  CHECK(run.status == 2);
  CHECK(contains(run.err, "are the same file"));
}

TEST_CASE("the name - is refused for an output file") {
  for (const std::string option : {"--trace", "--report", "--joblog", "--log-file"}) {
    const Result run = run_prun({"map", "fib", "1..3", option, "-"});
    INFO(run);
    CHECK(run.status == 2);
    CHECK(contains(run.err,
                   "prun: " + option + " cannot write to standard output, which has the results; ./- means a file"));
    CHECK_FALSE(std::filesystem::exists("-"));
  }
  const Result journal = run_prun({"map", "fib", "1..3", "--journal", "-"});
  CHECK(journal.status == 2);
  CHECK(contains(journal.err, "prun: --journal needs the name of a file; ./- means a file with the name -"));
  const Result durations = run_prun({"map", "fib", "1..3", "--order", "longest-first", "--durations", "-"});
  CHECK(durations.status == 2);
  CHECK(contains(durations.err, "prun: --durations needs the name of a file"));
}
