// Every output format, read back.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <regex>

using namespace prun::test;

namespace {

void check_result_object(const nlohmann::json& object, int n) {
  CHECK(object.at("index") == n - 1);
  CHECK(object.at("function") == "fib");
  CHECK(object.at("args") == nlohmann::json({n}));
  CHECK(object.at("result") == fib(n));
  CHECK_FALSE(object.contains("error"));
  CHECK(std::regex_match(object.at("started").get<std::string>(),
                         std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)")));
  CHECK(object.at("duration").get<double>() >= 0);
  CHECK(object.at("worker").get<int>() > 0);
  CHECK(object.at("attempt") == 1);
}

}  // namespace

TEST_CASE("--output jsonl prints one object per line") {
  const Result run = run_prun({"map", "fib", "1..5", "--output", "jsonl"});
  INFO(run);
  CHECK(run.status == 0);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 5);
  for (int n = 1; n <= 5; ++n) check_result_object(lines[static_cast<std::size_t>(n - 1)], n);
}

TEST_CASE("--output json is one array of the same objects") {
  const Result run = run_prun({"imap", "fib", "1..5", "--output", "json"});
  INFO(run);
  CHECK(run.status == 0);
  const auto array = nlohmann::json::parse(run.out);
  REQUIRE(array.size() == 5);
  for (int n = 1; n <= 5; ++n) check_result_object(array[static_cast<std::size_t>(n - 1)], n);
}

TEST_CASE("a failure is an object with error in JSON") {
  const Result run = run_prun({"map", "ackermann", "[-1, 2]", "--output", "jsonl"});
  INFO(run);
  CHECK(run.status == 1);
  const auto object = json_lines(run.out).at(0);
  CHECK_FALSE(object.contains("result"));
  CHECK(object.at("error").at("kind") == "exception");
  CHECK(object.at("error").at("type") == "std::invalid_argument");
  CHECK(object.at("error").at("message").get<std::string>().find("m = -1") != std::string::npos);
}

TEST_CASE("--output csv has a header and quotes only where needed") {
  const Result run = run_prun({"map", "identity", R"("a, \"b\"\nc")", "plain", "--output", "csv"});
  INFO(run);
  CHECK(run.status == 0);
  const auto rows = csv_rows(run.out);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == std::vector<std::string>{"index", "id", "function", "args", "result", "error", "started", "duration",
                                            "worker", "attempt"});
  CHECK(rows[1].size() == rows[0].size());
  CHECK(rows[1][4] == "a, \"b\"\nc");
  CHECK(nlohmann::json::parse(rows[1][3]) == nlohmann::json({"a, \"b\"\nc"}));
  CHECK(rows[2][4] == "plain");
}

TEST_CASE("--output tsv keeps a record on one line") {
  const Result run = run_prun({"map", "identity", R"("a\tb\nc")", "--output", "tsv"});
  INFO(run);
  CHECK(run.status == 0);
  const auto lines = lines_of(run.out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("index\tid\tfunction\targs\tresult"));
  CHECK(lines[1].find("\ta\\tb\\nc\t") != std::string::npos);
}

TEST_CASE("--format prints its fields") {
  const Result run = run_prun({"imap", "fib", "8", "--format", R"([{index:03}] {function} {args:>4} -> {result:<5}|)"});
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "[000] fib    8 -> 34   |\n");
  CHECK(run_prun({"imap", "fib", "8", "--format", "{{{result}}}"}).out == "{34}\n");
}

TEST_CASE("--quiet does not report failures") {
  const Result run = run_prun({"map", "fib", "8", "100", "--quiet"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(run.err.empty());
  CHECK(lines_of(run.out).size() == 1);
}

TEST_CASE("--verbose ends with a summary on standard error") {
  const Result run = run_prun({"map", "fib", "1..5", "100", "-j", "2", "--verbose"});
  INFO(run);
  CHECK(run.status == 1);
  CHECK(std::regex_search(run.err, std::regex(R"(prun: 6 tasks: 5 succeeded, 1 failed; \d+\.\d{3} s, 2 workers\n$)")));
}

TEST_CASE("--summary counts tasks and names the slowest, on standard error") {
  const Result run =
      run_prun({"imap", "-j", "2", "--summary", "-q", "--sh", "sleep {}; test {} != 0.01", "0", "0.2", "0", "0.01"});
  INFO(run);
  CHECK(std::regex_search(
      run.err,
      std::regex("prun: summary: 3 succeeded, 1 failed\n"
                 "prun: summary: \\d+\\.\\d{3} s wall time, \\d+\\.\\d{3} s CPU time\n"
                 "prun: summary: 2 workers, busy \\d+% of the time\n"
                 "prun: summary: slowest task: 0\\.[2-9]\\d* s, task 1, sleep 0\\.2; test 0\\.2 != 0\\.01\n$")));
}

TEST_CASE("--log-file receives the summary and each failure") {
  const TemporaryFile log("", ".log");
  const Result run = run_prun({"map", "fib", "5", "100", "--log-file", log.path()});
  INFO(run);
  const Result content = run_command({.arguments = {"cat", log.path()}});
  INFO(content);
  CHECK(content.out.find("warning task 1, fib(100): std::overflow_error") != std::string::npos);
  CHECK(content.out.find("info 2 tasks: 1 succeeded, 1 failed") != std::string::npos);
}

TEST_CASE("a log file that cannot be opened is prun's failure") {
  const Result run = run_prun({"map", "fib", "5", "--log-file", "/dev/null/prun.log"});
  INFO(run);
  CHECK(run.status == 3);
  CHECK(run.out.empty());
  CHECK(run.err.find("/dev/null/prun.log") != std::string::npos);
}
