// Bad input: refused before any task runs where that can be known, else what came before it is done and printed first.
#include "prun_support.hpp"

#include <doctest/doctest.h>

using namespace prun::test;

namespace {

/// Refused before anything ran; every one of `parts` stands in the message.
void check_refused(std::vector<std::string> arguments, const std::vector<std::string>& parts, std::string input = {}) {
  const Result run = run_prun(std::move(arguments), std::move(input));
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.out.empty());
  CHECK(run.err.starts_with("prun: "));
  for (const std::string& part : parts) {
    CAPTURE(part);
    CHECK(run.err.find(part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("an unknown function is named with its nearest") {
  check_refused({"map", "fibb", "1..3"}, {"unknown function 'fibb'", "fib"});
  check_refused({"submit", "ackerman(2, 4)"}, {"unknown function 'ackerman'", "ackermann"});
  check_refused({"submit"}, {"fibb", "fib"}, "[\"fibb\", 8]\n");
}

TEST_CASE("a bad range") {
  check_refused({"map", "fib", "1..5..0"}, {"1..5..0", "step"});
  check_refused({"map", "fib", "1..99999999999999999999"}, {"1..99999999999999999999"});
}

TEST_CASE("broken JSON in a word") {
  check_refused({"map", "identity", "[1, 2"}, {"[1, 2"});
  check_refused({"submit", "fib(8"}, {"fib(8"});
}

TEST_CASE("broken JSON in a file has its place and an excerpt") {
  const TemporaryFile file("[\n  [\"fib\", 8],\n  {\"function\": \"fib\", \"args\": [8}\n]\n");
  const Result run = run_prun({"submit", "--tasks", file.path()});
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.err.find(file.path() + ":3:") != std::string::npos);
  CHECK(run.err.find("\"args\": [8}") != std::string::npos);
  CHECK(run.err.find('^') != std::string::npos);
}

TEST_CASE("an unknown key of a task is named with its nearest") {
  check_refused({"submit"}, {"unknown key", "did you mean \"args\""}, "{\"function\": \"fib\", \"arg\": [8]}\n");
}

TEST_CASE("arguments that do not fit the signature") {
  check_refused({"map", "fib", "text"}, {"fib", "integer"});
  check_refused({"submit", "fib(1, 2)"}, {"takes 1 argument", "got 2"});
  check_refused({"starmap", "ackermann", "[1, 2, 3]"}, {"takes 2 arguments", "got 3"});
  check_refused({"submit", "ackermann(m=1, k=2)"}, {"k"});
}

TEST_CASE("a bad word is found before the words before it run") {
  check_refused({"imap", "fib", "1..5", "text"}, {"integer"});
}

TEST_CASE("a file that is missing or cannot be read is an error") {
  check_refused({"submit", "--tasks", "/nonexistent.json"}, {"/nonexistent.json", "No such file"});
  check_refused({"submit", "--tasks", "/"}, {"Is a directory"});
}

TEST_CASE("both inputs and --tasks") {
  const TemporaryFile file("[]");
  check_refused({"map", "fib", "1..3", "--tasks", file.path()}, {"--tasks"});
}

TEST_CASE("a function without inputs") { check_refused({"map", "fib"}, {"fib"}); }

TEST_CASE("in a stream the results before a bad line are printed first") {
  const Result run = run_prun({"imap", "--format", "{result}"}, "[\"fib\", 8]\n[\"fib\", 9]\nrubbish\n[\"fib\", 10]\n");
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.out == "34\n55\n");
  CHECK(run.err.find(":3:") != std::string::npos);
}

TEST_CASE("--skip-bad reports each bad line and continues") {
  const Result run = run_prun({"imap", "--skip-bad", "--format", "{result}"},
                              "[\"fib\", 8]\nrubbish\n[\"fib\", 9]\n[\"fibb\", 9]\n[\"fib\", 10]\n");
  INFO(run);
  CHECK(run.status == 2);
  CHECK(run.out == "34\n55\n89\n");
  CHECK(run.err.find(":2:") != std::string::npos);
  CHECK(run.err.find(":4:") != std::string::npos);
}
