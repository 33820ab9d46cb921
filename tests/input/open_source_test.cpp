// What a command line may name as input, and what it may not.
#include "input/source_support.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <utility>

namespace prun {
namespace {

std::string error_of(const std::vector<std::string>& words, InputOptions options = {}) {
  options.words = words;
  const auto source = open_source(options, builtins());
  return source ? "no error" : source.error().message;
}

InputOptions plain_from(std::size_t place) {
  InputOptions options;
  options.plain_from = place;
  return options;
}

InputOptions values_from(std::size_t place) {
  InputOptions options;
  options.values_from = place;
  return options;
}

std::unique_ptr<TaskSource> opened(const std::vector<std::string>& words) {
  InputOptions options;
  options.words = words;
  auto source = open_source(options, builtins());
  REQUIRE(source);
  return std::move(*source);
}

TEST_CASE("inputs follow one another in the order of the words") {
  CHECK(tasks_of({"fib", "1..2", "8", "5..4", "[3]"}) ==
        Lines{"fib[1]", "fib[2]", "fib[8]", "fib[5]", "fib[4]", "fib[3]"});
}

TEST_CASE("calls mix functions") {
  CHECK(tasks_of({"fib(8)", "ackermann(2, 4)", "sha256('a')"}) == Lines{"fib[8]", "ackermann[2,4]", "sha256[\"a\"]"});
}

TEST_CASE("a range for one integer parameter is handed out as ranges from any position") {
  const auto source = opened({"fib", "8", "10..1000000000000000000"});
  CHECK(source->remaining() == 999999999999999992u);
  CHECK(!source->next_range(5));  // the 8 comes first, as a task
  Task task;
  CHECK(source->next(task) == Pull::task);
  CHECK(source->next(task) == Pull::task);
  CHECK(text_of(task) == "fib[10]");
  const auto tasks = source->next_range(5);
  REQUIRE(tasks);
  CHECK(tasks->function == builtins().find("fib"));
  CHECK(tasks->range == IntRange{11, 1, 5});
  CHECK(source->remaining() == 1000000000000000000u - 15);
}

TEST_CASE("a range that ends is followed by the next") {
  const auto source = opened({"identity", "1..3", "9..8"});
  CHECK(source->next_range(100)->range == IntRange{1, 1, 3});
  CHECK(source->next_range(100)->range == IntRange{9, -1, 2});
  CHECK(!source->next_range(100));
  CHECK(source->remaining() == 0u);
}

TEST_CASE("ranges are handed out only if an integer is the whole call") {
  CHECK(!opened({"pi_monte_carlo", "1..3"})->next_range(10));
  CHECK(!opened({"ackermann", "0..3,0..4"})->next_range(10));
}

TEST_CASE("the number of tasks is limited to the largest 64-bit integer") {
  CHECK(opened({"fib", "-9223372036854775808..9223372036854775806", "1..3"})->remaining() == UINT64_MAX);
}

TEST_CASE("an integer beyond 64 bits is the failure of its task, not of the command line") {
  CHECK(tasks_of({"fib", "99999999999999999999"}) ==
        Lines{"fib[99999999999999999999] defect: an integer does not fit 64 bits: 99999999999999999999"});
}

TEST_CASE("ranges with leading zeros, letters or decimals are inputs of functions too") {
  CHECK(tasks_of({"identity", "08..10", "a..b", "0.1..0.3..0.1"}) ==
        Lines{"identity[\"08\"]", "identity[\"09\"]", "identity[\"10\"]", "identity[\"a\"]", "identity[\"b\"]",
              "identity[0.1]", "identity[0.2]", "identity[0.3]"});
  CHECK(tasks_of({"fib", "08..10"}) == Lines{"fib[8]", "fib[9]", "fib[10]"});
  CHECK(tasks_of({"ackermann", "01..02,01..01"}) == Lines{"ackermann[1,1]", "ackermann[2,1]"});
  CHECK(tasks_of({"identity", "01..02,x"}) == Lines{"identity[[\"01\",\"x\"]]", "identity[[\"02\",\"x\"]]"});
  CHECK(opened({"fib", "08..10"})->next_range(10)->range == IntRange{8, 1, 3});
}

TEST_CASE("after -- an input is a value or a range, never standard input or a call") {
  CHECK(tasks_of({"identity", "1..2", "-", "fib(8)", "3..4"}, plain_from(2)) ==
        Lines{"identity[1]", "identity[2]", "identity[\"-\"]", "identity[\"fib(8)\"]", "identity[3]", "identity[4]"});
  CHECK(tasks_of({"identity"}, plain_from(1)).empty());
}

TEST_CASE("after ::: an input is a value, like a line of standard input") {
  CHECK(tasks_of({"identity", "1..2", "1..2", "-", "5", "1,2", "fib(8)"}, values_from(2)) ==
        Lines{"identity[1]", "identity[2]", "identity[\"1..2\"]", "identity[\"-\"]", "identity[5]", "identity[\"1,2\"]",
              "identity[\"fib(8)\"]"});
  InputOptions one_call = values_from(1);
  one_call.one_call = true;
  CHECK(tasks_of({"identity", "a..b"}, one_call) == Lines{"identity[\"a..b\"]"});
  CHECK(tasks_of({"identity"}, values_from(1)).empty());
}

TEST_CASE("an error about a word that resembles a range shows the right form") {
  CHECK(error_of({"fib", "1-10"}).find("; a range is written 1..10\n") != std::string::npos);
  CHECK(error_of({"fib", "{1..10}"}).find("; a range is written without braces: 1..10\n") != std::string::npos);
  CHECK(error_of({"fib", "1,2,3"}).find("; several inputs are separate words: 1 2 3\n") != std::string::npos);
}

TEST_CASE("an error about an unknown function names the nearest one") {
  CHECK(error_of({"fibb", "1"}).starts_with("unknown function 'fibb'; did you mean fib"));
  CHECK(error_of({"fib(1)", "akermann(1, 2)"}) ==
        "call 2, column 1: unknown function 'akermann'; did you mean ackermann?\n  akermann(1, 2)\n  ^");
  CHECK(error_of({"zzzzzz", "1"}) == "unknown function 'zzzzzz'; `prun functions` lists the functions");
  CHECK(error_of({"1..39"}) == "'1..39' is not a function; write the function before its inputs: prun map fib 1..39");
}

TEST_CASE("a bad word is shown with a caret under the place") {
  CHECK(error_of({"fib", "1", "1..39..0"}) ==
        "input 2, column 8: bad range: its step is 0, expected 1 or more\n  1..39..0\n         ^");
}

TEST_CASE("arguments are checked before anything runs, without expanding ranges") {
  CHECK(error_of({"fib", "1", "hello"}).starts_with("input 2, column 1: fib(n: integer)"));
  CHECK(error_of({"ackermann", "1..1000000000000"}).starts_with("input 1, column 1: ackermann("));
  CHECK(tasks_of({"sha256", "1..2", "0012", "null"}) ==
        Lines{"sha256[\"1\"]", "sha256[\"2\"]", "sha256[\"0012\"]", "sha256[\"null\"]"});
  CHECK(error_of({"fib", "0..3,0..4"}).starts_with("input 1, column 1: fib("));
  CHECK(error_of({"fib(1, 2)"}).starts_with("call 1, column 5: fib(n: integer) takes 1 argument, got 2"));
}

TEST_CASE("combinations of options without a meaning are refused") {
  InputOptions with_file;
  with_file.tasks_file = "tasks.json";
  CHECK(error_of({"fib", "1"}, with_file) == "give a FUNCTION with its INPUTs, or --tasks, not both");
  CHECK(error_of({"fib(1)", "2"}).starts_with("call 2, column 1: this is not a call"));
  CHECK(error_of({"fib", "2", "fib(1)"}).starts_with("input 2, column 1: calls and inputs of a function cannot"));
  CHECK(error_of({"fib", "-", "-"}).starts_with("input 2, column 1: `-` occurs twice"));
  CHECK(error_of({"-"}).starts_with("`-` needs a function before it"));
  CHECK(error_of({"fib"}).starts_with("fib has no INPUT; give some, such as `fib 1..39`"));
  InputOptions null;
  null.null_separated = true;
  CHECK(error_of({"fib", "1"}, null).starts_with("--null needs `-` as an INPUT"));
  InputOptions terminal;
  terminal.stdin_is_terminal = true;
  CHECK(error_of({}, terminal).starts_with("no input; give a FUNCTION"));
}

TEST_CASE("a file name with parentheses is an input") {
  CHECK(tasks_of({"sha256", "report(1).txt", "copy(2)"}) == Lines{"sha256[\"report(1).txt\"]", "sha256[\"copy(2)\"]"});
}

TEST_CASE("a file that cannot be read is named with the reason") {
  InputOptions options;
  options.tasks_file = "/no/such/tasks.json";
  CHECK(error_of({}, options) == "/no/such/tasks.json cannot be read: No such file or directory");
  options.tasks_file = "/";
  CHECK(error_of({}, options) == "/ cannot be read: Is a directory");
  options.tasks_file = "-";
  options.stdin_fd = 12345;
  CHECK(error_of({}, options) == "<stdin> cannot be read: Bad file descriptor");
}

TEST_CASE("the example's task file is the article's queue") {
#ifdef PRUN_SOURCE_DIR
  InputOptions options;
  options.tasks_file = PRUN_SOURCE_DIR "/tasks.example.json";
  CHECK(tasks_of({}, options) ==
        Lines{"fib[8]", "ackermann[2,4]", "fib[18]", "ackermann[3,1]", "fib[28]", "ackermann[3,4]", "fib[34]"});
#endif
}

}  // namespace
}  // namespace prun
