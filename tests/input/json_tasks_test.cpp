// Task files: arrays and JSON Lines, whole and in pieces, and what is said of bad ones.
#include "input/json/json_tasks.hpp"
#include "input/source_support.hpp"

#include <doctest/doctest.h>

#include <string>

namespace prun {
namespace {

constexpr const char* array_file = R"(
[
  {"function": "fib", "args": [8]},
  ["ackermann", 2, 4],
  {"function": "ackermann", "kwargs": {"n": 4, "m": 2}, "id": {"x": [1]}},
  {"id": null, "args": ["a ] } \" \\"], "function": "sha256"}
]
)";

const Lines array_tasks = {"fib[8]", "ackermann[2,4]", "ackermann[2,4] id={\"x\":[1]}", R"(sha256["a ] } \" \\"])"};

TEST_CASE("an array of tasks is read in pieces of any size") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{7}, std::size_t{1000}}) {
    CHECK(tasks_in(array_file, piece) == array_tasks);
  }
}

TEST_CASE("JSON Lines are read in pieces of any size") {
  const std::string text = "\xEF\xBB\xBF{\"function\": \"fib\", \"args\": [8]}\r\n\r\n  \n[\"fib\", 9]\n[\"fib\",10]";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{1000}}) {
    CHECK(tasks_in(text, piece) == Lines{"fib[8]", "fib[9]", "fib[10]"});
  }
}

TEST_CASE("the first characters distinguish an array of tasks from a task in short form") {
  CHECK(tasks_in("[\"fib\", 8]\n[\"fib\", 9]") == Lines{"fib[8]", "fib[9]"});
  CHECK(tasks_in("[[\"fib\", 8], [\"fib\", 9]]") == Lines{"fib[8]", "fib[9]"});
  CHECK(tasks_in("[ \n [\"fib\", 8]]", 1) == Lines{"fib[8]"});
  CHECK(tasks_in("[]") == Lines{});
  CHECK(tasks_in("") == Lines{});
  CHECK(tasks_in(" \n\n") == Lines{});
}

TEST_CASE("an integer beyond 64 bits is a defect of its task") {
  CHECK(tasks_in(R"(["fib", 123456789012345678901])") ==
        Lines{"fib[123456789012345678901] defect: an integer does not fit 64 bits: 123456789012345678901"});
}

TEST_CASE("an error shows place, reason and line, and reading continues with the next line") {
  const Lines lines = tasks_in("[\"fib\", 8]\n{\"function\": \"fib\", \"args\": [8,]}\n[\"fib\", 9]\n");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "fib[8]");
  CHECK(lines[1].starts_with("bad: tasks.json:2:32: unexpected ']'"));
  CHECK(lines[1].ends_with("\n  {\"function\": \"fib\", \"args\": [8,]}\n                                 ^"));
  CHECK(lines[2] == "fib[9]");
}

/// The first line of the only complaint about a text.
std::string complaint(std::string_view text) {
  const Lines lines = tasks_in(text);
  REQUIRE(lines.size() == 1);
  return lines[0].substr(0, lines[0].find('\n'));
}

TEST_CASE("an error about a task names the mistake and the correct form") {
  CHECK(complaint(R"({"function": "fibb", "args": [1]})")
            .starts_with("bad: tasks.json:1:14: unknown function 'fibb'; did you mean fib"));
  CHECK(complaint(R"({"function": "fib", "arg": [1]})") ==
        "bad: tasks.json:1:21: unknown key \"arg\"; did you mean \"args\"?");
  CHECK(complaint(R"({"function": "fib", "priority": 1})") ==
        "bad: tasks.json:1:21: unknown key \"priority\"; a task has \"function\", \"args\", \"kwargs\" and \"id\"; "
        "a command's \"cmd\" or \"sh\", \"stdin\", \"cwd\", \"env\" and \"id\"");
  CHECK(complaint(R"({"function": "fib", "args": 1})") ==
        "bad: tasks.json:1:29: \"args\" must be an array, got an integer");
  CHECK(complaint(R"({"function": "fib", "args": [], "kwargs": []})") ==
        "bad: tasks.json:1:43: \"kwargs\" must be an object, got an array");
  CHECK(complaint(R"({"args": [1]})").starts_with("bad: tasks.json:1:1: \"function\" is missing; a task is"));
  CHECK(complaint(R"({"function": 1})").starts_with("bad: tasks.json:1:14: \"function\" must be a string"));
  CHECK(complaint(R"({"function": "fib", "args": [1, 2]})") ==
        "bad: tasks.json:1:29: fib(n: integer) takes 1 argument, got 2");
  CHECK(complaint(R"(["fib", "x"])").starts_with("bad: tasks.json:1:9: fib(n: integer)"));
  CHECK(complaint("42").starts_with("bad: tasks.json:1:1: a task cannot be an integer; a task is"));
  CHECK(complaint("{\"function\":").find("in JSON Lines each task must be on one line") != std::string::npos);
}

TEST_CASE("columns count characters") {
  CHECK(complaint("{\"id\": \"äöü\", \"arg\": 1}").starts_with("bad: tasks.json:1:15: unknown key"));
}

TEST_CASE("an array continues after a bad task and after a missing or extra comma") {
  CHECK(tasks_in("[[\"fib\",1],\n [\"fibb\",2],\n [\"fib\",3]]").size() == 3);
  const Lines lines = tasks_in("[[\"fib\",1],, [\"fib\",2] [\"fib\",3],]");
  REQUIRE(lines.size() == 6);
  CHECK(lines[1].starts_with("bad: tasks.json:1:12: unexpected ',', expected a task"));
  CHECK(lines[3].starts_with("bad: tasks.json:1:24: unexpected '[' after a task, expected ',' or ']'"));
  CHECK(lines[4] == "fib[3]");
  CHECK(lines[5].starts_with("bad: tasks.json:1:34: unexpected ']', expected a task"));
}

TEST_CASE("an array ends at a task whose end cannot be found") {
  CHECK(complaint("[{\"function\": \"fib\", \"args\": [1}, [\"fib\", 2]]") ==
        "bad: tasks.json:1:32: unexpected '}', expected ',' or ']'");
  CHECK(complaint("[\n  {\"function\": \"fib,\n \"args\": [1]}]") ==
        "bad: tasks.json:2:21: a string is not closed on its line, expected '\"'");
  CHECK(complaint("[\n  {\"function\": \"fib\"") == "bad: tasks.json:2:21: the input ends inside a task, expected '}'");
  CHECK(complaint("[ ") == "bad: tasks.json:1:3: the input ends inside the array, expected a task or ']'");
  CHECK(complaint("[]\n[\"fib\", 1]") == "bad: tasks.json:2:1: unexpected '[' after the end of the array");
}

TEST_CASE("positions stay right after a task that is larger than a block") {
  const std::string big(300000, 'x');
  const std::string text = "[\"sha256\", \"" + big + "\"]\n[\"fibb\", 1]\n";
  for (const std::size_t piece : {std::size_t{999}, std::size_t{100000}}) {
    const Lines lines = tasks_in(text, piece);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "sha256[\"" + big + "\"]");
    CHECK(lines[1].starts_with("bad: tasks.json:2:2: unknown function 'fibb'"));
    CHECK(lines[1].ends_with("\n  [\"fibb\", 1]\n   ^"));
  }
}

TEST_CASE("positions are right far into a file of one line") {
  std::string text = "[";
  for (int i = 0; i < 20000; ++i) text += "[\"fib\",1],";
  const std::size_t column = text.size() + 2;
  const Lines lines = tasks_in(text + "[\"fibb\",1]]", 5000);
  REQUIRE(lines.size() == 20001);
  CHECK(lines.back().starts_with("bad: tasks.json:1:" + std::to_string(column) + ": unknown function 'fibb'"));
  CHECK(lines.back().find("\n  ...") != std::string::npos);
}

TEST_CASE("a key of a task must not occur twice, a key of its values may") {
  CHECK(tasks_in(R"({"function":"fib","args":[1],"args":[2]})")
            .at(0)
            .starts_with("bad: tasks.json:1:30: a task has the key \"args\" twice"));
  CHECK(tasks_in(R"({"function":"identity","args":[{"a":1,"a":2}]})") == Lines{R"(identity[{"a":2}])"});
}

}  // namespace
}  // namespace prun
