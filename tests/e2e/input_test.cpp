// Inputs as a user writes them: words, ranges, calls, files, standard input.
#include "prun_support.hpp"

#include <doctest/doctest.h>

using namespace prun::test;

namespace {

/// The inputs as the tasks received them, one a line.
std::string seen(std::vector<std::string> words, std::string input = {}, const std::string& mode = "imap") {
  words.insert(words.begin(), mode);
  words.insert(words.end(), {"--format", "{result}"});
  const Result run = run_prun(std::move(words), std::move(input));
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.err.empty());
  return run.out;
}

}  // namespace

TEST_CASE("an empty input is not an error in any mode") {
  for (const std::string mode : {"map", "starmap", "imap", "imap_unordered", "submit"}) {
    CHECK(seen({}, "", mode).empty());
    CHECK(seen({"--tasks", "-"}, "", mode).empty());
    CHECK(seen({"--tasks", "-"}, "[]", mode).empty());
    if (mode != "submit") CHECK(seen({"identity", "-"}, "", mode).empty());
  }
}

TEST_CASE("an empty input is a whole document in every format") {
  CHECK(nlohmann::json::parse(run_prun({"map", "--output", "json"}).out).empty());
  CHECK(run_prun({"map", "--output", "jsonl"}).out.empty());
  CHECK(csv_rows(run_prun({"map", "--output", "csv"}).out).size() == 1);
}

TEST_CASE("ranges include both ends and run both ways") {
  CHECK(seen({"identity", "1..3"}) == "1\n2\n3\n");
  CHECK(seen({"identity", "3..1"}) == "3\n2\n1\n");
  CHECK(seen({"identity", "1..6..2"}) == "1\n3\n5\n");
  CHECK(seen({"identity", "7..7"}) == "7\n");
}

TEST_CASE("negative numbers are inputs and not options") {
  CHECK(seen({"identity", "-5", "-2..-1", "1..-1", "-0.5", "-1e3"}) == "-5\n-2\n-1\n1\n0\n-1\n-0.5\n-1000.0\n");
}

TEST_CASE("after -- every word is an input") {
  const Result run = run_prun({"imap", "identity", "--format", "{result}", "--", "-x", "--help", "--"});
  INFO(run);
  CHECK(run.out == "-x\n--help\n--\n");
}

TEST_CASE("options may appear anywhere") {
  const Result run = run_prun({"-j2", "--format={result}", "imap", "--chunksize", "2", "identity", "1", "-q", "2"});
  INFO(run);
  CHECK(run.out == "1\n2\n");
}

TEST_CASE("values keep their kind through to the result") {
  const Result run = run_prun({"imap", "identity", "--output", "jsonl", "42", "1.0", "true", "null", "word", "\"4\"",
                               R"({"a": [1, {"b": 2.5}]})", "9223372036854775807", "18446744073709551615", "a.log"});
  INFO(run);
  REQUIRE(run.status == 0);
  std::string results;
  for (const auto& line : json_lines(run.out)) results += line.at("result").dump() + " ";
  CHECK(results ==
        "42 1.0 true null \"word\" \"4\" {\"a\":[1,{\"b\":2.5}]} 9223372036854775807 18446744073709551615 \"a.log\" ");
}

TEST_CASE("calls are mixed with one another") {
  CHECK(seen({"fib(8)", "ackermann(2, 4)", "identity('a b')"}, "", "submit") == "34\n11\na b\n");
}

TEST_CASE("JSON Lines on standard input are tasks") {
  const std::string tasks =
      "{\"function\": \"fib\", \"args\": [8]}\n"
      "\n"
      "[\"ackermann\", 2, 4]\r\n"
      "{\"function\": \"ackermann\", \"kwargs\": {\"n\": 4, \"m\": 2}, \"id\": \"last\"}";
  CHECK(seen({}, tasks, "submit") == "34\n11\n11\n");
  CHECK(seen({"--tasks", "-"}, tasks, "submit") == "34\n11\n11\n");
}

TEST_CASE("a task file is a JSON array or JSON Lines") {
  const TemporaryFile array(R"([{"function": "fib", "args": [8]}, ["fib", 9]])");
  const TemporaryFile lines("[\"fib\", 8]\n[\"fib\", 9]\n", ".jsonl");
  CHECK(seen({"--tasks", array.path()}, "", "submit") == "34\n55\n");
  CHECK(seen({"--tasks", lines.path()}, "", "submit") == "34\n55\n");
}

TEST_CASE("an id is printed with its task") {
  const Result run = run_prun({"submit", "--output", "jsonl"}, R"({"function":"fib","args":[8],"id":{"row":7}})");
  INFO(run);
  REQUIRE(run.status == 0);
  CHECK(json_lines(run.out).at(0).at("id") == nlohmann::json({{"row", 7}}));
}

TEST_CASE("with - each line of standard input is an input") {
  CHECK(seen({"identity", "-"}, "1\nword\n1..5\n2.5") == "1\nword\n1..5\n2.5\n");
}

TEST_CASE("with --null inputs end with NUL") {
  const std::string input("a\nb\0c\0", 6);
  const Result run = run_prun({"imap", "sha256", "-", "--null", "--output", "jsonl"}, input);
  INFO(run);
  REQUIRE(run.status == 0);
  const auto lines = json_lines(run.out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("args") == nlohmann::json({"a\nb"}));
  CHECK(run_prun({"imap", "sha256", "-", "-0"}, input).status == 0);
}

TEST_CASE("a result is printed while standard input is still open") {
  Command command = prun_command({"imap", "identity", "-", "--format", "{result}"}, "1\n");
  command.keep_input_open = true;
  Process process(std::move(command));
  REQUIRE(process.wait_for_lines(1));
  process.send("2\n");
  REQUIRE(process.wait_for_lines(2));
  process.end_input();
  const Result run = process.wait();
  INFO(run);
  CHECK(run.status == 0);
  CHECK(run.out == "1\n2\n");
}

TEST_CASE("a long string is passed and returned unchanged") {
  const std::string text(20'000'000, 'x');
  const Result run = run_prun({"imap", "identity", "-", "--format", "{result}"}, text + "\n");
  CHECK(run.status == 0);
  CHECK(run.out.size() == text.size() + 1);
  CHECK(run.out == text + "\n");
}
